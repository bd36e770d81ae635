"""Whom a person acts as: accounts and users to switch between, each with what monday.com lets them see."""

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from monday_sandbox.testing import RunningSandbox
from tests.browser.conftest import Tabs
from tests.browser.demo import DemoBoard, data_of

OpenPage = Callable[..., Page]


@pytest.fixture
def admin(desk: DemoBoard) -> str:
    """The name of the user who installs apps in the desk's account."""
    users = next(account for account in desk.sandbox.accounts() if account["slug"] == desk.slug)["users"]
    return str(users[0]["name"])


def act_as(page: Page, name: str) -> None:
    page.get_by_role("button", name="Acting as").click()
    page.get_by_role("radio", name=name).click()


def test_each_user_is_listed_with_the_seat(open_page: OpenPage, desk: DemoBoard, admin: str) -> None:
    page = open_page(desk.path)
    page.get_by_role("button", name="Acting as").click()
    expect(page.get_by_role("radio", name=admin)).to_contain_text("Admin")
    expect(page.get_by_role("radio", name=desk.members[-1]["name"])).to_contain_text("Member")


def test_an_item_belongs_to_whom_the_person_acts_as(open_page: OpenPage, desk: DemoBoard) -> None:
    somebody = desk.members[-1]
    page = open_page(desk.path)
    act_as(page, somebody["name"])
    page.get_by_label("Add item to Gold customer").fill("Whose am I?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Item name: Whose am I?")).to_be_visible()
    found = desk.ask(
        "query ($board: [ID!]) "
        "{ boards(ids: $board) { items_page(limit: 500) { items { name creator_id } } } }",
        board=[desk.board_id],
    )
    items = found["boards"][0]["items_page"]["items"]
    assert [i["creator_id"] for i in items if i["name"] == "Whose am I?"] == [somebody["id"]]


def test_a_private_board_is_there_for_its_people_only(
    open_page: OpenPage, sandbox: RunningSandbox, admin: str
) -> None:
    create = 'mutation { create_board(board_name: "Salaries", board_kind: private) { id } }'
    made = data_of(sandbox, sandbox.token("synerity"), create, {})
    page = open_page(f"/boards/synerity/{made['create_board']['id']}")
    expect(page.get_by_text("that this user may see")).to_be_visible()
    act_as(page, admin)
    expect(page.locator(".group").first).to_be_visible()


def test_another_account_is_chosen(open_page: OpenPage, desk: DemoBoard, tickets: DemoBoard) -> None:
    page = open_page(desk.path)
    page.get_by_role("button", name="Account Synerity AB").click()
    page.get_by_role("button", name="Västkust Energi AB").click()
    expect(page.locator(".board-name")).to_have_text("Support tickets")
    assert tickets.path in page.url


@pytest.fixture(scope="module")
def seats(sandbox: RunningSandbox) -> dict[str, str]:
    """Tokens by seat, in an account that has one of each."""
    users = [{"name": "Ada"}, {"name": "Vera", "kind": "view_only"}, {"name": "Gus", "kind": "guest"}]
    requests.post(f"{sandbox.url}/sandbox/accounts", json={"slug": "seats", "users": users}, timeout=10)
    account = next(account for account in sandbox.accounts() if account["slug"] == "seats")
    return {user["kind"]: user["api_token"] for user in account["users"]}


@pytest.mark.parametrize(
    ("name", "seat", "said"),
    [("Vera", "Viewer", "Viewers have no access"), ("Gus", "Guest", "that this user may see")],
)
def test_viewers_and_guests_are_told_why_they_see_nothing(
    open_page: OpenPage,
    sandbox: RunningSandbox,
    tabs: Tabs,
    seats: dict[str, str],
    name: str,
    seat: str,
    said: str,
) -> None:
    create = 'mutation { create_board(board_name: "Staff only", board_kind: public) { id } }'
    made = data_of(sandbox, seats["admin"], create, {})
    page = open_page(f"/boards/seats/{made['create_board']['id']}")
    expect(page.locator(".group").first).to_be_visible()
    act_as(page, name)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator(".acting-kind")).to_have_text(seat)
    # The browser itself says on the console that a viewer was answered 403.
    tabs.complaints.clear()
