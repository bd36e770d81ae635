"""What is wanted is on the board once, whatever became of the answer."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.budgets.gate import AccountGate
from app.budgets.ledger import Ledger
from app.clock import SystemClock, lease_time
from app.db import Database
from app.ids import board_lane
from app.lanes import service as lanes
from app.lanes.models import Lane
from app.lanes.service import LaneName
from app.monday.client import MondayClient
from app.monday.faults import Fault, FaultKind
from app.monday.gate import Gate
from app.monday.transport import Upload
from app.outbox import drain
from app.outbox import service as outbox
from app.outbox.alone import FileMissingError
from app.outbox.drain import BoardWriter
from app.outbox.models import Change, Request
from app.outbox.planning import GATHER_SECONDS, GATHER_STEP_SECONDS
from app.outbox.rules import MUTATIONS_PER_REQUEST
from app.outbox.service import SettledChange, Target
from app.priority import Priority, set_share
from monday_sandbox.testing import RunningSandbox, running_sandbox

CREATE_BOARD = 'mutation { create_board(board_name: "Drained", board_kind: public) { id } }'
CREATE_COLUMN = """
mutation ($board: ID!, $id: String!) {
  create_column(board_id: $board, title: $id, id: $id, column_type: text) { id }
}
"""
ITEMS = (
    "query ($board: [ID!]) { boards(ids: $board) { items_page { items { id column_values { id text } } } } }"
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        running.lift_limits()
        yield running


@dataclass
class Hooks:
    """Remembers what it was told."""

    confirmed_ids: list[str] = field(default_factory=list)
    #: What the files that are to be sent hold, by their names.
    contents: dict[str, bytes] = field(default_factory=dict)
    fetched_again: list[int] = field(default_factory=list)

    def confirmed(self, session: Session, change: SettledChange, result_id: str, now: datetime) -> None:
        self.confirmed_ids.append(result_id)

    def refused(self, session: Session, change: SettledChange, fault: Fault, now: datetime) -> str:
        return fault.message

    def recognise(
        self, session: Session, change: SettledChange, updates: Sequence[Mapping[str, Any]]
    ) -> str | None:
        return None

    def upload(self, database: Database, change: SettledChange) -> Upload:
        content = self.contents.get(change.content["name"])
        if content is None:
            raise FileMissingError("It is not kept here.")
        return Upload(change.content["name"], len(content), lambda: [content])

    def known_files(self, session: Session, change: SettledChange) -> set[str]:
        return set(self.confirmed_ids)

    def fetch_again(self, session: Session, change: SettledChange) -> None:
        self.fetched_again.append(change.id)


@dataclass
class Desk:
    """A board of the sandbox with its own outbox."""

    sandbox: RunningSandbox
    database: Database
    account_id: str
    token: str
    board_id: str
    hooks: Hooks = field(default_factory=Hooks)

    @property
    def target(self) -> Target:
        return Target(self.account_id, self.board_id)

    def want(self, sync_id: str, *, share: str = "") -> int:
        with self.database.transaction() as session:
            set_share(session, share)
            content = {"values": {"sync_id": sync_id}, "expected": {}}
            now = SystemClock().now()
            return outbox.want_item(
                session, self.target, group_id="topics", name="A ticket", content=content, now=now
            )

    def drain(self, gate: Gate | None = None, *, slice_seconds: float = 60) -> bool:
        client = MondayClient(self.sandbox.api_url, self.token, timeout_seconds=5, gate=gate)
        writer = BoardWriter(
            self.database,
            SystemClock(),
            client,
            self.hooks,
            lease_seconds=60,
            slice_seconds=slice_seconds,
        )
        key = board_lane(self.account_id, self.board_id)
        with self.database.transaction() as session:
            lanes.wake(session, self.account_id)
            session.flush()
            held = lanes.claim_one(session, key, now=lease_time(), lease_seconds=60)
        assert held is not None
        return drain.drain_board(writer, held, self.board_id)

    def items(self) -> list[dict[str, str]]:
        answer = self.sandbox.graphql(self.token, ITEMS, {"board": [self.board_id]}).json()
        found = answer["data"]["boards"][0]["items_page"]["items"]
        return [
            {"id": item["id"], **{value["id"]: value["text"] for value in item["column_values"]}}
            for item in found
        ]

    def weather(self, *errors: dict[str, Any]) -> None:
        orders = {"account": "synerity", "seed": 1, "api": {"errors": list(errors)}}
        requests.post(f"{self.sandbox.url}/sandbox/faults", json=orders, timeout=5).raise_for_status()

    def partly(self, *partial: dict[str, Any]) -> None:
        orders = {"account": "synerity", "seed": 1, "api": {"partial": list(partial)}}
        requests.post(f"{self.sandbox.url}/sandbox/faults", json=orders, timeout=5).raise_for_status()

    def states(self) -> list[tuple[str, str | None]]:
        with self.database.reading() as session:
            rows = session.execute(select(Change.state, Change.reason).order_by(Change.id))
            return [(row.state, row.reason) for row in rows]


@pytest.fixture
def desk(sandbox: RunningSandbox, database: Database) -> Iterator[Desk]:
    token = sandbox.token("synerity")
    board_id = sandbox.graphql(token, CREATE_BOARD).json()["data"]["create_board"]["id"]
    for column in ("sync_id", "note"):
        sandbox.graphql(token, CREATE_COLUMN, {"board": board_id, "id": column})
    account_id = next(a["id"] for a in sandbox.accounts() if a["slug"] == "synerity")
    yield Desk(sandbox, database, account_id, token, board_id)
    requests.delete(f"{sandbox.url}/sandbox/faults", timeout=5)


def let_the_key_expire(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(update(Request).values(first_sent=0.0))


def test_a_wanted_item_is_made_and_confirmed(desk: Desk) -> None:
    desk.want("one")
    assert desk.drain()
    assert [item["sync_id"] for item in desk.items()] == ["one"]
    assert len(desk.hooks.confirmed_ids) == 1


def test_an_item_whose_answer_was_lost_is_made_once(desk: Desk) -> None:
    desk.want("lost")
    desk.weather({"kind": "timeout_after", "times": 1, "operation": "a0:"})
    assert not desk.drain()
    assert desk.drain()
    assert [item["sync_id"] for item in desk.items()] == ["lost"]
    assert len(desk.hooks.confirmed_ids) == 1


def test_after_the_keys_life_an_item_is_looked_for_before_it_is_made_again(desk: Desk) -> None:
    desk.want("long lost")
    desk.weather({"kind": "timeout_after", "times": 1, "operation": "a0:"})
    assert not desk.drain()
    let_the_key_expire(desk)
    assert desk.drain()
    assert [item["sync_id"] for item in desk.items()] == ["long lost"]
    assert desk.states() == [("done", None)]


def test_an_item_that_was_never_made_is_made_after_the_search(desk: Desk) -> None:
    desk.want("never made")
    desk.weather({"kind": "timeout_before", "times": 1, "operation": "a0:"})
    assert not desk.drain()
    let_the_key_expire(desk)
    assert desk.drain()
    assert [item["sync_id"] for item in desk.items()] == ["never made"]


def test_a_search_that_finds_none_of_our_items_proves_nothing(desk: Desk) -> None:
    desk.want("known")
    assert desk.drain()
    [known] = desk.hooks.confirmed_ids
    desk.sandbox.graphql(
        desk.token, "mutation ($id: ID!) { delete_item(item_id: $id) { id } }", {"id": known}
    )
    desk.want("unclear")
    desk.weather({"kind": "timeout_before", "times": 1, "operation": "a0:"})
    assert not desk.drain()
    let_the_key_expire(desk)
    assert desk.drain()
    state, reason = desk.states()[-1]
    assert state == "parked"
    assert "Look at the board" in (reason or "")
    assert desk.items() == []


def test_one_bad_column_does_not_hold_back_its_neighbours(desk: Desk) -> None:
    desk.want("with columns")
    assert desk.drain()
    target = Target(desk.account_id, desk.board_id, desk.hooks.confirmed_ids[0])
    with desk.database.transaction() as session:
        for column, value in (("gone", "x"), ("note", "written all the same")):
            content = {"value": value, "expected": value}
            outbox.want_column(session, target, column, content=content, now=SystemClock().now())
    assert desk.drain()
    assert desk.items()[0]["note"] == "written all the same"
    assert [state for state, _ in desk.states()] == ["done", "parked", "done"]


def test_a_used_up_budget_is_waited_for(desk: Desk) -> None:
    desk.want("patient")
    desk.weather({"kind": "complexity", "times": 1, "retry_in_seconds": 30, "operation": "a0:"})
    assert not desk.drain()
    with desk.database.reading() as session:
        wait = (lanes.next_moment(session) or 0) - lease_time()
    assert 20 < wait <= 33
    assert desk.drain()
    assert len(desk.items()) == 1


def test_the_moment_named_for_one_change_of_a_request_is_waited_for(desk: Desk) -> None:
    desk.want("one")
    desk.want("other")
    desk.partly({"names": ["a1"], "code": "FIELD_LIMIT_EXCEEDED", "retry_in_seconds": 30, "times": 1})
    assert not desk.drain()
    assert [state for state, _ in desk.states()] == ["done", "wanted"]
    with desk.database.reading() as session:
        wait = (lanes.next_moment(session) or 0) - lease_time()
    assert 20 < wait <= 33
    desk.want("neighbour")
    assert not desk.drain()
    assert [state for state, _ in desk.states()] == ["done", "wanted", "done"]
    with desk.database.transaction() as session:
        session.execute(update(Change).values(not_before=0.0))
    assert desk.drain()
    assert {item["sync_id"] for item in desk.items()} == {"one", "other", "neighbour"}


def test_what_is_wanted_in_the_moment_of_the_confirmation_is_done(desk: Desk) -> None:
    creation = desk.want("sync-1")
    wanted, confirmed = threading.Event(), threading.Event()

    def somebody_wants_more() -> None:
        with desk.database.transaction() as session:
            target = Target(desk.account_id, desk.board_id, after_id=creation)
            content = {"value": "more", "expected": "more"}
            outbox.want_column(session, target, "note", content=content, now=SystemClock().now())
            wanted.set()
            # Where databases let both go on at once, the confirmation must wait for this one.
            confirmed.wait(0.5)

    other = threading.Thread(target=somebody_wants_more)

    class Meanwhile(Hooks):
        def confirmed(self, session: Session, change: SettledChange, result_id: str, now: datetime) -> None:
            super().confirmed(session, change, result_id, now)
            confirmed.set()

    desk.hooks = Meanwhile()

    def start_other(place: str) -> None:
        if place == "outbox.after_call" and other.ident is None:
            other.start()
            wanted.wait(5)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.outbox.drain.reach", start_other)
        desk.drain()
    other.join()
    if any(state == "wanted" for state, _ in desk.states()):
        desk.drain()
    assert [(item["sync_id"], item["note"]) for item in desk.items()] == [("sync-1", "more")]
    assert [state for state, _ in desk.states()] == ["done", "done"]


def spent_gate(*, wait: float = 30.0) -> AccountGate:
    """The gate of an account that monday.com has just asked to wait."""
    gate = AccountGate(Ledger(None, SystemClock()), "the account", Priority.LIVE, call_seconds=15.0)
    with gate.passing({}, is_write=True) as passage:
        passage.answered({}, None, Fault(FaultKind.RATE_LIMITED, "RATE_LIMIT_EXCEEDED", "Wait.", wait))
    return gate


def test_a_board_waits_for_room_in_the_budget_and_nothing_has_failed(desk: Desk) -> None:
    desk.want("patient")
    assert not desk.drain(spent_gate())
    assert desk.states() == [("wanted", None)]
    with desk.database.reading() as session:
        assert session.execute(select(Change.attempts)).scalar_one() == 0
        lane = session.execute(select(Lane)).scalar_one()
        assert lane.attempts == 0
        assert 28 < lane.not_before - lease_time() <= 30
        assert not session.execute(select(Request)).all()


def test_a_request_of_unknown_outcome_waits_for_room_under_its_key(desk: Desk) -> None:
    desk.want("perhaps made")
    desk.weather({"kind": "timeout_after", "times": 1, "operation": "a0:"})
    assert not desk.drain()
    assert not desk.drain(spent_gate())
    assert desk.states() == [("sent", None)]
    assert desk.drain()
    assert [item["sync_id"] for item in desk.items()] == ["perhaps made"]


def test_who_wants_much_does_not_hold_up_who_wants_little(desk: Desk) -> None:
    for number in range(MUTATIONS_PER_REQUEST + 3):
        desk.want(f"noisy {number}", share="42:77")
    desk.want("quiet", share="43:78")
    assert desk.drain()
    made = sorted(desk.items(), key=lambda item: int(item["id"]))
    assert [item["sync_id"] for item in made[:3]] == ["noisy 0", "quiet", "noisy 1"]


def look_at(desk: Desk, *numbers: int, not_before: float = 0.0) -> None:
    """Items of the board's customer wait to be looked at, elsewhere."""
    with desk.database.transaction() as session:
        for number in numbers:
            lane = LaneName(f"item:1:2:{number}", "1", "item")
            lanes.assign(session, lane, f"{desk.account_id}:{desk.board_id}")
            lanes.want(session, [lane], now=lease_time())
    with desk.database.transaction() as session:
        session.execute(update(Lane).where(Lane.kind == "item").values(not_before=not_before))


