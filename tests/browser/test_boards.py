"""Boards in the browser: what a person does there, and what others see of it without reloading."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.demo import DemoBoard, data_of

OpenPage = Callable[..., Page]

WATCH_LIGHT = """
selector => {
  window.lit = [];
  const note = () => lit.push(document.querySelector(selector).classList.contains("changed"));
  new MutationObserver(note).observe(document.body, { subtree: true, attributeFilter: ["class"] });
}
"""


def row(page: Page, item_id: str) -> Locator:
    return page.locator(f"tr[data-item='{item_id}']")


def cell(page: Page, item_id: str, column_id: str) -> Locator:
    return row(page, item_id).locator(f"[data-column='{column_id}'] .cell")


def test_an_item_created_in_one_tab_appears_in_another(open_page: OpenPage, desk: DemoBoard) -> None:
    writing, watching = open_page(desk.path), open_page(desk.path)
    writing.get_by_label("Add item to Gold customer").fill("The form is empty")
    writing.keyboard.press("Enter")
    expect(watching.get_by_role("button", name="Item name: The form is empty")).to_be_visible()


def test_an_item_created_at_the_api_appears(open_page: OpenPage, tickets: DemoBoard) -> None:
    page = open_page(tickets.path)
    item_id = tickets.create_item("Created elsewhere", number="SYN-1001")
    expect(cell(page, item_id, "number")).to_have_text("SYN-1001")


def test_a_status_is_chosen_from_the_palette(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Choose a status")
    writing, watching = open_page(desk.path), open_page(desk.path)
    cell(writing, item_id, "status").click()
    writing.get_by_role("radio", name="Waiting for customer").click()
    expect(cell(watching, item_id, "status")).to_have_text("Waiting for customer")
    assert desk.value(item_id, "status")["text"] == "Waiting for customer"


def test_a_status_wears_the_colour_of_its_label(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("A breach", sla_status={"label": "Breached"})
    page = open_page(desk.path)
    expect(cell(page, item_id, "sla_status").locator("span.status")).to_have_css(
        "background-color", "rgb(223, 47, 74)"
    )


def test_a_change_lights_up_for_a_moment(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Something will change")
    page = open_page(desk.path)
    expect(row(page, item_id)).to_be_visible()
    # Whoever looks from outside may come when it is over.
    page.evaluate(WATCH_LIGHT, f"tr[data-item='{item_id}'] [data-column='number']")
    desk.change(item_id, number="SYN-1002")
    page.wait_for_function("() => lit.includes(true) && !lit.at(-1)")


def test_a_text_is_edited_in_place(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Edit my text")
    page = open_page(desk.path)
    cell(page, item_id, "customer").click()
    page.get_by_role("textbox", name="Customer", exact=True).fill("Guld & Söner AB")
    page.keyboard.press("Enter")
    expect(cell(page, item_id, "customer")).to_have_text("Guld & Söner AB")
    assert desk.value(item_id, "customer")["text"] == "Guld & Söner AB"


def test_escape_gives_an_edit_up(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Leave me alone")
    page = open_page(desk.path)
    name = row(page, item_id).locator(".cell.name")
    name.click()
    page.get_by_role("textbox", name="Item name").fill("Never saved")
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    expect(name).to_have_text("Leave me alone")


def test_an_item_is_renamed(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Old name")
    page = open_page(desk.path)
    row(page, item_id).locator(".cell.name").click()
    page.get_by_role("textbox", name="Item name").fill("New name")
    page.keyboard.press("Enter")
    expect(row(page, item_id).locator(".cell.name")).to_have_text("New name")


def test_a_person_is_assigned(open_page: OpenPage, desk: DemoBoard) -> None:
    user = desk.members[-1]
    item_id = desk.create_item("Who takes this?")
    page = open_page(desk.path)
    cell(page, item_id, "technician").click()
    page.get_by_role("searchbox", name="Search names").fill(user["name"])
    page.keyboard.press("Enter")
    expect(cell(page, item_id, "technician")).to_contain_text(user["name"])


def test_a_date_is_typed_in_stockholm_and_stored_in_utc(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Due when?", response_due={"date": "2026-07-01", "time": "06:00:00"})
    page = open_page(desk.path)
    expect(cell(page, item_id, "response_due")).to_have_text(re.compile(r"1 Jul( 2026)?, 08:00"))
    cell(page, item_id, "response_due").click()
    page.get_by_role("textbox", name="Time").fill("16:30")
    page.keyboard.press("Enter")
    expect(cell(page, item_id, "response_due")).to_contain_text("16:30")
    assert '"14:30:00"' in desk.value(item_id, "response_due")["value"]


def test_a_checkbox_is_ticked_and_unticked(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Approve me")
    page = open_page(desk.path)
    box = cell(page, item_id, "approved")
    box.click()
    expect(box).to_have_accessible_name("Approved: checked")
    box.click()
    expect(box).to_have_accessible_name("Approved: not checked")


def test_a_long_text_is_written(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Describe me")
    page = open_page(desk.path)
    cell(page, item_id, "description").click()
    page.get_by_role("textbox", name="Description").fill("First line\nsecond line")
    page.keyboard.press("Control+Enter")
    expect(cell(page, item_id, "description")).to_contain_text("second line")


def test_a_number_clears_again(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Count me", hours="2.5")
    page = open_page(desk.path)
    cell(page, item_id, "hours").click()
    page.get_by_role("textbox", name="Hours").fill("")
    page.keyboard.press("Enter")
    expect(cell(page, item_id, "hours")).to_have_accessible_name("Hours: empty")


def test_a_refusal_is_shown_in_the_words_of_monday(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Refuse me")
    page = open_page(desk.path)
    cell(page, item_id, "hours").click()
    page.get_by_role("textbox", name="Hours").fill("not a number")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ColumnValueException")


def test_an_item_is_moved_to_another_group(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Move me")
    page = open_page(desk.path)
    row(page, item_id).hover()
    row(page, item_id).get_by_role("button", name="Item menu").click()
    page.get_by_role("menuitem", name="Move to Silver customer").click()
    moved = page.get_by_role("grid", name="Silver customer").locator(f"[data-item='{item_id}']")
    expect(moved).to_be_visible()


def test_a_deleted_item_leaves_every_tab(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Delete me")
    writing, watching = open_page(desk.path), open_page(desk.path)
    expect(row(watching, item_id)).to_be_visible()
    row(writing, item_id).hover()
    row(writing, item_id).get_by_role("button", name="Item menu").click()
    writing.get_by_role("menuitem", name="Delete …").click()
    writing.get_by_role("menuitem", name="Delete “Delete me”").click()
    expect(row(watching, item_id)).to_have_count(0)


def test_the_arrow_keys_walk_and_enter_opens(open_page: OpenPage, desk: DemoBoard) -> None:
    item_id = desk.create_item("Walk over me", status={"label": "New"})
    page = open_page(desk.path)
    cell(page, item_id, "tier").focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, item_id, "status")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="New")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page, item_id, "status")).to_have_text("In progress")
    expect(cell(page, item_id, "status")).to_be_focused()


def test_a_board_that_does_not_exist_says_so(open_page: OpenPage, desk: DemoBoard) -> None:
    page = open_page(f"/boards/{desk.slug}/1")
    expect(page.get_by_text("There is no board 1")).to_be_visible()


def test_a_group_made_at_the_api_appears(open_page: OpenPage, desk: DemoBoard) -> None:
    page = open_page(desk.path)
    expect(page.locator(".group").first).to_be_visible()
    made = desk.ask(
        'mutation ($board: ID!) { create_group(board_id: $board, group_name: "Made elsewhere") { id } }',
        board=desk.board_id,
    )
    expect(page.get_by_role("grid", name="Made elsewhere")).to_be_visible()
    desk.ask(
        "mutation ($board: ID!, $group: String!) { delete_group(board_id: $board, group_id: $group) { id } }",
        board=desk.board_id,
        group=made["create_group"]["id"],
    )
    expect(page.get_by_role("grid", name="Made elsewhere")).to_have_count(0)


def test_a_column_made_at_the_api_appears(open_page: OpenPage, new_board: DemoBoard) -> None:
    page = open_page(new_board.path)
    expect(page.locator(".group").first).to_be_visible()
    new_board.ask(
        "mutation ($board: ID!) "
        '{ create_column(board_id: $board, id: "added", title: "Added", column_type: text) { id } }',
        board=new_board.board_id,
    )
    expect(page.get_by_role("columnheader", name="Added").first).to_be_visible()


def test_a_renamed_column_has_its_new_title(open_page: OpenPage, new_board: DemoBoard) -> None:
    page = open_page(new_board.path)
    expect(page.get_by_role("columnheader", name="Text").first).to_be_visible()
    owner = new_board.sandbox.token(new_board.slug)
    rename = (
        "mutation ($board: ID!) "
        '{ change_column_title(board_id: $board, column_id: "text", title: "Words") { id } }'
    )
    data_of(new_board.sandbox, owner, rename, {"board": new_board.board_id})
    expect(page.get_by_role("columnheader", name="Words").first).to_be_visible()


def test_a_renamed_board_has_its_new_name(open_page: OpenPage, new_board: DemoBoard) -> None:
    page = open_page(new_board.path)
    expect(page.locator(".board-name")).to_have_text("A board of its own")
    new_board.ask(
        "mutation ($board: ID!) "
        '{ update_board(board_id: $board, board_attribute: name, new_value: "Renamed") }',
        board=new_board.board_id,
    )
    expect(page.locator(".board-name")).to_have_text("Renamed")


def test_an_archived_board_says_so_and_leaves_home(open_page: OpenPage, new_board: DemoBoard) -> None:
    page, home = open_page(new_board.path), open_page("/")
    expect(home.locator(f"a[href='{new_board.path}']")).to_be_visible()
    expect(page.locator(".group").first).to_be_visible()
    owner = new_board.sandbox.token(new_board.slug)
    archive = "mutation ($board: ID!) { archive_board(board_id: $board) { id } }"
    data_of(new_board.sandbox, owner, archive, {"board": new_board.board_id})
    expect(page.get_by_text("is archived")).to_be_visible()
    expect(home.locator(f"a[href='{new_board.path}']")).to_have_count(0)
