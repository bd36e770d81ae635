"""What monday.com does to a mirror: refusals, half answers, changes under our hands, echoes, quick fingers.

Each on a stage that is put back, with everything that must be true at rest proven afterwards.
"""

import itertools
from collections.abc import Iterator

import pytest

from tests.support.acted import CUSTOMER, DESK, Ticket
from tests.support.cast import GOLD, SILVER
from tests.support.machine import LONG
from tests.support.proof import prove_quiet, story
from tests.support.stage import PARTNER, open_stage
from tests.support.world import PRIORITIES, World

#: Orders of five deliveries or more: as they happened, backwards, and one that fits neither.
ORDERS = ((0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1))
LIMITS = ("complexity", "complexity_legacy", "minute", "concurrency", "ip", "daily", "blocked", "locked")
FAILURES = ("internal_200", "internal_500", "bad_gateway", "unavailable", "gateway_timeout")
#: What monday.com may leave out of an answer, as for somebody without permission.
HOLES = ("items", "column_values", "updates", "replies", "name", "group", "items_page", "boards")
PARKED_CHANGES = "SELECT reason FROM changes WHERE state = 'parked'"
CHANGES_ON_THEIR_WAY = "SELECT id, kind FROM changes WHERE state IN ('wanted', 'sent')"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        yield World(stage)


@pytest.fixture
def world(furnished: World) -> World:
    furnished.begin()
    return furnished


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.tickets[0]


def live_on(world: World, ticket: Ticket) -> None:
    """A little of everything on both sides, of which monday.com tells."""
    world.describes(ticket)
    world.writes(ticket, CUSTOMER)
    world.sets_the_priority(ticket, CUSTOMER, "high")
    world.sets_the_status(ticket, "waiting_vendor")
    world.writes(ticket, DESK)
    world.writes(ticket, DESK, public=False)


def test_the_order_in_which_deliveries_come_changes_nothing(world: World) -> None:
    stories = []
    for order in ORDERS:
        world.begin()
        ticket = world.tickets[0]
        world.renames(ticket, CUSTOMER)
        live_on(world, ticket)
        world.moves(ticket, CUSTOMER)
        world.leaves(ticket, CUSTOMER)
        world.returns(ticket, CUSTOMER)
        for place in order:
            world.delivers([place])
            world.works()
        world.rests()
        stories.append(story(world))
    assert all(told == stories[0] for told in stories)


@pytest.mark.parametrize("kinds", [LIMITS, FAILURES], ids=["limits", "failures"])
def test_a_call_that_is_turned_away_is_made_again(
    world: World, ticket: Ticket, kinds: tuple[str, ...]
) -> None:
    for kind in kinds:
        world.writes(ticket, CUSTOMER)
        world.writes(ticket, DESK)
        world.delivers()
        world.stumbles({"kind": kind, "retry_in_seconds": 2}, times=4)
        assert world.stage.rows(PARKED_CHANGES) == [], kind
    world.rests()


def test_what_is_not_shown_is_unknown_and_never_empty(world: World, ticket: Ticket) -> None:
    live_on(world, ticket)
    world.settles()
    for name in HOLES:
        before = told_outside(world)
        world.writes(ticket, DESK)
        world.writes(ticket, CUSTOMER)
        world.delivers()
        world.stumbles({"names": [name], "code": "USER_UNAUTHORIZED"}, times=LONG)
        assert before <= told_outside(world), f"Something was taken away because {name} was not shown."
        world.replays()
        world.rests()


def told_outside(world: World) -> set[str]:
    """Every text on the customers' boards: values and messages, as people see them."""
    return {
        text
        for _, texts, updates, files in story(world).values()
        for text in (*dict(texts).values(), *updates, *files)  # type: ignore[call-overload, misc]
        if text
    }


def test_one_change_of_a_request_that_fails_takes_none_of_the_others_along(world: World) -> None:
    for other in world.tickets:
        world.sets_the_status(other, "in_progress")
        world.writes(other, DESK)
    world.delivers()
    refused = {"names": ["a0"], "code": "ColumnValueException"}
    world.stumbles(refused, times=1)
    [(reason,)] = world.stage.rows(PARKED_CHANGES)
    assert "synerity replay" in reason
    assert world.stage.rows(CHANGES_ON_THEIR_WAY) == []
    world.replays()
    world.rests()


@pytest.mark.parametrize("how", ["archive", "delete"])
@pytest.mark.parametrize("side", [CUSTOMER, DESK])
def test_an_item_put_away_between_plan_and_call_loses_nothing(
    world: World, ticket: Ticket, side: str, how: str
) -> None:
    live_on(world, ticket)
    world.delivers()
    assert world.works(("outbox.before_call", 1))
    world.leaves(ticket, "customer" if side == CUSTOMER else "desk", how)
    world.works()
    world.rests()


def test_a_column_deleted_between_plan_and_call_parks_its_value_and_nothing_else(world: World) -> None:
    ticket = world.tickets[0]
    world.takes(ticket)
    world.sets_the_status(ticket, "in_progress")
    world.writes(ticket, DESK)
    world.delivers()
    assert world.works(("outbox.before_call", 1))
    world.loses_a_column(front=0)
    world.works()
    world.replays()
    world.rests()


def test_an_echo_that_comes_before_the_answer_makes_nothing_twice(world: World) -> None:
    ticket = world.asks(0)
    live_on_at_the_customers(world, ticket)
    world.delivers()
    # monday.com has made the desk's item; nobody has written down that it has.
    assert world.works(("outbox.after_call", 1))
    world.delivers()
    world.works()
    world.rests()
    prove_quiet(world)


def live_on_at_the_customers(world: World, ticket: Ticket) -> None:
    world.describes(ticket)
    world.writes(ticket, CUSTOMER)


def test_quick_fingers_on_both_sides_end_in_one_value(world: World, ticket: Ticket) -> None:
    [(before,)] = world.stage.rows("SELECT COUNT(*) FROM changes")
    for side, priority in zip(itertools.cycle((CUSTOMER, DESK)), PRIORITIES * 5, strict=False):
        world.sets_the_priority(ticket, side, priority)
    for turn in range(0, 20, 5):
        world.sets_the_priority(ticket, CUSTOMER if turn % 2 else DESK, PRIORITIES[turn % 4])
        world.delivers([7, 3, 0, 11])
        world.works()
    world.rests()
    [(after,)] = world.stage.rows("SELECT COUNT(*) FROM changes")
    assert after - before <= 2 * 24, "Each change of a person is written once at most, with one notice."
    prove_quiet(world)


@pytest.mark.parametrize("kind", ["internal_500", "internal_200", "timeout_before", "complexity"])
def test_an_outage_of_monday_parks_nothing(world: World, ticket: Ticket, kind: str) -> None:
    live_on(world, ticket)
    world.delivers()
    world.stumbles({"kind": kind}, times=LONG)
    assert world.stage.rows("SELECT id FROM inbox WHERE state = 'parked'") == []
    assert world.stage.rows(PARKED_CHANGES) == []
    world.rests()


def test_an_outage_of_everything_is_caught_up_by_one_sweep(world: World) -> None:
    for ticket in world.tickets:
        live_on(world, ticket)
    world.asks(1)
    world.forgets()
    world.loses_deliveries()
    world.rests()


def test_taken_tokens_cost_nobody_a_word(world: World) -> None:
    for slug in (GOLD, PARTNER):
        world.revokes(slug)
    for ticket in world.tickets:
        live_on(world, ticket)
    world.delivers()
    world.works()
    world.rests()
