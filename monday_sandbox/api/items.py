"""Items and their cells."""

import json
import sqlite3
from typing import Any

from monday_sandbox import refusals, values
from monday_sandbox.api import boards
from monday_sandbox.api.accounts import account_url
from monday_sandbox.api.cells import cell_of, shown_cell
from monday_sandbox.api.context import Arguments, Batch, Context, Fields, Row, Scopes
from monday_sandbox.api.happenings import CellChange, Recorder
from monday_sandbox.api.paging import bounds
from monday_sandbox.api.pens import Pen, read_values
from monday_sandbox.api.positions import position_in
from monday_sandbox.state import next_id

MOST_IDS = 100


def items(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Items by id, archived and deleted ones too; unknown ids are left out."""
    limit, page = bounds(arguments)
    given = arguments.get("ids")
    if given is not None and len(given) > MOST_IDS:
        raise refusals.invalid_argument(f"Up to {MOST_IDS} ids can be asked for", ids=len(given))
    if given is None:
        found = context.items(
            row["id"]
            for row in context.rows(
                "SELECT id FROM items WHERE account_id = ? AND state = 'active' ORDER BY id",
                (context.account_id,),
            )
        )
    else:
        found = context.items(refusals.read_id(one) for one in given)
    found.sort(key=lambda item: item["id"], reverse=bool(arguments.get("newest_first")))
    if arguments.get("exclude_nonactive"):
        found = [item for item in found if state(item, context, {}) == "active"]
    return found[(page - 1) * limit : page * limit]


# Fields of an item


def state(item: Row, context: Context, _: Arguments) -> str:
    """The item's state: its own, or that of its board when that is gone."""
    board = context.board(item["board_id"])
    if item["state"] == "active" and board is not None:
        return str(board["state"])
    return str(item["state"])


def board_of(item: Row, context: Context, _: Arguments) -> Row | None:
    """The item's board."""
    return context.board(item["board_id"])


def group_of(item: Row, context: Context, _: Arguments) -> Row | None:
    """The item's group."""
    return context.group(item["board_id"], item["group_id"])


def creator_of(made: Row, context: Context, _: Arguments) -> Row | None:
    """Who made an item, an update or a reply."""
    return context.users.get(made["creator_id"])


def subscribers(item: Row, context: Context, _: Arguments) -> list[Row]:
    """Who follows the item: its creator."""
    return [context.users[item["creator_id"]]]


def url(item: Row, context: Context, _: Arguments) -> str:
    """Where the item is looked at, on the real monday.com."""
    return f"{account_url(context)}{relative_link(item, context, {})}"


def relative_link(item: Row, _: Context, __: Arguments) -> str:
    """The item's path."""
    return f"/boards/{item['board_id']}/pulses/{item['id']}"


def email(item: Row, context: Context, _: Arguments) -> str:
    """The address that makes updates of mails."""
    return f"pulse-{item['id']}@{context.account['slug']}.monday.example"


def column_values(item: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The item's cells, empty ones too, in the order of the board's columns; the name is none of them."""
    ids, types = arguments.get("ids"), arguments.get("types")
    batch: Batch = item["batch"]
    cells = batch.cells[item["id"]]
    shown = []
    for column in context.columns(item["board_id"]):
        column_id = column["id"]
        if column["type"] == "name" or column["archived"]:
            continue
        if (ids is not None and column_id not in ids) or (types is not None and column["type"] not in types):
            continue
        shown.append(cell_of(item, column, cells.get(column_id)))
    return shown


def value_text(cell: Row, context: Context, _: Arguments) -> str | None:
    """A cell's text."""
    return values.KINDS[cell["type"]].text(shown_cell(cell, context))


def value_raw(cell: Row, _: Context, __: Arguments) -> str | None:
    """A cell's raw JSON, in a string."""
    kept: str | None = cell["kept"]
    return kept if values.KINDS[cell["type"]].shows_value else None


def linked_items(cell: Row, context: Context, _: Arguments) -> list[Row]:
    """The items that a board relation points at."""
    return context.items(values.linked_ids(shown_cell(cell, context)))


def items_linked_by(item: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The items of one board that the item is linked to, by one of its relations."""
    column = context.require_column(item["board_id"], arguments["link_to_item_column_id"])
    if column["type"] != "board_relation":
        raise refusals.column_type("Items are linked by board relations only", column["type"])
    batch: Batch = item["batch"]
    cell = cell_of(item, column, batch.cells[item["id"]].get(column["id"]))
    board_id = refusals.read_id(arguments["linked_board_id"])
    return [linked for linked in linked_items(cell, context, {}) if linked["board_id"] == board_id]


# Mutations


def create_item(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make an item in a group, or in the board's first one."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        context.require_whole_board(board_id)
        group = _group_for(context, board_id, arguments.get("group_id"))
        if boards.count_items(context, board_id) >= boards.ITEMS_LIMIT:
            raise refusals.items_limit(board_id, boards.ITEMS_LIMIT)
        item, changes = make_item(context, connection, group, arguments)
        Recorder(context, connection).item_created(item, group, changes)
    return again(context, item["id"])


def make_item(
    context: Context,
    connection: sqlite3.Connection,
    group: Row,
    arguments: Arguments,
    parent_item_id: int | None = None,
) -> tuple[Row, dict[str, CellChange]]:
    """Store a new item with its cells.

    Args:
        context: Of the request.
        connection: Of the change that it is part of.
        group: Where it is made.
        arguments: Of the mutation: ``item_name``, and maybe ``column_values``, ``create_labels_if_missing``,
            ``relative_to`` and ``position_relative_method``.
        parent_item_id: Of a subitem, the item that it belongs to.

    Returns:
        The item, and its cells by column.

    Raises:
        Refusal: the name is too short or too long, or a value is refused.
    """
    wanted = read_values(arguments.get("column_values"), "column_values")
    # A name among the values is overruled by the argument.
    wanted.pop("name", None)
    now = context.now()
    item = {
        "account_id": context.account_id,
        "id": next_id(connection, context.account_id, "item"),
        "board_id": group["board_id"],
        "group_id": group["id"],
        "name": _checked_name(arguments["item_name"]),
        "state": "active",
        "position": position_in(context, connection, group, arguments),
        "creator_id": context.caller.user_id,
        "created_at": now,
        "updated_at": now,
        "parent_item_id": parent_item_id,
    }
    connection.execute(
        "INSERT INTO items (account_id, id, board_id, group_id, name, state, position, creator_id,"
        " created_at, updated_at, parent_item_id) VALUES (:account_id, :id, :board_id, :group_id, :name,"
        " :state, :position, :creator_id, :created_at, :updated_at, :parent_item_id)",
        item,
    )
    pen = Pen(context, connection, item, create_labels=bool(arguments.get("create_labels_if_missing")))
    changes = {column_id: pen.write(column_id, given) for column_id, given in wanted.items()}
    boards.touch_board(context, connection, group["board_id"])
    return item, {column_id: change for column_id, change in changes.items() if change is not None}


def _group_for(context: Context, board_id: int, group_id: str | None) -> Row:
    if group_id is not None:
        return context.require_group(board_id, group_id)
    group = next((group for group in context.groups(board_id) if not group["archived"]), None)
    if group is None:
        raise refusals.group_missing("", board_id)
    return group


def change_column_value(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change one cell, by JSON."""
    return _change_cell(context, arguments, is_simple=False)


def change_simple_column_value(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change one cell, by a plain string."""
    return _change_cell(context, arguments, is_simple=True)


def _change_cell(context: Context, arguments: Arguments, *, is_simple: bool) -> Row:
    column_id, given = arguments["column_id"], arguments.get("value")
    with context.changing() as connection:
        item = _item_of_board(context, arguments)
        column = context.require_column(item["board_id"], column_id)
        if not is_simple:
            given = _read_value(given, column)
        if column_id == "name":
            _rename(context, connection, item, str(given))
        elif column["type"] == "board_relation":
            raise refusals.column_value(
                "this column type is changed by change_multiple_column_values only", "board-relation"
            )
        else:
            create_labels = bool(arguments.get("create_labels_if_missing"))
            pen = Pen(context, connection, item, create_labels=create_labels)
            _record_change(context, connection, item, pen.write(column_id, given, is_simple=is_simple))
    return again(context, item["id"])


def _read_value(given: Any, column: Row) -> Any:
    """A value from JSON in a string, or as it is; the empty string is one without JSON."""
    if not isinstance(given, str) or given == "":
        return given
    try:
        return json.loads(given)
    except ValueError as error:
        kind = values.KINDS.get(column["type"])
        raise refusals.column_value(
            "the value is not JSON", kind.event_type if kind is not None else column["type"]
        ) from error


def change_multiple_column_values(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change several cells, and the name under the key ``name``: all of them or, if one is refused, none."""
    with context.changing() as connection:
        item = _item_of_board(context, arguments)
        wanted = read_values(arguments["column_values"], "column_values")
        pen = Pen(context, connection, item, create_labels=bool(arguments.get("create_labels_if_missing")))
        for column_id, given in wanted.items():
            if column_id == "name":
                item = _rename(context, connection, item, given if isinstance(given, str) else "")
            else:
                _record_change(context, connection, item, pen.write(column_id, given))
    return again(context, item["id"])


def _item_of_board(context: Context, arguments: Arguments) -> Row:
    board_id = refusals.read_id(arguments["board_id"])
    context.require_board(board_id)
    item = context.require_item(given_item_id(arguments))
    if item["board_id"] != board_id:
        raise refusals.item_elsewhere(item["id"], board_id)
    return item


def given_item_id(arguments: Arguments) -> int | None:
    """The item that a mutation names; none where it may be left out and is."""
    given = arguments.get("item_id")
    return None if given is None else refusals.read_id(given)


def _record_change(
    context: Context, connection: sqlite3.Connection, item: Row, change: CellChange | None
) -> None:
    if change is not None:
        touch_item(context, connection, item)
        Recorder(context, connection).cell_changed(item, change)


def put_content(
    context: Context, connection: sqlite3.Connection, item: Row, column: Row, content: values.Content
) -> None:
    """Give a cell a content that is no written value, such as files."""
    pen = Pen(context, connection, item, create_labels=False)
    _record_change(context, connection, item, pen.put(column, content))


def _rename(context: Context, connection: sqlite3.Connection, item: Row, name: str) -> Row:
    if name == item["name"]:
        return item
    renamed = {**item, "name": _checked_name(name)}
    connection.execute(
        "UPDATE items SET name = ? WHERE account_id = ? AND id = ?",
        (name, context.account_id, item["id"]),
    )
    touch_item(context, connection, item)
    Recorder(context, connection).item_renamed(renamed, item["name"])
    return renamed


def touch_item(context: Context, connection: sqlite3.Connection, item: Row) -> None:
    """Note that the item, and with it its board, has changed."""
    connection.execute(
        "UPDATE items SET updated_at = ?, updater_id = ? WHERE account_id = ? AND id = ?",
        (context.now(), context.caller.user_id, context.account_id, item["id"]),
    )
    boards.touch_board(context, connection, item["board_id"])


def _checked_name(name: str) -> str:
    if not 0 < len(name) <= 255:
        raise refusals.item_name_length(name)
    return name


def again(context: Context, item_id: int) -> Row:
    """An item as it is after a change."""
    item = context.item(item_id)
    if item is None:
        raise refusals.item_missing(item_id)
    return item


FIELDS: Fields = {
    "Query": {
        "items": items,
    },
    "Mutation": {
        "change_column_value": change_column_value,
        "change_multiple_column_values": change_multiple_column_values,
        "change_simple_column_value": change_simple_column_value,
        "create_item": create_item,
    },
    "Item": {
        "board": board_of,
        "column_values": column_values,
        "creator": creator_of,
        "email": email,
        "group": group_of,
        "linked_items": items_linked_by,
        "relative_link": relative_link,
        "state": state,
        "subscribers": subscribers,
        "url": url,
    },
    "BoardRelationValue": {
        "linked_items": linked_items,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Item.creator": "users:read",
    "Item.subscribers": "users:read",
    "Mutation.change_column_value": "boards:write",
    "Mutation.change_multiple_column_values": "boards:write",
    "Mutation.change_simple_column_value": "boards:write",
    "Mutation.create_item": "boards:write",
    "Query.items": "boards:read",
}
