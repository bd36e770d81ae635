"""A customer's token is revoked: the technicians are told, and told again when the account is back."""

from collections.abc import Iterator

import pytest

from local.people import Item, Person
from tests.support.acted import CUSTOMER, DESK
from tests.support.cast import GOLD, SILVER
from tests.support.stage import PARTNER, open_stage
from tests.support.world import World

LOST = "does not let the app into customer-gold.monday.com any more"
BACK = "is connected to customer-gold.monday.com again"
NOTIFICATIONS = "query { notifications(limit: 100) { text } }"


@pytest.fixture(scope="module")
def stage_with_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as stage:
        yield World(stage)


@pytest.fixture
def world(stage_with_world: World) -> World:
    stage_with_world.begin()
    return stage_with_world


def manager(world: World) -> Person:
    return world.stage.people[PARTNER][0]


def customers_item(world: World) -> Item:
    board = world.stage.board(PARTNER, "customers")
    return next(item for item in manager(world).items(board) if item.texts["account"] == GOLD)


def told(world: World) -> list[str]:
    """What stands on the customer's item of the customers board, the oldest first."""
    return [update.text for update in reversed(manager(world).updates(customers_item(world).id))]


def notified(person: Person) -> list[str]:
    found = [one["text"] for one in reversed(person.ask(NOTIFICATIONS)["notifications"])]
    return [words for words in found if "customer-gold" in words]


def concerns(world: World, key: str, person: Person) -> None:
    """The manager writes who is on duty for the customer, or its support manager."""
    board = world.stage.board(PARTNER, "customers")
    people = {"personsAndTeams": [{"id": int(person.id), "kind": "person"}]}
    manager(world).change(board, customers_item(world).id, {key: people})
    world.settles()


def goes_on(world: World) -> None:
    """People write, and workers find what they can and can't do."""
    for ticket in world.tickets:
        world.renames(ticket, CUSTOMER)
        world.writes(ticket, DESK)
    world.delivers()
    world.works()


def shown(world: World) -> str:
    return customers_item(world).texts["connection"]


def label(world: World, key: str) -> str:
    return str(world.stage.board(PARTNER, "customers").label("connection", key)["label"])


def test_the_technicians_are_told_once_of_the_loss_and_once_of_the_return(world: World) -> None:
    duty, support = world.stage.people[PARTNER][1], manager(world)
    concerns(world, "duty", duty)
    concerns(world, "manager", support)
    world.revokes(GOLD)
    goes_on(world)
    world.stumbles({"kind": "timeout_after"}, times=2)
    world.forgets()
    goes_on(world)
    assert shown(world) == label(world, "paused")
    [lost] = told(world)
    assert LOST in lost
    assert "/oauth/start?subdomain=customer-gold" in lost

    world.reconnects(GOLD)
    world.settles()
    goes_on(world)
    assert shown(world) == label(world, "connected")
    [_, back] = told(world)
    assert BACK in back
    for person in (duty, support):
        first, second = notified(person)
        assert LOST in first
        assert BACK in second
    world.rests()


def test_the_customer_is_told_nothing_of_it(world: World) -> None:
    world.revokes(GOLD)
    goes_on(world)
    world.reconnects(GOLD)
    world.settles()
    everybody = [person for slug in (GOLD, SILVER) for person in world.stage.people[slug]]
    assert [notified(person) for person in everybody] == [[] for _ in everybody]
    world.rests()


def test_while_the_partner_is_away_too_it_waits_until_the_partner_is_back(world: World) -> None:
    world.revokes(PARTNER)
    world.revokes(GOLD)
    goes_on(world)
    assert told(world) == []
    world.reconnects(PARTNER)
    world.settles()
    [lost] = told(world)
    assert LOST in lost
    world.rests()
    assert len(told(world)) == 2


def test_of_the_partners_own_account_nothing_is_written(world: World) -> None:
    world.revokes(PARTNER)
    goes_on(world)
    world.reconnects(PARTNER)
    world.settles()
    assert told(world) == []
    world.rests()
