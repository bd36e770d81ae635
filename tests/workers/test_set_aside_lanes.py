"""A delivery that nothing could be done with is judged anew when an operator replays it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.boards.models import Board
from app.clock import lease_time
from app.db import Database
from app.factory import Product, build
from app.inbox import filing
from app.inbox import service as inbox
from app.inbox.models import InboxEvent
from app.inbox.service import NewEvent
from app.lanes import service as lanes
from app.settings import Settings
from tests.support.servers import sqlite_with_schema
from workers import set_aside_lanes

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT = "42"
ITEM_RENAMED = {"type": "update_name", "boardId": 77, "pulseId": 5, "userId": 7, "triggerUuid": "a" * 32}
OF_NO_KNOWN_TYPE = {**ITEM_RENAMED, "type": "paint_pulse"}


@pytest.fixture
def product(tmp_path: Path) -> Product:
    url = sqlite_with_schema(tmp_path / "support.db")
    return build(Settings.from_env({"VAR_DIR": str(tmp_path), "DATABASE_URL": url}))


def set_aside(database: Database, content: Mapping[str, Any]) -> None:
    lane = filing.set_aside_lane(ACCOUNT)
    event = NewEvent(lane, "webhook", json.dumps(content), str(content), NOON, "It came too early.")
    with database.transaction() as session:
        inbox.store(session, [event], lease_time=lease_time())


def replay(product: Product) -> InboxEvent:
    with product.database.transaction() as session:
        assert inbox.replay(session, None, lease_time=lease_time()) == 1
    set_aside_lanes.answer(product, ACCOUNT)
    with product.database.reading() as session:
        [event] = session.execute(select(InboxEvent)).scalars().all()
    return event


def waiting_kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return [bell.kind for bell in lanes.waiting(session, now=lease_time())]


def know_board(database: Database, board_id: str) -> None:
    with database.transaction() as session:
        session.add(
            Board(
                account_id=ACCOUNT,
                board_id=board_id,
                key="tickets",
                slot="tickets",
                language="sv",
                state="active",
                webhook_key="nobody can guess it",
                structure={},
                webhooks={},
            )
        )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"raw": "no JSON at all"}, "has no event in it"),
        ({"event": {**ITEM_RENAMED, "boardId": "not a number"}}, "not as monday.com sends them"),
        ({"event": OF_NO_KNOWN_TYPE}, "'paint_pulse' is not known"),
        ({"event": {**ITEM_RENAMED, "pulseId": None}}, "names no item"),
        ({"event": {**ITEM_RENAMED, "boardId": 78}}, "Board 78 of account 42 is not one of ours"),
    ],
    ids=["no JSON", "malformed", "unknown type", "no item", "unknown board"],
)
def test_what_is_still_of_no_use_is_parked_again(
    product: Product, content: dict[str, Any], reason: str
) -> None:
    know_board(product.database, "77")
    set_aside(product.database, content)
    event = replay(product)
    assert event.state == "parked"
    assert reason in (event.reason or "")
    assert waiting_kinds(product.database) == []


@pytest.mark.parametrize("known_board", ["77", "76"], ids=["its own board", "its parent's board"])
def test_what_is_of_use_by_now_waits_in_the_lane_of_the_subitems_item(
    product: Product, known_board: str
) -> None:
    set_aside(product.database, {"event": {**ITEM_RENAMED, "parentItemId": 4, "parentItemBoardId": 76}})
    know_board(product.database, known_board)
    event = replay(product)
    assert (event.state, event.lane_key) == ("new", "item:42:76:4")
    assert waiting_kinds(product.database) == ["item"]


def test_one_of_no_use_does_not_hold_back_the_others(product: Product) -> None:
    know_board(product.database, "77")
    for content in (OF_NO_KNOWN_TYPE, ITEM_RENAMED):
        set_aside(product.database, {"event": content})
    with product.database.transaction() as session:
        inbox.replay(session, None, lease_time=lease_time())
    set_aside_lanes.answer(product, ACCOUNT)
    with product.database.reading() as session:
        states = session.execute(select(InboxEvent.state).order_by(InboxEvent.id)).scalars().all()
    assert states == ["parked", "new"]
