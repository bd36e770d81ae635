"""Copies of boards and of groups."""

import json
from typing import Any

import pytest

from tests.conformance.people import Board, Monday, Person, happenings, make_board, person

COPY = (
    "mutation ($b: ID!, $t: DuplicateBoardType!, $n: String, $k: Boolean, $w: ID, $f: ID) { duplicate_board("
    "board_id: $b, duplicate_type: $t, board_name: $n, keep_subscribers: $k, workspace_id: $w, folder_id: $f)"
    " { is_async board { id name board_kind created_from_board_id workspace_id board_folder_id"
    " owners { name } subscribers { name } groups { id title } columns { id type settings }"
    " items_page { items { id name column_values { id text }"
    " updates { text_body replies { text_body } } } } } } }"
)
COPY_GROUP = (
    "mutation ($b: ID!, $g: String!, $t: String, $top: Boolean) {"
    " duplicate_group(board_id: $b, group_id: $g, group_title: $t, add_to_top: $top) {"
    ' id title color items_page { items { name column_values(ids: ["text"]) { text } } } } }'
)
GROUPS = "query ($b: [ID!]) { boards(ids: $b) { groups { id title } } }"


@pytest.fixture
def full(board: Board) -> Board:
    """The board, with an item that has an update with a reply, and an archived item."""
    item = board.create_item("Leak", text="in the cellar", status={"label": "Working"})
    post = (
        "mutation ($i: ID, $u: ID, $b: String!) {"
        " create_update(item_id: $i, parent_id: $u, body: $b) { id } }"
    )
    update = board.owner.one(post, i=item, b="It drips")["id"]
    board.owner.ask(post, u=update, b="Still")
    gone = board.create_item("Gone")
    board.owner.ask("mutation ($i: ID) { archive_item(item_id: $i) { id } }", i=gone)
    return board


def copied(board: Board, form: str, **others: Any) -> dict[str, Any]:
    made = board.owner.one(COPY, b=board.id, t=f"duplicate_board_with_{form}", **others)
    assert made["is_async"] is False
    return dict(made["board"])


def shape(board: dict[str, Any]) -> list[Any]:
    return [board["groups"], board["columns"]]


def test_a_copied_board_has_the_structure_of_the_first(full: Board) -> None:
    copy = copied(full, "structure")
    (source,) = full.owner.one(
        "query ($b: [ID!]) { boards(ids: $b) { groups { id title } columns { id type settings } } }",
        b=[full.id],
    )
    assert shape(copy) == shape(source)
    assert copy["items_page"]["items"] == []
    assert copy["name"] == "Duplicate of Desk"
    assert copy["created_from_board_id"] == full.id


@pytest.mark.parametrize(("form", "has_updates"), [("pulses", False), ("pulses_and_updates", True)])
def test_items_are_copied_with_their_values_and_updates_if_asked(
    full: Board, form: str, has_updates: bool
) -> None:
    (item,) = copied(full, form)["items_page"]["items"]
    texts = {cell["id"]: cell["text"] for cell in item["column_values"]}
    assert (item["name"], texts["text"], texts["status"]) == ("Leak", "in the cellar", "Working")
    said = [
        (post["text_body"], [reply["text_body"] for reply in post["replies"]]) for post in item["updates"]
    ]
    assert said == ([("It drips", ["Still"])] if has_updates else [])


def test_the_first_boards_items_stay_as_they_were(full: Board) -> None:
    (item,) = copied(full, "pulses")["items_page"]["items"]
    full.owner.ask(
        "mutation ($b: ID!, $i: ID!, $v: JSON!) {"
        " change_multiple_column_values(board_id: $b, item_id: $i, column_values: $v) { id } }",
        b=full.owner.one("query ($i: [ID!]) { items(ids: $i) { board { id } } }", i=[item["id"]])[0]["board"][
            "id"
        ],
        i=item["id"],
        v=json.dumps({"text": "in the attic"}),
    )
    found = full.owner.one(
        "query ($b: [ID!]) { boards(ids: $b) {"
        ' items_page { items { column_values(ids: ["text"]) { text } } } } }',
        b=[full.id],
    )
    assert found[0]["items_page"]["items"] == [{"column_values": [{"text": "in the cellar"}]}]


