"""Boards, groups, columns and labels; accounts and users."""

from typing import Any

import pytest

from tests.conformance.people import Board, Monday, Person, happenings, person

CREATE_BOARD = (
    "mutation ($kind: BoardKind!, $empty: Boolean) {"
    ' create_board(board_name: "New", board_kind: $kind, empty: $empty) { id } }'
)
STRUCTURE = (
    "query ($b: ID!) { boards(ids: [$b], state: all) {"
    " state name groups { id title position } columns { id title type revision settings } } }"
)
CREATE_COLUMN = (
    "mutation ($b: ID!, $id: String, $type: ColumnType!) {"
    ' create_column(board_id: $b, id: $id, title: "A title", column_type: $type) { id type } }'
)
UPDATE_STATUS = (
    "mutation ($b: ID!, $r: String!, $s: UpdateStatusColumnSettingsInput) {"
    ' update_status_column(board_id: $b, id: "status", revision: $r, settings: $s) { revision settings } }'
)


def structure(board: Board) -> dict[str, Any]:
    (found,) = board.owner.one(STRUCTURE, b=board.id)
    return dict(found)


def status_column(board: Board) -> dict[str, Any]:
    return next(dict(column) for column in structure(board)["columns"] if column["id"] == "status")


def as_written(column: dict[str, Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in label.items() if k != "hex"} for label in column["settings"]["labels"]]


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


def test_a_private_board_is_seen_by_its_people_only(desk: Person, monday: Monday) -> None:
    board = desk.one(CREATE_BOARD, kind="private", empty=True)["id"]
    disa = person(monday, "synerity", "Disa Lindqvist")
    read = "query ($b: ID!) { boards(ids: [$b]) { name } }"
    assert disa.one(read, b=board) == []
    desk.ask(
        "mutation ($b: ID!, $u: [ID!]!) { add_users_to_board(board_id: $b, user_ids: $u) { id } }",
        b=board,
        u=[disa.caller.user_id],
    )
    assert disa.one(read, b=board) == [{"name": "New"}]


@pytest.mark.parametrize(("mutation", "state"), [("archive_board", "archived"), ("delete_board", "deleted")])
def test_a_board_that_is_gone_is_found_in_that_state_only(board: Board, mutation: str, state: str) -> None:
    board.owner.ask(f"mutation ($b: ID!) {{ {mutation}(board_id: $b) {{ id }} }}", b=board.id)
    assert board.owner.one("query ($b: ID!) { boards(ids: [$b]) { id } }", b=board.id) == []
    assert structure(board)["state"] == state
    error = board.owner.refusal(
        'mutation ($b: ID!) { create_item(board_id: $b, item_name: "x") { id } }', b=board.id
    )
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_a_new_group_stands_first(board: Board) -> None:
    board.owner.ask(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Newest") { id } }', b=board.id
    )
    assert [group["title"] for group in structure(board)["groups"]] == ["Newest", "Tickets"]


def test_a_group_is_put_where_it_is_told_to(board: Board) -> None:
    first = structure(board)["groups"][0]["id"]
    create = (
        "mutation ($b: ID!, $n: String!, $m: PositionRelative, $g: String) { create_group(board_id: $b,"
        " group_name: $n, position_relative_method: $m, relative_to: $g) { id } }"
    )
    board.owner.ask(create, b=board.id, n="last", m="after_at", g=first)
    board.owner.ask(create, b=board.id, n="middle", m="after_at", g=first)
    board.owner.ask(create, b=board.id, n="first", m="before_at", g=first)
    assert [group["title"] for group in structure(board)["groups"]] == ["first", "Tickets", "middle", "last"]


def test_a_group_is_renamed(board: Board) -> None:
    group = structure(board)["groups"][0]["id"]
    renamed = board.owner.one(
        "mutation ($b: ID!, $g: String!) { update_group(board_id: $b, group_id: $g, group_attribute: title,"
        ' new_value: "Ärenden") { title } }',
        b=board.id,
        g=group,
    )
    assert renamed == {"title": "Ärenden"}


