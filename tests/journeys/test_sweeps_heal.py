"""What webhooks never told is found by sweeps: cheaply, whoever dies meanwhile, and never by destroying."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.mirror.rules import masses
from app.sweeps import reading, report, rules
from app.sweeps import service as sweeps
from app.sweeps.report import SweepReport
from local.people import Person
from tests.support.stage import PARTNER, Stage, open_stage
from workers import sweep_lanes

GOLD = "customer-gold"
DELETE = "mutation ($item: ID!) { delete_item(item_id: $item) { id } }"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as standing:
        standing.settle()
        # Whatever came before has been swept.
        for _ in range(2):
            pass_half_an_hour(standing)
            standing.settle()
        standing.keep()
        yield standing


@pytest.fixture(autouse=True)
def no_daily_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board's own time of the day for a full sweep may be now; none of these tests is about it."""
    monkeypatch.setattr(rules, "latest_slot", lambda *_: datetime.min.replace(tzinfo=UTC))


@pytest.fixture
def customer(stage: Stage) -> Person:
    """Somebody at the customer's, of whose board no other test has left anything."""
    stage.weather()
    stage.reset()
    return stage.people[GOLD][-1]


@pytest.fixture
def undone(stage: Stage) -> Iterator[None]:
    """Whatever the test does to the boards, the next ones find them as before."""
    stage.keep()
    yield
    stage.weather()
    stage.reset()


def pass_half_an_hour(stage: Stage) -> None:
    """Time goes by, and with it the moment of the next sweeps."""
    stage.let_time_pass()
    stage.work()


def lose_deliveries(stage: Stage) -> None:
    stage.collect()


def ask(stage: Stage, customer: Person, name: str) -> str:
    item = customer.create_item(stage.board(GOLD, "tickets"), name)
    stage.settle()
    return item


def change_unheard(stage: Stage, customer: Person, text: str) -> None:
    """A ticket that stands on both boards has another description, and no webhook told of it."""
    item = ask(stage, customer, "Known.")
    for _ in range(2):
        pass_half_an_hour(stage)
    customer.change(stage.board(GOLD, "tickets"), item, {"description": {"text": text}})
    lose_deliveries(stage)


def account_id(stage: Stage, slug: str) -> str:
    return str(stage.rows(f"SELECT account_id FROM installations WHERE slug = '{slug}'")[0][0])


def runs(stage: Stage, board: str, slug: str = GOLD) -> list[SweepReport]:
    """The sweeps of one board, newest first."""
    with stage.product.database.reading() as session:
        return list(report.reports(session, account_id=account_id(stage, slug), board_id=board))


def healed(stage: Stage, board: str) -> set[tuple[Any, ...]]:
    with stage.product.database.reading() as session:
        return {
            (thing.item_id, thing.what, thing.column_key, thing.why)
            for run in runs(stage, board)
            for thing in report.healed(session, run.id)
        }


def test_a_board_on_which_nothing_changed_costs_one_call(stage: Stage, customer: Person) -> None:
    ask(stage, customer, "Quiet.")
    for _ in range(2):
        pass_half_an_hour(stage)
    for slug, key in ((GOLD, "tickets"), (PARTNER, "service_desk"), (PARTNER, "customers")):
        newest = runs(stage, stage.board(slug, key).id, slug)[0]
        assert (newest.kind, newest.state) == ("quick", "done")
        assert (newest.requests, newest.asked) == (1, 0)


def test_a_missed_ticket_change_and_message_are_healed_and_told(stage: Stage, customer: Person) -> None:
    board = stage.board(GOLD, "tickets")
    known = ask(stage, customer, "Known.")
    customer.change(board, known, {"description": {"text": "Nobody heard of this."}})
    talked_of = ask(stage, customer, "Talked of.")
    for _ in range(2):
        pass_half_an_hour(stage)
    customer.post(talked_of, "Nor of this.")
    customer.change(board, known, {"description": {"text": "Nor of that."}})
    missed = customer.create_item(board, "Missed.")
    lose_deliveries(stage)
    pass_half_an_hour(stage)
    assert runs(stage, board.id)[0].kind == "quick"
    found = healed(stage, board.id)
    assert (known, "column", "description", "missed_event") in found
    assert (talked_of, "conversation", None, "missed_event") in found
    assert (missed, "item", None, "missed_event") in found
    desk = stage.people[PARTNER][1]
    by_name = {item.name: item for item in desk.items(stage.board(PARTNER, "service_desk"))}
    assert by_name["Known."].texts["description"] == "Nor of that."
    assert "Nor of this." in desk.updates(by_name["Talked of."].id)[0].text
    assert "Missed." in by_name


def test_what_webhooks_told_is_not_called_healed(stage: Stage, customer: Person) -> None:
    board = stage.board(GOLD, "tickets")
    before = healed(stage, board.id)
    ask(stage, customer, "Told.")
    pass_half_an_hour(stage)
    assert healed(stage, board.id) == before


