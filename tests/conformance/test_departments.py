"""Departments of an account."""

from typing import Any

import pytest

from tests.conformance.people import Monday, Person, invited, person

CREATE = (
    "mutation ($d: CreateDepartmentDataInput!) {"
    " create_department(data: $d) { id name reserved_seats assigned_seats } }"
)
READ = (
    "query ($d: [ID!]) { departments(ids: $d) {"
    " name reserved_seats assigned_seats members { name } owners { name } } }"
)
ASSIGN = (
    "mutation ($d: ID!, $u: [ID!]!) { assign_department_members(department_id: $d, user_ids: $u) {"
    " successful_users { name } failed_users { name } } }"
)
OWN = (
    "mutation ($d: ID!, $u: ID!) { assign_department_owner(department_id: $d, user_id: $u) {"
    " owner { name } } }"
)
DISOWN = (
    "mutation ($d: ID!, $u: [ID!]!) { unassign_department_owners(department_id: $d, user_ids: $u) {"
    " unassigned_users { name } } }"
)
CLEAR = "mutation ($u: [ID!]!) { clear_users_department(user_ids: $u) { cleared_users { name } } }"
UPDATE = (
    "mutation ($d: ID!, $o: UpdateDepartmentOptionsInput) {"
    " update_department(department_id: $d, data: $o) { name reserved_seats } }"
)
DELETE = "mutation ($d: ID!) { delete_department(department_id: $d) { name } }"
MARIA = [{"name": "Maria Ek"}]


def make(someone: Person, name: str = "Support") -> str:
    return str(someone.one(CREATE, d={"name": name, "reserved_seats": 3})["id"])


def read(someone: Person, department: str) -> dict[str, Any]:
    (found,) = someone.one(READ, d=[department])
    return dict(found)


def test_a_user_is_in_one_department_at_most(desk: Person) -> None:
    first, second, maria = make(desk), make(desk, "Sales"), desk.colleagues["Maria Ek"]
    for department in (first, second):
        assert desk.one(ASSIGN, d=department, u=[maria])["successful_users"] == MARIA
    assert read(desk, first)["members"] == []
    assert read(desk, second)["members"] == MARIA
    assert read(desk, second)["assigned_seats"] == 1
    me = person(desk.monday, "synerity", "Maria Ek")
    assert me.one("{ me { department { name } } }") == {"department": {"name": "Sales"}}
    assert desk.one(CLEAR, u=[maria]) == {"cleared_users": MARIA}
    assert me.one("{ me { department { name } } }") == {"department": None}


def test_guests_are_in_no_department(desk: Person) -> None:
    guest = invited(desk).caller.user_id
    assert len(desk.one(ASSIGN, d=make(desk), u=[guest])["failed_users"]) == 1


def test_a_department_has_owners(desk: Person) -> None:
    department, maria = make(desk), desk.colleagues["Maria Ek"]
    assert desk.one(OWN, d=department, u=maria) == {"owner": {"name": "Maria Ek"}}
    assert read(desk, department)["owners"] == MARIA
    given = [maria, desk.colleagues["Petra Sund"]]
    assert desk.one(DISOWN, d=department, u=given) == {"unassigned_users": MARIA}
    assert read(desk, department)["owners"] == []


def test_a_department_is_changed_and_ended(desk: Person) -> None:
    department, maria = make(desk), desk.colleagues["Maria Ek"]
    desk.ask(ASSIGN, d=department, u=[maria])
    assert desk.one(UPDATE, d=department, o={"reserved_seats": 9}) == {"name": "Support", "reserved_seats": 9}
    assert desk.one(DELETE, d=department) == {"name": "Support"}
    assert desk.one(READ) == []
    assert desk.refusal(UPDATE, d=department, o={"name": "x"})["extensions"]["status_code"] == 404


@pytest.mark.parametrize("given", [{"name": " "}, {"name": "x", "reserved_seats": -1}])
def test_what_a_department_can_not_be_is_refused(desk: Person, given: dict[str, Any]) -> None:
    assert desk.refusal(CREATE, d=given)["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize("document", [CREATE, UPDATE, DELETE, ASSIGN, OWN, DISOWN, CLEAR])
def test_departments_are_the_admins(monday: Monday, document: str) -> None:
    member = person(monday, "synerity", "Disa Lindqvist")
    given: dict[str, Any] = {"d": "1", "u": "1" if document == OWN else ["1"], "o": {}}
    if document == CREATE:
        given["d"] = {"name": "x"}
    assert member.refusal(document, **given)["extensions"]["code"] == "USER_UNAUTHORIZED"


@pytest.mark.parametrize("document", ["{ departments { id } }", "{ me { department { id } } }"])
def test_departments_have_a_scope_of_their_own(monday: Monday, document: str) -> None:
    app = person(monday, "synerity", scopes=frozenset({"me:read", "users:read"}))
    assert app.refusal(document)["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
