"""Groups of a board."""

import re
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.boards import insert_group, random_id, touch_board
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.permissions import Act
from monday_sandbox.labels import COLOURS

_DISTANCE = 65536.0
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_DEFAULT_COLOUR = "#579bfc"
_MOVES = {"relative_position_after": "after_at", "relative_position_before": "before_at"}


def position_text(group: Row, _: Context, __: Arguments) -> str:
    """The group's place, as monday.com's number in a string."""
    return f"{group['position']:.1f}"


def create_group(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a group: on top of the board, or beside another."""
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.require_whole_board(board_id, Act.STRUCTURE)
        title = _checked_title(arguments["group_name"])
        color = _checked_colour(arguments.get("group_color") or _DEFAULT_COLOUR)
        beside, method = arguments.get("relative_to"), arguments.get("position_relative_method")
        if beside is not None:
            position = _position_beside(context, board_id, beside, method or "after_at")
        else:
            position = top_position(context, board_id)
        group_id = random_id("group")
        insert_group(connection, board, group_id=group_id, title=title, color=color, position=position)
        touch_board(context, connection, board_id)
    return context.require_group(board_id, group_id)


def update_group(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a group's title, colour or place."""
    board_id, group_id = refusals.read_id(arguments["board_id"]), arguments["group_id"]
    attribute, value = arguments["group_attribute"], arguments["new_value"]
    with context.changing() as connection:
        context.require_board(board_id, Act.STRUCTURE)
        context.require_group(board_id, group_id)
        changes: dict[str, Any]
        if attribute == "title":
            changes = {"title": _checked_title(value)}
        elif attribute == "color":
            changes = {"color": _checked_colour(value)}
        elif attribute in _MOVES:
            changes = {"position": _position_beside(context, board_id, value, _MOVES[attribute])}
        else:
            changes = {"position": _number(value)}
        ((column, changed),) = changes.items()
        connection.execute(
            f"UPDATE board_groups SET {column} = ?"  # noqa: S608 - one of three
            " WHERE account_id = ? AND board_id = ? AND id = ?",
            (changed, context.account_id, board_id, group_id),
        )
        touch_board(context, connection, board_id)
    return context.require_group(board_id, group_id)


def archive_group(_: Any, context: Context, arguments: Arguments) -> Row:
    """Archive a group and its items; not the last one."""
    return _remove(context, arguments, "archived")


def delete_group(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete a group and its items; not the last one."""
    return _remove(context, arguments, "deleted")


def _remove(context: Context, arguments: Arguments, state: str) -> Row:
    board_id, group_id = refusals.read_id(arguments["board_id"]), arguments["group_id"]
    with context.changing() as connection:
        context.require_board(board_id, Act.STRUCTURE)
        group = context.require_group(board_id, group_id)
        if all(other["archived"] or other["id"] == group_id for other in context.groups(board_id)):
            raise refusals.last_group(board_id)
        connection.execute(
            f"UPDATE board_groups SET {state} = 1"  # noqa: S608 - one of two
            " WHERE account_id = ? AND board_id = ? AND id = ?",
            (context.account_id, board_id, group_id),
        )
        connection.execute(
            "UPDATE items SET state = ?, updated_at = ?"
            " WHERE account_id = ? AND board_id = ? AND group_id = ? AND state = 'active'",
            (state, context.now(), context.account_id, board_id, group_id),
        )
        touch_board(context, connection, board_id)
    return {**group, state: 1}


def top_position(context: Context, board_id: int) -> float:
    """The place above all groups of a board."""
    first = min((group["position"] for group in context.groups(board_id)), default=2 * _DISTANCE)
    return float(first - _DISTANCE)


def position_after(context: Context, board_id: int, group: Row) -> float:
    """The place beneath a group."""
    return _position_beside(context, board_id, group["id"], "after_at")


def _position_beside(context: Context, board_id: int, beside_id: str, method: str) -> float:
    groups = context.groups(board_id)
    beside = context.require_group(board_id, beside_id)
    place = next(index for index, group in enumerate(groups) if group["id"] == beside_id)
    if method == "after_at":
        after = groups[place + 1]["position"] if place + 1 < len(groups) else None
        return float(
            (beside["position"] + after) / 2 if after is not None else beside["position"] + _DISTANCE
        )
    before = groups[place - 1]["position"] if place else None
    return float((beside["position"] + before) / 2 if before is not None else beside["position"] - _DISTANCE)


def _checked_title(title: str) -> str:
    if not 0 < len(title.strip()) <= 255:
        raise refusals.invalid_argument("Group title must be between 1 and 255 characters")
    return title


def _checked_colour(color: str) -> str:
    if color in COLOURS:
        return COLOURS[color][1]
    if not _HEX.fullmatch(color):
        raise refusals.invalid_argument(f"{color} is not a color in hex")
    return color.lower()


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise refusals.invalid_argument("position is not a number") from error


FIELDS: Fields = {
    "Mutation": {
        "archive_group": archive_group,
        "create_group": create_group,
        "delete_group": delete_group,
        "update_group": update_group,
    },
    "Group": {
        "position": position_text,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.archive_group": "boards:write",
    "Mutation.create_group": "boards:write",
    "Mutation.delete_group": "boards:write",
    "Mutation.update_group": "boards:write",
}
