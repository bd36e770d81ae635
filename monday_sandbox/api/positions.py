"""Places of items in their group."""

import sqlite3

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Row

_DISTANCE = 65536.0


def position_in(context: Context, connection: sqlite3.Connection, group: Row, arguments: Arguments) -> float:
    """A place in the group: at the end, or beside another item."""
    beside_id = arguments.get("relative_to")
    if beside_id is not None:
        beside = context.require_item(refusals.read_id(beside_id))
        after = arguments.get("position_relative_method") != "before_at"
        row = connection.execute(
            f"SELECT {'MIN' if after else 'MAX'}(position) FROM items"  # noqa: S608 - one of two
            f" WHERE account_id = ? AND board_id = ? AND group_id = ? AND position {'>' if after else '<'} ?",
            (context.account_id, group["board_id"], beside["group_id"], beside["position"]),
        ).fetchone()
        step = _DISTANCE if after else -_DISTANCE
        return float((beside["position"] + row[0]) / 2 if row[0] is not None else beside["position"] + step)
    row = connection.execute(
        "SELECT COALESCE(MAX(position), 0) FROM items WHERE account_id = ? AND board_id = ? AND group_id = ?",
        (context.account_id, group["board_id"], group["id"]),
    ).fetchone()
    return float(row[0]) + _DISTANCE
