"""Customers that install the app before the support manager has written their agreement."""

from collections.abc import Iterator

import pytest

from local.people import Item
from tests.support.standing import StandingEstate, standing_estate
from tests.support.tickets import PARTNER, open_ticket


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingEstate]:
    with standing_estate(tmp_path_factory.mktemp("estate"), agreements=False) as standing:
        yield standing


def agreement(estate: StandingEstate, slug: str) -> Item:
    """The customer's item on the customers board, which the app made."""
    manager, board = estate.as_user(PARTNER, "Maria"), estate.board(PARTNER, "customers")
    [item] = [item for item in manager.items(board) if item.texts["account"] == slug]
    return item


def test_a_customer_without_an_agreement_is_free(estate: StandingEstate) -> None:
    board, item = estate.board(PARTNER, "customers"), agreement(estate, "customer-gold")
    assert item.name == estate.account("customer-gold")["name"]
    assert item.texts["tier"] == board.label("tier", "free")["label"]
    case = open_ticket(estate, "customer-gold")
    case.settle()
    assert case.ours().texts["tier"] == "FREE"
    assert case.theirs().texts["sla_status"] == case.label_theirs("sla_status", "none")


def test_its_boards_are_in_swedish(estate: StandingEstate) -> None:
    assert estate.board("customer-gold", "tickets").language == "sv"


def test_it_is_shown_as_connected(estate: StandingEstate) -> None:
    connected = estate.board(PARTNER, "customers").label("connection", "connected")["label"]
    estate.wait_until(
        lambda: agreement(estate, "customer-free").texts["connection"] == connected or None,
        "the customer to be shown as connected",
    )


def test_an_agreement_written_on_that_item_holds_at_once(estate: StandingEstate) -> None:
    case = open_ticket(estate, "customer-silver")
    manager, board = estate.as_user(PARTNER, "Maria"), estate.board(PARTNER, "customers")
    item = agreement(estate, "customer-silver")
    manager.change(board, item.id, {"tier": board.label("tier", "silver")})
    case.wait(lambda: case.ours().texts["tier"] == "SILVER", "the agreement on the open ticket")
    case.wait(lambda: case.theirs().texts["response_due"], "the promised time")
