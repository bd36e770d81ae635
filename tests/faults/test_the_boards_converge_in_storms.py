"""The boards converge also when monday.com fails, and says of what it did nothing, too little or too much."""

from collections.abc import Iterator

import pytest

from tests.support.cast import GOLD, SILVER
from tests.support.machine import StormyBoards, run
from tests.support.stage import open_stage
from tests.support.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        yield World(stage)


@pytest.mark.timeout(6 * 3600)
def test_the_boards_converge_in_storms(world: World) -> None:
    run(StormyBoards, world)
