"""Arming, cancelling and claiming due moments (business time: aware UTC, may be moved in development)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from app.timers.models import Timer


@dataclass(frozen=True)
class DueTimer:
    """A timer whose moment has come."""

    kind: str
    subject: str
    account_id: str
    due_at: datetime


def arm(session: Session, *, kind: str, subject: str, account_id: str, due_at: datetime) -> None:
    """Set the one timer of this kind and subject; an earlier setting is replaced."""
    timer = session.get(Timer, (kind, subject))
    if timer is None:
        session.add(Timer(kind=kind, subject=subject, account_id=account_id, due_at=due_at))
    else:
        timer.due_at = due_at


def cancel(session: Session, *, kind: str, subject: str) -> None:
    """Make sure no timer of this kind and subject fires; not an error when none was armed."""
    session.execute(delete(Timer).where(Timer.kind == kind, Timer.subject == subject))


def take_due(session: Session, *, now: datetime, limit: int = 500) -> Sequence[DueTimer]:
    """Remove the timers that are due and return them, earliest first.

    The caller hands them on in the same transaction: a timer is either armed or handed on,
    never both and never neither. Several processes may call this; each timer goes to one.
    """
    due = (
        select(Timer.kind, Timer.subject)
        .where(Timer.due_at <= now)
        .order_by(Timer.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.kind, row.subject) for row in session.execute(due)]
    if not keys:
        return []
    taken = session.execute(
        delete(Timer)
        .where(tuple_(Timer.kind, Timer.subject).in_(keys))
        .returning(Timer.kind, Timer.subject, Timer.account_id, Timer.due_at)
    )
    timers = [DueTimer(row.kind, row.subject, row.account_id, row.due_at) for row in taken]
    return sorted(timers, key=lambda timer: (timer.due_at, timer.kind, timer.subject))


def next_due(session: Session) -> datetime | None:
    """The earliest armed moment, or None."""
    moment: datetime | None = session.execute(
        select(Timer.due_at).order_by(Timer.due_at).limit(1)
    ).scalar_one_or_none()
    return moment
