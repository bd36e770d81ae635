"""Columns of a board and their labels."""

import json
import re
import secrets
import sqlite3
from typing import Any

from monday_sandbox import column_settings, labels, refusals, values
from monday_sandbox.api.boards import insert_column, random_id, touch_board
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.happenings import Recorder
from monday_sandbox.api.permissions import Act

_ID = re.compile(r"[a-z0-9_]{1,20}")


def settings_string(column: Row, _: Context, __: Arguments) -> str:
    """The settings in the older form."""
    if column["type"] == "status":
        return labels.status_settings_string(column["settings"])
    if column["type"] == "dropdown":
        return labels.dropdown_settings_string(column["settings"])
    return json.dumps(column["settings"], ensure_ascii=False)


def capabilities(column: Row, _: Context, __: Arguments) -> dict[str, Any]:
    """What the column can do on boards of several levels: sum up its values."""
    stored = json.loads(column["capabilities"]) if column["capabilities"] is not None else {}
    calculated = stored.get("calculated")
    if calculated is not None:
        is_span = calculated["function"] == "MIN_MAX"
        calculated = {**calculated, "calculated_type": "timeline" if is_span else column["type"]}
    return {"calculated": calculated, "visibility": None}


def create_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a column of any type that the API makes.

    Raises:
        Refusal: of this type none are made, or the defaults don't fit it.
    """
    column_type = arguments["column_type"]
    kind = values.KINDS.get(column_type)
    if kind is None or not kind.can_be_created:
        raise refusals.column_type(f"Columns of the type {column_type} can't be created", column_type)
    defaults = _json(arguments.get("defaults"), "defaults")
    return make_column(context, arguments, column_type, column_settings.made(column_type, defaults))


def make_column(
    context: Context,
    arguments: Arguments,
    column_type: str,
    settings: dict[str, Any],
    managed_column_id: str | None = None,
) -> Row:
    """Store a new column and tell of it.

    Args:
        context: Of the request.
        arguments: Of the mutation: ``board_id``, ``title``, and maybe ``id``, ``description``,
            ``after_column_id`` and ``capabilities``.
        column_type: One of the API's types.
        settings: As they are kept.
        managed_column_id: Of the managed column that it is attached to.

    Raises:
        Refusal: the caller may not, the id is taken or malformed, or the settings point nowhere.
    """
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.require_board(board_id, Act.STRUCTURE)
        _check_connections(context, board_id, column_type, settings)
        column_id = arguments.get("id")
        if column_id is None:
            column_id = random_id(values.KINDS[column_type].id_prefix)
        elif not _ID.fullmatch(column_id):
            raise refusals.invalid_argument(
                "A column id has 1 to 20 characters: a-z, 0-9 and _", column_id=column_id
            )
        if any(column["id"] == column_id for column in context.columns(board_id)):
            raise refusals.invalid_argument("This column id already exists on the board", column_id=column_id)
        insert_column(
            connection,
            board,
            column_id=column_id,
            title=_checked_title(arguments["title"]),
            column_type=column_type,
            settings=settings,
            description=arguments.get("description"),
            position=_position_after(context, board_id, arguments.get("after_column_id")),
            managed_column_id=managed_column_id,
            capabilities=_stored_capabilities(arguments.get("capabilities")),
        )
        touch_board(context, connection, board_id)
        column = _column_row(connection, context.account_id, board_id, column_id)
        Recorder(context, connection).column_created(column)
    return column


def _stored_capabilities(given: Any) -> str | None:
    return None if given is None else json.dumps(given)


def _check_connections(context: Context, board_id: int, column_type: str, settings: dict[str, Any]) -> None:
    """That the boards and the relations that settings name are there.

    Raises:
        Refusal: one of them is not, or the caller does not see it.
    """
    if column_type == "board_relation":
        for connected in settings["boardIds"]:
            if context.board(connected) is None:
                raise refusals.invalid_argument("The board to connect to was not found", board_id=connected)
    if column_type == "mirror":
        for column_id in settings["relation_column"]:
            relation = context.require_column(board_id, column_id)
            if relation["type"] != "board_relation":
                raise refusals.column_type("Mirrors follow columns that connect boards", relation["type"])


def _json(given: Any, argument: str) -> dict[str, Any]:
    """An object, or an object in a string."""
    if given is None:
        return {}
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise refusals.bad_json(argument) from error
    if not isinstance(given, dict):
        raise refusals.bad_json(argument)
    return given


def _position_after(context: Context, board_id: int, after_id: Any) -> float | None:
    if after_id is None:
        return None
    columns = context.columns(board_id)
    context.require_column(board_id, str(after_id))
    place = next(index for index, column in enumerate(columns) if column["id"] == str(after_id))
    if place + 1 == len(columns):
        return None
    return float((columns[place]["position"] + columns[place + 1]["position"]) / 2)


def update_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a column of any type; its settings by JSON.

    Raises:
        Refusal: it is of another type, the revision is not the present one, or the settings don't fit.
    """
    given = arguments.get("settings")
    settings = None if given is None else _json(given, "settings")
    return change_known_column(context, {**arguments, "settings": settings}, arguments["column_type"])


