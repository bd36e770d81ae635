"""Copies of boards and groups.

A copied board is the caller's own, with the structure of the first and, if asked for, its items
and their updates. Assumed: the copy is whole when the answer comes, subitems and files stay
behind, and a copied group tells webhooks of each of its items as of a new one.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.board_people import subscribe_users
from monday_sandbox.api.boards import (
    ITEMS_LIMIT,
    count_items,
    insert_board,
    insert_column,
    insert_group,
    random_id,
    touch_board,
)
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.folders import place_in
from monday_sandbox.api.groups import position_after, top_position
from monday_sandbox.api.happenings import CellChange, Recorder
from monday_sandbox.api.items import again, given_item_id
from monday_sandbox.api.permissions import Act
from monday_sandbox.api.positions import position_beside
from monday_sandbox.api.subitems import require_room
from monday_sandbox.state import next_id

_STRUCTURE = "duplicate_board_with_structure"
_UPDATES = "duplicate_board_with_pulses_and_updates"


def duplicate_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Copy a board that the caller may see."""
    with context.changing() as connection:
        context.require_maker()
        source = context.board(refusals.read_id(arguments["board_id"]))
        if source is None or source["state"] != "active":
            raise refusals.unauthorized()
        context.require_whole(source)
        copied = _copy_board(context, connection, source, arguments)
        _copy_people(context, connection, source, copied, keep=bool(arguments.get("keep_subscribers")))
        _copy_structure(context, connection, source, copied)
        if arguments["duplicate_type"] != _STRUCTURE:
            items = context.rows(
                "SELECT * FROM items WHERE account_id = ? AND board_id = ? AND state = 'active' ORDER BY id",
                (context.account_id, source["id"]),
            )
            numbers = _copy_items(context, connection, items, {"board_id": copied["id"]})
            if arguments["duplicate_type"] == _UPDATES:
                _copy_updates(context, connection, numbers, copied["id"])
    board = context.board(copied["id"])
    return {"board": board, "is_async": False}


def _copy_board(context: Context, connection: sqlite3.Connection, source: Row, arguments: Arguments) -> Row:
    """The new board's row: beside the first, unless it is told where."""
    folder_id, workspace_id = source["folder_id"], source["workspace_id"]
    if arguments.get("folder_id") is not None or arguments.get("workspace_id") is not None:
        folder_id, workspace_id = place_in(context, arguments.get("folder_id"), arguments.get("workspace_id"))
    copied = {
        **source,
        "id": next_id(connection, context.account_id, "board"),
        "name": arguments.get("board_name") or f"Duplicate of {source['name']}",
        "creator_id": context.caller.user_id,
        "folder_id": folder_id,
        "workspace_id": workspace_id,
        "created_from_board_id": source["id"],
    }
    insert_board(context, connection, copied)
    connection.execute(
        "UPDATE boards SET edit_permissions = ? WHERE account_id = ? AND id = ?",
        (source["edit_permissions"], context.account_id, copied["id"]),
    )
    return copied


def _copy_people(
    context: Context, connection: sqlite3.Connection, source: Row, copied: Row, *, keep: bool
) -> None:
    if keep:
        for table, column in (("board_users", "user_id"), ("board_teams", "team_id")):
            connection.execute(
                f"INSERT INTO {table} (account_id, board_id, {column}, kind)"  # noqa: S608 - our own names
                f" SELECT account_id, ?, {column}, kind FROM {table} WHERE account_id = ? AND board_id = ?",
                (copied["id"], context.account_id, source["id"]),
            )
    subscribe_users(context, connection, copied, [context.caller.user_id], "owner")


def _copy_structure(context: Context, connection: sqlite3.Connection, source: Row, copied: Row) -> None:
    for group in context.groups(source["id"]):
        if not group["archived"]:
            insert_group(
                connection,
                copied,
                group_id=group["id"],
                title=group["title"],
                color=group["color"],
                position=group["position"],
            )
    for column in context.columns(source["id"]):
        # The column of subitems belongs to a board of their own, which is not copied.
        if not column["archived"] and column["type"] != "subtasks":
            insert_column(
                connection,
                copied,
                column_id=column["id"],
                title=column["title"],
                column_type=column["type"],
                settings=column["settings"],
                description=column["description"],
                position=column["position"],
                managed_column_id=column["managed_column_id"],
                capabilities=column["capabilities"],
            )


def _copy_items(
    context: Context, connection: sqlite3.Connection, items: Sequence[Row], changes: Mapping[str, Any]
) -> dict[int, int]:
    """Copy items with their cells; the new id of each by the old one."""
    numbers: dict[int, int] = {}
    for item in items:
        numbers[item["id"]] = next_id(connection, context.account_id, "item")
        row = {
            **{name: value for name, value in item.items() if name != "batch"},
            **changes,
            "id": numbers[item["id"]],
            "creator_id": context.caller.user_id,
            "created_at": context.now(),
            "updated_at": context.now(),
        }
        connection.execute(
            f"INSERT INTO items ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
            tuple(row.values()),
        )
        connection.execute(
            "INSERT INTO cells (account_id, item_id, column_id, value, updated_at)"
            " SELECT account_id, ?, column_id, value, ? FROM cells WHERE account_id = ? AND item_id = ?",
            (row["id"], context.now(), context.account_id, item["id"]),
        )
    return numbers


