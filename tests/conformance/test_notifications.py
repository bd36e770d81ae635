"""Notifications, and boards of which somebody wants none."""

from typing import Any

import pytest

from tests.conformance.people import Board, Monday, Person, invited, make_board, person

NOTIFY = (
    "mutation ($u: ID!, $t: ID!, $k: NotificationTargetType!, $s: String!) {"
    " create_notification(user_id: $u, target_id: $t, target_type: $k, text: $s) { id text } }"
)
READ = (
    "query ($c: ID, $l: Int, $r: Boolean, $s: ISO8601DateTime) {"
    " notifications(cursor: $c, limit: $l, filter_read: $r, since: $s) {"
    " id text title read creators { name } board { id } item { id } update { id } } }"
)
MUTE = (
    "mutation ($b: String!, $m: BoardMuteState!, $e: [CustomizableBoardSettings!]) {"
    " update_mute_board_settings(board_id: $b, mute_state: $m, enabled: $e)"
    " { board_id mute_state enabled } }"
)
MUTED = "query ($b: [ID!]!) { mute_board_settings(board_ids: $b) { mute_state enabled } }"


@pytest.fixture
def maria(monday: Monday) -> Person:
    return person(monday, "synerity", "Maria Ek")


def notify(
    board: Board, whom: Person, target: str | None = None, kind: str = "Project", text: str = "Look"
) -> str:
    made = board.owner.one(NOTIFY, u=whom.caller.user_id, t=target or board.id, k=kind, s=text)
    assert made["text"] == text
    return str(made["id"])


def texts(someone: Person, **choice: Any) -> list[str]:
    return [one["text"] for one in someone.one(READ, **choice)]


@pytest.mark.parametrize("about", ["board", "item", "update"])
def test_a_notification_is_the_users_to_read(board: Board, maria: Person, about: str) -> None:
    item = board.create_item("Leak")
    update = board.owner.one('mutation ($i: ID) { create_update(item_id: $i, body: "x") { id } }', i=item)[
        "id"
    ]
    target = {"board": board.id, "item": item, "update": update}[about]
    notify(board, maria, target, "Post" if about == "update" else "Project")
    (found,) = maria.one(READ)
    assert (found["text"], found["read"]) == ("Look", False)
    assert found["creators"] == [{"name": "Synerity Integration"}]
    assert found["board"] == {"id": board.id}
    assert found["item"] == (None if about == "board" else {"id": item})
    assert found["update"] == ({"id": update} if about == "update" else None)
    assert found["title"] == ("Desk" if about == "board" else "Leak")
    assert board.owner.one(READ) == []


def test_notifications_come_newest_first_and_are_paged_by_the_last_seen(board: Board, maria: Person) -> None:
    for text in ("first", "second", "third"):
        notify(board, maria, text=text)
    page = maria.one(READ, l=2)
    assert [one["text"] for one in page] == ["third", "second"]
    assert texts(maria, c=page[-1]["id"]) == ["first"]
    assert len(texts(maria, r=True)) == 3


@pytest.mark.parametrize(("since", "number"), [("2020-01-01", 1), ("2120-01-01", 0)])
def test_notifications_are_read_from_a_day_on(board: Board, maria: Person, since: str, number: int) -> None:
    notify(board, maria)
    assert len(texts(maria, s=since)) == number


@pytest.mark.parametrize("kind", ["Project", "Post"])
def test_what_is_not_there_is_no_target(board: Board, maria: Person, kind: str) -> None:
    error = board.owner.refusal(NOTIFY, u=maria.caller.user_id, t="1", k=kind, s="x")
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_somebody_of_another_account_is_not_notified(board: Board, customer: Person) -> None:
    error = board.owner.refusal(NOTIFY, u=customer.caller.user_id, t=board.id, k="Project", s="x")
    assert error["extensions"]["code"] == "InvalidUserIdException"


def test_a_board_that_the_caller_does_not_see_is_no_target(board: Board, maria: Person) -> None:
    hidden = make_board(board.owner, "private")
    error = maria.refusal(NOTIFY, u=board.owner.caller.user_id, t=hidden, k="Project", s="x")
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_the_deactivated_are_not_notified(board: Board, maria: Person) -> None:
    leaver = maria.caller.user_id
    board.owner.ask(
        "mutation ($u: [ID!]!) { deactivate_users(user_ids: $u) { errors { code } } }", u=[leaver]
    )
    error = board.owner.refusal(NOTIFY, u=leaver, t=board.id, k="Project", s="x")
    assert error["extensions"]["code"] == "InvalidUserIdException"


def test_what_a_user_may_not_see_is_kept_from_their_notification(board: Board) -> None:
    guest = invited(board.owner)
    notify(board, guest)
    (found,) = guest.one(READ)
    assert (found["text"], found["board"], found["title"]) == ("Look", None, None)


@pytest.mark.parametrize(
    ("state", "enabled", "is_heard"),
    [
        ("NOT_MUTED", None, True),
        ("CURRENT_USER_MUTE_ALL", None, False),
        ("MENTIONS_AND_ASSIGNS_ONLY", None, False),
        ("CUSTOM_SETTINGS", ["AUTOMATION_NOTIFY"], True),
        ("CUSTOM_SETTINGS", ["IM_MENTIONED"], False),
    ],
)
def test_a_muted_board_is_not_heard_of(
    board: Board, maria: Person, state: str, enabled: list[str] | None, is_heard: bool
) -> None:
    muted = maria.one(MUTE, b=board.id, m=state, e=enabled)
    assert muted == [{"board_id": board.id, "mute_state": state, "enabled": enabled}]
    assert maria.one(MUTED, b=[board.id]) == [{"mute_state": state, "enabled": enabled}]
    notify(board, maria)
    assert texts(maria) == (["Look"] if is_heard else [])


def test_a_board_is_muted_for_all_by_its_owners_only(board: Board, maria: Person) -> None:
    assert maria.refusal(MUTE, b=board.id, m="MUTE_ALL")["extensions"]["code"] == "USER_UNAUTHORIZED"
    board.owner.ask(MUTE, b=board.id, m="MUTE_ALL")
    assert maria.one(MUTED, b=[board.id]) == [{"mute_state": "MUTE_ALL", "enabled": None}]
    assert maria.refusal(MUTE, b=board.id, m="NOT_MUTED")["extensions"]["code"] == "USER_UNAUTHORIZED"
    board.owner.ask(MUTE, b=board.id, m="NOT_MUTED")
    assert maria.one(MUTED, b=[board.id]) == [{"mute_state": "NOT_MUTED", "enabled": None}]


def test_boards_that_are_not_seen_have_no_mute_settings(board: Board, maria: Person) -> None:
    assert maria.one(MUTED, b=[make_board(board.owner, "private")]) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"b": "1", "m": "NOT_MUTED"}, "USER_UNAUTHORIZED"),
        ({"b": "a board", "m": "NOT_MUTED"}, "USER_UNAUTHORIZED"),
        ({"m": "CUSTOM_SETTINGS"}, "InvalidArgumentException"),
    ],
)
def test_what_can_not_be_muted_is_refused(board: Board, given: dict[str, str], code: str) -> None:
    assert board.owner.refusal(MUTE, **{"b": board.id, **given})["extensions"]["code"] == code
