"""Folders of workspaces, and where boards lie.

That a folder is changed by its maker and by admins, that folders nest three deep, and that one is
deleted with all that lies in it, is assumed.
"""

from collections.abc import Mapping
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import require_core_product
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes, constant
from monday_sandbox.api.paging import page_of
from monday_sandbox.api.permissions import VISIBLE, VISIBLE_WORKSPACE, Act
from monday_sandbox.api.workspaces import place_of, places_asked_for, workspace_row
from monday_sandbox.state import next_id

MOST_LEVELS = 3
_LOOKS = ("color", "custom_icon", "font_weight")


def folders(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The folders of the workspaces that the caller may see."""
    found = [row for row in _all(context).values() if _is_visible(context, row)]
    if arguments.get("ids") is not None:
        ids = {refusals.read_id(given) for given in arguments["ids"]}
        found = [row for row in found if row["id"] in ids]
    if arguments.get("workspace_ids") is not None:
        places = places_asked_for(context, arguments["workspace_ids"])
        found = [row for row in found if (row["workspace_id"] or -1) in places]
    return page_of(found, arguments)


def _all(context: Context) -> dict[int, Row]:
    rows = context.rows("SELECT * FROM folders WHERE account_id = ? ORDER BY id", (context.account_id,))
    return {row["id"]: row for row in rows}


def _is_visible(context: Context, folder: Row) -> bool:
    return bool(
        context.rows(
            "SELECT 1 FROM workspaces WHERE account_id = ? AND state = 'active'"  # noqa: S608 - our own
            f" AND (id = ? OR (? IS NULL AND is_default)) AND {VISIBLE_WORKSPACE}",
            (context.account_id, folder["workspace_id"], folder["workspace_id"], context.caller.user_id),
        )
    )


def find_folder(context: Context, given: Any) -> Row:
    """A folder that the caller may see.

    Raises:
        Refusal: there is none with that id.
    """
    folder_id = refusals.read_id(given)
    folder = _all(context).get(folder_id)
    if folder is None or not _is_visible(context, folder):
        raise refusals.missing("folder", folder_id=folder_id)
    return folder


def place_in(context: Context, folder_id: Any, workspace_id: Any) -> tuple[int | None, int | None]:
    """Folder and workspace for something new: the folder's own workspace unless it is told, and then that.

    Raises:
        Refusal: one of them is not there, or the folder is of another workspace.
    """
    place = place_of(context, workspace_id)
    if folder_id is None:
        return None, place
    folder = find_folder(context, folder_id)
    if workspace_id is not None and folder["workspace_id"] != place:
        raise refusals.invalid_argument(
            "The folder is not in this workspace", folder_id=folder["id"], workspace_id=workspace_id
        )
    return int(folder["id"]), folder["workspace_id"]


# Fields


def children(folder: Row, context: Context, _: Arguments) -> list[Row]:
    """The active boards in the folder that the caller may see."""
    return context.rows(
        "SELECT * FROM boards WHERE account_id = ? AND folder_id = ? AND state = 'active'"  # noqa: S608 - our own
        f" AND {VISIBLE} ORDER BY id",
        (context.account_id, folder["id"], context.caller.user_id),
    )


def parent(folder: Row, context: Context, _: Arguments) -> Row | None:
    """The folder that the folder lies in."""
    return _all(context).get(folder["parent_id"])


def sub_folders(folder: Row, context: Context, _: Arguments) -> list[Row]:
    """The folders in the folder."""
    return [row for row in _all(context).values() if row["parent_id"] == folder["id"]]


def workspace(folder: Row, context: Context, _: Arguments) -> Row:
    """The folder's workspace; the main one's id is not told."""
    rows = context.rows(
        "SELECT * FROM workspaces WHERE account_id = ? AND (id = ? OR (? IS NULL AND is_default))",
        (context.account_id, folder["workspace_id"], folder["workspace_id"]),
    )
    row = workspace_row(rows[0])
    return {**row, "id": None} if folder["workspace_id"] is None else row


def folder_of_board(board: Row, context: Context, _: Arguments) -> Row | None:
    """The folder that the board lies in."""
    return _all(context).get(board["folder_id"])


# Mutations


def create_folder(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a folder in a workspace, or in another folder of it."""
    with context.changing() as connection:
        context.require_maker()
        parent_id, workspace_id = place_in(
            context, arguments.get("parent_folder_id"), arguments.get("workspace_id")
        )
        _check_depth(context, parent_id, 1)
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "folder"),
            "name": _checked_name(arguments["name"]),
            "parent_id": parent_id,
            "workspace_id": workspace_id,
            "owner_id": context.caller.user_id,
            "created_at": context.now(),
            **{look: _look(arguments.get(look)) for look in _LOOKS},
        }
        connection.execute(
            "INSERT INTO folders (account_id, id, name, parent_id, workspace_id, owner_id, created_at, color,"
            " custom_icon, font_weight) VALUES (:account_id, :id, :name, :parent_id, :workspace_id,"
            " :owner_id, :created_at, :color, :custom_icon, :font_weight)",
            row,
        )
    return row