def test_a_request_that_is_not_full_waits_a_moment_for_what_is_about_to_be_wanted(desk: Desk) -> None:
    look_at(desk, *range(MUTATIONS_PER_REQUEST))
    desk.want("first of many")
    assert not desk.drain()
    with desk.database.reading() as session:
        lane = session.execute(select(Lane).where(Lane.kind == "board")).scalar_one()
    assert 0 < lane.not_before - lease_time() <= GATHER_SECONDS


def test_a_request_waits_for_more_no_longer_than_a_moment(desk: Desk) -> None:
    look_at(desk, *range(MUTATIONS_PER_REQUEST))
    desk.want("first of many")
    with desk.database.transaction() as session:
        long_ago = SystemClock().now() - timedelta(seconds=GATHER_SECONDS)
        session.execute(update(Change).values(wanted_at=long_ago))
    assert desk.drain()


def test_a_request_is_looked_at_the_less_often_the_longer_it_has_waited(desk: Desk) -> None:
    look_at(desk, *range(MUTATIONS_PER_REQUEST))
    desk.want("first of many")
    with desk.database.transaction() as session:
        earlier = SystemClock().now() - timedelta(seconds=GATHER_SECONDS / 2)
        session.execute(update(Change).values(wanted_at=earlier))
    assert not desk.drain()
    with desk.database.reading() as session:
        lane = session.execute(select(Lane).where(Lane.kind == "board")).scalar_one()
    assert GATHER_STEP_SECONDS < lane.not_before - lease_time() <= GATHER_SECONDS / 2


