"""Who belongs to a board, and how many may."""

from typing import Any

import pytest

from tests.conformance.people import Person, invited, make_board, make_team, person

PEOPLE = (
    "query ($b: [ID!]) { boards(ids: $b) { owners { name } subscribers { name }"
    " team_owners { id } team_subscribers { id } } }"
)
ADD = (
    "mutation ($b: ID!, $u: [ID!]!, $k: BoardSubscriberKind) {"
    " add_users_to_board(board_id: $b, user_ids: $u, kind: $k) { name } }"
)
REMOVE = (
    "mutation ($b: ID!, $u: [ID!]!) { delete_subscribers_from_board(board_id: $b, user_ids: $u) { name } }"
)
ADD_TEAM = (
    "mutation ($b: ID!, $t: [ID!]!, $k: BoardSubscriberKind) {"
    " add_teams_to_board(board_id: $b, team_ids: $t, kind: $k) { id } }"
)
REMOVE_TEAM = "mutation ($b: ID!, $t: [ID!]!) { delete_teams_from_board(board_id: $b, team_ids: $t) { id } }"


def people(someone: Person, board: str) -> dict[str, Any]:
    (found,) = someone.one(PEOPLE, b=[board])
    return {part: [next(iter(one.values())) for one in ones] for part, ones in found.items()}


def crowd(desk: Person, number: int) -> list[int]:
    """So many new members of the account."""
    ids = list(range(1000, 1000 + number))
    with desk.monday.store.writing() as connection:
        connection.executemany(
            "INSERT INTO users (id, account_id, name, email, title, kind, api_token, created_at)"
            " VALUES (?, ?, 'x', ?, '', 'member', ?, '2026-11-01T00:00:00Z')",
            [(n, desk.caller.account_id, f"{n}@synerity.example", f"token {n}") for n in ids],
        )
    return ids


def test_a_boards_maker_owns_it_beside_those_who_are_named(desk: Person) -> None:
    maria, petra = desk.colleagues["Maria Ek"], desk.colleagues["Petra Sund"]
    found = people(desk, make_board(desk, board_owner_ids=[maria], board_subscriber_ids=[petra]))
    assert found["owners"] == ["Synerity Integration", "Maria Ek"]
    assert found["subscribers"] == ["Synerity Integration", "Maria Ek", "Petra Sund"]


def test_the_older_name_of_adding_users_does_the_same(desk: Person) -> None:
    board = make_board(desk)
    added = desk.one(ADD.replace("add_users_", "add_subscribers_"), b=board, u=[desk.colleagues["Maria Ek"]])
    assert added == [{"name": "Maria Ek"}]
    assert "Maria Ek" in people(desk, board)["subscribers"]


def test_teams_join_own_and_leave_a_board(desk: Person) -> None:
    board, team = make_board(desk), make_team(desk, desk.colleagues["Maria Ek"])
    assert desk.one(ADD_TEAM, b=board, t=[team], k="owner") == [{"id": team}]
    assert people(desk, board)["team_owners"] == people(desk, board)["team_subscribers"] == [team]
    desk.ask(ADD_TEAM, b=board, t=[team], k="subscriber")
    assert people(desk, board)["team_owners"] == []
    assert desk.one(REMOVE_TEAM, b=board, t=[team]) == [{"id": team}]
    assert people(desk, board)["team_subscribers"] == []
    assert desk.refusal(ADD_TEAM, b=board, t=["1"])["extensions"]["status_code"] == 404


def test_one_taken_off_a_public_board_sees_it_still(desk: Person) -> None:
    maria = person(desk.monday, "synerity", "Maria Ek")
    board = make_board(desk, board_subscriber_ids=[maria.caller.user_id])
    assert desk.one(REMOVE, b=board, u=[maria.caller.user_id]) == [{"name": "Maria Ek"}]
    assert people(maria, board)["subscribers"] == ["Synerity Integration"]


