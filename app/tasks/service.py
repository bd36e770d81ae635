"""Showing customers the technicians' tasks, where their board has a column for them.

Technicians keep tasks as native subitems of the desk's item; the product makes none. What a
customer's board shows of them is a column of the app's own, so its template says whether.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.mirror import guard
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import SubitemSeen
from app.priority import Priority, under
from app.tasks.rules import shown_tasks

#: What a column's template says that shows them.
SHOWS = "service_desk.subitems"
#: The key of the status of tickets on which nobody works any more.
_SOLVED = "solved"

End = tuple[Side, BoardMap]


def follow(
    session: Session, desk: Side, tasks: Sequence[SubitemSeen], theirs: End, language: str, *, now: datetime
) -> None:
    """Show the customer the tasks that stand at the desk's item now; nothing is written that stands there."""
    text = shown_tasks(tasks, language)
    for key in _columns(theirs[1]):
        before = mirror.coming(session, theirs[0]).get(key)
        if mirror.write(session, *theirs, key, text, now=now):
            guard.note_write(session, desk)
            if text is None and before is not None:
                guard.note_loss(session, desk, now=now)


def clear(session: Session, theirs: End, *, now: datetime) -> None:
    """Show the customer no tasks: the desk has another item now, which has none."""
    for key in _columns(theirs[1]):
        mirror.write(session, *theirs, key, None, now=now)


def ask_to_show(session: Session, board: BoardMap, made: Collection[str], *, now: datetime) -> None:
    """A customer's board has got its column of tasks: have its open tickets looked at, behind people."""
    if not any(key in made for key in _columns(board)):
        return
    here = (Side.account_id == board.account_id, Side.board_id == board.board_id, Side.role == "customer")
    sides = session.execute(select(Side).where(*here, Side.state == "active").order_by(Side.id)).scalars()
    with under(session, Priority.SWEEP):
        for side in sides:
            desk = mirror.side_of(session, side.story, "desk")
            if desk is not None and mirror.shadows(session, side).get("status") != _SOLVED:
                mirror.look_again(session, desk, now=now)


def _columns(board: BoardMap) -> list[str]:
    return [key for key, column in board.columns.items() if column.shows == SHOWS]
