"""Columns of every type: how they are made, their settings, and how they are changed."""

import json
from dataclasses import replace
from typing import Any

import pytest

from monday_sandbox import values
from tests.conformance.columns import CREATABLE, add_column, error_of
from tests.conformance.people import Board, happenings, make_board, person

UPDATE_COLUMN = (
    "mutation ($b: ID!, $id: String!, $type: ColumnType!, $r: String!, $s: JSON, $t: String, $w: Int) {"
    " update_column(board_id: $b, id: $id, column_type: $type, revision: $r, settings: $s, title: $t,"
    " width: $w) { revision settings title width } }"
)
UPDATE_DROPDOWN = (
    "mutation ($b: ID!, $r: String!, $s: UpdateDropdownColumnSettingsInput) {"
    ' update_dropdown_column(board_id: $b, id: "dropdown", revision: $r, settings: $s) { settings } }'
)


def column_of(board: Board, column_id: str) -> dict[str, Any]:
    (found,) = board.owner.one(
        "query ($b: ID!, $c: [String]) { boards(ids: [$b]) { columns(ids: $c) {"
        " id type title revision settings settings_str width capabilities {"
        " calculated { function calculated_type } visibility } } } }",
        b=board.id,
        c=[column_id],
    )
    (column,) = found["columns"]
    return dict(column)


def make(board: Board, column_type: str, defaults: Any) -> Any:
    return board.owner.answer(
        "mutation ($b: ID!, $type: ColumnType!, $d: JSON) {"
        ' create_column(board_id: $b, id: "made", title: "Made", column_type: $type, defaults: $d)'
        " { settings } }",
        b=board.id,
        type=column_type,
        d=defaults,
    )


@pytest.mark.parametrize("column_type", CREATABLE)
def test_a_column_of_each_type_is_made_and_told_under_its_name_in_webhooks(
    wide: Board, column_type: str
) -> None:
    assert column_of(wide, column_type)["type"] == column_type
    told = [payload for event, payload in happenings(wide.owner.monday) if event == "create_column"]
    (payload,) = (one for one in told if one["columnId"] == column_type)
    assert payload["columnType"] == values.KINDS[column_type].event_type


@pytest.mark.parametrize("as_string", [True, False])
def test_defaults_are_an_object_or_one_in_a_string(board: Board, as_string: bool) -> None:
    unit = {"unit": {"symbol": "€", "direction": "left"}}
    assert "errors" not in make(board, "numbers", json.dumps(unit) if as_string else unit).body
    item = board.create_item(made="7")
    (cell,) = board.item(item, 'column_values(ids: ["made"]) { ... on NumbersValue { symbol direction } }')[
        "column_values"
    ]
    assert cell == {"symbol": "€", "direction": "left"}


@pytest.mark.parametrize(
    ("column_type", "defaults"),
    [
        ("board_relation", {"boardIds": "all"}),
        ("board_relation", {"boardIds": ["none"]}),
        ("board_relation", {"boardIds": [1]}),
        ("board_relation", {"allowMultipleItems": "yes"}),
        ("dropdown", {"labels": ["One", "One"]}),
        ("dropdown", {"labels": [{"text": "One"}]}),
        ("dropdown", {"labels": ["One"], "label_limit_count": 0}),
        ("formula", {"formula": 7}),
        ("mirror", {"settings": {"relation_column": {}}}),
        ("mirror", {"relation_column": ["text"]}),
        ("mirror", {"displayed_linked_columns": {"5": ["text"]}}),
        ("mirror", {"displayed_linked_columns": [{"board_id": "5"}]}),
        ("numbers", {"unit": {"direction": "above"}}),
    ],
)
def test_defaults_that_do_not_fit_the_type_are_refused(board: Board, column_type: str, defaults: Any) -> None:
    error = error_of(make(board, column_type, defaults))
    assert error["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize(
    ("relation", "code"), [("nowhere", "InvalidColumnIdException"), ("text", "InvalidColumnTypeException")]
)
def test_a_mirror_follows_a_column_that_connects_boards(board: Board, relation: str, code: str) -> None:
    error = error_of(make(board, "mirror", {"relation_column": {relation: True}}))
    assert error["extensions"]["code"] == code


def test_a_mirrors_settings_are_not_read_in_the_form_they_are_written_in(wide: Board) -> None:
    settings = column_of(wide, "mirror")["settings"]
    assert settings["displayed_linked_columns"] == {wide.id: ["status", "text"]}
    assert error_of(make(wide, "mirror", settings))["extensions"]["code"] == "InvalidArgumentException"


def test_a_board_that_is_not_seen_can_not_be_connected_to(board: Board) -> None:
    hidden = {"boardIds": [int(make_board(board.owner, "private"))]}
    member = person(board.owner.monday, "synerity", "Disa Lindqvist")
    error = error_of(make(replace(board, owner=member), "board_relation", hidden))
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert "errors" not in make(board, "board_relation", hidden).body


def test_one_item_can_be_connected_where_several_may_not(board: Board) -> None:
    first, second = (int(board.create_item(name)) for name in ("First", "Second"))
    add_column(board, "board_relation", "one", boardIds=[int(board.id)], allowMultipleItems=False)
    item = board.create_item()
    error = error_of(board.change(item, one={"item_ids": [first, second]}))
    assert error["extensions"]["error_data"] == {"column_type": "board-relation"}
    assert "errors" not in board.change(item, one={"item_ids": [first]}).body


