"""Subitems: their board, the column that shows them, and what webhooks tell of them."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monday_sandbox.api import Api
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox
from tests.conformance.people import Board, Monday, Person, happenings, invited, make_board, person
from tests.conformance.served import Desk

RECORDED = Path(__file__).parents[2].parent / "shared" / "monday" / "webhook_payloads.json"
#: What deliveries have that happenings have not.
OF_DELIVERY = {"subscriptionId", "isRetry", "triggerUuid"}
CREATE = (
    "mutation ($item: ID!, $name: String!, $values: JSON) { create_subitem("
    "parent_item_id: $item, item_name: $name, column_values: $values) { id board { id } } }"
)
WEBHOOK = (
    "mutation ($board: ID!, $event: WebhookEventType!) {"
    ' create_webhook(board_id: $board, url: "https://app.example/hook", event: $event) { id } }'
)
SUBITEM_EVENTS = (
    *("change_subitem_column_value", "change_subitem_name", "create_subitem", "create_subitem_update"),
    *("move_subitem", "subitem_archived", "subitem_deleted"),
)


def create_subitem(who: Person, item: str, name: str = "A part", **values: Any) -> dict[str, str]:
    """Make a subitem; its id and its board's."""
    made = who.one(CREATE, item=item, name=name, values=json.dumps(values))
    return {"id": made["id"], "board": made["board"]["id"]}


@pytest.fixture
def item(board: Board) -> str:
    return board.create_item("A fault")


def change(board: Board, subitem: dict[str, str], **values: Any) -> None:
    answer = Board(board.owner, subitem["board"], ()).change(subitem["id"], **values)
    assert "errors" not in answer.body


# The board of subitems


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


# Subitems and their item


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


# Webhooks


def test_no_webhook_is_made_on_a_board_of_subitems(board: Board, item: str) -> None:
    made = create_subitem(board.owner, item)
    error = board.owner.refusal(WEBHOOK, board=made["board"], event="create_item")
    assert error["message"] == "Creating webhook on subitems board isn't allowed"
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert error["extensions"]["error_data"] == {"board_id": int(made["board"])}


@pytest.mark.parametrize("event", SUBITEM_EVENTS)
def test_events_of_subitems_are_subscribed_on_a_board_that_has_had_one(
    board: Board, item: str, event: str
) -> None:
    error = board.owner.refusal(WEBHOOK, board=board.id, event=event)
    assert error["extensions"]["code"] == "InvalidArgumentException"
    create_subitem(board.owner, item)
    assert board.owner.one(WEBHOOK, board=board.id, event=event)["id"]


def told(board: Board, item: str, act: Callable[[Board, str], None]) -> list[tuple[str, dict[str, Any]]]:
    before = len(happenings(board.owner.monday))
    act(board, item)
    return happenings(board.owner.monday)[before:]


def _mutate(board: Board, mutation: str, subitem: dict[str, str]) -> None:
    board.owner.ask(f"mutation ($i: ID!) {{ {mutation} {{ id }} }}", i=subitem["id"])


def _made(board: Board, item: str) -> None:
    create_subitem(board.owner, item, "Made")


def _renamed(board: Board, item: str) -> None:
    change(board, create_subitem(board.owner, item), name="Renamed")


def _dated(board: Board, item: str) -> None:
    change(board, create_subitem(board.owner, item), date0={"date": "2025-02-05"})


def _archived(board: Board, item: str) -> None:
    _mutate(board, "archive_item(item_id: $i)", create_subitem(board.owner, item))


def _deleted(board: Board, item: str) -> None:
    _mutate(board, "delete_item(item_id: $i)", create_subitem(board.owner, item))


def _spoken_of(board: Board, item: str) -> None:
    _mutate(board, 'create_update(item_id: $i, body: "Hello")', create_subitem(board.owner, item))


#: What is done → the event that is told last, and how its recording is named.
TOLD: dict[str, tuple[Callable[[Board, str], None], str, str]] = {
    "made": (_made, "create_subitem", "create_subitem"),
    "renamed": (_renamed, "change_subitem_name", "change_subitem_name"),
    "changed": (_dated, "change_subitem_column_value", "change_subitem_column_value (date)"),
    "archived": (_archived, "subitem_archived", "subitem_archived"),
    "deleted": (_deleted, "subitem_deleted", "subitem_deleted"),
    "spoken of": (_spoken_of, "create_subitem_update", "create_subitem_update"),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_happens_to_a_subitem_is_told_once_under_a_name_of_its_own(
    board: Board, item: str, what: str
) -> None:
    act, event, _ = TOLD[what]
    # The subitem itself is made before, which is told of it and of its item.
    expected = ["change_column_value", "create_subitem"] + ([event] if what != "made" else [])
    assert [name for name, _ in told(board, item, act)] == expected


@pytest.mark.parametrize("what", TOLD)
def test_what_is_told_of_a_subitem_has_the_recorded_shape(board: Board, item: str, what: str) -> None:
    act, _, recording = TOLD[what]
    create_subitem(board.owner, item)
    _, payload = told(board, item, act)[-1]
    assert shape(payload) == recorded(recording)


def test_what_is_told_of_the_item_of_a_new_subitem_has_the_recorded_shape(board: Board, item: str) -> None:
    _, payload = told(board, item, _made)[0]
    name = "parent_side_effect_of_create_subitem (change_column_value on the subtasks column)"
    assert shape(payload) == recorded(name)


def test_the_item_of_a_new_subitem_is_told_to_have_it_beside_those_before(board: Board, item: str) -> None:
    first = create_subitem(board.owner, item)
    second = create_subitem(board.owner, item)
    _, payload = happenings(board.owner.monday)[-2]
    assert (payload["boardId"], payload["pulseId"]) == (int(board.id), int(item))
    assert payload["columnType"] == "subtasks"
    links = [{"linkedPulseId": int(one["id"])} for one in (first, second)]
    assert payload["value"]["linkedPulseIds"] == links
    assert payload["previousValue"] == {"linkedPulseIds": links[:1]}


def test_events_of_subitems_are_recorded_where_they_are_subscribed_and_logged_where_they_are(
    board: Board, item: str
) -> None:
    made = create_subitem(board.owner, item)
    query = "query ($b: ID!) { boards(ids: [$b]) { activity_logs(limit: 100) { event } } }"
    (here,), (there,) = (board.owner.one(query, b=one) for one in (made["board"], board.id))
    assert [entry["event"] for entry in here["activity_logs"]] == ["create_pulse"]
    assert "create_pulse" in {entry["event"] for entry in there["activity_logs"]}
    with board.owner.monday.store.reading() as connection:
        (last,) = connection.execute("SELECT board_id FROM happenings ORDER BY id DESC LIMIT 1").fetchone()
    assert last == int(board.id)


def shape(payload: dict[str, Any]) -> dict[str, type]:
    """Fields and the kinds of JSON they hold; of lists and objects within, their kind alone."""
    return {name: type(value) for name, value in payload.items()}


def recorded(name: str) -> dict[str, type]:
    if not RECORDED.exists():
        pytest.skip("The recordings are not beside this checkout.")
    event = json.loads(RECORDED.read_text())["payloads"][name]["event"]
    return shape({name: value for name, value in event.items() if name not in OF_DELIVERY})
