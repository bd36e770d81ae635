"""Tags: the account's, and those of private and shareable boards, which are their board's own."""

from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.labels import COLOURS
from monday_sandbox.state import next_id


def tags(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The account's tags; by id also those of boards that the caller may see."""
    found = context.rows("SELECT * FROM tags WHERE account_id = ? ORDER BY id", (context.account_id,))
    if arguments.get("ids") is None:
        return [tag for tag in found if tag["board_id"] is None]
    ids = {refusals.read_id(given) for given in arguments["ids"]}
    return [tag for tag in found if tag["id"] in ids and may_use(context, tag)]


def may_use(context: Context, tag: Row) -> bool:
    """Whether the caller may see the board that a tag belongs to, if any."""
    return tag["board_id"] is None or context.board(tag["board_id"]) is not None


def tags_of_board(board: Row, context: Context, _: Arguments) -> list[Row]:
    """The board's own tags."""
    return context.rows(
        "SELECT * FROM tags WHERE account_id = ? AND board_id = ? ORDER BY id",
        (context.account_id, board["id"]),
    )


def create_or_get_tag(_: Any, context: Context, arguments: Arguments) -> Row:
    """The tag of that name, made if there is none: the board's own, unless the board is public or none."""
    name = (arguments.get("tag_name") or "").strip().removeprefix("#")
    if not name:
        raise refusals.invalid_argument("tag_name can't be blank")
    with context.changing() as connection:
        board_id = _owning_board(context, arguments.get("board_id"))
        found = context.rows(
            "SELECT * FROM tags WHERE account_id = ? AND board_id IS ?", (context.account_id, board_id)
        )
        for tag in found:
            if tag["name"].casefold() == name.casefold():
                return tag
        tag_id = next_id(connection, context.account_id, "tag")
        colours = [colour for _, colour, *_ in COLOURS.values()]
        row = {
            "account_id": context.account_id,
            "id": tag_id,
            "name": name,
            "color": colours[tag_id % len(colours)],
            "board_id": board_id,
        }
        connection.execute(
            "INSERT INTO tags (account_id, id, name, color, board_id)"
            " VALUES (:account_id, :id, :name, :color, :board_id)",
            row,
        )
    return row


def _owning_board(context: Context, given: Any) -> int | None:
    if given is None:
        return None
    board = context.require_board(refusals.read_id(given))
    return None if board["board_kind"] == "public" else int(board["id"])


FIELDS: Fields = {
    "Query": {
        "tags": tags,
    },
    "Mutation": {
        "create_or_get_tag": create_or_get_tag,
    },
    "Board": {
        "tags": tags_of_board,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Board.tags": "tags:read",
    "Mutation.create_or_get_tag": "boards:write",
    "Query.tags": "tags:read",
}
