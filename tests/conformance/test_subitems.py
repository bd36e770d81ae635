"""Subitems and the item that they belong to: the column that shows them, coming and going."""

import json

import pytest

from tests.conformance.people import Board, Person, person
from tests.conformance.subitems import CREATE, change, create_subitem


@pytest.fixture
def item(board: Board) -> str:
    return board.create_item("A fault")


def test_an_item_has_its_subitems_in_order_and_they_have_it(board: Board, item: str) -> None:
    for name in ("One", "Two"):
        create_subitem(board.owner, item, name)
    found = board.item(item, "parent_item { id } subitems { name parent_item { id } subitems { id } }")
    assert found == {
        "parent_item": None,
        "subitems": [{"name": name, "parent_item": {"id": item}, "subitems": []} for name in ("One", "Two")],
    }


def test_the_column_of_subitems_names_them_and_has_no_raw_value(board: Board, item: str) -> None:
    ids = [create_subitem(board.owner, item, name)["id"] for name in ("One", "Two")]
    found = board.item(
        item,
        "column_values(types: [subtasks]) { text value ... on SubtasksValue {"
        " display_value subitems_ids subitems { id } } }",
    )
    assert found["column_values"] == [
        {
            "text": None,
            "value": None,
            "display_value": "One, Two",
            "subitems_ids": ids,
            "subitems": [{"id": subitem_id} for subitem_id in ids],
        }
    ]


def test_the_column_of_an_item_without_subitems_is_empty(board: Board, item: str) -> None:
    create_subitem(board.owner, board.create_item("Another"))
    found = board.item(
        item, "column_values(types: [subtasks]) { value ... on SubtasksValue { display_value subitems_ids } }"
    )
    assert found["column_values"] == [{"value": None, "display_value": "", "subitems_ids": []}]


def test_a_cell_tells_whether_its_item_has_no_subitems(board: Board, item: str) -> None:
    query = 'column_values(ids: ["text"]) { is_leaf }'
    assert board.item(item, query) == {"column_values": [{"is_leaf": True}]}
    create_subitem(board.owner, item)
    assert board.item(item, query) == {"column_values": [{"is_leaf": False}]}


def test_the_column_of_subitems_is_not_written(board: Board, item: str) -> None:
    create_subitem(board.owner, item)
    column = board.item(item, "column_values(types: [subtasks]) { id }")["column_values"][0]["id"]
    answer = board.change(item, **{column: {"linkedPulseIds": []}})
    error = answer.body["errors"][0]
    assert error["extensions"]["code"] == "ColumnValueException"
    assert error["extensions"]["error_data"] == {"column_type": "subtasks"}


def test_a_subitem_is_made_with_values_and_they_are_changed_on_its_own_board(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item, status={"label": "Done"})
    assert Board(board.owner, made["board"], ()).cell(made["id"], "status")["text"] == "Done"
    change(board, made, status={"label": "Stuck"}, name="Renamed")
    assert Board(board.owner, made["board"], ()).cell(made["id"], "status")["text"] == "Stuck"
    assert board.item(made["id"], "name") == {"name": "Renamed"}


