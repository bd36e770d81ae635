"""Columns of a board, and the labels of status columns."""

from typing import Any

import pytest

from tests.conformance.people import Board, happenings, structure

CREATE_COLUMN = (
    "mutation ($b: ID!, $id: String, $type: ColumnType!) {"
    ' create_column(board_id: $b, id: $id, title: "A title", column_type: $type) { id type } }'
)
UPDATE_STATUS = (
    "mutation ($b: ID!, $r: String!, $s: UpdateStatusColumnSettingsInput) {"
    ' update_status_column(board_id: $b, id: "status", revision: $r, settings: $s) { revision settings } }'
)


def status_column(board: Board) -> dict[str, Any]:
    return next(dict(column) for column in structure(board)["columns"] if column["id"] == "status")


def as_written(column: dict[str, Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in label.items() if k != "hex"} for label in column["settings"]["labels"]]


def test_a_columns_id_can_be_chosen_once(board: Board) -> None:
    assert board.owner.one(CREATE_COLUMN, b=board.id, id="sync_id", type="text")["id"] == "sync_id"
    error = board.owner.refusal(CREATE_COLUMN, b=board.id, id="sync_id", type="text")
    assert error["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize("column_id", ["", "Upper", "with-dash", "x" * 21])
def test_a_columns_id_has_a_form(board: Board, column_id: str) -> None:
    error = board.owner.refusal(CREATE_COLUMN, b=board.id, id=column_id, type="text")
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_a_column_without_an_id_gets_one_that_begins_with_its_type(board: Board) -> None:
    assert board.owner.one(CREATE_COLUMN, b=board.id, id=None, type="status")["id"].startswith("color_mk")


def test_a_new_column_is_told(board: Board) -> None:
    board.owner.one(CREATE_COLUMN, b=board.id, id="due", type="date")
    event, payload = happenings(board.owner.monday)[-1]
    assert event == payload["type"] == "create_column"
    assert set(payload) == {
        *("app", "type", "triggerTime", "userId", "accountId", "entity", "boardId"),
        *("columnId", "columnTitle", "columnType", "createdAt", "retryCount"),
    }


def test_a_deleted_column_takes_its_cells_along(board: Board) -> None:
    item = board.create_item(text="gone")
    delete = "mutation ($b: ID!, $c: String!) { delete_column(board_id: $b, column_id: $c) { id } }"
    board.owner.ask(delete, b=board.id, c="text")
    (error,) = board.change(item, text="x").body["errors"]
    assert error["extensions"]["code"] == "InvalidColumnIdException"
    board.owner.one(CREATE_COLUMN, b=board.id, id="text", type="text")
    assert board.cell(item, "text")["value"] is None


def test_a_labels_id_is_its_colours_number(board: Board) -> None:
    labels = status_column(board)["settings"]["labels"]
    assert [(label["id"], label["label"], label["color"], label["index"]) for label in labels] == [
        (7, "New", "bright_blue", 0),
        (0, "Working", "working_orange", 1),
        (1, "Solved", "done_green", 2),
    ]


def test_labels_are_replaced_as_a_whole_under_the_present_revision(board: Board) -> None:
    column = status_column(board)
    labels = [*as_written(column), {"label": "Later", "color": "purple", "index": 3}]
    changed = board.owner.one(UPDATE_STATUS, b=board.id, r=column["revision"], s={"labels": labels})
    assert [label["id"] for label in changed["settings"]["labels"]] == [7, 0, 1, 4]
    assert changed["revision"] != column["revision"]
    error = board.owner.refusal(UPDATE_STATUS, b=board.id, r=column["revision"], s={"labels": labels})
    assert error["extensions"]["status_code"] == 409


def test_a_renamed_label_keeps_its_id_and_its_items(board: Board) -> None:
    item = board.create_item(status={"index": 7})
    column = status_column(board)
    labels = as_written(column)
    labels[0]["label"] = "Mottaget"
    board.owner.ask(UPDATE_STATUS, b=board.id, r=column["revision"], s={"labels": labels})
    assert board.cell(item, "status")["text"] == "Mottaget"


def test_a_label_in_use_can_not_be_left_out(board: Board) -> None:
    item = board.create_item(status={"index": 7})
    column = status_column(board)
    without = {"labels": as_written(column)[1:]}
    board.owner.refusal(UPDATE_STATUS, b=board.id, r=column["revision"], s=without)
    board.change(item, status=None)
    board.owner.ask(UPDATE_STATUS, b=board.id, r=column["revision"], s=without)
    assert [label["id"] for label in status_column(board)["settings"]["labels"]] == [0, 1]


@pytest.mark.parametrize(
    "labels",
    [
        [{"label": "a", "color": "purple", "index": 0}, {"label": "b", "color": "purple", "index": 1}],
        [{"label": "a", "color": "purple", "index": 0}, {"label": "b", "color": "navy", "index": 0}],
        [{"label": "a" * 31, "color": "purple", "index": 0}],
        [{"label": "a", "color": "purple", "index": 40}],
    ],
    ids=["one colour twice", "one place twice", "a long text", "a place too far"],
)
def test_labels_have_bounds(board: Board, labels: list[dict[str, Any]]) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $d: CreateStatusColumnSettingsInput) {"
        ' create_status_column(board_id: $b, title: "S", defaults: $d) { id } }',
        b=board.id,
        d={"labels": labels},
    )
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_a_deactivated_label_can_not_be_chosen(board: Board) -> None:
    column = status_column(board)
    labels = as_written(column)
    labels[0]["is_deactivated"] = True
    board.owner.ask(UPDATE_STATUS, b=board.id, r=column["revision"], s={"labels": labels})
    (error,) = board.change(board.create_item(), status={"index": 7}).body["errors"]
    assert error["extensions"]["code"] == "ColumnValueException"


