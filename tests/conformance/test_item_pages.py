"""Pages of items by rules, orders and values: what is found, and how little is read for it."""

from typing import Any

import pytest

from tests.conformance.people import Board

PAGE = (
    "query ($b: ID!, $q: ItemsQuery, $n: Int!) { boards(ids: [$b]) {"
    " items_page(limit: $n, query_params: $q) { cursor items { name } } } }"
)
NEXT = "query ($c: String!) { next_items_page(limit: 2, cursor: $c) { cursor items { name } } }"
BY_VALUES = (
    "query ($b: ID!, $c: [ItemsPageByColumnValuesQuery!]) {"
    " items_page_by_column_values(board_id: $b, columns: $c) { items { name } } }"
)


def page(board: Board, query: dict[str, Any] | None, limit: int = 100) -> tuple[list[str], str | None]:
    (found,) = board.owner.one(PAGE, b=board.id, q=query, n=limit)
    return [item["name"] for item in found["items_page"]["items"]], found["items_page"]["cursor"]


def rule(column: str, operator: str, *values: Any) -> dict[str, Any]:
    return {"rules": [{"column_id": column, "operator": operator, "compare_value": list(values)}]}


def by_values(board: Board, **columns: list[str | None]) -> list[str]:
    asked = [{"column_id": column, "column_values": values} for column, values in columns.items()]
    found = board.owner.one(BY_VALUES, b=board.id, c=asked)
    return [item["name"] for item in found["items"]]


@pytest.mark.parametrize("text", ['say "yes"', "Ärende 7", "back\\slash", "100 %", "7", "null", "{}"])
def test_an_item_is_found_by_the_very_text_of_a_column(board: Board, text: str) -> None:
    board.create_item("one", text=text)
    board.create_item("two", text=f"{text} ")
    board.create_item("three")
    assert by_values(board, text=[text]) == ["one"]


def test_items_are_found_by_one_of_several_texts_and_by_emptiness(board: Board) -> None:
    for name, text in (("one", "a"), ("two", "b"), ("three", "c"), ("four", "")):
        board.create_item(name, text=text)
    assert by_values(board, text=["a", "c"]) == ["one", "three"]
    assert by_values(board, text=["a", None]) == ["one", "four"]


def test_items_are_found_by_several_columns_at_once(board: Board) -> None:
    board.create_item("one", text="a", status={"index": 1})
    board.create_item("two", text="a")
    first = board.cell(board.create_item("three", text="a", status={"index": 1}), "status")["text"]
    assert by_values(board, text=["a"], status=[first]) == ["one", "three"]


def test_items_that_have_left_are_found_by_nothing(board: Board) -> None:
    item = board.create_item("gone", text="a")
    board.owner.ask("mutation ($i: ID) { archive_item(item_id: $i) { id } }", i=item)
    assert by_values(board, text=["a"]) == []
    assert page(board, rule("text", "any_of", "a")) == ([], None)


@pytest.mark.parametrize(
    ("operator", "values", "names"),
    [
        ("any_of", ["a"], ["one", "two"]),
        ("not_any_of", ["a"], ["three", "four"]),
        ("is_empty", [], ["four"]),
        ("is_not_empty", [], ["one", "two", "three"]),
        ("contains_text", ["B"], ["three"]),
        ("greater_than", ["a"], []),
    ],
)
def test_items_that_hold_the_same_and_that_hold_nothing_follow_the_rule(
    board: Board, operator: str, values: list[str], names: list[str]
) -> None:
    for name, text in (("one", "a"), ("two", "a"), ("three", "b"), ("four", "")):
        board.create_item(name, text=text)
    assert page(board, rule("text", operator, *values))[0] == names


def test_rules_in_groups_are_joined_as_each_group_says(board: Board) -> None:
    for name, text, number in (("one", "a", "1"), ("two", "a", "2"), ("three", "b", "2")):
        board.create_item(name, text=text, numbers=number)
    either = {**rule("text", "any_of", "b"), "operator": "or"}
    either["rules"] += rule("numbers", "any_of", "1")["rules"]
    assert page(board, {"groups": [either]})[0] == ["one", "three"]
    assert page(board, {**rule("numbers", "any_of", "2"), "groups": [either]})[0] == ["three"]
    assert page(board, {"groups": [{}]})[0] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("direction", "names"), [("asc", ["d", "a", "c", "b"]), ("desc", ["b", "a", "c", "d"])]
)
def test_items_of_one_rank_keep_the_boards_order(board: Board, direction: str, names: list[str]) -> None:
    for name, number in (("a", "1"), ("b", "2"), ("c", "1"), ("d", "")):
        board.create_item(name, numbers=number)
    assert page(board, {"order_by": [{"column_id": "numbers", "direction": direction}]})[0] == names


def test_a_cursor_keeps_its_place_rule_and_order_when_items_leave(board: Board) -> None:
    items = {name: board.create_item(name, text="x") for name in "abcdef"}
    query = {**rule("text", "any_of", "x"), "order_by": [{"column_id": "name", "direction": "desc"}]}
    names, cursor = page(board, query, 2)
    assert names == ["f", "e"]
    for name in "fa":
        board.owner.ask("mutation ($i: ID) { archive_item(item_id: $i) { id } }", i=items[name])
    following = board.owner.one(NEXT, c=cursor)
    assert [item["name"] for item in following["items"]] == ["d", "c"]
    last = board.owner.one(NEXT, c=following["cursor"])
    assert ([item["name"] for item in last["items"]], last["cursor"]) == (["b"], None)


def test_a_page_reads_the_items_that_it_shows_and_no_others(board: Board) -> None:
    for number in range(12):
        board.create_item(f"item {number}", text="x", status={"index": 0})
    statements: list[str] = []
    query = {**rule("text", "any_of", "x"), "order_by": [{"column_id": "status", "direction": "asc"}]}
    with board.owner.monday.store.reading() as connection:
        connection.set_trace_callback(statements.append)
        assert len(page(board, query, 3)[0]) == 3
        connection.set_trace_callback(None)
    (whole,) = [one for one in statements if one.startswith("SELECT * FROM items")]
    assert whole.count(",") == 2
    assert len(statements) < 15
