"""Items that were read and not handled are put by: not read again, and not believed for too long."""

import json
from collections.abc import Iterator

import pytest
import requests

from bench.traffic import CREATE_ITEM, many
from local.people import Board, Person
from tests.support.stage import PARTNER, Stage, open_stage
from workers import item_lanes, item_reading, jobs

GOLD, SILVER = "customer-gold", "customer-silver"
TICKETS, A_TURN = 30, item_lanes.LEAST_A_TURN
_CHANGE = "change_multiple_column_values(board_id: $b, item_id: $i{0}, column_values: $v) {{ id }}"
_PAIRS = """
    SELECT desk.item_id, theirs.item_id FROM sides AS theirs
    JOIN sides AS desk ON desk.story = theirs.story AND desk.role = 'desk'
    JOIN installations ON installations.account_id = theirs.account_id
    WHERE theirs.role = 'customer' AND slug = '{slug}' ORDER BY theirs.id"""


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage on which one customer has many tickets, and another has one."""
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        for slug, count in ((GOLD, TICKETS), (SILVER, 1)):
            names = [{"n": f"{slug} asks {number}"} for number in range(count)]
            many(stage.people[slug][-1], CREATE_ITEM, names, b=stage.board(slug, "tickets").id)
        stage.settle()
        stage.keep()
        yield stage


@pytest.fixture
def stage(standing: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Its workers read as much as they can, and each turn is over before it has begun."""
    standing.reset()
    monkeypatch.setattr(item_reading, "LEAST_AT_ONCE", TICKETS)
    monkeypatch.setattr(item_lanes, "SLICE_SECONDS", 0.0)
    return standing


@pytest.fixture
def technician(stage: Stage) -> Person:
    return next(person for person in stage.people[PARTNER] if person.title == "Technician")


@pytest.fixture
def desk(stage: Stage) -> Board:
    return stage.board(PARTNER, "service_desk")


def pairs(stage: Stage, slug: str) -> list[tuple[str, str]]:
    """The desk's item and the customer's item of each ticket."""
    return [(desk, theirs) for desk, theirs in stage.rows(_PAIRS.format(slug=slug))]


def change_all(stage: Stage, technician: Person, desk: Board) -> None:
    """A technician changes every ticket of one customer, and monday.com tells."""
    value = json.dumps({"priority": desk.label("priority", "high")})
    items = [{"i": item} for item, _ in pairs(stage, GOLD)]
    many(technician, _CHANGE, items, b=desk.id, v=value)
    hear(stage)


def hear(stage: Stage) -> None:
    for delivery in stage.collect():
        stage.hand_over(delivery)


def take_a_turn(stage: Stage) -> None:
    ((account_id,),) = stage.rows(f"SELECT account_id FROM installations WHERE slug = '{PARTNER}'")
    jobs.answer(account_id, "item", "")


def reads(stage: Stage, before: int = 0) -> list[int]:
    """How many items each read of the partner's account asked for."""
    query = {"kind": "api", "limit": "5000"}
    entries = requests.get(f"{stage.sandbox.url}/sandbox/log", params=query, timeout=10).json()["entries"]
    found = [
        len(entry["variables"]["ids"])
        for entry in entries
        if entry["account"] == PARTNER and "ids" in (entry["variables"] or {})
    ]
    return found[before:]


def priority(stage: Stage, item: str) -> str:
    board = stage.board(GOLD, "tickets")
    shown = {"label": stage.people[GOLD][-1].item(item).texts["priority"]}
    return next(key for key in ("low", "normal", "high", "urgent") if board.label("priority", key) == shown)


def test_what_was_read_is_handled_in_later_turns_without_being_read_again(
    stage: Stage, technician: Person, desk: Board
) -> None:
    before = len(reads(stage))
    change_all(stage, technician, desk)
    take_a_turn(stage)
    take_a_turn(stage)
    assert reads(stage, before) == [TICKETS]
    stage.settle()
    assert {priority(stage, theirs) for _, theirs in pairs(stage, GOLD)} == {"high"}


def test_what_a_person_changes_meanwhile_is_read_again(stage: Stage, technician: Person, desk: Board) -> None:
    change_all(stage, technician, desk)
    take_a_turn(stage)
    last_desk, last_theirs = pairs(stage, GOLD)[-1]
    technician.change(desk, last_desk, {"priority": desk.label("priority", "low")})
    hear(stage)
    stage.settle()
    assert priority(stage, last_theirs) == "low"


def test_what_we_write_meanwhile_is_not_taken_for_a_persons_doing(
    stage: Stage, technician: Person, desk: Board
) -> None:
    """Read before our write, the item shows the old value beside a shadow that knows the new one."""
    change_all(stage, technician, desk)
    take_a_turn(stage)
    last_desk, last_theirs = pairs(stage, GOLD)[-1]
    customer = stage.people[GOLD][-1]
    customer.change(stage.board(GOLD, "tickets"), last_theirs, {"name": "Renamed by the customer"})
    stage.settle()
    assert technician.item(last_desk).name == customer.item(last_theirs).name == "Renamed by the customer"
    assert priority(stage, last_theirs) == "high"


def test_what_was_read_too_long_ago_is_anybodys(stage: Stage, technician: Person, desk: Board) -> None:
    change_all(stage, technician, desk)
    take_a_turn(stage)
    # Another process, whose own nothing is: it reads what is left when the leases have ended.
    stage.restart()
    stage.settle()
    assert {priority(stage, theirs) for _, theirs in pairs(stage, GOLD)} == {"high"}


def test_a_neighbour_who_comes_later_does_not_wait_for_what_was_put_by(
    stage: Stage, technician: Person, desk: Board
) -> None:
    change_all(stage, technician, desk)
    take_a_turn(stage)
    ((theirs, _),) = pairs(stage, SILVER)
    technician.change(desk, theirs, {"priority": desk.label("priority", "urgent")})
    hear(stage)
    take_a_turn(stage)
    waiting = {key.rpartition(":")[2] for (key,) in stage.rows("SELECT key FROM lanes WHERE wanted > done")}
    assert theirs not in waiting
    assert len(waiting & {item for item, _ in pairs(stage, GOLD)}) == TICKETS - 2 * A_TURN + 1
