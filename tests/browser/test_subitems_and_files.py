"""Subitems under their items, and files in columns and updates."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from monday_sandbox.testing import RunningSandbox
from tests.browser.demo import DemoBoard, create_board

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def board(sandbox: RunningSandbox) -> DemoBoard:
    """A board with a column for files."""
    columns = (("note", "Note", "text"), ("papers", "Papers", "file"))
    return create_board(sandbox, "customer-silver", "Papers and parts", columns, ("Items",))


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    written = tmp_path / "contract.txt"
    written.write_text("What was agreed.")
    return written


def row(page: Page, item_id: str) -> Locator:
    return page.locator(f"tr[data-item='{item_id}']")


def create_subitem(board: DemoBoard, parent: str, name: str) -> str:
    made = board.ask(
        "mutation ($parent: ID!, $name: String!) "
        "{ create_subitem(parent_item_id: $parent, item_name: $name) { id } }",
        parent=parent,
        name=name,
    )
    return str(made["create_subitem"]["id"])


def test_a_subitem_made_at_the_api_appears_under_its_item(open_page: OpenPage, board: DemoBoard) -> None:
    parent = board.create_item("Parent")
    page = open_page(board.path)
    expect(row(page, parent)).to_be_visible()
    part = create_subitem(board, parent, "A part of it")
    row(page, parent).get_by_role("button", name="1 subitem of Parent").click()
    inside = page.get_by_role("grid", name="Subitems of Parent")
    expect(inside.locator(f"tr[data-item='{part}']")).to_contain_text("A part of it")
    create_subitem(board, parent, "Another part")
    expect(inside.get_by_role("button", name="Item name: Another part")).to_be_visible()


def test_a_subitem_is_added_and_renamed_by_a_person(open_page: OpenPage, board: DemoBoard) -> None:
    parent = board.create_item("Take me apart")
    page = open_page(board.path)
    row(page, parent).hover()
    row(page, parent).get_by_role("button", name="Item menu").click()
    page.get_by_role("menuitem", name="Add subitem").click()
    page.get_by_label("Add subitem to Take me apart").fill("First part")
    page.keyboard.press("Enter")
    name = page.get_by_role("button", name="Item name: First part")
    expect(name).to_be_visible()
    name.click()
    page.get_by_role("textbox", name="Item name").fill("Only part")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Item name: Only part")).to_be_visible()
    found = board.ask("query ($ids: [ID!]) { items(ids: $ids) { subitems { name } } }", ids=[parent])
    assert found["items"][0]["subitems"] == [{"name": "Only part"}]


def test_the_card_of_a_subitem_opens(open_page: OpenPage, board: DemoBoard) -> None:
    parent = board.create_item("Has a part with a card")
    part = create_subitem(board, parent, "With a card")
    page = open_page(board.path)
    row(page, parent).get_by_role("button", name="1 subitem").click()
    row(page, part).get_by_role("button", name="Open With a card").click()
    card = page.get_by_role("dialog", name="Item: With a card")
    card.get_by_role("textbox", name="Write an update").fill("About the part")
    page.keyboard.press("Control+Enter")
    expect(card.locator(".message-body", has_text="About the part")).to_be_visible()


def test_a_file_is_added_to_a_column(open_page: OpenPage, board: DemoBoard, paper: Path) -> None:
    item_id = board.create_item("Attach to me")
    page = open_page(board.path)
    cell = row(page, item_id).locator("[data-column='papers'] .cell")
    cell.click()
    page.get_by_label("Add a file", exact=True).set_input_files(paper)
    expect(cell).to_have_accessible_name("Papers: contract.txt")


def test_a_file_is_added_in_the_card_and_read_again(
    open_page: OpenPage, board: DemoBoard, paper: Path
) -> None:
    item_id = board.create_item("Open me for files")
    page = open_page(board.path)
    row(page, item_id).get_by_role("button", name="Open Open me for files").click()
    card = page.get_by_role("dialog", name="Item: Open me for files")
    card.get_by_role("tab", name="Files").click()
    card.get_by_label("Add a file to").set_input_files(paper)
    line = card.get_by_role("tabpanel", name="Files").get_by_role("link", name="contract.txt")
    expect(line).to_be_visible()
    with page.expect_download() as download:
        line.click()
    assert Path(download.value.path()).read_text() == "What was agreed."


def test_a_file_of_an_update_is_with_its_update_in_every_tab(
    open_page: OpenPage, board: DemoBoard, paper: Path
) -> None:
    item_id = board.create_item("Talk about papers")
    board.post_update(item_id, "<p>Here it comes</p>")
    writing, watching = open_page(board.path), open_page(board.path)
    for page in (writing, watching):
        row(page, item_id).get_by_role("button", name="Open Talk about papers").click()
    thread = writing.locator(".thread", has_text="Here it comes")
    thread.get_by_label("Add a file", exact=True).set_input_files(paper)
    expect(thread.get_by_role("link", name="contract.txt")).to_be_visible()
    expect(watching.locator(".thread").get_by_role("link", name="contract.txt")).to_be_visible()
