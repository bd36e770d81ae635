"""How an escalation ends: with an outcome that the customer is told, or before it was open."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.escalations import items, log
from app.escalations.calling import TIMER
from app.escalations.items import COLUMN, COMMITMENT, ESCALATE, NEXT_CONTACT, REASON
from app.escalations.log import Kind
from app.escalations.models import Escalation
from app.escalations.rules import Outcome
from app.escalations.words import tell_customer
from app.mirror import service as mirror
from app.timers import service as timers


def end(
    session: Session,
    on: OnTicket,
    row: Escalation,
    outcome: Outcome,
    commitment: str | None,
    *,
    at: datetime,
    now: datetime,
) -> None:
    """End an open escalation: both boards show what it came to, and the customer is told."""
    row.ended_at = at
    log.note(session, row, Kind.ENDED, at=at, words=commitment or "", now=now)
    timers.cancel(session, kind=TIMER, subject=str(row.id))
    # So that the next ask is one.
    for key in (ESCALATE, REASON, NEXT_CONTACT):
        mirror.write(session, *on.theirs, key, None, now=now)
    show_end(session, on, row, outcome, commitment, now=now)


def show_end(
    session: Session,
    on: OnTicket,
    row: Escalation,
    outcome: Outcome,
    commitment: str | None,
    *,
    now: datetime,
) -> None:
    """Show and tell what it came to, also when that was corrected afterwards."""
    row.outcome, row.commitment = outcome.value, commitment
    session.flush()
    on.show(session, COLUMN, outcome.value, now=now)
    mirror.write(session, *on.theirs, COMMITMENT, commitment, now=now)
    key = f"escalation.ended.{outcome.value}"
    tell_customer(session, on, key, now=now, number=row.number, commitment=commitment or "")
    on.tell_desk(session, f"{key}.desk", now=now, number=row.number, commitment=commitment or "")


def drop(session: Session, on: OnTicket, row: Escalation, *, at: datetime, now: datetime) -> None:
    """End what was offered, or waited for a reason; it never was an escalation."""
    row.ended_at = at
    session.flush()
    log.note(session, row, Kind.ENDED, at=at, now=now)
    mirror.write(session, *on.theirs, ESCALATE, None, now=now)
    on.show(session, COLUMN, items.shown(row), now=now)
