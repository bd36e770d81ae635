"""The webhook's address: challenge, authentication, validation, durable row, 200.

monday.com expects exactly 200 for what is stored, and repeats anything else for half an
hour. Whatever is signed by monday.com but can't be used is kept for the operator; what is
not signed leaves no trace but a log line.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.clock import Clock
from app.ids import stable_key
from app.inbox import filing
from app.inbox.intake import Intake, IntakeError
from app.inbox.service import NewEvent
from app.logs import get_logger
from app.monday.events import BoardEvent, MalformedEventError, dedupe_key, parse_delivery
from app.monday.webhook_auth import WebhookAuthError, WebhookClaims, verify

LONGEST_CHALLENGE = 500
LARGEST_BODY = 1_000_000

log = get_logger("inbox")


@dataclass(frozen=True)
class WebhookSettings:
    """What the webhook's address needs to know."""

    signing_secret: str
    #: Our public address without a trailing slash; the token's audience is built from it.
    base_url: str


#: From the key in the address to the account and board it was made for, or None.
FindBoard = Callable[[str], tuple[str, str] | None]


def create_blueprint(
    settings: WebhookSettings, intake: Intake, clock: Clock, find_board: FindBoard
) -> Blueprint:
    """The blueprint with the webhook's address."""
    blueprint = Blueprint("inbox", __name__)

    @blueprint.post("/monday/webhooks/<key>")
    def receive(key: str) -> Response | tuple[Response, int]:
        raw = request.get_data(cache=False)
        payload = _parse(raw)
        challenge = payload.get("challenge") if payload is not None else None
        if isinstance(challenge, str) and "event" not in (payload or {}):
            return _answer_challenge(challenge)
        audience = (f"{settings.base_url}/monday/webhooks/{key}",)
        try:
            claims = verify(
                request.headers.get("Authorization"), secret=settings.signing_secret, audience=audience
            )
        except WebhookAuthError as error:
            log.warning("webhook_refused", code=error.code, remote=request.remote_addr)
            return _problem(error.message, 401)
        board = find_board(key)
        if board is not None and board[0] != claims.account_id:
            log.warning("webhook_refused", code="wrong_account", remote=request.remote_addr)
            return _problem("This address belongs to another account.", 401)
        event, status = _event(raw, payload, claims, board, clock)
        try:
            intake.store(event)
        except IntakeError as error:
            return _problem(error.message, 503)
        if status != 200:
            return _problem(event.parked_reason or "", status)
        return Response(status=200)

    return blueprint


def _parse(raw: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _event(
    raw: bytes,
    payload: dict[str, Any] | None,
    claims: WebhookClaims,
    board: tuple[str, str] | None,
    clock: Clock,
) -> tuple[NewEvent, int]:
    """The event to store for a delivery that monday.com signed, and the status to answer."""
    now = clock.now()
    unusable = filing.set_aside_lane(claims.account_id)
    if payload is None:
        content = json.dumps({"raw": raw.decode("utf-8", "replace").replace("\x00", "\ufffd")})
        key = stable_key("malformed", claims.account_id, content)
        return NewEvent(unusable, "webhook", content, key, now, "The delivery is not a JSON object."), 400
    content = _as_text(raw, payload)
    try:
        event = parse_delivery(payload)
    except MalformedEventError as error:
        key = stable_key("malformed", claims.account_id, content)
        return NewEvent(unusable, "webhook", content, key, now, error.message), 400
    key = f"{claims.account_id}:{dedupe_key(event, payload)}"
    reason = _reason_to_park(event, board)
    if reason is not None:
        return NewEvent(unusable, "webhook", content, key, now, reason), 200
    return NewEvent(filing.lane_of(claims.account_id, event), "webhook", content, key, now), 200


def _as_text(raw: bytes, payload: dict[str, Any]) -> str:
    """The delivery as it is stored: as it came, unless a database could not keep that."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return json.dumps(payload)
    return json.dumps(payload) if "\x00" in text else text


def _reason_to_park(event: BoardEvent, board: tuple[str, str] | None) -> str | None:
    if board is None:
        return (
            f"No board is registered for the address that board {event.board_id} delivered to. "
            "Run `synerity provision` for the account if the board should be followed."
        )
    if board[1] not in (event.board_id, event.parent_board_id):
        return f"The address belongs to board {board[1]}, but the event is about board {event.board_id}."
    return filing.why_unusable(event)


def _answer_challenge(challenge: str) -> Response | tuple[Response, int]:
    if len(challenge) > LONGEST_CHALLENGE:
        return _problem("The challenge is too long.", 400)
    return jsonify(challenge=challenge)


def _problem(message: str, status: int) -> tuple[Response, int]:
    return jsonify(error=message), status
