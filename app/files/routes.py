"""The address of a file that is told with a link: on to where monday.com has it just now.

monday.com's own addresses are good for an hour, so each visit asks for another. The key in ours is all
that it takes, as with monday.com's; it ends when the file, or the message it hangs on, is taken back.
"""

import secrets
from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.errors import SupportError
from app.files.fetching import FileGoneError
from app.logs import get_logger
from app.texts import LANGUAGES, text

#: From the key in our address to monday.com's; raises what keeps the file from being read.
Locate = Callable[[str], str]

_log = get_logger("files")


def create_blueprint(locate: Locate) -> Blueprint:
    """The pages under ``/files``."""
    blueprint = Blueprint("files", __name__, url_prefix="/files", template_folder="templates")

    @blueprint.get("/<key>")
    def read(key: str) -> AnyResponse:
        try:
            address = locate(key)
        except FileGoneError:
            return _page("file_gone", 404)
        except SupportError as error:
            _log.warning("file_not_located", code=error.code)
            return _page("file_later", 503)
        response = redirect(address)
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint


def _page(key: str, status: int) -> Response:
    language = request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    nonce = secrets.token_urlsafe(16)
    response = make_response(
        render_template(
            "file_away.html",
            language=language,
            heading=text(language, f"{key}.heading"),
            sentence=text(language, f"{key}.sentence"),
            nonce=nonce,
        ),
        status,
    )
    response.headers.update(
        {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "Content-Language": language,
            "Cache-Control": "no-store",
            "Vary": "Accept-Language",
        }
    )
    return response
