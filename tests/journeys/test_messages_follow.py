"""Messages and replies are edited, withdrawn and deleted on either side, and their copies follow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.mirror import reading
from app.mirror.seen import ItemSeen
from local.people import Person, Update
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
EDIT = "mutation ($id: ID!, $body: String!) { edit_update(id: $id, body: $body) { id } }"
DELETE = "mutation ($id: ID!) { delete_update(id: $id) { id } }"
LIKE = 'mutation ($id: ID!) { like_update(update_id: $id, reaction_type: "Like") { id } }'
PIN = "mutation ($id: ID!, $item: ID!) { pin_to_top(id: $id, item_id: $item) { id } }"
TIMES = """
query ($item: ID!) { items(ids: [$item]) { updates { text_body created_at original_creation_date } } }
"""
WITHDRAWN = "har dragits tillbaka"
DELETED = "has deleted this message"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as standing:
        yield standing


@dataclass
class Case:
    """A ticket that stands on both boards, with its people."""

    stage: Stage
    customer: Person
    desk: Person
    theirs: str
    ours: str

    def settle(self) -> None:
        """Deliver and work until nothing more happens."""
        self.stage.settle()

    def customer_says(self, words: str, *, to: str | None = None) -> str:
        posted = self.customer.post(self.theirs, words, reply_to=to)
        self.settle()
        return posted

    def desk_says(self, words: str, *, to: str | None = None) -> str:
        posted = self.desk.post(self.ours, words, reply_to=to)
        self.settle()
        return posted

    def customer_reads(self) -> list[str]:
        return [one.text for one in flat(self.customer.updates(self.theirs))]

    def desk_reads(self) -> list[str]:
        return [one.text for one in flat(self.desk.updates(self.ours))]

    def copy(self, words: str) -> Update:
        """The one message with these words that the customer sees."""
        (found,) = [one for one in flat(self.customer.updates(self.theirs)) if words in one.text]
        return found

    def copy_on_the_desk(self, words: str) -> Update:
        (found,) = [one for one in flat(self.desk.updates(self.ours)) if words in one.text]
        return found

    def prove_rest(self) -> None:
        """A sweep finds nothing to do, and nothing waits for an operator."""
        before = (self.customer_reads(), self.desk_reads())
        self.stage.sweep()
        self.settle()
        assert (self.customer_reads(), self.desk_reads()) == before
        assert self.stage.rows("SELECT id, reason FROM changes WHERE state = 'parked'") == []


def flat(updates: list[Update]) -> list[Update]:
    return [one for update in reversed(updates) for one in (update, *update.replies)]


def count(words: str, texts: list[str]) -> int:
    return sum(words in text for text in texts)


@pytest.fixture(scope="module")
def opened(stage: Stage) -> Case:
    """The ticket with which each test begins."""
    customer, desk = stage.people[GOLD][-1], stage.people[PARTNER][1]
    theirs = customer.create_item(stage.board(GOLD, "tickets"), "Nothing is saved")
    stage.settle()
    ours = max(desk.items(stage.board(PARTNER, "service_desk")), key=_age).id
    stage.keep()
    return Case(stage, customer, desk, theirs, ours)


@pytest.fixture
def case(opened: Case) -> Iterator[Case]:
    opened.stage.reset()
    yield opened
    opened.prove_rest()


def _age(item: object) -> int:
    return int(item.id)  # type: ignore[attr-defined]


# Edits


def test_edits_of_a_message_and_of_a_reply_follow_to_the_desk(case: Case) -> None:
    message = case.customer_says("It is read")
    reply = case.customer_says("And greeen", to=message)
    case.customer.ask(EDIT, {"id": message, "body": "It is red"})
    case.customer.ask(EDIT, {"id": reply, "body": "And green"})
    case.settle()
    assert count("It is red", case.desk_reads()) == count("And green", case.desk_reads()) == 1
    assert not count("read", case.desk_reads())
    assert not count("greeen", case.desk_reads())
    assert case.copy_on_the_desk("And green").id in [
        reply.id for update in case.desk.updates(case.ours) for reply in update.replies
    ]


def test_edits_of_an_answer_and_of_a_reply_follow_to_the_customer(case: Case) -> None:
    question = case.customer_says("Why?")
    thread = case.copy_on_the_desk("Why?").id
    reply = case.desk_says("@kund Becuase", to=thread)
    answer = case.desk_says("@kund By the wya")
    case.desk.ask(EDIT, {"id": reply, "body": "@kund Because"})
    case.desk.ask(EDIT, {"id": answer, "body": "@kund By the way"})
    case.settle()
    assert count("Because", case.customer_reads()) == count("By the way", case.customer_reads()) == 1
    (asked,) = [one for one in case.customer.updates(case.theirs) if one.id == question]
    assert [reply.text.split(":")[-1].strip() for reply in asked.replies] == ["Because"]


# Withdrawn and deleted


@pytest.mark.parametrize("how", ["edit", "delete"])
def test_a_withdrawn_answer_leaves_what_the_customer_replied(case: Case, how: str) -> None:
    answer = case.desk_says("@kund Your password is 1234")
    case.customer_says("Thank you!", to=case.copy("1234").id)
    if how == "edit":
        case.desk.ask(EDIT, {"id": answer, "body": "Your password is 1234"})
    else:
        case.desk.ask(DELETE, {"id": answer})
    case.settle()
    assert not count("1234", case.customer_reads())
    assert count(WITHDRAWN, case.customer_reads()) == count("Thank you!", case.customer_reads()) == 1


def test_an_answer_that_is_made_public_again_stands_in_its_old_place(case: Case) -> None:
    answer = case.desk_says("@kund Tuesday suits us")
    copy = case.copy("Tuesday").id
    case.desk.ask(EDIT, {"id": answer, "body": "Tuesday suits us"})
    case.settle()
    case.desk.ask(EDIT, {"id": answer, "body": "@kund Wednesday suits us"})
    case.settle()
    assert case.copy("Wednesday").id == copy
    assert not count(WITHDRAWN, case.customer_reads())


@pytest.mark.parametrize("how", ["edit", "delete"])
def test_a_withdrawn_reply_vanishes_and_its_thread_stays(case: Case, how: str) -> None:
    case.customer_says("Can you look?")
    reply = case.desk_says("@kund Not for your eyes", to=case.copy_on_the_desk("Can you look?").id)
    assert count("Not for your eyes", case.customer_reads()) == 1
    if how == "edit":
        case.desk.ask(EDIT, {"id": reply, "body": "Not for their eyes"})
    else:
        case.desk.ask(DELETE, {"id": reply})
    case.settle()
    assert [text.strip() for text in case.customer_reads()] == ["Can you look?"]


def test_a_reply_made_public_again_is_there_once(case: Case) -> None:
    thread = case.desk_says("@kund A thread")
    reply = case.desk_says("@kund A reply", to=thread)
    for body in ("A reply", "@kund A reply", "A reply", "@kund A reply after all"):
        case.desk.ask(EDIT, {"id": reply, "body": body})
        case.settle()
    assert count("A reply", case.customer_reads()) == count("after all", case.customer_reads()) == 1


def test_a_reply_to_a_withdrawn_answer_stands_in_its_thread(case: Case) -> None:
    answer = case.desk_says("@kund The first attempt")
    case.desk.ask(EDIT, {"id": answer, "body": "The first attempt"})
    case.settle()
    case.desk_says("@kund The second attempt", to=answer)
    (thread,) = case.customer.updates(case.theirs)
    assert [count("second attempt", [reply.text]) for reply in thread.replies] == [1]


def test_what_a_customer_deletes_is_gone_from_the_desk_and_technicians_notes_under_it_stay(
    case: Case,
) -> None:
    message = case.customer_says("My code is 9876")
    case.desk_says("Between us: strange", to=case.copy_on_the_desk("9876").id)
    case.customer.ask(DELETE, {"id": message})
    case.settle()
    assert not count("9876", case.desk_reads())
    assert count(DELETED, case.desk_reads()) == count("Between us: strange", case.desk_reads()) == 1


def test_a_reply_that_a_customer_deletes_is_gone_from_the_desk(case: Case) -> None:
    case.desk_says("@kund Which browser?")
    reply = case.customer_says("Not telling", to=case.copy("Which browser?").id)
    case.customer.ask(DELETE, {"id": reply})
    case.settle()
    assert not count("Not telling", case.desk_reads())
    assert not count(DELETED, case.desk_reads())


def test_an_edit_beats_the_deletion_of_its_copy(case: Case) -> None:
    message = case.customer_says("As it was")
    case.stage.people[PARTNER][0].ask(DELETE, {"id": case.copy_on_the_desk("As it was").id})
    case.customer.ask(EDIT, {"id": message, "body": "As it is now"})
    case.settle()
    assert count("As it is now", case.desk_reads()) == 1
    assert not count("As it was", case.desk_reads())


def test_an_answer_to_a_copy_that_was_deleted_stands_by_itself(case: Case) -> None:
    answer = case.desk_says("@kund Ask away")
    case.stage.people[GOLD][0].ask(DELETE, {"id": case.copy("Ask away").id})
    case.desk.post(case.ours, "@kund Still there?", reply_to=answer)
    case.settle()
    assert count("Still there?", case.customer_reads()) == 1
    assert not count("Ask away", case.customer_reads())


def test_a_deleted_copy_is_not_posted_again_by_itself(case: Case) -> None:
    case.customer_says("Seen and cleared away")
    case.stage.people[PARTNER][0].ask(DELETE, {"id": case.copy_on_the_desk("Seen and cleared").id})
    case.settle()
    case.stage.sweep()
    case.settle()
    assert not count("Seen and cleared", case.desk_reads())
    assert count("Seen and cleared", case.customer_reads()) == 1


def test_on_a_long_ticket_what_is_said_to_be_deleted_is_withdrawn_and_nothing_else(case: Case) -> None:
    case.desk_says("@kund Said long ago")
    wrong = case.desk_says("@kund Said by mistake")
    case.desk_says("@kund And a word on it", to=wrong)
    for number in range(100):
        case.desk.post(case.ours, f"Note {number}")
    case.settle()
    case.desk.ask(DELETE, {"id": wrong})
    case.settle()
    assert not count("by mistake", case.customer_reads())
    assert not count("a word on it", case.customer_reads())
    assert count("Said long ago", case.customer_reads()) == 1


# What a copy tells


def test_a_copy_has_the_time_at_which_its_message_was_written(case: Case) -> None:
    case.customer_says("At this moment")
    ours = case.desk.ask(TIMES, {"item": case.ours})["items"][0]["updates"]
    theirs = case.customer.ask(TIMES, {"item": case.theirs})["items"][0]["updates"]
    assert [update["original_creation_date"] for update in ours] == [
        update["created_at"] for update in theirs if "At this moment" in update["text_body"]
    ]


@pytest.mark.parametrize(
    "mention",
    [
        '<a class="user_mention_editor" href="https://a.monday.com/users/77-anna">@Anna Berg</a>',
        '<a href="https://a.monday.com/teams/77">@Anna Berg</a>',
    ],
)
def test_a_mention_crosses_as_a_name(case: Case, mention: str) -> None:
    case.customer_says(f"<p>Ask {mention} about it</p>")
    case.desk_says(f"<p>@kund I asked {mention} today</p>")
    on_the_desk, at_theirs = case.copy_on_the_desk("about it").body, case.copy("today").body
    for body in (on_the_desk, at_theirs):
        assert "Anna Berg" in body
        assert "@Anna" not in body
        assert "77" not in body


def test_messages_that_monday_leaves_out_are_asked_for_again(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_items, turns = reading.read_items, iter([True, True])

    def read_half(*given: Any, **more: Any) -> dict[str, ItemSeen]:
        found = read_items(*given, **more)
        is_half = next(turns, False)
        return {key: replace(item, updates=None) if is_half else item for key, item in found.items()}

    monkeypatch.setattr(reading, "read_items", read_half)
    case.customer_says("Not to be lost")
    assert count("Not to be lost", case.desk_reads()) == 1


def test_likes_and_pins_change_nothing_on_the_other_side(case: Case) -> None:
    message = case.customer_says("Look at this")
    before = case.desk_reads()
    case.customer.ask(LIKE, {"id": message})
    case.customer.ask(PIN, {"id": message, "item": case.theirs})
    case.settle()
    assert case.desk_reads() == before
