"""Items that move: to another place, another group, another board; subitems to another item.

monday.com documents the mutations. That a move to another board is told to nobody, that cells which
fit nowhere there are lost, and how a move without a mapping finds its columns, is assumed.
"""

import sqlite3
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.boards import ITEMS_LIMIT, count_items, touch_board
from monday_sandbox.api.cell_moves import map_columns, move_cells
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.happenings import Recorder
from monday_sandbox.api.items import again, given_item_id, touch_item
from monday_sandbox.api.positions import end_position, position_beside
from monday_sandbox.api.subitems import require_room, subitems_board


def move_item_to_group(_: Any, context: Context, arguments: Arguments) -> Row:
    """Move an item to the end of another group of its board."""
    with context.changing() as connection:
        item = context.require_item(given_item_id(arguments))
        group = context.require_group(item["board_id"], arguments["group_id"])
        if group["id"] != item["group_id"]:
            _place(context, connection, item, group, end_position(context, connection, group, top=False))
    return again(context, item["id"])


def change_item_position(_: Any, context: Context, arguments: Arguments) -> Row:
    """Move an item beside another of its board, or to an end of a group.

    Raises:
        Refusal: both or neither are named, or what belongs to the other; the other item is elsewhere.
    """
    _check_place(arguments)
    with context.changing() as connection:
        item = context.require_item(given_item_id(arguments))
        if arguments.get("relative_to") is None:
            group = context.require_group(item["board_id"], str(arguments["group_id"]))
            position = end_position(context, connection, group, top=bool(arguments.get("group_top")))
        else:
            beside = context.require_item(refusals.read_id(arguments["relative_to"]))
            if beside["board_id"] != item["board_id"]:
                raise refusals.item_elsewhere(beside["id"], item["board_id"])
            if beside["id"] == item["id"] or beside["parent_item_id"] != item["parent_item_id"]:
                raise refusals.invalid_argument("relative_to must be another item of the same kind")
            group = context.require_group(item["board_id"], beside["group_id"])
            after = arguments.get("position_relative_method") != "before_at"
            position = position_beside(context, connection, beside, after=after)
        _place(context, connection, item, group, position)
    return again(context, item["id"])


def _check_place(arguments: Arguments) -> None:
    by_group, by_item = arguments.get("group_id") is not None, arguments.get("relative_to") is not None
    if by_group == by_item:
        raise refusals.invalid_argument("Give either group_id or relative_to")
    if by_item and arguments.get("group_top") is not None:
        raise refusals.invalid_argument("group_top goes with group_id only")
    if by_group and arguments.get("position_relative_method") is not None:
        raise refusals.invalid_argument("position_relative_method goes with relative_to only")


def _place(context: Context, connection: sqlite3.Connection, item: Row, group: Row, position: float) -> None:
    connection.execute(
        "UPDATE items SET group_id = ?, position = ? WHERE account_id = ? AND id = ?",
        (group["id"], position, context.account_id, item["id"]),
    )
    touch_item(context, connection, item)
    if group["id"] != item["group_id"]:
        moved = {**item, "group_id": group["id"]}
        Recorder(context, connection).item_moved(moved, item["group_id"], group)


# To another board


def move_item_to_board(_: Any, context: Context, arguments: Arguments) -> Row:
    """Move an item to another board, with its updates and its subitems; it keeps its id.

    Raises:
        Refusal: it is a subitem or on that board already, that board is full, or a mapping leaves a
            column out, or names columns of different types.
    """
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        item = context.require_item(given_item_id(arguments))
        context.require_whole_board(item["board_id"])
        context.require_whole_board(board_id)
        group = context.require_group(board_id, str(arguments["group_id"]))
        if board_id == item["board_id"]:
            raise refusals.invalid_argument("The item is on this board already", board_id=board_id)
        if count_items(context, board_id) >= ITEMS_LIMIT:
            raise refusals.items_limit(board_id, ITEMS_LIMIT)
        _carry(context, connection, [item], group, arguments.get("columns_mapping"))
        subitems = context.rows(
            "SELECT * FROM items WHERE account_id = ? AND parent_item_id = ? ORDER BY position, id",
            (context.account_id, item["id"]),
        )
        if subitems:
            theirs = subitems_board(context, connection, board_id)
            mapping = arguments.get("subitems_columns_mapping")
            _carry(context, connection, subitems, context.groups(theirs["id"])[0], mapping)
        touch_board(context, connection, item["board_id"])
    return again(context, item["id"])


def _carry(
    context: Context, connection: sqlite3.Connection, items: list[Row], group: Row, given: Any
) -> None:
    """Take items of one board to the end of a group of another."""
    pairs = map_columns(context, items[0]["board_id"], group["board_id"], given)
    for item in items:
        move_cells(context, connection, item, pairs)
        connection.execute(
            "UPDATE items SET board_id = ?, group_id = ?, position = ? WHERE account_id = ? AND id = ?",
            (
                group["board_id"],
                group["id"],
                end_position(context, connection, group, top=False),
                context.account_id,
                item["id"],
            ),
        )
        connection.execute(
            "UPDATE updates SET board_id = ? WHERE account_id = ? AND item_id = ?",
            (group["board_id"], context.account_id, item["id"]),
        )
        touch_item(context, connection, {**item, "board_id": group["board_id"]})


def move_subitem(context: Context, item_id: int, parent_item_id: int) -> None:
    """Move a subitem to another item, as a person does by dragging it: no mutation does it.

    Raises:
        Refusal: one of the two is not there, no subitem or one itself; or the other item has no room.
    """
    with context.changing() as connection:
        item, parent = context.require_item(item_id), context.require_item(parent_item_id)
        source = None if item["parent_item_id"] is None else context.item(item["parent_item_id"])
        if source is None or parent["parent_item_id"] is not None or parent["id"] == source["id"]:
            raise refusals.invalid_argument("A subitem is moved to another item", item_id=item_id)
        require_room(parent, 1)
        group = context.groups(subitems_board(context, connection, parent["board_id"])["id"])[0]
        if group["board_id"] != item["board_id"]:
            _carry(context, connection, [item], group, None)
        connection.execute(
            "UPDATE items SET parent_item_id = ?, position = ? WHERE account_id = ? AND id = ?",
            (
                parent["id"],
                end_position(context, connection, group, top=False),
                context.account_id,
                item_id,
            ),
        )
        touch_item(context, connection, {**item, "board_id": group["board_id"]})
        Recorder(context, connection).subitem_moved(item, source, parent)


FIELDS: Fields = {
    "Mutation": {
        "change_item_position": change_item_position,
        "move_item_to_board": move_item_to_board,
        "move_item_to_group": move_item_to_group,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.change_item_position": "boards:write",
    "Mutation.move_item_to_board": "boards:write",
    "Mutation.move_item_to_group": "boards:write",
}
