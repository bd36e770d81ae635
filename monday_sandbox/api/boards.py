"""Boards."""

import json
import secrets
import sqlite3
import string
from typing import Any

from monday_sandbox import labels, refusals
from monday_sandbox.api.accounts import account_url
from monday_sandbox.api.board_people import read_user_ids, subscribe_teams, subscribe_users
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes, constant
from monday_sandbox.api.folders import place_in
from monday_sandbox.api.paging import bounds
from monday_sandbox.api.permissions import VISIBLE, Act
from monday_sandbox.api.teams import team_ids
from monday_sandbox.api.workspaces import places_asked_for, workspace_row
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
        spaces = places_asked_for(context, arguments["workspace_ids"])
        conditions.append(f"COALESCE(workspace_id, -1) IN ({', '.join('?' * len(spaces))})")
        values += spaces
    order = "updated_at DESC, id DESC" if arguments.get("order_by") == "used_at" else "id DESC"
    return context.rows(
        f"SELECT * FROM boards WHERE {' AND '.join(conditions)}"  # noqa: S608 - our own names
        f" ORDER BY {order} LIMIT ? OFFSET ?",
        (*values, limit, (page - 1) * limit),
    )


# Fields of a board


def creator(board: Row, context: Context, _: Arguments) -> Row:
    """Who made the board."""
    return context.users[board["creator_id"]]


def object_type(board: Row, _: Context, __: Arguments) -> str:
    """What kind of board it is: one of items, or of another board's subitems."""
    return "board" if board["parent_board_id"] is None else "sub_items_board"


def folder_id(board: Row, _: Context, __: Arguments) -> int | None:
    """The folder that the board lies in, by id."""
    return board["folder_id"]  # type: ignore[no-any-return]  # a column of integers


def permissions(board: Row, _: Context, __: Arguments) -> str:
    """What everybody but the owners may do, as monday.com writes it."""
    return str(board["edit_permissions"])


def columns(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The board's columns, the name among them."""
    ids, types, capable = arguments.get("ids"), arguments.get("types"), arguments.get("capabilities")
    return [
        column
        for column in context.columns(board["id"])
        if (ids is None or column["id"] in ids)
        and (types is None or column["type"] in types)
        and (capable is None or (None if column["capabilities"] is None else "CALCULATED") in capable)
    ]


def groups(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The board's groups, archived ones left out unless asked for by id."""
    ids = arguments.get("ids")
    return [
        group
        for group in context.groups(board["id"])
        if (group["id"] in ids if ids is not None else not group["archived"])
    ]


def top_group(board: Row, context: Context, _: Arguments) -> Row:
    """The board's first group.

    Raises:
        Refusal: a board that was made empty has none yet.
    """
    group = next((group for group in context.groups(board["id"]) if not group["archived"]), None)
    if group is None:
        raise refusals.group_missing("", board["id"])
    return group


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


def communication(board: Row, _: Context, __: Arguments) -> Any:
    """What was stored as the board's communication, such as a meeting's id."""
    return None if board["communication"] is None else json.loads(board["communication"])


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
    owner_ids = read_user_ids(context, arguments.get("board_owner_ids"))
    subscriber_ids = read_user_ids(context, arguments.get("board_subscriber_ids"))
    owner_teams = team_ids(context, arguments.get("board_owner_team_ids"))
    subscriber_teams = team_ids(context, arguments.get("board_subscriber_teams_ids"))
    nickname = arguments.get("item_nickname") or {}
    with context.changing() as connection:
        context.require_maker()
        folder_id, workspace_id = place_in(context, arguments.get("folder_id"), arguments.get("workspace_id"))
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "board"),
            "name": arguments["board_name"],
            "description": arguments.get("description"),
            "state": "active",
            "board_kind": arguments["board_kind"],
            "workspace_id": workspace_id,
            "folder_id": folder_id,
            "creator_id": context.caller.user_id,
            "item_terminology": nickname.get("singular") or nickname.get("preset_type"),
            "created_from_board_id": None,
        }
        insert_board(context, connection, row)
        subscribe_users(context, connection, row, subscriber_ids, "subscriber")
        subscribe_users(context, connection, row, [*owner_ids, context.caller.user_id], "owner")
        subscribe_teams(context, connection, row, subscriber_teams, "subscriber")
        subscribe_teams(context, connection, row, owner_teams, "owner")
        insert_column(connection, row, column_id="name", title="Name", column_type="name", settings={})
        if not arguments["empty"]:
            _furnish(connection, row)
    return _board_again(context, row["id"])


