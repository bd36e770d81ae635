"""Teams of users."""

from typing import Any

import pytest

from tests.conformance.people import Monday, Person, invited, make_board, make_team, person

CREATE = (
    "mutation ($i: CreateTeamAttributesInput!, $o: CreateTeamOptionsInput) {"
    " create_team(input: $i, options: $o) { id name is_guest owners { id } users { name } } }"
)
READ = "query ($t: [ID!]) { teams(ids: $t) { name users { name } owners { name } } }"
MEMBERS = "mutation ($t: ID!, $u: [ID!]!) {{ {0}(team_id: $t, user_ids: $u) {{ {1} }} }}"
ADD = MEMBERS.format("add_users_to_team", "successful_users { name } failed_users { name }")
REMOVE = MEMBERS.format("remove_users_from_team", "successful_users { name } failed_users { name }")
ASSIGN = MEMBERS.format("assign_team_owners", "team { id } errors { code user_id }")
UNASSIGN = MEMBERS.format("remove_team_owners", "team { id } errors { code user_id }")


@pytest.fixture
def pair(desk: Person) -> str:
    """A team of Disa and Tomas."""
    return make_team(desk, desk.colleagues["Disa Lindqvist"], desk.colleagues["Tomas Berg"])


def read(someone: Person, team: str) -> dict[str, Any]:
    (found,) = someone.one(READ, t=[team])
    return dict(found)


