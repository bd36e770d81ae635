"""Whatever people do on both sides: at rest all boards tell the same story.

Customers and technicians act, deliveries come late, twice, in another order or never, links are paused and
tokens taken away, all in an order that Hypothesis chooses.
"""

from collections.abc import Iterator

import pytest

from tests.support.cast import GOLD, SILVER
from tests.support.machine import Boards, run
from tests.support.stage import open_stage
from tests.support.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        yield World(stage)


@pytest.mark.timeout(6 * 3600)
def test_the_boards_converge(world: World) -> None:
    run(Boards, world)
