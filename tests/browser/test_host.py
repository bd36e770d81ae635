"""The app's views in the host page, spoken to by the real monday-sdk-js 0.5.9."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.demo import DemoBoard
from tests.browser.views import View, ViewServer

OpenPage = Callable[..., Page]
OpenView = Callable[..., View]


def test_the_storage_keeps_what_the_view_gives_it(view: View) -> None:
    kept = view.data("monday.storage.setItem('notes', { colour: 'blue' })")
    assert kept["success"] is True
    found = view.data("monday.storage.getItem('notes')")
    assert (found["value"], found["version"]) == ({"colour": "blue"}, kept["version"])
    assert view.data("monday.storage.instance.getItem('notes')")["value"] is None
    view.ask("monday.storage.deleteItem('notes')")
    assert view.data("monday.storage.getItem('notes')")["value"] is None


def test_settings_that_the_view_sets_are_told(view: View) -> None:
    view.hear("settings")
    view.wait_until("told.settings.length === 1")
    view.ask("monday.set('settings', { columns: 3 })")
    view.wait_until("told.settings.length === 2")
    assert view.data("monday.get('settings')")["columns"] == 3


def test_settings_that_a_person_changes_are_told(view: View) -> None:
    view.hear("settings")
    view.page.get_by_text("Settings of the view").click()
    expect(view.page.get_by_label("Settings as JSON")).not_to_have_value("")
    view.page.get_by_label("Settings as JSON").fill('{"colour": "red"}')
    view.page.get_by_role("button", name="Save").click()
    view.wait_until("told.settings.at(-1)?.colour === 'red'")


def test_a_search_of_the_board_is_told(view: View, desk: DemoBoard) -> None:
    wanted = desk.create_item("A needle in the board")
    desk.create_item("Straw")
    view.hear("itemIds")
    view.hear("filter")
    view.page.get_by_label("Search this board").fill("needle")
    view.page.keyboard.press("Enter")
    view.wait_until("told.filter.at(-1)?.term === 'needle' && told.itemIds.at(-1)?.length === 1")
    assert view.told("itemIds")[-1] == [int(wanted)]


@pytest.mark.parametrize(("button", "answer"), [("Do it", True), ("Leave it", False)])
def test_a_person_is_asked_to_confirm(view: View, button: str, answer: bool) -> None:
    view.begin(
        "monday.execute('confirm', { message: 'Sure?', confirmButton: 'Do it', cancelButton: 'Leave it' })"
    )
    dialog = view.page.get_by_role("dialog", name="Sure?")
    dialog.get_by_role("button", name=button).click()
    assert view.result() == {"confirm": answer}


def test_escape_is_no_confirmation(view: View) -> None:
    view.begin("monday.execute('confirm', { message: 'Sure?', excludeCancelButton: true })")
    expect(view.page.get_by_role("dialog", name="Sure?").get_by_role("button")).to_have_text(["OK"])
    view.page.keyboard.press("Escape")
    assert view.result() == {"confirm": False}


def test_a_notice_is_shown(view: View) -> None:
    view.ask("monday.execute('notice', { message: 'Ticket solved', type: 'success', timeout: 60000 })")
    notice = view.page.locator(".toast.success")
    expect(notice).to_contain_text("Ticket solved")
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_have_count(0)


@pytest.mark.parametrize(("kind", "tab"), [("updates", "Updates"), ("columns", "Columns")])
def test_an_item_card_opens(view: View, desk: DemoBoard, kind: str, tab: str) -> None:
    item_id = desk.create_item("Open my card", number="SYN-7")
    view.ask(f"monday.execute('openItemCard', {{ itemId: {item_id}, kind: '{kind}' }})")
    card = view.page.get_by_role("dialog", name="Item: Open my card")
    expect(card.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")


def test_a_modal_gives_back_what_closes_it(view: View, app: ViewServer) -> None:
    view.begin("monday.execute('openAppFeatureModal', { urlPath: 'edit', urlParams: { ticket: 5 } })")
    modal = view.page.get_by_role("dialog", name="Modal of the app")
    inner = modal.locator("iframe").element_handle().content_frame()
    assert inner is not None
    inner.wait_for_url(f"{app.url}/edit?ticket=5")
    inner.wait_for_function("() => typeof monday !== 'undefined'")
    assert inner.evaluate("async () => (await monday.get('filter')).data.term") == ""
    inner.evaluate("() => { monday.execute('closeAppFeatureModal', { saved: true }); }")
    assert view.result() == {"saved": True}
    expect(modal).to_have_count(0)


def test_a_link_opens_in_a_tab(view: View, app: ViewServer) -> None:
    with view.page.expect_popup() as opened:
        view.ask(f"monday.execute('openLinkInTab', {{ url: '{app.url}?tab' }})")
    assert opened.value.url == f"{app.url}?tab"
    opened.value.close()


def test_a_value_that_the_user_gained_is_recorded(view: View, desk: DemoBoard) -> None:
    view.ask("monday.execute('valueCreatedForUser')")
    values = requests.get(f"{desk.sandbox.url}/sandbox/view/values", timeout=10).json()["values"]
    assert (values[-1]["account"], values[-1]["user_id"]) == (desk.slug, desk.members[0]["id"])


def test_a_call_is_made_as_the_user_who_looks(open_view: OpenView, desk: DemoBoard) -> None:
    view = open_view(user=desk.members[-1]["id"])
    answer = view.ask("monday.api('query { me { name } }')")
    assert answer["data"] == {"me": {"name": desk.members[-1]["name"]}}


def test_an_error_of_the_api_rejects_with_what_was_answered(view: View) -> None:
    answer = view.ask("monday.api('query { me { no_such_field } }')")
    assert "no_such_field" in answer["rejected"]
    assert "no_such_field" in answer["data"]["errors"][0]["message"]


def test_a_new_item_is_told(view: View, desk: DemoBoard) -> None:
    view.hear("events")
    # An answer to a later question means that the earlier one was taken note of.
    view.ask("monday.get('location')")
    item_id = desk.create_item("New under the view")
    view.wait_until("told.events.length > 0")
    told = [event for event in view.told("events") if event["type"] == "new_items"]
    assert told == [{"type": "new_items", "boardId": int(desk.board_id), "itemIds": [int(item_id)]}]


def test_what_the_host_can_not_do_is_refused(view: View) -> None:
    assert "addDocBlock" in view.ask("monday.execute('addDocBlock', {})")["rejected"]
    assert "weather" in view.ask("monday.get('weather')")["rejected"]
    assert "toString" in view.ask("monday.execute('toString')")["rejected"]


def test_a_stranger_is_not_answered(view: View) -> None:
    view.page.evaluate(
        "() => window.postMessage({ method: 'get', args: { type: 'sessionToken' }, requestId: 'x' }, '*')"
    )
    view.ask("monday.get('filter')")
    messages = view.page.get_by_role("list", name="Messages of the view")
    expect(messages.locator(".feed-what", has_text="filter")).to_be_visible()
    expect(messages.locator(".feed-what", has_text="sessionToken")).to_have_count(0)


def test_what_was_said_is_shown(view: View) -> None:
    view.ask("monday.storage.setItem('shown', 42)")
    line = view.page.locator(".feed-entry", has_text="set shown")
    line.locator("summary").click()
    expect(line.locator("pre", has_text='"value": 42')).to_be_visible()


def test_the_sandbox_itself_is_no_view(open_page: OpenPage, desk: DemoBoard) -> None:
    page = open_page(f"/host?{urlencode({'url': desk.sandbox.url})}")
    expect(page.get_by_text("can't be a view")).to_be_visible()


@pytest.mark.parametrize("kind", ["board", "item", "dashboard", "settings"])
def test_the_host_fits_a_phone(open_page: OpenPage, app: ViewServer, desk: DemoBoard, kind: str) -> None:
    item_id = desk.create_item("On a phone")
    asked = {"account": desk.slug, "board": desk.board_id, "item": item_id, "view": kind, "url": app.url}
    page = open_page(f"/host?{urlencode(asked)}", width=400)
    page.locator("iframe.view-frame").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
