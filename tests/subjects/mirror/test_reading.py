"""What monday.com did not give for certain is unknown, never empty or gone."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from app.mirror import reading
from app.monday.client import MondayClient

ITEM: Mapping[str, Any] = {
    "id": "7",
    "name": "A question",
    "state": "active",
    "created_at": "2026-11-23T08:00:00Z",
    "updated_at": "2026-11-23T08:00:00Z",
    "creator": None,
    "board": {"id": "1", "state": "active"},
    "group": None,
    "column_values": [],
    "updates": [],
}
UPDATE: Mapping[str, Any] = {
    "id": "70",
    "body": "<p>Hello</p>",
    "created_at": "2026-11-23T08:00:00Z",
    "updated_at": "2026-11-23T08:00:00Z",
    "edited_at": None,
    "creator_id": None,
    "creator": None,
    "replies": [],
}


class Answering:
    """A client to which monday.com answers always the same."""

    def __init__(self, **answer: Any) -> None:
        self._answer = answer

    def execute(self, _: str, __: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._answer


def client(**answer: Any) -> MondayClient:
    return cast(MondayClient, Answering(**answer))


def read(*items: Any) -> Mapping[str, Any]:
    return reading.read_items(client(items=list(items)), "a", ["7"], column_ids=[], with_updates=True)


@pytest.mark.parametrize("state", ["active", "archived", "deleted"])
def test_an_item_is_in_the_state_in_which_it_says_it_is(state: str) -> None:
    assert read({**ITEM, "state": state})["7"].state == state


@pytest.mark.parametrize(
    "item",
    [
        None,
        {**ITEM, "state": None},
        {**ITEM, "board": None},
        {**ITEM, "state": "archived", "board": {"id": "1", "state": "archived"}},
        {**ITEM, "state": "deleted", "board": {"id": "1", "state": None}},
    ],
)
def test_an_item_whose_own_state_was_not_given_is_unknown(item: Any) -> None:
    assert read(item) == {}


def test_a_null_list_of_items_says_nothing() -> None:
    assert reading.read_items(client(items=None), "a", ["7"], column_ids=[], with_updates=False) == {}


@pytest.mark.parametrize(
    "updates",
    [
        None,
        [None],
        [{**UPDATE, "replies": None}],
        [{**UPDATE, "replies": [None]}],
        [{**UPDATE, "body": None}],
    ],
)
def test_updates_that_were_given_in_part_are_unknown(updates: Any) -> None:
    assert read({**ITEM, "updates": updates})["7"].updates is None


def test_an_item_without_updates_has_none() -> None:
    assert read(ITEM)["7"].updates == []


@pytest.mark.parametrize(
    ("boards", "is_shown"),
    [
        ([{"id": "1", "state": "active"}], True),
        ([{"id": "1", "state": "archived"}], False),
        ([{"id": "1", "state": "deleted"}], False),
        ([{"id": "1", "state": None}], False),
        ([None], False),
        ([], False),
        (None, False),
    ],
)
def test_only_an_active_board_is_shown(boards: Any, is_shown: bool) -> None:
    assert reading.is_board_shown(client(boards=boards), "1") is is_shown
