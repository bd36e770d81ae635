"""One ticket's timeline, read from SQL: what came in, what went out, how long each took."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.agreements.models import Customer
from app.boards import service as boards
from app.errors import SupportError
from app.ids import FIRST_TICKET_NUMBER, TICKET_PREFIX, ItemKey
from app.inbox.models import InboxEvent
from app.mirror.models import Side, Tombstone
from app.outbox.models import Change
from app.parked import payloads
from app.parked.sentences import what_change, what_event
from app.tickets.models import Ticket

_NUMBER = re.compile(rf"(?:{TICKET_PREFIX})?(\d{{1,12}})", re.IGNORECASE)
#: Of one ticket; older entries are on further pages.
PAGE = 100


class TicketMissingError(SupportError):
    """There is no such ticket."""

    code = "ticket_missing"
    permanent = True


@dataclass(frozen=True)
class TicketSeen:
    """A ticket as operators see it."""

    number: str
    customer: str
    channel: str
    tier: str
    status: str
    opened_at: datetime


@dataclass(frozen=True)
class SideSeen:
    """One of a ticket's items."""

    #: ``desk`` | ``customer``
    role: str
    slug: str
    board_id: str
    #: None until monday.com has made it.
    item_id: str | None
    state: str


@dataclass(frozen=True)
class Entry:
    """One thing of a ticket's story."""

    at: datetime
    #: ``in`` | ``out`` | ``gone``
    direction: str
    id: int
    #: ``desk`` | ``customer``; ``ticket`` for its clock and its agreement
    role: str
    #: Whose doing it was.
    by: str
    #: What it was, in few words.
    title: str
    #: What became of it: ``done``, ``waiting``, ``parked`` …
    state: str
    #: Why, where there is something to say.
    reason: str | None
    #: From when it happened (or was wanted) until it was done, in seconds; None while it waits.
    delay_seconds: float | None
    #: JSON without secrets; empty where there is nothing more to see.
    payload: str
    #: It may hold what only technicians may read.
    is_internal: bool


@dataclass(frozen=True)
class Timeline:
    """A ticket's story, the latest first."""

    ticket: TicketSeen
    sides: Sequence[SideSeen]
    entries: Sequence[Entry]
    #: The number of the next page; None on the last.
    next_page: int | None


def tickets_of(
    session: Session, account_id: str, board_id: str, *, before: int | None = None, limit: int = 50
) -> Sequence[TicketSeen]:
    """The tickets that stand on a customer's board, the latest first; ``before`` a ticket's number."""
    here = select(Side.story).where(
        Side.account_id == account_id, Side.board_id == board_id, Side.role == "customer"
    )
    stories = set(session.execute(here.where(Side.state != "replaced")).scalars())
    ids = sorted(
        (int(story.partition(":")[2]) for story in stories if story.startswith("ticket:")), reverse=True
    )
    ids = [one for one in ids if before is None or one < before - FIRST_TICKET_NUMBER + 1][:limit]
    rows = session.execute(
        select(Ticket, Customer).join(Customer).where(Ticket.id.in_(ids)).order_by(Ticket.id.desc())
    )
    return [_ticket(row.Ticket, row.Customer) for row in rows]


def find(session: Session, number: str) -> Ticket:
    """A ticket by its number, like ``SYN-1012`` or ``1012``.

    Raises:
        TicketMissingError: there is none of that number.
    """
    match = _NUMBER.fullmatch(number.strip())
    ticket = session.get(Ticket, int(match[1]) - FIRST_TICKET_NUMBER + 1) if match else None
    if ticket is None:
        raise TicketMissingError(f"There is no ticket {number!r}. A number looks like {TICKET_PREFIX}1012.")
    return ticket


def timeline(session: Session, number: str, *, page: int = 1) -> Timeline:
    """The story of a ticket by its number, like ``SYN-1012`` or ``1012``.

    Raises:
        TicketMissingError: there is none of that number.
    """
    ticket = find(session, number)
    customer = session.get_one(Customer, ticket.customer_id)
    slugs = {account.account_id: account.slug for account in accounts.list_accounts(session)}
    sides = session.execute(select(Side).where(Side.story == ticket.story).order_by(Side.id)).scalars().all()
    users = {account.account_id: account.user_id for account in accounts.list_accounts(session)}
    entries = [entry for side in sides for entry in _entries(session, side, users.get(side.account_id))]
    entries += [_clock(event) for event in _events(session, ticket.story)]
    entries.sort(key=lambda entry: (entry.at, entry.direction, entry.id), reverse=True)
    first = (max(page, 1) - 1) * PAGE
    return Timeline(
        _ticket(ticket, customer),
        [
            SideSeen(
                side.role,
                slugs.get(side.account_id, side.account_id),
                side.board_id,
                side.item_id,
                side.state,
            )
            for side in sides
        ],
        entries[first : first + PAGE],
        page + 1 if first + PAGE < len(entries) else None,
    )


