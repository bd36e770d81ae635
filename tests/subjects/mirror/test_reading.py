"""What monday.com did not give for certain is unknown, never empty or gone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from app.mirror import reading
from app.monday.client import MondayClient, MondayFaultError
from app.monday.errors import Path
from app.monday.faults import Fault, FaultKind

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


SUBITEM: Mapping[str, Any] = {
    "id": "71",
    "name": "A task",
    "state": "active",
    "column_values": [],
}
LIMIT = Fault(FaultKind.RATE_LIMITED, "FIELD_LIMIT_EXCEEDED", "Too many.", 15, path=("items", 0, "subitems"))


class Answering:
    """A client to which monday.com answers always the same."""

    def __init__(self, **answer: Any) -> None:
        self._answer = answer

    def execute(self, _: str, __: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._answer


class Refusing(MondayClient):
    """A client to which monday.com answers in part."""

    def __init__(self, path: Path, **answer: Any) -> None:
        self._path, self._answer = path, answer

    def execute(self, *_: Any, **__: Any) -> dict[str, Any]:
        fault = replace(LIMIT, path=self._path)
        raise MondayFaultError(fault, data=self._answer, unknown=[self._path] if self._path else [])


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


def with_subitems(answer: Any) -> Mapping[str, Any]:
    return reading.read_items(answer, "a", ["7"], column_ids=[], with_updates=True, with_subitems=True)


def test_subitems_come_in_their_order_with_what_counts_as_done() -> None:
    subitems = [
        {**SUBITEM, "id": "71", "column_values": [{"id": "status", "is_done": True}, {"id": "more"}]},
        {**SUBITEM, "id": "72", "column_values": [{"id": "status", "is_done": None}, {"is_done": True}]},
        {**SUBITEM, "id": "73", "column_values": []},
        {**SUBITEM, "id": "74", "state": "archived"},
    ]
    item = with_subitems(client(items=[{**ITEM, "subitems": subitems}]))["7"]
    assert [(one.id, one.is_done) for one in item.subitems or ()] == [
        ("71", True),
        ("72", False),
        ("73", False),
    ]


@pytest.mark.parametrize(
    "subitems", [None, [None], [{**SUBITEM, "state": None}], [SUBITEM, {**SUBITEM, "column_values": None}]]
)
def test_subitems_that_were_given_in_part_are_unknown(subitems: Any) -> None:
    assert with_subitems(client(items=[{**ITEM, "subitems": subitems}]))["7"].subitems is None


def test_an_item_is_read_whole_but_for_the_subitems_that_a_limit_left_out() -> None:
    other = {**ITEM, "id": "8", "subitems": []}
    refusing = Refusing(("items", 0, "subitems"), items=[{**ITEM, "subitems": None}, other])
    seen = with_subitems(refusing)
    assert (seen["7"].subitems, seen["7"].updates, seen["8"].subitems) == (None, [], [])
    assert (seen["7"].subitems_fault, seen["8"].subitems_fault) == (LIMIT, None)


@pytest.mark.parametrize("path", [("items", 0, "updates"), ("items",), ()])
def test_whatever_else_is_left_out_is_no_answer(path: Path) -> None:
    with pytest.raises(MondayFaultError):
        with_subitems(Refusing(path, items=[ITEM]))


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
