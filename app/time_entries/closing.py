"""Closing a month: its statements are written down; what is corrected later goes into the next one."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.agreements.rules.terms import day_of
from app.errors import SupportError
from app.operators import audit
from app.time_entries import books as ledgers
from app.time_entries import showing
from app.time_entries.models import ClosedMonth, TimeEntry
from app.time_entries.rules.charges import invoicing
from app.time_entries.rules.statement import Statement, month_of, next_month, statement

_LONGEST_BY = 80


class MonthError(SupportError):
    """A month can't be closed now."""

    code = "month"
    permanent = True


def close_month(
    session: Session, month: date, *, by: str, now: datetime
) -> Sequence[tuple[Customer, Statement]]:
    """Close a month, given by its first day, for all customers; return what it came to.

    Raises:
        MonthError: it is closed already, has not ended, or another has to be closed before it.
    """
    _require_its_turn(session, month, now)
    customers = session.execute(select(Customer).order_by(Customer.id).with_for_update()).scalars().all()
    found = [(one, statement(ledgers.books_of(session, one.id), month, invoicing())) for one in customers]
    session.add(ClosedMonth(month=month, closed_at=now, by=by[:_LONGEST_BY]))
    session.flush()
    told = [(customer, one) for customer, one in found if one.lines]
    for customer, one in told:
        ledgers.note_invoiced(session, customer.id, month, one.lines)
    board = showing.find_board(session)
    for customer, one in found:
        if board is not None:
            closed = Statement(month, is_closed=True, lines=one.lines)
            showing.publish(session, board, customer, closed, now=now)
            showing.refresh(session, board, customer.id, now=now)
    total = sum(one.total for _, one in told)
    detail = f"{len(told)} statements, {total} SEK without VAT"
    audit.note(session, by, "month closed", f"{month:%Y-%m}", now=now, detail=detail)
    return sorted(told, key=lambda one: (one[0].name, one[0].id))


def publish_month(session: Session, month: date, *, now: datetime) -> int:
    """Show the statements of a month as items on the time board; return how many there are."""
    board = showing.find_board(session)
    if board is None:
        raise MonthError("The time board is missing. Run `synerity provision`, then try again.")
    customers = session.execute(select(Customer).order_by(Customer.id).with_for_update()).scalars().all()
    shown = [
        showing.publish(
            session, board, one, statement(ledgers.books_of(session, one.id), month, invoicing()), now=now
        )
        for one in customers
    ]
    return sum(shown)


def _require_its_turn(session: Session, month: date, now: datetime) -> None:
    closed = ledgers.closed_months(session)
    if month in closed:
        raise MonthError(
            f"{month:%Y-%m} is closed already. What is corrected of it now is invoiced with the next month."
        )
    if day_of(now) < next_month(month):
        raise MonthError(f"{month:%Y-%m} has not ended yet; close it from {next_month(month)} on.")
    first = _first_to_close(session, closed)
    if first is not None and first != month:
        raise MonthError(f"Months are closed in their order: {first:%Y-%m} has to be closed first.")


def _first_to_close(session: Session, closed: Sequence[date]) -> date | None:
    """The month that is next; None where nothing was closed and nobody has worked: any may be the first."""
    if closed:
        return next_month(closed[-1])
    query = select(func.min(TimeEntry.day)).where(TimeEntry.standing == ledgers.COUNTS)
    earliest = session.execute(query).scalar_one_or_none()
    return None if earliest is None else month_of(earliest)
