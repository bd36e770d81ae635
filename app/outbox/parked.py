"""Changes that wait for an operator: looking through them, and giving one up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.outbox.models import Change


@dataclass(frozen=True)
class Sought:
    """Which parked changes: all, where nothing is said."""

    account_id: str | None = None
    board_id: str | None = None
    #: Part of the reason, in any case of letters.
    reason: str = ""


def find(session: Session, sought: Sought, *, after: int = 0, limit: int | None = None) -> Sequence[Change]:
    """Parked changes, oldest first; ``after`` an id for further pages."""
    query = select(Change).where(Change.id > after, *_terms(sought)).order_by(Change.id)
    return session.execute(query if limit is None else query.limit(limit)).scalars().all()


def count(session: Session, sought: Sought) -> int:
    """How many there are."""
    return session.execute(select(func.count()).select_from(Change).where(*_terms(sought))).scalar_one()


def drop(session: Session, change_id: int, reason: str, *, now: datetime) -> int:
    """Give a parked change up, and what waits for it; return how many changes that were.

    What waits for an item that will never be made would wait for ever.
    """
    change = session.get(Change, change_id, with_for_update=True)
    if change is None or change.state != "parked":
        return 0
    waiting = select(Change).where(
        Change.after_id == change_id, Change.state.in_(("wanted", "parked", "held"))
    )
    given_up = [change, *session.execute(waiting.with_for_update()).scalars()]
    for one in given_up:
        one.state, one.reason, one.settled_at = "dropped", reason, now
    return len(given_up)


def _terms(sought: Sought) -> list[ColumnElement[bool]]:
    terms = [Change.state == "parked"]
    if sought.account_id is not None:
        terms.append(Change.account_id == sought.account_id)
    if sought.board_id is not None:
        terms.append(Change.board_id == sought.board_id)
    if sought.reason:
        terms.append(Change.reason.icontains(sought.reason, autoescape=True))
    return terms