@pytest.mark.parametrize("column_type", CREATABLE)
def test_the_schema_of_a_types_settings_can_be_asked_for(wide: Board, column_type: str) -> None:
    shown = wide.owner.one(f"{{ get_column_type_schema(type: {column_type}) }}")
    assert shown["type"] == "object"


def test_a_column_is_changed_under_its_present_revision_only(board: Board) -> None:
    column = column_of(board, "numbers")
    given = {"b": board.id, "id": "numbers", "type": "numbers", "r": column["revision"]}
    changed = board.owner.one(UPDATE_COLUMN, **given, t="Price", w=120, s='{"unit": {"symbol": "kr"}}')
    assert changed["revision"] != column["revision"]
    assert (changed["title"], changed["width"]) == ("Price", 120)
    assert changed["settings"] == {"unit": {"symbol": "kr"}}
    error = board.owner.refusal(UPDATE_COLUMN, **given, t="Again")
    assert error["extensions"]["status_code"] == 409


def test_a_column_is_changed_as_what_it_is_only(board: Board) -> None:
    error = board.owner.refusal(
        UPDATE_COLUMN, b=board.id, id="text", type="numbers", r=column_of(board, "text")["revision"]
    )
    assert error["extensions"]["code"] == "InvalidColumnTypeException"
    assert error["extensions"]["error_data"] == {"actual_type": "text"}


def test_labels_of_a_status_column_are_changed_by_json_too(board: Board) -> None:
    column = column_of(board, "status")
    labels = [{k: v for k, v in label.items() if k != "hex"} for label in column["settings"]["labels"]]
    labels[0]["label"] = "Brand new"
    changed = board.owner.one(
        UPDATE_COLUMN,
        b=board.id,
        id="status",
        type="status",
        r=column["revision"],
        s={"labels": [{k: v for k, v in label.items() if v is not None} for label in labels]},
    )
    assert [label["label"] for label in changed["settings"]["labels"]] == ["Brand new", "Working", "Solved"]


def test_the_labels_of_a_dropdown_are_replaced_as_a_whole(board: Board) -> None:
    column = column_of(board, "dropdown")
    given = {"labels": [{"id": 2, "label": "Telephone"}, {"label": "Chat"}, {"label": "Mail"}]}
    changed = board.owner.one(UPDATE_DROPDOWN, b=board.id, r=column["revision"], s=given)
    assert [(label["id"], label["label"]) for label in changed["settings"]["labels"]] == [
        (2, "Telephone"),
        (3, "Chat"),
        (1, "Mail"),
    ]


def test_a_dropdown_label_in_use_is_deactivated_and_not_left_out(board: Board) -> None:
    item = board.create_item(dropdown={"ids": [1]})
    revision = column_of(board, "dropdown")["revision"]
    without = {"labels": [{"id": 2, "label": "Phone"}]}
    error = board.owner.refusal(UPDATE_DROPDOWN, b=board.id, r=revision, s=without)
    assert error["extensions"]["error_data"] == {"label_ids": [1]}
    off = {"labels": [{"id": 1, "label": "Mail", "is_deactivated": True}, {"id": 2, "label": "Phone"}]}
    board.owner.ask(UPDATE_DROPDOWN, b=board.id, r=revision, s=off)
    assert board.cell(item, "dropdown")["text"] == "Mail"
    error = error_of(board.change(board.create_item(), dropdown={"ids": [1]}))
    assert error["extensions"]["error_data"] == {"column_type": "dropdown"}


def test_a_dropdown_takes_as_many_labels_as_it_is_limited_to(board: Board) -> None:
    made = board.owner.one(
        'mutation ($b: ID!) { create_dropdown_column(board_id: $b, id: "few", title: "Few", defaults: {'
        ' labels: [{label: "A"}, {label: "B"}, {label: "C"}], limit_select: true, label_limit_count: 2 })'
        " { settings } }",
        b=board.id,
    )
    assert made["settings"]["limit_select"] is True
    assert board.cell(board.create_item(few={"labels": ["A", "C"]}), "few")["text"] == "A, C"
    error = error_of(board.change(board.create_item(), few={"labels": ["A", "B", "C"]}))
    assert error["extensions"]["error_data"] == {"column_type": "dropdown"}


def test_capabilities_of_a_column_are_kept_and_sought_by(board: Board) -> None:
    board.owner.ask(
        'mutation ($b: ID!) { create_column(board_id: $b, id: "sum", title: "Sum", column_type: numbers,'
        " capabilities: { calculated: { function: SUM } }) { id } }",
        b=board.id,
    )
    assert column_of(board, "sum")["capabilities"] == {
        "calculated": {"function": "SUM", "calculated_type": "numbers"},
        "visibility": None,
    }
    assert column_of(board, "text")["capabilities"] == {"calculated": None, "visibility": None}
    sought = (
        "query ($b: ID!, $c: [ColumnCapability]) { boards(ids: [$b]) { columns(capabilities: $c) { id } } }"
    )
    (found,) = board.owner.one(sought, b=board.id, c=["CALCULATED"])
    assert found["columns"] == [{"id": "sum"}]
    (others,) = board.owner.one(sought, b=board.id, c=[None])
    assert {"id": "sum"} not in others["columns"]
    assert {"id": "text"} in others["columns"]


def test_the_name_is_no_column_to_delete(board: Board) -> None:
    error = board.owner.refusal(
        'mutation ($b: ID!) { delete_column(board_id: $b, column_id: "name") { id } }', b=board.id
    )
    assert error["extensions"]["code"] == "InvalidColumnTypeException"
