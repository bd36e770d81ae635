"""Boards and who belongs to them."""

import json
import secrets
import sqlite3
import string
from collections.abc import Sequence
from typing import Any

from monday_sandbox import labels, refusals
from monday_sandbox.api.accounts import account_url
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes, constant
from monday_sandbox.api.paging import bounds
from monday_sandbox.api.permissions import VISIBLE
from monday_sandbox.api.workspaces import workspace_row
from monday_sandbox.state import next_id

ITEMS_LIMIT = 10_000
_ID_LETTERS = string.ascii_lowercase + string.digits
_DEFAULT_GROUP = ("topics", "Group Title", "#579bfc")
_DEFAULT_COLUMNS = (
    ("person", "Person", "people"),
    ("status", "Status", "status"),
    ("date4", "Date", "date"),
)


def boards(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The boards that the caller may see, newest first; in the active state unless told otherwise."""
    limit, page = bounds(arguments)
    conditions = ["account_id = ?", VISIBLE]
    values: list[Any] = [context.account_id, context.caller.user_id]
    if arguments.get("ids") is not None:
        ids = [refusals.read_id(given) for given in arguments["ids"]]
        conditions.append(f"id IN ({', '.join('?' * len(ids))})")
        values += ids
    if arguments.get("state") not in (None, "all"):
        conditions.append("state = ?")
        values.append(arguments["state"])
    if arguments.get("board_kind"):
        conditions.append("board_kind = ?")
        values.append(arguments["board_kind"])
    if arguments.get("hierarchy_types") and "classic" not in arguments["hierarchy_types"]:
        return []
    if arguments.get("workspace_ids") is not None:
        spaces = [None if given is None else refusals.read_id(given) for given in arguments["workspace_ids"]]
        main = {row["id"] for row in _main_workspaces(context)}
        conditions.append(f"COALESCE(workspace_id, -1) IN ({', '.join('?' * len(spaces))})")
        values += [-1 if space is None or space in main else space for space in spaces]
    order = "updated_at DESC, id DESC" if arguments.get("order_by") == "used_at" else "id DESC"
    return context.rows(
        f"SELECT * FROM boards WHERE {' AND '.join(conditions)}"  # noqa: S608 - our own names
        f" ORDER BY {order} LIMIT ? OFFSET ?",
        (*values, limit, (page - 1) * limit),
    )


def _main_workspaces(context: Context) -> list[Row]:
    return context.rows("SELECT * FROM workspaces WHERE account_id = ? AND is_default", (context.account_id,))


# Fields of a board


def creator(board: Row, context: Context, _: Arguments) -> Row:
    """Who made the board."""
    return context.users[board["creator_id"]]


def owners(board: Row, context: Context, _: Arguments) -> list[Row]:
    """The board's owners."""
    return _people(context, board, "owner")


def subscribers(board: Row, context: Context, _: Arguments) -> list[Row]:
    """All who belong to the board, owners too."""
    return _people(context, board, None)


def _people(context: Context, board: Row, kind: str | None) -> list[Row]:
    rows = context.rows(
        "SELECT user_id, kind FROM board_users WHERE account_id = ? AND board_id = ? ORDER BY user_id",
        (context.account_id, board["id"]),
    )
    return [context.users[row["user_id"]] for row in rows if kind in (None, row["kind"])]


def columns(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The board's columns, the name among them."""
    ids, types = arguments.get("ids"), arguments.get("types")
    return [
        column
        for column in context.columns(board["id"])
        if (ids is None or column["id"] in ids) and (types is None or column["type"] in types)
    ]


def groups(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The board's groups, archived ones left out unless asked for by id."""
    ids = arguments.get("ids")
    return [
        group
        for group in context.groups(board["id"])
        if (group["id"] in ids if ids is not None else not group["archived"])
    ]


def items_count(board: Row, context: Context, _: Arguments) -> int:
    """How many active items there are."""
    return count_items(context, board["id"])


def count_items(context: Context, board_id: int) -> int:
    """How many active items a board has."""
    rows = context.rows(
        "SELECT COUNT(*) AS number FROM items WHERE account_id = ? AND board_id = ? AND state = 'active'",
        (context.account_id, board_id),
    )
    return int(rows[0]["number"])


def workspace(board: Row, context: Context, _: Arguments) -> Row | None:
    """The board's workspace; none for the main one."""
    if board["workspace_id"] is None:
        return None
    rows = context.rows(
        "SELECT * FROM workspaces WHERE account_id = ? AND id = ?",
        (context.account_id, board["workspace_id"]),
    )
    return workspace_row(rows[0])


def url(board: Row, context: Context, _: Arguments) -> str:
    """Where the board is looked at, on the real monday.com."""
    return f"{account_url(context)}/boards/{board['id']}"


# Mutations


def create_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a board, owned by the caller unless others are named.

    One that is not to be empty gets monday.com's first group and its usual columns.
    """
    if not arguments["board_name"].strip():
        raise refusals.Refusal("Board name can't be blank", "CreateBoardException")
    owner_ids = _user_ids(context, arguments.get("board_owner_ids")) or [context.caller.user_id]
    subscriber_ids = _user_ids(context, arguments.get("board_subscriber_ids"))
    nickname = arguments.get("item_nickname") or {}
    with context.changing() as connection:
        now = context.now()
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "board"),
            "name": arguments["board_name"],
            "description": arguments.get("description"),
            "state": "active",
            "board_kind": arguments["board_kind"],
            "workspace_id": _workspace_id(context, arguments.get("workspace_id")),
            "creator_id": context.caller.user_id,
            "item_terminology": nickname.get("singular") or nickname.get("preset_type"),
            "created_at": now,
            "updated_at": now,
        }
        connection.execute(
            "INSERT INTO boards (account_id, id, name, description, state, board_kind, workspace_id,"
            " creator_id, item_terminology, created_at, updated_at) VALUES (:account_id, :id, :name,"
            " :description, :state, :board_kind, :workspace_id, :creator_id, :item_terminology, :created_at,"
            " :updated_at)",
            row,
        )
        _subscribe(connection, row, subscriber_ids, "subscriber")
        _subscribe(connection, row, [*owner_ids, context.caller.user_id], "owner")
        insert_column(connection, row, column_id="name", title="Name", column_type="name", settings={})
        if not arguments["empty"]:
            _furnish(connection, row)
    return row


def _furnish(connection: sqlite3.Connection, board: Row) -> None:
    group_id, title, color = _DEFAULT_GROUP
    insert_group(connection, board, group_id=group_id, title=title, color=color, position=65536.0)
    for column_id, column_title, column_type in _DEFAULT_COLUMNS:
        settings = labels.default_status_settings() if column_type == "status" else {}
        insert_column(
            connection,
            board,
            column_id=column_id,
            title=column_title,
            column_type=column_type,
            settings=settings,
        )


def _workspace_id(context: Context, given: Any) -> int | None:
    if given is None:
        return None
    workspace_id = refusals.read_id(given)
    rows = context.rows(
        "SELECT is_default FROM workspaces WHERE account_id = ? AND id = ?",
        (context.account_id, workspace_id),
    )
    if not rows:
        raise refusals.missing("workspace", workspace_id=workspace_id)
    return None if rows[0]["is_default"] else workspace_id


def _user_ids(context: Context, given: Sequence[Any] | None) -> list[int]:
    ids = [refusals.read_id(one) for one in given or ()]
    for user_id in ids:
        if user_id not in context.users:
            raise refusals.user_missing(user_id)
    return ids


def _subscribe(connection: sqlite3.Connection, board: Row, user_ids: Sequence[int], kind: str) -> None:
    connection.executemany(
        "INSERT INTO board_users (account_id, board_id, user_id, kind) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET kind = excluded.kind",
        [(board["account_id"], board["id"], user_id, kind) for user_id in user_ids],
    )


def update_board(_: Any, context: Context, arguments: Arguments) -> str:
    """Change a board's name, description or nickname of items."""
    attribute, value = arguments["board_attribute"], arguments["new_value"]
    column = {"name": "name", "description": "description", "item_nickname": "item_terminology"}.get(
        attribute
    )
    if column is None:
        raise refusals.invalid_argument(f"The board attribute {attribute} can't be updated")
    with context.changing() as connection:
        board = context.require_board(refusals.read_id(arguments["board_id"]))
        if column == "name" and not value.strip():
            raise refusals.invalid_argument("Board name can't be blank")
        connection.execute(
            f"UPDATE boards SET {column} = ? WHERE account_id = ? AND id = ?",  # noqa: S608 - one of three
            (value, context.account_id, board["id"]),
        )
        touch_board(context, connection, board["id"])
    undo = {"undo_record_id": secrets.token_hex(16), "action_type": "modify_project", "entity_type": "Board"}
    return json.dumps({"success": True, "undo_data": undo})


def archive_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Archive a board; its items stay as they are, and can't be changed."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        context.require_board(board_id)
        _set_state(context, connection, board_id, "archived")
    return _board_again(context, board_id)


def delete_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete a board, also an archived one."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.board(board_id)
        if board is None or board["state"] == "deleted":
            raise refusals.board_missing(board_id)
        _set_state(context, connection, board_id, "deleted")
    return _board_again(context, board_id)


def _set_state(context: Context, connection: sqlite3.Connection, board_id: int, state: str) -> None:
    connection.execute(
        "UPDATE boards SET state = ? WHERE account_id = ? AND id = ?", (state, context.account_id, board_id)
    )
    touch_board(context, connection, board_id)


def _board_again(context: Context, board_id: int) -> Row:
    board = context.board(board_id)
    if board is None:
        raise refusals.unauthorized()
    return board


def add_users_to_board(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Make users subscribers or owners; an owner who is added as subscriber is one no more."""
    with context.changing() as connection:
        board = context.require_board(refusals.read_id(arguments["board_id"]))
        user_ids = _user_ids(context, arguments["user_ids"])
        _subscribe(connection, board, user_ids, arguments["kind"] or "subscriber")
        touch_board(context, connection, board["id"])
    return [context.users[user_id] for user_id in user_ids]


# For the other parts of a board


def touch_board(context: Context, connection: sqlite3.Connection, board_id: int) -> None:
    """Note that something on the board has changed."""
    connection.execute(
        "UPDATE boards SET updated_at = ? WHERE account_id = ? AND id = ?",
        (context.now(), context.account_id, board_id),
    )


def random_id(prefix: str) -> str:
    """An id for a column or a group as monday.com makes them up."""
    return f"{prefix}_mk{''.join(secrets.choice(_ID_LETTERS) for _ in range(6))}"


def insert_group(
    connection: sqlite3.Connection, board: Row, *, group_id: str, title: str, color: str, position: float
) -> None:
    """Store a group."""
    connection.execute(
        "INSERT INTO board_groups (account_id, board_id, id, title, color, position, archived, deleted)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, 0)",
        (board["account_id"], board["id"], group_id, title, color, position),
    )


def insert_column(
    connection: sqlite3.Connection,
    board: Row,
    *,
    column_id: str,
    title: str,
    column_type: str,
    settings: dict[str, Any],
    description: str | None = None,
    position: float | None = None,
) -> None:
    """Store a column, at the end unless its position is given."""
    connection.execute(
        "INSERT INTO board_columns (account_id, board_id, id, title, type, description, width, settings,"
        " revision, position, archived) VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, COALESCE(?, (SELECT"
        " COALESCE(MAX(position), 0) + 65536 FROM board_columns WHERE account_id = ? AND board_id = ?)), 0)",
        (
            board["account_id"],
            board["id"],
            column_id,
            title,
            column_type,
            description,
            json.dumps(settings, ensure_ascii=False),
            secrets.token_hex(16),
            position,
            board["account_id"],
            board["id"],
        ),
    )


FIELDS: Fields = {
    "Query": {
        "boards": boards,
    },
    "Mutation": {
        "add_users_to_board": add_users_to_board,
        "archive_board": archive_board,
        "create_board": create_board,
        "delete_board": delete_board,
        "update_board": update_board,
    },
    "Board": {
        "board_folder_id": constant(None),
        "columns": columns,
        "creator": creator,
        "groups": groups,
        "hierarchy_type": constant("classic"),
        "items_count": items_count,
        "items_limit": constant(ITEMS_LIMIT),
        "owner": creator,
        "owners": owners,
        "permissions": constant("everyone"),
        "subscribers": subscribers,
        "type": constant("board"),
        "url": url,
        "workspace": workspace,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Board.creator": "users:read",
    "Board.owner": "users:read",
    "Board.owners": "users:read",
    "Board.subscribers": "users:read",
    "Board.workspace": "workspaces:read",
    "Mutation.add_users_to_board": "boards:write",
    "Mutation.archive_board": "boards:write",
    "Mutation.create_board": "boards:write",
    "Mutation.delete_board": "boards:write",
    "Mutation.update_board": "boards:write",
    "Query.boards": "boards:read",
}