def _entries(session: Session, side: Side, own_user: str | None) -> list[Entry]:
    """What happened to one of the ticket's items; ``own_user`` is the one in whose name the app acts."""
    board = boards.board_map(session, side.account_id, side.board_id)
    titles = {} if board is None else {column.id: column.title for column in board.columns.values()}
    found = [_out(side, change, titles) for change in _changes(session, side)]
    if side.item_id is not None:
        lane = ItemKey(side.account_id, side.board_id, side.item_id).lane
        found += [_in(side, event, titles, own_user) for event in _events(session, lane)]
    tombstones = select(Tombstone).where(Tombstone.side_id == side.id)
    return found + [_gone(side, row, own_user) for row in session.execute(tombstones).scalars()]


def _events(session: Session, lane_key: str) -> Sequence[InboxEvent]:
    return session.execute(select(InboxEvent).where(InboxEvent.lane_key == lane_key)).scalars().all()


def _changes(session: Session, side: Side) -> Sequence[Change]:
    whose: list[ColumnElement[bool]] = []
    if side.item_id is not None:
        here = (Change.account_id == side.account_id) & (Change.board_id == side.board_id)
        whose.append(here & (Change.item_id == side.item_id))
    if side.create_change_id is not None:
        whose += [Change.id == side.create_change_id, Change.after_id == side.create_change_id]
    return session.execute(select(Change).where(or_(*whose))).scalars().all() if whose else []


def _clock(event: InboxEvent) -> Entry:
    """What the ticket's own lane was told: its clock, its agreement."""
    done = event.handled_at
    return Entry(
        at=event.received_at,
        direction="in",
        id=event.id,
        role="ticket",
        by="the product",
        title=what_event(event.source, event.content).sentence,
        state="waiting" if event.state == "new" else event.state,
        reason=event.reason,
        delay_seconds=None if done is None else max(0.0, (done - event.received_at).total_seconds()),
        payload="",
        is_internal=False,
    )


def _in(side: Side, event: InboxEvent, titles: dict[str, str], own_user: str | None) -> Entry:
    told = what_event(event.source, event.content)
    happened = told.happened_at or event.received_at
    done = event.handled_at
    return Entry(
        at=happened,
        direction="in",
        id=event.id,
        role=side.role,
        by=_who(told.user_id, own_user) if event.source == "webhook" else "the product",
        title=_titled(told.sentence, titles),
        state="waiting" if event.state == "new" else event.state,
        reason=event.reason,
        delay_seconds=None if done is None else max(0.0, (done - happened).total_seconds()),
        payload=payloads.shown(event.content),
        is_internal=side.role == "desk",
    )


def _out(side: Side, change: Change, titles: dict[str, str]) -> Entry:
    done = change.settled_at
    return Entry(
        at=change.wanted_at,
        direction="out",
        id=change.id,
        role=side.role,
        by="the product",
        title=_titled(what_change(change.kind, change.column_id), titles),
        state="waiting" if change.state == "wanted" else change.state,
        reason=change.reason,
        delay_seconds=None if done is None else max(0.0, (done - change.wanted_at).total_seconds()),
        payload=payloads.shown(change.content),
        is_internal=side.role == "desk",
    )


def _gone(side: Side, row: Tombstone, own_user: str | None) -> Entry:
    return Entry(
        at=row.left_at,
        direction="gone",
        id=row.id,
        role=side.role,
        by=_who(row.by_user_id, own_user),
        title=f"The item was {row.reason}",
        state="is gone" if row.ended_at is None else "is back, or replaced",
        reason=None,
        delay_seconds=None,
        payload="",
        is_internal=False,
    )


def _titled(sentence: str, titles: dict[str, str]) -> str:
    """With a column's title in the place of its id, where it is one of ours."""
    words, colon, column_id = sentence.partition(": ")
    return f"{words}: {titles[column_id]}" if colon and column_id in titles else sentence


def _who(user_id: str | None, own_user: str | None) -> str:
    if user_id is None:
        return "somebody"
    if user_id.startswith("-"):
        return "an automation"
    # That user is a person, too: only what was written tells whose doing it was.
    return f"the app's user {user_id}" if user_id == own_user else f"user {user_id}"


def _ticket(ticket: Ticket, customer: Customer) -> TicketSeen:
    return TicketSeen(
        ticket.number, customer.name, ticket.channel, ticket.tier, ticket.status, ticket.opened_at
    )
