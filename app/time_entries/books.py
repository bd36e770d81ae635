"""A customer's books in SQL: entries that count, what was invoiced, which months are closed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.terms import terms_of
from app.time_entries.models import ClosedMonth, InvoicedLine, TimeEntry
from app.time_entries.rules.charges import Entry
from app.time_entries.rules.statement import Books, Kind, Line

COUNTS = "counts"
_ORE_A_KRONA = 100


def books_of(session: Session, customer_id: int) -> Books:
    """Everything that a customer's statements follow from."""
    invoiced: dict[date, list[Line]] = defaultdict(list)
    query = select(InvoicedLine).where(InvoicedLine.customer_id == customer_id).order_by(InvoicedLine.id)
    for row in session.execute(query).scalars():
        invoiced[row.month].append(_line(row))
    counting = [entry_of(row) for row in rows_of(session, customer_id)]
    return Books(
        terms_of(session, customer_id),
        [entry for entry in counting if entry is not None],
        invoiced,
        closed_months(session),
    )


def rows_of(session: Session, customer_id: int) -> Sequence[TimeEntry]:
    """A customer's entries that count."""
    query = select(TimeEntry).where(TimeEntry.customer_id == customer_id, TimeEntry.standing == COUNTS)
    return session.execute(query.order_by(TimeEntry.day, TimeEntry.id)).scalars().all()


def entry_of(row: TimeEntry) -> Entry | None:
    """An entry as the rules see it; None where it says too little."""
    if row.day is None or row.minutes is None:
        return None
    return Entry(row.id, row.day, row.minutes, row.is_billable, row.ticket, row.person)


def closed_months(session: Session) -> Sequence[date]:
    """The months that were invoiced, in order."""
    return session.execute(select(ClosedMonth.month).order_by(ClosedMonth.month)).scalars().all()


def note_invoiced(session: Session, customer_id: int, month: date, lines: Sequence[Line]) -> None:
    """Write down what a month's statement says, for good."""
    for line in lines:
        session.add(
            InvoicedLine(
                customer_id=customer_id,
                month=month,
                about=line.about,
                kind=line.kind.value,
                is_correction=line.is_correction,
                first_on=line.first_on,
                last_on=line.last_on,
                tier=line.tier,
                is_marketplace=line.is_marketplace,
                entry_id=line.entry_id,
                ticket=line.ticket,
                person=line.person,
                minutes=line.minutes,
                charged_minutes=line.charged_minutes,
                price_ore=ore(line.price),
                amount_ore=ore(line.amount),
            )
        )
    session.flush()


def ore(kronor: Decimal) -> int:
    """Kronor that are whole öre, as these."""
    return int(kronor * _ORE_A_KRONA)


def kronor(whole_ore: int) -> Decimal:
    """Öre as kronor with two decimals."""
    return (Decimal(whole_ore) / _ORE_A_KRONA).quantize(Decimal("0.01"))


def _line(row: InvoicedLine) -> Line:
    return Line(
        Kind(row.kind),
        row.about,
        kronor(row.amount_ore),
        row.first_on,
        row.last_on,
        tier=row.tier,
        is_marketplace=row.is_marketplace,
        price=kronor(row.price_ore),
        entry_id=row.entry_id,
        ticket=row.ticket,
        person=row.person,
        minutes=row.minutes,
        charged_minutes=row.charged_minutes,
        is_correction=row.is_correction,
    )