@pytest.mark.parametrize("keep", [True, False])
def test_a_copy_is_its_makers_and_keeps_others_if_asked(desk: Person, monday: Monday, keep: bool) -> None:
    board = make_board(desk, board_subscriber_ids=[desk.colleagues["Maria Ek"]])
    disa = person(monday, "synerity", "Disa Lindqvist")
    made = disa.one(COPY, b=board, t="duplicate_board_with_structure", k=keep)["board"]
    assert {"name": "Disa Lindqvist"} in made["owners"]
    assert ({"name": "Maria Ek"} in made["subscribers"]) is keep
    assert ({"name": "Synerity Integration"} in made["owners"]) is keep


def test_a_copy_is_put_where_it_is_told_to(desk: Person) -> None:
    space = desk.one('mutation { create_workspace(name: "Other", kind: open) { id } }')["id"]
    folder = desk.one('mutation ($w: ID) { create_folder(name: "F", workspace_id: $w) { id } }', w=space)[
        "id"
    ]
    board = make_board(desk)
    made = desk.one(COPY, b=board, t="duplicate_board_with_structure", n="Second", f=folder)["board"]
    assert (made["name"], made["workspace_id"], made["board_folder_id"]) == ("Second", space, folder)
    beside = desk.one(COPY, b=made["id"], t="duplicate_board_with_structure")["board"]
    assert beside["board_folder_id"] == folder


def test_a_board_that_is_not_seen_is_not_copied(desk: Person, monday: Monday) -> None:
    board = make_board(desk, "private")
    disa = person(monday, "synerity", "Disa Lindqvist")
    error = disa.refusal(COPY, b=board, t="duplicate_board_with_pulses")
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"


@pytest.mark.parametrize("on_top", [True, False])
def test_a_copied_group_stands_beneath_the_first_or_on_top(full: Board, on_top: bool) -> None:
    (group,) = full.owner.one(GROUPS, b=[full.id])[0]["groups"]
    full.owner.ask(
        'mutation ($b: ID!, $g: String) { create_group(board_id: $b, group_name: "Last",'
        " relative_to: $g) { id } }",
        b=full.id,
        g=group["id"],
    )
    made = full.owner.one(COPY_GROUP, b=full.id, g=group["id"], top=on_top)
    assert made["title"] == "Duplicate of Tickets"
    assert made["items_page"]["items"] == [{"name": "Leak", "column_values": [{"text": "in the cellar"}]}]
    titles = [one["title"] for one in full.owner.one(GROUPS, b=[full.id])[0]["groups"]]
    copy = "Duplicate of Tickets"
    assert titles == ([copy, "Tickets", "Last"] if on_top else ["Tickets", copy, "Last"])


def test_a_copied_groups_items_are_told_as_new_ones(full: Board) -> None:
    (group,) = full.owner.one(GROUPS, b=[full.id])[0]["groups"]
    made = full.owner.one(COPY_GROUP, b=full.id, g=group["id"], t="Again")
    event, payload = happenings(full.owner.monday)[-1]
    assert (event, payload["groupId"], payload["groupName"]) == ("create_item", made["id"], "Again")
    assert payload["pulseName"] == "Leak"
    assert payload["columnValues"]["text"]


def test_a_group_that_is_not_there_is_not_copied(board: Board) -> None:
    error = board.owner.refusal(COPY_GROUP, b=board.id, g="invalid_group_name")
    assert error["message"] == "Group not found"
    assert error["extensions"]["code"] == "ResourceNotFoundException"
    assert error["extensions"]["status_code"] == 404
    assert error["extensions"]["error_data"]["resource_type"] == "group"
