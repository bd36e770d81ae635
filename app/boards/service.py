"""Which boards the product keeps, and what stands where on them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.boards.models import Board, BoardRun
from app.boards.rules import BoardMap, Structure, map_board

__all__ = [
    "BoardAddress",
    "BoardMap",
    "board_map",
    "by_webhook_key",
    "find_board",
    "forget_board",
    "list_boards",
    "pause_board",
]


class BoardAddress(NamedTuple):
    """Which board a webhook's address was made for."""

    account_id: str
    board_id: str


def find_board(session: Session, account_id: str, key: str) -> BoardMap | None:
    """The account's board made from that template."""
    query = select(Board).where(Board.account_id == account_id, Board.key == key)
    row = session.execute(query).scalar_one_or_none()
    return None if row is None else _map(row)


def board_map(session: Session, account_id: str, board_id: str) -> BoardMap | None:
    """The board of that id, if it is one of ours."""
    row = session.get(Board, (account_id, board_id))
    return None if row is None else _map(row)


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


def pause_board(session: Session, account_id: str, board_id: str, reason: str) -> None:
    """Note that a board can't be followed, with a sentence for the operator; provisioning ends it."""
    row = session.get(Board, (account_id, board_id), with_for_update=True)
    if row is not None:
        row.state, row.paused_reason = "paused", reason


def forget_board(session: Session, account_id: str, key: str) -> bool:
    """Let go of a board that is gone for good, so that provisioning makes a new one."""
    board = find_board(session, account_id, key)
    if board is None:
        return False
    session.execute(delete(Board).where(Board.account_id == account_id, Board.key == key))
    session.execute(delete(BoardRun).where(BoardRun.account_id == account_id, BoardRun.key == key))
    return True


def _map(row: Board) -> BoardMap:
    return map_board(
        account_id=row.account_id,
        board_id=row.board_id,
        key=row.key,
        language=row.language,
        state=row.state,
        structure=Structure.from_json(row.structure),
    )
