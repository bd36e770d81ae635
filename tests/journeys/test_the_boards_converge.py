"""Whatever people do on both boards, in whatever weather: at rest both tell the same story.

People act, deliveries come late, twice, in another order or never, monday.com stumbles, workers
die and start anew, all in an order that Hypothesis chooses. At rest, after one sweep, each
ticket stands once on either board, shared columns agree, every message is there exactly
once, and nothing internal is on the customer's side.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.crashpoints import PLACES
from local.people import Update
from tests.support.stage import PARTNER, Delivery, Stage, open_stage

CUSTOMER = "customer-gold"
STATUSES = ("new", "in_progress", "waiting_customer", "waiting_vendor", "solved")
PRIORITIES = ("low", "normal", "high", "urgent")
STORMS = (
    *("complexity", "minute", "concurrency", "internal_500", "internal_200", "bad_gateway", "locked"),
    *("timeout_before", "timeout_after"),
)
CRASHES = sorted(place for place in PLACES if not place.startswith("provisioning"))
WITH_NUMBER = """
query ($board: ID!, $number: String!) {
  items_page_by_column_values(board_id: $board, columns: [{column_id: "number", column_values: [$number]}]) {
    items { id }
  }
}
"""


@dataclass
class Ticket:
    """What people did to one ticket."""

    their_id: str
    desk_id: str | None = None
    names: list[str] = field(default_factory=list)
    priorities: list[str] = field(default_factory=list)
    status: str | None = None
    description: str = ""
    #: Each message's words: told to the other side, or kept.
    from_customer: list[str] = field(default_factory=list)
    from_desk: list[str] = field(default_factory=list)
    internal: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (CUSTOMER,)) as standing:
        yield standing


class TwoBoards(RuleBasedStateMachine):
    """A customer and a technician, each on their own board."""

    stage: Stage
    #: Words that no other message of the run has.
    words = iter(range(10**9))
    tickets = Bundle("tickets")

    @initialize()
    def begin(self) -> None:
        self.known: list[Ticket] = []
        self.tray: list[Delivery] = []
        self.customer = self.stage.people[CUSTOMER][-1]
        self.desk = self.stage.people[PARTNER][1]
        self.their_board = self.stage.board(CUSTOMER, "tickets")
        self.desk_board = self.stage.board(PARTNER, "service_desk")

    # What the customer does

    @rule(target=tickets)
    def customer_asks(self) -> Ticket:
        name = f"Question {next(self.words)}."
        ticket = Ticket(self.customer.create_item(self.their_board, name), names=[name])
        self.known.append(ticket)
        return ticket

    @rule(ticket=tickets)
    def customer_writes(self, ticket: Ticket) -> None:
        ticket.from_customer.append(f"They say {next(self.words)}.")
        self.customer.post(ticket.their_id, ticket.from_customer[-1])

    @rule(ticket=tickets, priority=st.sampled_from(PRIORITIES))
    def customer_sets_the_priority(self, ticket: Ticket, priority: str) -> None:
        ticket.priorities.append(priority)
        value = {"priority": self.their_board.label("priority", priority)}
        self.customer.change(self.their_board, ticket.their_id, value)

    @rule(ticket=tickets)
    def customer_describes(self, ticket: Ticket) -> None:
        ticket.description = f"About {next(self.words)}."
        self.customer.change(self.their_board, ticket.their_id, {"description": {"text": ticket.description}})

    @rule(ticket=tickets)
    def customer_renames(self, ticket: Ticket) -> None:
        ticket.names.append(f"Renamed by them {next(self.words)}.")
        self.customer.change(self.their_board, ticket.their_id, {"name": ticket.names[-1]})

    @rule(ticket=tickets, status=st.sampled_from(STATUSES))
    def customer_writes_where_it_may_not(self, ticket: Ticket, status: str) -> None:
        value = {"status": self.their_board.label("status", status)}
        self.customer.change(self.their_board, ticket.their_id, value)

    # What the technician does, once the ticket is on the desk

    @rule(ticket=tickets)
    def desk_answers(self, ticket: Ticket) -> None:
        if self._is_on_the_desk(ticket):
            ticket.from_desk.append(f"We say {next(self.words)}.")
            self.desk.post(str(ticket.desk_id), f"@kund {ticket.from_desk[-1]}")

    @rule(ticket=tickets)
    def desk_notes(self, ticket: Ticket) -> None:
        if self._is_on_the_desk(ticket):
            ticket.internal.append(f"Secret {next(self.words)}.")
            self.desk.post(str(ticket.desk_id), ticket.internal[-1])

    @rule(ticket=tickets, status=st.sampled_from(STATUSES))
    def desk_sets_the_status(self, ticket: Ticket, status: str) -> None:
        if self._is_on_the_desk(ticket):
            ticket.status = status
            value = {"status": self.desk_board.label("status", status)}
            self.desk.change(self.desk_board, str(ticket.desk_id), value)

    @rule(ticket=tickets, priority=st.sampled_from(PRIORITIES))
    def desk_sets_the_priority(self, ticket: Ticket, priority: str) -> None:
        if self._is_on_the_desk(ticket):
            ticket.priorities.append(priority)
            value = {"priority": self.desk_board.label("priority", priority)}
            self.desk.change(self.desk_board, str(ticket.desk_id), value)

    @rule(ticket=tickets)
    def desk_renames(self, ticket: Ticket) -> None:
        if self._is_on_the_desk(ticket):
            ticket.names.append(f"Renamed by us {next(self.words)}.")
            self.desk.change(self.desk_board, str(ticket.desk_id), {"name": ticket.names[-1]})

    # What the world does

    @rule(data=st.data())
    def deliveries_come(self, data: st.DataObject) -> None:
        """Some of them, in any order, some of these twice."""
        self.tray += self.stage.collect()
        chosen = data.draw(st.lists(st.sampled_from(range(len(self.tray))), max_size=12)) if self.tray else []
        for place in chosen:
            self.stage.hand_over(self.tray[place])
        self.tray = [delivery for place, delivery in enumerate(self.tray) if place not in set(chosen)]

    @precondition(lambda self: self.known)
    @rule()
    def all_deliveries_come(self) -> None:
        self._hand_over_all()

    @precondition(lambda self: self.known)
    @rule()
    def deliveries_are_lost(self) -> None:
        self.stage.collect()
        self.tray = []

    @precondition(lambda self: self.known)
    @rule()
    def workers_work(self) -> None:
        self.stage.work()

    @precondition(lambda self: self.known)
    @rule(place=st.sampled_from(CRASHES), count=st.integers(1, 4))
    def a_worker_dies(self, place: str, count: int) -> None:
        self.stage.work(crash=(place, count))

    @precondition(lambda self: self.known)
    @rule(
        kind=st.sampled_from(STORMS),
        times=st.integers(1, 3),
        crash=st.none() | st.tuples(st.sampled_from(CRASHES), st.integers(1, 3)),
    )
    def monday_stumbles(self, kind: str, times: int, crash: tuple[str, int] | None) -> None:
        self.stage.weather(api={"errors": [{"kind": kind, "times": times}]})
        self.stage.work(crash=crash)
        self.stage.weather()

    @precondition(lambda self: self.known)
    @rule()
    def half_an_hour_passes(self) -> None:
        self.stage.let_time_pass()

    def teardown(self) -> None:
        """At rest, both boards tell the same story."""
        self._hand_over_all()
        self.stage.work()
        self.stage.sweep()
        for _ in range(5):
            if not (self.tray or self._hand_over_all()):
                break
            self.stage.work()
        for ticket in self.known:
            self._prove(ticket)

    def _hand_over_all(self) -> int:
        self.tray += self.stage.collect()
        for delivery in self.tray:
            self.stage.hand_over(delivery)
        count, self.tray = len(self.tray), []
        return count

    def _is_on_the_desk(self, ticket: Ticket) -> bool:
        if ticket.desk_id is None:
            rows = self.stage.rows(
                "SELECT other.item_id FROM sides JOIN sides AS other ON other.story = sides.story"
                f" AND other.id <> sides.id WHERE sides.item_id = '{ticket.their_id}'"
                f" AND sides.board_id = '{self.their_board.id}' AND other.board_id = '{self.desk_board.id}'"
            )
            ticket.desk_id = next((row[0] for row in rows if row[0]), None)
        return ticket.desk_id is not None

    def _prove(self, ticket: Ticket) -> None:
        theirs = self.customer.item(ticket.their_id)
        found = self._with_number(theirs.texts["number"])
        assert theirs.texts["number"]
        assert len(found) == 1, found
        ours = self.desk.item(found[0])
        assert theirs.name == ours.name
        assert ours.name in ticket.names
        assert ours.texts["description"] == theirs.texts["description"] == ticket.description
        priority = next(
            key
            for key in PRIORITIES
            if self._label(self.desk_board, "priority", key) == ours.texts["priority"]
        )
        assert priority in (ticket.priorities or ["normal"])
        shown = {self._label(self.their_board, "priority", priority)}
        # The priority that a ticket has by itself is shown on the desk only.
        assert theirs.texts["priority"] in (shown | {""} if priority == "normal" else shown)
        status = next(
            key for key in STATUSES if self._label(self.desk_board, "status", key) == ours.texts["status"]
        )
        assert theirs.texts["status"] == self._label(self.their_board, "status", status)
        # What the customer wrote within the same second takes a ticket that waited or was solved on.
        went_on = {"in_progress"} if ticket.from_customer else set()
        assert status in {ticket.status or "new"} | went_on
        self._prove_messages(ticket, ours.id)

    def _with_number(self, number: str) -> list[str]:
        """The items on the desk with a ticket's number."""
        page = self.desk.ask(WITH_NUMBER, {"board": self.desk_board.id, "number": number})
        return [str(item["id"]) for item in page["items_page_by_column_values"]["items"]]

    def _prove_messages(self, ticket: Ticket, desk_id: str) -> None:
        at_theirs = _texts(self.customer.updates(ticket.their_id))
        at_ours = _texts(self.desk.updates(desk_id))
        for words in ticket.from_desk:
            assert sum(words in text for text in at_theirs) == 1, (words, at_theirs)
        for words in ticket.from_customer:
            assert sum(words in text for text in at_ours) == 1, (words, at_ours)
        for words in ticket.internal:
            assert not any(words in text for text in at_theirs), (words, at_theirs)

    def _label(self, board: object, column: str, key: str) -> str:
        return str(board.label(column, key)["label"])  # type: ignore[attr-defined]


def _texts(updates: list[Update]) -> list[str]:
    return [one.text for update in updates for one in (update, *update.replies)]


@pytest.mark.timeout(3600)
def test_the_boards_converge(stage: Stage) -> None:
    """The same examples every time; ``CONVERGENCE_EXAMPLES=2000`` looks for new ones."""
    wanted = os.environ.get("CONVERGENCE_EXAMPLES")
    TwoBoards.stage = stage
    run_state_machine_as_test(
        TwoBoards,
        settings=settings(
            max_examples=int(wanted or 20),
            stateful_step_count=25,
            deadline=None,
            derandomize=wanted is None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
