"""Deliveries and other events that wait for an operator: looking through them, and giving one up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.inbox.models import InboxEvent


@dataclass(frozen=True)
class Sought:
    """Which parked events: all, where nothing is said."""

    account_id: str | None = None
    board_id: str | None = None
    #: Part of the reason, in any case of letters.
    reason: str = ""


def find(
    session: Session, sought: Sought, *, after: int = 0, limit: int | None = None
) -> Sequence[InboxEvent]:
    """Parked events, oldest first; ``after`` an id for further pages."""
    query = select(InboxEvent).where(InboxEvent.id > after, *_terms(sought)).order_by(InboxEvent.id)
    return session.execute(query if limit is None else query.limit(limit)).scalars().all()


def count(session: Session, sought: Sought) -> int:
    """How many there are."""
    return session.execute(select(func.count()).select_from(InboxEvent).where(*_terms(sought))).scalar_one()


def drop(session: Session, event_id: int, reason: str, *, now: datetime) -> bool:
    """Give a parked event up; False when it does not wait any more."""
    event = session.get(InboxEvent, event_id, with_for_update=True)
    if event is None or event.state != "parked":
        return False
    event.state, event.reason, event.handled_at = "ignored", reason, now
    return True


def _terms(sought: Sought) -> list[ColumnElement[bool]]:
    terms = [InboxEvent.state == "parked"]
    if sought.account_id is not None:
        terms.append(InboxEvent.account_id == sought.account_id)
    if sought.board_id is not None:
        terms.append(InboxEvent.lane_key.contains(f":{sought.board_id}:", autoescape=True))
    if sought.reason:
        terms.append(InboxEvent.reason.icontains(sought.reason, autoescape=True))
    return terms
