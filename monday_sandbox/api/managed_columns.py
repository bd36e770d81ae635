"""Managed columns: status and dropdown columns that an account keeps in one place for all its boards.

A column that is attached to one takes its labels from it and follows its changes; on the board
only title and description are its own. Assumed: admins make and change them, a deactivated one can't be
attached any more, and one that is deleted leaves its columns behind as ordinary ones.
"""

import json
import sqlite3
import uuid
from typing import Any

from monday_sandbox import labels, refusals
from monday_sandbox.api.columns import change_column, labels_in_use, make_column
from monday_sandbox.api.context import Arguments, Context, Fields, Resolver, Row, Scopes


def managed_columns(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The account's managed columns, by id and state; deleted ones only if asked for."""
    ids, states = arguments.get("id"), arguments.get("state")
    rows = context.rows(
        "SELECT * FROM managed_columns WHERE account_id = ? ORDER BY rowid", (context.account_id,)
    )
    return [
        row
        for row in rows
        if (ids is None or row["id"] in ids)
        and (row["state"] in states if states is not None else row["state"] != "deleted")
    ]


def settings_json(column: Row, _: Context, __: Arguments) -> Any:
    """The settings as JSON."""
    return json.loads(column["settings"])


def settings_of(column: Row, _: Context, __: Arguments) -> Row:
    """The settings, with their labels."""
    return dict(json.loads(column["settings"]))


def settings_type(settings: Any, _: Any, __: Any) -> str:
    """The schema's type of a managed column's settings."""
    return {"status": "StatusColumnSettings", "dropdown": "DropdownColumnSettings"}[settings["type"]]


def create_status_managed_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a managed status column."""
    given = arguments.get("settings")
    settings = labels.new_status_settings(given["labels"]) if given else labels.default_status_settings()
    return _create(context, arguments, "status", settings)


def create_dropdown_managed_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a managed dropdown column."""
    return _create(context, arguments, "dropdown", labels.dropdown_settings(arguments.get("settings") or {}))


def _create(context: Context, arguments: Arguments, column_type: str, settings: Row) -> Row:
    context.require_admin()
    now = context.now()
    row = {
        "account_id": context.account_id,
        "id": str(uuid.uuid4()),
        "type": column_type,
        "title": _checked_title(arguments["title"]),
        "description": arguments.get("description"),
        "settings": json.dumps(settings, ensure_ascii=False),
        "revision": 0,
        "state": "active",
        "created_by": context.caller.user_id,
        "updated_by": context.caller.user_id,
        "created_at": now,
        "updated_at": now,
    }
    with context.changing() as connection:
        connection.execute(
            "INSERT INTO managed_columns (account_id, id, type, title, description, settings, revision,"
            " state, created_by, updated_by, created_at, updated_at) VALUES (:account_id, :id, :type,"
            " :title, :description, :settings, :revision, :state, :created_by, :updated_by, :created_at,"
            " :updated_at)",
            row,
        )
    return row


def update_status_managed_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a managed status column, and with it the columns that are attached to it."""
    return _update(context, arguments, "status")


def update_dropdown_managed_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a managed dropdown column, and with it the columns that are attached to it."""
    return _update(context, arguments, "dropdown")


def _update(context: Context, arguments: Arguments, column_type: str) -> Row:
    context.require_admin()
    with context.changing() as connection:
        column = _require(context, arguments["id"], column_type)
        if column["revision"] != arguments["revision"]:
            raise refusals.invalid_argument(
                "The column was changed since this revision was read. Read it again",
                409,
                revision=arguments["revision"],
            )
        changes = {
            name: arguments[name] for name in ("title", "description") if arguments.get(name) is not None
        }
        if "title" in changes:
            _checked_title(changes["title"])
        if arguments.get("settings") is not None:
            settings = _changed_settings(context, connection, column, arguments["settings"])
            changes["settings"] = json.dumps(settings, ensure_ascii=False)
            for attached in _attached(context, column):
                change_column(
                    context, connection, attached["board_id"], attached["id"], {"settings": settings}
                )
        return _store(context, connection, column, changes)


def _changed_settings(context: Context, connection: sqlite3.Connection, column: Row, given: Row) -> Row:
    used = frozenset[int]().union(
        *(
            labels_in_use(context, connection, attached["board_id"], attached["id"])
            for attached in _attached(context, column)
        )
    )
    settings = json.loads(column["settings"])
    if column["type"] == "status":
        return labels.changed_status_settings(settings, given["labels"], used)
    return labels.changed_dropdown_settings(settings, given, used)


def _attached(context: Context, column: Row) -> list[Row]:
    return context.rows(
        "SELECT board_id, id FROM board_columns WHERE account_id = ? AND managed_column_id = ?",
        (context.account_id, column["id"]),
    )


def _store(context: Context, connection: sqlite3.Connection, column: Row, changes: Row) -> Row:
    changed = {
        **column,
        **changes,
        "revision": column["revision"] + 1,
        "updated_by": context.caller.user_id,
        "updated_at": context.now(),
    }
    connection.execute(
        "UPDATE managed_columns SET title = :title, description = :description, settings = :settings,"
        " revision = :revision, state = :state, updated_by = :updated_by, updated_at = :updated_at"
        " WHERE account_id = :account_id AND id = :id",
        changed,
    )
    return changed


def _move_to(state: str) -> Resolver:
    """The mutation that puts a managed column into a state."""

    def change(_: Any, context: Context, arguments: Arguments) -> Row:
        context.require_admin()
        with context.changing() as connection:
            column = _require(context, arguments["id"])
            if state == "deleted":
                connection.execute(
                    "UPDATE board_columns SET managed_column_id = NULL"
                    " WHERE account_id = ? AND managed_column_id = ?",
                    (context.account_id, column["id"]),
                )
            return _store(context, connection, column, {"state": state})

    return change


def attach_status_managed_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a column of a board that follows a managed status column."""
    column = _attachable(context, arguments, "status")
    return _attach(context, arguments, column, json.loads(column["settings"]))


def attach_dropdown_managed_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a column of a board that follows a managed dropdown column; how many to choose is its own."""
    column = _attachable(context, arguments, "dropdown")
    limits = arguments.get("settings") or {}
    settings = labels.changed_dropdown_settings(json.loads(column["settings"]), limits, frozenset())
    return _attach(context, arguments, column, settings)


def _attachable(context: Context, arguments: Arguments, column_type: str) -> Row:
    column = _require(context, arguments["managed_column_id"], column_type)
    if column["state"] != "active":
        raise refusals.invalid_argument("The managed column is not active", managed_column_id=column["id"])
    return column


def _attach(context: Context, arguments: Arguments, column: Row, settings: Row) -> Row:
    own = {name: value for name, value in arguments.items() if value is not None}
    described = {"title": column["title"], "description": column["description"], **own}
    return make_column(context, described, column["type"], settings, managed_column_id=column["id"])


def _require(context: Context, column_id: str, column_type: str | None = None) -> Row:
    """A managed column that is not deleted.

    Raises:
        Refusal: there is none with that id, or it is of another type.
    """
    rows = context.rows(
        "SELECT * FROM managed_columns WHERE account_id = ? AND id = ? AND state <> 'deleted'",
        (context.account_id, column_id),
    )
    if not rows:
        raise refusals.missing("managed_column", id=column_id)
    if column_type not in (None, rows[0]["type"]):
        raise refusals.column_type(f"The managed column is not of the type {column_type}", rows[0]["type"])
    return rows[0]


def _checked_title(title: str) -> str:
    if not title.strip():
        raise refusals.invalid_argument("Title can't be blank")
    return title


_OF_ANY_TYPE: dict[str, Resolver] = {"settings": settings_of, "settings_json": settings_json}

FIELDS: Fields = {
    "Query": {
        "managed_column": managed_columns,
    },
    "Mutation": {
        "activate_managed_column": _move_to("active"),
        "attach_dropdown_managed_column": attach_dropdown_managed_column,
        "attach_status_managed_column": attach_status_managed_column,
        "create_dropdown_managed_column": create_dropdown_managed_column,
        "create_status_managed_column": create_status_managed_column,
        "deactivate_managed_column": _move_to("inactive"),
        "delete_managed_column": _move_to("deleted"),
        "update_dropdown_managed_column": update_dropdown_managed_column,
        "update_status_managed_column": update_status_managed_column,
    },
    "ManagedColumn": _OF_ANY_TYPE,
    "DropdownManagedColumn": _OF_ANY_TYPE,
    "StatusManagedColumn": _OF_ANY_TYPE,
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Query.managed_column": "account:read",
    **{f"Mutation.{name}": "boards:write" for name in FIELDS["Mutation"]},
}
