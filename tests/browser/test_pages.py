"""The pages as a whole: where they lead, how they look when small, what they say when nothing is there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.browser.conftest import Tabs
from tests.browser.demo import DemoBoard
from tests.conformance.served import running_receiver

OpenPage = Callable[..., Page]


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_home_lists_the_boards_of_every_account(
    open_page: OpenPage, tickets: DemoBoard, desk: DemoBoard
) -> None:
    page = open_page("/")
    for board in (tickets, desk):
        expect(page.locator(f"a[href='{board.path}']")).to_be_visible()


def test_home_leads_to_both_boards_side_by_side(
    open_page: OpenPage, boards: tuple[DemoBoard, DemoBoard]
) -> None:
    assert boards
    page = open_page("/")
    page.get_by_role("link", name="Open side by side").click()
    expect(page.locator(".board-name")).to_have_text(["Support tickets", "Service desk"])


def test_the_two_boards_can_be_chosen_by_address(
    open_page: OpenPage, tickets: DemoBoard, desk: DemoBoard
) -> None:
    left, right = (f"{board.slug}/{board.board_id}" for board in (desk, tickets))
    page = open_page(f"/side-by-side?left={left}&right={right}")
    expect(page.locator(".board-name")).to_have_text(["Service desk", "Support tickets"])


@pytest.mark.usefixtures("tickets")
def test_a_board_of_subitems_is_not_taken_for_its_board(open_page: OpenPage, desk: DemoBoard) -> None:
    query = 'mutation ($item: ID!) { create_subitem(parent_item_id: $item, item_name: "A task") { id } }'
    desk.ask(query, item=desk.create_item("In parts"))
    page = open_page("/side-by-side")
    expect(page.locator(".board-name")).to_have_text(["Support tickets", "Service desk"])


def test_a_change_on_one_side_is_seen_on_that_side(
    open_page: OpenPage, tickets: DemoBoard, desk: DemoBoard
) -> None:
    there, here = tickets.create_item("There"), desk.create_item("Here")
    page = open_page("/side-by-side")
    left, right = page.locator(".pane").first, page.locator(".pane").last
    expect(left.locator(f"[data-item='{there}']")).to_be_visible()
    desk.change(here, number="SYN-1003")
    expect(right.locator(f"[data-item='{here}'] [data-column='number']")).to_have_text("SYN-1003")


@pytest.mark.usefixtures("boards")
@pytest.mark.parametrize("path", ["/", "/side-by-side"])
def test_no_page_is_wider_than_a_phone(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=400, height=800)
    page.locator(".board-link, .group").first.wait_for()
    assert not is_wider_than_its_window(page)


@pytest.mark.parametrize("button", [None, "Open A name", "Feed", "Hide columns"])
def test_a_board_is_not_wider_than_a_phone(
    open_page: OpenPage, tickets: DemoBoard, button: str | None
) -> None:
    item_id = tickets.create_item("A name that is much longer than any telephone is wide, and goes on")
    page = open_page(tickets.path, width=400, height=800)
    page.locator(f"[data-item='{item_id}']").wait_for()
    if button:
        page.get_by_role("button", name=re.compile(f"^{button}")).first.click()
    assert not is_wider_than_its_window(page)


def test_the_clock_moves_forward(open_page: OpenPage, desk: DemoBoard) -> None:
    page = open_page(desk.path, width=1440)
    page.get_by_role("button", name="+3 h").click()
    expect(page.locator(".clock-offset")).to_contain_text("3 h")


def test_the_feed_shows_a_call_with_its_document(open_page: OpenPage, desk: DemoBoard) -> None:
    page = open_page(desk.path)
    page.get_by_role("button", name=re.compile("^Feed")).click()
    desk.ask("query feed_probe { me { id } }")
    entry = page.locator(".feed-entry", has_text="feed_probe")
    expect(entry).to_be_visible()
    entry.locator("summary").click()
    expect(entry.locator("pre", has_text="query feed_probe")).to_be_visible()


@pytest.fixture
def feed(open_page: OpenPage, desk: DemoBoard) -> Page:
    page = open_page(desk.path)
    page.get_by_role("button", name=re.compile("^Feed")).click()
    return page


def entry_of(page: Page, text: str) -> Locator:
    return page.locator(".feed-entry", has_text=text)


def test_the_feed_is_filtered_by_kind_and_account(feed: Page, desk: DemoBoard, tickets: DemoBoard) -> None:
    desk.ask("query probe_of_the_desk { me { id } }")
    tickets.ask("query probe_of_the_customer { me { id } }")
    expect(entry_of(feed, "probe_of_the_customer")).to_be_visible()
    feed.get_by_label("Account", exact=True).select_option(label="Synerity AB")
    expect(entry_of(feed, "probe_of_the_customer")).to_have_count(0)
    expect(entry_of(feed, "probe_of_the_desk")).to_be_visible()
    feed.get_by_role("button", name="Mutations").click()
    expect(entry_of(feed, "probe_of_the_desk")).to_have_count(0)


def test_the_feed_is_searched(feed: Page, desk: DemoBoard) -> None:
    for name in ("needle", "straw"):
        desk.ask(f"query find_the_{name} {{ me {{ id }} }}")
    feed.get_by_label("Search the feed").fill("needle")
    expect(entry_of(feed, "find_the_needle")).to_be_visible()
    expect(entry_of(feed, "find_the_straw")).to_have_count(0)


def test_an_error_is_red_in_the_feed_and_told_whole(feed: Page, desk: DemoBoard) -> None:
    token = desk.members[0]["api_token"]
    desk.sandbox.graphql(token, "query gone_wrong { boards { no_such_field } }")
    feed.get_by_role("button", name="Errors").click()
    entry = entry_of(feed, "gone_wrong")
    expect(entry.locator(".feed-status")).to_have_class(re.compile("bad"))
    entry.locator("summary").click()
    expect(entry.locator("pre", has_text="no_such_field").first).to_be_visible()


def test_each_attempt_of_a_webhook_is_in_the_feed(feed: Page, new_board: DemoBoard) -> None:
    with running_receiver() as receiver:
        new_board.ask(
            "mutation ($board: ID!, $url: String!) "
            "{ create_webhook(board_id: $board, url: $url, event: create_item) { id } }",
            board=new_board.board_id,
            url=receiver.url(),
        )
        answers = iter((500, 200))
        receiver.answer = lambda _: next(answers)
        new_board.create_item("Announce me")
        feed.get_by_label("Account", exact=True).select_option(label="Norrsken Logistik AB")
        feed.get_by_role("button", name="Webhooks").click()
        again = entry_of(feed, "attempt 2")
        expect(again).to_be_visible()
    again.locator("summary").click()
    expect(again).to_contain_text("Attempt 2 of the webhook “create_item” answered 200")
    expect(again.locator("pre", has_text="Announce me")).to_contain_text('"isRetry": true')


def test_the_feed_works_with_keys(feed: Page, desk: DemoBoard) -> None:
    for name in ("one", "two"):
        desk.ask(f"query key_{name} {{ me {{ id }} }}")
    expect(entry_of(feed, "key_two")).to_be_visible()
    feed.get_by_role("list", name="Calls and deliveries").focus()
    feed.keyboard.press("ArrowDown")
    expect(entry_of(feed, "key_two").locator("summary")).to_be_focused()
    feed.keyboard.press("ArrowDown")
    expect(entry_of(feed, "key_one").locator("summary")).to_be_focused()
    feed.keyboard.press("Enter")
    expect(entry_of(feed, "key_one").locator("pre", has_text="query key_one")).to_be_visible()
    feed.keyboard.press("Escape")
    expect(feed.get_by_role("button", name=re.compile("^Feed"))).to_be_focused()


def test_a_lost_connection_is_said_and_made_good(open_page: OpenPage, tabs: Tabs, desk: DemoBoard) -> None:
    page = open_page(desk.path)
    page.route("**/sandbox/events", lambda route: route.abort())
    page.reload()
    state = page.locator(".live-state")
    expect(state).to_have_attribute("data-state", "reconnecting")
    page.locator(".group").first.wait_for()
    item_id = desk.create_item("Created in the silence")
    page.unroute("**/sandbox/events")
    expect(page.locator(f"[data-item='{item_id}']")).to_be_visible()
    expect(state).to_have_attribute("data-state", "live")
    # The browser itself says on the console what was aborted.
    tabs.complaints.clear()


def test_the_theme_is_remembered(open_page: OpenPage, desk: DemoBoard) -> None:
    page = open_page(desk.path)
    page.get_by_role("button", name="Use the dark theme").click()
    page.reload()
    expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()


def test_nothing_is_fetched_from_elsewhere(
    open_page: OpenPage, sandbox: RunningSandbox, desk: DemoBoard
) -> None:
    asked: list[str] = []
    page = open_page("/")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(sandbox.url + desk.path)
    expect(page.locator(".board-name")).to_be_visible()
    assert [url for url in asked if not url.startswith(sandbox.url)] == []


def test_an_empty_sandbox_says_what_to_run(browser: Browser, tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as empty, browser.new_context() as context:
        page = context.new_page()
        page.goto(empty.url)
        expect(page.get_by_text("No board exists yet")).to_contain_text("make run")
