"""Weather is ordered by clicking, and told in sentences."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from monday_sandbox.testing import RunningSandbox
from tests.browser.conftest import Tabs
from tests.browser.demo import DemoBoard

OpenPage = Callable[..., Page]


@pytest.fixture
def orders(sandbox: RunningSandbox) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The orders in force; fair weather afterwards."""
    door = f"{sandbox.url}/sandbox/faults"
    yield lambda: requests.get(door, timeout=10).json()["orders"]
    requests.delete(door, timeout=10)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("/weather")


def in_force(page: Page) -> Locator:
    return page.get_by_role("region", name="In force")


def order(page: Page) -> None:
    page.get_by_role("button", name="Order this weather").click()


Orders = Callable[[], list[dict[str, Any]]]


def test_fair_weather_is_said(page: Page, orders: Orders) -> None:
    assert orders() == []
    expect(in_force(page)).to_contain_text("Fair weather everywhere")


def test_errors_are_ordered_for_one_account(page: Page, orders: Orders) -> None:
    page.get_by_label("Over").select_option("customer-gold")
    page.get_by_label("Seed of chance").fill("7")
    page.get_by_role("button", name="Let calls go wrong").click()
    line = page.get_by_role("group", name="Error", exact=True)
    line.get_by_label("What happens").select_option("timeout_after")
    line.get_by_label("How many").fill("2")
    line.get_by_label("Only documents with").fill("create_item")
    order(page)
    expect(in_force(page)).to_contain_text(
        "The next 2 calls with “create_item” are not answered, though all is done."
    )
    error = {"kind": "timeout_after", "times": 2, "operation": "create_item"}
    assert orders() == [{"account": "customer-gold", "seed": 7, "api": {"errors": [error]}, "webhooks": {}}]


def test_an_order_is_in_force_for_calls(page: Page, orders: Orders, sandbox: RunningSandbox) -> None:
    page.get_by_role("button", name="Bad gateways").click()
    page.get_by_label("How many").fill("1")
    order(page)
    expect(in_force(page)).to_contain_text("100 % of the calls are answered with a page of HTML (502).")
    assert sandbox.graphql(sandbox.token("synerity"), "{ me { id } }").status_code == 502
    assert len(orders()) == 1


def test_webhooks_are_ordered_by_figures(page: Page, orders: Orders) -> None:
    page.get_by_label("Extra copies of each").fill("1")
    page.get_by_label("Share never delivered").fill("0.25")
    order(page)
    expect(in_force(page)).to_contain_text("Each webhook is delivered 2 times.")
    expect(in_force(page)).to_contain_text("25 % of the webhooks never come.")
    assert orders()[0]["webhooks"] == {"duplicate": 1, "drop": 0.25}


def test_calls_are_made_slow(page: Page, orders: Orders) -> None:
    page.get_by_label("Calls take").select_option("lognormal")
    page.get_by_label("Half take").fill("0.01")
    page.get_by_label("One in 100 takes").fill("0.02")
    order(page)
    expect(in_force(page)).to_contain_text(
        "Half of the calls take 0.01 s longer or less, one in a hundred more than 0.02 s."
    )
    assert orders()[0]["api"] == {"latency": {"distribution": "lognormal", "p50": 0.01, "p99": 0.02}}


def test_single_fields_are_refused(page: Page, orders: Orders, sandbox: RunningSandbox) -> None:
    page.get_by_role("button", name="Let single fields").click()
    line = page.get_by_role("group", name="Partial error")
    line.get_by_label("Code").select_option("USER_UNAUTHORIZED")
    line.get_by_label("Fields, by alias or name").fill("second, third")
    order(page)
    expect(in_force(page)).to_contain_text(
        "The next field “second” or “third” is refused with USER_UNAUTHORIZED; the rest of the answer stands."
    )
    assert len(orders()) == 1
    answer = sandbox.graphql(sandbox.token("synerity"), "{ first: me { id } second: me { id } }").json()
    assert answer["data"]["first"] is not None
    assert answer["data"]["second"] is None


def test_a_board_is_deleted_under_the_app(page: Page, orders: Orders, new_board: DemoBoard) -> None:
    page.get_by_label("Over").select_option(new_board.slug)
    page.get_by_role("button", name="Let somebody of the account").click()
    line = page.get_by_role("group", name="Act")
    line.get_by_label("What an admin does").select_option("delete_board")
    line.get_by_label("Board id").fill(new_board.board_id)
    order(page)
    expect(in_force(page)).to_contain_text(f"Board {new_board.board_id} is deleted at once.")
    assert len(orders()) == 1
    found = new_board.ask("query ($board: [ID!]) { boards(ids: $board) { id } }", board=[new_board.board_id])
    assert found["boards"] == []


def test_an_order_is_changed(page: Page, orders: Orders) -> None:
    page.get_by_label("Late by").fill("3")
    order(page)
    in_force(page).get_by_role("button", name="Change").click()
    page.get_by_label("Late by").fill("4")
    order(page)
    expect(in_force(page)).to_contain_text("Webhooks come 4 s late.")
    assert len(orders()) == 1


def test_all_is_cleared(page: Page, orders: Orders) -> None:
    page.get_by_role("button", name="Slow calls").click()
    order(page)
    in_force(page).get_by_role("button", name="Clear all").click()
    expect(in_force(page)).to_contain_text("Fair weather everywhere")
    assert orders() == []


def test_a_refused_order_is_said_in_a_sentence(page: Page, orders: Orders, tabs: Tabs) -> None:
    page.get_by_role("button", name="Let calls go wrong").click()
    page.get_by_label("Which").select_option("probability")
    page.get_by_label("How many").fill("3")
    order(page)
    expect(page.get_by_role("alert")).to_contain_text("between 0 and 1")
    assert orders() == []
    # The browser itself says on the console that the answer was a 400.
    tabs.complaints.clear()


@pytest.mark.usefixtures("orders")
def test_the_weather_fits_a_phone(open_page: OpenPage) -> None:
    page = open_page("/weather", width=400)
    page.get_by_role("button", name="Complexity used up").click()
    expect(page.get_by_role("group", name="Error", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
