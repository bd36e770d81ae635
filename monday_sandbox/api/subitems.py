"""Subitems: items of a board of their own that belong to an item of another board.

A board gets its board of subitems, and a column that shows them, with its first subitem. It is
subscribed to, seen and permitted as the board that it belongs to; what is deleted or archived takes its
subitems along (see ``tables.py``). Sources: developer.monday.com on subitems; recorded deliveries of
February 2025 for the ids and titles of a new board of subitems.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from monday_sandbox import labels, refusals
from monday_sandbox.api.boards import insert_board, insert_column, insert_group, random_id
from monday_sandbox.api.context import Arguments, Batch, Context, Fields, Row, Scopes
from monday_sandbox.api.happenings import Recorder
from monday_sandbox.api.items import again, make_item
from monday_sandbox.state import next_id

MOST_SUBITEMS = 100
_GROUP = ("topics", "Subitems", "#579bfc")
_COLUMNS = (
    ("name", "Name", "name"),
    ("person", "Owner", "people"),
    ("status", "Status", "status"),
    ("date0", "Date", "date"),
)


# Fields


def subitems(item: Row, _: Context, __: Arguments) -> Sequence[Row]:
    """The item's active subitems, in their order."""
    batch: Batch = item["batch"]
    return batch.subitems[item["id"]]


def is_leaf(cell: Row, context: Context, arguments: Arguments) -> bool:
    """Whether a cell's item has no subitems."""
    return not subitems(cell["item"], context, arguments)


def parent_item(item: Row, _: Context, __: Arguments) -> Row | None:
    """The item that a subitem belongs to, in whatever state."""
    if item["parent_item_id"] is None:
        return None
    batch: Batch = item["batch"]
    return batch.parents.get(item["parent_item_id"])


# Mutations


def create_subitem(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a subitem of an item: after those that it has.

    Raises:
        Refusal: the item is a subitem itself, or has as many as it can have.
    """
    with context.changing() as connection:
        parent = context.require_item(refusals.read_id(arguments["parent_item_id"]))
        if parent["parent_item_id"] is not None:
            raise refusals.invalid_argument("Subitems can't have subitems", item_id=parent["id"])
        require_room(parent, 1)
        board = subitems_board(context, connection, parent["board_id"])
        group = context.groups(board["id"])[0]
        item, changes = make_item(context, connection, group, arguments, parent["id"])
        recorder = Recorder(context, connection)
        linked = [subitem["id"] for subitem in parent["batch"].subitems[parent["id"]]]
        recorder.subitems_linked(parent, _column(context, parent["board_id"]), linked, [*linked, item["id"]])
        recorder.item_created(item, group, changes)
    return again(context, item["id"])


def require_room(parent: Row, more: int) -> None:
    """That an item can have more subitems.

    Raises:
        Refusal: these would be more than an item can have.
    """
    if len(parent["batch"].subitems[parent["id"]]) + more > MOST_SUBITEMS:
        raise refusals.items_limit(parent["board_id"], MOST_SUBITEMS)


def find_subitems_board(context: Context, board_id: int) -> Row | None:
    """The board of a board's subitems; None before its first subitem."""
    rows = context.rows(
        "SELECT * FROM boards WHERE account_id = ? AND parent_board_id = ? AND state <> 'deleted'",
        (context.account_id, board_id),
    )
    return rows[0] if rows else None


def subitems_board(context: Context, connection: sqlite3.Connection, board_id: int) -> Row:
    """The board of a board's subitems, made if there is none yet, with the column that shows them."""
    found = find_subitems_board(context, board_id)
    if found is not None:
        return found
    parent = context.require_board(board_id)
    board = {
        **parent,
        "id": next_id(connection, context.account_id, "board"),
        "name": f"Subitems of {parent['name']}",
        "description": None,
        # It lies in no folder: it goes where its board goes.
        "folder_id": None,
        "creator_id": context.caller.user_id,
        "item_terminology": None,
        "created_from_board_id": None,
        "parent_board_id": board_id,
    }
    insert_board(context, connection, board)
    group_id, title, color = _GROUP
    insert_group(connection, board, group_id=group_id, title=title, color=color, position=65536.0)
    for column_id, column_title, column_type in _COLUMNS:
        settings = labels.default_status_settings() if column_type == "status" else {}
        insert_column(
            connection,
            board,
            column_id=column_id,
            title=column_title,
            column_type=column_type,
            settings=settings,
        )
    _show_on(context, connection, parent, board["id"])
    context.forget()
    return board


def _show_on(context: Context, connection: sqlite3.Connection, parent: Row, subitems_board_id: int) -> None:
    """Give a board the column of its subitems, beside the name."""
    positions = [column["position"] for column in context.columns(parent["id"])[:2]]
    insert_column(
        connection,
        parent,
        column_id=random_id("subitems"),
        title="Subitems",
        column_type="subtasks",
        settings={"allowMultipleItems": True, "boardIds": [subitems_board_id]},
        position=sum(positions) / 2 if len(positions) == 2 else None,
    )


def _column(context: Context, board_id: int) -> Row:
    return next(column for column in context.columns(board_id) if column["type"] == "subtasks")


FIELDS: Fields = {
    "Mutation": {
        "create_subitem": create_subitem,
    },
    "Item": {
        "parent_item": parent_item,
        "subitems": subitems,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.create_subitem": "boards:write",
}