def test_the_last_group_can_not_be_deleted(board: Board) -> None:
    group = structure(board)["groups"][0]["id"]
    delete = "mutation ($b: ID!, $g: String!) { delete_group(board_id: $b, group_id: $g) { id deleted } }"
    error = board.owner.refusal(delete, b=board.id, g=group)
    assert error["extensions"]["code"] == "DeleteLastGroupException"
    assert error["extensions"]["status_code"] == 409
    board.owner.ask('mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', b=board.id)
    item = board.owner.one(
        'mutation ($b: ID!, $g: String) { create_item(board_id: $b, item_name: "x", group_id: $g) { id } }',
        b=board.id,
        g=group,
    )["id"]
    assert board.owner.one(delete, b=board.id, g=group)["deleted"] is True
    assert board.item(item, "state") == {"state": "deleted"}


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


def test_a_user_sees_the_people_of_their_own_account_only(desk: Person, customer: Person) -> None:
    names = [user["name"] for user in desk.one("{ users { name } }")]
    assert names == list(desk.colleagues)
    read = "query ($ids: [ID!]) { users(ids: $ids) { name } }"
    assert desk.one(read, ids=list(customer.colleagues.values())) == []


def test_me_tells_the_account(customer: Person) -> None:
    me = customer.one("{ me { id account { slug name } time_zone_identifier kind } }")
    assert me["account"] == {"slug": "customer-silver", "name": "Norrsken Logistik AB"}
    assert me["time_zone_identifier"] == "Europe/Stockholm"


def test_a_board_of_the_main_workspace_has_none(board: Board) -> None:
    (space,) = board.owner.one("{ workspaces { id name is_default_workspace } }")
    assert space["name"] == "Main workspace"
    found = board.owner.one(
        "query ($w: [ID]) { boards(workspace_ids: $w) { id workspace_id } }", w=[space["id"]]
    )
    assert found == [{"id": board.id, "workspace_id": None}]


def test_a_board_is_made_in_a_workspace(desk: Person) -> None:
    space = desk.one('mutation { create_workspace(name: "Support", kind: open) { id } }')["id"]
    board = desk.one(
        'mutation ($w: ID) { create_board(board_name: "B", board_kind: public, workspace_id: $w) {'
        " workspace { id name } } }",
        w=space,
    )
    assert board == {"workspace": {"id": space, "name": "Support"}}


def test_the_current_version_is_told(desk: Person) -> None:
    versions = desk.one("{ versions { value kind } }")
    assert {"value": "2026-10", "kind": "current"} in versions


def test_the_state_survives_a_restart(board: Board) -> None:
    store = board.owner.monday.store
    item = board.create_item("kept", text="x")
    store.close()
    assert board.cell(item, "text")["value"] == "x"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ('name: "lindqvist"', ["Disa Lindqvist"]),
        ('name: "Diza Lindkvist"', ["Disa Lindqvist"]),
        ('emails: ["MARIA.EK@synerity.example"]', ["Maria Ek"]),
        ("kind: guests", []),
        ("kind: non_guests, limit: 1, page: 2", ["Disa Lindqvist"]),
        ("newest_first: true, limit: 1", ["Petra Sund"]),
        ("status: [INACTIVE]", []),
        ("non_active: true", []),
    ],
)
def test_users_are_filtered(desk: Person, arguments: str, names: list[str]) -> None:
    assert [user["name"] for user in desk.one(f"{{ users({arguments}) {{ name }} }}")] == names


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


@pytest.mark.parametrize("column_type", ["formula", "mirror", "name", "subtasks"])
def test_columns_the_sandbox_does_not_have_are_refused(board: Board, column_type: str) -> None:
    error = board.owner.refusal(CREATE_COLUMN, b=board.id, id="other", type=column_type)
    assert error["extensions"]["code"] == "InvalidColumnTypeException"