def change_known_column(context: Context, arguments: Arguments, column_type: str) -> Row:
    """Change a column that the caller has read before, as its revision proves.

    Args:
        context: Of the request.
        arguments: ``board_id``, ``id``, ``revision``, and what is to be changed of ``title``,
            ``description``, ``width``, ``capabilities`` and ``settings``.
        column_type: What the column must be.

    Raises:
        Refusal: it is of another type, the revision is not the present one, or the settings don't fit;
            a managed column's settings are changed in one place only.
    """
    board_id, column_id = refusals.read_id(arguments["board_id"]), arguments["id"]
    with context.changing() as connection:
        context.require_board(board_id, Act.STRUCTURE)
        column = context.require_column(board_id, column_id)
        if column["type"] != column_type:
            raise refusals.column_type(f"The column is not of the type {column_type}", column["type"])
        if column["revision"] != arguments["revision"]:
            raise refusals.invalid_argument(
                "The column was changed since this revision was read. Read it again",
                409,
                revision=arguments["revision"],
            )
        changes = _plain_changes(arguments)
        if arguments.get("settings") is not None:
            if column["managed_column_id"] is not None:
                raise refusals.invalid_argument(
                    "The settings of a managed column can't be changed on a board", column_id=column_id
                )
            has_labels = column_type in ("status", "dropdown")
            used = labels_in_use(context, connection, board_id, column_id) if has_labels else frozenset()
            settings = column_settings.changed(column_type, column["settings"], arguments["settings"], used)
            _check_connections(context, board_id, column_type, settings)
            changes["settings"] = settings
        change_column(context, connection, board_id, column_id, changes)
    return context.require_column(board_id, column_id)


def _plain_changes(arguments: Arguments) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: arguments[name] for name in ("title", "description", "width") if arguments.get(name) is not None
    }
    if "title" in changes:
        _checked_title(changes["title"])
    if arguments.get("capabilities") is not None:
        changes["capabilities"] = _stored_capabilities(arguments["capabilities"])
    return changes


def labels_in_use(
    context: Context, connection: sqlite3.Connection, board_id: int, column_id: str
) -> frozenset[int]:
    """Ids of the labels that active items hold in a status or dropdown column."""
    rows = connection.execute(
        "SELECT DISTINCT cells.value FROM cells JOIN items"
        " ON items.account_id = cells.account_id AND items.id = cells.item_id"
        " WHERE cells.account_id = ? AND cells.column_id = ? AND items.board_id = ?"
        " AND items.state = 'active'",
        (context.account_id, column_id, board_id),
    )
    contents = [values.content_of(row[0]) for row in rows]
    return frozenset(
        label_id
        for content in contents
        if isinstance(content, dict)
        for label_id in (content.get("ids") or [content.get("index")])
    )


def get_column_type_schema(_: Any, __: Context, arguments: Arguments) -> Any:
    """What the settings of a type look like, as a JSON schema; none for types that are not made."""
    return column_settings.SCHEMAS.get(arguments["type"])


def change_column_title(_: Any, context: Context, arguments: Arguments) -> Row:
    """Rename a column."""
    return _change(context, arguments, "title", arguments["title"])