def test_a_subitem_is_not_changed_on_the_board_of_its_item(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    error = board.change(made["id"], name="x").body["errors"][0]
    assert error["extensions"]["code"] == "InvalidItemIdException"


def test_subitems_have_no_subitems(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    error = board.owner.refusal(CREATE, item=made["id"], name="x")
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_an_item_has_up_to_100_subitems(board: Board, item: str) -> None:
    for _ in range(100):
        create_subitem(board.owner, item)
    error = board.owner.refusal(CREATE, item=item, name="One more")
    assert error["extensions"]["code"] == "ItemsLimitationException"
    assert len(board.item(item, "subitems { id }")["subitems"]) == 100


def test_the_app_needs_the_right_to_write_boards(desk: Person, item: str) -> None:
    app = person(desk.monday, "synerity", scopes=frozenset({"boards:read"}))
    error = app.refusal(CREATE, item=item, name="x")
    assert error["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"


# Coming and going


@pytest.mark.parametrize(("mutation", "state"), [("archive_item", "archived"), ("delete_item", "deleted")])
def test_an_item_takes_its_subitems_along(board: Board, item: str, mutation: str, state: str) -> None:
    made = create_subitem(board.owner, item)
    board.owner.ask(f"mutation ($i: ID!) {{ {mutation}(item_id: $i) {{ id }} }}", i=item)
    assert board.item(made["id"], "state") == {"state": state}


@pytest.mark.parametrize("mutation", ["archive_item", "delete_item"])
def test_an_item_that_is_gone_gets_no_subitems(board: Board, item: str, mutation: str) -> None:
    board.owner.ask(f"mutation ($i: ID!) {{ {mutation}(item_id: $i) {{ id }} }}", i=item)
    error = board.owner.refusal(CREATE, item=item, name="x")
    assert error["extensions"]["code"] == "InvalidItemIdException"


def test_a_subitem_whose_values_are_refused_leaves_nothing_behind(board: Board, item: str) -> None:
    answer = board.owner.answer(CREATE, item=item, name="x", values=json.dumps({"status": {"label": "No"}}))
    assert answer.body["data"] == {"create_subitem": None}
    assert [one["type"] for one in board.owner.one("{ boards(limit: 100) { type } }")] == ["board"]
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { columns(types: [subtasks]) { id } } }", b=board.id
    )
    assert found["columns"] == []


def test_a_group_takes_the_subitems_of_its_items_along(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    group = board.item(item, "group { id }")["group"]["id"]
    board.owner.ask(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Other") { id } }', b=board.id
    )
    board.owner.ask(
        "mutation ($b: ID!, $g: String!) { delete_group(board_id: $b, group_id: $g) { id } }",
        b=board.id,
        g=group,
    )
    assert board.item(made["id"], "state") == {"state": "deleted"}


@pytest.mark.parametrize("mutation", ["archive_item", "delete_item"])
def test_a_subitem_that_is_gone_is_no_subitem_any_more(board: Board, item: str, mutation: str) -> None:
    made = create_subitem(board.owner, item)
    board.owner.ask(f"mutation ($i: ID!) {{ {mutation}(item_id: $i) {{ id }} }}", i=made["id"])
    assert board.item(item, "subitems { id }") == {"subitems": []}


def test_an_item_that_moves_between_groups_keeps_its_subitems(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    group = board.owner.one(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Other") { id } }', b=board.id
    )
    board.owner.ask(
        "mutation ($i: ID!, $g: String!) { move_item_to_group(item_id: $i, group_id: $g) { id } }",
        i=item,
        g=group["id"],
    )
    found = board.item(item, "group { id } subitems { id }")
    assert found == {"group": group, "subitems": [{"id": made["id"]}]}


def test_a_deleted_column_of_subitems_takes_them_along_and_the_next_subitem_makes_another(
    board: Board, item: str
) -> None:
    made = create_subitem(board.owner, item)
    column = board.item(item, "column_values(types: [subtasks]) { id }")["column_values"][0]["id"]
    board.owner.ask(
        "mutation ($b: ID!, $c: String!) { delete_column(board_id: $b, column_id: $c) { id } }",
        b=board.id,
        c=column,
    )
    assert board.item(item, "subitems { id }") == {"subitems": []}
    assert board.item(made["id"], "state") == {"state": "deleted"}
    assert create_subitem(board.owner, item)["board"] != made["board"]


def test_copies_of_boards_and_groups_leave_subitems_behind(board: Board, item: str) -> None:
    create_subitem(board.owner, item)
    copied = board.owner.one(
        "mutation ($b: ID!) { duplicate_board(board_id: $b, duplicate_type: duplicate_board_with_pulses)"
        " { board { columns(types: [subtasks]) { id } items_page { items { subitems { id } } } } } }",
        b=board.id,
    )["board"]
    assert copied == {"columns": [], "items_page": {"items": [{"subitems": []}]}}