def test_a_request_that_asks_for_too_much_is_sent_in_parts(desk: Desk) -> None:
    desk.want("one")
    desk.want("other")
    desk.weather({"kind": "too_complex", "times": 1, "operation": "a0:"})
    assert desk.drain()
    assert {item["sync_id"] for item in desk.items()} == {"one", "other"}


def test_what_is_refused_by_itself_is_parked_and_the_board_goes_on(desk: Desk) -> None:
    desk.want("refused")
    desk.weather({"kind": "too_complex", "times": 1, "operation": "a0:"})
    assert desk.drain()
    assert [state for state, _ in desk.states()] == ["parked"]
    desk.want("the next")
    assert desk.drain()
    assert {item["sync_id"] for item in desk.items()} == {"the next"}


def test_what_is_wanted_by_itself_waits_for_nothing(desk: Desk) -> None:
    look_at(desk, 1)
    desk.want("alone")
    assert desk.drain()


def test_items_that_can_not_be_looked_at_hold_up_nothing(desk: Desk) -> None:
    look_at(desk, *range(MUTATIONS_PER_REQUEST), not_before=lease_time() + 600)
    desk.want("alone")
    assert desk.drain()


def test_a_board_with_much_to_do_lets_others_have_their_turn(desk: Desk) -> None:
    for number in range(MUTATIONS_PER_REQUEST + 1):
        desk.want(f"one of many {number}")
    assert not desk.drain(slice_seconds=0.0)
    assert [state for state, _ in desk.states()].count("done") == MUTATIONS_PER_REQUEST
    assert desk.drain()
    assert [state for state, _ in desk.states()].count("done") == MUTATIONS_PER_REQUEST + 1


