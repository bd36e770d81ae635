"""Lists of a board's items, a page at a time, as far as monday.com gave them for certain."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import SupportError
from app.mirror.seen import Trace, trace_of
from app.monday.client import MondayClient

ITEMS_PER_PAGE = 500


class BoardNotShownError(SupportError):
    """monday.com does not show a board: nothing can be concluded about its items."""

    code = "board_not_shown"


@dataclass(frozen=True)
class Page:
    """Some of a board's active items."""

    #: Item id → its trace; None where monday.com left something of it out.
    items: Mapping[str, Trace | None]
    #: For the next page; None after the last.
    cursor: str | None
    #: How many active items the board has; None on further pages.
    count: int | None = None
    #: Item id → the newest moment of its updates, of the board's newest ones; quick sweeps only.
    updates: Mapping[str, str] | None = None
    #: Those of the items that have subitems, where that was asked for.
    with_subitems: Collection[str] = ()


@dataclass(frozen=True)
class Changes:
    """What monday.com showed of the boards that were asked for together."""

    shown: Mapping[str, Mapping[str, Any]]

    def page(self, board_id: str) -> Page:
        """The first page of a board's changed items, and its newest updates.

        Raises:
            BoardNotShownError: the board is not there, or a part of it is not.
        """
        board = _whole(self.shown.get(board_id), board_id)
        updates: dict[str, str] = {}
        for update in board["updates"] or ():
            item_id = str(update["item_id"])
            updates[item_id] = max(updates.get(item_id, ""), str(update["updated_at"] or ""))
        return _page(board["items_page"], board["items_count"], updates)


def read_page(
    client: MondayClient, board_id: str, *, cursor: str | None, with_subitems: bool = False
) -> Page:
    """The page of a cursor; without one the first page of all items.

    Raises:
        BoardNotShownError: the board is null, or a part of the answer is.
        SupportError: the cursor is too old, monday.com did not answer, or answered with a fault.
    """
    if cursor is not None:
        return next_page(client, cursor, with_subitems=with_subitems)
    return first_page(client, board_id, with_subitems=with_subitems)


def first_page(client: MondayClient, board_id: str, *, with_subitems: bool = False) -> Page:
    """The first page of all active items.

    Raises:
        BoardNotShownError: the board is null, or a part of the answer is.
        SupportError: monday.com did not answer, or answered with a fault.
    """
    variables = {"board_id": board_id, "limit": ITEMS_PER_PAGE, **_including(with_subitems=with_subitems)}
    board = _board(client.execute("items_page", variables), board_id)
    return _page(board["items_page"], board["items_count"])


def changed_items(client: MondayClient, board_ids: Sequence[str], since: str) -> Changes:
    """Ask several boards in one call what changed on them since a day (``2026-11-23``).

    Raises:
        SupportError: monday.com did not answer, or answered with a fault.
    """
    variables = {"ids": list(board_ids), "since": ["EXACT", since], "limit": ITEMS_PER_PAGE}
    boards = client.execute("changed_items", variables)["boards"] or ()
    return Changes({str(board["id"]): board for board in boards if board is not None})


def next_page(client: MondayClient, cursor: str, *, with_subitems: bool = False) -> Page:
    """A further page of either.

    Raises:
        SupportError: the cursor is too old, monday.com did not answer, or answered with a fault.
    """
    variables = {"cursor": cursor, "limit": ITEMS_PER_PAGE, **_including(with_subitems=with_subitems)}
    return _page(client.execute("next_items_page", variables)["next_items_page"])


def items_count(client: MondayClient, board_id: str) -> int:
    """How many active items a board has.

    Raises:
        BoardNotShownError: the board is null, or its count is.
        SupportError: monday.com did not answer, or answered with a fault.
    """
    board = _board(client.execute("items_count", {"board_id": board_id}), board_id)
    return int(board["items_count"])


def _board(answer: Mapping[str, Any], board_id: str) -> Mapping[str, Any]:
    boards: Sequence[Mapping[str, Any] | None] = answer["boards"] or ()
    return _whole(boards[0] if boards else None, board_id)


def _whole(board: Mapping[str, Any] | None, board_id: str) -> Mapping[str, Any]:
    if board is None or board["items_count"] is None:
        raise BoardNotShownError(
            f"monday.com does not show board {board_id}. If it was deleted or the app may no longer see it, "
            "run `synerity provision`."
        )
    return board


def _page(
    page: Mapping[str, Any] | None, count: int | None = None, updates: Mapping[str, str] | None = None
) -> Page:
    if page is None or page["items"] is None or None in page["items"]:
        raise BoardNotShownError("monday.com left a part of a page out; it is asked for again later.")
    items = {str(item["id"]): trace_of(item) for item in page["items"]}
    with_subitems = {str(item["id"]) for item in page["items"] if _has_subitems(item)}
    return Page(items, page["cursor"], count, updates, with_subitems)


def _including(*, with_subitems: bool) -> Mapping[str, bool]:
    return {"with_subitems": True} if with_subitems else {}


def _has_subitems(item: Mapping[str, Any]) -> bool:
    return any(value and value.get("subitems_ids") for value in item.get("column_values") or ())