def test_one_taken_off_a_private_board_sees_it_no_more(desk: Person) -> None:
    maria = person(desk.monday, "synerity", "Maria Ek")
    board = make_board(desk, "private", board_subscriber_ids=[maria.caller.user_id])
    desk.ask(REMOVE, b=board, u=[maria.caller.user_id])
    assert maria.one(PEOPLE, b=[board]) == []


def test_everybody_may_leave_a_board(desk: Person) -> None:
    maria = person(desk.monday, "synerity", "Maria Ek")
    board = make_board(desk, board_subscriber_ids=[maria.caller.user_id])
    assert maria.one(REMOVE, b=board, u=[maria.caller.user_id]) == [{"name": "Maria Ek"}]


def test_a_board_keeps_an_owner(desk: Person) -> None:
    board = make_board(desk)
    error = desk.refusal(REMOVE, b=board, u=[desk.caller.user_id])
    assert error["extensions"]["code"] == "RecordInvalidException"
    assert people(desk, board)["owners"] == ["Synerity Integration"]


@pytest.mark.parametrize(
    ("role", "board_kind", "kind", "is_added"),
    [
        ("GUEST", "share", "subscriber", True),
        ("GUEST", "share", "owner", False),
        ("GUEST", "public", "subscriber", False),
        ("GUEST", "private", "subscriber", False),
        ("VIEW_ONLY", "public", "subscriber", True),
        ("VIEW_ONLY", "public", "owner", False),
    ],
)
def test_guests_and_viewers_own_nothing_and_guests_are_on_shareable_boards_only(
    desk: Person, role: str, board_kind: str, kind: str, is_added: bool
) -> None:
    newcomer = invited(desk, role, "new@elsewhere.example").caller.user_id
    answer = desk.answer(ADD, b=make_board(desk, board_kind), u=[newcomer], k=kind)
    codes = [error["extensions"]["code"] for error in answer.body.get("errors", ())]
    assert codes == ([] if is_added else ["RecordInvalidException"])


def test_the_deactivated_are_not_added(desk: Person) -> None:
    maria = desk.colleagues["Maria Ek"]
    desk.ask("mutation ($u: [ID!]!) { deactivate_users(user_ids: $u) { errors { code } } }", u=[maria])
    error = desk.refusal(ADD, b=make_board(desk), u=[maria])
    assert error["extensions"]["code"] == "InvalidUserIdException"


def test_a_board_has_four_hundred_subscribers_at_most(desk: Person) -> None:
    board, ids = make_board(desk), crowd(desk, 400)
    desk.ask(ADD, b=board, u=ids[:399])
    error = desk.refusal(ADD, b=board, u=ids[399:])
    assert error["extensions"]["code"] == "RecordInvalidException"
    assert error["extensions"]["status_code"] == 422
    assert len(people(desk, board)["subscribers"]) == 400


def test_a_board_has_a_hundred_teams_at_most(desk: Person) -> None:
    board = make_board(desk)
    teams = [make_team(desk) for _ in range(101)]
    desk.ask(ADD_TEAM, b=board, t=teams[:100])
    error = desk.refusal(ADD_TEAM, b=board, t=teams[100:])
    assert (error["extensions"]["code"], error["extensions"]["status_code"]) == (
        "RecordInvalidException",
        422,
    )


def test_a_user_has_ten_thousand_boards_at_most(desk: Person) -> None:
    with desk.monday.store.writing() as connection:
        connection.executemany(
            "INSERT INTO board_users (account_id, board_id, user_id, kind) VALUES (?, ?, ?, 'subscriber')",
            [(desk.caller.account_id, number, desk.caller.user_id) for number in range(1, 10_000)],
        )
    create = 'mutation { create_board(board_name: "x", board_kind: public) { id } }'
    desk.ask(create)
    error = desk.refusal(create)
    assert (error["extensions"]["code"], error["extensions"]["status_code"]) == (
        "RecordInvalidException",
        422,
    )
