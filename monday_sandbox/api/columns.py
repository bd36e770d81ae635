"""Columns of a board and their labels."""

import json
import re
import secrets
import sqlite3
from typing import Any

from monday_sandbox import labels, refusals, values
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


def create_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a column of a type that the sandbox knows."""
    column_type = arguments["column_type"]
    if column_type not in values.KINDS:
        raise refusals.column_type(
            f"The local monday.com does not have columns of the type {column_type}", column_type
        )
    return _create(context, arguments, column_type, _settings(column_type, _json(arguments.get("defaults"))))


def create_status_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a status column with labels; each label's id is its colour's number."""
    defaults = arguments.get("defaults")
    settings = (
        labels.new_status_settings(defaults["labels"]) if defaults else labels.default_status_settings()
    )
    return _create(context, arguments, "status", settings)


def _create(context: Context, arguments: Arguments, column_type: str, settings: dict[str, Any]) -> Row:
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.require_board(board_id, Act.STRUCTURE)
        column_id = arguments.get("id")
        if column_id is None:
            column_id = random_id(values.KINDS[column_type].id_prefix)
        if not _ID.fullmatch(column_id):
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
        )
        touch_board(context, connection, board_id)
        column = _column_row(connection, context.account_id, board_id, column_id)
        Recorder(context, connection).column_created(column)
    return column


def _settings(column_type: str, defaults: dict[str, Any]) -> dict[str, Any]:
    if column_type == "status":
        return labels.legacy_status_settings(defaults)
    if column_type == "dropdown":
        return labels.dropdown_settings(defaults)
    return defaults


def _json(given: Any) -> dict[str, Any]:
    """``defaults``: an object, or an object in a string."""
    if given is None:
        return {}
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise refusals.bad_json("defaults") from error
    if not isinstance(given, dict):
        raise refusals.bad_json("defaults")
    # The form in which settings are read wraps them once more.
    nested = given.get("settings")
    return nested if isinstance(nested, dict) else given


def _position_after(context: Context, board_id: int, after_id: Any) -> float | None:
    if after_id is None:
        return None
    columns = context.columns(board_id)
    context.require_column(board_id, str(after_id))
    place = next(index for index, column in enumerate(columns) if column["id"] == str(after_id))
    if place + 1 == len(columns):
        return None
    return float((columns[place]["position"] + columns[place + 1]["position"]) / 2)


def update_status_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a status column; a list of labels replaces the whole list.

    Raises:
        Refusal: the revision is not the present one, or the labels are refused.
    """
    board_id, column_id = refusals.read_id(arguments["board_id"]), arguments["id"]
    with context.changing() as connection:
        context.require_board(board_id, Act.STRUCTURE)
        column = context.require_column(board_id, column_id)
        if column["type"] != "status":
            raise refusals.column_type("The column is not a status column", column["type"])
        if column["revision"] != arguments["revision"]:
            raise refusals.invalid_argument(
                "The column was changed since this revision was read. Read it again",
                409,
                revision=arguments["revision"],
            )
        changes: dict[str, Any] = {
            name: arguments[name]
            for name in ("title", "description", "width")
            if arguments.get(name) is not None
        }
        if "title" in changes:
            _checked_title(changes["title"])
        if arguments.get("settings") is not None:
            used = _labels_in_use(context, connection, board_id, column_id)
            changes["settings"] = labels.changed_status_settings(
                column["settings"], arguments["settings"]["labels"], used
            )
        change_column(context, connection, board_id, column_id, changes)
    return context.require_column(board_id, column_id)


def _labels_in_use(
    context: Context, connection: sqlite3.Connection, board_id: int, column_id: str
) -> frozenset[int]:
    rows = connection.execute(
        "SELECT DISTINCT json_extract(cells.value, '$.index') FROM cells JOIN items"
        " ON items.account_id = cells.account_id AND items.id = cells.item_id"
        " WHERE cells.account_id = ? AND cells.column_id = ? AND items.board_id = ?"
        " AND items.state = 'active'",
        (context.account_id, column_id, board_id),
    )
    return frozenset(row[0] for row in rows)


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
        touch_board(context, connection, board_id)
    return {**column, "archived": 1}


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
    "Mutation": {
        "change_column_metadata": change_column_metadata,
        "change_column_title": change_column_title,
        "create_column": create_column,
        "create_status_column": create_status_column,
        "delete_column": delete_column,
        "update_status_column": update_status_column,
    },
    "Column": {
        "settings_str": settings_string,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.change_column_metadata": "boards:write",
    "Mutation.change_column_title": "boards:write",
    "Mutation.create_column": "boards:write",
    "Mutation.create_status_column": "boards:write",
    "Mutation.delete_column": "boards:write",
    "Mutation.update_status_column": "boards:write",
}
