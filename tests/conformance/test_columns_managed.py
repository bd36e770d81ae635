"""Managed columns: labels that an account keeps for all its boards."""

from typing import Any

import pytest

from tests.conformance.columns import error_of
from tests.conformance.people import Board, Person, invited

LABELS = [
    {"label": "Low", "color": "navy", "index": 0},
    {"label": "High", "color": "stuck_red", "index": 1},
]
CREATE = (
    "mutation ($s: CreateStatusColumnSettingsInput) {"
    ' create_status_managed_column(title: "Priority", settings: $s) {'
    " id title revision state settings_json settings { type labels { id label color index } } } }"
)
UPDATE = (
    "mutation ($id: String!, $r: Int!, $s: UpdateStatusColumnSettingsInput) {"
    " update_status_managed_column(id: $id, revision: $r, settings: $s) { revision } }"
)
ATTACH = (
    "mutation ($b: ID!, $m: ID!) { attach_status_managed_column(board_id: $b, managed_column_id: $m) {"
    " id title type settings revision } }"
)


@pytest.fixture
def managed(desk: Person) -> dict[str, Any]:
    return dict(desk.one(CREATE, s={"labels": LABELS}))


@pytest.fixture
def attached(board: Board, managed: dict[str, Any]) -> dict[str, Any]:
    return dict(board.owner.one(ATTACH, b=board.id, m=managed["id"]))


def settings_of(board: Board, column_id: str) -> Any:
    (found,) = board.owner.one(
        "query ($b: ID!, $c: [String]) { boards(ids: [$b]) { columns(ids: $c) { settings } } }",
        b=board.id,
        c=[column_id],
    )
    return found["columns"][0]["settings"]


def test_a_managed_column_has_typed_settings(managed: dict[str, Any]) -> None:
    assert (managed["title"], managed["revision"], managed["state"]) == ("Priority", 0, "active")
    assert managed["settings"] == {
        "type": "status",
        "labels": [
            {"id": 107, "label": "Low", "color": "navy", "index": 0},
            {"id": 2, "label": "High", "color": "stuck_red", "index": 1},
        ],
    }


def test_an_attached_column_takes_title_and_labels(
    board: Board, managed: dict[str, Any], attached: dict[str, Any]
) -> None:
    assert (attached["title"], attached["type"]) == ("Priority", "status")
    assert attached["settings"] == managed["settings_json"]
    item = board.create_item()
    board.change(item, **{attached["id"]: {"label": "High"}})
    assert board.cell(item, attached["id"])["text"] == "High"


def test_attached_columns_follow_the_managed_one(
    board: Board, managed: dict[str, Any], attached: dict[str, Any]
) -> None:
    labels = [{**LABELS[0], "label": "Lowest"}, LABELS[1]]
    changed = board.owner.one(
        UPDATE, id=managed["id"], r=0, s={"labels": [{**labels[0], "id": 107}, labels[1]]}
    )
    assert changed == {"revision": 1}
    texts = [label["label"] for label in settings_of(board, attached["id"])["labels"]]
    assert texts == ["Lowest", "High"]
    error = board.owner.refusal(UPDATE, id=managed["id"], r=0, s={"labels": LABELS})
    assert error["extensions"]["status_code"] == 409


def test_a_managed_label_in_use_anywhere_can_not_be_left_out(
    board: Board, managed: dict[str, Any], attached: dict[str, Any]
) -> None:
    board.change(board.create_item(), **{attached["id"]: {"label": "High"}})
    error = board.owner.refusal(UPDATE, id=managed["id"], r=0, s={"labels": LABELS[:1]})
    assert error["extensions"]["error_data"] == {"label_ids": [2]}


