"""Columns of every type that a board can have: each reads on the page, none breaks the others."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from monday_sandbox.testing import RunningSandbox
from tests.browser.demo import DemoBoard, create_board, data_of

OpenPage = Callable[..., Page]

#: What is written, and what the page says of it.
WRITTEN: dict[str, tuple[Any, str]] = {
    "checkbox": ({"checked": "true"}, "checked"),
    "country": ({"countryCode": "SE", "countryName": "Sweden"}, "Sweden"),
    "date": ({"date": "2026-07-01"}, "1 Jul"),
    "dropdown": ({"labels": ["By phone"]}, "By phone"),
    "email": ({"email": "a@synerity.example", "text": "Write to A"}, "Write to A"),
    "hour": ({"hour": 9, "minute": 30}, "09:30"),
    "link": ({"url": "https://synerity.example", "text": "Home"}, "Home"),
    "location": ({"lat": "59.3", "lng": "18.1", "address": "Stockholm"}, "Stockholm"),
    "long_text": ({"text": "A long text"}, "A long text"),
    "numbers": ("12.5", "12.5"),
    "phone": ({"phone": "+46701234567", "countryShortName": "SE"}, "+46701234567"),
    "rating": ({"rating": 4}, "4 of 5"),
    "text": ("A text", "A text"),
    "timeline": ({"from": "2026-07-01", "to": "2026-07-15"}, "15 Jul"),
    "week": ({"week": {"startDate": "2026-07-06", "endDate": "2026-07-12"}}, "2026-07-06"),
    "world_clock": ({"timezone": "Europe/Stockholm"}, "Europe/Stockholm"),
}
#: What monday.com fills in, and what it starts without.
FILLED = ("creation_log", "item_id", "last_updated")
EMPTY = (
    *("auto_number", "board_relation", "button", "color_picker", "dependency", "doc", "file", "formula"),
    *("mirror", "people", "progress", "status", "tags", "team", "time_tracking", "vote"),
)


@pytest.fixture(scope="session")
def wide(sandbox: RunningSandbox) -> DemoBoard:
    """A board with a column of every type; ids are the types."""
    names = (*WRITTEN, *FILLED, *EMPTY)
    columns = tuple((name, f"The {name}", name) for name in names)
    return create_board(sandbox, "customer-free", "Every type", columns, ("Items",))


@pytest.fixture(scope="session")
def item_id(wide: DemoBoard) -> str:
    """An item with a value in each column that can be written."""
    token = wide.sandbox.token(wide.slug)
    made = data_of(
        wide.sandbox,
        token,
        "mutation ($board: ID!, $values: JSON) { create_item(board_id: $board, item_name: "
        '"Full", column_values: $values, create_labels_if_missing: true) { id } }',
        {"board": wide.board_id, "values": json.dumps({name: value for name, (value, _) in WRITTEN.items()})},
    )
    return str(made["create_item"]["id"])


def test_every_column_reads(open_page: OpenPage, wide: DemoBoard, item_id: str) -> None:
    page = open_page(wide.path)
    line = page.locator(f"tr[data-item='{item_id}']")
    for name, (_, said) in WRITTEN.items():
        expect(line.locator(f"[data-column='{name}'] [data-cell]")).to_have_accessible_name(
            re.compile(f"^The {name}: .*{re.escape(said)}")
        )
    for name in FILLED:
        expect(line.locator(f"[data-column='{name}']")).not_to_have_text("")
    for name in EMPTY:
        expect(line.locator(f"[data-column='{name}'] [data-cell]")).to_be_attached()


def test_a_rating_is_given(open_page: OpenPage, wide: DemoBoard) -> None:
    item = wide.create_item("Rate me")
    page = open_page(wide.path)
    cell = page.locator(f"tr[data-item='{item}'] [data-column='rating'] .cell")
    cell.click()
    page.get_by_role("radio", name="3 of 5").click()
    expect(cell).to_have_accessible_name("The rating: 3 of 5")
    assert wide.value(item, "rating")["text"] == "3"
