"""Tags of the account and of boards."""

import pytest

from tests.conformance.people import Monday, Person, make_board, person

MAKE = "mutation ($n: String, $b: ID) { create_or_get_tag(tag_name: $n, board_id: $b) { id name color } }"
LIST = "query ($t: [ID!]) { tags(ids: $t) { name } }"


@pytest.mark.parametrize("again", ["urgent", "Urgent", "#urgent"])
def test_a_tag_of_the_same_name_is_the_same_tag(desk: Person, again: str) -> None:
    made = desk.one(MAKE, n="urgent")
    assert desk.one(MAKE, n=again) == made
    assert made["color"].startswith("#")
    assert desk.one(LIST) == [{"name": "urgent"}]


@pytest.mark.parametrize("name", ["", " ", "#", None])
def test_a_tag_needs_a_name(desk: Person, name: str | None) -> None:
    assert desk.refusal(MAKE, n=name)["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize(("kind", "is_boards_own"), [("public", False), ("private", True), ("share", True)])
def test_tags_of_boards_that_not_all_see_are_their_own(desk: Person, kind: str, is_boards_own: bool) -> None:
    board = make_board(desk, kind)
    desk.ask(MAKE, n="secret", b=board)
    own = desk.one("query ($b: [ID!]) { boards(ids: $b) { tags { name } } }", b=[board])
    assert own == [{"tags": [{"name": "secret"}] if is_boards_own else []}]
    assert desk.one(LIST) == ([] if is_boards_own else [{"name": "secret"}])


def test_a_private_boards_tag_is_found_by_those_who_see_the_board(desk: Person, monday: Monday) -> None:
    tag = desk.one(MAKE, n="secret", b=make_board(desk, "private"))
    assert desk.one(LIST, t=[tag["id"]]) == [{"name": "secret"}]
    assert person(monday, "synerity", "Disa Lindqvist").one(LIST, t=[tag["id"]]) == []


def test_tags_of_two_boards_and_of_the_account_may_have_one_name(desk: Person) -> None:
    places = [make_board(desk, "private"), make_board(desk, "private"), None]
    assert len({desk.one(MAKE, n="urgent", b=place)["id"] for place in places}) == 3


def test_a_tag_for_a_board_that_is_not_seen_is_refused(desk: Person, monday: Monday) -> None:
    disa = person(monday, "synerity", "Disa Lindqvist")
    error = disa.refusal(MAKE, n="x", b=make_board(desk, "private"))
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"


def test_tags_need_their_scope(monday: Monday) -> None:
    app = person(monday, "synerity", scopes=frozenset({"boards:read"}))
    assert app.refusal("{ tags { id } }")["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
