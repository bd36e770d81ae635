"""What stood on a board before it was connected comes across behind what people do, each item once."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from app.agreements import service as agreements
from app.onboarding import further
from app.onboarding import service as onboarding
from app.priority import Priority
from app.sweeps import reading
from app.sweeps import service as sweeps
from app.sweeps.backfill import Backfill
from local.people import Board
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
NAMES = [f"Asked long ago {number}" for number in range(5)]
CREATE_BOARD = """
mutation ($name: String!) { create_board(board_name: $name, board_kind: public, empty: true) { id } }
"""
CREATE_GROUP = 'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Ours") { id } }'
CRASHES = [
    ("sweep.before_call", 2),
    ("sweep.before_commit", 1),
    ("sweep.before_commit", 3),
    ("inbox.claimed", 1),
    ("inbox.before_commit", 2),
    ("inbox.committed", 1),
    ("outbox.before_call", 1),
    ("outbox.after_call", 1),
    ("outbox.before_commit", 2),
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Board]]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        stage.settle()
        board = old_board(stage)
        connect(stage, board)
        stage.keep()
        yield stage, board


@pytest.fixture
def stage(standing: tuple[Stage, Board], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A board of old questions has just been connected; nobody has worked since."""
    monkeypatch.setattr(reading, "ITEMS_PER_PAGE", 2)
    standing[0].reset()
    return standing[0]


@pytest.fixture
def board(standing: tuple[Stage, Board]) -> Board:
    return standing[1]


def account_id(stage: Stage) -> str:
    return str(stage.rows(f"SELECT account_id FROM installations WHERE slug = '{GOLD}'")[0][0])


def old_board(stage: Stage) -> Board:
    """Nobody was ever told of what stands on it."""
    customer = stage.people[GOLD][-1]
    made = customer.ask(CREATE_BOARD, {"name": "Our questions"})
    board = Board(str(made["create_board"]["id"]), "tickets", "sv")
    customer.ask(CREATE_GROUP, {"board": board.id})
    for name in NAMES:
        customer.create_item(board, name)
    stage.collect()
    return board


def connect(stage: Stage, board: Board) -> None:
    with stage.product.database.reading() as session:
        found = agreements.find_by_item(session, GOLD)
    assert found is not None
    now = stage.product.clock.now()
    further.adopt_board(stage.product, found.id, account_id(stage), board.id, answers={}, now=now)


def progress(stage: Stage, board: Board) -> Backfill:
    with stage.product.database.reading() as session:
        found = onboarding.backfills(session, now=stage.product.clock.now())
    return next(one for one in found if one.board_id == board.id)


def copies(stage: Stage) -> list[str]:
    desk = stage.people[PARTNER][1]
    return sorted(item.name for item in desk.items(stage.board(PARTNER, "service_desk")))


def runs(stage: Stage, board: Board) -> list[tuple[Any, ...]]:
    """The board's sweeps: cause, state, requests, things healed."""
    return stage.rows(
        "SELECT cause, state, requests, healed FROM sweep_runs"
        f" WHERE account_id = '{account_id(stage)}' AND board_id = '{board.id}' ORDER BY id"
    )


@pytest.mark.parametrize(("place", "count"), CRASHES)
def test_a_backfill_killed_anywhere_brings_each_item_once(
    stage: Stage, board: Board, place: str, count: int
) -> None:
    assert stage.work(crash=(place, count)), "It never came that far."
    stage.settle()
    assert copies(stage) == NAMES
    told = progress(stage, board)
    assert (told.state, told.done, told.parked, told.total) == ("done", len(NAMES), 0, len(NAMES))


def test_progress_says_how_much_is_left_when_it_is_interrupted(stage: Stage, board: Board) -> None:
    assert stage.work(crash=("outbox.before_call", 1))
    told = progress(stage, board)
    assert (told.state, told.done, told.total) == ("under_way", 0, len(NAMES))
    stage.settle()
    told = progress(stage, board)
    assert (told.state, told.expected_end) == ("done", None)
    assert told.a_minute > 0


def test_old_items_wait_behind_what_people_do(stage: Stage, board: Board) -> None:
    assert stage.work(crash=("inbox.claimed", 1))
    lane = sweeps.sweep_lane(account_id(stage), board.id).key
    urgencies = (
        f"SELECT priority FROM lanes WHERE key = '{lane}' OR key LIKE 'item:{account_id(stage)}:{board.id}:%'"
    )
    assert {row[0] for row in stage.rows(urgencies)} == {int(Priority.BACKFILL)}
    stage.settle()
    made = (
        "SELECT DISTINCT priority FROM changes WHERE kind = 'create_item'"
        f" AND share = '{account_id(stage)}:{board.id}'"
    )
    assert stage.rows(made) == [(int(Priority.BACKFILL),)]


def test_what_a_new_board_brings_along_is_not_called_missed(stage: Stage, board: Board) -> None:
    stage.settle()
    assert runs(stage, board) == [("first", "done", 3, 0)]


def test_asking_for_a_sweep_does_not_make_a_backfill_begin_anew(stage: Stage, board: Board) -> None:
    assert stage.work(crash=("sweep.before_call", 2))
    stage.sweep()
    stage.settle()
    assert runs(stage, board) == [("first", "done", 3, 0)]
    assert copies(stage) == NAMES


def test_the_promise_counts_from_when_the_board_is_followed(stage: Stage) -> None:
    followed = "UPDATE links SET linked_at = '2031-05-05 08:00:00.000000'"
    with stage.product.database.transaction() as session:
        session.execute(text(followed))
    stage.settle()
    (opened,) = stage.rows("SELECT DISTINCT at FROM sla_events WHERE kind = 'opened'")
    assert str(opened[0]).startswith("2031-05-05 08:00")
