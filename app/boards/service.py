"""Which boards the product keeps, and what stands where on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.boards.models import Board, BoardRun
from app.boards.rules import BoardMap, Structure, map_board
from app.boards.subscriptions import SUBITEM_EVENTS

__all__ = [
    "BoardAddress",
    "BoardMap",
    "Hold",
    "board_map",
    "by_webhook_key",
    "find_board",
    "find_hold",
    "forget_board",
    "hears_subitems",
    "held_boards",
    "hold_board",
    "list_boards",
    "pause_board",
    "release_board",
]


#: Where a session keeps the maps of the boards that it has read, by their rows.
_MAPS = "board_maps"


class BoardAddress(NamedTuple):
    """Which board a webhook's address was made for."""

    account_id: str
    board_id: str


@dataclass(frozen=True)
class Hold:
    """A board that is left alone."""

    reason: str
    #: An operator's name, or the guard that stopped it.
    by: str
    since: datetime


def find_board(session: Session, account_id: str, key: str) -> BoardMap | None:
    """The account's own board made from that template (not one of several further ones)."""
    query = select(Board).where(Board.account_id == account_id, Board.slot == key)
    row = session.execute(query).scalar_one_or_none()
    return None if row is None else _map_once(session, row)


def board_map(session: Session, account_id: str, board_id: str) -> BoardMap | None:
    """The board of that id, if it is one of ours."""
    row = session.get(Board, (account_id, board_id))
    return None if row is None else _map_once(session, row)


def list_boards(session: Session, account_id: str | None = None) -> Sequence[BoardMap]:
    """All boards, or one account's, by account and key."""
    query = select(Board).order_by(Board.account_id, Board.key)
    if account_id is not None:
        query = query.where(Board.account_id == account_id)
    return [_map(row) for row in session.execute(query).scalars()]


def by_webhook_key(session: Session, key: str) -> BoardAddress | None:
    """Whose address a webhook called, by the key in it."""
    row = session.execute(
        select(Board.account_id, Board.board_id).where(Board.webhook_key == key)
    ).one_or_none()
    return None if row is None else BoardAddress(row.account_id, row.board_id)


def hears_subitems(session: Session, account_id: str, board_id: str) -> bool:
    """Whether monday.com tells us of the subitems of a board's items."""
    row = session.get(Board, (account_id, board_id))
    return row is not None and not row.webhooks.keys().isdisjoint(SUBITEM_EVENTS)


def pause_board(session: Session, account_id: str, board_id: str, reason: str) -> None:
    """Note that a board can't be followed, with a sentence for the operator; provisioning ends it."""
    row = session.get(Board, (account_id, board_id), with_for_update=True)
    if row is not None:
        row.state, row.paused_reason = "paused", reason


def hold_board(
    session: Session, account_id: str, board_id: str, *, reason: str, by: str, now: datetime
) -> None:
    """Leave a board alone from now on: what happens there, and what is wanted there, waits.

    The first reason stands until the board is released.
    """
    row = session.get(Board, (account_id, board_id), with_for_update=True)
    if row is not None and row.held_reason is None:
        row.held_reason, row.held_by, row.held_at = reason, by, now


def release_board(session: Session, account_id: str, board_id: str, *, now: datetime) -> bool:
    """Follow a board again; False when it was not held. Who calls this wakes the account's lanes."""
    row = session.get(Board, (account_id, board_id), with_for_update=True)
    if row is None or row.held_reason is None:
        return False
    row.held_reason = row.held_by = row.held_at = None
    row.released_at = now
    return True


def released_at(session: Session, account_id: str, board_id: str) -> datetime | None:
    """When a board was last followed again after it had been held; None when it never was."""
    row = session.get(Board, (account_id, board_id))
    return None if row is None else row.released_at


def held_boards(session: Session, account_id: str) -> Collection[str]:
    """The ids of an account's boards that are to be left alone."""
    query = select(Board.board_id).where(Board.account_id == account_id, Board.held_reason.is_not(None))
    return set(session.execute(query).scalars())


def find_hold(session: Session, account_id: str, board_id: str) -> Hold | None:
    """Why, by whom and since when a board is left alone; None when it is followed."""
    row = session.get(Board, (account_id, board_id))
    if row is None or row.held_reason is None or row.held_at is None:
        return None
    return Hold(row.held_reason, row.held_by or "", row.held_at)


def forget_board(session: Session, account_id: str, slot: str) -> bool:
    """Let go of a board that is gone for good, so that provisioning makes a new one."""
    here = (Board.account_id == account_id, Board.slot == slot)
    if session.execute(select(Board.board_id).where(*here)).one_or_none() is None:
        return False
    session.execute(delete(Board).where(*here))
    session.execute(delete(BoardRun).where(BoardRun.account_id == account_id, BoardRun.slot == slot))
    return True


def _map_once(session: Session, row: Board) -> BoardMap:
    """The row's map, made once a transaction: while it is kept, the session need not read the row again."""
    kept: dict[Board, tuple[dict[str, Any], BoardMap]] = session.info.setdefault(_MAPS, {})
    structure, made = kept.get(row, (None, None))
    if (
        made is None
        or structure is not row.structure
        or (made.language, made.state) != (row.language, row.state)
    ):
        made = _map(row)
        kept[row] = row.structure, made
    return made


def _map(row: Board) -> BoardMap:
    return map_board(
        account_id=row.account_id,
        board_id=row.board_id,
        key=row.key,
        language=row.language,
        state=row.state,
        structure=Structure.from_json(row.structure),
    )
