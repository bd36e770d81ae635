"""The conversation of an item: written, answered, changed, and never able to run anything."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import DemoBoard

OpenPage = Callable[..., Page]

MALICIOUS_BODIES = {
    "a picture that fails": '<img src="/nowhere" onerror="window.executed = 1">',
    "a script": "<script>window.executed = 1</script>",
    "a script in a drawing": "<svg><script>window.executed = 1</script></svg>",
    "a drawing that loads": '<svg onload="window.executed = 1"></svg>',
    "an address that runs": '<a href="javascript:window.executed = 1">press me</a>',
    "an address that hides": '<a href=" java&#115;cript:window.executed = 1">press me</a>',
    "a frame": "<iframe srcdoc='<script>parent.executed = 1</script>'></iframe>",
    "a field that takes the focus": '<input autofocus onfocus="window.executed = 1">',
    "a broken tag": '<p title="</p><img src=x onerror=window.executed=1>">text</p>',
    "a comment that ends early": "<!--><img src=x onerror=window.executed=1>-->",
    "a style that fetches": '<p style="background:url(javascript:window.executed=1);color:red">text</p>',
}


def open_card(page: Page, item_id: str) -> None:
    page.locator(f"tr[data-item='{item_id}'] .updates-button").click()
    page.get_by_role("textbox", name="Write an update").wait_for()


def test_an_update_is_seen_in_another_tab(open_page: OpenPage, tickets: DemoBoard) -> None:
    item_id = tickets.create_item("Talk about this")
    writing, watching = open_page(tickets.path), open_page(tickets.path)
    open_card(writing, item_id)
    open_card(watching, item_id)
    writing.get_by_role("textbox", name="Write an update").fill("Any news?")
    writing.get_by_role("button", name="Update", exact=True).click()
    expect(watching.locator(".message-body", has_text="Any news?")).to_be_visible()
    expect(watching.locator(f"tr[data-item='{item_id}'] .count")).to_have_text("1")


def test_a_reply_stands_under_its_update(open_page: OpenPage, tickets: DemoBoard) -> None:
    item_id = tickets.create_item("Answer this")
    tickets.post_update(item_id, "<p>A question</p>")
    page = open_page(tickets.path)
    open_card(page, item_id)
    page.get_by_role("button", name="Reply").click()
    page.get_by_role("textbox", name="Write a reply").fill("An answer")
    page.keyboard.press("Control+Enter")
    thread = page.locator(".thread", has_text="A question")
    expect(thread.locator(".replies .message-body")).to_have_text("An answer")


def test_an_own_update_is_edited(open_page: OpenPage, tickets: DemoBoard) -> None:
    item_id = tickets.create_item("Edit what I said")
    tickets.post_update(item_id, "<p>Frist words</p>")
    page = open_page(tickets.path)
    open_card(page, item_id)
    page.get_by_role("button", name="Menu of this update").click()
    page.get_by_role("menuitem", name="Edit").click()
    page.get_by_role("textbox", name="Edit the update").fill("First words")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message-body")).to_have_text("First words")


def test_an_own_update_is_deleted(open_page: OpenPage, tickets: DemoBoard) -> None:
    item_id = tickets.create_item("Delete what I said")
    tickets.post_update(item_id, "<p>Better unsaid</p>")
    page = open_page(tickets.path)
    open_card(page, item_id)
    page.get_by_role("button", name="Menu of this update").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("No updates yet")).to_be_visible()


def test_the_acting_user_is_the_author(open_page: OpenPage, desk: DemoBoard) -> None:
    other = desk.members[1]["name"]
    item_id = desk.create_item("Who says this?")
    page = open_page(desk.path)
    page.get_by_role("button", name=re.compile("^Acting as")).click()
    page.get_by_role("radio", name=re.compile(f"^{re.escape(other)}")).click()
    open_card(page, item_id)
    page.get_by_role("textbox", name="Write an update").fill("It is me")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message .author")).to_have_text(other)


def test_somebody_elses_update_has_no_menu(open_page: OpenPage, desk: DemoBoard) -> None:
    other = desk.members[1]["name"]
    item_id = desk.create_item("Hands off")
    desk.post_update(item_id, "<p>Mine</p>")
    page = open_page(desk.path)
    page.get_by_role("button", name=re.compile("^Acting as")).click()
    page.get_by_role("radio", name=re.compile(f"^{re.escape(other)}")).click()
    open_card(page, item_id)
    expect(page.locator(".message-body")).to_have_text("Mine")
    expect(page.get_by_role("button", name="Menu of this update")).to_have_count(0)


def test_formatting_is_shown(open_page: OpenPage, tickets: DemoBoard) -> None:
    item_id = tickets.create_item("Written nicely")
    tickets.post_update(item_id, "<p>Look <strong>here</strong></p><ul><li>one</li><li>two</li></ul>")
    page = open_page(tickets.path)
    open_card(page, item_id)
    expect(page.locator(".message-body strong")).to_have_text("here")
    expect(page.locator(".message-body li")).to_have_text(["one", "two"])


@pytest.fixture
def dangerous(open_page: OpenPage, tickets: DemoBoard) -> Page:
    """A page on which all the malicious bodies are shown at once."""
    item_id = tickets.create_item("Dangerous")
    for body in MALICIOUS_BODIES.values():
        tickets.post_update(item_id, f"{body}<p>the end</p>")
    page = open_page(tickets.path)
    open_card(page, item_id)
    expect(page.locator(".message-body", has_text="the end")).to_have_count(len(MALICIOUS_BODIES))
    return page


def test_an_update_never_executes(dangerous: Page) -> None:
    for link in dangerous.get_by_text("press me").all():
        link.click()
    assert dangerous.evaluate("window.executed") is None


def test_nothing_that_could_act_is_made_of_an_update(dangerous: Page) -> None:
    acting = "script, iframe, svg, img, input, [onerror], [onload], [onfocus], [href^='java']"
    assert dangerous.locator(".message-body").locator(acting).count() == 0


def test_what_a_reader_left_over_is_never_an_element_that_acts(
    open_page: OpenPage, tickets: DemoBoard
) -> None:
    page = open_page(tickets.path)
    kept = page.evaluate(
        """async (bodies) => {
          const { safeFragment } = await import("/pages/static/js/safe_html.js");
          const kept = new Set();
          for (const body of bodies) {
            for (const one of safeFragment(body).querySelectorAll("*")) {
              for (const attribute of one.attributes) kept.add(`${one.localName} ${attribute.name}`);
            }
          }
          return [...kept].sort();
        }""",
        [*MALICIOUS_BODIES.values(), '<a href="https://example.com" onclick="x()" id="y">z</a>'],
    )
    assert kept == ["a href", "a rel", "a target", "p style"]