def change_column_metadata(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a column's title or description."""
    if arguments.get("column_property") is None:
        raise refusals.invalid_argument("column_property must be title or description")
    return _change(context, arguments, arguments["column_property"], arguments.get("value") or "")


def _change(context: Context, arguments: Arguments, part: str, value: str) -> Row:
    board_id, column_id = refusals.read_id(arguments["board_id"]), arguments["column_id"]
    with context.changing() as connection:
        context.require_board(board_id, Act.STRUCTURE)
        context.require_column(board_id, column_id)
        if part == "title":
            _checked_title(value)
        change_column(context, connection, board_id, column_id, {part: value})
    return context.require_column(board_id, column_id)


def delete_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete a column and what its cells hold; not the name."""
    board_id, column_id = refusals.read_id(arguments["board_id"]), arguments["column_id"]
    with context.changing() as connection:
        context.require_board(board_id, Act.STRUCTURE)
        column = context.require_column(board_id, column_id)
        if column["type"] == "name":
            raise refusals.column_type("The name column can't be deleted", "name")
        connection.execute(
            "DELETE FROM cells WHERE account_id = ? AND column_id = ? AND item_id IN"
            " (SELECT id FROM items WHERE account_id = ? AND board_id = ?)",
            (context.account_id, column_id, context.account_id, board_id),
        )
        connection.execute(
            "DELETE FROM board_columns WHERE account_id = ? AND board_id = ? AND id = ?",
            (context.account_id, board_id, column_id),
        )
        if column["type"] == "subtasks":
            _delete_subitems(context, connection, board_id)
        touch_board(context, connection, board_id)
    return {**column, "archived": 1}


def _delete_subitems(context: Context, connection: sqlite3.Connection, board_id: int) -> None:
    """Delete a board's board of subitems with all that are on it."""
    of_board = (context.account_id, context.account_id, board_id)
    connection.execute(
        "UPDATE items SET state = 'deleted' WHERE account_id = ? AND board_id IN"
        " (SELECT id FROM boards WHERE account_id = ? AND parent_board_id = ?)",
        of_board,
    )
    connection.execute(
        "UPDATE boards SET state = 'deleted' WHERE account_id = ? AND parent_board_id = ?", of_board[1:]
    )


def change_column(
    context: Context, connection: sqlite3.Connection, board_id: int, column_id: str, changes: dict[str, Any]
) -> None:
    """Store parts of a column, and a new revision."""
    stored = {
        name: json.dumps(value, ensure_ascii=False) if name == "settings" else value
        for name, value in changes.items()
    }
    names = ", ".join(f"{name} = ?" for name in (*stored, "revision"))
    connection.execute(
        f"UPDATE board_columns SET {names}"  # noqa: S608 - our own names
        " WHERE account_id = ? AND board_id = ? AND id = ?",
        (*stored.values(), secrets.token_hex(16), context.account_id, board_id, column_id),
    )
    touch_board(context, connection, board_id)


def _column_row(connection: sqlite3.Connection, account_id: int, board_id: int, column_id: str) -> Row:
    row = connection.execute(
        "SELECT * FROM board_columns WHERE account_id = ? AND board_id = ? AND id = ?",
        (account_id, board_id, column_id),
    ).fetchone()
    return {**dict(row), "settings": json.loads(row["settings"])}


def _checked_title(title: str) -> str:
    if not 0 < len(title.strip()) <= 255:
        raise refusals.invalid_argument("Column title must be between 1 and 255 characters")
    return title


FIELDS: Fields = {
    "Query": {
        "get_column_type_schema": get_column_type_schema,
    },
    "Mutation": {
        "change_column_metadata": change_column_metadata,
        "change_column_title": change_column_title,
        "create_column": create_column,
        "delete_column": delete_column,
        "update_column": update_column,
    },
    "Column": {
        "capabilities": capabilities,
        "settings_str": settings_string,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.change_column_metadata": "boards:write",
    "Mutation.change_column_title": "boards:write",
    "Mutation.create_column": "boards:write",
    "Mutation.delete_column": "boards:write",
    "Mutation.update_column": "boards:write",
    "Query.get_column_type_schema": "boards:read",
}
