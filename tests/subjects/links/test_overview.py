"""What the overview counts with a link, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Installation
from app.agreements.models import Customer
from app.boards import service as boards
from app.boards.models import Board
from app.db import Database
from app.ids import ItemKey
from app.inbox.models import InboxEvent
from app.lanes.models import Lane
from app.links import service as links
from app.links.overview import LinkState, overview
from app.mirror.models import Side
from app.outbox.models import Change
from app.parked import service as parked
from app.parked.service import Sought
from app.tickets.models import Ticket
from app.timeline import service as timelines

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
REAL = 1_000_000.0
PARTNER, ACME, BETA = "1", "42", "43"
DESK, THEIRS = "900", "77"


def add_account(session: Session, account_id: str, board_id: str, role: str = "customer") -> None:
    installation = Installation(
        account_id=account_id,
        slug=f"slug-{account_id}",
        name=f"Account {account_id}",
        role=role,
        user_id="7",
        access_token="",
        refresh_token=None,
        expires_at=None,
        scopes="",
        state="active",
        pause_reason=None,
        installed_at=NOW,
    )
    board = Board(
        account_id=account_id,
        board_id=board_id,
        key="tickets",
        slot="tickets",
        language="en",
        state="active",
        webhook_key=f"key-{account_id}",
        structure={"columns": {}, "groups": {}},
        webhooks={},
    )
    session.add_all([installation, board])


def add_customer(session: Session, account_id: str) -> Customer:
    add_account(session, account_id, THEIRS)
    customer = Customer(slug=f"slug-{account_id}", name=f"Customer {account_id}", account_id=account_id)
    session.add(customer)
    session.flush()
    links.link(session, customer, account_id, THEIRS, origin="own", now=NOW)
    return customer


def add_change(session: Session, account_id: str, board_id: str, state: str, **fields: object) -> None:
    change = Change(account_id=account_id, board_id=board_id, kind="set_column", content={}, state=state)
    change.wanted_at, change.reason = NOW - timedelta(seconds=30), "It was refused."
    for name, value in fields.items():
        setattr(change, name, value)
    session.add(change)


def add_event(session: Session, lane_key: str, account_id: str, state: str, key: str) -> None:
    session.add(
        InboxEvent(
            dedupe_key=key,
            lane_key=lane_key,
            lane_kind="item",
            account_id=account_id,
            source="webhook",
            content='{"event": {"type": "create_pulse", "boardId": 77, "pulseId": 5, "userId": 8}}',
            received_at=NOW - timedelta(seconds=90),
            state=state,
            reason="It is odd." if state == "parked" else None,
        )
    )


@pytest.fixture
def acme(database: Database) -> Customer:
    with database.transaction() as session:
        add_account(session, PARTNER, DESK, "partner")
        add_customer(session, BETA)
        return add_customer(session, ACME)


def states(database: Database) -> dict[str, LinkState]:
    with database.reading() as session:
        return {link.account_id: link for link in overview(session, now=NOW, lease_time=REAL)}


@pytest.mark.usefixtures("acme")
def test_a_link_with_nothing_to_do_has_no_lag(database: Database) -> None:
    link = states(database)[ACME]
    assert (link.state, link.lag_seconds, link.backlog, link.parked) == ("running", 0.0, 0, 0)


@pytest.mark.usefixtures("acme")
def test_boards_of_one_number_in_two_accounts_are_told_apart(database: Database) -> None:
    lane = ItemKey(ACME, THEIRS, "5").lane
    with database.transaction() as session:
        add_event(session, lane, ACME, "new", "a")
        session.add(Lane(key=lane, account_id=ACME, kind="item", wanted=1, pending_since=REAL - 200))
        add_change(session, ACME, THEIRS, "wanted")
        add_change(session, ACME, THEIRS, "done")
    found = states(database)
    assert (found[ACME].events, found[ACME].changes, found[ACME].lag_seconds) == (1, 1, 200.0)
    assert (found[BETA].backlog, found[BETA].lag_seconds) == (0, 0.0)


@pytest.mark.usefixtures("acme")
def test_work_on_the_desk_counts_with_the_customer_whose_share_it_is(database: Database) -> None:
    lane, share = ItemKey(PARTNER, DESK, "6").lane, f"{BETA}:{THEIRS}"
    with database.transaction() as session:
        add_event(session, lane, PARTNER, "new", "a")
        session.add(
            Lane(key=lane, account_id=PARTNER, kind="item", share=share, wanted=1, pending_since=REAL - 5)
        )
        add_change(session, PARTNER, DESK, "sent", share=share)
        add_change(session, PARTNER, DESK, "parked", share=share)
    found = states(database)
    assert (found[BETA].events, found[BETA].changes, found[BETA].parked) == (1, 1, 1)
    assert found[BETA].lag_seconds == 90.0
    assert (found[ACME].backlog, found[ACME].parked) == (0, 0)


@pytest.mark.usefixtures("acme")
def test_a_paused_link_says_why_and_by_whom(database: Database) -> None:
    with database.transaction() as session:
        boards.hold_board(session, ACME, THEIRS, reason="A move.", by="anna", now=NOW)
    link = states(database)[ACME]
    assert (link.state, link.reason, link.by, link.since) == ("paused", "A move.", "anna", NOW)


@pytest.mark.usefixtures("acme")
def test_a_link_whose_account_took_its_token_back_is_stopped(database: Database) -> None:
    with database.transaction() as session:
        installation = session.get_one(Installation, ACME)
        installation.state, installation.pause_reason = "paused", "The token was refused."
    link = states(database)[ACME]
    assert (link.state, link.reason) == ("stopped", "The token was refused.")


@pytest.mark.usefixtures("acme")
def test_what_is_parked_comes_in_pages_oldest_first(database: Database) -> None:
    with database.transaction() as session:
        for number in range(5):
            add_change(session, ACME, THEIRS, "parked", reason=f"Reason {number} has 100% of_it.")
    seen: list[str] = []
    after: int | None = 0
    with database.reading() as session:
        while after is not None:
            page = parked.look(session, "changes", Sought(ACME, THEIRS, "100% OF_"), after=after, limit=2)
            assert page.total == 5
            seen += [one.reason for one in page.found]
            after = page.next_after
    assert seen == [f"Reason {number} has 100% of_it." for number in range(5)]


@pytest.mark.usefixtures("acme")
def test_what_waits_for_a_dropped_item_goes_with_it(database: Database) -> None:
    with database.transaction() as session:
        add_change(session, ACME, THEIRS, "parked", kind="create_item")
        session.flush()
        add_change(session, ACME, THEIRS, "wanted", after_id=1)
        add_change(session, ACME, THEIRS, "wanted")
    with database.transaction() as session:
        assert parked.drop(session, "changes", 1, "not needed", by="anna", now=NOW) == 2
    assert states(database)[ACME].changes == 1


def test_a_tickets_story_has_what_went_to_an_item_before_it_had_a_number(
    database: Database, acme: Customer
) -> None:
    with database.transaction() as session:
        ticket = Ticket(
            customer_id=acme.id, channel="board", tier="gold", status="new", requester="", opened_at=NOW
        )
        session.add(ticket)
        session.flush()
        add_change(session, PARTNER, DESK, "parked", kind="create_item")
        session.flush()
        add_change(session, PARTNER, DESK, "wanted", after_id=1, kind="create_update")
        sides = (("customer", ACME, THEIRS, "5", None), ("desk", PARTNER, DESK, None, 1))
        for role, account_id, board_id, item_id, create_change_id in sides:
            side = Side(
                story=ticket.story,
                role=role,
                account_id=account_id,
                board_id=board_id,
                item_id=item_id,
                create_change_id=create_change_id,
                sync_id=role,
            )
            session.add(side)
        add_event(session, ItemKey(ACME, THEIRS, "5").lane, ACME, "done", "a")
    with database.reading() as session:
        story = timelines.timeline(session, "SYN-1001")
        [listed] = timelines.tickets_of(session, ACME, THEIRS)
    assert listed.number == "SYN-1001"
    assert {(entry.direction, entry.role, entry.title, entry.state) for entry in story.entries} == {
        ("in", "customer", "Item was created", "done"),
        ("out", "desk", "Make an item", "parked"),
        ("out", "desk", "Post an update", "waiting"),
    }
