"""Finding what webhooks missed: a thin look at a whole board, and a closer one where it differs.

Events get lost (monday.com gives up after half an hour). A sweep lists a board's items with
the moments of their last changes, 500 a request, and asks for every item that is new,
changed or no longer listed to be read and handled like any other event. It decides nothing
itself, so an empty or half list can't destroy anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.db import Database
from app.ids import ItemKey, stable_key
from app.inbox import service as inbox
from app.inbox.service import NewEvent
from app.lanes.service import LaneName
from app.mirror.models import Side
from app.monday.client import MondayClient

ITEMS_PER_PAGE = 500


@dataclass(frozen=True)
class SweepReport:
    """What a sweep of one board found."""

    items: int
    #: Items that were asked to be read: new, changed since they were last swept, or not listed.
    to_read: int


def sweep_board(
    database: Database, client: MondayClient, account_id: str, board_id: str, *, now: datetime
) -> SweepReport:
    """List a board and ask for a closer look at what differs from the last sweep."""
    listed = {str(item["id"]): _trace(item) for page in _pages(client, board_id) for item in page}
    with database.transaction() as session:
        known = {
            side.item_id: side.trace
            for side in session.execute(
                select(Side).where(
                    Side.account_id == account_id,
                    Side.board_id == board_id,
                    Side.item_id.is_not(None),
                    Side.state == "active",
                )
            ).scalars()
        }
        changed = {item: trace for item, trace in listed.items() if known.get(item) != trace}
        missing = {item: "missing" for item in known if item is not None and item not in listed}
        _ask(session, account_id, board_id, {**changed, **missing}, now)
    return SweepReport(len(listed), len(changed) + len(missing))


def _ask(session: Session, account_id: str, board_id: str, items: dict[str, str], now: datetime) -> None:
    events = []
    for item_id, trace in items.items():
        lane = LaneName(ItemKey(account_id, board_id, item_id).lane, account_id, "item")
        day = now.date().isoformat() if trace == "missing" else ""
        key = stable_key("sweep", lane.key, trace, day)
        events.append(NewEvent(lane, "look", _content(board_id, item_id, trace), key, now))
    if events:
        inbox.store(session, events, lease_time=lease_time())


def _content(board_id: str, item_id: str, trace: str) -> str:
    return inbox.content({"board_id": board_id, "item_id": item_id, "trace": trace})


def _trace(item: dict[str, Any]) -> str:
    newest = (item.get("updates") or [{}])[0]
    return f"{item['updated_at']} {newest.get('id', '')} {newest.get('updated_at', '')}"


def _pages(client: MondayClient, board_id: str) -> Iterator[list[dict[str, Any]]]:
    boards = client.execute("items_page", {"board_id": board_id, "limit": ITEMS_PER_PAGE})["boards"]
    if not boards or boards[0] is None:
        return
    page = boards[0]["items_page"]
    yield page["items"]
    while page["cursor"]:
        page = client.execute("next_items_page", {"cursor": page["cursor"], "limit": ITEMS_PER_PAGE})[
            "next_items_page"
        ]
        yield page["items"]
