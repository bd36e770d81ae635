"""Items are archived, deleted, moved and brought back on either side; neither side loses anything by it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
import requests

from app.agreements import service as agreements
from app.mirror.tombstones import UNSEEN_FOR
from app.onboarding import further
from local.people import Item, Person
from tests.support.stage import PARTNER, Stage, open_stage

GOLD, OTHER = "customer-gold", "customer-silver"
LEAVE = "mutation ($item: ID!) { %s_item(item_id: $item) { id } }"
TO_GROUP = (
    "mutation ($item: ID!, $group: String!) { move_item_to_group(item_id: $item, group_id: $group) { id } }"
)
TO_BOARD = """
mutation ($item: ID!, $board: ID!, $group: ID!) {
  move_item_to_board(item_id: $item, board_id: $board, group_id: $group) { id }
}
"""
BOARD = 'mutation { create_board(board_name: "Elsewhere", board_kind: public) { id groups { id } } }'
GROUP = 'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Later") { id } }'
GROUPS = "query ($board: ID!) { boards(ids: [$board]) { groups { id title } } }"
NUMBERED = """
query ($board: ID!, $number: String!) {
  items_page_by_column_values(board_id: $board, columns: [{column_id: "number", column_values: [$number]}]) {
    items { id }
  }
}
"""
ARCHIVE_BOARD = "mutation ($board: ID!) { archive_board(board_id: $board) { id } }"


@dataclass
class Case:
    """A ticket that stands on both boards, with its people."""

    stage: Stage
    theirs: str
    ours: str

    @property
    def customer(self) -> Person:
        return self.stage.people[GOLD][-1]

    @property
    def desk(self) -> Person:
        return self.stage.people[PARTNER][1]

    def settle(self) -> None:
        """Deliver and work until nothing more happens."""
        self.stage.settle()

    def forget_deliveries(self) -> None:
        """monday.com's deliveries are lost."""
        self.stage.collect()

    def customer_leaves(self, how: str = "delete") -> None:
        self.customer.ask(LEAVE % how, {"item": self.theirs})

    def desk_leaves(self, how: str = "archive") -> None:
        self.desk.ask(LEAVE % how, {"item": self.ours})

    def restore(self, slug: str, item_id: str) -> None:
        address = f"{self.stage.sandbox.url}/sandbox/items/restore"
        requests.post(address, json={"account": slug, "item": item_id}, timeout=10).raise_for_status()

    def customer_says(self, words: str) -> str:
        return self.customer.post(self.theirs, words)

    def desk_says(self, words: str) -> str:
        return self.desk.post(self.ours, words)

    def customer_sets(self, priority: str) -> None:
        board = self.stage.board(GOLD, "tickets")
        self.customer.change(board, self.theirs, {"priority": board.label("priority", priority)})

    def desk_sets(self, status: str) -> None:
        board = self.stage.board(PARTNER, "service_desk")
        self.desk.change(board, self.ours, {"status": board.label("status", status)})

    def their_item(self) -> Item:
        return self.customer.item(self.theirs)

    def desk_items(self) -> list[Item]:
        """The active items on the desk with this ticket's number, oldest first."""
        number = self.their_item().texts["number"]
        assert number
        desk_board = self.stage.board(PARTNER, "service_desk").id
        page = self.desk.ask(NUMBERED, {"board": desk_board, "number": number})
        ids = [int(item["id"]) for item in page["items_page_by_column_values"]["items"]]
        return [self.desk.item(str(item_id)) for item_id in sorted(ids)]

    def desk_reads(self, item_id: str | None = None) -> list[str]:
        return _texts(self.desk, item_id or self.ours)

    def customer_reads(self) -> list[str]:
        return _texts(self.customer, self.theirs)

    def label(self, slug: str, key: str, column: str, label: str) -> str:
        return self.stage.board(slug, key).label(column, label)["label"]


def _texts(person: Person, item_id: str) -> list[str]:
    updates = reversed(person.updates(item_id))
    return [one.text for update in updates for one in (update, *update.replies)]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, OTHER)) as stage:
        customer = stage.people[GOLD][-1]
        case = Case(stage, customer.create_item(stage.board(GOLD, "tickets"), "The report is empty"), "")
        case.settle()
        (ours,) = case.desk_items()
        case.ours = ours.id
        stage.keep()
        yield case


@pytest.fixture
def case(standing: Case) -> Case:
    standing.stage.reset()
    return replace(standing)


def count(words: str, texts: list[str]) -> int:
    return sum(words in text for text in texts)


