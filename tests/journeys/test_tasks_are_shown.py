"""Technicians' tasks are subitems of the desk's item; their customer sees those marked for it, no others."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from app.onboarding import service as onboarding
from local.people import Item, Person
from tests.journeys.test_calls_are_few import calls_until_rest
from tests.support.stage import PARTNER, Stage, open_stage

#: Longer than the stage waits for anything by itself.
LONG = 20_000
GOLD, OTHER = "customer-gold", "customer-silver"
CREATE = """
mutation ($item: ID!, $name: String!) {
  create_subitem(parent_item_id: $item, item_name: $name) { id board { id } }
}
"""
CHANGE = """
mutation ($board: ID!, $item: ID!, $values: JSON!) {
  change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values) { id }
}
"""
LEAVE = "mutation ($item: ID!) { %s_item(item_id: $item) { id } }"
WEBHOOKS = "query ($board: ID!) { webhooks(board_id: $board) { event } }"
DELETE_COLUMN = """
mutation ($board: ID!, $column: String!) { delete_column(board_id: $board, column_id: $column) { id } }
"""
OWN_LABELS = """
mutation ($board: ID!, $defaults: JSON!) {
  create_column(board_id: $board, id: "so_far", title: "So far", column_type: status, defaults: $defaults) {
    id
  }
}
"""


@dataclass
class Case:
    """A ticket that stands on both boards, and the tasks of its item on the desk."""

    stage: Stage
    theirs: str
    ours: str = ""
    tasks: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def customer(self) -> Person:
        return self.stage.people[GOLD][-1]

    @property
    def desk(self) -> Person:
        return self.stage.people[PARTNER][1]

    def settle(self) -> None:
        """Deliver and work until nothing more happens."""
        self.stage.settle()

    def hands_over(self) -> None:
        """Everything that has happened is told at once."""
        for delivery in self.stage.collect():
            self.stage.hand_over(delivery)

    def adds(self, name: str, item_id: str | None = None) -> str:
        made = self.desk.ask(CREATE, {"item": item_id or self.ours, "name": name})["create_subitem"]
        self.tasks[made["id"]] = (made["id"], made["board"]["id"])
        return str(made["id"])

    def sets(self, task: str, **values: object) -> None:
        board = self.tasks[task][1]
        self.desk.ask(CHANGE, {"board": board, "item": task, "values": json.dumps(values)})

    def finishes(self, task: str, label: str = "Done") -> None:
        self.sets(task, status={"label": label})

    def leaves(self, task: str, how: str) -> None:
        self.desk.ask(LEAVE % how, {"item": task})

    def time_goes_by(self) -> None:
        """What monday.com has asked to wait for is over."""
        with self.stage.product.database.transaction() as session:
            for (account_id,) in self.stage.rows("SELECT account_id FROM installations"):
                onboarding.wake(session, account_id)
        self.settle()

    def sees(self) -> list[str]:
        """The lines that the customer reads."""
        return (self.customer.item(self.theirs).texts["tasks"] or "").splitlines()

    def subscribed(self) -> set[str]:
        board = self.stage.board(PARTNER, "service_desk").id
        found = self.stage.people[PARTNER][0].ask(WEBHOOKS, {"board": board})["webhooks"]
        return {webhook["event"] for webhook in found}


def open_case(stage: Stage) -> Case:
    case = Case(
        stage, stage.people[GOLD][-1].create_item(stage.board(GOLD, "tickets"), "The report is empty")
    )
    case.settle()
    (ours,) = desk_items(case)
    case.ours = ours.id
    return case


def desk_items(case: Case) -> list[Item]:
    number = case.customer.item(case.theirs).texts["number"]
    items = case.desk.items(case.stage.board(PARTNER, "service_desk"))
    return [item for item in items if item.texts["number"] == number]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, OTHER)) as stage:
        case = open_case(stage)
        stage.keep()
        yield case


@pytest.fixture
def fresh(standing: Case) -> Case:
    """A desk that has never had a subitem."""
    standing.stage.reset()
    return replace(standing, tasks={})


@pytest.fixture
def case(fresh: Case) -> Case:
    """A desk of whose subitems monday.com tells, since there was one."""
    fresh.leaves(fresh.adds("The first"), "delete")
    fresh.settle()
    assert fresh.sees() == []
    return fresh


def test_the_customer_sees_the_marked_ones_of_the_first_tasks_ever(fresh: Case) -> None:
    assert not any("subitem" in event for event in fresh.subscribed())
    fresh.adds("Look into the secret log")
    fresh.adds("@kund Mend the report")
    fresh.settle()
    assert fresh.sees() == ["☐ Mend the report"]
    assert {event for event in fresh.subscribed() if "subitem" in event} == {
        "create_subitem",
        "change_subitem_column_value",
        "change_subitem_name",
        "move_subitem",
        "subitem_archived",
        "subitem_deleted",
    }


def test_what_happened_before_monday_told_of_subitems_is_seen_too(fresh: Case) -> None:
    task = fresh.adds("@kund Mend the report")
    fresh.hands_over()
    fresh.finishes(task)
    fresh.settle()
    assert fresh.sees() == ["☑ Mend the report"]


def test_tasks_stand_in_the_order_of_the_desk(case: Case) -> None:
    for name in ("@kund One", "Two", "@customer: Three", "@Kund four"):
        case.adds(name)
    case.settle()
    assert case.sees() == ["☐ One", "☐ Three", "☐ four"]


def test_a_task_is_done_and_undone_by_its_status(case: Case) -> None:
    task = case.adds("@kund Mend the report")
    case.settle()
    for label, line in (("Working on it", "☐"), ("Done", "☑"), ("Stuck", "☐")):
        case.finishes(task, label)
        case.settle()
        assert case.sees() == [f"{line} Mend the report"]


def test_a_tasks_status_says_nothing_of_when_its_item_got_its_own(case: Case) -> None:
    board = case.stage.board(PARTNER, "service_desk")
    task = case.adds("@kund Mend the report")
    case.settle()
    changed = case.stage.product.clock.now()
    case.desk.change(board, case.ours, {"status": board.label("status", "solved")})
    case.stage.tick(600)
    case.finishes(task)
    case.hands_over()
    case.settle()
    [(at,)] = case.stage.rows("SELECT MAX(at) FROM sla_events WHERE kind = 'status'")
    assert datetime.fromisoformat(at).replace(tzinfo=UTC) - changed < timedelta(seconds=300)


def test_labels_of_the_technicians_own_count_as_monday_counts_them(case: Case) -> None:
    task = case.adds("@kund Mend the report")
    board, admin = case.tasks[task][1], case.stage.people[PARTNER][0]
    admin.ask(DELETE_COLUMN, {"board": board, "column": "status"})
    labels = [
        {"label": "Att göra", "color": "bright_blue", "index": 0, "is_done": False},
        {"label": "Färdig", "color": "purple", "index": 1, "is_done": True},
    ]
    admin.ask(OWN_LABELS, {"board": board, "defaults": json.dumps({"labels": labels})})
    case.sets(task, so_far={"label": "Färdig"})
    case.settle()
    assert case.sees() == ["☑ Mend the report"]


def test_another_name_is_the_customers_too_and_without_its_mark_none_is(case: Case) -> None:
    task, other = case.adds("@kund Mend the report"), case.adds("Ask the vendor")
    case.settle()
    case.sets(task, name="@kund Mend both reports")
    case.sets(other, name="@customer Ask monday.com")
    case.settle()
    assert case.sees() == ["☐ Mend both reports", "☐ Ask monday.com"]
    case.sets(task, name="Mend both reports")
    case.settle()
    assert case.sees() == ["☐ Ask monday.com"]
    case.sets(other, name="Ask monday.com")
    case.settle()
    assert case.sees() == []


@pytest.mark.parametrize("how", ["archive", "delete"])
def test_a_task_that_is_put_away_is_shown_no_more(case: Case, how: str) -> None:
    task = case.adds("@kund Mend the report")
    case.adds("@kund Write it up")
    case.settle()
    case.leaves(task, how)
    case.settle()
    assert case.sees() == ["☐ Write it up"]


def test_a_task_that_moves_to_another_ticket_goes_with_it(case: Case) -> None:
    task = case.adds("@kund Mend the report")
    case.settle()
    other = open_case(case.stage)
    address = f"{case.stage.sandbox.url}/sandbox/subitems/move"
    moved = {"account": PARTNER, "item": task, "parent": other.ours}
    requests.post(address, json=moved, timeout=10).raise_for_status()
    case.settle()
    assert (case.sees(), other.sees()) == ([], ["☐ Mend the report"])


def test_what_the_customer_writes_there_is_set_back(case: Case) -> None:
    case.adds("@kund Mend the report")
    case.settle()
    board = case.stage.board(GOLD, "tickets")
    case.customer.change(board, case.theirs, {"tasks": {"text": "☑ Mend the report"}})
    case.settle()
    assert case.sees() == ["☐ Mend the report"]
    assert (
        sum(
            "What we do" in update.text or "Vad vi gör" in update.text
            for update in case.customer.updates(case.theirs)
        )
        == 1
    )


def test_subitems_that_monday_leaves_out_are_unknown_and_not_gone(case: Case) -> None:
    task = case.adds("@kund Mend the report")
    case.settle()
    case.finishes(task)
    case.customer.post(case.theirs, "How is it going?")
    limit = {"code": "FIELD_LIMIT_EXCEEDED", "names": ["subitems"], "retry_in_seconds": LONG, "times": 1}
    case.stage.weather(api={"partial": [limit]})
    case.settle()
    assert case.sees() == ["☐ Mend the report"]
    assert any("How is it going?" in update.text for update in case.desk.updates(case.ours))
    case.time_goes_by()
    assert case.sees() == ["☑ Mend the report"]


def test_what_holds_up_subitems_holds_up_no_other_item(case: Case) -> None:
    other = open_case(case.stage)
    case.adds("@kund Mend the report")
    limit = {"code": "FIELD_LIMIT_EXCEEDED", "names": ["subitems"], "retry_in_seconds": LONG, "times": 1}
    case.stage.weather(api={"partial": [limit]})
    case.desk.post(other.ours, "@kund We are on it")
    case.settle()
    assert any("We are on it" in update.text for update in case.customer.updates(other.theirs))
    assert case.sees() == []
    case.time_goes_by()
    assert case.sees() == ["☐ Mend the report"]


def test_the_desks_new_item_has_no_tasks_and_the_customer_sees_none(case: Case) -> None:
    case.adds("@kund Mend the report")
    case.settle()
    case.leaves(case.ours, "archive")
    case.settle()
    assert case.sees() == ["☐ Mend the report"]
    case.customer.post(case.theirs, "It is empty again")
    case.settle()
    assert case.sees() == []


def test_an_item_that_comes_back_brings_its_tasks(case: Case) -> None:
    task = case.adds("@kund Mend the report")
    case.settle()
    case.leaves(case.ours, "archive")
    case.settle()
    case.stage.restore(PARTNER, case.ours)
    case.settle()
    case.finishes(task)
    case.settle()
    assert case.sees() == ["☑ Mend the report"]


def test_a_customers_own_subitems_are_never_followed(case: Case) -> None:
    [before] = case.stage.rows("SELECT COUNT(*) FROM changes")
    made = case.customer.ask(CREATE, {"item": case.theirs, "name": "@kund Ours"})["create_subitem"]
    assert calls_until_rest(case.stage) == 0
    values = {"board": made["board"]["id"], "item": made["id"], "values": json.dumps({"name": "@kund Too"})}
    case.customer.ask(CHANGE, values)
    assert calls_until_rest(case.stage) == 0
    case.stage.sweep()
    case.settle()
    assert (case.sees(), case.stage.rows("SELECT COUNT(*) FROM changes")) == ([], [before])


def test_a_burst_of_tasks_is_one_reading_and_one_writing(case: Case) -> None:
    tasks = [case.adds(f"@kund Step {number}") for number in range(5)]
    for task in tasks[:3]:
        case.finishes(task)
    case.hands_over()
    assert calls_until_rest(case.stage) == 2
    assert case.sees() == [f"{'☑' if number < 3 else '☐'} Step {number}" for number in range(5)]


def test_what_is_not_shown_is_read_and_nothing_is_written(case: Case) -> None:
    case.adds("@kund Mend the report")
    case.settle()
    case.adds("Ask the vendor")
    case.hands_over()
    assert calls_until_rest(case.stage) == 1


def test_a_board_without_the_column_shows_nothing_and_with_it_again_what_is_so(case: Case) -> None:
    admin, board = case.stage.people[GOLD][0], case.stage.board(GOLD, "tickets")
    case.adds("@kund Mend the report")
    case.settle()
    admin.ask(DELETE_COLUMN, {"board": board.id, "column": "tasks"})
    case.settle()
    task = case.adds("@kund Write it up")
    case.settle()
    assert "tasks" not in case.customer.item(case.theirs).texts
    case.stage.install(GOLD)
    case.settle()
    assert case.sees() == ["☐ Mend the report", "☐ Write it up"]
    case.finishes(task)
    case.settle()
    assert case.sees() == ["☐ Mend the report", "☑ Write it up"]


def test_no_internal_task_stands_in_anything_that_was_wanted_outside(case: Case) -> None:
    task = case.adds("Sekretessprövning")
    case.adds("@kund Mend the report")
    case.settle()
    case.sets(task, name="Sekretessprövning igen")
    case.finishes(task)
    case.settle()
    [(account,)] = case.stage.rows(f"SELECT account_id FROM installations WHERE slug = '{GOLD}'")
    wanted = case.stage.rows(f"SELECT content FROM changes WHERE account_id = '{account}'")
    shadows = case.stage.rows("SELECT value FROM shadows")
    assert "Sekretess" not in json.dumps([[str(value) for value in row] for row in (*wanted, *shadows)])
    assert case.sees() == ["☐ Mend the report"]


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [("@kund Mend it", "Mend it", []), ("Mend it", "@kund Mend it", ["☐ Mend it"])],
    ids=["hidden", "shown"],
)
def test_a_task_that_nobody_told_of_is_found_by_a_full_sweep(
    case: Case, before: str, after: str, seen: list[str]
) -> None:
    task = case.adds(before)
    case.settle()
    case.stage.tick(120)
    case.stage.sweep()
    case.settle()
    case.sets(task, name=after)
    case.stage.collect()
    case.stage.sweep()
    case.settle()
    assert case.sees() == seen


def test_deleted_tasks_that_nobody_told_of_are_found_by_a_full_sweep(case: Case) -> None:
    task = case.adds("@kund Mend the report")
    case.settle()
    case.stage.tick(120)
    case.stage.sweep()
    case.leaves(task, "delete")
    case.stage.collect()
    case.stage.sweep()
    assert case.sees() == []
