"""Activity logs of boards and users."""

import json
from typing import Any

import pytest

from tests.conformance.people import Board, Monday, Person, make_board, person

OF_BOARD = (
    "query ($b: ID!, $from: ISO8601DateTime, $to: ISO8601DateTime, $items: [ID!], $columns: [String],"
    " $groups: [String], $users: [ID!], $n: Int, $page: Int) { boards(ids: [$b]) { activity_logs("
    "from: $from, to: $to, item_ids: $items, column_ids: $columns, group_ids: $groups, user_ids: $users,"
    " limit: $n, page: $page) { id event entity data created_at user_id account_id } } }"
)
OF_USER = (
    "query ($u: [ID!], $from: String, $to: String, $boards: [ID!], $n: Int, $events: [String!],"
    " $entities: [String!], $correlated: [ID!], $cursor: String) { users(ids: $u) { activity_logs("
    "from: $from, to: $to, board_ids: $boards, limit: $n, event_types: $events, entities: $entities,"
    " correlation_ids: $correlated, cursor: $cursor) {"
    " cursor logs { id event entity data user_id correlation_id } } } }"
)


def of_board(board: Board, **chosen: Any) -> list[dict[str, Any]]:
    (found,) = board.owner.one(OF_BOARD, b=board.id, **chosen)
    return list(found["activity_logs"])


def of_user(who: Person, user_id: int | None = None, **chosen: Any) -> dict[str, Any]:
    (found,) = who.one(OF_USER, u=[user_id or who.caller.user_id], **chosen)
    return dict(found["activity_logs"])


def events(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["event"] for entry in entries]


def colleague(board: Board) -> Person:
    """Another user of the account, who is no admin."""
    kinds = {int(user["id"]): user["kind"] for user in board.owner.one("{ users(limit: 100) { id kind } }")}
    name = next(name for name, user_id in board.owner.colleagues.items() if kinds.get(user_id) == "member")
    return person(board.owner.monday, "synerity", name)


def test_an_entry_tells_what_the_webhook_tells_in_snake_case(board: Board) -> None:
    item = board.create_item("Fault")
    board.change(item, text="x")
    entry = of_board(board, items=[item])[0]
    data = json.loads(entry["data"])
    assert (entry["event"], entry["entity"]) == ("update_column_value", "pulse")
    assert entry["account_id"] == str(board.owner.caller.account_id)
    assert (data["pulse_id"], data["column_id"], data["is_undo_action"]) == (int(item), "text", False)
    assert (data["value"], data["previous_value"]) == ({"value": "x"}, None)
    assert data["action_record_uuid"] != entry["id"]
    assert not {name for name in data if name != name.lower()}


def test_the_moment_of_an_entry_has_17_digits(board: Board, monday: Monday) -> None:
    board.create_item()
    (entry, *_) = of_board(board)
    assert len(entry["created_at"]) == 17
    assert abs(int(entry["created_at"]) / 10**7 - monday.store.clock.now().timestamp()) < 60


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"items": "item"}, ["update_column_value", "update_name", "create_pulse"]),
        ({"columns": ["text"], "n": 1}, ["update_column_value"]),
        ({"columns": ["nowhere"]}, []),
        ({"groups": ["nowhere"]}, []),
        ({"users": [1]}, []),
        ({"to": "2001-01-01T00:00:00Z"}, []),
        ({"from": "2999-01-01T00:00:00Z"}, []),
        ({"items": "item", "n": 1, "page": 2}, ["update_name"]),
    ],
)
def test_a_boards_log_is_filtered_and_paged(board: Board, chosen: dict[str, Any], told: list[str]) -> None:
    item = board.create_item("Fault")
    board.change(item, name="Other")
    board.change(item, text="x")
    given = {name: [item] if value == "item" else value for name, value in chosen.items()}
    assert events(of_board(board, **given)) == told


def test_a_boards_log_is_filtered_by_group(board: Board) -> None:
    item = board.create_item("Fault")
    group = board.item(item, "group { id }")["group"]["id"]
    assert events(of_board(board, groups=[group])) == ["create_pulse"]


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_log_gives_1_to_1000_entries_at_once(board: Board, limit: int) -> None:
    error = board.owner.refusal(OF_BOARD, b=board.id, n=limit)
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_a_user_has_a_log_over_all_boards(board: Board) -> None:
    other = Board(board.owner, make_board(board.owner), ())
    items = [int(board.create_item()), int(other.create_item())]
    logs = of_user(board.owner, n=2)["logs"]
    assert [json.loads(entry["data"])["pulse_id"] for entry in logs] == items[::-1]
    assert {entry["correlation_id"] for entry in logs} == {None}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"events": ["create_pulse"]}, ["create_pulse"]),
        ({"events": ["create_pulse", "update_name"]}, ["update_name", "create_pulse"]),
        ({"events": []}, []),
        ({"entities": ["pulse"]}, ["update_name", "create_pulse"]),
        ({"entities": ["team"]}, []),
        ({"correlated": ["abc"]}, []),
        ({"boards": [1]}, []),
        ({"to": "2001-01-01T00:00:00Z"}, []),
    ],
)
def test_a_users_log_is_filtered(board: Board, chosen: dict[str, Any], told: list[str]) -> None:
    board.change(board.create_item("Fault"), name="Other")
    assert events(of_user(board.owner, **chosen)["logs"]) == told


def test_a_users_log_goes_on_by_its_cursor(board: Board) -> None:
    items = [int(board.create_item(name)) for name in "abcd"]
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(2):
        page = of_user(board.owner, n=2, cursor=cursor, events=["create_pulse"])
        cursor = page["cursor"]
        seen += [json.loads(entry["data"])["pulse_id"] for entry in page["logs"]]
    assert (seen, cursor) == (items[::-1], None)


def test_a_users_log_shows_only_boards_that_its_reader_sees(board: Board) -> None:
    member = colleague(board)
    own = Board(member, make_board(member, "private"), ())
    own.create_item("Secret")
    assert "create_pulse" in events(of_user(member)["logs"])
    assert of_user(board.owner, member.caller.user_id)["logs"] == []


def test_members_read_no_log_but_their_own(board: Board) -> None:
    error = colleague(board).refusal(OF_USER, u=[board.owner.caller.user_id])
    assert error["extensions"]["code"] == "USER_UNAUTHORIZED"
