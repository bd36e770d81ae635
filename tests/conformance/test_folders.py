"""Folders, and where boards lie."""

from typing import Any

import pytest

from tests.conformance.people import Monday, Person, make_board, person

CREATE = (
    "mutation ($n: String!, $w: ID, $p: ID, $c: FolderColor) {"
    " create_folder(name: $n, workspace_id: $w, parent_folder_id: $p, color: $c) { id } }"
)
READ = (
    "query ($f: [ID!], $w: [ID]) { folders(ids: $f, workspace_ids: $w) { name color owner_id"
    " parent { name } sub_folders { name } children { id } workspace { id name } } }"
)
UPDATE = (
    "mutation ($f: ID!, $n: String, $p: ID, $w: ID, $c: FolderColor) { update_folder(folder_id: $f,"
    " name: $n, parent_folder_id: $p, workspace_id: $w, color: $c) { name color parent { id } } }"
)
DELETE = "mutation ($f: ID!) { delete_folder(folder_id: $f) { id name } }"
MOVE = (
    "mutation ($b: ID!, $a: UpdateBoardHierarchyAttributesInput!) { update_board_hierarchy(board_id: $b,"
    " attributes: $a) { success board { board_folder_id workspace_id folder { name } } } }"
)


def make(someone: Person, name: str = "A folder", **others: Any) -> str:
    return str(someone.one(CREATE, n=name, **others)["id"])


def read(someone: Person, **filters: Any) -> list[dict[str, Any]]:
    return list(someone.one(READ, **filters))


@pytest.fixture
def space(desk: Person) -> str:
    return str(desk.one('mutation { create_workspace(name: "Desk", kind: open) { id } }')["id"])


def test_a_folder_of_the_main_workspace_does_not_tell_its_id(desk: Person) -> None:
    (found,) = read(desk, f=[make(desk, c="DARK_RED")])
    assert found == {
        "name": "A folder",
        "color": "DARK_RED",
        "owner_id": str(desk.caller.user_id),
        "parent": None,
        "sub_folders": [],
        "children": [],
        "workspace": {"id": None, "name": "Main workspace"},
    }


def test_folders_are_found_by_workspace(desk: Person, space: str) -> None:
    make(desk, "Main's")
    make(desk, "Desk's", w=space)
    assert [one["name"] for one in read(desk)] == ["Main's", "Desk's"]
    assert [one["name"] for one in read(desk, w=[None])] == ["Main's"]
    assert [one["name"] for one in read(desk, w=[space])] == ["Desk's"]


def test_folders_of_a_closed_workspace_are_for_its_members(desk: Person, monday: Monday) -> None:
    closed = desk.one('mutation { create_workspace(name: "Closed", kind: closed) { id } }')["id"]
    folder = make(desk, w=closed)
    disa = person(monday, "synerity", "Disa Lindqvist")
    assert read(disa) == []
    assert disa.refusal(CREATE, n="x", p=folder)["extensions"]["code"] == "ResourceNotFoundException"


def test_a_folder_in_a_folder_is_in_its_workspace(desk: Person, space: str) -> None:
    outer = make(desk, "Outer", w=space)
    inner = make(desk, "Inner", p=outer)
    (found,) = read(desk, f=[inner])
    assert found["parent"] == {"name": "Outer"}
    assert found["workspace"]["id"] == space
    assert read(desk, f=[outer])[0]["sub_folders"] == [{"name": "Inner"}]


def test_folders_nest_three_levels_deep(desk: Person) -> None:
    third = make(desk, p=make(desk, p=make(desk)))
    assert desk.refusal(CREATE, n="x", p=third)["extensions"]["code"] == "InvalidArgumentException"


def test_a_folder_does_not_lie_in_itself(desk: Person) -> None:
    outer = make(desk)
    inner = make(desk, p=outer)
    assert desk.refusal(UPDATE, f=outer, p=inner)["extensions"]["code"] == "InvalidArgumentException"
    assert desk.refusal(UPDATE, f=outer, p=outer)["extensions"]["code"] == "InvalidArgumentException"


def test_a_folder_is_renamed_and_loses_its_colour(desk: Person) -> None:
    folder = make(desk, c="DARK_RED")
    assert desk.one(UPDATE, f=folder, n="Archive", c="NULL") == {
        "name": "Archive",
        "color": None,
        "parent": None,
    }
    desk.refusal(UPDATE, f=folder, n=" ")


