"""Boards: what they are made with, how they are found and changed."""

import pytest

from tests.conformance.people import STRUCTURE, Board, Person, make_board, person, structure

CREATE_BOARD = (
    "mutation ($kind: BoardKind!, $empty: Boolean) {"
    ' create_board(board_name: "New", board_kind: $kind, empty: $empty) { id } }'
)


def test_a_new_board_has_mondays_first_group_and_columns(desk: Person) -> None:
    board = desk.one(CREATE_BOARD, kind="public", empty=False)
    (found,) = desk.one(STRUCTURE, b=board["id"])
    assert [(group["id"], group["title"]) for group in found["groups"]] == [("topics", "Group Title")]
    assert [column["type"] for column in found["columns"]] == ["name", "people", "status", "date"]


def test_an_empty_board_has_its_name_column_only(desk: Person) -> None:
    board = desk.one(CREATE_BOARD, kind="public", empty=True)
    (found,) = desk.one(STRUCTURE, b=board["id"])
    assert found["groups"] == []
    assert [column["id"] for column in found["columns"]] == ["name"]


@pytest.mark.parametrize(("mutation", "state"), [("archive_board", "archived"), ("delete_board", "deleted")])
def test_a_board_that_is_gone_is_found_in_that_state_only(board: Board, mutation: str, state: str) -> None:
    board.owner.ask(f"mutation ($b: ID!) {{ {mutation}(board_id: $b) {{ id }} }}", b=board.id)
    assert board.owner.one("query ($b: ID!) { boards(ids: [$b]) { id } }", b=board.id) == []
    assert structure(board)["state"] == state
    error = board.owner.refusal(
        'mutation ($b: ID!) { create_item(board_id: $b, item_name: "x") { id } }', b=board.id
    )
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_a_board_moves_its_moment_with_whatever_happens_on_it(board: Board) -> None:
    read = "query ($b: ID!) { boards(ids: [$b]) { updated_at } }"
    item = board.create_item()
    seen = [board.owner.one(read, b=board.id)[0]["updated_at"]]
    for document in (
        'mutation ($i: ID!) { create_update(item_id: $i, body: "x") { id } }',
        "mutation ($i: ID) { archive_item(item_id: $i) { id } }",
    ):
        board.owner.monday.store.clock.advance(2)
        board.owner.ask(document, i=item)
        seen.append(board.owner.one(read, b=board.id)[0]["updated_at"])
    assert seen == sorted(set(seen))


def test_the_current_version_is_told(desk: Person) -> None:
    versions = desk.one("{ versions { value kind } }")
    assert {"value": "2026-10", "kind": "current"} in versions


def test_the_state_survives_a_restart(board: Board) -> None:
    store = board.owner.monday.store
    item = board.create_item("kept", text="x")
    store.close()
    assert board.cell(item, "text")["value"] == "x"


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ("", 1),
        ("board_kind: private", 0),
        ("board_kind: public, order_by: used_at", 1),
        ("hierarchy_types: [multi_level]", 0),
        ("ids: []", 0),
        ("page: 2", 0),
        ("workspace_ids: [null]", 1),
        ("state: archived", 0),
    ],
)
def test_boards_are_filtered(board: Board, arguments: str, count: int) -> None:
    given = f"({arguments})" if arguments else ""
    assert len(board.owner.one(f"{{ boards{given} {{ id url items_limit owners {{ id }} }} }}")) == count