def test_the_labels_of_a_managed_column_are_not_changed_on_a_board(
    board: Board, attached: dict[str, Any]
) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $c: String!, $r: String!, $s: UpdateStatusColumnSettingsInput) {"
        " update_status_column(board_id: $b, id: $c, revision: $r, settings: $s) { id } }",
        b=board.id,
        c=attached["id"],
        r=attached["revision"],
        s={"labels": LABELS},
    )
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_missing_labels_are_never_made_on_a_managed_column(board: Board, attached: dict[str, Any]) -> None:
    error = board.owner.refusal(
        "mutation ($b: ID!, $i: ID!, $c: String!) { change_simple_column_value(board_id: $b, item_id: $i,"
        ' column_id: $c, value: "Middle", create_labels_if_missing: true) { id } }',
        b=board.id,
        i=board.create_item(),
        c=attached["id"],
    )
    assert error["extensions"]["code"] == "ColumnValueException"
    assert len(settings_of(board, attached["id"])["labels"]) == 2


def test_a_managed_column_is_attached_while_it_is_active(board: Board, managed: dict[str, Any]) -> None:
    change = "mutation ($id: String!) {{ {}_managed_column(id: $id) {{ state }} }}"
    assert board.owner.one(change.format("deactivate"), id=managed["id"]) == {"state": "inactive"}
    error = error_of(board.owner.answer(ATTACH, b=board.id, m=managed["id"]))
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert board.owner.one(change.format("activate"), id=managed["id"]) == {"state": "active"}
    assert board.owner.one(change.format("delete"), id=managed["id"]) == {"state": "deleted"}
    error = error_of(board.owner.answer(ATTACH, b=board.id, m=managed["id"]))
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_managed_columns_are_found_by_id_and_state(desk: Person, managed: dict[str, Any]) -> None:
    made = desk.one(
        'mutation { create_dropdown_managed_column(title: "Team", settings: {labels: [{label: "A"}]})'
        " { id settings { type labels { id label is_deactivated } } } }"
    )
    assert made["settings"] == {
        "type": "dropdown",
        "labels": [{"id": 1, "label": "A", "is_deactivated": False}],
    }
    seek = (
        "query ($id: [String!], $s: [ManagedColumnState!]) { managed_column(id: $id, state: $s) { id"
        " settings { __typename ... on StatusColumnSettings { labels { label } } } } }"
    )
    (found,) = desk.one(seek, id=[managed["id"]], s=["active"])
    assert found["settings"] == {
        "__typename": "StatusColumnSettings",
        "labels": [{"label": "Low"}, {"label": "High"}],
    }
    assert [one["id"] for one in desk.one(seek)] == [managed["id"], made["id"]]
    assert desk.one(seek, s=["inactive"]) == []


def test_a_dropdown_on_a_board_has_a_limit_of_its_own(board: Board) -> None:
    made = board.owner.one(
        'mutation { create_dropdown_managed_column(title: "Team", settings: {'
        ' labels: [{label: "A"}, {label: "B"}]}) { id } }'
    )
    attached = board.owner.one(
        "mutation ($b: ID!, $m: ID!) { attach_dropdown_managed_column(board_id: $b, managed_column_id: $m,"
        ' title: "Our team", settings: {limit_select: true}) { id title settings } }',
        b=board.id,
        m=made["id"],
    )
    assert attached["title"] == "Our team"
    assert attached["settings"]["limit_select"] is True
    error = error_of(board.change(board.create_item(), **{attached["id"]: {"labels": ["A", "B"]}}))
    assert error["extensions"]["error_data"] == {"column_type": "dropdown"}


def test_managed_columns_are_made_by_admins(desk: Person) -> None:
    member = invited(desk, "MEMBER", "new.member@synerity.example")
    error = member.refusal(CREATE, s={"labels": LABELS})
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_a_duplicated_boards_columns_follow_the_managed_ones_too(
    board: Board, managed: dict[str, Any], attached: dict[str, Any]
) -> None:
    made = board.owner.one(
        "mutation ($b: ID!) { duplicate_board(board_id: $b,"
        " duplicate_type: duplicate_board_with_structure) { board { id } } }",
        b=board.id,
    )
    labels = [{**LABELS[0], "label": "Lowest", "id": 107}, LABELS[1]]
    board.owner.ask(UPDATE, id=managed["id"], r=0, s={"labels": labels})
    copied = Board(board.owner, made["board"]["id"], ())
    assert settings_of(copied, attached["id"])["labels"][0]["label"] == "Lowest"
