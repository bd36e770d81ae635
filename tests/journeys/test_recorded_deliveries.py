"""Every kind of delivery monday.com is known to make, signed, posted, and understood for what it is."""

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.clock import SystemClock, lease_time
from app.db import Database
from app.inbox import routes
from app.inbox.intake import Intake
from app.inbox.models import InboxEvent
from app.inbox.routes import WebhookSettings
from app.monday.events import EventKind, parse_delivery

SECRET = "the-signing-secret-of-the-app-in-this-test"
BASE_URL = "https://support.example"
PAYLOADS = Path(__file__).parent.parent / "payloads"
RECORDED = Path(__file__).parent.parent.parent.parent / "shared" / "monday" / "webhook_payloads.json"
ACCOUNT = "25917229"

#: What each file of ours, by its name, must be understood as.
OURS = {
    "archive_pulse": EventKind.ITEM_ARCHIVED,
    "archive_pulse__subitem": EventKind.SUBITEM_ARCHIVED,
    "create_column": EventKind.COLUMN_CREATED,
    "create_pulse": EventKind.ITEM_CREATED,
    "create_pulse__subitem": EventKind.SUBITEM_CREATED,
    "create_update": EventKind.UPDATE_POSTED,
    "create_update__reply": EventKind.UPDATE_POSTED,
    "create_update__subitem": EventKind.SUBITEM_UPDATE_POSTED,
    "delete_pulse": EventKind.ITEM_DELETED,
    "delete_pulse__subitem": EventKind.SUBITEM_DELETED,
    "delete_update": EventKind.UPDATE_DELETED,
    "delete_update__subitem": EventKind.SUBITEM_UPDATE_DELETED,
    "edit_update": EventKind.UPDATE_EDITED,
    "edit_update__subitem": EventKind.SUBITEM_UPDATE_EDITED,
    "move_pulse_into_group": EventKind.ITEM_MOVED_TO_GROUP,
    "move_subitem": EventKind.SUBITEM_MOVED,
    "restore_pulse": EventKind.ITEM_RESTORED,
    "update_column_value__people": EventKind.COLUMN_CHANGED,
    "update_column_value__status": EventKind.COLUMN_CHANGED,
    "update_column_value__status_cleared": EventKind.COLUMN_CHANGED,
    "update_column_value__subitem_date": EventKind.SUBITEM_COLUMN_CHANGED,
    "update_column_value__subitems_linked": EventKind.SUBITEMS_LINKED,
    "update_name": EventKind.ITEM_RENAMED,
    "update_name__subitem": EventKind.SUBITEM_RENAMED,
}
#: The same for the recordings, by the subscription they were captured under.
CAPTURED = {
    "create_item": EventKind.ITEM_CREATED,
    "create_subitem": EventKind.SUBITEM_CREATED,
    "parent_side_effect_of_create_subitem (change_column_value on the subtasks column)": (
        EventKind.SUBITEMS_LINKED
    ),
    "change_name": EventKind.ITEM_RENAMED,
    "change_subitem_name": EventKind.SUBITEM_RENAMED,
    "item_archived": EventKind.ITEM_ARCHIVED,
    "item_restored": EventKind.ITEM_RESTORED,
    "item_deleted": EventKind.ITEM_DELETED,
    "subitem_archived": EventKind.SUBITEM_ARCHIVED,
    "subitem_deleted": EventKind.SUBITEM_DELETED,
    "move_subitem": EventKind.SUBITEM_MOVED,
    "create_column": EventKind.COLUMN_CREATED,
    "item_moved_to_any_group / item_moved_to_specific_group": EventKind.ITEM_MOVED_TO_GROUP,
    "create_update": EventKind.UPDATE_POSTED,
    "edit_update": EventKind.UPDATE_EDITED,
    "delete_update": EventKind.UPDATE_DELETED,
    "create_subitem_update": EventKind.SUBITEM_UPDATE_POSTED,
    "change_subitem_column_value (date)": EventKind.SUBITEM_COLUMN_CHANGED,
    "change_column_value / change_status_column_value (status)": EventKind.COLUMN_CHANGED,
    "change_column_value (people)": EventKind.COLUMN_CHANGED,
}


def test_every_file_of_ours_has_a_meaning() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(OURS)


def test_each_delivery_is_stored_and_understood(database: Database) -> None:
    bodies = {name: json.loads((PAYLOADS / f"{name}.json").read_text()) for name in OURS}
    assert {name: understood(database, body) for name, body in bodies.items()} == OURS


def test_each_recorded_delivery_is_stored_and_understood(database: Database) -> None:
    bodies = recordings()
    assert {name: understood(database, bodies[name]) for name in CAPTURED} == CAPTURED


def test_the_recorded_challenge_is_answered(database: Database) -> None:
    body = recordings()["challenge"]
    answer = client_of(database, {"event": {}}).post("/monday/webhooks/key", json=body)
    assert (answer.status_code, answer.get_json()) == (200, body)


def test_no_recording_is_left_out() -> None:
    assert set(recordings()) == {"challenge", *CAPTURED}


def understood(database: Database, body: dict[str, Any]) -> EventKind:
    """Post a delivery as monday.com would, twice, and parse what was stored of it."""
    now = int(lease_time())
    claims = {"accountId": int(ACCOUNT), "userId": 7, "iat": now, "exp": now + 300}
    token = jwt.encode({**claims, "aud": f"{BASE_URL}/monday/webhooks/key"}, SECRET, algorithm="HS256")
    client = client_of(database, body)
    retried = {"event": {**body["event"], "isRetry": True}}
    for delivery in (body, retried):
        answer = client.post("/monday/webhooks/key", json=delivery, headers={"Authorization": token})
        assert answer.status_code == 200
    with database.transaction() as session:
        [stored] = session.execute(select(InboxEvent)).scalars().all()
        session.execute(delete(InboxEvent))
    assert stored.state == "new"
    return parse_delivery(json.loads(stored.content)).kind


def client_of(database: Database, body: dict[str, Any]) -> FlaskClient:
    """The webhook's door, with an address made for the board (or the parent's board) of a delivery."""
    event = body["event"]
    board_id = next(
        (
            str(event[name])
            for name in ("parentItemBoardId", "parentBoardId", "boardId", "sourceBoardId")
            if event.get(name)
        ),
        "0",
    )
    app = Flask("test")
    boards = {"key": (ACCOUNT, board_id)}
    intake = Intake(database, lambda _: None)
    settings = WebhookSettings(SECRET, BASE_URL)
    app.register_blueprint(routes.create_blueprint(settings, intake, SystemClock(), boards.get))
    return app.test_client()


def recordings() -> dict[str, Any]:
    if not RECORDED.exists():
        pytest.skip("The recordings are not beside this checkout.")
    found: dict[str, Any] = json.loads(RECORDED.read_text())["payloads"]
    return found
