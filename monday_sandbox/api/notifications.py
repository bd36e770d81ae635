"""Notifications that were made by the API, who has them to read, and who does not want them.

A notification about a muted board is taken and shown to nobody. Its title, and that a notification
counts as one of an automation where those are let through, is assumed.
"""

import json
import sqlite3
from datetime import UTC
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import parse_moment
from monday_sandbox.api.context import Arguments, Context, Fields, Posts, Row, Scopes
from monday_sandbox.api.paging import page_of
from monday_sandbox.api.permissions import Act
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import next_id

_MOST = 100
#: Stands for everybody in the table of what is muted.
_EVERYBODY = 0
_UNMUTED = {"mute_state": "NOT_MUTED", "enabled": None}


def create_notification(_: Any, context: Context, arguments: Arguments) -> Row:
    """Notify a user of the account about a board, an item or an update."""
    user_id = refusals.read_id(arguments["user_id"])
    if user_id not in context.users or context.users[user_id]["status"] == "INACTIVE":
        raise refusals.user_missing(user_id)
    target_id = refusals.read_id(arguments["target_id"])
    board_id = _board_of(_target(context, arguments["target_type"], target_id))
    if board_id is None:
        raise refusals.missing("target", target_id=target_id)
    with context.changing() as connection:
        return notify(
            context,
            connection,
            user_id,
            board_id,
            {"target_type": arguments["target_type"], "target_id": target_id, "text": arguments["text"]},
        )


def notify(context: Context, connection: sqlite3.Connection, user_id: int, board_id: int, about: Row) -> Row:
    """Tell a user something in the caller's name, unless the board is muted.

    ``about`` has ``target_type`` (``Post`` or ``Project``), ``target_id`` and ``text``.
    """
    row = {
        "account_id": context.account_id,
        "id": next_id(connection, context.account_id, "notification"),
        "user_id": user_id,
        "creator_id": context.caller.user_id,
        "created_at": context.now(),
        **about,
    }
    if _is_heard(_mute_of(context, board_id, user_id)):
        connection.execute(
            "INSERT INTO notifications (account_id, id, user_id, creator_id, target_type, target_id,"
            " text, created_at) VALUES (:account_id, :id, :user_id, :creator_id, :target_type,"
            " :target_id, :text, :created_at)",
            row,
        )
    return row


def _target(context: Context, target_type: str, target_id: int) -> Row:
    """What a notification is about, under ``update``, ``item`` and ``board``; None where it can't be seen."""
    update = _update(context, target_id) if target_type == "Post" else None
    item = context.item(update["item_id"] if update is not None else target_id)
    if target_type == "Post" and update is None:
        item = None
    board = context.board(item["board_id"]) if item is not None else None
    if board is None and target_type == "Project":
        board = context.board(target_id)
    return {"update": update if board is not None else None, "item": item, "board": board}


def _board_of(target: Row) -> int | None:
    return None if target["board"] is None else int(target["board"]["id"])


def _update(context: Context, update_id: int) -> Row | None:
    found = context.rows(
        "SELECT * FROM updates WHERE account_id = ? AND id = ?", (context.account_id, update_id)
    )
    Posts(context, found)
    return found[0] if found else None


def notifications(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The caller's notifications, newest first; those before the one that ``cursor`` names."""
    conditions, given = ["account_id = ?", "user_id = ?"], [context.account_id, context.caller.user_id]
    if arguments.get("cursor") is not None:
        conditions.append("id < ?")
        given.append(refusals.read_id(arguments["cursor"]))
    if arguments.get("filter_read"):
        conditions.append("NOT read")
    found = context.rows(
        f"SELECT * FROM notifications WHERE {' AND '.join(conditions)} ORDER BY id DESC",  # noqa: S608
        given,
    )
    if arguments.get("since"):
        since = parse_moment(arguments["since"], "since")
        first = iso_seconds(since if since.tzinfo is not None else since.replace(tzinfo=UTC))
        found = [row for row in found if row["created_at"] >= first]
    return page_of([_shown(context, row) for row in found], arguments, most=_MOST)


def _shown(context: Context, row: Row) -> Row:
    target = _target(context, row["target_type"], row["target_id"])
    about = target["item"] or target["board"]
    return {
        **row,
        **target,
        "title": about["name"] if about is not None else None,
        "read": bool(row["read"]),
        "creators": [context.users[row["creator_id"]]],
    }


# What is muted


def mute_board_settings(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """What the caller hears of each board; boards that are not seen are left out."""
    ids = [refusals.read_id(given) for given in arguments["board_ids"]]
    return [
        {"board_id": board_id, **_mute_of(context, board_id, context.caller.user_id)}
        for board_id in ids
        if context.board(board_id) is not None
    ]


def _mute_of(context: Context, board_id: int, user_id: int) -> Row:
    """What holds for a user: what is set for everybody, else what they set themselves."""
    rows = {
        row["user_id"]: row
        for row in context.rows(
            "SELECT * FROM board_mutes WHERE account_id = ? AND board_id = ?", (context.account_id, board_id)
        )
    }
    row = rows.get(_EVERYBODY) or rows.get(user_id)
    if row is None:
        return _UNMUTED
    enabled = None if row["enabled"] is None else json.loads(row["enabled"])
    return {"mute_state": row["state"], "enabled": enabled}


def _is_heard(mute: Row) -> bool:
    if mute["mute_state"] == "CUSTOM_SETTINGS":
        return "AUTOMATION_NOTIFY" in (mute["enabled"] or ())
    return bool(mute["mute_state"] == "NOT_MUTED")


def update_mute_board_settings(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Mute a board for oneself; its owners do it, and end it, for everybody."""
    if not arguments["board_id"].isdecimal():
        raise refusals.unauthorized()
    board_id, state = int(arguments["board_id"]), arguments["mute_state"]
    enabled = arguments.get("enabled") if state == "CUSTOM_SETTINGS" else None
    user_id = context.caller.user_id
    if state == "CUSTOM_SETTINGS" and enabled is None:
        raise refusals.invalid_argument("CUSTOM_SETTINGS needs enabled")
    with context.changing() as connection:
        board = context.board(board_id)
        if board is None or board["state"] != "active":
            raise refusals.unauthorized()
        is_all_muted = _mute_of(context, board_id, _EVERYBODY)["mute_state"] == "MUTE_ALL"
        if state == "MUTE_ALL" or is_all_muted:
            context.require_board(board_id, Act.OWNERSHIP)
        connection.execute(
            "DELETE FROM board_mutes WHERE account_id = ? AND board_id = ? AND user_id IN (?, ?)",
            (context.account_id, board_id, _EVERYBODY, user_id),
        )
        if state != "NOT_MUTED":
            connection.execute(
                "INSERT INTO board_mutes (account_id, board_id, user_id, state, enabled)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    context.account_id,
                    board_id,
                    _EVERYBODY if state == "MUTE_ALL" else user_id,
                    state,
                    None if enabled is None else json.dumps(enabled),
                ),
            )
    return [{"board_id": board_id, **_mute_of(context, board_id, user_id)}]


FIELDS: Fields = {
    "Query": {
        "mute_board_settings": mute_board_settings,
        "notifications": notifications,
    },
    "Mutation": {
        "create_notification": create_notification,
        "update_mute_board_settings": update_mute_board_settings,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.create_notification": "notifications:write",
    "Mutation.update_mute_board_settings": "notifications:write",
    "NotificationV2.creators": "users:read",
    "Query.mute_board_settings": "me:read",
    "Query.notifications": "me:read",
}
