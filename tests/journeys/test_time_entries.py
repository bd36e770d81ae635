"""Consulting on the partner's time board: people write entries, the product reads, prices and answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.agreements.rules.terms import day_of
from local.people import Board, Item, Person
from tests.support.stage import PARTNER, Stage, open_stage

GOLD, SILVER = "customer-gold", "customer-silver"
DUPLICATE = """
mutation ($board: ID!, $item: ID!) {
  duplicate_item(board_id: $board, item_id: $item, with_updates: false) { id }
}
"""
GROUPS = "query ($board: ID!) { boards(ids: [$board]) { groups { id title } } }"
GROUP = 'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Later") { id } }'
TO_GROUP = (
    "mutation ($item: ID!, $group: String!) { move_item_to_group(item_id: $item, group_id: $group) { id } }"
)
LEAVE = "mutation ($item: ID!) { %s_item(item_id: $item) { id } }"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as standing:
        yield standing


@dataclass
class Times:
    """The time board, and those who write on it."""

    stage: Stage

    @property
    def person(self) -> Person:
        return self.stage.people[PARTNER][1]

    @property
    def board(self) -> Board:
        return self.stage.board(PARTNER, "time_entries")

    def day(self, ago: int = 0) -> str:
        return (day_of(self.stage.product.clock.now()) - timedelta(days=ago)).isoformat()

    def settle(self) -> None:
        self.stage.work()
        while deliveries := self.stage.collect():
            for delivery in deliveries:
                self.stage.hand_over(delivery)
            self.stage.work()

    def writes(self, name: str = "Built a dashboard", **cells: Any) -> str:
        """Somebody makes an entry; the id of its item. None leaves a cell empty."""
        given = {"customer": GOLD, "date": self.day(), "minutes": "50"} | cells
        item_id = self.person.create_item(self.board, name, _values(self.board, given))
        self.settle()
        return item_id

    def changes(self, item_id: str, **cells: Any) -> None:
        self.person.change(self.board, item_id, _values(self.board, cells))
        self.settle()

    def leaves(self, item_id: str, how: str) -> None:
        self.person.ask(LEAVE % how, {"item": item_id})
        self.settle()

    def item(self, item_id: str) -> Item:
        return self.person.item(item_id)

    def shown(self, item_id: str) -> tuple[str, str, str, str]:
        """State, minutes to charge, price and amount."""
        texts = self.item(item_id).texts
        return texts["state"], texts["charged"], texts["price"], texts["amount"]

    def told(self, item_id: str) -> list[str]:
        return [update.text for update in reversed(self.person.updates(item_id))]

    def agreement(self, tier: str, slug: str = GOLD) -> None:
        """The manager changes what a customer has."""
        board, manager = self.stage.board(PARTNER, "customers"), self.stage.people[PARTNER][0]
        item = next(item for item in manager.items(board) if item.texts["account"] == slug)
        manager.change(board, item.id, {"tier": board.label("tier", tier)})
        self.settle()

    def statement(self, customer: str) -> Item | None:
        """The item of a customer's present month."""
        return self.item_named(f"{customer} {self.day()[:7]}")

    def item_named(self, name: str) -> Item | None:
        """The only item of that name on the time board."""
        found = [one for one in self.person.items(self.board) if one.name == name]
        assert len(found) <= 1
        return found[0] if found else None

    def statement_amount(self, slug: str) -> str:
        found = self.statement(self.customer_name(slug))
        assert found is not None
        return found.texts["amount"]

    def trace(self, item_id: str) -> list[tuple[Any, ...]]:
        """What was corrected of an entry: what, from, to, by whom."""
        number = self.number(item_id).removeprefix("T-")
        return self.stage.rows(
            "SELECT what, was, became, by_user_id FROM time_entry_changes "
            f"WHERE entry_id = {number} ORDER BY id"
        )

    def number(self, item_id: str) -> str:
        """An entry's number, also of one whose item is gone."""
        side = f"SELECT story FROM sides WHERE item_id = '{item_id}' AND role = 'desk'"
        (row,) = self.stage.rows(side)
        return f"T-{row[0].removeprefix('time:')}"

    def customer_name(self, slug: str = GOLD) -> str:
        return str(self.stage.rows(f"SELECT name FROM customers WHERE slug = '{slug}'")[0][0])


