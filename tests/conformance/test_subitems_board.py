"""The board that a board's subitems are on: what it is, who sees it, what it goes along with."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from monday_sandbox.api import Api
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox
from tests.conformance.people import Board, Monday, Person, invited, make_board, person
from tests.conformance.served import Desk
from tests.conformance.subitems import create_subitem


@pytest.fixture
def item(board: Board) -> str:
    return board.create_item("A fault")


def test_the_first_subitem_makes_a_board_of_subitems_with_the_usual_columns(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { name type groups { title } columns { id title type } } }",
        b=made["board"],
    )
    assert (found["name"], found["type"]) == ("Subitems of Desk", "sub_items_board")
    assert [group["title"] for group in found["groups"]] == ["Subitems"]
    assert [(column["id"], column["title"], column["type"]) for column in found["columns"]] == [
        ("name", "Name", "name"),
        ("person", "Owner", "people"),
        ("status", "Status", "status"),
        ("date0", "Date", "date"),
    ]


def test_all_items_of_a_board_have_their_subitems_on_one_board(board: Board, item: str) -> None:
    other = board.create_item("Another")
    assert create_subitem(board.owner, item)["board"] == create_subitem(board.owner, other)["board"]


def test_the_first_subitem_gives_the_board_a_column_that_names_the_board_of_subitems(
    board: Board, item: str
) -> None:
    made = create_subitem(board.owner, item)
    create_subitem(board.owner, item)
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { columns(types: [subtasks]) { id title settings } } }",
        b=board.id,
    )
    (column,) = found["columns"]
    assert column["title"] == "Subitems"
    assert column["id"].startswith("subitems_mk")
    assert column["settings"]["boardIds"] == [int(made["board"])]


def test_a_board_of_subitems_is_listed_among_boards_with_its_type(board: Board, item: str) -> None:
    create_subitem(board.owner, item)
    listed = board.owner.one("{ boards(limit: 100) { id type } }")
    assert sorted(one["type"] for one in listed) == ["board", "sub_items_board"]


def test_subitems_are_no_items_of_the_board(board: Board, item: str) -> None:
    create_subitem(board.owner, item)
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { items_count items_page { items { id } } } }", b=board.id
    )
    assert found == {"items_count": 1, "items_page": {"items": [{"id": item}]}}


def test_the_board_of_subitems_has_pages_of_them(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item, "A part")
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { items_page { items { id name } } } }", b=made["board"]
    )
    assert found["items_page"]["items"] == [{"id": made["id"], "name": "A part"}]


ALONE = {
    "archive_board": "archive_board(board_id: $b) { id }",
    "create_group": 'create_group(board_id: $b, group_name: "Other") { id }',
    "create_item": 'create_item(board_id: $b, item_name: "x") { id }',
    "delete_board": "delete_board(board_id: $b) { id }",
    "duplicate_board": (
        "duplicate_board(board_id: $b, duplicate_type: duplicate_board_with_pulses) { is_async }"
    ),
    "duplicate_group": 'duplicate_group(board_id: $b, group_id: "topics") { id }',
    "people": "add_users_to_board(board_id: $b, user_ids: []) { id }",
    "role": "set_board_permission(board_id: $b, basic_role_name: viewer) { edit_permissions }",
    "place": 'update_board_hierarchy(board_id: $b, attributes: {workspace_id: "1"}) { success }',
}


@pytest.mark.parametrize("what", ALONE)
def test_what_is_the_boards_is_not_done_to_its_board_of_subitems_alone(
    board: Board, item: str, what: str
) -> None:
    made = create_subitem(board.owner, item)
    error = board.owner.refusal(f"mutation ($b: ID!) {{ {ALONE[what]} }}", b=made["board"])
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_two_first_subitems_at_once_make_one_board(board: Board) -> None:
    items = [board.create_item() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda item: create_subitem(board.owner, item)["board"], items))
    assert len(set(made)) == 1


def test_a_board_of_subitems_goes_to_the_workspace_of_its_board(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    space = board.owner.one('mutation { create_workspace(name: "S", kind: open) { id } }')["id"]
    board.owner.ask(
        "mutation ($b: ID!, $w: ID) { update_board_hierarchy(board_id: $b, attributes: {workspace_id: $w})"
        " { success } }",
        b=board.id,
        w=space,
    )
    (found,) = board.owner.one("query ($b: ID!) { boards(ids: [$b]) { workspace_id } }", b=made["board"])
    assert found == {"workspace_id": space}


def test_items_are_found_by_whether_they_have_subitems(board: Board, item: str) -> None:
    create_subitem(board.owner, item)
    board.create_item("Without")
    column = board.item(item, "column_values(types: [subtasks]) { id }")["column_values"][0]["id"]
    (found,) = board.owner.one(
        "query ($b: ID!, $q: ItemsQuery) {"
        " boards(ids: [$b]) { items_page(query_params: $q) { items { id } } } }",
        b=board.id,
        q={"rules": [{"column_id": column, "compare_value": [], "operator": "is_not_empty"}]},
    )
    assert found["items_page"]["items"] == [{"id": item}]


def test_beyond_the_requests_at_once_subitems_are_null_and_the_rest_stands(
    limited: RunningSandbox, served_desk: Desk
) -> None:
    item = served_desk.create_item()
    limited.limit(subitems_concurrency=0)
    answer = limited.graphql(
        served_desk.token, "query ($i: ID!) { items(ids: [$i]) { id subitems { id } } }", {"i": item}
    ).json()
    assert answer["data"] == {"items": [{"id": item, "subitems": None}]}
    (error,) = answer["errors"]
    assert error["path"] == ["items", 0, "subitems"]
    assert error["extensions"]["code"] == "FIELD_LIMIT_EXCEEDED"


@pytest.mark.parametrize(("mutation", "state"), [("archive_board", "archived"), ("delete_board", "deleted")])
def test_a_board_takes_its_board_of_subitems_along(
    board: Board, item: str, mutation: str, state: str
) -> None:
    made = create_subitem(board.owner, item)
    board.owner.ask(f"mutation ($b: ID!) {{ {mutation}(board_id: $b) {{ id }} }}", b=board.id)
    (found,) = board.owner.one("query ($b: ID!) { boards(ids: [$b], state: all) { state } }", b=made["board"])
    assert found["state"] == state
    assert board.item(made["id"], "state") == {"state": state}


def test_a_state_file_from_before_subitems_gets_them(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json")
    store = Store(tmp_path / "monday", clock)
    before = Board(person(Monday(store, Api(store, lambda _: True), []), "synerity"), "", ())
    board_id = make_board(before.owner)
    item = Board(before.owner, board_id, ()).create_item()
    store.close()
    _forget_subitems(store.path)
    store = Store(tmp_path / "monday", clock)
    made = create_subitem(person(Monday(store, Api(store, lambda _: True), []), "synerity"), item)
    assert int(made["id"]) > int(item)
    store.close()


def _forget_subitems(path: Path) -> None:
    """Take from a state file all that was added for subitems."""
    with closing(sqlite3.connect(path)) as connection:
        added = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE name LIKE 'subitems%' AND type <> 'table'"
        ).fetchall()
        for kind, name in added:
            connection.execute(f"DROP {kind} {name}")
        for table, column in (
            ("boards", "parent_board_id"),
            ("items", "parent_item_id"),
            ("items", "left_with"),
        ):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.commit()


# Who sees them


def test_a_board_of_subitems_is_seen_where_its_board_is(desk: Person) -> None:
    board = Board(desk, make_board(desk, "private"), ())
    made = create_subitem(desk, board.create_item())
    member = invited(desk, "MEMBER", "new@synerity.example")
    query = "query ($b: ID!, $i: ID!) { boards(ids: [$b]) { id } items(ids: [$i]) { id } }"
    assert member.ask(query, b=made["board"], i=made["id"]) == {"boards": [], "items": []}
    desk.ask(
        "mutation ($b: ID!, $u: ID!) { add_users_to_board(board_id: $b, user_ids: [$u]) { id } }",
        b=board.id,
        u=member.caller.user_id,
    )
    assert member.ask(query, b=made["board"], i=made["id"]) == {
        "boards": [{"id": made["board"]}],
        "items": [{"id": made["id"]}],
    }


def test_a_guest_sees_the_subitems_of_shareable_boards_of_theirs(desk: Person) -> None:
    board = Board(desk, make_board(desk, "share"), ())
    made = create_subitem(desk, board.create_item())
    guest = invited(desk)
    query = "query ($i: ID!) { items(ids: [$i]) { id parent_item { id } } }"
    assert guest.one(query, i=made["id"]) == []
    desk.ask(
        "mutation ($b: ID!, $u: ID!) { add_users_to_board(board_id: $b, user_ids: [$u]) { id } }",
        b=board.id,
        u=guest.caller.user_id,
    )
    assert [item["id"] for item in guest.one(query, i=made["id"])] == [made["id"]]


def test_those_who_belong_to_a_board_belong_to_its_board_of_subitems(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    query = "query ($b: ID!) { boards(ids: [$b]) { owners { id } subscribers { id } } }"
    assert board.owner.one(query, b=made["board"]) == board.owner.one(query, b=board.id)


def test_a_board_of_subitems_has_the_role_of_its_board(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    member = invited(board.owner, "MEMBER", "new@synerity.example")
    board.owner.ask(
        "mutation ($b: ID!) { set_board_permission(board_id: $b, basic_role_name: viewer)"
        " { edit_permissions } }",
        b=board.id,
    )
    answer = Board(member, made["board"], ()).change(made["id"], name="Mine")
    assert answer.body["errors"][0]["extensions"]["code"] == "USER_UNAUTHORIZED"
