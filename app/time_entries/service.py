"""The time board: people write what they did for whom, the product reads it and says what it comes to.

Nothing of it leaves the partner's account: entries, notes and statements are internal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements import service as agreements
from app.agreements.models import Customer
from app.agreements.rules.terms import day_of
from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.errors import SupportError
from app.mirror import leaving
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import ItemSeen
from app.mirror.told import Told
from app.texts import DESK_LANGUAGE, text
from app.tickets import numbers
from app.time_entries import books as ledgers
from app.time_entries import showing
from app.time_entries.books import COUNTS
from app.time_entries.models import NUMBER_PREFIX, TimeEntry, TimeEntryChange
from app.time_entries.rules.charges import invoicing
from app.time_entries.rules.statement import Statement, month_of, next_month, statement
from app.time_entries.rules.written import Known, Reading, Written, read

BOARD = showing.BOARD
_STATEMENT = "statement:"
_LONGEST = 255
_YES_NO: Mapping[bool, str] = {True: "yes", False: "no"}


class EntryMissingError(SupportError):
    """There is no such time entry."""

    code = "time_entry_missing"
    permanent = True


@dataclass(frozen=True)
class EntrySeen:
    """A time entry, for people."""

    number: str
    customer: str
    ticket: str | None
    person: str
    day: date | None
    minutes: int | None
    is_billable: bool
    #: ``counted`` | ``corrected`` | ``invoiced`` | ``incomplete`` | ``unreadable`` | ``gone``
    state: str
    charged_minutes: int | None
    price_ore: int | None
    amount_ore: int | None
    note: str


@dataclass(frozen=True)
class ChangeSeen:
    """A correction of an entry."""

    entry: str
    at: datetime
    #: monday.com's id of who did it; None where it did not say.
    by_user_id: str | None
    what: str
    was: str | None
    became: str | None


@dataclass(frozen=True)
class _Event:
    """What was told of an item."""

    told: Told
    now: datetime


def on_item(session: Session, item: ItemSeen, board: BoardMap, *, told: Told, now: datetime) -> str | None:
    """Follow an item on the time board; the reason when nothing follows from it."""
    event = _Event(told, now)
    side = mirror.find_side(session, item.key)
    if side is None:
        if item.state != "active":
            return "It left the board before it was read."
        if mirror.is_unconfirmed(session, item.key, mirror.readable(item, board).get("sync_id")):
            return "Our own creation; it is read again when monday.com has confirmed it."
        row = TimeEntry(noted_at=now)
        session.add(row)
        session.flush()
        side = mirror.adopt(session, row.story, "desk", item, board)
        _follow(session, row, side, item, board, event)
        return None
    if side.story.startswith(_STATEMENT):
        _follow_statement(session, side, item, board, event)
        return None
    if side.state in mirror.REPLACED:
        return "Another item has taken its place."
    row = session.get_one(TimeEntry, int(side.story.partition(":")[2]))
    was = leaving.follow(session, side, item, told.departure, now=now)
    if was == "moved" and item.state == "active":
        leaving.keep_what_moving_lost(session, side, item, board, now=now)
    if item.state != "active":
        _leave(session, row, board, event)
    elif item.is_known:
        _follow(session, row, side, item, board, event)
    return None


def follow_agreement(session: Session, customer_id: int, *, now: datetime) -> None:
    """What was agreed with a customer may be another: its entries and statements show it."""
    board = showing.find_board(session)
    has_entries = select(TimeEntry.id).where(TimeEntry.customer_id == customer_id).limit(1)
    if board is None or session.execute(has_entries).first() is None:
        return
    _lock(session, {customer_id})
    showing.refresh(session, board, customer_id, now=now)


def statements(
    session: Session, month: date, *, customer_id: int | None = None
) -> Sequence[tuple[Customer, Statement]]:
    """The statements of a month that say anything, by customer's name."""
    found = [
        (customer, statement(ledgers.books_of(session, customer.id), month, invoicing()))
        for customer in agreements.list_customers(session)
        if customer_id in (None, customer.id)
    ]
    return [(customer, one) for customer, one in found if one.lines]


def left_out(session: Session, month: date | None = None) -> Sequence[EntrySeen]:
    """The entries that count for nothing until somebody mends them; of a month those without a day, too."""
    query = select(TimeEntry).where(TimeEntry.standing.in_(("incomplete", "unreadable")))
    rows = session.execute(query.order_by(TimeEntry.id)).scalars()
    return [
        _seen(session, row) for row in rows if month is None or row.day is None or row.day < next_month(month)
    ]


