"""Who belongs to a board, what its role lets them do, and how many may.

Owners, themselves or by a team, and admins decide who owns a board, who leaves it and what its
role is; everybody else who may change its content but guests can bring in subscribers. monday.com
documents the limits and that guests and viewers own nothing; the rest is assumed.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.paging import page_of
from monday_sandbox.api.permissions import EDIT_PERMISSIONS, Act, may_belong, may_own
from monday_sandbox.api.teams import team_ids

MOST_SUBSCRIBERS = 400
MOST_TEAMS = 100
MOST_BOARDS = 10_000
_TABLES = {"user_id": "board_users", "team_id": "board_teams"}


def owners(board: Row, context: Context, _: Arguments) -> list[Row]:
    """The board's owners."""
    return [context.users[user_id] for user_id in _belonging(context, board, "user_id", "owner")]


def subscribers(board: Row, context: Context, _: Arguments) -> list[Row]:
    """All who belong to the board, owners too; not those who do by a team."""
    return [context.users[user_id] for user_id in _belonging(context, board, "user_id", None)]


def team_owners(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The teams that own the board."""
    return page_of(_teams(context, _belonging(context, board, "team_id", "owner")), arguments)


def team_subscribers(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The teams that belong to the board, those that own it too."""
    return page_of(_teams(context, _belonging(context, board, "team_id", None)), arguments)


def _belonging(context: Context, board: Row, column: str, kind: str | None) -> list[int]:
    """Who belongs to a board; to one of subitems, who belongs to its own."""
    rows = context.rows(
        f"SELECT {column} AS id, kind FROM {_TABLES[column]}"  # noqa: S608 - our own names
        f" WHERE account_id = ? AND board_id = ? ORDER BY {column}",
        (context.account_id, board["parent_board_id"] or board["id"]),
    )
    return [row["id"] for row in rows if kind in (None, row["kind"])]


def _teams(context: Context, ids: Sequence[int]) -> list[Row]:
    return list(context.rows_of("SELECT * FROM teams", "id", ids, " ORDER BY id"))


def access_level(board: Row, context: Context, _: Arguments) -> str:
    """Whether the caller may change the board's content."""
    return "edit" if context.may(Act.CONTENT, board) else "view"


# Checks and changes, for making boards too


def read_user_ids(context: Context, given: Sequence[Any] | None) -> list[int]:
    """The ids of users who have not been deactivated.

    Raises:
        Refusal: one of them is not.
    """
    ids = [refusals.read_id(one) for one in given or ()]
    for user_id in ids:
        if user_id not in context.users or context.users[user_id]["status"] == "INACTIVE":
            raise refusals.user_missing(user_id)
    return ids


def subscribe_users(
    context: Context, connection: sqlite3.Connection, board: Row, user_ids: Sequence[int], kind: str
) -> None:
    """Make users subscribers or owners of a board.

    Raises:
        Refusal: one of them can't be, or they are too many.
    """
    for user_id in user_ids:
        user = context.users[user_id]
        if not may_belong(user["kind"], board["board_kind"]):
            raise refusals.record_invalid("Guests can be on shareable boards only", user_id=user_id)
        if kind == "owner" and not may_own(user["kind"]):
            raise refusals.record_invalid("Guests and viewers can't own a board", user_id=user_id)
        (boards,) = connection.execute(
            "SELECT COUNT(*) FROM board_users WHERE account_id = ? AND user_id = ? AND board_id <> ?",
            (context.account_id, user_id, board["id"]),
        ).fetchone()
        if boards >= MOST_BOARDS:
            raise refusals.record_invalid(f"A user can have up to {MOST_BOARDS} boards", user_id=user_id)
    _subscribe(connection, board, "user_id", user_ids, kind)
    _check_number(connection, board, "user_id", MOST_SUBSCRIBERS, "subscribers")


def subscribe_teams(
    context: Context, connection: sqlite3.Connection, board: Row, ids: Sequence[int], kind: str
) -> None:
    """Make teams subscribers or owners of a board.

    Raises:
        Refusal: one of them can't be, or they are too many.
    """
    for team in _teams(context, ids):
        if team["is_guest"] and (board["board_kind"] != "share" or kind == "owner"):
            raise refusals.record_invalid("Guests can be on shareable boards only", team_id=team["id"])
    _subscribe(connection, board, "team_id", ids, kind)
    _check_number(connection, board, "team_id", MOST_TEAMS, "teams")


def _subscribe(
    connection: sqlite3.Connection, board: Row, column: str, ids: Sequence[int], kind: str
) -> None:
    connection.executemany(
        f"INSERT INTO {_TABLES[column]} (account_id, board_id, {column}, kind)"  # noqa: S608 - our own
        " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind",
        [(board["account_id"], board["id"], one, kind) for one in ids],
    )


def _check_number(connection: sqlite3.Connection, board: Row, column: str, most: int, whom: str) -> None:
    (number,) = connection.execute(
        f"SELECT COUNT(*) FROM {_TABLES[column]} WHERE account_id = ? AND board_id = ?",  # noqa: S608
        (board["account_id"], board["id"]),
    ).fetchone()
    if number > most:
        raise refusals.record_invalid(f"A board can have up to {most} {whom}", board_id=board["id"])


# Mutations


def add_users_to_board(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Make users subscribers or owners; an owner who is added as subscriber is one no more."""
    kind = arguments.get("kind") or "subscriber"
    with context.changing() as connection:
        board = context.require_whole_board(refusals.read_id(arguments["board_id"]))
        ids = read_user_ids(context, arguments["user_ids"])
        _require_to_add(context, board, "user_id", ids, kind)
        subscribe_users(context, connection, board, ids, kind)
        _touch(context, connection, board)
    return [context.users[user_id] for user_id in ids]


def add_teams_to_board(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Make teams subscribers or owners."""
    kind = arguments.get("kind") or "subscriber"
    with context.changing() as connection:
        board = context.require_whole_board(refusals.read_id(arguments["board_id"]))
        ids = team_ids(context, arguments["team_ids"])
        _require_to_add(context, board, "team_id", ids, kind)
        subscribe_teams(context, connection, board, ids, kind)
        _touch(context, connection, board)
    return _teams(context, ids)


def _require_to_add(context: Context, board: Row, column: str, ids: Sequence[int], kind: str) -> None:
    """That the caller may add these: owners make owners, and demote them."""
    demoted = set(ids) & set(_belonging(context, board, column, "owner"))
    if kind == "owner" or demoted:
        context.require_board(board["id"], Act.OWNERSHIP)
    context.require_maker()


def delete_subscribers_from_board(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Take users off a board; of a public one they see no less for it. Everybody may leave."""
    ids = [refusals.read_id(one) for one in arguments["user_ids"]]
    removed = _remove(context, arguments, "user_id", ids, is_leaving=ids == [context.caller.user_id])
    return [context.users[user_id] for user_id in removed]


def delete_teams_from_board(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Take teams off a board."""
    ids = [refusals.read_id(one) for one in arguments["team_ids"]]
    return _teams(context, _remove(context, arguments, "team_id", ids, is_leaving=False))


def _remove(
    context: Context, arguments: Arguments, column: str, ids: Sequence[int], *, is_leaving: bool
) -> list[int]:
    """Those who belonged to the board and do not any more; it keeps an owner."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.require_whole_board(board_id, Act.CONTENT if is_leaving else Act.OWNERSHIP)
        removed = [one for one in ids if one in _belonging(context, board, column, None)]
        for one in removed:
            connection.execute(
                f"DELETE FROM {_TABLES[column]}"  # noqa: S608 - our own names
                f" WHERE account_id = ? AND board_id = ? AND {column} = ?",
                (context.account_id, board_id, one),
            )
        if not any(_belonging(context, board, each, "owner") for each in _TABLES):
            raise refusals.record_invalid("A board must have an owner", board_id=board_id)
        _touch(context, connection, board)
    return removed


def set_board_permission(_: Any, context: Context, arguments: Arguments) -> Row:
    """Say what everybody but the owners may do with a board."""
    role = arguments.get("basic_role_name")
    if arguments.get("cross_product_collaborative") is not None:
        raise refusals.invalid_argument("The board does not support cross-product collaboration")
    if role not in EDIT_PERMISSIONS:
        raise refusals.invalid_argument(f"The role {role} is not supported", basic_role_name=role)
    with context.changing() as connection:
        board = context.require_whole_board(refusals.read_id(arguments["board_id"]), Act.OWNERSHIP)
        connection.execute(
            "UPDATE boards SET edit_permissions = ? WHERE account_id = ? AND id = ?",
            (EDIT_PERMISSIONS[role], context.account_id, board["id"]),
        )
        _touch(context, connection, board)
    return {
        "edit_permissions": EDIT_PERMISSIONS[role],
        "cross_product_collaborative": None,
        "failed_actions": [],
    }


def _touch(context: Context, connection: sqlite3.Connection, board: Row) -> None:
    connection.execute(
        "UPDATE boards SET updated_at = ? WHERE account_id = ? AND id = ?",
        (context.now(), context.account_id, board["id"]),
    )


FIELDS: Fields = {
    "Mutation": {
        "add_subscribers_to_board": add_users_to_board,
        "add_teams_to_board": add_teams_to_board,
        "add_users_to_board": add_users_to_board,
        "delete_subscribers_from_board": delete_subscribers_from_board,
        "delete_teams_from_board": delete_teams_from_board,
        "set_board_permission": set_board_permission,
    },
    "Board": {
        "access_level": access_level,
        "owners": owners,
        "subscribers": subscribers,
        "team_owners": team_owners,
        "team_subscribers": team_subscribers,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Board.owners": "users:read",
    "Board.subscribers": "users:read",
    "Board.team_owners": "teams:read",
    "Board.team_subscribers": "teams:read",
    "Mutation.add_subscribers_to_board": "boards:write",
    "Mutation.add_teams_to_board": "boards:write",
    "Mutation.add_users_to_board": "boards:write",
    "Mutation.delete_subscribers_from_board": "boards:write",
    "Mutation.delete_teams_from_board": "boards:write",
    "Mutation.set_board_permission": "boards:write",
}
