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
#: At which reach of its place a worker dies; the later ones at night.
COUNTS = (1, 2, 3, 5) if settings.get_current_profile_name() == "nightly" else (1,)


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


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_a_step_changes_nothing(
    world: World, uninterrupted: dict[str, tuple[object, ...]], place: str, count: int
) -> None:
    world.begin()
    doom = Doom(world, place, count)
    live_through(world, doom.work)
    if count == 1:
        assert doom.has_come, f"Nothing of the day reaches {place}: add what does to live_through."
    world.rests()
    assert story(world) == uninterrupted
    prove_quiet(world)


class Doom:
    """A worker that dies the nth time it comes to a place, and lives on as another."""

    def __init__(self, world: World, place: str, count: int) -> None:
        """Not yet come."""
        self._world = world
        self._crash = (place, count)
        self.has_come = False

    def work(self) -> None:
        """Work; if this is the work at which it dies, another worker goes on."""
        if self.has_come:
            self._world.works()
        elif self._world.works(self._crash):
            self.has_come = True
            self._world.works()
