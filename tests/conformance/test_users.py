"""Accounts and users: finding them, inviting, changing and dismissing them."""

from typing import Any

import pytest

from tests.conformance.people import Monday, Person, invited, make_board, person

FIND = (
    "query ($i: [ID!], $e: [String!], $n: String, $k: UserKind, $u: UserKindFilterInput,"
    " $s: [UserStatus!], $o: [UsersSortInput!], $a: Boolean, $f: Boolean, $l: Int, $p: Int) {"
    " users(ids: $i, emails: $e, name: $n, kind: $k, user_kind: $u, status: $s, sort: $o, non_active: $a,"
    " newest_first: $f, limit: $l, page: $p) { name } }"
)
INVITE = (
    "mutation ($e: [String!]!, $r: UserRole, $p: Product) { invite_users(emails: $e, user_role: $r,"
    " product: $p) { invited_users { id kind status email is_email_confirmed } errors { email code } } }"
)
ROLE = (
    "mutation ($u: [ID!]!, $r: BaseRoleName, $c: ID) { update_users_role(user_ids: $u, new_role: $r,"
    " role_id: $c) { updated_users { kind } errors { code user_id } } }"
)
DEACTIVATE = (
    "mutation ($u: [ID!]!) { deactivate_users(user_ids: $u) {"
    " deactivated_users { status } errors { code user_id } } }"
)
ACTIVATE = (
    "mutation ($u: [ID!]!) { activate_users(user_ids: $u) {"
    " activated_users { status } errors { code user_id } } }"
)
UPDATE = (
    "mutation ($u: [UserUpdateInput!]!) { update_multiple_users(user_updates: $u) {"
    " updated_users { name title birthday email } errors { code user_id } } }"
)


def names(someone: Person, **filters: Any) -> list[str]:
    return [user["name"] for user in someone.one(FIND, **filters)]


@pytest.fixture
def crowd(desk: Person) -> Person:
    """The desk's admin, with a guest, a viewer and a pending member in the account."""
    invited(desk, "GUEST", "olle@elsewhere.example")
    invited(desk, "VIEW_ONLY", "vera@synerity.example")
    invited(desk, "MEMBER", "nina@synerity.example", accepts=False)
    return desk


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"k": "guests"}, ["olle"]),
        ({"u": {"in": ["VIEW_ONLY", "GUEST"]}}, ["olle", "vera"]),
        ({"u": {"in": ["BASIC"], "not_in": ["MEMBER", "ADMIN"]}}, ["olle", "vera"]),
        ({"u": {"not_in": ["MEMBER"]}}, ["Synerity Integration", "olle", "vera"]),
        ({"u": {"in": ["SERVICE_USER"]}}, []),
        ({"s": ["PENDING"]}, ["nina"]),
        ({"n": "Disa Lindqvist"}, ["Disa Lindqvist"]),
        ({"n": "Disa Lindkvist"}, ["Disa Lindqvist"]),
        ({"n": "Disa Lindkvist", "k": "all"}, []),
        ({"n": "disa lindqvist", "k": "all"}, ["Disa Lindqvist"]),
        ({"e": ["VERA@synerity.example"]}, ["vera"]),
        ({"u": {"in": ["GUEST", "VIEW_ONLY"]}, "f": True}, ["vera", "olle"]),
        (
            {"u": {"in": ["GUEST", "VIEW_ONLY"]}, "o": [{"field": "CREATED_AT", "direction": "DESC"}]},
            ["vera", "olle"],
        ),
        ({"u": {"in": ["GUEST", "VIEW_ONLY"]}, "l": 1, "p": 2}, ["vera"]),
    ],
)
def test_users_are_found_by_filters(crowd: Person, filters: dict[str, Any], found: list[str]) -> None:
    assert names(crowd, **filters) == found


def test_those_who_have_not_accepted_are_found_unless_told_otherwise(crowd: Person) -> None:
    assert "nina" in names(crowd)
    assert "nina" not in names(crowd, k="non_pending")
    assert "nina" not in names(crowd, s=["ACTIVE"])


def test_the_deactivated_are_found_when_asked_for_only(crowd: Person) -> None:
    maria = crowd.colleagues["Maria Ek"]
    crowd.ask(DEACTIVATE, u=[maria])
    assert "Maria Ek" not in names(crowd)
    assert names(crowd, a=True) == names(crowd, s=["INACTIVE"]) == ["Maria Ek"]
    assert "Maria Ek" not in names(crowd, a=False)


@pytest.mark.parametrize("limit", [0, 1001])
def test_users_come_a_thousand_at_a_time_at_most(desk: Person, limit: int) -> None:
    assert desk.refusal(FIND, l=limit)["extensions"]["code"] == "InvalidArgumentException"