def insert_board(context: Context, connection: sqlite3.Connection, row: Row) -> None:
    """Store a new board, made now."""
    connection.execute(
        "INSERT INTO boards (account_id, id, name, description, state, board_kind, workspace_id, folder_id,"
        " creator_id, item_terminology, created_from_board_id, parent_board_id, created_at, updated_at)"
        " VALUES (:account_id, :id, :name, :description, :state, :board_kind, :workspace_id, :folder_id,"
        " :creator_id, :item_terminology, :created_from_board_id, :parent_board_id, :now, :now)",
        {"parent_board_id": None, **row, "now": context.now()},
    )


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


def update_board(_: Any, context: Context, arguments: Arguments) -> str:
    """Change a board's name, description, communication or nickname of items."""
    attribute, value = arguments["board_attribute"], arguments["new_value"]
    column = "item_terminology" if attribute == "item_nickname" else attribute
    if attribute == "communication":
        value = _as_json(value)
    with context.changing() as connection:
        board = context.require_board(refusals.read_id(arguments["board_id"]), Act.STRUCTURE)
        if column == "name" and not value.strip():
            raise refusals.invalid_argument("Board name can't be blank")
        connection.execute(
            f"UPDATE boards SET {column} = ? WHERE account_id = ? AND id = ?",  # noqa: S608 - one of four
            (value, context.account_id, board["id"]),
        )
        touch_board(context, connection, board["id"])
    undo = {"undo_record_id": secrets.token_hex(16), "action_type": "modify_project", "entity_type": "Board"}
    return json.dumps({"success": True, "undo_data": undo})


def _as_json(given: str) -> str:
    """JSON as it is; what is none, as a text."""
    try:
        json.loads(given)
    except ValueError:
        return json.dumps(given)
    return given


def archive_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Archive a board; its items stay as they are, and can't be changed."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        context.require_whole_board(board_id, Act.OWNERSHIP)
        _set_state(context, connection, board_id, "archived")
    return _board_again(context, board_id)


def delete_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete a board, also an archived one."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.board(board_id)
        if board is None or board["state"] == "deleted":
            raise refusals.board_missing(board_id)
        if not context.may(Act.OWNERSHIP, board):
            raise refusals.unauthorized()
        context.require_whole(board)
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
    managed_column_id: str | None = None,
    capabilities: str | None = None,
) -> None:
    """Store a column, at the end unless its position is given; ``capabilities`` as JSON."""
    connection.execute(
        "INSERT INTO board_columns (account_id, board_id, id, title, type, description, width, settings,"
        " revision, managed_column_id, capabilities, position, archived) VALUES (?, ?, ?, ?, ?, ?, NULL, ?,"
        " ?, ?, ?, COALESCE(?, (SELECT COALESCE(MAX(position), 0) + 65536 FROM board_columns"
        " WHERE account_id = ? AND board_id = ?)), 0)",
        (
            board["account_id"],
            board["id"],
            column_id,
            title,
            column_type,
            description,
            json.dumps(settings, ensure_ascii=False),
            secrets.token_hex(16),
            managed_column_id,
            capabilities,
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
        "archive_board": archive_board,
        "create_board": create_board,
        "delete_board": delete_board,
        "update_board": update_board,
    },
    "Board": {
        "board_folder_id": folder_id,
        "columns": columns,
        "communication": communication,
        "creator": creator,
        "groups": groups,
        "hierarchy_type": constant("classic"),
        "items_count": items_count,
        "items_limit": constant(ITEMS_LIMIT),
        "owner": creator,
        "permissions": permissions,
        "top_group": top_group,
        "type": object_type,
        "url": url,
        "views": constant([]),
        "workspace": workspace,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Board.creator": "users:read",
    "Board.owner": "users:read",
    "Board.workspace": "workspaces:read",
    "Mutation.archive_board": "boards:write",
    "Mutation.create_board": "boards:write",
    "Mutation.delete_board": "boards:write",
    "Mutation.update_board": "boards:write",
    "Query.boards": "boards:read",
}
