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
        return position_beside(
            context, connection, beside, after=arguments.get("position_relative_method") != "before_at"
        )
    return end_position(context, connection, group, top=False)


def end_position(context: Context, connection: sqlite3.Connection, group: Row, *, top: bool) -> float:
    """The place above or beneath all items of a group."""
    row = connection.execute(
        f"SELECT {'MIN' if top else 'MAX'}(position) FROM items"  # noqa: S608 - one of two
        " WHERE account_id = ? AND board_id = ? AND group_id = ?",
        (context.account_id, group["board_id"], group["id"]),
    ).fetchone()
    step = -_DISTANCE if top else _DISTANCE
    return float(row[0] or 0.0) + step


def position_beside(context: Context, connection: sqlite3.Connection, beside: Row, *, after: bool) -> float:
    """The place right after or right before an item, in its group."""
    of_group = (context.account_id, beside["board_id"], beside["group_id"])
    (own,) = connection.execute(
        "SELECT position FROM items WHERE account_id = ? AND id = ?", (context.account_id, beside["id"])
    ).fetchone()
    row = connection.execute(
        f"SELECT {'MIN' if after else 'MAX'}(position) FROM items"  # noqa: S608 - one of two
        f" WHERE account_id = ? AND board_id = ? AND group_id = ? AND position {'>' if after else '<'} ?",
        (*of_group, own),
    ).fetchone()
    if row[0] is None:
        return float(own + (_DISTANCE if after else -_DISTANCE))
    between = float((own + row[0]) / 2)
    if between not in (own, row[0]):
        return between
    # Halved too often: no number is left between the two.
    _spread(connection, of_group)
    return position_beside(context, connection, beside, after=after)


def _spread(connection: sqlite3.Connection, of_group: tuple[int, int, str]) -> None:
    """Put the items of a group at equal distances, in the order they are in."""
    connection.execute(
        "UPDATE items SET position = ranked.place * ? FROM"
        " (SELECT account_id, id, ROW_NUMBER() OVER (ORDER BY position, id) AS place FROM items"
        " WHERE account_id = ? AND board_id = ? AND group_id = ?) AS ranked"
        " WHERE items.account_id = ranked.account_id AND items.id = ranked.id",
        (_DISTANCE, *of_group),
    )
