"""Rows of acts that once went wrong, as a state machine found them, and what they are about."""

from collections.abc import Iterator

import pytest

from tests.support.acted import CUSTOMER, DESK
from tests.support.cast import GOLD, SILVER
from tests.support.proof import prove_quiet
from tests.support.stage import PARTNER, open_stage
from tests.support.world import World


@pytest.fixture(scope="module")
def stage_with_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        yield World(stage)


@pytest.fixture
def world(stage_with_world: World) -> World:
    stage_with_world.begin()
    return stage_with_world


@pytest.mark.timeout(60)
def test_a_customer_that_connects_while_the_partner_is_paused_does_not_keep_a_worker_busy(
    world: World,
) -> None:
    world.revokes(PARTNER)
    world.renames(world.tickets[0], CUSTOMER)
    world.delivers()
    world.works()
    world.revokes(GOLD)
    world.reconnects(GOLD)
    world.works()
    world.rests()


def test_an_item_of_the_desk_that_comes_back_keeps_the_priority_that_only_the_desk_shows(
    world: World,
) -> None:
    ticket = world.tickets[0]
    world.leaves(ticket, DESK, "delete")
    world.delivers()
    world.works()
    world.returns(ticket, DESK)
    world.rests()


@pytest.mark.parametrize("place", ["outbox.before_call", "outbox.after_call", "outbox.before_commit"])
def test_what_nobody_wrote_down_for_half_an_hour_is_made_once(world: World, place: str) -> None:
    world.asks(0)
    world.delivers()
    assert world.works((place, 1))
    world.forgets()
    world.works()
    world.writes(world.tickets[0], CUSTOMER)
    world.delivers()
    assert world.works((place, 1))
    world.forgets()
    world.rests()


def test_a_story_at_rest_stays_at_rest(world: World) -> None:
    world.rests()
    prove_quiet(world)


@pytest.mark.timeout(60)
def test_what_was_under_way_when_the_partner_was_paused_does_not_keep_a_worker_busy(world: World) -> None:
    ticket = world.tickets[2]
    world.writes(ticket, CUSTOMER)
    world.delivers()
    assert world.works(("outbox.after_call", 1))
    world.forgets()
    world.renames(ticket, CUSTOMER)
    world.renames(ticket, CUSTOMER)
    world.revokes(PARTNER)
    world.renames(world.tickets[0], CUSTOMER)
    world.delivers()
    world.stumbles({"kind": "internal_200", "done": True}, after=2)
    world.works()
    world.rests()
