"""Columns of every type on a test's board, and the ways a test writes and reads their cells."""

import json
from typing import Any

from monday_sandbox import values
from monday_sandbox.api.boards import insert_column
from tests.conformance.people import Board, Person, happenings, make_team

#: Types whose columns the API makes without being told more.
CREATABLE = tuple(sorted(name for name, kind in values.KINDS.items() if kind.can_be_created))


STATUS_LABELS = [
    {"label": "New", "color": "bright_blue", "index": 0},
    {"label": "Working", "color": "working_orange", "index": 1},
    {"label": "Solved", "color": "done_green", "index": 2, "is_done": True},
]
PLAIN_TYPES = (
    *("text", "long_text", "date", "people", "numbers", "checkbox"),
    *("link", "email", "phone", "timeline"),
)


def open_board(desk: Person) -> Board:
    """A board with a group and columns of the types that desks use most."""
    made = desk.one('mutation { create_board(board_name: "Desk", board_kind: public, empty: true) { id } }')
    board_id = made["id"]
    desk.ask('mutation ($b: ID!) { create_group(board_id: $b, group_name: "Tickets") { id } }', b=board_id)
    for column_type in PLAIN_TYPES:
        desk.ask(
            "mutation ($b: ID!, $id: String!, $type: ColumnType!) {"
            " create_column(board_id: $b, id: $id, title: $id, column_type: $type) { id } }",
            b=board_id,
            id=column_type,
            type=column_type,
        )
    desk.ask(
        "mutation ($b: ID!, $defaults: CreateStatusColumnSettingsInput) {"
        ' create_status_column(board_id: $b, id: "status", title: "Status", defaults: $defaults) { id } }',
        b=board_id,
        defaults={"labels": STATUS_LABELS},
    )
    desk.ask(
        'mutation ($b: ID!, $defaults: JSON) { create_column(board_id: $b, id: "dropdown", title: "D",'
        " column_type: dropdown, defaults: $defaults) { id } }",
        b=board_id,
        defaults=json.dumps({"labels": ["Mail", "Phone"]}),
    )
    return Board(desk, board_id, (*PLAIN_TYPES, "status", "dropdown"))


def add_column(board: Board, column_type: str, column_id: str | None = None, **defaults: Any) -> str:
    """Make a column, under its type's name unless told otherwise; its id."""
    made = board.owner.one(
        "mutation ($b: ID!, $id: String!, $type: ColumnType!, $defaults: JSON) {"
        " create_column(board_id: $b, id: $id, title: $id, column_type: $type, defaults: $defaults) { id } }",
        b=board.id,
        id=column_id or column_type,
        type=column_type,
        defaults=json.dumps(defaults) if defaults else None,
    )
    return str(made["id"])


def widened(board: Board) -> Board:
    """The board with a column of every type that can be made, under the type's name."""
    for column_type in CREATABLE:
        if column_type not in board.columns:
            add_column(board, column_type, **_defaults(board, column_type))
    return Board(board.owner, board.id, CREATABLE)


def _defaults(board: Board, column_type: str) -> dict[str, Any]:
    if column_type == "board_relation":
        return {"boardIds": [int(board.id)]}
    if column_type == "mirror":
        return {
            "relation_column": {"board_relation": True},
            "displayed_linked_columns": [{"board_id": board.id, "column_ids": ["status", "text"]}],
        }
    return {"label": "Call", "color": "#00c875"} if column_type == "button" else {}


def put_column(board: Board, column_type: str) -> None:
    """Store a column of a type that the API does not make, under the type's name."""
    account_id = board.owner.caller.account_id
    with board.owner.monday.store.writing() as connection:
        insert_column(
            connection,
            {"account_id": account_id, "id": int(board.id)},
            column_id=column_type,
            title=column_type,
            column_type=column_type,
            settings={},
        )


def full_item(board: Board) -> str:
    """An item of a widened board with something in every cell that can hold something; its id."""
    other = board.create_item("Another", text="Linked", status={"label": "New"})
    user_id = board.owner.caller.user_id
    team_id = int(make_team(board.owner, user_id))
    board.owner.ask(
        "mutation ($b: ID!, $t: ID!) { add_teams_to_board(board_id: $b, team_ids: [$t]) { id } }",
        b=board.id,
        t=team_id,
    )
    item = board.create_item(
        board_relation={"item_ids": [int(other)]},
        checkbox={"checked": "true"},
        country={"countryCode": "SE", "countryName": "Sweden"},
        date={"date": "2026-11-02", "time": "09:30:00"},
        dependency={"item_ids": [int(other)]},
        dropdown={"labels": ["Mail", "Phone"]},
        email={"email": "a@b.se", "text": "Anna"},
        hour={"hour": 9, "minute": 30},
        link={"url": "https://example.org", "text": "Here"},
        location={"lat": 59.33, "lng": 18.07, "address": "Stockholm"},
        long_text={"text": "two\nlines"},
        numbers="42.5",
        people={
            "personsAndTeams": [{"id": user_id, "kind": "person"}, {"id": team_id, "kind": "team"}],
        },
        phone={"phone": "+46701234567", "countryShortName": "SE"},
        rating={"rating": 4},
        status={"label": "Solved"},
        tags={"tag_ids": [make_tag(board, "urgent"), make_tag(board, "loud")]},
        team={"team_id": team_id},
        text="Räksmörgås",
        timeline={"from": "2026-05-01", "to": "2026-05-15"},
        week={"startDate": "2026-11-02", "endDate": "2026-11-08"},
        world_clock={"timezone": "Europe/Stockholm"},
    )
    for column_id, kept in _BY_HAND.items():
        put_cell(board, item, column_id, kept)
    put_cell(board, item, "vote", {"votersIds": [user_id]})
    return item


#: What people fill by hand, and the API does not.
_BY_HAND = {
    "color_picker": {"color": {"hex": "#037f4c"}},
    "time_tracking": {
        "running": False,
        "duration": 3725,
        "started_at": "2026-11-02T08:00:00Z",
        "additional_value": [
            {
                "id": 1,
                "status": "active",
                "created_at": "2026-11-02T08:00:00Z",
                "updated_at": None,
                "started_at": "2026-11-02T08:00:00Z",
                "started_user_id": 1,
                "ended_at": None,
                "ended_user_id": None,
                "manually_entered_start_date": False,
                "manually_entered_start_time": False,
                "manually_entered_end_date": False,
                "manually_entered_end_time": False,
            }
        ],
    },
}


def make_tag(board: Board, name: str) -> int:
    """A tag of the account's; its id."""
    made = board.owner.one("mutation ($n: String) { create_or_get_tag(tag_name: $n) { id } }", n=name)
    return int(made["id"])


def put_cell(board: Board, item: str, column_id: str, kept: Any) -> None:
    """Store a cell that people fill by hand and the API does not."""
    with board.owner.monday.store.writing() as connection:
        connection.execute(
            "INSERT INTO cells (account_id, item_id, column_id, value, updated_at)"
            " VALUES (?, ?, ?, ?, '2026-11-02T08:00:00Z')",
            (board.owner.caller.account_id, int(item), column_id, json.dumps(kept)),
        )


def event_count(board: Board) -> int:
    """How many events there were."""
    return len(happenings(board.owner.monday))


def error_of(answer: Any) -> dict[str, Any]:
    """The one error of an answer."""
    (error,) = answer.body["errors"]
    return dict(error)