@pytest.mark.parametrize(
    ("attribute", "value", "refused"),
    [
        ("color", "#CAB641", False),
        ("color", "done_green", False),
        ("color", "greenish", True),
        ("title", "", True),
        ("position", "12.5", False),
        ("position", "first", True),
        ("relative_position_after", "nowhere", True),
    ],
)
def test_a_groups_attributes_have_bounds(board: Board, attribute: str, value: str, refused: bool) -> None:
    answer = board.owner.answer(
        "mutation ($b: ID!, $g: String!, $a: GroupAttributes!, $v: String!) {"
        " update_group(board_id: $b, group_id: $g, group_attribute: $a, new_value: $v) { id } }",
        b=board.id,
        g=structure(board)["groups"][0]["id"],
        a=attribute,
        v=value,
    )
    assert ("errors" in answer.body) is refused


def test_an_archived_group_takes_its_items_along_and_is_listed_by_id_only(board: Board) -> None:
    group = structure(board)["groups"][0]["id"]
    item = board.create_item()
    board.owner.ask('mutation ($b: ID!) { create_group(board_id: $b, group_name: "G") { id } }', b=board.id)
    board.owner.ask(
        "mutation ($b: ID!, $g: String!) { archive_group(board_id: $b, group_id: $g) { id } }",
        b=board.id,
        g=group,
    )
    assert board.item(item, "state") == {"state": "archived"}
    assert [one["title"] for one in structure(board)["groups"]] == ["G"]
    (found,) = board.owner.one(
        "query ($b: ID!, $g: [String]) { boards(ids: [$b]) { groups(ids: $g) { archived } } }",
        b=board.id,
        g=[group],
    )
    assert found["groups"] == [{"archived": True}]


@pytest.mark.parametrize(("target_type", "is_item"), [("Project", True), ("Project", False), ("Post", False)])
def test_a_colleague_is_notified(board: Board, target_type: str, is_item: bool) -> None:
    item = board.create_item()
    update = board.owner.one('mutation ($i: ID) { create_update(item_id: $i, body: "x") { id } }', i=item)[
        "id"
    ]
    target = update if target_type == "Post" else item if is_item else board.id
    notify = (
        "mutation ($u: ID!, $t: ID!, $k: NotificationTargetType!) {"
        ' create_notification(user_id: $u, target_id: $t, target_type: $k, text: "Look") { id text } }'
    )
    maria = board.owner.colleagues["Maria Ek"]
    assert board.owner.one(notify, u=maria, t=target, k=target_type)["text"] == "Look"
    assert board.owner.refusal(notify, u=maria, t="1", k=target_type)
    assert board.owner.refusal(notify, u="1", t=target, k=target_type)


def test_a_group_shows_its_own_items(board: Board) -> None:
    board.create_item("in the first")
    other = board.owner.one(
        'mutation ($b: ID!) { create_group(board_id: $b, group_name: "Other") { id } }', b=board.id
    )["id"]
    read = (
        "query ($b: ID!, $g: [String]) { boards(ids: [$b]) {"
        " groups(ids: $g) { items_page { items { name } } } } }"
    )
    (found,) = board.owner.one(read, b=board.id, g=[other])
    assert found["groups"] == [{"items_page": {"items": []}}]


@pytest.mark.parametrize(("method", "names"), [("before_at", ["a", "x", "b"]), ("after_at", ["a", "b", "x"])])
def test_an_item_is_put_beside_another(board: Board, method: str, names: list[str]) -> None:
    board.create_item("a")
    beside = board.create_item("b")
    board.owner.ask(
        'mutation ($b: ID!, $i: ID, $m: PositionRelative) { create_item(board_id: $b, item_name: "x",'
        " relative_to: $i, position_relative_method: $m) { id } }",
        b=board.id,
        i=beside,
        m=method,
    )
    (found,) = board.owner.one(
        "query ($b: ID!) { boards(ids: [$b]) { items_page { items { name } } } }", b=board.id
    )
    assert [item["name"] for item in found["items_page"]["items"]] == names