def test_a_missed_deletion_is_noticed_by_the_count(stage: Stage, customer: Person) -> None:
    item = ask(stage, customer, "Gone.")
    for _ in range(2):
        pass_half_an_hour(stage)
    customer.ask(DELETE, {"item": item})
    lose_deliveries(stage)
    pass_half_an_hour(stage)
    board = stage.board(GOLD, "tickets")
    assert [run.cause for run in runs(stage, board.id)[:2]] == ["count", "timer"]
    assert (item, "state", None, "missed_event") in healed(stage, board.id)


@pytest.mark.parametrize("place", ["sweep.before_call", "sweep.before_commit"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_sweep_goes_on_where_it_was_killed(
    stage: Stage, customer: Person, place: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ITEMS_PER_PAGE", 2)
    board = stage.board(GOLD, "tickets")
    missed = [customer.create_item(board, f"Killed {place} {count} {number}.") for number in range(4)]
    lose_deliveries(stage)
    before = runs(stage, board.id)[0].id
    with stage.product.database.transaction() as session:
        now = stage.product.clock.now()
        sweeps.ask_board(session, account_id(stage, GOLD), board.id, kind="full", cause="daily", now=now)
    stage.work(crash=(place, count))
    stage.work()
    (swept,) = [run for run in runs(stage, board.id) if run.id > before]
    assert swept.state == "done"
    assert swept.items >= len(missed)
    assert {(item, "item", None, "missed_event") for item in missed} <= healed(stage, board.id)


def test_a_walk_whose_cursor_is_too_old_begins_anew(
    stage: Stage, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ITEMS_PER_PAGE", 2)
    board = stage.board(GOLD, "tickets")
    for number in range(4):
        ask(stage, customer, f"Old {number}.")
    with stage.product.database.transaction() as session:
        now = stage.product.clock.now()
        sweeps.ask_board(session, account_id(stage, GOLD), board.id, kind="full", cause="daily", now=now)
    stage.work(crash=("sweep.before_call", 2))
    for _ in range(2):
        stage.let_time_pass()
    stage.work()
    newest = next(run for run in runs(stage, board.id) if run.cause == "daily")
    assert newest.state == "done"
    assert newest.items == newest.expected


def test_an_error_decides_nothing(stage: Stage, customer: Person) -> None:
    board = stage.board(GOLD, "tickets")
    ask(stage, customer, "Still there.")
    active = "SELECT count(*) FROM sides WHERE role = 'customer' AND state = 'active'"
    before = stage.rows(active)
    stage.weather(api={"errors": [{"kind": "internal_200", "times": 2}]})
    stage.sweep()
    assert stage.rows(active) == before
    assert runs(stage, board.id)[0].missing == 0


def test_a_sweep_that_finds_no_company_waits_and_is_not_held(
    stage: Stage, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, account = stage.board(GOLD, "tickets"), account_id(stage, GOLD)
    lane = sweeps.sweep_lane(account, board.id).key
    state = f"SELECT lease_until, attempts, wanted > done FROM lanes WHERE key = '{lane}'"
    ask(stage, customer, "Quiet.")
    with stage.product.database.transaction() as session:
        now = stage.product.clock.now()
        sweeps.ask_board(session, account, board.id, kind="quick", cause="timer", now=now)
    with monkeypatch.context() as patch:
        patch.setattr(sweep_lanes, "_take_company", fails)
        sweep_lanes.answer(stage.product, account)
    assert stage.rows(state) == [(0, 1, 1)]
    stage.work()
    assert stage.rows(state) == [(0, 0, 0)]


def fails(*_: object, **__: object) -> None:
    raise RuntimeError("The database does not answer.")


@pytest.mark.usefixtures("undone")
def test_a_board_that_is_gone_holds_up_no_other(stage: Stage, customer: Person) -> None:
    board, gone = stage.board(GOLD, "tickets"), stage.board(GOLD, "feature_requests")
    change_unheard(stage, customer, "Told by nobody.")
    stage.weather(account=GOLD, acts=[{"do": "archive_board", "board": gone.id}])
    lose_deliveries(stage)
    pass_half_an_hour(stage)
    assert runs(stage, board.id)[0].state == "done"
    assert runs(stage, board.id)[0].healed == 1
    assert runs(stage, gone.id)[0].state == "failed"


def test_too_many_missing_items_wait_for_an_operator(
    stage: Stage, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masses, "FEW", 3)
    monkeypatch.setattr(masses, "SHARE", 0.01)
    board = stage.board(GOLD, "tickets")
    items = [customer.create_item(board, f"Many {number}.") for number in range(4)]
    stage.settle()
    gone = "SELECT count(*) FROM sides WHERE role = 'customer' AND state = 'deleted'"
    ((before,),) = stage.rows(gone)
    for item in items:
        customer.ask(DELETE, {"item": item})
    lose_deliveries(stage)
    stage.sweep()
    guarded = runs(stage, board.id)[0]
    assert (guarded.state, guarded.missing, guarded.guarded) == ("guarded", 4, 4)
    assert stage.rows(gone) == [(before,)]
    with stage.product.database.transaction() as session:
        assert sweeps.go_on(session, guarded.id, now=stage.product.clock.now()) == 4
    stage.work()
    assert stage.rows(gone) == [(before + 4,)]
