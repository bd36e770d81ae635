"""The peer of the intake: the same server and framework, doing nothing."""

from flask import Flask, Response


def create_app() -> Flask:
    """An application whose only view reads the request and answers 200."""
    app = Flask(__name__)

    @app.post("/empty")
    def empty() -> Response:
        return Response(status=200)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response(status=200)

    return app
