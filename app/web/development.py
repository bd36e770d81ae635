"""What only development has: the clock that can be moved. In production it is not there."""

from flask import Blueprint, Response, abort, jsonify, request

from app.clock import Clock, DevelopmentClock
from app.lengths import LengthError, parse_length


def create_blueprint(clock: Clock) -> Blueprint:
    """``GET`` and ``POST /dev/clock``; 404 where the clock can't be moved."""
    blueprint = Blueprint("development", __name__, url_prefix="/dev")

    @blueprint.get("/clock")
    def show() -> Response:
        return jsonify(now=_movable(clock).now().isoformat())

    @blueprint.post("/clock")
    def advance() -> Response:
        movable = _movable(clock)
        body = request.get_json(silent=True)
        length = body.get("advance") if isinstance(body, dict) else None
        if not isinstance(length, str):
            raise LengthError('Send {"advance": "3h"} to move the clock three hours forward.')
        return jsonify(now=movable.advance(parse_length(length)).isoformat())

    return blueprint


def _movable(clock: Clock) -> DevelopmentClock:
    if not isinstance(clock, DevelopmentClock):
        abort(404)
    return clock
