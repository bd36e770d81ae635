"""Walking the pages of a board: nothing twice, nothing left out, whatever the order or the size of a page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monday_sandbox.api import Api
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import Store
from tests.conformance.people import Board, Monday, Person, person

FIRST = """
query ($b: [ID!], $limit: Int!, $query: ItemsQuery) {
  boards(ids: $b) { items_page(limit: $limit, query_params: $query) { cursor items { id name } } }
}
"""
NEXT = """
query ($c: String!, $limit: Int!) {
  next_items_page(cursor: $c, limit: $limit) { cursor items { id name } }
}
"""
STATUSES = ("", "Working on it", "Done", "Stuck")
NUMBERS = ("", "1", "2.5", "-3")


def first_page(board: Board, limit: int, query: Any = None) -> dict[str, Any]:
    page: dict[str, Any] = board.owner.one(FIRST, b=[board.id], limit=limit, query=query)[0]["items_page"]
    return page


def following(board: Board, page: dict[str, Any], limit: int) -> dict[str, Any]:
    found: dict[str, Any] = board.owner.one(NEXT, c=page["cursor"], limit=limit)
    return found


def names(page: dict[str, Any]) -> list[str]:
    return [item["name"] for item in page["items"]]


def walk(board: Board, limit: int, query: Any = None) -> list[str]:
    page = first_page(board, limit, query)
    found = names(page)
    while page["cursor"]:
        page = following(board, page, limit)
        found += names(page)
    return found


@pytest.mark.parametrize("gone", [["a"], ["b"], ["a", "b"], ["c"], ["b", "c"], ["a", "b", "c"]])
def test_items_that_leave_take_no_others_along(board: Board, gone: list[str]) -> None:
    items = {name: board.create_item(name) for name in "abcdef"}
    page = first_page(board, 2)
    for name in gone:
        board.owner.one("mutation ($i: ID!) { archive_item(item_id: $i) { id } }", i=items[name])
    rest = []
    while page["cursor"]:
        page = following(board, page, 2)
        rest += names(page)
    assert [name for name in "cdef" if name not in gone] == [name for name in rest if name not in "ab"]


def test_an_item_that_stops_matching_takes_no_other_along(board: Board) -> None:
    items = {name: board.create_item(name, text="wanted") for name in "abcd"}
    page = first_page(board, 2, {"rules": [{"column_id": "text", "compare_value": ["wanted"]}]})
    board.change(items["b"], text="another")
    assert names(following(board, page, 2)) == ["c", "d"]


@pytest.mark.parametrize(
    "rule",
    [
        {"column_id": "numbers", "compare_value": [10**400], "operator": "greater_than"},
        {"column_id": "date", "compare_value": ["²", "DAYS"], "operator": "within_the_last"},
        {"column_id": "no_such_column", "compare_value": ["1"]},
        {"column_id": "date", "compare_value": [], "operator": "between"},
    ],
)
def test_a_rule_that_makes_no_sense_finds_nothing(board: Board, rule: dict[str, Any]) -> None:
    board.create_item(numbers="1", date={"date": "2026-11-02"})
    assert walk(board, 10, {"rules": [rule]}) == []


@pytest.mark.parametrize("operator", ["within_the_next", "within_the_last"])
def test_a_span_beyond_the_calendar_holds_all_of_its_side(board: Board, operator: str) -> None:
    board.create_item("past", date={"date": "1999-01-01"})
    board.create_item("future", date={"date": "2999-01-01"})
    rule = {"column_id": "date", "compare_value": [99_999_999_999, "MONTHS"], "operator": operator}
    assert walk(board, 10, {"rules": [rule]}) == ["future" if operator == "within_the_next" else "past"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board of twenty items in two groups, with every mixture of status and number."""
    folder: Path = tmp_path_factory.mktemp("many")
    store = Store(folder / "monday", SandboxClock(folder / "clock.json"))
    owner: Person = person(Monday(store, Api(store, lambda _: True), []), "synerity")
    board_id = owner.one('mutation { create_board(board_name: "Many", board_kind: public) { id } }')["id"]
    owner.one(
        'mutation ($b: ID!) { create_column(board_id: $b, id: "number", title: "N", column_type: numbers)'
        " { id } }",
        b=board_id,
    )
    group = owner.one(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "More") { id } }', b=board_id
    )
    for place in range(20):
        values = {"status": STATUSES[place % 4], "number": NUMBERS[place // 4 % 4]}
        owner.one(
            "mutation ($b: ID!, $g: String, $n: String!, $v: JSON) { create_item(board_id: $b, group_id: $g,"
            " item_name: $n, column_values: $v) { id } }",
            b=board_id,
            g=group["id"] if place % 3 == 0 else "topics",
            n=f"item {place:02}",
            v=json.dumps(values),
        )
    yield Board(owner, str(board_id), ("status", "number"))
    store.close()


def _cells(board: Board) -> list[dict[str, Any]]:
    """Name, number and status of every item in the board's own order, read one page at once."""
    page = board.owner.one(
        "query ($b: [ID!]) { boards(ids: $b) { items_page(limit: 500) { items { name column_values {"
        " id text } } } } }",
        b=[board.id],
    )[0]["items_page"]
    return [
        {"name": item["name"], **{cell["id"]: cell["text"] or "" for cell in item["column_values"]}}
        for item in page["items"]
    ]


@given(
    limit=st.integers(1, 25),
    least=st.sampled_from([None, "-5", "0", "2", "3"]),
    filled=st.booleans(),
    direction=st.sampled_from([None, "asc", "desc"]),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_give_what_a_plain_reading_of_the_board_gives(
    many: Board, limit: int, least: str | None, filled: bool, direction: str | None
) -> None:
    expected = _cells(many)
    rules: list[dict[str, Any]] = []
    if least is not None:
        rules.append({"column_id": "number", "compare_value": [least], "operator": "greater_than"})
        expected = [one for one in expected if one["number"] and float(one["number"]) > float(least)]
    if filled:
        rules.append({"column_id": "status", "compare_value": [], "operator": "is_not_empty"})
        expected = [one for one in expected if one["status"]]
    query: dict[str, Any] = {"rules": rules}
    if direction is not None:
        query["order_by"] = [{"column_id": "name", "direction": direction}]
        expected.sort(key=lambda one: one["name"], reverse=direction == "desc")
    assert walk(many, limit, query) == [one["name"] for one in expected]
