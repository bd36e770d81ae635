"""Items that leave and come back: archived, deleted, restored, one by one or many at once.

There is no mutation that restores an item: a person does it, in the archive or the recycle bin.
"""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.boards import ITEMS_LIMIT, count_items
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.happenings import Recorder
from monday_sandbox.api.items import again, given_item_id, touch_item


def archive_item(_: Any, context: Context, arguments: Arguments) -> Row:
    """Archive an item: it can still be read by its id, and not be changed."""
    with context.changing() as connection:
        item = context.require_item(given_item_id(arguments))
        _leave(context, connection, item, "archived")
    return again(context, item["id"])


def delete_item(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete an item, also an archived one; it can still be read by its id."""
    with context.changing() as connection:
        item = _require_deletable(context, given_item_id(arguments))
        _leave(context, connection, item, "deleted")
    return again(context, item["id"])


def _require_deletable(context: Context, item_id: int | None) -> Row:
    item = context.item(item_id) if item_id is not None else None
    if item is None or item["state"] == "deleted":
        raise refusals.item_missing(item_id)
    context.require_board(item["board_id"])
    return item


def _leave(context: Context, connection: sqlite3.Connection, item: Row, new_state: str) -> None:
    connection.execute(
        "UPDATE items SET state = ?, left_with = NULL WHERE account_id = ? AND id = ?",
        (new_state, context.account_id, item["id"]),
    )
    touch_item(context, connection, item)
    Recorder(context, connection).item_gone(item, f"item_{new_state}")


# Many at once


def bulk_archive_items(_: Any, context: Context, arguments: Arguments) -> Row:
    """Archive items of a board."""
    return _all_leave(context, arguments, "archived")


def bulk_delete_items(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete items of a board."""
    return _all_leave(context, arguments, "deleted")


def _all_leave(context: Context, arguments: Arguments, new_state: str) -> Row:
    """Do a job at once; items that are not there, or on another board, fail alone."""
    board_id = refusals.read_id(arguments["board_id"])
    item_ids = list(dict.fromkeys(refusals.read_id(given) for given in arguments["item_ids"]))
    with context.changing() as connection:
        context.require_board(board_id)
        failed = []
        for item_id in item_ids:
            item = context.item(item_id)
            leaves_from = ("active",) if new_state == "archived" else ("active", "archived")
            if item is None or item["board_id"] != board_id or item["state"] not in leaves_from:
                failed.append(item_id)
            else:
                _leave(context, connection, item, new_state)
        job_id = _note_job(context, connection, len(item_ids), failed)
    return {"job_id": job_id}


def _note_job(context: Context, connection: sqlite3.Connection, total: int, failed: Sequence[int]) -> str:
    job_id = str(uuid.uuid4())
    connection.execute(
        "INSERT INTO jobs (account_id, id, total, failed, created_at) VALUES (?, ?, ?, ?, ?)",
        (context.account_id, job_id, total, json.dumps([str(item_id) for item_id in failed]), context.now()),
    )
    return job_id


def job_status(_: Any, context: Context, arguments: Arguments) -> Row:
    """How a job of the account's ended."""
    rows = context.rows(
        "SELECT * FROM jobs WHERE account_id = ? AND id = ?", (context.account_id, arguments["job_id"])
    )
    if not rows:
        raise refusals.missing("job", job_id=arguments["job_id"])
    (job,) = rows
    failed = json.loads(job["failed"])
    return {
        "id": job["id"],
        "status": "COMPLETED",
        "created_at": job["created_at"],
        "updated_at": job["created_at"],
        "error": None,
        "result": {
            "total": job["total"],
            "succeeded": job["total"] - len(failed),
            "failed": len(failed),
            "details": {"failed_item_ids": failed},
        },
    }


# Coming back


def restore_item(context: Context, item_id: int) -> None:
    """Bring back an item that was archived or deleted, with the subitems that went with it.

    It comes back to its group or, when that is gone, to the board's first one. Of a subitem nothing is
    told: monday.com has no such event.

    Raises:
        Refusal: it is not gone; its board, its item or all groups are; or the board is full.
    """
    with context.changing() as connection:
        item = context.item(item_id)
        if item is None or item["state"] == "active":
            raise refusals.item_missing(item_id)
        context.require_board(item["board_id"])
        if item["parent_item_id"] is not None:
            context.require_item(item["parent_item_id"])
        groups = [group["id"] for group in context.groups(item["board_id"]) if not group["archived"]]
        if not groups:
            raise refusals.group_missing(item["group_id"], item["board_id"])
        if count_items(context, item["board_id"]) >= ITEMS_LIMIT:
            raise refusals.items_limit(item["board_id"], ITEMS_LIMIT)
        connection.execute(
            "UPDATE items SET state = 'active', left_with = NULL, group_id = ?"
            " WHERE account_id = ? AND id = ?",
            (item["group_id"] if item["group_id"] in groups else groups[0], context.account_id, item_id),
        )
        touch_item(context, connection, item)
        if item["parent_item_id"] is None:
            Recorder(context, connection).item_restored(item)


FIELDS: Fields = {
    "Query": {
        "job_status": job_status,
    },
    "Mutation": {
        "archive_item": archive_item,
        "bulk_archive_items": bulk_archive_items,
        "bulk_delete_items": bulk_delete_items,
        "delete_item": delete_item,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.archive_item": "boards:write",
    "Mutation.bulk_archive_items": "boards:write",
    "Mutation.bulk_delete_items": "boards:write",
    "Mutation.delete_item": "boards:write",
    "Query.job_status": "boards:read",
}
