"""What the time board shows of entries and of statements, whenever what they come to may be another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.agreements.models import Customer
from app.boards import service as boards
from app.boards.service import BoardMap
from app.mirror import leaving
from app.mirror import service as mirror
from app.time_entries import books as ledgers
from app.time_entries.books import kronor, ore
from app.time_entries.models import StatementItem, TimeEntry
from app.time_entries.rules import statement as statements
from app.time_entries.rules.charges import Charge, charge, invoicing
from app.time_entries.rules.statement import Books, Line, Statement, month_of

BOARD = "time_entries"
ENTRIES, STATEMENTS = "entries", "statements"


def find_board(session: Session) -> BoardMap | None:
    """The partner's time board; None before it is made."""
    partner = accounts.find_partner(session)
    return None if partner is None else boards.find_board(session, partner.account_id, BOARD)


def refresh(session: Session, board: BoardMap, customer_id: int, *, now: datetime) -> None:
    """Price a customer's entries anew, and show what changed by it on them and on its statements.

    The caller holds the customer's row, so that nobody else does this at the same time.
    """
    session.flush()
    books = ledgers.books_of(session, customer_id)
    charges = {one.entry.id: one for one in charge(books.entries, books.terms, invoicing())}
    paid: dict[object, list[Line]] = defaultdict(list)
    for line in (one for lines in books.invoiced.values() for one in lines):
        paid[line.thing].append(line)
    for row in ledgers.rows_of(session, customer_id):
        one = charges[row.id]
        state = _state(row, one, paid[statements.line_of(one).thing])
        figures = (one.minutes, ore(one.price), ore(one.amount), state)
        if figures != (row.charged_minutes, row.price_ore, row.amount_ore, row.state):
            row.charged_minutes, row.price_ore, row.amount_ore, row.state = figures
            show_entry(session, board, row, now=now)
    _refresh_statements(session, board, customer_id, books, now)


def show_entry(session: Session, board: BoardMap, row: TimeEntry, *, now: datetime) -> None:
    """Show on an entry's item what the product makes of it."""
    side = mirror.side_of(session, row.story, "desk")
    if side is None or side.state != "active":
        return
    counts = row.standing == ledgers.COUNTS
    customer = session.get(Customer, row.customer_id) if counts and row.customer_id is not None else None
    values = {
        "number": row.number,
        "state": row.state,
        "customer_found": None if customer is None else customer.name,
        "charged": _number(row.charged_minutes) if counts else None,
        "price": _ore_number(row.price_ore) if counts else None,
        "amount": _ore_number(row.amount_ore) if counts else None,
        "fee": None,
        "corrections": None,
        "total": None,
        "sync_id": side.sync_id,
    }
    pending = mirror.pending(session, side)
    for key, value in values.items():
        mirror.write(session, side, board, key, value, now=now, pending_there=pending)


def publish(
    session: Session, board: BoardMap, customer: Customer, found: Statement, *, now: datetime
) -> bool:
    """Show a statement as an item; False where it has nothing to say, and no item that said anything."""
    query = select(StatementItem).where(
        StatementItem.customer_id == customer.id, StatementItem.month == found.month
    )
    row = session.execute(query).scalar_one_or_none()
    group_id = board.groups.get(STATEMENTS)
    if group_id is None or (row is None and not found.lines):
        return False
    values = _values(customer, found)
    if row is None:
        row = StatementItem(customer_id=customer.id, month=found.month)
        session.add(row)
        session.flush()
        name = f"{customer.name} {found.month:%Y-%m}"
        mirror.create(session, row.story, "desk", board, group_id=group_id, name=name, values=values, now=now)
        return True
    side = mirror.require_side(session, row.story, "desk")
    if side.state != "active":
        known = mirror.coming(session, side)
        if all(known.get(key) == value for key, value in values.items()):
            return True
        # Somebody has put it away, and it would say something else now.
        side = leaving.replace(session, side, board, "desk", group_id=group_id, now=now)
    pending = mirror.pending(session, side)
    for key, value in values.items():
        mirror.write(session, side, board, key, value, now=now, pending_there=pending)
    return True


def _refresh_statements(
    session: Session, board: BoardMap, customer_id: int, books: Books, now: datetime
) -> None:
    """Those that have an item, those of months with entries, and the one that takes the corrections."""
    customer = session.get_one(Customer, customer_id)
    shown = select(StatementItem.month).where(StatementItem.customer_id == customer_id)
    months: set[date] = {*session.execute(shown).scalars()} - set(books.closed)
    last_closed = books.closed[-1] if books.closed else date.min
    months |= {month_of(entry.day) for entry in books.entries if month_of(entry.day) > last_closed}
    if books.first_open is not None:
        found = statements.statement(books, books.first_open, invoicing())
        if any(line.is_correction for line in found.lines):
            months.add(books.first_open)
    for month in sorted(months):
        publish(session, board, customer, statements.statement(books, month, invoicing()), now=now)


def _state(row: TimeEntry, one: Charge, invoiced: Sequence[Line]) -> str:
    if invoiced:
        charged = sum(paid.charged_minutes for paid in invoiced)
        amount = sum((paid.amount for paid in invoiced), Decimal(0))
        return "invoiced" if (charged, amount) == (one.minutes, one.amount) else "corrected"
    return "counted" if row.corrected_at is None else "corrected"


def _values(customer: Customer, found: Statement) -> Mapping[str, Any]:
    return {
        "number": f"{found.month:%Y-%m}",
        "state": "invoiced" if found.is_closed else "open",
        "customer_found": customer.name,
        "charged": _number(sum(line.charged_minutes for line in found.worked)),
        "amount": _number(found.consulting),
        "fee": _number(found.fee),
        "corrections": _number(found.corrections),
        "total": _number(found.total),
    }


def _ore_number(whole_ore: int | None) -> str | None:
    return None if whole_ore is None else _number(kronor(whole_ore))


def _number(value: Decimal | int | None) -> str | None:
    """As short as it can be written, like ``app.monday.values`` reads it."""
    if value is None:
        return None
    whole, _, fraction = f"{Decimal(value):f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
