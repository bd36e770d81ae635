"""Who sees a board, and what they may do on it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monday_sandbox.api.permissions import Act, Standing, may
from tests.conformance.people import Monday, Person, invited, make_board, make_team, person

READ = "query ($b: ID!) { boards(ids: [$b]) { name } }"
ADD = (
    "mutation ($b: ID!, $u: [ID!]!, $k: BoardSubscriberKind) {"
    " add_users_to_board(board_id: $b, user_ids: $u, kind: $k) { id } }"
)
SET_ROLE = (
    "mutation ($b: ID!, $r: BoardBasicRoleName) {"
    " set_board_permission(board_id: $b, basic_role_name: $r) { edit_permissions failed_actions } }"
)
CREATE_ITEM = 'mutation ($b: ID!) { create_item(board_id: $b, item_name: "x") { id } }'
CREATE_GROUP = 'mutation ($b: ID!) { create_group(board_id: $b, group_name: "x") { id } }'
SET_PLACE = "mutation ($w: ID!, $u: [ID!]!) { add_users_to_workspace(workspace_id: $w, user_ids: $u) { id } }"
EXISTS_NOT = "9999999999"


@pytest.fixture
def disa(monday: Monday) -> Person:
    return person(monday, "synerity", "Disa Lindqvist")


def sees(someone: Person, board: str) -> bool:
    return bool(someone.one(READ, b=board))


def code(someone: Person, document: str, **variables: object) -> str | None:
    """The code of the refusal; None when it was done."""
    errors = someone.answer(document, **variables).body.get("errors", [])
    return str(errors[0]["extensions"]["code"]) if errors else None


@pytest.mark.parametrize(("kind", "is_seen"), [("public", True), ("private", False), ("share", False)])
def test_a_member_sees_public_boards_and_those_they_belong_to(
    desk: Person, disa: Person, kind: str, is_seen: bool
) -> None:
    board = make_board(desk, kind)
    assert sees(disa, board) is is_seen
    desk.ask(ADD, b=board, u=[disa.caller.user_id])
    assert sees(disa, board)


@pytest.mark.parametrize("kind", ["private", "share"])
def test_a_member_sees_the_boards_of_their_teams(desk: Person, disa: Person, kind: str) -> None:
    board = make_board(desk, kind, board_subscriber_teams_ids=[make_team(desk, disa.caller.user_id)])
    assert sees(disa, board)


@pytest.mark.parametrize("belongs", ["", "user", "team"])
@pytest.mark.parametrize("place", ["main", "open", "closed", "closed, as a member"])
@pytest.mark.parametrize("role", ["MEMBER", "GUEST", "ADMIN"])
@pytest.mark.parametrize("kind", ["public", "private", "share"])
def test_who_sees_a_board_follows_from_its_kind_its_place_and_its_people(
    desk: Person, kind: str, role: str, place: str, belongs: str
) -> None:
    someone = invited(desk, role, "new@elsewhere.example").caller
    board = make_board(desk, kind)
    placing = "UPDATE boards SET workspace_id = 5 WHERE id = ? AND account_id = ?"
    rows = {
        "user": ("board_users (account_id, board_id, user_id, kind)", (board, someone.user_id, "subscriber")),
        "team": ("board_teams (account_id, board_id, team_id, kind)", (board, 7, "subscriber")),
    }
    with desk.monday.store.writing() as connection:
        connection.execute(
            "INSERT INTO workspaces VALUES (?, 5, 'W', ?, NULL, 'active', 0, '')",
            (someone.account_id, place.partition(",")[0]),
        )
        connection.execute(
            "INSERT INTO team_users VALUES (?, 7, ?, 'member')", (someone.account_id, someone.user_id)
        )
        if place != "main":
            connection.execute(placing, (board, someone.account_id))
        if place == "closed, as a member":
            connection.execute(
                "INSERT INTO workspace_users VALUES (?, 5, ?, 'subscriber')",
                (someone.account_id, someone.user_id),
            )
        if belongs:
            table, values = rows[belongs]
            connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", (someone.account_id, *values))
    is_guest = role == "GUEST"
    expected = bool(belongs) and (kind == "share" or not is_guest)
    expected |= kind == "public" and not is_guest and place != "closed"
    reader = Person(desk.monday, someone)
    assert sees(reader, board) is expected


def test_a_guest_sees_the_shareable_boards_they_belong_to_and_no_other(desk: Person) -> None:
    guest = invited(desk)
    shared, other, public = make_board(desk, "share"), make_board(desk, "share"), make_board(desk)
    desk.ask(ADD, b=shared, u=[guest.caller.user_id])
    assert [sees(guest, board) for board in (shared, other, public)] == [True, False, False]


def test_a_guest_finds_items_and_updates_of_their_boards_only(desk: Person) -> None:
    guest = invited(desk)
    shared, public = make_board(desk, "share"), make_board(desk)
    desk.ask(ADD, b=shared, u=[guest.caller.user_id])
    items = [desk.one(CREATE_ITEM, b=board)["id"] for board in (shared, public)]
    for item in items:
        desk.ask('mutation ($i: ID) { create_update(item_id: $i, body: "x") { id } }', i=item)
    found = guest.one("query ($i: [ID!]) { items(ids: $i) { id } }", i=items)
    assert [item["id"] for item in found] == items[:1]
    assert [update["item"]["id"] for update in guest.one("{ updates { item { id } } }")] == items[:1]
    assert guest.refusal('mutation ($i: ID) { create_update(item_id: $i, body: "x") { id } }', i=items[1])


def test_a_guest_works_on_their_board_as_others_do(desk: Person) -> None:
    guest = invited(desk)
    board = make_board(desk, "share", board_subscriber_ids=[guest.caller.user_id])
    assert guest.one(CREATE_ITEM, b=board)["id"]


@pytest.mark.parametrize("mutation", [CREATE_ITEM, CREATE_GROUP, SET_ROLE.replace("$r)", "editor)")])
def test_a_board_that_is_not_seen_is_answered_as_one_that_is_not_there(
    desk: Person, disa: Person, mutation: str
) -> None:
    mutation = mutation.replace(", $r: BoardBasicRoleName", "")
    hidden = disa.refusal(mutation, b=make_board(desk, "private"))
    missing = disa.refusal(mutation, b=EXISTS_NOT)
    assert hidden == missing
    assert hidden["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_boards_of_a_closed_workspace_are_for_its_members(desk: Person, disa: Person) -> None:
    space = desk.one('mutation { create_workspace(name: "Closed", kind: closed) { id } }')["id"]
    board = make_board(desk, workspace_id=space)
    assert not sees(disa, board)
    desk.ask(SET_PLACE, w=space, u=[disa.caller.user_id])
    assert sees(disa, board)


def test_a_subscriber_from_outside_a_closed_workspace_sees_their_board_of_it(
    desk: Person, disa: Person
) -> None:
    space = desk.one('mutation { create_workspace(name: "Closed", kind: closed) { id } }')["id"]
    board, other = make_board(desk, workspace_id=space), make_board(desk, workspace_id=space)
    desk.ask(ADD, b=board, u=[disa.caller.user_id])
    assert sees(disa, board)
    assert not sees(disa, other)


@pytest.mark.parametrize(
    ("role", "permissions", "makes_items", "makes_groups"),
    [
        ("editor", "everyone", True, True),
        ("contributor", "collaborators", True, False),
        ("viewer", "owners", False, False),
    ],
)
def test_a_boards_role_says_what_others_than_owners_may(
    desk: Person, disa: Person, role: str, permissions: str, makes_items: bool, makes_groups: bool
) -> None:
    board = make_board(desk)
    assert desk.one(SET_ROLE, b=board, r=role) == {"edit_permissions": permissions, "failed_actions": []}
    for document, is_allowed in ((CREATE_ITEM, makes_items), (CREATE_GROUP, makes_groups)):
        assert code(disa, document, b=board) == (None if is_allowed else "USER_UNAUTHORIZED")
        assert code(desk, document, b=board) is None
    read = "query ($b: ID!) { boards(ids: [$b]) { permissions access_level } }"
    level = "edit" if makes_items else "view"
    assert disa.one(read, b=board) == [{"permissions": permissions, "access_level": level}]


@pytest.mark.parametrize("role", ["assigned_contributor", None])
def test_the_role_that_the_api_does_not_take_is_refused(desk: Person, role: str | None) -> None:
    assert code(desk, SET_ROLE, b=make_board(desk), r=role) == "InvalidArgumentException"


def test_a_contributor_makes_no_labels(desk: Person, disa: Person) -> None:
    board = make_board(desk)
    desk.ask(SET_ROLE, b=board, r="contributor")
    write = (
        "mutation ($b: ID!, $i: ID!, $v: JSON!) { change_multiple_column_values("
        "board_id: $b, item_id: $i, column_values: $v, create_labels_if_missing: true) { id } }"
    )
    given_board = {"b": board, "i": disa.one(CREATE_ITEM, b=board)["id"]}
    assert code(disa, write, v=json.dumps({"status": {"label": "Done"}}), **given_board) is None
    new = json.dumps({"status": {"label": "Quite new"}})
    assert code(disa, write, v=new, **given_board) == "USER_UNAUTHORIZED"
    assert code(desk, write, v=new, **given_board) is None


@pytest.mark.parametrize(
    "act",
    [
        "archive_board(board_id: $b) { id }",
        "delete_board(board_id: $b) { id }",
        "set_board_permission(board_id: $b, basic_role_name: viewer) { edit_permissions }",
        "add_users_to_board(board_id: $b, user_ids: [81020358], kind: owner) { id }",
        "delete_subscribers_from_board(board_id: $b, user_ids: [81020311]) { id }",
    ],
)
def test_what_is_for_owners_is_refused_to_other_members(desk: Person, disa: Person, act: str) -> None:
    board = make_board(desk)
    assert code(disa, f"mutation ($b: ID!) {{ {act} }}", b=board) == "USER_UNAUTHORIZED"
    desk.ask(ADD, b=board, u=[disa.caller.user_id], k="owner")
    assert code(disa, f"mutation ($b: ID!) {{ {act} }}", b=board) is None


def test_a_team_owns_a_board_by_each_of_its_people(desk: Person, disa: Person) -> None:
    team = make_team(desk, disa.caller.user_id)
    board = make_board(desk, board_owner_team_ids=[team])
    assert code(disa, SET_ROLE, b=board, r="viewer") is None
    assert code(disa, CREATE_GROUP, b=board) is None


@pytest.mark.parametrize(
    "act",
    [
        'create_board(board_name: "x", board_kind: share) { id }',
        'create_workspace(name: "x", kind: open) { id }',
        'create_folder(name: "x") { id }',
        "add_users_to_board(board_id: $b, user_ids: [81020358]) { id }",
        "duplicate_board(board_id: $b, duplicate_type: duplicate_board_with_structure) { is_async }",
    ],
)
def test_a_guest_makes_no_places_and_brings_in_nobody(desk: Person, act: str) -> None:
    guest = invited(desk)
    board = make_board(desk, "share", board_subscriber_ids=[guest.caller.user_id])
    declared = "($b: ID!) " if "$b" in act else ""
    assert code(guest, f"mutation {declared}{{ {act} }}", b=board) == "USER_UNAUTHORIZED"


@pytest.mark.parametrize(("role", "accepts"), [("VIEW_ONLY", True), ("MEMBER", False), ("GUEST", False)])
def test_viewers_and_those_who_have_not_accepted_have_no_api(desk: Person, role: str, accepts: bool) -> None:
    newcomer = invited(desk, role, "new@elsewhere.example", accepts=accepts)
    answer = newcomer.answer("{ me { id } }")
    assert answer.status == 403
    assert answer.body["errors"][0]["extensions"]["code"] == "USER_ACCESS_DENIED"
    assert "data" not in answer.body


kinds = st.sampled_from(["admin", "member", "guest", "view_only"])
roles = st.sampled_from(["everyone", "collaborators", "owners"])
ACTS = (Act.CONTENT, Act.STRUCTURE)


@given(kinds, roles)
def test_owning_a_board_never_takes_a_permission_away(kind: str, role: str) -> None:
    for act in Act:
        assert may(act, role, Standing(kind, is_owner=True)) >= may(act, role, Standing(kind, is_owner=False))


@given(kinds, roles, st.booleans())
def test_who_may_change_the_structure_may_change_the_content(kind: str, role: str, is_owner: bool) -> None:
    standing = Standing(kind, is_owner)
    assert may(Act.CONTENT, role, standing) >= may(Act.STRUCTURE, role, standing)


@given(kinds, st.booleans())
def test_each_role_allows_no_more_than_the_one_above_it(kind: str, is_owner: bool) -> None:
    standing = Standing(kind, is_owner)
    for act in ACTS:
        allowed = [may(act, role, standing) for role in ("owners", "collaborators", "everyone")]
        assert allowed == sorted(allowed)