def test_two_hundred_users_come_unless_told_otherwise(desk: Person) -> None:
    with desk.monday.store.writing() as connection:
        connection.executemany(
            "INSERT INTO users (id, account_id, name, email, title, kind, api_token, created_at)"
            " VALUES (?, ?, 'x', ?, '', 'member', ?, '2026-11-01T00:00:00Z')",
            [(n, desk.caller.account_id, f"{n}@synerity.example", f"token {n}") for n in range(1, 300)],
        )
    assert len(names(desk)) == 200
    assert len(names(desk, l=1000)) == 304


def test_an_invited_user_is_pending(desk: Person) -> None:
    made = desk.one(INVITE, e=["new@synerity.example"])
    (user,) = made["invited_users"]
    assert (user["kind"], user["status"], user["is_email_confirmed"]) == ("member", "PENDING", False)
    assert made["errors"] == []


@pytest.mark.parametrize(
    ("account", "role", "email", "is_invited"),
    [
        ("synerity", "GUEST", "someone@elsewhere.example", True),
        ("synerity", "GUEST", "someone@Synerity.example", False),
        ("synerity", "MEMBER", "not an address", False),
        ("synerity", "MEMBER", "Maria.Ek@synerity.example", False),
        ("synerity", "GUEST", "karin.holm@bjorko.example", True),
        ("customer-free", "ADMIN", "second@bjorko.example", True),
    ],
)
def test_who_can_be_invited(monday: Monday, account: str, role: str, email: str, is_invited: bool) -> None:
    made = person(monday, account).one(INVITE, e=[email], r=role)
    assert [user["email"] for user in made["invited_users"]] == ([email] if is_invited else [])
    assert made["errors"] == ([] if is_invited else [{"email": email, "code": "ERROR"}])


def test_an_account_has_as_many_members_as_its_plan_has_seats(monday: Monday) -> None:
    admin = person(monday, "customer-free")
    addresses = [f"user-{number}@bjorko.example" for number in range(20)]
    made = admin.one(INVITE, e=addresses)
    plan = admin.one("{ account { active_members_count plan { max_users } } }")
    assert len(made["invited_users"]) + 3 == plan["plan"]["max_users"]
    assert plan["active_members_count"] == 3
    assert len(made["errors"]) == 20 - len(made["invited_users"])
    guest = admin.one(INVITE, e=["guest@elsewhere.example"], r="GUEST")
    assert len(guest["invited_users"]) == 1


def test_a_product_that_the_account_has_not_is_refused(desk: Person) -> None:
    error = desk.refusal(INVITE, e=["new@synerity.example"], p="crm")
    assert error["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize(
    ("document", "given"),
    [
        (INVITE, {"e": ["new@synerity.example"]}),
        (ROLE, {"u": ["81020358"], "r": "ADMIN"}),
        (DEACTIVATE, {"u": ["81020358"]}),
        (ACTIVATE, {"u": ["81020358"]}),
        (UPDATE, {"u": [{"user_id": "81020358", "user_attribute_updates": {"name": "X"}}]}),
    ],
)
def test_users_are_managed_by_admins_only(monday: Monday, document: str, given: dict[str, Any]) -> None:
    member = person(monday, "synerity", "Disa Lindqvist")
    assert member.refusal(document, **given)["extensions"]["code"] == "USER_UNAUTHORIZED"
    assert "errors" not in person(monday, "synerity").answer(document, **given).body


def test_a_deactivated_user_has_no_api_until_activated(desk: Person, monday: Monday) -> None:
    maria = person(monday, "synerity", "Maria Ek")
    assert desk.one(DEACTIVATE, u=[maria.caller.user_id])["deactivated_users"] == [{"status": "INACTIVE"}]
    answer = maria.answer("{ me { id } }")
    assert answer.status == 403
    assert answer.body["errors"][0]["extensions"]["code"] == "USER_ACCESS_DENIED"
    assert desk.one(ACTIVATE, u=[maria.caller.user_id])["activated_users"] == [{"status": "ACTIVE"}]
    assert maria.one("{ me { name } }") == {"name": "Maria Ek"}


def test_activating_accepts_no_invitation(desk: Person) -> None:
    newcomer = invited(desk, "MEMBER", "new@synerity.example", accepts=False).caller.user_id
    desk.ask(DEACTIVATE, u=[newcomer])
    assert desk.one(ACTIVATE, u=[newcomer])["activated_users"] == [{"status": "PENDING"}]


