"""Workspaces: open and closed ones, and who belongs to them."""

from typing import Any

import pytest

from tests.conformance.people import Board, Monday, Person, invited, make_board, make_team, person

CREATE = (
    "mutation ($n: String!, $k: WorkspaceKind!) {"
    " create_workspace(name: $n, kind: $k) { id kind is_default_workspace } }"
)
LIST = (
    "query ($k: WorkspaceKind, $m: WorkspaceMembershipKind, $o: WorkspacesOrderBy, $s: State,"
    " $q: WorkspacesQueryInput) { workspaces(kind: $k, membership_kind: $m, order_by: $o, state: $s,"
    " query_params: $q) { name } }"
)
UPDATE = (
    "mutation ($w: ID, $a: UpdateWorkspaceAttributesInput!) {"
    " update_workspace(id: $w, attributes: $a) { name kind description } }"
)
ADD = (
    "mutation ($w: ID!, $u: [ID!]!, $k: WorkspaceSubscriberKind) {"
    " add_users_to_workspace(workspace_id: $w, user_ids: $u, kind: $k) { name } }"
)
REMOVE = (
    "mutation ($w: ID!, $u: [ID!]!) { delete_users_from_workspace(workspace_id: $w, user_ids: $u) { name } }"
)
ADD_TEAM = "mutation ($w: ID!, $t: [ID!]!) { add_teams_to_workspace(workspace_id: $w, team_ids: $t) { id } }"
REMOVE_TEAM = (
    "mutation ($w: ID!, $t: [ID!]!) { delete_teams_from_workspace(workspace_id: $w, team_ids: $t) { id } }"
)
DELETE = "mutation ($w: ID!) { delete_workspace(workspace_id: $w) { state } }"
PEOPLE = (
    "query ($w: [ID!]) { workspaces(ids: $w) { users_subscribers { name } owners_subscribers { name }"
    " teams_subscribers { id } team_owners_subscribers { id } } }"
)


def make(someone: Person, name: str = "Desk", kind: str = "open") -> str:
    return str(someone.one(CREATE, n=name, k=kind)["id"])


def names(someone: Person, **filters: Any) -> list[str]:
    return [space["name"] for space in someone.one(LIST, **filters)]


@pytest.fixture
def disa(monday: Monday) -> Person:
    return person(monday, "synerity", "Disa Lindqvist")


def test_every_account_has_a_main_workspace_that_stands_first(desk: Person) -> None:
    make(desk)
    assert names(desk) == ["Main workspace", "Desk"]
    assert names(desk, o="created_at")[-1] == "Main workspace"


@pytest.mark.parametrize(
    ("account", "is_made"), [("synerity", True), ("customer-silver", False), ("customer-free", False)]
)
def test_closed_workspaces_are_for_enterprise_accounts(monday: Monday, account: str, is_made: bool) -> None:
    body = person(monday, account).answer(CREATE, n="Board room", k="closed").body
    assert ("errors" not in body) is is_made


def test_a_closed_workspace_is_told_to_its_members_only(desk: Person, disa: Person) -> None:
    space = make(desk, "Board room", "closed")
    assert "Board room" not in names(disa)
    create = (
        'mutation ($w: ID!) { create_board(board_name: "x", board_kind: public, workspace_id: $w) { id } }'
    )
    assert disa.refusal(create, w=space)["extensions"]["code"] == "ResourceNotFoundException"
    desk.ask(ADD, w=space, u=[disa.caller.user_id])
    assert "Board room" in names(disa)


def test_a_team_opens_a_closed_workspace_to_its_people(desk: Person, disa: Person) -> None:
    space, team = make(desk, "Board room", "closed"), make_team(desk, disa.caller.user_id)
    board = make_board(desk, workspace_id=space)
    see = "query ($b: [ID!]) { boards(ids: $b) { id } }"
    assert disa.one(see, b=[board]) == []
    desk.ask(ADD_TEAM, w=space, t=[team])
    assert "Board room" in names(disa)
    assert len(disa.one(see, b=[board])) == 1
    assert desk.one(PEOPLE, w=[space])[0]["teams_subscribers"] == [{"id": team}]
    assert desk.one(REMOVE_TEAM, w=space, t=[team]) == [{"id": team}]
    assert disa.one(see, b=[board]) == []


