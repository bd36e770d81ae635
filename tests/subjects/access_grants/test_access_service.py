"""Grants and uses in SQL, on both engines: judged by their moments, in whichever order they are heard of."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants import service
from app.access_grants.on_ticket import OnTicket
from app.access_grants.rules import End
from app.access_grants.service import User
from app.agreements.models import Customer
from app.agreements.rules.terms import Agreed
from app.agreements.terms import note_agreed
from app.boards import templates
from app.boards.rules import BoardMap, ColumnPlace, LabelPlace, Structure, map_board
from app.db import Database
from app.mirror.models import Side
from app.outbox.models import Change
from app.tickets.models import Ticket
from app.timers import service as timers

#: A Tuesday, ten o'clock in Stockholm.
TEN = datetime(2026, 11, 24, 9, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def board(account_id: str, key: str) -> BoardMap:
    """A board as provisioning leaves it."""
    template = templates.load_all()[key]
    columns = {
        column.key: ColumnPlace(
            column.key,
            column.type,
            column.title.spoken("en"),
            {label.key: LabelPlace(number, label.key) for number, label in enumerate(column.labels)},
        )
        for column in template.columns
    }
    structure = Structure(columns, {})
    return map_board(
        account_id=account_id, board_id="7", key=key, language="en", state="active", structure=structure
    )


def side(session: Session, role: str, account_id: str) -> Side:
    """One of the ticket's items."""
    made = Side(
        story="ticket:1", role=role, account_id=account_id, board_id="7", item_id="70", sync_id=f"s-{role}"
    )
    session.add(made)
    session.flush()
    return made


def ticket_of(session: Session, tier: str, *, is_solved: bool = False) -> OnTicket:
    """A ticket of a customer with an agreement."""
    customer = Customer(slug="acme", name="Acme", tier=tier, language="en", manager=["person-5"])
    session.add(customer)
    session.flush()
    note_agreed(session, customer.id, Agreed(TEN - timedelta(days=100), tier), now=TEN)
    ticket = Ticket(
        customer_id=customer.id, channel="board", tier=tier, status="new", requester="Eva", opened_at=TEN
    )
    session.add(ticket)
    session.flush()
    desk = (side(session, "desk", "1"), board("1", "service_desk"))
    theirs = (side(session, "customer", "2"), board("2", "tickets"))
    return OnTicket(
        ticket_id=ticket.id,
        number=ticket.number,
        customer=customer,
        desk=desk,
        theirs=theirs,
        is_solved=is_solved,
    )


def told(session: Session, words: str) -> int:
    """How often people were told something."""
    changes = session.execute(select(Change)).scalars()
    return sum(words in str(change.content) for change in changes)


Act = Callable[[Session, OnTicket], object]


def gives(session: Session, on: OnTicket) -> None:
    service.give(session, on, scope="Invoices", until=None, at=TEN, now=TEN)


def takes_back(session: Session, on: OnTicket) -> None:
    service.end(session, on, End.REVOKED, at=TEN + 2 * AN_HOUR, now=TEN + 2 * AN_HOUR)


def use(hours: int) -> Act:
    at = TEN + hours * AN_HOUR

    def act(session: Session, on: OnTicket) -> None:
        key = f"use:{hours}"
        # Told twice.
        for _ in range(2):
            service.note_use(session, on, key=key, by=User("9"), purpose=None, at=at, now=at)

    return act


before, within, after = use(-1), use(1), use(3)


@pytest.mark.parametrize(
    "acts",
    [
        (gives, before, within, after, takes_back),
        (before, within, after, gives, takes_back),
        (after, within, before, gives, takes_back),
        (within, gives, after, takes_back, before),
        (gives, takes_back, within, after, before),
    ],
)
def test_a_use_is_judged_by_its_moment_in_whichever_order_it_is_told(
    database: Database, acts: Sequence[Act]
) -> None:
    with database.transaction() as session:
        on = ticket_of(session, "silver")
        for act in acts:
            act(session, on)
        assert [one.is_covered for one in service.uses_of(session, on.ticket_id)] == [False, True, False]
        flagged = told(session, "work in the customer's environment without a valid grant")
        cleared = told(session, "was done while access was granted")
        assert flagged - cleared == 2


def test_a_timer_waits_for_the_reminder_and_then_for_the_end(database: Database) -> None:
    with database.transaction() as session:
        on = ticket_of(session, "silver")
        gives(session, on)
        # Five business days after a Tuesday is the next; its eve is Monday, eight o'clock in Stockholm.
        eve, end = datetime(2026, 11, 30, 7, tzinfo=UTC), datetime(2026, 12, 1, 23, tzinfo=UTC)
        assert timers.next_due(session) == eve
        service.follow_time(session, on, now=eve)
        service.follow_time(session, on, now=eve)
        assert told(session, "its last day is 2026-12-01. The customer was reminded") == 1
        assert timers.next_due(session) == end
        service.follow_time(session, on, now=end + AN_HOUR)
        service.follow_time(session, on, now=end + AN_HOUR)
        assert told(session, "Our access to your environment has expired.") == 1
        assert timers.next_due(session) is None


def test_giving_the_same_again_tells_nobody(database: Database) -> None:
    with database.transaction() as session:
        on = ticket_of(session, "gold")
        gives(session, on)
        again = service.give(session, on, scope="Invoices", until=None, at=TEN + AN_HOUR, now=TEN + AN_HOUR)
        assert "until 2026-12-01: Invoices" in again
        assert told(session, "It covers: Invoices") == 2
        assert told(session, "It lasts until") == 0


def test_what_a_free_customer_gives_is_declined_and_kept(database: Database) -> None:
    with database.transaction() as session:
        on = ticket_of(session, "free")
        answer = service.give(session, on, scope=None, until=None, at=TEN, now=TEN)
        assert "Troubleshooting in your environment is part of the agreements SILVER and GOLD" in answer
        assert timers.next_due(session) is None


def test_access_to_a_solved_ticket_is_not_needed(database: Database) -> None:
    with database.transaction() as session:
        on = ticket_of(session, "gold", is_solved=True)
        answer = service.give(session, on, scope=None, until=None, at=TEN, now=TEN)
        assert "is solved, so we need no access" in answer
        service.ask(session, on, at=TEN, now=TEN)
        assert told(session, "Open it again before you ask for access") == 1
        assert told(session, "To troubleshoot we need access") == 0