def named(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def test_a_new_team_has_its_people_and_no_owner(desk: Person) -> None:
    made = desk.one(CREATE, i={"name": "Line 1", "subscriber_ids": [desk.colleagues["Maria Ek"]]})
    assert (made["name"], made["is_guest"]) == ("Line 1", False)
    assert (made["owners"], made["users"]) == ([], named("Maria Ek"))


@pytest.mark.parametrize(
    "given",
    [
        {"name": " ", "subscriber_ids": ["81020362"]},
        {"name": "Nobody's"},
        {"name": "Nobody's", "subscriber_ids": []},
        {"name": "Strangers", "subscriber_ids": ["1"]},
        {"name": "Child", "subscriber_ids": ["81020362"], "parent_team_id": "1"},
    ],
)
def test_a_team_needs_a_name_and_people_of_the_account(desk: Person, given: dict[str, Any]) -> None:
    desk.refusal(CREATE, i=given)
    assert desk.one("{ teams { id } }") == []


def test_a_team_of_nobody_must_be_allowed(desk: Person) -> None:
    made = desk.one(CREATE, i={"name": "Later"}, o={"allow_empty_team": True})
    assert made["users"] == []


def test_users_know_their_teams(desk: Person, pair: str) -> None:
    disa = person(desk.monday, "synerity", "Disa Lindqvist")
    assert disa.one("{ me { teams { id } } }") == {"teams": [{"id": pair}]}
    assert disa.one("{ me { teams(ids: [1]) { id } } }") == {"teams": []}
    assert desk.one("{ me { teams { id } } }") == {"teams": []}


def test_a_teams_users_are_chosen_and_paged(desk: Person, pair: str) -> None:
    choose = "query ($t: [ID!], $n: String, $l: Int, $p: Int) { teams(ids: $t) {"
    choose += " users(name: $n, limit: $l, page: $p) { name } } }"
    assert desk.one(choose, t=[pair], n="Disa") == [{"users": named("Disa Lindqvist")}]
    assert desk.one(choose, t=[pair], l=1, p=2) == [{"users": named("Tomas Berg")}]


def test_users_join_and_leave_a_team(desk: Person, pair: str) -> None:
    maria, tomas = desk.colleagues["Maria Ek"], desk.colleagues["Tomas Berg"]
    assert desk.one(ADD, t=pair, u=[maria]) == {"successful_users": named("Maria Ek"), "failed_users": []}
    left = desk.one(REMOVE, t=pair, u=[tomas, desk.colleagues["Petra Sund"]])
    assert left == {"successful_users": named("Tomas Berg"), "failed_users": named("Petra Sund")}
    assert read(desk, pair)["users"] == named("Disa Lindqvist", "Maria Ek")


@pytest.mark.parametrize("is_guest_team", [True, False])
def test_guests_are_in_teams_for_guests_only(desk: Person, is_guest_team: bool) -> None:
    guest = invited(desk).caller.user_id
    team = make_team(desk, is_guest_team=is_guest_team)
    outcome = desk.one(ADD, t=team, u=[guest])
    assert len(outcome["successful_users"]) == is_guest_team
    assert len(outcome["failed_users"]) == (not is_guest_team)
    board = make_board(desk)
    add = "mutation ($b: ID!, $t: [ID!]!) { add_teams_to_board(board_id: $b, team_ids: $t) { id } }"
    assert ("errors" in desk.answer(add, b=board, t=[team]).body) is is_guest_team


def test_owners_come_from_the_team(desk: Person, pair: str) -> None:
    disa, maria = desk.colleagues["Disa Lindqvist"], desk.colleagues["Maria Ek"]
    guest = invited(desk).caller.user_id
    outcome = desk.one(ASSIGN, t=pair, u=[disa, maria, guest, "1"])
    assert [(error["code"], error["user_id"]) for error in outcome["errors"]] == [
        ("USER_NOT_MEMBER_OF_TEAM", str(maria)),
        ("VIEWERS_OR_GUESTS", str(guest)),
        ("USER_NOT_FOUND", "1"),
    ]
    assert read(desk, pair)["owners"] == named("Disa Lindqvist")
    assert desk.one(UNASSIGN, t=pair, u=[disa])["errors"] == []
    assert read(desk, pair)["owners"] == []


def test_a_teams_owner_fills_it_and_others_do_not(desk: Person, pair: str) -> None:
    disa = person(desk.monday, "synerity", "Disa Lindqvist")
    maria = desk.colleagues["Maria Ek"]
    assert disa.refusal(ADD, t=pair, u=[maria])["extensions"]["code"] == "USER_UNAUTHORIZED"
    desk.ask(ASSIGN, t=pair, u=[disa.caller.user_id])
    assert disa.one(ADD, t=pair, u=[maria])["successful_users"] == named("Maria Ek")


@pytest.mark.parametrize(
    "document",
    [
        'mutation ($t: ID!) { create_team(input: {name: "x", subscriber_ids: [$t]}) { id } }',
        "mutation ($t: ID!) { delete_team(team_id: $t) { id } }",
    ],
)
def test_teams_are_made_and_ended_by_admins(desk: Person, pair: str, document: str) -> None:
    tomas = person(desk.monday, "synerity", "Tomas Berg")
    assert tomas.refusal(document, t=pair)["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_a_team_that_has_ended_is_nowhere(desk: Person, pair: str) -> None:
    board = make_board(desk, "private", board_subscriber_teams_ids=[pair])
    disa = person(desk.monday, "synerity", "Disa Lindqvist")
    assert len(disa.one("query ($b: [ID!]) { boards(ids: $b) { id } }", b=[board])) == 1
    desk.ask("mutation ($t: ID!) { delete_team(team_id: $t) { id } }", t=pair)
    assert desk.one("{ teams { id } }") == disa.one("{ me { teams { id } } }")["teams"] == []
    assert disa.one("query ($b: [ID!]) { boards(ids: $b) { id } }", b=[board]) == []
    assert desk.refusal(ADD, t=pair, u=[disa.caller.user_id])["extensions"]["status_code"] == 404


@pytest.mark.usefixtures("pair")
def test_another_accounts_teams_are_not_there(customer: Person) -> None:
    assert customer.one("{ teams { id } }") == []


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("scopes", "document"),
    [
        ({"users:read"}, "{ teams { id } }"),
        ({"users:read"}, "{ users { teams { id } } }"),
        ({"teams:read"}, "{ teams { users { id } } }"),
        ({"teams:read"}, 'mutation { create_team(input: {name: "x"}) { id } }'),
    ],
)
def test_teams_have_scopes_of_their_own(monday: Monday, scopes: set[str], document: str) -> None:
    app = person(monday, "synerity", scopes=frozenset(scopes))
    errors = app.answer(document).body["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"UNAUTHORIZED_FIELD_OR_TYPE"}
