"""Starting, settling and re-reading response clocks, and arming the timer of the next change.

What a clock shows follows from what it rests on (opened, promised, replied) and the moment
it is read; reading it again, or late, gives the same exact moments.
"""

from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from app.business_time import BusinessCalendar, calendar
from app.sla.models import ClockRow
from app.sla.rules import ResponseClock, ResponseTerm, read_clock
from app.timers import service as timers

TIMER = "response"


def start(
    session: Session,
    ticket_id: int,
    account_id: str,
    *,
    opened_at: datetime,
    business_seconds: int | None,
    now: datetime,
) -> ResponseClock:
    """Start a ticket's clock."""
    row = ClockRow(
        ticket_id=ticket_id,
        account_id=account_id,
        opened_at=opened_at,
        business_seconds=business_seconds,
        status="none",
    )
    session.add(row)
    return _read(session, row, now)


def settle(session: Session, ticket_id: int, replied_at: datetime, *, now: datetime) -> ResponseClock:
    """Note a public reply; the earliest one counts, in whichever order they were heard of."""
    row = session.get_one(ClockRow, ticket_id, with_for_update=True)
    if row.replied_at is None or replied_at < row.replied_at:
        row.replied_at = max(replied_at, row.opened_at)
    return _read(session, row, now)


def change_term(
    session: Session, ticket_id: int, business_seconds: int | None, *, now: datetime
) -> tuple[ResponseClock, bool]:
    """Give an open clock a new promise; a clock that was answered keeps the one it had.

    Returns the reading and whether anything changed.
    """
    row = session.get_one(ClockRow, ticket_id, with_for_update=True)
    if row.replied_at is not None or row.business_seconds == business_seconds:
        return _read(session, row, now), False
    row.business_seconds = business_seconds
    return _read(session, row, now), True


def read(session: Session, ticket_id: int, *, now: datetime) -> ResponseClock:
    """Read a ticket's clock and arm the timer of its next change."""
    return _read(session, session.get_one(ClockRow, ticket_id, with_for_update=True), now)


@cache
def _calendar() -> BusinessCalendar:
    return calendar("support")


def _read(session: Session, row: ClockRow, now: datetime) -> ResponseClock:
    clock = read_clock(
        opened_at=row.opened_at,
        term=ResponseTerm(row.business_seconds),
        calendar=_calendar(),
        replied_at=row.replied_at,
        now=now,
    )
    row.status, row.due_at, row.breached_at = clock.status.value, clock.due_at, clock.breached_at
    subject = str(row.ticket_id)
    if clock.next_change_at is None:
        timers.cancel(session, kind=TIMER, subject=subject)
    else:
        timers.arm(
            session, kind=TIMER, subject=subject, account_id=row.account_id, due_at=clock.next_change_at
        )
    return clock
