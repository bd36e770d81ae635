"""State machines of people and the world: Hypothesis chooses who does what, and when.

What must be true at rest is in ``tests.support.proof``; rows of acts that once went wrong are kept as
tests of their own, in ``tests/journeys/test_rows_of_acts.py``.
"""

import sys
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.support.acted import CUSTOMER, DESK, Message, Side, Task, Ticket
from tests.support.cast import GOLD, SILVER
from tests.support.stage import PARTNER
from tests.support.world import CRASHES, PARTIALS, PRIORITIES, STATUSES, STORMS, World

#: Examples of each machine in an ordinary run; more when the profile of Hypothesis has more.
EXAMPLES = 8
STEPS = 16
MOST_TICKETS = 6
#: More calls than anybody makes in a row: monday.com fails until work is left for later.
LONG = 40
#: Messages are chosen by number: a bundle of them would be as chance has it, for it takes an item to write.
MESSAGES = st.integers(0, 9)
SIDES = st.sampled_from((CUSTOMER, DESK))
FRONTS = st.sampled_from((0, 0, 1, 2))


def run(machine: type["Boards"], world: World) -> None:
    """Look at the same examples every time; the profile ``nightly`` looks for new ones, and many."""
    profile = settings()
    machine.world = world
    is_nightly = settings.get_current_profile_name() == "nightly"
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=profile.max_examples if is_nightly else EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not is_nightly,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