# The customer's item


@pytest.mark.parametrize(("how", "notice"), [("archive", "has archived"), ("delete", "has deleted")])
def test_the_desk_keeps_a_ticket_that_its_customer_put_away_and_is_told_once(
    case: Case, how: str, notice: str
) -> None:
    case.customer_leaves(how)
    case.settle()
    case.stage.sweep()
    case.settle()
    assert [item.id for item in case.desk_items()] == [case.ours]
    assert count(notice, case.desk_reads()) == 1


def test_what_the_desk_does_meanwhile_reaches_the_customer_once_its_item_is_back(case: Case) -> None:
    case.customer_leaves("delete")
    case.settle()
    case.desk_says("@kund We found it")
    case.desk_says("Between us")
    case.desk_sets("solved")
    case.settle()
    assert count("has not been sent to the customer", case.desk_reads()) == 1
    assert not case.stage.rows("SELECT id FROM changes WHERE state = 'parked'")
    case.restore(GOLD, case.theirs)
    case.settle()
    assert count("We found it", case.customer_reads()) == 1
    assert not count("Between us", case.customer_reads())
    assert case.their_item().texts["status"] == case.label(GOLD, "tickets", "status", "solved")
    assert count("is back on the customer's board", case.desk_reads()) == 1


def test_a_restored_item_nobody_told_of_is_found_by_a_sweep(case: Case) -> None:
    case.customer_leaves("archive")
    case.forget_deliveries()
    case.stage.sweep()
    assert count("has archived", case.desk_reads()) == 1
    case.restore(GOLD, case.theirs)
    case.forget_deliveries()
    case.stage.sweep()
    case.settle()
    case.customer_says("It is back")
    case.settle()
    assert count("It is back", case.desk_reads()) == 1


def test_what_was_written_just_before_an_item_was_deleted_still_reaches_the_desk(case: Case) -> None:
    case.customer_says("Read this first")
    case.customer_sets("urgent")
    case.customer_leaves("delete")
    case.settle()
    assert count("Read this first", case.desk_reads()) == 1
    (ours,) = case.desk_items()
    assert ours.texts["priority"] == case.label(PARTNER, "service_desk", "priority", "urgent")


def test_a_deletion_that_is_told_late_takes_nothing_away(case: Case) -> None:
    case.customer_leaves("delete")
    late = case.stage.collect()
    case.restore(GOLD, case.theirs)
    case.settle()
    for delivery in late:
        case.stage.hand_over(delivery)
    case.settle()
    assert not count("has deleted", case.desk_reads())
    case.customer_says("Still here")
    case.settle()
    assert count("Still here", case.desk_reads()) == 1


# The desk's item


@pytest.mark.parametrize("how", ["archive", "delete"])
def test_a_customer_is_told_nothing_of_what_the_desk_puts_away(case: Case, how: str) -> None:
    before = case.their_item()
    case.desk_leaves(how)
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.customer_reads() == []
    assert case.their_item() == before
    assert case.desk_items() == []


def test_solved_and_archived_at_once_is_solved_at_the_customers(case: Case) -> None:
    case.desk_says("@kund It works again")
    case.desk_sets("solved")
    case.desk_leaves("archive")
    case.settle()
    assert case.their_item().texts["status"] == case.label(GOLD, "tickets", "status", "solved")
    assert count("It works again", case.customer_reads()) == 1


@pytest.mark.parametrize("how", ["archive", "delete"])
def test_a_customer_who_writes_on_gets_the_desk_a_new_item_with_the_same_number(case: Case, how: str) -> None:
    case.customer_says("The first words")
    case.settle()
    case.desk_says("@kund Our answer")
    case.desk_sets("solved")
    case.settle()
    case.desk_leaves(how)
    case.settle()
    case.customer_says("It is broken again")
    case.settle()
    (ours,) = case.desk_items()
    assert ours.id != case.ours
    reads = case.desk_reads(ours.id)
    assert count("The ticket goes on here", reads) == 1
    assert count("The first words", reads) == count("It is broken again", reads) == 1
    assert ours.texts["status"] == case.label(PARTNER, "service_desk", "status", "in_progress")
    assert count("Our answer", case.customer_reads()) == 1