@pytest.mark.parametrize("arguments", ["limit: 0", "page: 0", "limit: 10001"])
def test_pages_have_bounds(desk: Person, arguments: str) -> None:
    error = desk.refusal(f"{{ boards({arguments}) {{ id }} }}")
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_a_board_is_renamed_and_described(board: Board) -> None:
    change = (
        "mutation ($b: ID!, $a: BoardAttributes!, $v: String!) {"
        " update_board(board_id: $b, board_attribute: $a, new_value: $v) }"
    )
    board.owner.ask(change, b=board.id, a="name", v="Servicedesk")
    board.owner.ask(change, b=board.id, a="description", v="All tickets")
    (found,) = board.owner.one("query ($b: ID!) { boards(ids: [$b]) { name description } }", b=board.id)
    assert found == {"name": "Servicedesk", "description": "All tickets"}
    board.owner.refusal(change, b=board.id, a="name", v=" ")
    board.owner.ask(change, b=board.id, a="communication", v='{"meeting_id": 7}')
    read = "query ($b: ID!) { boards(ids: [$b]) { communication } }"
    assert board.owner.one(read, b=board.id) == [{"communication": {"meeting_id": 7}}]


def test_an_owner_added_as_subscriber_is_one_no_more(board: Board) -> None:
    maria = board.owner.colleagues["Maria Ek"]
    add = (
        "mutation ($b: ID!, $u: [ID!]!, $k: BoardSubscriberKind) {"
        " add_users_to_board(board_id: $b, user_ids: $u, kind: $k) { id } }"
    )
    read = "query ($b: ID!) { boards(ids: [$b]) { owners { name } subscribers { name } } }"
    board.owner.ask(add, b=board.id, u=[maria], k="owner")
    assert {"name": "Maria Ek"} in board.owner.one(read, b=board.id)[0]["owners"]
    board.owner.ask(add, b=board.id, u=[maria], k="subscriber")
    (found,) = board.owner.one(read, b=board.id)
    assert {"name": "Maria Ek"} not in found["owners"]
    assert {"name": "Maria Ek"} in found["subscribers"]
    error = board.owner.refusal(add, b=board.id, u=["1"], k="owner")
    assert error["extensions"]["code"] == "InvalidUserIdException"


def test_a_board_has_its_first_group_on_top(desk: Person) -> None:
    read = "query ($b: [ID!]) { boards(ids: $b) { top_group { id } } }"
    assert desk.one(read, b=[make_board(desk)]) == [{"top_group": {"id": "topics"}}]
    empty = desk.one(CREATE_BOARD, kind="public", empty=True)["id"]
    assert desk.refusal(read, b=[empty])["extensions"]["code"] == "ResourceNotFoundException"


def test_a_board_has_no_views_beside_its_table(board: Board) -> None:
    found = board.owner.one("query ($b: [ID!]) { boards(ids: $b) { views { id } } }", b=[board.id])
    assert found == [{"views": []}]


def test_a_blank_board_is_not_made(desk: Person) -> None:
    error = desk.refusal('mutation { create_board(board_name: " ", board_kind: public) { id } }')
    assert error["extensions"]["code"] == "CreateBoardException"


def test_a_board_of_another_workspace_is_not_found_in_the_main_one(desk: Person) -> None:
    space = desk.one('mutation { create_workspace(name: "Support", kind: open) { id } }')["id"]
    make_board(desk, workspace_id=space)
    found = "query ($w: [ID]) { boards(workspace_ids: $w) { id } }"
    assert [len(desk.one(found, w=places)) for places in ([None], [space], [None, space])] == [0, 1, 1]


@pytest.mark.parametrize("attribute", ["name", "description"])
def test_a_board_is_changed_by_those_who_may_change_its_structure(board: Board, attribute: str) -> None:
    disa = person(board.owner.monday, "synerity", "Disa Lindqvist")
    change = (
        "mutation ($b: ID!, $a: BoardAttributes!) {"
        ' update_board(board_id: $b, board_attribute: $a, new_value: "x") }'
    )
    disa.ask(change, b=board.id, a=attribute)
    board.owner.ask(
        "mutation ($b: ID!) {"
        " set_board_permission(board_id: $b, basic_role_name: contributor) { edit_permissions } }",
        b=board.id,
    )
    assert disa.refusal(change, b=board.id, a=attribute)["extensions"]["code"] == "USER_UNAUTHORIZED"