def _values(board: Board, cells: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for key, value in cells.items():
        if key == "billable" and value is not None:
            written[key] = board.label(key, value)
        elif key == "date":
            written[key] = {"date": value} if value else None
        elif key == "person":
            written[key] = {"personsAndTeams": [{"id": int(value), "kind": "person"}]}
        else:
            written[key] = "" if value is None else value
    return written


@pytest.fixture
def times(stage: Stage) -> Times:
    return Times(stage)


def test_an_entry_is_read_and_priced(times: Times) -> None:
    entry = times.writes(person=times.person.id)
    assert times.shown(entry) == ("Counted", "60", "1450", "1450")
    texts = times.item(entry).texts
    assert texts["customer_found"] == times.customer_name()
    assert texts["number"].startswith("T-")
    assert times.told(entry) == []
    people = times.stage.rows(f"SELECT person FROM time_entries WHERE id = {texts['number'][2:]}")
    assert people == [(times.person.name,)]


def test_entries_stand_in_their_own_group_or_in_those_of_people(times: Times) -> None:
    groups = {
        group["title"]: group["id"]
        for group in times.person.ask(GROUPS, {"board": times.board.id})["boards"][0]["groups"]
    }
    own = times.person.ask(GROUP, {"board": times.board.id})["create_group"]["id"]
    entry = times.writes()
    for group in (groups["Time"], groups["Statements"]):
        times.person.ask(TO_GROUP, {"item": entry, "group": group})
        times.settle()
        assert times.item(entry).group == "Time"
    times.person.ask(TO_GROUP, {"item": entry, "group": own})
    times.settle()
    assert times.item(entry).group == "Later"
    assert times.told(entry) == []


def test_a_new_item_stands_where_entries_do(times: Times) -> None:
    first = times.person.ask(GROUPS, {"board": times.board.id})["boards"][0]["groups"][0]
    assert first["title"] in ("Time", "Later")
    assert times.item(times.writes()).group != "Statements"


def test_a_ticket_leads_to_its_customer(times: Times) -> None:
    customer = times.stage.people[SILVER][-1]
    theirs = customer.create_item(times.stage.board(SILVER, "tickets"), "The report is empty")
    times.settle()
    number = customer.item(theirs).texts["number"]
    entry = times.writes(customer=None, ticket=number.lower())
    assert times.item(entry).texts["customer_found"] == times.customer_name(SILVER)
    assert times.shown(entry)[0] == "Counted"


def test_the_agreement_at_the_entrys_date_sets_the_price(times: Times) -> None:
    tomorrow = times.day(ago=-1)
    before, after = times.writes(), times.writes(date=tomorrow)
    assert [times.shown(one)[2] for one in (before, after)] == ["1450", "1450"]
    times.agreement("silver")
    try:
        assert [times.shown(one)[2:] for one in (before, after)] == [("1450", "1450"), ("1305", "1305")]
        assert times.trace(after) == []
    finally:
        times.agreement("free")


def test_a_duplicate_of_an_entry_is_an_entry_of_its_own(times: Times) -> None:
    entry = times.writes(minutes="30")
    copied = times.person.ask(DUPLICATE, {"board": times.board.id, "item": entry})["duplicate_item"]["id"]
    times.settle()
    assert times.shown(copied) == times.shown(entry) == ("Counted", "30", "1450", "725")
    assert times.item(copied).texts["number"] != times.item(entry).texts["number"]


def test_what_is_not_billable_costs_nothing(times: Times) -> None:
    entry = times.writes(billable="no")
    assert times.shown(entry) == ("Counted", "0", "1450", "0")
    times.changes(entry, billable="yes")
    assert times.shown(entry) == ("Corrected", "60", "1450", "1450")


def test_an_entry_that_is_not_finished_waits_in_silence(times: Times) -> None:
    entry = times.writes(minutes=None, date=None)
    assert times.shown(entry) == ("Incomplete", "", "", "")
    times.changes(entry, minutes="15", date=times.day())
    assert times.shown(entry) == ("Counted", "15", "1450", "362.5")
    assert (times.told(entry), times.trace(entry)) == ([], [])


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"customer": None, "ticket": "SYN-9999"}, "no ticket SYN-9999"),
        ({"customer": "Nobody AB"}, "no customer Nobody AB"),
        ({"minutes": "-5"}, "-5 is no number of minutes"),
        ({"minutes": "1500"}, "1500 is no number of minutes"),
        ({"date": "2031-01-01"}, "2031-01-01 lies too far ahead"),
    ],
)
def test_a_bad_entry_is_answered_once_and_counts_for_nothing_until_it_is_mended(
    times: Times, cells: dict[str, Any], words: str
) -> None:
    entry = times.writes(**cells)
    assert times.shown(entry) == ("Not readable", "", "", "")
    times.changes(entry, billable="yes")
    times.stage.sweep()
    times.settle()
    (told,) = times.told(entry)
    assert words in told
    assert "counts for nothing until it is mended" in told
    times.changes(entry, ticket=None, customer=GOLD, minutes="50", date=times.day())
    assert times.shown(entry)[0] == "Counted"
    assert len(times.told(entry)) == 1


def test_the_same_mistake_made_again_is_told_again(times: Times) -> None:
    entry = times.writes(minutes="0")
    times.changes(entry, minutes="10")
    times.changes(entry, minutes="0")
    assert len(times.told(entry)) == 2
    assert times.shown(entry) == ("Not readable", "", "", "")


def test_a_ticket_of_another_customer_is_asked_about(times: Times) -> None:
    customer = times.stage.people[SILVER][-1]
    theirs = customer.create_item(times.stage.board(SILVER, "tickets"), "Another one")
    times.settle()
    entry = times.writes(ticket=customer.item(theirs).texts["number"])
    assert "is not one of the customer customer-gold" in times.told(entry)[0]