def test_a_board_lies_in_a_folder_and_so_in_its_workspace(desk: Person, space: str) -> None:
    folder = make(desk, w=space)
    board = make_board(desk, folder_id=folder)
    read_board = "query ($b: [ID!]) { boards(ids: $b) { board_folder_id folder { id } workspace_id } }"
    assert desk.one(read_board, b=[board]) == [
        {"board_folder_id": folder, "folder": {"id": folder}, "workspace_id": space}
    ]
    assert read(desk, f=[folder])[0]["children"] == [{"id": board}]


def test_a_folder_of_another_workspace_is_refused(desk: Person, space: str) -> None:
    refused = desk.refusal(
        'mutation ($f: ID, $w: ID) { create_board(board_name: "x", board_kind: public, folder_id: $f,'
        " workspace_id: $w) { id } }",
        f=make(desk),
        w=space,
    )
    assert refused["extensions"]["code"] == "InvalidArgumentException"


def test_a_moved_folder_takes_its_boards_along(desk: Person, space: str) -> None:
    outer = make(desk)
    board = make_board(desk, folder_id=make(desk, p=outer))
    desk.ask(UPDATE, f=outer, w=space)
    found = desk.one("query ($b: [ID!]) { boards(ids: $b) { workspace { id } } }", b=[board])
    assert found == [{"workspace": {"id": space}}]


def test_a_deleted_folder_takes_what_lies_in_it_along(desk: Person) -> None:
    outer = make(desk)
    board = make_board(desk, folder_id=make(desk, p=outer))
    desk.ask(DELETE, f=outer)
    assert read(desk) == []
    found = desk.one("query ($b: [ID!]) { boards(ids: $b, state: all) { state } }", b=[board])
    assert found == [{"state": "deleted"}]


def test_anothers_folder_is_changed_by_admins_only(desk: Person, monday: Monday) -> None:
    disa, maria = person(monday, "synerity", "Disa Lindqvist"), person(monday, "synerity", "Maria Ek")
    folder = make(disa)
    assert maria.refusal(UPDATE, f=folder, n="x")["extensions"]["code"] == "USER_UNAUTHORIZED"
    assert maria.refusal(DELETE, f=folder)["extensions"]["code"] == "USER_UNAUTHORIZED"
    assert desk.one(UPDATE, f=folder, n="x")["name"] == "x"


def test_a_board_moves_between_folders_and_workspaces(desk: Person, space: str) -> None:
    board, folder = make_board(desk), make(desk, w=space)
    moved = desk.one(MOVE, b=board, a={"folder_id": folder})
    assert moved == {
        "success": True,
        "board": {"board_folder_id": folder, "workspace_id": space, "folder": {"name": "A folder"}},
    }
    main = next(
        one["id"]
        for one in desk.one("{ workspaces { id is_default_workspace } }")
        if one["is_default_workspace"]
    )
    back = desk.one(MOVE, b=board, a={"workspace_id": main})["board"]
    assert back == {"board_folder_id": None, "workspace_id": None, "folder": None}


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"position": {"object_id": "1", "object_type": "Folder"}}, "ResourceNotFoundException"),
        ({"position": {"object_id": "1", "object_type": "Board"}}, "ResourceNotFoundException"),
        ({"position": {"object_id": "1", "object_type": "Overview"}}, "ResourceNotFoundException"),
        ({"folder_id": "1"}, "ResourceNotFoundException"),
        ({"account_product_id": "1"}, "ResourceNotFoundException"),
    ],
)
def test_a_board_goes_nowhere_where_nothing_is(desk: Person, attributes: dict[str, Any], code: str) -> None:
    assert desk.refusal(MOVE, b=make_board(desk), a=attributes)["extensions"]["code"] == code


@pytest.mark.parametrize("kind", ["Board", "Folder"])
def test_a_place_beside_something_else_moves_a_board_nowhere_else(desk: Person, kind: str) -> None:
    folder = make(desk)
    board = make_board(desk, folder_id=folder)
    beside = make_board(desk) if kind == "Board" else folder
    moved = desk.one(MOVE, b=board, a={"position": {"object_id": beside, "object_type": kind}})
    assert moved["board"]["board_folder_id"] == folder
