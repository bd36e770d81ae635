"""Escalations for people and for reports: what was asked, whether it was acknowledged in time, the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.errors import SupportError
from app.escalations import log
from app.escalations.calling import calls_of
from app.escalations.models import NUMBER_PREFIX, Escalation
from app.escalations.rules import is_in_time
from app.ids import ticket_number


class EscalationMissingError(SupportError):
    """There is no such escalation."""

    code = "escalation_missing"
    permanent = True


@dataclass(frozen=True)
class EscalationSeen:
    """An escalation, for people."""

    number: str
    customer: str
    ticket: str
    #: ``customer`` | ``desk`` | ``offer``
    origin: str
    #: ``offered`` | ``reason_missing`` | ``open`` | ``acknowledged`` | ``ended``
    state: str
    reason: str
    asked_at: datetime
    opened_at: datetime | None
    #: The level that has it, from 1.
    level: int
    due_at: datetime | None
    acknowledged_at: datetime | None
    #: None: not acknowledged, or nothing was promised.
    is_in_time: bool | None
    next_contact: str | None
    ended_at: datetime | None
    outcome: str | None
    commitment: str | None


@dataclass(frozen=True)
class EntrySeen:
    """A line of the log."""

    at: datetime
    kind: str
    words: str


@dataclass(frozen=True)
class CallSeen:
    """Who was called, and how."""

    level: int
    address: str
    user_id: str | None
    notified_at: datetime | None
    mail_id: int | None
    mail_state: str | None


def list_escalations(
    session: Session, *, customer_id: int | None = None, is_standing: bool = False
) -> Sequence[EscalationSeen]:
    """Escalations, the newest first: of one customer, or those that have not ended, where told."""
    query = select(Escalation).order_by(Escalation.id.desc())
    if customer_id is not None:
        query = query.where(Escalation.customer_id == customer_id)
    if is_standing:
        query = query.where(Escalation.ended_at.is_(None))
    return [_seen(session, row) for row in session.execute(query).scalars()]


def escalations_of(
    session: Session, customer_id: int, *, since: datetime, until: datetime
) -> Sequence[EscalationSeen]:
    """A customer's escalations that were opened in a stretch of time, in order: what its report tells."""
    query = select(Escalation).where(
        Escalation.customer_id == customer_id, Escalation.opened_at >= since, Escalation.opened_at < until
    )
    rows = session.execute(query.order_by(Escalation.opened_at, Escalation.id)).scalars()
    return [_seen(session, row) for row in rows]


def find(session: Session, number: str) -> EscalationSeen:
    """An escalation by its number, like ``E-7``.

    Raises:
        EscalationMissingError: there is none of that number.
    """
    return _seen(session, _row(session, number))


def log_of(session: Session, number: str) -> Sequence[EntrySeen]:
    """What happened to it, in order.

    Raises:
        EscalationMissingError: there is none of that number.
    """
    found = log.entries(session, _row(session, number).id)
    return [EntrySeen(one.at, one.kind, one.words) for one in found]


def called_to(session: Session, number: str) -> Sequence[CallSeen]:
    """Who was called to it.

    Raises:
        EscalationMissingError: there is none of that number.
    """
    return [
        CallSeen(one.level + 1, one.address, one.user_id, one.notified_at, one.mail_id, one.mail_state)
        for one in calls_of(session, _row(session, number).id)
    ]


def _row(session: Session, number: str) -> Escalation:
    digits = number.strip().upper().removeprefix(NUMBER_PREFIX)
    row = session.get(Escalation, int(digits)) if digits.isdecimal() and len(digits) <= 12 else None
    if row is None:
        raise EscalationMissingError(
            f"There is no escalation {number!r}. A number looks like {NUMBER_PREFIX}7."
        )
    return row


def _seen(session: Session, row: Escalation) -> EscalationSeen:
    return EscalationSeen(
        row.number,
        session.get_one(Customer, row.customer_id).name,
        ticket_number(row.ticket_id),
        row.origin,
        _state(row),
        row.reason,
        row.asked_at,
        row.opened_at,
        row.level + 1,
        row.due_at,
        row.acknowledged_at,
        is_in_time(row.due_at, row.acknowledged_at),
        row.next_contact,
        row.ended_at,
        row.outcome,
        row.commitment,
    )


def _state(row: Escalation) -> str:
    if row.ended_at is not None:
        return "ended"
    if row.opened_at is None:
        return "reason_missing" if row.origin == "customer" else "offered"
    return "open" if row.acknowledged_at is None else "acknowledged"
