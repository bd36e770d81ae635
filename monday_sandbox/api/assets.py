"""Files of items and updates.

Sources: documentation on files (September 2026); recorded traffic of November 2025 for what an
upload to a missing item, or one without a file, is answered: an internal server error.
"""

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from monday_sandbox import refusals, values
from monday_sandbox.api.cells import shown_cell
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.happenings import Recorder
from monday_sandbox.api.items import creator_of, put_content
from monday_sandbox.api.updates import own_update, update_row
from monday_sandbox.clock import iso_seconds
from monday_sandbox.files.storage import Upload, extension_of, image_type
from monday_sandbox.state import next_id
from monday_sandbox.values import files as file_values

MOST_IDS = 100
_LINK_KINDS = {"BOX": "box", "DROPBOX": "dropbox", "GOOGLE_DRIVE": "google_drive", "ONEDRIVE": "onedrive"}


def assets(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Assets by id, of items and updates that the caller may see; others are left out."""
    ids = [refusals.read_id(given) for given in arguments["ids"]]
    if len(ids) > MOST_IDS:
        raise refusals.invalid_argument(f"Up to {MOST_IDS} ids can be asked for", ids=len(ids))
    return [row for row in _by_id(context, ids) if _is_seen(context, row)]


def _by_id(context: Context, ids: Sequence[int]) -> list[Row]:
    found = {
        row["id"]: row for row in context.rows_of("SELECT * FROM assets", "id", list(dict.fromkeys(ids)))
    }
    return [found[asset_id] for asset_id in dict.fromkeys(ids) if asset_id in found]


def _is_seen(context: Context, asset: Row) -> bool:
    if asset["uploaded_by"] == context.caller.user_id:
        return True
    used = context.rows(
        "SELECT item_id FROM asset_uses WHERE account_id = ? AND asset_id = ?",
        (context.account_id, asset["id"]),
    )
    return any(context.item(row["item_id"]) is not None for row in used)


# Fields


def item_assets(item: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The files of an item: of its file columns, then of its updates unless only columns are asked for."""
    source, columns = arguments.get("assets_source") or "all", arguments.get("column_ids")
    if source == "gallery":
        # Files put in an item's gallery by hand; no mutation does that.
        return []
    ids = _ids_in_columns(item, context, columns)
    if source == "all" and columns is None:
        used = context.rows(
            "SELECT asset_id FROM asset_uses JOIN updates ON updates.account_id = asset_uses.account_id"
            " AND updates.id = update_id WHERE asset_uses.account_id = ? AND asset_uses.item_id = ?"
            " ORDER BY place",
            (context.account_id, item["id"]),
        )
        ids += [row["asset_id"] for row in used]
    return _by_id(context, ids)


def _ids_in_columns(item: Row, context: Context, columns: Sequence[str | None] | None) -> list[int]:
    cells = item["batch"].cells[item["id"]]
    return [
        asset_id
        for column in context.columns(item["board_id"])
        if column["type"] == "file" and (columns is None or column["id"] in columns) and column["id"] in cells
        for asset_id in file_values.asset_ids(values.content_of(cells[column["id"]]["value"]))
    ]


def update_assets(update: Row, context: Context, _: Arguments) -> list[Row]:
    """The files of an update or a reply, in the order in which they came."""
    used = context.rows(
        "SELECT asset_id FROM asset_uses WHERE account_id = ? AND update_id = ? ORDER BY place",
        (context.account_id, update["id"]),
    )
    return _by_id(context, [row["asset_id"] for row in used])


def _public_url(asset: Row, context: Context, _: Arguments) -> str:
    return context.store.files.public_url(
        context.account_id, asset["id"], asset["name"], context.store.clock.now()
    )


def _url(asset: Row, context: Context, _: Arguments) -> str:
    return context.store.files.url(context.account_id, asset["id"], asset["name"])


def _thumbnail(asset: Row, context: Context, _: Arguments) -> str | None:
    return _url(asset, context, {}) if image_type(asset["name"]) else None


def _uploader(asset: Row, context: Context, _: Arguments) -> Row:
    return context.users[asset["uploaded_by"]]


def column_files(cell: Row, context: Context, _: Arguments) -> list[Row]:
    """The files of a cell: assets, links, and assets that are no more."""
    listed = file_values.entries(shown_cell(cell, context).content)
    wanted = [entry["assetId"] for entry in listed if entry["fileType"] == "ASSET"]
    found = {row["id"]: row for row in _by_id(context, wanted)}
    return [_shown_file(entry, found) for entry in listed]


def _shown_file(entry: Row, found: dict[int, Row]) -> Row:
    shown: Row = {
        "created_at": _moment(entry),
        "creator_id": int(entry["createdBy"]),
        "name": entry["name"],
        "asset_id": entry.get("assetId"),
    }
    if entry["fileType"] != "ASSET":
        kind = _LINK_KINDS.get(entry["fileType"], "link")
        link = {"file_id": entry["fileId"], "kind": kind, "url": entry.get("linkToFile")}
        return {"__typename": "FileLinkValue", **shown, **link}
    asset = found.get(entry["assetId"])
    if asset is None:
        return {"__typename": "FileAssetInvalidValue", **shown, "error": "The asset was not found"}
    return {"__typename": "FileAssetValue", **shown, "asset": asset, "is_image": entry["isImage"] == "true"}


def _moment(entry: Row) -> str:
    return iso_seconds(datetime.fromtimestamp(int(entry["createdAt"]) / 1000, UTC))


# Mutations


def add_file_to_column(_: Any, context: Context, arguments: Arguments) -> Row:
    """Add an uploaded file to those of a file column."""
    upload = _required(arguments["file"])
    with context.changing() as connection:
        item_id = refusals.read_id(arguments["item_id"])
        item = context.item(item_id)
        if item is None or item["state"] != "active":
            raise refusals.Stumble(f"There is no item {item_id} to add a file to.")
        context.require_board(item["board_id"])
        column = _file_column(context, item["board_id"], arguments["column_id"])
        asset = _make(context, connection, upload)
        _use(context, connection, asset["id"], item_id=item["id"])
        _append(context, connection, item, column, [_entry(context, asset)])
    return asset


def add_file_to_update(_: Any, context: Context, arguments: Arguments) -> Row:
    """Add an uploaded file to an update or a reply; those who listen hear that it was edited."""
    upload = _required(arguments["file"])
    with context.changing() as connection:
        update = update_row(context, refusals.read_id(arguments["update_id"]))
        if update is None:
            raise refusals.Stumble("There is no such update to add a file to.")
        update = own_update(context, update["id"])
        asset = _make(context, connection, upload)
        _use(context, connection, asset["id"], item_id=update["item_id"], update_id=update["id"])
        connection.execute(
            "UPDATE updates SET updated_at = ? WHERE account_id = ? AND id = ?",
            (context.now(), context.account_id, update["id"]),
        )
        Recorder(context, connection).update_posted(update, "edit_update")
    return asset


def update_assets_on_item(_: Any, context: Context, arguments: Arguments) -> Row:
    """Replace the files of a column by others: assets of the account, and links."""
    with context.changing() as connection:
        board_id = refusals.read_id(arguments["board_id"])
        context.require_board(board_id)
        item = context.require_item(refusals.read_id(arguments["item_id"]))
        if item["board_id"] != board_id:
            raise refusals.item_elsewhere(item["id"], board_id)
        column = _file_column(context, board_id, arguments["column_id"])
        listed = [_given_entry(context, given) for given in arguments["files"]]
        for entry in listed:
            if entry["fileType"] == "ASSET":
                _use(context, connection, entry["assetId"], item_id=item["id"])
        put_content(context, connection, item, column, {"files": listed} if listed else None)
    return context.require_item(item["id"])


def _given_entry(context: Context, given: Row) -> Row:
    kind = given["fileType"]
    if kind == "doc":
        raise refusals.invalid_argument("Docs can't be attached to the local monday.com's items")
    if kind != "asset":
        if not given.get("linkToFile"):
            raise refusals.invalid_argument("linkToFile is needed for a link", name=given["name"])
        made = _made_by(context)
        return {
            "name": given["name"],
            "fileType": kind.upper(),
            "linkToFile": given["linkToFile"],
            "fileId": secrets.token_hex(8),
            **made,
        }
    asset_id = refusals.read_id(given.get("assetId"))
    asset = next(iter(_by_id(context, [asset_id])), None)
    if asset is None or not _is_seen(context, asset):
        raise refusals.missing("asset", asset_id=asset_id)
    return {**_entry(context, asset), "name": given["name"]}


def _required(given: Any) -> Upload:
    if not isinstance(given, Upload):
        raise refusals.Stumble("What came as a file is none.")
    return given


def _file_column(context: Context, board_id: int, column_id: str) -> Row:
    column = context.require_column(board_id, column_id)
    if column["type"] != "file":
        raise refusals.column_type("Files can be added to file columns only", column["type"])
    return column


def _make(context: Context, connection: sqlite3.Connection, upload: Upload) -> Row:
    asset: Row = {
        "account_id": context.account_id,
        "id": next_id(connection, context.account_id, "asset"),
        "name": upload.name,
        "file_extension": extension_of(upload.name),
        "file_size": upload.size,
        "uploaded_by": context.caller.user_id,
        "created_at": context.now(),
        "original_geometry": None,
    }
    connection.execute(
        "INSERT INTO assets (account_id, id, name, file_extension, file_size, uploaded_by, created_at,"
        " original_geometry) VALUES (:account_id, :id, :name, :file_extension, :file_size, :uploaded_by,"
        " :created_at, :original_geometry)",
        asset,
    )
    context.store.files.keep(upload, context.account_id, asset["id"])
    return asset


def _use(
    context: Context,
    connection: sqlite3.Connection,
    asset_id: int,
    *,
    item_id: int,
    update_id: int | None = None,
) -> None:
    connection.execute(
        "INSERT INTO asset_uses (account_id, asset_id, item_id, update_id) VALUES (?, ?, ?, ?)",
        (context.account_id, asset_id, item_id, update_id),
    )


def _entry(context: Context, asset: Row) -> Row:
    return {
        "name": asset["name"],
        "assetId": asset["id"],
        "isImage": "true" if image_type(asset["name"]) else "false",
        "fileType": "ASSET",
        **_made_by(context),
    }


def _made_by(context: Context) -> Row:
    milliseconds = round(context.store.clock.now().timestamp() * 1000)
    return {"createdAt": str(milliseconds), "createdBy": str(context.caller.user_id)}


def _append(
    context: Context, connection: sqlite3.Connection, item: Row, column: Row, added: Iterable[Row]
) -> None:
    row = connection.execute(
        "SELECT value FROM cells WHERE account_id = ? AND item_id = ? AND column_id = ?",
        (context.account_id, item["id"], column["id"]),
    ).fetchone()
    present = file_values.entries(values.content_of(row["value"] if row is not None else None))
    put_content(context, connection, item, column, {"files": [*present, *added]})


FIELDS: Fields = {
    "Query": {"assets": assets},
    "Mutation": {
        "add_file_to_column": add_file_to_column,
        "add_file_to_update": add_file_to_update,
        "update_assets_on_item": update_assets_on_item,
    },
    "Item": {"assets": item_assets},
    "Update": {"assets": update_assets},
    "Reply": {"assets": update_assets},
    "Asset": {
        "public_url": _public_url,
        "uploaded_by": _uploader,
        "url": _url,
        "url_thumbnail": _thumbnail,
    },
    "FileValue": {"files": column_files},
    "FileAssetValue": {"creator": creator_of},
    "FileAssetInvalidValue": {"creator": creator_of},
    "FileLinkValue": {"creator": creator_of},
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Item.assets": "assets:read",
    "Mutation.add_file_to_column": "boards:write",
    "Mutation.add_file_to_update": "updates:write",
    "Mutation.update_assets_on_item": "boards:write",
    "Query.assets": "assets:read",
    "Reply.assets": "assets:read",
    "Update.assets": "assets:read",
}