def test_the_new_item_is_followed_on_both_sides(case: Case) -> None:
    case.desk_leaves("delete")
    case.settle()
    first = case.customer_says("Hello again")
    case.settle()
    (ours,) = case.desk_items()
    case.ours = ours.id
    case.desk_says("@kund Welcome back")
    case.desk_sets("waiting_customer")
    case.customer.ask(
        "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }",
        {"id": first, "body": "Hello again, friends"},
    )
    case.settle()
    assert count("Welcome back", case.customer_reads()) == 1
    assert count("Hello again, friends", case.desk_reads()) == 1
    assert case.their_item().texts["status"] == case.label(GOLD, "tickets", "status", "waiting_customer")


def test_a_value_the_customer_sets_brings_the_desk_a_new_item_too(case: Case) -> None:
    case.desk_leaves("archive")
    case.settle()
    case.customer_sets("high")
    case.settle()
    (ours,) = case.desk_items()
    assert ours.id != case.ours
    assert ours.texts["priority"] == case.label(PARTNER, "service_desk", "priority", "high")
    assert ours.group == case.desk.item(case.ours).group


def test_an_edit_on_its_way_beats_the_deletion_of_the_desks_item(case: Case) -> None:
    case.customer_says("On its way")
    case.desk_leaves("delete")
    case.settle()
    (ours,) = case.desk_items()
    assert count("On its way", case.desk_reads(ours.id)) == 1


def test_an_archived_item_that_comes_back_goes_on_where_nobody_had_replaced_it(case: Case) -> None:
    case.desk_leaves("archive")
    case.settle()
    case.restore(PARTNER, case.ours)
    case.settle()
    case.customer_says("As before")
    case.desk_says("@kund As ever")
    case.settle()
    assert [item.id for item in case.desk_items()] == [case.ours]
    assert count("As before", case.desk_reads()) == 1
    assert count("As ever", case.customer_reads()) == 1


def test_an_item_that_was_replaced_leads_nowhere_when_it_comes_back(case: Case) -> None:
    case.desk_leaves("archive")
    case.settle()
    case.customer_says("Once more")
    case.settle()
    case.restore(PARTNER, case.ours)
    case.settle()
    case.desk_says("@kund Written on the wrong item")
    case.settle()
    case.stage.sweep()
    case.settle()
    assert count("goes on in another item", case.desk_reads()) == 1
    assert not count("wrong item", case.customer_reads())


# Both


def test_what_both_have_put_away_stays_away(case: Case) -> None:
    case.customer_says("Told before")
    told = case.stage.collect()
    for delivery in told:
        case.stage.hand_over(delivery)
    case.settle()
    case.desk_leaves("delete")
    case.customer_leaves("delete")
    case.settle()
    for delivery in told:
        case.stage.hand_over(delivery)
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.desk_items() == []
    story = f"(SELECT story FROM sides WHERE item_id = '{case.ours}' AND role = 'desk')"
    rows = case.stage.rows(
        f"SELECT role, reason, known_by, ended_at FROM tombstones WHERE story = {story} ORDER BY role"
    )
    assert rows == [("customer", "deleted", "event", None), ("desk", "deleted", "event", None)]


# Other groups and boards


def test_a_customers_own_groups_are_its_own(case: Case) -> None:
    board = case.stage.board(GOLD, "tickets").id
    group = case.customer.ask(GROUP, {"board": board})["create_group"]["id"]
    case.customer.ask(TO_GROUP, {"item": case.theirs, "group": group})
    case.customer_says("From my own group")
    case.settle()
    assert case.their_item().group == "Later"
    assert count("From my own group", case.desk_reads()) == 1


def test_the_desks_own_groups_are_its_own_but_a_ticket_keeps_its_customer(case: Case) -> None:
    board = case.stage.board(PARTNER, "service_desk").id
    home = case.desk.item(case.ours).group
    own = case.desk.ask(GROUP, {"board": board})["create_group"]["id"]
    case.desk.ask(TO_GROUP, {"item": case.ours, "group": own})
    case.settle()
    assert case.desk.item(case.ours).group == "Later"
    groups = case.desk.ask(GROUPS, {"board": board})["boards"][0]["groups"]
    (foreign,) = [group for group in groups if group["title"] not in (home, "Later", "No customer")]
    case.desk.ask(TO_GROUP, {"item": case.ours, "group": foreign["id"]})
    case.settle()
    assert case.desk.item(case.ours).group == home
    assert count("moved back to its customer's group", case.desk_reads()) == 1
    assert case.customer_reads() == []