def update_folder(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a folder's name or looks, or move it with all that lies in it."""
    with context.changing() as connection:
        folder = _require_own(context, arguments["folder_id"])
        changes: Row = {look: _look(arguments[look]) for look in _LOOKS if arguments.get(look) is not None}
        if arguments.get("name") is not None:
            changes["name"] = _checked_name(arguments["name"])
        _check_position(context, arguments.get("position"))
        within = _within(context, folder["id"])
        if arguments.get("parent_folder_id") is not None or arguments.get("workspace_id") is not None:
            parent_id, workspace_id = place_in(
                context, arguments.get("parent_folder_id"), arguments.get("workspace_id")
            )
            if parent_id in within:
                raise refusals.invalid_argument("A folder can't lie in itself", folder_id=folder["id"])
            _check_depth(context, parent_id, _height(context, folder["id"]))
            changes["parent_id"] = parent_id
            for folder_id in within:
                key = (workspace_id, context.account_id, folder_id)
                connection.execute("UPDATE folders SET workspace_id = ? WHERE account_id = ? AND id = ?", key)
                connection.execute(
                    "UPDATE boards SET workspace_id = ? WHERE account_id = ? AND folder_id = ?", key
                )
        for name, value in changes.items():
            connection.execute(
                f"UPDATE folders SET {name} = ? WHERE account_id = ? AND id = ?",  # noqa: S608 - our own
                (value, context.account_id, folder["id"]),
            )
    return _all(context)[folder["id"]]


def delete_folder(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete a folder with the folders and boards in it."""
    with context.changing() as connection:
        folder = _require_own(context, arguments["folder_id"])
        for folder_id in _within(context, folder["id"]):
            key = (context.account_id, folder_id)
            connection.execute(
                "UPDATE boards SET state = 'deleted', folder_id = NULL, updated_at = ?"
                " WHERE account_id = ? AND folder_id = ?",
                (context.now(), *key),
            )
            connection.execute("DELETE FROM folders WHERE account_id = ? AND id = ?", key)
    return folder


def update_board_hierarchy(_: Any, context: Context, arguments: Arguments) -> Row:
    """Move a board to another workspace or folder; in another workspace it leaves its folder."""
    attributes = arguments["attributes"]
    require_core_product(context, attributes.get("account_product_id"))
    board_id = refusals.read_id(arguments["board_id"])
    with context.changing() as connection:
        board = context.require_whole_board(board_id, Act.STRUCTURE)
        _check_position(context, attributes.get("position"))
        folder_id, workspace_id = board["folder_id"], board["workspace_id"]
        if attributes.get("folder_id") is not None or attributes.get("workspace_id") is not None:
            folder_id, workspace_id = place_in(
                context, attributes.get("folder_id"), attributes.get("workspace_id")
            )
        connection.execute(
            "UPDATE boards SET folder_id = ?, workspace_id = ?, updated_at = ?"
            " WHERE account_id = ? AND id = ?",
            (folder_id, workspace_id, context.now(), context.account_id, board_id),
        )
    return {"success": True, "message": "Board hierarchy updated", "board": context.board(board_id)}


def _require_own(context: Context, given: Any) -> Row:
    folder = find_folder(context, given)
    if folder["owner_id"] != context.caller.user_id:
        context.require_admin()
    return folder


def _check_position(context: Context, position: Mapping[str, Any] | None) -> None:
    """That a place is beside something that is there; the API shows no order that it would change."""
    if position is None:
        return
    object_id = refusals.read_id(position["object_id"])
    if position["object_type"] == "Folder":
        find_folder(context, object_id)
    elif position["object_type"] != "Board" or context.board(object_id) is None:
        raise refusals.missing("object", object_id=object_id)


def _within(context: Context, folder_id: int) -> list[int]:
    """The folder and all below it."""
    found = [folder_id]
    for place in found:
        found += [row["id"] for row in _all(context).values() if row["parent_id"] == place]
    return found


def _height(context: Context, folder_id: int) -> int:
    """How many levels of folders there are from this one down."""
    below = [row["id"] for row in _all(context).values() if row["parent_id"] == folder_id]
    return 1 + max((_height(context, one) for one in below), default=0)


def _check_depth(context: Context, parent_id: int | None, height: int) -> None:
    known, above = _all(context), 0
    while parent_id is not None:
        above += 1
        parent_id = known[parent_id]["parent_id"]
    if above + height > MOST_LEVELS:
        raise refusals.invalid_argument(f"Folders can be nested up to {MOST_LEVELS} levels")


def _checked_name(name: str) -> str:
    if not name.strip():
        raise refusals.invalid_argument("Folder name can't be blank")
    return name


def _look(given: str | None) -> str | None:
    return None if given == "NULL" else given


FIELDS: Fields = {
    "Query": {
        "folders": folders,
    },
    "Mutation": {
        "create_folder": create_folder,
        "delete_folder": delete_folder,
        "update_board_hierarchy": update_board_hierarchy,
        "update_folder": update_folder,
    },
    "Board": {
        "folder": folder_of_board,
    },
    "Folder": {
        "app_feature_slug": constant(None),
        "children": children,
        "parent": parent,
        "sub_folders": sub_folders,
        "workspace": workspace,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Board.folder": "workspaces:read",
    "Folder.workspace": "workspaces:read",
    "Mutation.create_folder": "workspaces:write",
    "Mutation.delete_folder": "workspaces:write",
    "Mutation.update_board_hierarchy": "boards:write",
    "Mutation.update_folder": "workspaces:write",
    "Query.folders": "workspaces:read",
}