def test_the_older_settings_give_texts_by_id(board: Board) -> None:
    (found,) = board.owner.one(
        'query ($b: ID!) { boards(ids: [$b]) { columns(ids: ["status"]) { settings_str } } }', b=board.id
    )
    assert '"7": "New"' in found["columns"][0]["settings_str"]


def test_a_status_column_without_labels_gets_mondays_own(board: Board) -> None:
    board.owner.one(CREATE_COLUMN, b=board.id, id="plain", type="status")
    column = next(column for column in structure(board)["columns"] if column["id"] == "plain")
    assert [(label["id"], label["label"]) for label in column["settings"]["labels"]] == [
        (0, "Working on it"),
        (1, "Done"),
        (2, "Stuck"),
    ]


def test_a_column_is_renamed_described_and_put_after_another(board: Board) -> None:
    board.owner.ask(
        'mutation ($b: ID!) { create_column(board_id: $b, id: "second", title: "x", column_type: text,'
        ' after_column_id: "name") { id } }',
        b=board.id,
    )
    board.owner.ask(
        "mutation ($b: ID!) {"
        ' change_column_title(board_id: $b, column_id: "second", title: "Second") { id } }',
        b=board.id,
    )
    board.owner.ask(
        'mutation ($b: ID!) { change_column_metadata(board_id: $b, column_id: "second",'
        ' column_property: description, value: "After the name") { id } }',
        b=board.id,
    )
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { columns { id title description } } }", b=board.id
    )
    assert found["columns"][1] == {"id": "second", "title": "Second", "description": "After the name"}


@pytest.mark.parametrize(
    ("defaults", "labels"),
    [
        ('{"labels": {"0": "A", "9": "B"}}', [(0, "A"), (9, "B")]),
        ('{"labels": [{"label": "A", "color": "navy"}]}', [(107, "A")]),
        ('{"settings": {"labels": [{"label": "A", "color": "navy", "index": 3}]}}', [(107, "A")]),
        ('{"labels": {"77": "A"}}', None),
        ('{"labels": "A"}', None),
        ('{"labels": [{"color": "navy"}]}', None),
        ("{", None),
        ("[]", None),
    ],
)
def test_labels_are_read_from_json_defaults(
    board: Board, defaults: str, labels: list[tuple[int, str]] | None
) -> None:
    answer = board.owner.answer(
        'mutation ($b: ID!, $d: JSON) { create_column(board_id: $b, id: "s", title: "S", column_type: status,'
        " defaults: $d) { settings } }",
        b=board.id,
        d=defaults,
    )
    made = answer.body["data"]["create_column"]
    seen = None if made is None else [(one["id"], one["label"]) for one in made["settings"]["labels"]]
    assert seen == labels


@pytest.mark.parametrize("column_type", ["group", "integration", "name", "person", "subtasks", "unsupported"])
def test_columns_that_the_api_does_not_make_are_refused(board: Board, column_type: str) -> None:
    error = board.owner.refusal(CREATE_COLUMN, b=board.id, id="other", type=column_type)
    assert error["extensions"]["code"] == "InvalidColumnTypeException"
    assert error["extensions"]["error_data"] == {"actual_type": column_type}


@pytest.mark.parametrize("column_type", ["board_relation", "color_picker", "text"])
def test_a_column_without_an_id_gets_one_however_long_its_type_is(board: Board, column_type: str) -> None:
    made = board.owner.one(
        'mutation ($b: ID!, $t: ColumnType!) { create_column(board_id: $b, title: "New", column_type: $t)'
        " { id } }",
        b=board.id,
        t=column_type,
    )
    assert "_mk" in made["id"]
