"""Whatever is written, edited, withdrawn, deleted and put away: at rest each message stands where it may.

Two people write on a ticket, in threads and out of them; items are archived and restored; deliveries
are lost and workers die. At rest a public message is on the other side once, as it was last written,
and what is internal, withdrawn or deleted is not there at all.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from app.crashpoints import PLACES
from local.people import Person, Update
from tests.support.stage import PARTNER, Stage, open_stage

CUSTOMER = "customer-gold"
EDIT = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"
DELETE = "mutation ($id: ID!) { delete_update(id: $id) { id } }"
LEAVE = "mutation ($item: ID!) { %s_item(item_id: $item) { id } }"
LEAVING = ("archive", "delete")
#: Which of the threads or messages that there are: counted round, as there may be fewer.
PLACE = st.integers(0, 11)
CRASHES = sorted(place for place in PLACES if not place.startswith("provisioning"))


@dataclass
class Written:
    """A message that somebody wrote, as its author knows it."""

    by_customer: bool
    update_id: str
    words: str
    is_public: bool
    #: The update on its own side that it answers.
    parent_id: str | None
    is_deleted: bool = False
    #: Its copy, or what its copy answered, was taken away by people, or its item was: it may be missing.
    may_be_missing: bool = False
    earlier: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (CUSTOMER,)) as standing:
        yield standing


class OneTicket(RuleBasedStateMachine):
    """A customer and a technician who talk."""

    stage: Stage
    words = iter(range(10**9))

    @initialize()
    def begin(self) -> None:
        self.written: list[Written] = []
        self.put_away: set[str] = set()
        #: The desk's item that was put away last.
        self.away = ""
        self.customer: Person = self.stage.people[CUSTOMER][-1]
        self.desk: Person = self.stage.people[PARTNER][1]
        self.theirs = self.customer.create_item(self.stage.board(CUSTOMER, "tickets"), "Let us talk")
        self._settle()

    def _desk_item(self) -> str:
        """The desk's item as the product has it now."""
        ((item_id,),) = self.stage.rows(
            "SELECT ours.item_id FROM sides AS theirs JOIN sides AS ours ON ours.story = theirs.story"
            f" WHERE theirs.role = 'customer' AND theirs.item_id = '{self.theirs}' AND ours.role = 'desk'"
            " AND ours.state NOT IN ('replaced', 'set_aside')"
        )
        return str(item_id or "")

    # What people do

    @rule(thread=PLACE)
    def customer_writes(self, thread: int) -> None:
        self._write(thread, by_customer=True, is_public=True)

    @rule(thread=PLACE, is_public=st.booleans())
    def desk_writes(self, thread: int, *, is_public: bool) -> None:
        self._write(thread, by_customer=False, is_public=is_public)

    @rule(place=PLACE, is_public=st.booleans())
    def somebody_edits(self, place: int, *, is_public: bool) -> None:
        message = self._choose(place)
        if message is not None:
            message.earlier.append(message.words)
            message.words, message.is_public = self._new_words(), message.by_customer or is_public
            self._author(message).ask(EDIT, {"id": message.update_id, "body": self._body(message)})

    @rule(place=PLACE)
    def somebody_deletes(self, place: int) -> None:
        message = self._choose(place)
        if message is None:
            return
        for update in self._thread(message):
            for other in self.written:
                if other.by_customer is message.by_customer and other.update_id == update.id:
                    other.is_deleted = True
                elif other.words in update.text:
                    other.may_be_missing = True
        self._author(message).ask(DELETE, {"id": message.update_id})
        message.is_deleted = True

    @rule(how=st.sampled_from(LEAVING))
    def customer_puts_away(self, how: str) -> None:
        if "theirs" not in self.put_away:
            self.customer.ask(LEAVE % how, {"item": self.theirs})
            self.put_away.add("theirs")

    @rule()
    def customer_restores(self) -> None:
        self._restore_theirs()

    @rule(how=st.sampled_from(LEAVING))
    def desk_puts_away(self, how: str) -> None:
        """Whether it is replaced is for the customer to say: what stands on it is followed no more then."""
        self._settle()
        if self._desk_item() and "ours" not in self.put_away:
            self.desk.ask(LEAVE % how, {"item": self._desk_item()})
            self.away = self._desk_item()
            self.put_away.add("ours")
            for message in self.written:
                message.may_be_missing |= not message.by_customer

    @rule()
    def desk_restores(self) -> None:
        self._settle()
        self._restore_desk()

    # What the world does

    @rule()
    def all_is_told(self) -> None:
        self._settle()

    @rule()
    def deliveries_are_lost(self) -> None:
        self.stage.collect()

    @rule(place=st.sampled_from(CRASHES), count=st.integers(1, 3))
    def a_worker_dies(self, place: str, count: int) -> None:
        for delivery in self.stage.collect():
            self.stage.hand_over(delivery)
        self.stage.work(crash=(place, count))

    def teardown(self) -> None:
        """At rest, everything stands where it may."""
        self._restore_theirs()
        self._settle()
        self._restore_desk()
        self._settle()
        self.stage.sweep()
        self._settle()
        at_theirs = _texts(self.customer.updates(self.theirs))
        at_ours = _texts(self.desk.updates(self._desk_item()))
        for message in self.written:
            there = at_ours if message.by_customer else at_theirs
            shown = sum(message.words in text for text in there)
            if message.is_deleted or not message.is_public:
                expected = {0, 1} if message.may_be_missing and message.is_public else {0}
            else:
                expected = {0, 1} if message.may_be_missing else {1}
            assert shown in expected, (message, there)
            if not message.may_be_missing:
                assert not any(words in text for words in message.earlier for text in there), (message, there)

    # How they do it

    def _write(self, thread: int, *, by_customer: bool, is_public: bool) -> None:
        person, item = (self.customer, self.theirs) if by_customer else (self.desk, self._desk_item())
        if not item or ("theirs" if by_customer else "ours") in self.put_away:
            return
        threads = [None, *(update.id for update in person.updates(item))]
        parent = threads[thread % len(threads)]
        message = Written(by_customer, "", self._new_words(), is_public, parent)
        message.update_id = person.post(item, self._body(message), reply_to=parent)
        self.written.append(message)

    def _new_words(self) -> str:
        return f"Words {next(self.words)}."

    def _body(self, message: Written) -> str:
        return f"@kund {message.words}" if message.is_public and not message.by_customer else message.words

    def _author(self, message: Written) -> Person:
        return self.customer if message.by_customer else self.desk

    def _choose(self, place: int) -> Written | None:
        """A message that its author can still get at."""
        within_reach = []
        for by_customer, side in ((True, "theirs"), (False, "ours")):
            item = self.theirs if by_customer else self._desk_item()
            if side not in self.put_away and item:
                person = self.customer if by_customer else self.desk
                ids = {one.id for update in person.updates(item) for one in (update, *update.replies)}
                within_reach += [
                    message
                    for message in self.written
                    if message.by_customer is by_customer and message.update_id in ids
                ]
        return within_reach[place % len(within_reach)] if within_reach else None

    def _thread(self, message: Written) -> list[Update]:
        """What monday.com deletes with a message."""
        person = self._author(message)
        item = self.theirs if message.by_customer else self._desk_item()
        threads = [update for update in person.updates(item) if update.id == message.update_id]
        return [reply for update in threads for reply in update.replies]

    def _restore_theirs(self) -> None:
        if "theirs" in self.put_away:
            self._restore(CUSTOMER, self.theirs)
            self.put_away.discard("theirs")

    def _restore_desk(self) -> None:
        if "ours" in self.put_away:
            self._restore(PARTNER, self._desk_item())
            self.put_away.discard("ours")

    def _restore(self, slug: str, item_id: str) -> None:
        address = f"{self.stage.sandbox.url}/sandbox/items/restore"
        requests.post(address, json={"account": slug, "item": item_id}, timeout=10).raise_for_status()

    def _settle(self) -> None:
        self.stage.work()
        while deliveries := self.stage.collect():
            for delivery in deliveries:
                self.stage.hand_over(delivery)
            self.stage.work()
        if self._desk_item() != self.away:
            self.put_away.discard("ours")


def _texts(updates: list[Update]) -> list[str]:
    return [one.text for update in updates for one in (update, *update.replies)]


@pytest.mark.timeout(3600)
def test_conversations_converge(stage: Stage) -> None:
    """The same examples every time; ``CONVERGENCE_EXAMPLES=2000`` looks for new ones."""
    wanted = os.environ.get("CONVERGENCE_EXAMPLES")
    OneTicket.stage = stage
    run_state_machine_as_test(
        OneTicket,
        settings=settings(
            max_examples=int(wanted or 6),
            stateful_step_count=20,
            deadline=None,
            derandomize=wanted is None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