@pytest.mark.parametrize("document", [DEACTIVATE, ACTIVATE, ROLE])
def test_each_user_that_is_not_changed_is_told_with_a_code(desk: Person, document: str) -> None:
    others = {"r": "MEMBER"} if document == ROLE else {}
    made = desk.one(document, u=["1", desk.caller.user_id, desk.colleagues["Maria Ek"]], **others)
    changed = next(value for key, value in made.items() if key != "errors")
    assert len(changed) == 1
    assert [error["code"] for error in made["errors"]] == ["USER_NOT_FOUND", "CANNOT_UPDATE_SELF"]


def test_two_hundred_users_are_changed_at_once_at_most(desk: Person) -> None:
    made = desk.one(ACTIVATE, u=[str(desk.colleagues["Maria Ek"])] * 201)
    assert [error["code"] for error in made["errors"]] == ["EXCEEDS_BATCH_LIMIT"]


def test_a_viewer_owns_no_board_any_more(desk: Person) -> None:
    maria = desk.colleagues["Maria Ek"]
    board = make_board(desk, board_owner_ids=[maria])
    assert desk.one(ROLE, u=[maria], r="VIEW_ONLY")["updated_users"] == [{"kind": "view_only"}]
    read = "query ($b: ID!) { boards(ids: [$b]) { owners { name } subscribers { name } } }"
    (found,) = desk.one(read, b=board)
    assert {"name": "Maria Ek"} not in found["owners"]
    assert {"name": "Maria Ek"} in found["subscribers"]


def test_one_of_the_accounts_own_domain_becomes_no_guest(desk: Person) -> None:
    made = desk.one(ROLE, u=[desk.colleagues["Maria Ek"]], r="GUEST")
    assert [error["code"] for error in made["errors"]] == ["FAILED"]


@pytest.mark.parametrize("given", [{"c": "7"}, {}])
def test_a_role_of_ones_own_making_is_refused(desk: Person, given: dict[str, str]) -> None:
    error = desk.refusal(ROLE, u=[desk.colleagues["Maria Ek"]], **given)
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_users_particulars_are_changed(desk: Person) -> None:
    changes = {"name": "Maria Ek-Berg", "title": "Head of support", "birthday": "1990-04-02"}
    update = {"user_id": desk.colleagues["Maria Ek"], "user_attribute_updates": changes}
    made = desk.one(UPDATE, u=[update])
    assert made["updated_users"] == [{**changes, "email": "maria.ek@synerity.example"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"birthday": "in spring"},
        {"email": "disa.lindqvist@synerity.example"},
        {"email": "nowhere"},
        {"department": "7"},
    ],
)
def test_a_particular_that_is_not_taken_is_an_invalid_field(desk: Person, changes: dict[str, str]) -> None:
    maria = desk.colleagues["Maria Ek"]
    made = desk.one(UPDATE, u=[{"user_id": maria, "user_attribute_updates": changes}])
    assert made == {"updated_users": [], "errors": [{"code": "INVALID_FIELD", "user_id": str(maria)}]}


def test_an_account_has_work_management_and_its_users_are_in_it(desk: Person) -> None:
    data = desk.ask("{ account { products { id kind } } me { account_products { id kind } } }")
    assert data["account"]["products"] == data["me"]["account_products"]
    assert data["account"]["products"][0]["kind"] == "core"


def test_a_user_sees_the_people_of_their_own_account_only(desk: Person, customer: Person) -> None:
    names = [user["name"] for user in desk.one("{ users { name } }")]
    assert names == list(desk.colleagues)
    read = "query ($ids: [ID!]) { users(ids: $ids) { name } }"
    assert desk.one(read, ids=list(customer.colleagues.values())) == []


def test_me_tells_the_account(customer: Person) -> None:
    me = customer.one("{ me { id account { slug name } time_zone_identifier kind } }")
    assert me["account"] == {"slug": "customer-silver", "name": "Norrsken Logistik AB"}
    assert me["time_zone_identifier"] == "Europe/Stockholm"


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


def test_more_than_two_hundred_users_are_updated_in_the_background_only(desk: Person) -> None:
    update = {"user_id": desk.colleagues["Maria Ek"], "user_attribute_updates": {"title": "Head"}}
    change = (
        "mutation ($u: [UserUpdateInput!]!, $a: Boolean) {"
        " update_multiple_users(user_updates: $u, use_async_mode: $a) { errors { code } } }"
    )
    error = desk.refusal(change, u=[update] * 201)
    assert error["extensions"]["code"] == "InvalidArgumentException"
    assert desk.one(change, u=[update] * 201, a=True) == {"errors": []}