CREATE_FILES = """
mutation ($board: ID!) {
  create_column(board_id: $board, title: "Files", id: "files", column_type: file) { id }
}
"""
FILES = "query ($item: ID!) { items(ids: [$item]) { assets { name } updates { assets { name } } } }"
UPLOAD = "add_file_to_"


@dataclass
class Shelf:
    """An item that files are added to."""

    desk: Desk
    target: Target
    update_id: str

    def want(self, name: str, *, on_update: bool) -> int:
        self.desk.hooks.contents[name] = b"paper"
        content = {"file_id": 1, "name": name, "size": 5}
        if on_update:
            content["update_id"] = self.update_id
        with self.desk.database.transaction() as session:
            column_id = None if on_update else "files"
            now = SystemClock().now()
            return outbox.want_file(session, self.target, content=content, column_id=column_id, now=now)

    def names(self) -> list[str]:
        asked = {"item": self.target.item_id}
        answer = self.desk.sandbox.graphql(self.desk.token, FILES, asked).json()
        return sorted(asset["name"] for asset in answer["data"]["items"][0]["assets"])

    def end_waits(self) -> None:
        with self.desk.database.transaction() as session:
            session.execute(update(Change).values(not_before=0.0))
            session.execute(update(Lane).values(not_before=0.0, lease_until=0.0))


