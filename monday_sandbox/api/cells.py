"""What cells point at: whom and what they may, and the rows behind the ids that they hold."""

from collections.abc import Callable
from typing import Any

from monday_sandbox import values
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.permissions import VISIBLE
from monday_sandbox.api.tags import may_use


def target_of(
    context: Context, column: Row, content: values.Content, *, create_labels: bool = False
) -> values.Target:
    """A cell to be written.

    Args:
        context: Of the request.
        column: The cell's column.
        content: What the cell holds.
        create_labels: Whether a label that the column lacks is made.
    """
    board_id = column["board_id"]
    return values.Target(
        column=column,
        settings=column["settings"],
        content=content,
        event_type=values.KINDS[column["type"]].event_type,
        allowed=values.Allowed(
            users=lambda ids: {user_id for user_id in ids if belongs(context, board_id, user_id)},
            teams=lambda ids: _subscribed_teams(context, board_id).intersection(ids),
            items=lambda ids: _connectable(context, column, ids),
            tags=lambda ids: {
                tag["id"]
                for tag in context.rows_of("SELECT * FROM tags", "id", ids)
                if may_use(context, tag) and tag["board_id"] in (None, board_id)
            },
        ),
        create_labels=create_labels,
    )


def belongs(context: Context, board_id: int, user_id: int) -> bool:
    """Whether a user can be assigned on a board: one of the account's who sees it and is not deactivated.

    monday.com wants a member of the board; on a public board that is taken for everybody who sees it.
    """
    user = context.users.get(user_id)
    if user is None or user["status"] == "INACTIVE":
        return False
    return bool(
        context.rows(
            f"SELECT 1 FROM boards WHERE account_id = ? AND id = ? AND {VISIBLE}",  # noqa: S608 - our own
            (context.account_id, board_id, user_id),
        )
    )


def _subscribed_teams(context: Context, board_id: int) -> set[int]:
    """Teams of the board, or of the one whose subitems are on it."""
    rows = context.rows(
        "SELECT team_id FROM board_teams JOIN boards"
        " ON boards.account_id = board_teams.account_id AND boards.id = ?"
        " WHERE board_teams.account_id = ? AND board_id = COALESCE(boards.parent_board_id, boards.id)",
        (board_id, context.account_id),
    )
    return {row["team_id"] for row in rows}


def _connectable(context: Context, column: Row, ids: list[int]) -> set[int]:
    """Active items of the boards that a relation names, or of a dependency's own board."""
    connected = {int(board_id) for board_id in column["settings"].get("boardIds") or ()}
    if column["type"] == "dependency":
        connected = {column["board_id"]}
    return {
        item["id"]
        for item in context.items(ids)
        if item["state"] == "active" and item["board_id"] in connected
    }


# Reading cells


def cell_of(item: Row, column: Row, row: Row | None) -> Row:
    """A cell as the types of column values are read from.

    Args:
        item: The item that it is in.
        column: Its column.
        row: What is stored for it; None where nothing is.
    """
    return {
        "id": column["id"],
        "type": column["type"],
        "column": column,
        "item": item,
        "kept": values.kept_or_computed(column, item, row["value"] if row is not None else None),
        "updated_at": row["updated_at"] if row is not None else None,
    }


def shown_cell(cell: Row, context: Context) -> values.Shown:
    """The cell with its content, for the rules of its kind."""
    shown: values.Shown | None = cell.get("shown")
    if shown is None:
        shown = cell["shown"] = values.Shown(cell["column"], values.content_of(cell["kept"]), context.reader)
    return shown


# Rows behind ids


def _content(cell: Row) -> Any:
    return values.content_of(cell["kept"])


def _user_under(key: str) -> Callable[[Row, Context, Arguments], Row | None]:
    def read(cell: Row, context: Context, _: Arguments) -> Row | None:
        return context.users.get(_content(cell)[key])

    return read


def group(cell: Row, context: Context, _: Arguments) -> Row | None:
    """The group that the cell's item is in."""
    return context.group(cell["column"]["board_id"], _content(cell)["group_id"])


def linked(cell: Row, context: Context, _: Arguments) -> list[Row]:
    """The items that a dependency points at, or the subitems."""
    return context.items(values.linked_ids(shown_cell(cell, context)))


def tags(cell: Row, context: Context, _: Arguments) -> list[Row]:
    """The tags of a cell, in their order."""
    ids = (_content(cell) or {"tag_ids": []})["tag_ids"]
    found = {tag["id"]: tag for tag in context.rows_of("SELECT * FROM tags", "id", ids)}
    return [found[tag_id] for tag_id in ids if tag_id in found]


def voters(cell: Row, context: Context, _: Arguments) -> list[Row]:
    """Who voted, as far as they are still users."""
    ids = (_content(cell) or {"votersIds": []})["votersIds"]
    return [context.users[user_id] for user_id in ids if user_id in context.users]


FIELDS: Fields = {
    "CreationLogValue": {
        "creator": _user_under("creator_id"),
    },
    "DependencyValue": {
        "linked_items": linked,
    },
    "GroupValue": {
        "group": group,
    },
    "LastUpdatedValue": {
        "updater": _user_under("updater_id"),
    },
    "SubtasksValue": {
        "subitems": linked,
    },
    "TagsValue": {
        "tags": tags,
    },
    "VoteValue": {
        "voters": voters,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "CreationLogValue.creator": "users:read",
    "LastUpdatedValue.updater": "users:read",
    "TagsValue.tags": "tags:read",
    "VoteValue.voters": "users:read",
}
