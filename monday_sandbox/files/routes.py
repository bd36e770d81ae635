"""The addresses at which files are read."""

from flask import Blueprint, Response, jsonify, send_file

from monday_sandbox.clock import SandboxClock
from monday_sandbox.files.storage import Files, image_type


def create_blueprint(files: Files, clock: SandboxClock) -> Blueprint:
    """Signed addresses, and those that ask for a session."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get("/files/<ticket>/<name>")
    def read(ticket: str, name: str) -> Response | tuple[Response, int]:
        opened = files.open_ticket(ticket)
        if opened is None:
            return jsonify(error="This address was not made by monday.com."), 403
        if clock.now().timestamp() > opened.ends_at:
            return jsonify(error="This address has expired; ask the API for another public_url."), 403
        path = files.path(opened.account_id, opened.asset_id)
        if not path.exists():
            return jsonify(error="There is no such file any more."), 404
        content_type = image_type(name)
        # Whatever else it is, a browser must not run it in the sandbox's own name.
        answer = send_file(
            path,
            mimetype=content_type or "application/octet-stream",
            as_attachment=content_type is None,
            download_name=name,
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @blueprint.get("/protected_static/<int:account_id>/resources/<int:asset_id>/<name>")
    def ask_for_session(account_id: int, asset_id: int, name: str) -> tuple[Response, int]:  # noqa: ARG001 - the route's own
        return jsonify(error="Log in to monday.com, or ask the API for the public_url."), 401

    return blueprint