def list_entries(
    session: Session, *, customer_id: int | None = None, month: date | None = None
) -> Sequence[EntrySeen]:
    """Entries, by day; of one customer or month, where told."""
    query = select(TimeEntry).order_by(TimeEntry.day, TimeEntry.id)
    if customer_id is not None:
        query = query.where(TimeEntry.customer_id == customer_id)
    if month is not None:
        query = query.where(TimeEntry.day >= month_of(month), TimeEntry.day < next_month(month))
    return [_seen(session, row) for row in session.execute(query).scalars()]


def find(session: Session, number: str) -> EntrySeen:
    """An entry by its number, like ``T-12``.

    Raises:
        EntryMissingError: there is none of that number.
    """
    return _seen(session, _row(session, number))


def changes_of(session: Session, number: str) -> Sequence[ChangeSeen]:
    """What was corrected of an entry after it had counted, in order.

    Raises:
        EntryMissingError: there is none of that number.
    """
    row = _row(session, number)
    query = select(TimeEntryChange).where(TimeEntryChange.entry_id == row.id).order_by(TimeEntryChange.id)
    return [
        ChangeSeen(row.number, one.at, one.by_user_id, one.what, one.was, one.became)
        for one in session.execute(query).scalars()
    ]


def _row(session: Session, number: str) -> TimeEntry:
    digits = number.strip().upper().removeprefix(NUMBER_PREFIX)
    row = session.get(TimeEntry, int(digits)) if digits.isdecimal() and len(digits) <= 12 else None
    if row is None:
        raise EntryMissingError(f"There is no time entry {number!r}. A number looks like {NUMBER_PREFIX}12.")
    return row


def _seen(session: Session, row: TimeEntry) -> EntrySeen:
    customer = None if row.customer_id is None else session.get(Customer, row.customer_id)
    return EntrySeen(
        row.number,
        "" if customer is None else customer.name,
        row.ticket,
        row.person,
        row.day,
        row.minutes,
        row.is_billable,
        row.state,
        row.charged_minutes,
        row.price_ore,
        row.amount_ore,
        row.note,
    )


def _follow(
    session: Session, row: TimeEntry, side: Side, item: ItemSeen, board: BoardMap, event: _Event
) -> None:
    # What monday.com does not give now is as it was last known.
    cells = mirror.shadows(session, side) | mirror.readable(item, board)
    written = Written(
        _text(cells.get("ticket")),
        _text(cells.get("customer")),
        _text(cells.get("date")),
        _text(cells.get("minutes")),
        cells.get("billable"),
    )
    ticket = None if written.ticket is None else numbers.find(session, written.ticket)
    customer = None if written.customer is None else agreements.find_by_item(session, written.customer)
    known = Known(None if ticket is None else ticket.customer_id, None if customer is None else customer.id)
    settled = row.day if row.counted_at is not None else None
    reading = read(written, known, invoicing(), today=day_of(event.now), settled=settled)
    concerned = {one for one in (row.customer_id, reading.customer_id) if one is not None}
    _lock(session, concerned)
    # Another entry of the customer may have been read meanwhile, and this one been priced with it.
    session.refresh(row)
    outcome = mirror.apply(session, side, item, board, None, changed_at=event.told.changed_at, now=event.now)
    if outcome.set_back:
        columns = ", ".join(board.columns[back.key].title for back in outcome.set_back)
        notice = text(DESK_LANGUAGE, "set_back.desk", columns=columns)
        conversation.notify(session, side, notice, now=event.now)
    person = _people(item, board) or row.person or item.creator_name
    _keep_among_entries(session, side, item, board, event.now)
    before = _weight(row)
    _take(row, reading, None if ticket is None else ticket.number, person, str(cells.get(mirror.NAME) or ""))
    _trace(session, row, event)
    _complain(session, row, side, reading, event.now)
    if _weight(row) != before:
        for customer_id in sorted(concerned):
            showing.refresh(session, board, customer_id, now=event.now)
    showing.show_entry(session, board, row, now=event.now)
    session.flush()


def _keep_among_entries(session: Session, side: Side, item: ItemSeen, board: BoardMap, now: datetime) -> None:
    """Entries do not stand among the statements, whose sums they would double; other groups are people's."""
    group_id = board.groups.get(showing.ENTRIES)
    if group_id is not None and board.group_key(item.group_id or "") == showing.STATEMENTS:
        mirror.move(session, side, group_id, now=now)