def test_the_maker_owns_a_workspace(desk: Person) -> None:
    (people,) = desk.one(PEOPLE, w=[make(desk)])
    assert people["owners_subscribers"] == people["users_subscribers"] == [{"name": "Synerity Integration"}]


def test_the_main_workspace_has_everybody_but_guests(desk: Person) -> None:
    invited(desk)
    (people,) = [
        one
        for one in desk.one("{ workspaces { is_default_workspace users_subscribers { name } } }")
        if one["is_default_workspace"]
    ]
    assert len(people["users_subscribers"]) == 5


def test_one_finds_the_workspaces_one_belongs_to(desk: Person, disa: Person) -> None:
    space = make(desk)
    assert names(disa, m="member") == ["Main workspace"]
    assert names(disa, m="all") == ["Main workspace", "Desk"]
    desk.ask(ADD, w=space, u=[disa.caller.user_id])
    assert names(disa, m="member") == ["Main workspace", "Desk"]


def test_workspaces_are_found_by_kind_and_product(desk: Person) -> None:
    make(desk, "Board room", "closed")
    assert names(desk, k="closed") == ["Board room"]
    assert names(desk, q={"account_product_kind": "crm"}) == []
    assert len(names(desk, q={"account_product_kind": "core"})) == 2


def test_a_workspace_is_changed_by_its_owner(desk: Person) -> None:
    space = make(desk)
    changes = {"name": "Helpdesk", "description": "All of it", "kind": "closed"}
    assert desk.one(UPDATE, w=space, a=changes) == changes


@pytest.mark.parametrize(
    "attributes", [{"name": " "}, {"account_product_id": "1"}], ids=["a blank name", "another product"]
)
def test_what_a_workspace_can_not_be_is_refused(desk: Person, attributes: dict[str, str]) -> None:
    desk.refusal(UPDATE, w=make(desk), a=attributes)


def test_the_main_workspace_is_not_changed_or_deleted(desk: Person) -> None:
    (main,) = desk.one("{ workspaces { id } }")
    assert desk.refusal(UPDATE, w=main["id"], a={"name": "x"})["extensions"]["code"] == "USER_UNAUTHORIZED"
    assert desk.refusal(DELETE, w=main["id"])["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_others_than_owners_and_admins_change_no_workspace(desk: Person, disa: Person) -> None:
    space = make(desk)
    for document, given in ((UPDATE, {"a": {"name": "x"}}), (ADD, {"u": ["81020334"]}), (DELETE, {})):
        error = disa.refusal(document, w=space, **given)
        assert error["extensions"]["code"] == "USER_UNAUTHORIZED"
    desk.ask(ADD, w=space, u=[disa.caller.user_id], k="owner")
    assert disa.one(UPDATE, w=space, a={"name": "x"})["name"] == "x"


def test_guests_belong_to_no_workspace(desk: Person) -> None:
    guest = invited(desk)
    error = desk.refusal(ADD, w=make(desk), u=[guest.caller.user_id])
    assert error["extensions"]["code"] == "InvalidUserIdException"
    assert guest.one("{ workspaces { id } }") == []


def test_a_member_who_is_taken_out_is_out(desk: Person, disa: Person) -> None:
    space = make(desk)
    desk.ask(ADD, w=space, u=[disa.caller.user_id])
    petra = desk.colleagues["Petra Sund"]
    assert desk.one(REMOVE, w=space, u=[disa.caller.user_id, petra]) == [{"name": "Disa Lindqvist"}]
    assert names(disa, m="member") == ["Main workspace"]


def test_a_deleted_workspace_takes_its_boards_along(desk: Person) -> None:
    space = make(desk)
    board = make_board(desk, workspace_id=space)
    assert desk.one(DELETE, w=space) == {"state": "deleted"}
    read = "query ($b: [ID!]) { boards(ids: $b, state: all) { state } }"
    assert desk.one(read, b=[board]) == [{"state": "deleted"}]
    assert names(desk) == ["Main workspace"]
    assert names(desk, s="deleted") == ["Desk"]
    assert desk.refusal(UPDATE, w=space, a={"name": "x"})["extensions"]["status_code"] == 404


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