class Boards(RuleBasedStateMachine):
    """Customers and technicians, each on their own boards."""

    world: ClassVar[World]
    tickets: Bundle[Ticket] = Bundle("tickets")

    @initialize(target=tickets)
    def begin(self) -> MultipleResults[Ticket]:
        self.world.begin()
        return multiple(*self.world.tickets)

    @rule(target=tickets, front=FRONTS)
    def asks(self, front: int) -> Ticket:
        # A story of more tickets takes longer and tells no more.
        if len(self.world.tickets) < MOST_TICKETS:
            return self.world.asks(front)
        return self.world.tickets[-1]

    @rule(
        ticket=tickets,
        side=SIDES,
        what=st.sampled_from(("renames", "sets_the_priority", "trespasses", "fills_an_own_column", "moves")),
        priority=st.sampled_from(PRIORITIES),
    )
    def anybody_changes(self, ticket: Ticket, side: Side, what: str, priority: str) -> None:
        if what == "sets_the_priority":
            self.world.sets_the_priority(ticket, side, priority)
        else:
            getattr(self.world, what)(ticket, side)

    @rule(
        ticket=tickets,
        what=st.sampled_from(("describes", "takes", "sets_the_status", "sets_the_status")),
        status=st.sampled_from(STATUSES),
    )
    def the_owner_changes(self, ticket: Ticket, what: str, status: str) -> None:
        if what == "sets_the_status":
            self.world.sets_the_status(ticket, status)
        else:
            getattr(self.world, what)(ticket)

    @rule(ticket=tickets, side=SIDES, public=st.booleans())
    def writes(self, ticket: Ticket, side: Side, public: bool) -> None:
        self.world.writes(ticket, side, public=public)

    @rule(which=MESSAGES, side=SIDES, public=st.booleans())
    def answers(self, which: int, side: Side, public: bool) -> None:
        for ticket, message in self._message(which):
            self.world.writes(ticket, side, public=public, answers=message)

    @rule(which=MESSAGES, what=st.sampled_from(("edits", "edits", "hides", "deletes", "likes")))
    def changes_a_message(self, which: int, what: str) -> None:
        for ticket, message in self._message(which):
            if what in ("edits", "hides"):
                self.world.edits(ticket, message, public=what == "edits")
            elif what == "deletes":
                self.world.deletes(ticket, message)
            else:
                self.world.likes(ticket, message)

    @rule(
        ticket=tickets,
        which=MESSAGES,
        side=SIDES,
        what=st.sampled_from(("hangs", "hangs", "puts_a_file", "takes_a_file_out")),
    )
    def files_come_and_go(self, ticket: Ticket, which: int, side: Side, what: str) -> None:
        if what == "hangs":
            for of, message in self._message(which):
                self.world.hangs(of, message)
        else:
            getattr(self.world, what)(ticket, side)

    @rule(ticket=tickets, public=st.booleans())
    def adds_a_task(self, ticket: Ticket, public: bool) -> None:
        self.world.adds_a_task(ticket, public=public)

    @rule(
        which=MESSAGES,
        what=st.sampled_from(("finishes", "finishes", "renames", "renames", "archives", "deletes")),
        public=st.booleans(),
    )
    def changes_a_task(self, which: int, what: str, public: bool) -> None:
        for ticket, task in self._task(which):
            if what == "finishes":
                self.world.finishes_a_task(ticket, task)
            elif what == "renames":
                self.world.renames_a_task(ticket, task, public=public)
            else:
                self.world.drops_a_task(ticket, task, what.removesuffix("s"))

    @rule(ticket=tickets, side=SIDES, how=st.sampled_from(("archive", "delete", "return", "return")))
    def leaves_or_returns(self, ticket: Ticket, side: Side, how: str) -> None:
        if how == "return":
            self.world.returns(ticket, side)
        else:
            self.world.leaves(ticket, side, how)

    # What the world does

    @rule(places=st.lists(st.integers(0, 30), max_size=12))
    def some_deliveries_come(self, places: list[int]) -> None:
        self.world.delivers(places)

    @rule(first=st.booleans())
    def workers_work(self, first: bool) -> None:
        if first:
            self.world.delivers()
        self.world.works()

    @rule(what=st.sampled_from(("forgets", "loses_deliveries", "sweeps", "rests")))
    def time_passes(self, what: str) -> None:
        getattr(self.world, what)()

    @rule(
        what=st.sampled_from(("pauses", "resumes", "revokes", "reconnects")),
        front=FRONTS,
        slug=st.sampled_from((GOLD, SILVER, PARTNER)),
    )
    def operators_act(self, what: str, front: int, slug: str) -> None:
        getattr(self.world, what)(front if what in ("pauses", "resumes") else slug)

    def _message(self, which: int) -> list[tuple[Ticket, Message]]:
        """One of the messages that people wrote, if any, with its ticket."""
        written = [(ticket, message) for ticket in self.world.tickets for message in ticket.messages]
        return [written[which % len(written)]] if written else []

    def _task(self, which: int) -> list[tuple[Ticket, Task]]:
        """One of the tasks that stand, if any, with its ticket."""
        standing = [(ticket, task) for ticket in self.world.tickets for task in ticket.tasks]
        return [standing[which % len(standing)]] if standing else []

    def teardown(self) -> None:
        # What failed on the way is told, not what follows from it.
        if sys.exc_info()[0] is None:
            self.world.rests()


class StormyBoards(Boards):
    """The same, while monday.com fails and workers die; sometimes it is long before anybody goes on."""

    @rule(
        weather=st.sampled_from((*STORMS, *PARTIALS)),
        times=st.sampled_from((1, 1, 1, 2, 2, 3, 3, LONG)),
        after=st.integers(0, 3),
        place=st.none() | st.sampled_from(CRASHES),
        is_forgotten=st.booleans(),
    )
    def stumbles(
        self, weather: dict[str, Any], times: int, after: int, place: str | None, is_forgotten: bool
    ) -> None:
        self.world.delivers()
        self.world.stumbles(weather, times, after, None if place is None else (place, 1))
        if is_forgotten:
            self.world.forgets()

    @rule(
        ticket=Boards.tickets,
        side=SIDES,
        place=st.sampled_from(CRASHES),
        count=st.sampled_from((1, 1, 2, 3)),
        is_forgotten=st.booleans(),
    )
    def a_worker_dies(self, ticket: Ticket, side: Side, place: str, count: int, is_forgotten: bool) -> None:
        # In the midst of something.
        self.world.writes(ticket, side)
        self.world.delivers()
        self.world.works((place, count))
        if is_forgotten:
            self.world.forgets()
