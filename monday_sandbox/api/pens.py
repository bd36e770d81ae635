"""Writing the cells of an item, inside a change."""

import json
import sqlite3
from typing import Any

from monday_sandbox import refusals, values
from monday_sandbox.api.cells import target_of
from monday_sandbox.api.columns import change_column
from monday_sandbox.api.context import Context, Row
from monday_sandbox.api.happenings import CellChange
from monday_sandbox.api.permissions import Act
from monday_sandbox.clock import iso_milliseconds


def read_values(given: Any, argument: str) -> dict[str, Any]:
    """Column values by column id, from JSON in a string or an object."""
    if given is None or given == "":
        return {}
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise refusals.bad_json(argument) from error
    if not isinstance(given, dict):
        raise refusals.bad_json(argument)
    return dict(given)


class Pen:
    """Writes cells of one item."""

    def __init__(
        self, context: Context, connection: sqlite3.Connection, item: Row, *, create_labels: bool
    ) -> None:
        self._context = context
        self._connection = connection
        self._item = item
        self._create_labels = create_labels

    def write(self, column_id: str, given: Any, *, is_simple: bool = False) -> CellChange | None:
        """Write a cell; None when it holds the same already.

        Raises:
            Refusal: there is no such column, or it does not take the value.
        """
        context, item = self._context, self._item
        column = context.require_column(item["board_id"], column_id)
        if column["type"] not in values.KINDS:
            raise refusals.column_type("Values of this column can't be changed", column["type"])
        before = values.content_of(self._read(column_id))
        target = target_of(context, column, before, create_labels=self._create_labels)
        content = values.write_simple(given, target) if is_simple else values.write(given, target)
        if target.settings is not column["settings"]:
            context.require_board(item["board_id"], Act.STRUCTURE)
            change_column(
                context, self._connection, item["board_id"], column_id, {"settings": target.settings}
            )
            column["settings"] = target.settings
        return self.put(column, content)

    def put(self, column: Row, content: values.Content) -> CellChange | None:
        """Keep a content; None when the cell holds the same already."""
        kept_before = self._read(column["id"])
        if content == values.content_of(kept_before):
            return None
        kept = values.stored(content, iso_milliseconds(self._context.store.clock.now()))
        self._store(column["id"], kept)
        return CellChange(column, kept_before, kept)

    def _read(self, column_id: str) -> str | None:
        row = self._connection.execute(
            "SELECT value FROM cells WHERE account_id = ? AND item_id = ? AND column_id = ?",
            (self._context.account_id, self._item["id"], column_id),
        ).fetchone()
        return str(row[0]) if row is not None else None

    def _store(self, column_id: str, kept: str | None) -> None:
        key = (self._context.account_id, self._item["id"], column_id)
        if kept is None:
            self._connection.execute(
                "DELETE FROM cells WHERE account_id = ? AND item_id = ? AND column_id = ?", key
            )
        else:
            self._connection.execute(
                "INSERT INTO cells (account_id, item_id, column_id, value, updated_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
                (*key, kept, self._context.now()),
            )
