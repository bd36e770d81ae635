"""What is told of a subitem belongs to the item that it is a part of."""

import json
from pathlib import Path

import pytest

from app.inbox import filing
from app.monday.events import parse_delivery

PAYLOADS = Path(__file__).resolve().parents[2] / "payloads"
PARENT = "item:42:5550000001:5550001001"


def lane_of(name: str) -> str:
    return filing.lane_of("42", parse_delivery(json.loads((PAYLOADS / f"{name}.json").read_text()))).key


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*__subitem*.json")), ids=lambda path: path.stem)
def test_a_subitems_event_is_handled_in_its_parents_lane(path: Path) -> None:
    assert lane_of(path.stem) == PARENT


def test_the_item_that_a_moved_subitem_has_left_is_the_one_that_is_told_of() -> None:
    assert lane_of("move_subitem") == PARENT


def test_an_items_own_event_is_handled_in_its_own_lane() -> None:
    assert lane_of("update_name") == PARENT