def _take(row: TimeEntry, reading: Reading, ticket: str | None, person: str, note: str) -> None:
    """Take over what is readable; what isn't stays as it last was."""
    row.note, row.person = note[:_LONGEST], person[:_LONGEST]
    if reading.counts:
        row.customer_id, row.day, row.minutes = reading.customer_id, reading.day, reading.minutes
        row.is_billable, row.ticket = reading.is_billable, ticket
        row.standing = COUNTS
    else:
        if row.counted_at is None:
            row.customer_id, row.day, row.minutes = reading.customer_id, reading.day, reading.minutes
        row.standing = row.state = "unreadable" if reading.complaints else "incomplete"


def _weight(row: TimeEntry) -> tuple[object, ...]:
    """All of an entry that statements follow from."""
    return row.standing, row.customer_id, row.ticket, row.person, row.day, row.minutes, row.is_billable


def _leave(session: Session, row: TimeEntry, board: BoardMap, event: _Event) -> None:
    """The entry's item is gone: it comes to nothing, and that it did is kept."""
    if row.standing == "gone":
        return
    concerned = set() if row.customer_id is None else {row.customer_id}
    _lock(session, concerned)
    session.refresh(row)
    row.standing = row.state = "gone"
    _trace(session, row, event)
    for customer_id in concerned:
        showing.refresh(session, board, customer_id, now=event.now)


def _trace(session: Session, row: TimeEntry, event: _Event) -> None:
    """Keep what changed of an entry that had counted before."""
    seen = {
        "customer": None if row.customer_id is None else str(row.customer_id),
        "ticket": row.ticket,
        "date": None if row.day is None else row.day.isoformat(),
        "minutes": None if row.minutes is None else str(row.minutes),
        "billable": _YES_NO[row.is_billable],
        "standing": row.standing,
    }
    if row.counted_at is None:
        if row.standing == COUNTS:
            row.counted_at, row.counted = event.now, seen
        return
    before = row.counted or {}
    for what, value in seen.items():
        if value == before.get(what):
            continue
        at, by = event.told.changed_at.get(what, event.now), event.told.changed_by.get(what)
        if what == "standing":
            at = max(event.told.changed_at.values(), default=event.now)
            by = next(iter(event.told.changed_by.values()), None)
            if value == "gone":
                at, by = event.told.departure.at, event.told.departure.by_user_id
        was, became = before.get(what), value
        if what == "customer":
            was, became = _customer_name(session, was), _customer_name(session, became)
        session.add(
            TimeEntryChange(
                entry_id=row.id,
                at=at,
                by_user_id=by,
                what=what,
                was=was,
                became=became,
                noted_at=event.now,
            )
        )
        row.corrected_at = event.now
    row.counted = seen


def _complain(session: Session, row: TimeEntry, side: Side, reading: Reading, now: datetime) -> None:
    """Say once what is wrong with an entry, and what to do."""
    wrong = {one.key: one for one in reading.complaints}
    if not wrong:
        row.told = []
        return
    if set(wrong) <= set(row.told):
        return
    sentences = " ".join(
        text(DESK_LANGUAGE, f"time.wrong.{one.reason}", **one.values) for one in wrong.values()
    )
    notice = f"{text(DESK_LANGUAGE, 'time.wrong')} {sentences}"
    conversation.notify(session, side, notice, now=now)
    row.told = sorted({*row.told, *wrong})


def _follow_statement(session: Session, side: Side, item: ItemSeen, board: BoardMap, event: _Event) -> None:
    leaving.follow(session, side, item, event.told.departure, now=event.now)
    if item.state != "active" or not item.is_known:
        return
    outcome = mirror.apply(session, side, item, board, None, changed_at=event.told.changed_at, now=event.now)
    if outcome.set_back:
        columns = ", ".join(board.columns[back.key].title for back in outcome.set_back)
        notice = text(DESK_LANGUAGE, "time.statement", columns=columns)
        conversation.notify(session, side, notice, now=event.now)


def _lock(session: Session, customer_ids: set[int]) -> None:
    """Hold customers whose entries are priced together, always in the same order."""
    for customer_id in sorted(customer_ids):
        session.get_one(Customer, customer_id, with_for_update=True)


def _customer_name(session: Session, customer_id: str | None) -> str | None:
    return None if customer_id is None else session.get_one(Customer, int(customer_id)).name


def _people(item: ItemSeen, board: BoardMap) -> str | None:
    column = board.columns.get("person")
    raw = None if column is None else item.values.get(column.id)
    return None if raw is None else raw.text or None


def _text(value: Any) -> str | None:
    stripped = "" if value is None else str(value).strip()
    return stripped or None
