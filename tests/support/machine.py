"""State machines of people and the world: Hypothesis chooses who does what, and when.

What must be true at rest is in ``tests.support.proof``; rows of acts that once went wrong are kept as
tests of their own, in ``tests/journeys/test_rows_of_acts.py``.
"""

import sys
from typing import ClassVar

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

from tests.support.acted import CUSTOMER, DESK, Message, Side, Ticket
from tests.support.cast import GOLD, SILVER
from tests.support.stage import PARTNER
from tests.support.world import CRASHES, PARTIALS, PRIORITIES, STATUSES, STORMS, World

#: Examples of each machine in an ordinary run; more when the profile of Hypothesis has more.
EXAMPLES = 50
STEPS = 20
CRASH = st.none() | st.tuples(st.sampled_from(CRASHES), st.integers(1, 4))
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
        return self.world.asks(front)

    @rule(ticket=tickets, side=SIDES)
    def renames(self, ticket: Ticket, side: Side) -> None:
        self.world.renames(ticket, side)

    @rule(ticket=tickets, side=SIDES, priority=st.sampled_from(PRIORITIES))
    def sets_the_priority(self, ticket: Ticket, side: Side, priority: str) -> None:
        self.world.sets_the_priority(ticket, side, priority)

    @rule(ticket=tickets, side=SIDES, move=st.booleans())
    def uses_what_is_theirs(self, ticket: Ticket, side: Side, move: bool) -> None:
        if move:
            self.world.moves(ticket, side)
        else:
            self.world.fills_an_own_column(ticket, side)

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

    @rule(ticket=tickets)
    def describes(self, ticket: Ticket) -> None:
        self.world.describes(ticket)

    @rule(ticket=tickets, status=st.sampled_from(STATUSES))
    def sets_the_status(self, ticket: Ticket, status: str) -> None:
        self.world.sets_the_status(ticket, status)

    @rule(ticket=tickets)
    def takes(self, ticket: Ticket) -> None:
        self.world.takes(ticket)

    @rule(ticket=tickets, side=SIDES, status=st.sampled_from(STATUSES))
    def trespasses(self, ticket: Ticket, side: Side, status: str) -> None:
        self.world.trespasses(ticket, side, status)

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

    @rule()
    def deliveries_are_lost(self) -> None:
        self.world.loses_deliveries()

    @rule(what=st.sampled_from(("forgets", "sweeps", "rests")))
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

    def teardown(self) -> None:
        # What failed on the way is told, not what follows from it.
        if sys.exc_info()[0] is None:
            self.world.rests()


class StormyBoards(Boards):
    """The same, while monday.com fails and workers die."""

    @rule(
        weather=st.sampled_from((*STORMS, *PARTIALS)),
        times=st.integers(1, 3),
        after=st.integers(0, 3),
        crash=CRASH,
    )
    def stumbles(
        self, weather: dict[str, object], times: int, after: int, crash: tuple[str, int] | None
    ) -> None:
        self.world.stumbles(weather, times, after, crash)

    @rule(first=st.booleans(), place=st.sampled_from(CRASHES), count=st.integers(1, 4))
    def a_worker_dies(self, first: bool, place: str, count: int) -> None:
        if first:
            self.world.delivers()
        self.world.works((place, count))
