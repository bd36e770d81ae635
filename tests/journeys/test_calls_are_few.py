"""monday.com counts every call: what we wrote ourselves is not read again when it is told of."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from app.sweeps import rules
from tests.support.papers import hang_on, put_in_column
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        calls_until_rest(stage)
        stage.keep()
        yield stage


@pytest.fixture
def stage(standing: Stage) -> Stage:
    standing.reset()
    return standing


def calls_until_rest(stage: Stage) -> int:
    """How many calls the product makes until everything is told and handled."""
    address, query = f"{stage.sandbox.url}/sandbox/log", {"kind": "api", "limit": "5000"}
    before = {entry["id"] for entry in requests.get(address, params=query, timeout=10).json()["entries"]}
    stage.work()
    while deliveries := stage.collect():
        for delivery in deliveries:
            stage.hand_over(delivery)
            stage.work()
    entries = requests.get(address, params=query, timeout=10).json()["entries"]
    return sum(entry["id"] not in before for entry in entries)


@pytest.fixture
def ticket(stage: Stage) -> str:
    """The customer's item of a ticket that stands on both boards."""
    item_id = stage.people[GOLD][-1].create_item(stage.board(GOLD, "tickets"), "The board is slow")
    calls_until_rest(stage)
    return item_id


def test_a_new_ticket_is_read_once_and_written_twice(stage: Stage) -> None:
    stage.people[GOLD][-1].create_item(stage.board(GOLD, "tickets"), "The board is slow")
    assert calls_until_rest(stage) == 3


def test_a_message_is_read_once_and_posted_once(stage: Stage, ticket: str) -> None:
    stage.people[GOLD][-1].post(ticket, "It is slower by the day.")
    assert calls_until_rest(stage) == 2


def test_a_column_is_read_once_and_written_once(stage: Stage, ticket: str) -> None:
    board = stage.board(GOLD, "tickets")
    stage.people[GOLD][-1].change(board, ticket, {"priority": board.label("priority", "high")})
    assert calls_until_rest(stage) == 2


def test_a_column_that_people_added_is_not_looked_at(stage: Stage, ticket: str) -> None:
    person, board = stage.people[GOLD][-1], stage.board(GOLD, "tickets")
    added = person.ask(
        'mutation ($board: ID!) { create_column(board_id: $board, title: "Ours", column_type: text) { id } }',
        {"board": board.id},
    )["create_column"]["id"]
    calls_until_rest(stage)
    person.change(board, ticket, {added: "private"})
    assert calls_until_rest(stage) == 0


def test_who_sets_back_what_stood_there_is_heard(stage: Stage, ticket: str) -> None:
    """By the same account as the app, and with a value that the app once wrote itself."""
    board, person = stage.board(GOLD, "tickets"), stage.people[GOLD][0]
    desk, technician = stage.board(PARTNER, "service_desk"), stage.people[PARTNER][1]
    for priority in ("high", "low"):
        (item,) = technician.items(desk)
        technician.change(desk, item.id, {"priority": desk.label("priority", priority)})
        calls_until_rest(stage)
    person.change(board, ticket, {"priority": board.label("priority", "high")})
    calls_until_rest(stage)
    (item,) = technician.items(desk)
    assert item.texts["priority"] == desk.label("priority", "high")["label"]


def test_a_file_on_a_message_takes_five_calls_more(stage: Stage, ticket: str) -> None:
    """Which update it hangs on, and where it is; its bearer, the file itself; and it is told as an edit."""
    person = stage.people[GOLD][-1]
    hang_on(person, person.post(ticket, "It looks like this."), "one.png")
    assert calls_until_rest(stage) == 2 + 5


def test_a_file_in_the_column_takes_three_calls(stage: Stage, ticket: str) -> None:
    put_in_column(stage.people[GOLD][-1], ticket, "export.csv")
    assert calls_until_rest(stage) == 3


@pytest.fixture
def quiet(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """All boards were swept half an hour ago, and are due for what changed since."""
    monkeypatch.setattr(rules, "latest_slot", lambda *_: datetime.min.replace(tzinfo=UTC))
    stage.let_time_pass()
    calls_until_rest(stage)
    stage.let_time_pass()
    return stage


def test_boards_on_which_nothing_changed_take_one_call_an_account(quiet: Stage) -> None:
    ((before,),) = quiet.rows("SELECT max(id) FROM sweep_runs")
    assert calls_until_rest(quiet) == len((PARTNER, GOLD))
    boards = quiet.rows("SELECT account_id, board_id FROM boards ORDER BY 1, 2")
    swept = (
        f"SELECT account_id, board_id FROM sweep_runs WHERE id > {before} AND state = 'done' ORDER BY 1, 2"
    )
    assert quiet.rows(swept) == boards


def test_boards_that_failed_together_are_asked_one_by_one(quiet: Stage) -> None:
    """One that monday.com can't answer for must not keep the others from being swept."""
    quiet.weather(account=GOLD, api={"errors": [{"kind": "internal_200", "times": 1}]})
    of_customer = 1 + len(
        quiet.rows("SELECT 1 FROM boards JOIN installations USING (account_id) WHERE role = 'customer'")
    )
    assert calls_until_rest(quiet) == 1 + of_customer
    assert quiet.rows("SELECT count(*) FROM sweep_runs WHERE state != 'done'") == [(0,)]
    quiet.weather()