def _copy_updates(
    context: Context, connection: sqlite3.Connection, numbers: Mapping[int, int], board_id: int
) -> None:
    """Copy the updates of copied items, and the replies; their authors and times stay."""
    posts = sorted(
        context.rows_of("SELECT * FROM updates", "item_id", list(numbers)), key=lambda post: post["id"]
    )
    copies = {post["id"]: next_id(connection, context.account_id, "update") for post in posts}
    for post in posts:
        row = {
            **post,
            "id": copies[post["id"]],
            "board_id": board_id,
            "item_id": numbers[post["item_id"]],
            "parent_id": copies.get(post["parent_id"]),
        }
        connection.execute(
            f"INSERT INTO updates ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
            tuple(row.values()),
        )


def duplicate_group(_: Any, context: Context, arguments: Arguments) -> Row:
    """Copy a group with its items: beneath itself, or on top of the board."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.require_whole_board(board_id, Act.STRUCTURE)
        source = context.require_group(board_id, arguments["group_id"])
        items = context.rows(
            "SELECT * FROM items WHERE account_id = ? AND board_id = ? AND group_id = ?"
            " AND state = 'active' ORDER BY position",
            (context.account_id, board_id, source["id"]),
        )
        if count_items(context, board_id) + len(items) > ITEMS_LIMIT:
            raise refusals.items_limit(board_id, ITEMS_LIMIT)
        on_top = bool(arguments.get("add_to_top"))
        group_id = random_id("group")
        insert_group(
            connection,
            board,
            group_id=group_id,
            title=arguments.get("group_title") or f"Duplicate of {source['title']}",
            color=source["color"],
            position=top_position(context, board_id) if on_top else position_after(context, board_id, source),
        )
        context.forget()
        numbers = _copy_items(context, connection, items, {"group_id": group_id})
        touch_board(context, connection, board_id)
        _tell(context, connection, board_id, group_id, list(numbers.values()))
    return context.require_group(board_id, group_id)


def duplicate_item(_: Any, context: Context, arguments: Arguments) -> Row:
    """Copy an item with its cells and subitems, beneath itself; a subitem within its item.

    Raises:
        Refusal: it is not on that board, or there is no room for the copies.
    """
    board_id, item_id = refusals.read_id(arguments["board_id"]), given_item_id(arguments)
    with context.changing() as connection:
        source = context.require_item(item_id)
        if source["board_id"] != board_id:
            raise refusals.item_elsewhere(source["id"], board_id)
        _require_room_for_copy(context, source)
        position = position_beside(context, connection, source, after=True)
        changes = {"name": f"{source['name'][:248]} (copy)", "position": position}
        numbers = _copy_items(context, connection, [source], changes)
        copied_id = numbers[source["id"]]
        subitems = source["batch"].subitems[source["id"]]
        of_subitems = _copy_items(context, connection, subitems, {"parent_item_id": copied_id})
        if arguments.get("with_updates"):
            _copy_updates(context, connection, numbers, board_id)
            if subitems:
                _copy_updates(context, connection, of_subitems, subitems[0]["board_id"])
        touch_board(context, connection, board_id)
        _tell(context, connection, board_id, source["group_id"], [copied_id])
        if subitems:
            board_of_subitems, group_id = subitems[0]["board_id"], subitems[0]["group_id"]
            _tell(context, connection, board_of_subitems, group_id, list(of_subitems.values()))
    return again(context, copied_id)


def _require_room_for_copy(context: Context, source: Row) -> None:
    if source["parent_item_id"] is not None:
        require_room(context.require_item(source["parent_item_id"]), 1)
    elif count_items(context, source["board_id"]) >= ITEMS_LIMIT:
        raise refusals.items_limit(source["board_id"], ITEMS_LIMIT)


def _tell(
    context: Context, connection: sqlite3.Connection, board_id: int, group_id: str, item_ids: Sequence[int]
) -> None:
    columns = {column["id"]: column for column in context.columns(board_id)}
    group = context.require_group(board_id, group_id)
    recorder = Recorder(context, connection)
    for item in context.items(item_ids):
        cells = item["batch"].cells[item["id"]]
        changes = {
            column_id: CellChange(columns[column_id], None, cell["value"])
            for column_id, cell in cells.items()
            if column_id in columns
        }
        recorder.item_created(item, group, changes)


FIELDS: Fields = {
    "Mutation": {
        "duplicate_board": duplicate_board,
        "duplicate_group": duplicate_group,
        "duplicate_item": duplicate_item,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.duplicate_board": "boards:write",
    "Mutation.duplicate_group": "boards:write",
    "Mutation.duplicate_item": "boards:write",
}