def test_an_item_moved_to_another_board_is_away_until_it_is_moved_back(case: Case) -> None:
    home = case.stage.board(GOLD, "tickets").id
    group = case.customer.ask(GROUPS, {"board": home})["boards"][0]["groups"][0]["id"]
    elsewhere = case.customer.ask(BOARD)["create_board"]
    place = {"item": case.theirs, "board": elsewhere["id"], "group": elsewhere["groups"][0]["id"]}
    case.customer.ask(TO_BOARD, place)
    case.settle()
    case.stage.sweep()
    case.desk_sets("solved")
    case.settle()
    assert count("has moved the ticket off", case.desk_reads()) == 1
    case.customer.ask(TO_BOARD, {"item": case.theirs, "board": home, "group": group})
    case.settle()
    case.stage.sweep()
    case.settle()
    assert case.their_item().texts["status"] == case.label(GOLD, "tickets", "status", "solved")
    assert case.their_item().texts["number"] == case.desk.item(case.ours).texts["number"]
    assert len(case.desk_items()) == 1


# What is unknown


@contextmanager
def hidden(stage: Stage, table: str, row_id: str) -> Iterator[None]:
    """monday.com does not show something of the customer's, and says nothing about it."""

    def give(account: int) -> None:
        here = "WHERE id = ? AND abs(account_id) = ?"
        with sqlite3.connect(stage.monday_file) as connection:
            connection.execute(
                f"UPDATE {table} SET account_id = ? {here}", (account, row_id, account_id(stage, GOLD))
            )
        connection.close()

    give(-account_id(stage, GOLD))
    yield
    give(account_id(stage, GOLD))


def account_id(stage: Stage, slug: str) -> int:
    return int(stage.rows(f"SELECT account_id FROM installations WHERE slug = '{slug}'")[0][0])


def state_of(stage: Stage, slug: str, item_id: str) -> str:
    """What the product holds an item for."""
    here = f"item_id = '{item_id}' AND account_id = '{account_id(stage, slug)}'"
    return str(stage.rows(f"SELECT state FROM sides WHERE {here}")[0][0])


def a_day_passes(stage: Stage) -> None:
    assert UNSEEN_FOR.total_seconds() < 24 * 3600
    requests.post(f"{stage.sandbox.url}/sandbox/clock", json={"advance": "1440m"}, timeout=10)


def test_an_item_that_is_not_shown_counts_as_deleted_only_after_hours(case: Case) -> None:
    with hidden(case.stage, "items", case.theirs):
        case.stage.sweep()
        assert not count("has deleted", case.desk_reads())
        a_day_passes(case.stage)
        case.stage.sweep()
        assert count("has deleted", case.desk_reads()) == 1


def test_items_of_a_board_that_is_not_shown_are_unknown_however_long(case: Case) -> None:
    with hidden(case.stage, "boards", case.stage.board(GOLD, "tickets").id):
        for _ in range(2):
            case.stage.sweep()
            a_day_passes(case.stage)
    assert not count("has deleted", case.desk_reads())
    assert state_of(case.stage, GOLD, case.theirs) == "active"


def test_an_archived_board_says_nothing_of_its_items(case: Case) -> None:
    stage = case.stage
    customer = stage.people[OTHER][0]
    board = stage.board(OTHER, "tickets")
    theirs = customer.create_item(board, "On a board that goes")
    Case(stage, theirs, "").settle()
    customer.ask(ARCHIVE_BOARD, {"board": board.id})
    Case(stage, theirs, "").settle()
    stage.sweep()
    assert state_of(stage, OTHER, theirs) == "active"


def test_an_item_moved_to_another_followed_board_is_a_new_ticket_there(case: Case) -> None:
    case.customer_says("Told on the first board")
    case.settle()
    stage, account = case.stage, str(account_id(case.stage, GOLD))
    with stage.product.database.reading() as session:
        customer = agreements.find_by_item(session, GOLD)
    assert customer is not None
    now = stage.product.clock.now()
    board_id = further.add_board(stage.product, customer.id, account, title="IT", now=now).board_id
    case.settle()
    number = case.their_item().texts["number"]
    group = case.customer.ask(GROUPS, {"board": board_id})["boards"][0]["groups"][0]["id"]
    case.customer.ask(TO_BOARD, {"item": case.theirs, "board": board_id, "group": group})
    stage.sweep()
    case.settle()
    assert case.their_item().texts["number"] not in ("", number)
    case.customer_says("Told on the second board")
    case.settle()
    (ours,) = case.desk_items()
    assert count("Told on the second board", case.desk_reads(ours.id)) == 1
    assert count("has moved the ticket off", case.desk_reads()) == 1
