"""Errors as JSON sentences: what was wrong, with the status that fits."""

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from app.errors import SupportError
from app.logs import get_logger

log = get_logger("web")

_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    413: "The request is larger than this address takes.",
}


def register(app: Flask) -> None:
    """Answer every error of the application in one way."""

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 500
        return jsonify(error=_SENTENCES.get(status, error.description or "")), status

    @app.errorhandler(SupportError)
    def explain(error: SupportError) -> tuple[Response, int]:
        log.warning("request_failed", code=error.code)
        return jsonify(error=error.message, code=error.code), 400 if error.permanent else 503

    @app.errorhandler(Exception)
    def fail(error: Exception) -> tuple[Response, int]:
        log.error("request_crashed", exc_info=error)
        return jsonify(error="Something went wrong here. It is logged; please try again later."), 500

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response