def test_a_correction_keeps_its_trace(times: Times) -> None:
    entry = times.writes(minutes="50")
    times.changes(entry, minutes="80")
    times.changes(entry, billable="no", date=times.day(ago=1))
    times.changes(entry, customer=SILVER)
    who = times.person.id
    assert times.trace(entry) == [
        ("minutes", "50", "80", who),
        ("date", times.day(), times.day(ago=1), who),
        ("billable", "yes", "no", who),
        ("customer", times.customer_name(), times.customer_name(SILVER), who),
    ]
    assert times.shown(entry) == ("Corrected", "0", "1450", "0")
    assert times.item(entry).texts["customer_found"] == times.customer_name(SILVER)


@pytest.mark.parametrize("how", ["archive", "delete"])
def test_an_entry_that_is_put_away_is_taken_out_of_the_sum_with_a_trace(times: Times, how: str) -> None:
    entry = times.writes(customer=SILVER, minutes="120")
    before = float(times.statement_amount(SILVER))
    number = times.item(entry).texts["number"]
    times.leaves(entry, how)
    assert float(times.statement_amount(SILVER)) == before - 2 * 1450
    rows = times.stage.rows(
        f"SELECT what, was, became, by_user_id FROM time_entry_changes WHERE entry_id = {number[2:]}"
    )
    assert rows == [("standing", "counts", "gone", times.person.id)]
    times.stage.restore(PARTNER, entry)
    times.settle()
    times.stage.sweep()
    times.settle()
    assert float(times.statement_amount(SILVER)) == before
    assert times.shown(entry)[0] == "Corrected"


def test_what_is_the_apps_is_set_back(times: Times) -> None:
    entry = times.writes()
    times.changes(entry, amount="1")
    assert times.shown(entry) == ("Counted", "60", "1450", "1450")
    assert len(times.told(entry)) == 1


def test_a_statement_follows_its_entries_and_can_not_be_written_by_hand(times: Times) -> None:
    entry = times.writes(minutes="60")
    statement = times.statement(times.customer_name())
    assert statement is not None
    assert (statement.group, statement.texts["state"]) == ("Statements", "Open")
    amount = float(statement.texts["amount"])
    times.changes(entry, minutes="120")
    assert float(times.statement_amount(GOLD)) == amount + 1450
    times.changes(statement.id, total="1")
    assert float(times.item(statement.id).texts["total"]) >= amount + 1450
    assert "Correct the entry instead" in times.told(statement.id)[0]
    times.stage.sweep()
    times.settle()
    assert times.statement(times.customer_name()) is not None


def test_a_statement_that_was_put_away_is_made_again_when_it_says_something_else(times: Times) -> None:
    times.writes()
    first = times.statement(times.customer_name())
    assert first is not None
    times.leaves(first.id, "delete")
    assert times.statement(times.customer_name()) is None
    times.writes(minutes="240")
    again = times.statement(times.customer_name())
    assert again is not None
    assert float(again.texts["amount"]) == float(first.texts["amount"]) + 4 * 1450


@pytest.mark.parametrize(
    "place", ["inbox.before_commit", "inbox.committed", "outbox.before_call", "outbox.after_call"]
)
def test_a_worker_that_dies_loses_and_doubles_nothing(times: Times, place: str) -> None:
    times.writes(customer=SILVER, minutes="15", name="There was a statement before")
    amount = float(times.statement_amount(SILVER))
    entry = times.person.create_item(
        times.board, "Killed", _values(times.board, {"customer": SILVER, "date": times.day(), "minutes": "0"})
    )
    # Told twice, and the last first.
    for delivery in reversed(2 * times.stage.collect()):
        times.stage.hand_over(delivery)
    assert times.stage.work(crash=(place, 1))
    times.settle()
    times.person.change(times.board, entry, {"minutes": "60"})
    for delivery in times.stage.collect():
        times.stage.hand_over(delivery)
    assert times.stage.work(crash=(place, 1))
    times.settle()
    assert times.shown(entry) == ("Counted", "60", "1450", "1450")
    assert len(times.told(entry)) == 1
    assert float(times.statement_amount(SILVER)) == amount + 1450
    assert [one.name for one in times.person.items(times.board)].count("Killed") == 1
    times.leaves(entry, "delete")


def test_nothing_of_it_reaches_a_customer(times: Times) -> None:
    secret = "They never read the manual"
    customer = times.stage.people[GOLD][-1]
    theirs = customer.create_item(times.stage.board(GOLD, "tickets"), "How do I filter?")
    times.settle()
    number = customer.item(theirs).texts["number"]
    before = json.dumps([vars(customer.item(theirs)), [u.text for u in customer.updates(theirs)]])
    entry = times.writes(secret, customer=None, ticket=number)
    times.person.post(entry, f"@kund {secret}")
    times.settle()
    times.leaves(entry, "archive")
    assert json.dumps([vars(customer.item(theirs)), [u.text for u in customer.updates(theirs)]]) == before
    assert [one.id for one in customer.items(times.stage.board(GOLD, "tickets")) if secret in one.name] == []
