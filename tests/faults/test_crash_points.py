"""Killed at every named step: resumed, the boards tell the same; run once more, nothing changes."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from app.crashpoints import PLACES
from tests.support.acted import CUSTOMER, DESK
from tests.support.cast import GOLD, SILVER
from tests.support.proof import prove_quiet, story
from tests.support.stage import open_stage
from tests.support.world import World

Work = Callable[[], object]
Crash = tuple[str, int]


def days() -> list[list[Crash]]:
    """What workers die of on each day: at one step after another, as the day comes to them.

    At night each has a day of its own, and they die at later reaches of a step too.
    """
    if settings.get_current_profile_name() == "nightly":
        return [[(place, count)] for place in PLACES for count in (1, 2, 3, 5)]
    families = (("inbox.",), ("outbox.",), ("file.", "timers.", "sweep.", "provisioning."))
    return [
        [(place, 1) for family in day for place in PLACES if place.startswith(family)] for day in families
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        yield World(stage)


@pytest.fixture(scope="module")
def uninterrupted(world: World) -> dict[str, tuple[object, ...]]:
    """What the boards tell after a day on which nothing went wrong."""
    world.begin()
    live_through(world, world.works)
    world.rests()
    return story(world)


def live_through(world: World, work: Work) -> None:
    """A day on which everything is done that the product does in steps: each crash point is on its way."""
    ticket = world.tickets[0]
    world.asks(2)
    world.describes(ticket)
    asked = world.writes(ticket, CUSTOMER)
    world.sets_the_priority(ticket, CUSTOMER, "high")
    assert asked is not None
    world.hangs(ticket, asked)
    world.puts_a_file(ticket, CUSTOMER)
    world.delivers()
    work()
    told = world.writes(ticket, DESK, answers=asked)
    noted = world.writes(ticket, DESK, public=False)
    task = world.adds_a_task(ticket)
    world.adds_a_task(ticket, public=False)
    assert told is not None
    assert noted is not None
    world.hangs(ticket, told)
    world.hangs(ticket, noted)
    assert task is not None
    world.takes(ticket)
    world.sets_the_status(ticket, "waiting_customer")
    world.trespasses(ticket, CUSTOMER)
    world.renames(ticket, DESK)
    world.delivers()
    work()
    world.finishes_a_task(ticket, task)
    world.edits(ticket, told)
    world.deletes(ticket, noted)
    world.takes_a_file_out(ticket, CUSTOMER)
    world.delivers()
    work()
    world.waits(hours=24 * 5)
    work()
    world.loses_a_column(front=2)
    work()


def test_every_step_is_on_some_day() -> None:
    assert {place for day in days() for place, _ in day} == set(PLACES)


@pytest.mark.parametrize("crashes", days(), ids=lambda crashes: crashes[0][0])
def test_workers_killed_at_their_steps_change_nothing(
    world: World, uninterrupted: dict[str, tuple[object, ...]], crashes: list[Crash]
) -> None:
    world.begin()
    dooms = Dooms(world, crashes)
    live_through(world, dooms.work)
    early = [place for place, count in dooms.ahead if count == 1]
    assert not early, f"Nothing of the day reaches {early[0]}: add what does to live_through."
    world.rests()
    assert story(world) == uninterrupted
    prove_quiet(world)


class Dooms:
    """Workers each of which dies at the nth reach of a place, and is followed by the next."""

    def __init__(self, world: World, crashes: list[Crash]) -> None:
        """None has come yet."""
        self._world = world
        self.ahead = list(crashes)

    def work(self) -> None:
        """Work until all is done; whoever dies is followed by another."""
        while self.ahead and self._world.works(self.ahead[0]):
            self.ahead.pop(0)
        self._world.works()