@pytest.fixture
def shelf(desk: Desk) -> Shelf:
    desk.sandbox.graphql(desk.token, CREATE_FILES, {"board": desk.board_id})
    desk.want("shelf")
    assert desk.drain()
    item_id = desk.hooks.confirmed_ids[0]
    target = Target(desk.account_id, desk.board_id, item_id)
    posted = desk.sandbox.graphql(
        desk.token,
        'mutation ($item: ID!) { create_update(item_id: $item, body: "x") { id } }',
        {"item": item_id},
    )
    return Shelf(desk, target, posted.json()["data"]["create_update"]["id"])


@pytest.mark.parametrize("on_update", [True, False])
@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "internal_500"])
def test_a_file_whose_answer_was_lost_is_there_once(shelf: Shelf, kind: str, *, on_update: bool) -> None:
    shelf.want("lost.txt", on_update=on_update)
    shelf.desk.weather({"kind": kind, "times": 1, "operation": UPLOAD})
    assert not shelf.desk.drain()
    shelf.end_waits()
    assert shelf.desk.drain()
    assert shelf.names() == ["lost.txt"]
    assert shelf.desk.states()[-1] == ("done", None)


def test_a_file_that_is_put_off_holds_up_no_other(shelf: Shelf) -> None:
    shelf.want("slow.txt", on_update=True)
    shelf.desk.weather({"kind": "timeout_before", "times": 1, "operation": UPLOAD})
    assert not shelf.desk.drain()
    shelf.desk.want("neighbour")
    assert not shelf.desk.drain()
    assert "neighbour" in [item["sync_id"] for item in shelf.desk.items()]
    assert shelf.desk.states()[1][0] == "wanted"


def test_two_files_alike_are_both_added(shelf: Shelf) -> None:
    shelf.want("same.txt", on_update=False)
    shelf.want("same.txt", on_update=False)
    shelf.desk.weather({"kind": "timeout_after", "times": 1, "after": 1, "operation": UPLOAD})
    assert not shelf.desk.drain()
    shelf.end_waits()
    assert shelf.desk.drain()
    assert shelf.names() == ["same.txt", "same.txt"]


def test_a_file_for_an_update_that_is_gone_is_parked_when_it_has_been_looked_for(shelf: Shelf) -> None:
    shelf.want("late.txt", on_update=True)
    gone = "mutation ($id: ID!) { delete_update(id: $id) { id } }"
    shelf.desk.sandbox.graphql(shelf.desk.token, gone, {"id": shelf.update_id})
    assert not shelf.desk.drain()
    shelf.end_waits()
    assert shelf.desk.drain()
    state, reason = shelf.desk.states()[-1]
    assert (state, reason) == ("parked", "The update that the file belongs to is not there any more.")


def test_a_file_that_is_not_kept_any_more_is_fetched_again(shelf: Shelf) -> None:
    change_id = shelf.want("forgotten.txt", on_update=False)
    shelf.desk.hooks.contents.clear()
    assert shelf.desk.drain()
    assert shelf.desk.hooks.fetched_again == [change_id]
    assert shelf.desk.states()[-1] == ("dropped", "its file is fetched again")


def test_taking_a_file_out_leaves_the_others(shelf: Shelf) -> None:
    for name in ("first.txt", "second.txt"):
        shelf.want(name, on_update=False)
    assert shelf.desk.drain()
    first, second = shelf.desk.hooks.confirmed_ids[1:]
    for asset_id, left in ((first, ["second.txt"]), (first, ["second.txt"]), (second, [])):
        with shelf.desk.database.transaction() as session:
            now = SystemClock().now()
            outbox.want_file_removed(session, shelf.target, "files", content={"asset_id": asset_id}, now=now)
        assert shelf.desk.drain()
        assert shelf.names() == left
