"""Webhooks of a board."""

import json
from typing import Any
from urllib.parse import urlsplit

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.subitems import find_subitems_board
from monday_sandbox.state import Store

LONGEST_URL = 255
_SUBITEM_EVENTS = frozenset(
    {
        "change_subitem_column_value",
        "change_subitem_name",
        "create_subitem",
        "create_subitem_update",
        "move_subitem",
        "subitem_archived",
        "subitem_deleted",
    }
)


def webhooks(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The webhooks of a board; the addresses they call are not told."""
    board_id = refusals.read_id(arguments["board_id"])
    if context.board(board_id) is None:
        raise refusals.unauthorized()
    found = context.rows(
        "SELECT * FROM webhooks WHERE account_id = ? AND board_id = ? AND active ORDER BY id",
        (context.account_id, board_id),
    )
    if arguments.get("app_webhooks_only"):
        found = [row for row in found if bool(row["signed"]) == context.caller.signed]
    return found


def create_webhook(_: Any, context: Context, arguments: Arguments) -> Row:
    """Subscribe an address to an event, once it has echoed the challenge."""
    board_id = refusals.read_id(arguments["board_id"])
    _require_board(context, board_id)
    url, event = arguments["url"], arguments["event"]
    if not _is_address(url):
        raise refusals.invalid_argument(
            f"url must be an address of up to {LONGEST_URL} characters with its scheme", url=url
        )
    if event in _SUBITEM_EVENTS and find_subitems_board(context, board_id) is None:
        raise refusals.invalid_argument("The board has no subitems board", board_id=board_id)
    config = _config(context, board_id, event, arguments.get("config"))
    if not context.challenge(url):
        raise refusals.webhook_challenge(url)
    with context.changing() as connection:
        # It may have gone while its owner's server thought about the challenge.
        _require_board(context, board_id)
        row = {
            "account_id": context.account_id,
            "board_id": board_id,
            "event": event,
            "config": json.dumps(config) if config else None,
            "url": url,
            "user_id": context.caller.user_id,
            "signed": int(context.caller.signed),
        }
        made = connection.execute(
            "INSERT INTO webhooks (account_id, board_id, event, config, url, user_id, signed, active) VALUES"
            " (:account_id, :board_id, :event, :config, :url, :user_id, :signed, 1)",
            row,
        )
        row["id"] = made.lastrowid
    return row


def _is_address(url: str) -> bool:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return False
    return len(url) <= LONGEST_URL and scheme in ("http", "https")


def _require_board(context: Context, board_id: int) -> None:
    board = context.board(board_id)
    if board is None or board["state"] != "active":
        raise refusals.invalid_argument("Board not found", board_id=board_id)
    if board["parent_board_id"] is not None:
        raise refusals.invalid_argument("Creating webhook on subitems board isn't allowed", board_id=board_id)


def _config(context: Context, board_id: int, event: str, given: Any) -> dict[str, Any]:
    if isinstance(given, str) and given:
        try:
            given = json.loads(given)
        except ValueError as error:
            raise refusals.bad_json("config") from error
    config = given or {}
    if not isinstance(config, dict):
        raise refusals.webhook_config()
    needed = {
        "change_specific_column_value": {"columnId"},
        "change_status_column_value": {"columnId", "columnValue"},
        "item_moved_to_specific_group": {"groupId"},
    }.get(event, set())
    if not needed <= config.keys():
        raise refusals.webhook_config()
    if "columnValue" in needed and not _is_column_value(config["columnValue"]):
        raise refusals.webhook_config()
    if "columnId" in needed:
        columns = {column["id"]: column["type"] for column in context.columns(board_id)}
        column_type = columns.get(str(config["columnId"]))
        is_right = (
            column_type == "status" if event == "change_status_column_value" else column_type is not None
        )
        if not is_right:
            raise refusals.webhook_config()
    if "groupId" in needed and context.group(board_id, str(config["groupId"])) is None:
        raise refusals.webhook_config()
    return config


def _is_column_value(given: Any) -> bool:
    """Whether a label is told by its id, or any label."""
    if not isinstance(given, dict):
        return False
    index = given.get("index")
    return given.get("$any$") is True or (isinstance(index, int) and not isinstance(index, bool))


def delete_webhook(_: Any, context: Context, arguments: Arguments) -> Row:
    """End a subscription of the caller's account."""
    webhook_id = refusals.read_id(arguments["id"])
    with context.changing() as connection:
        rows = context.rows(
            "SELECT * FROM webhooks WHERE account_id = ? AND id = ? AND active",
            (context.account_id, webhook_id),
        )
        if not rows:
            raise refusals.missing("webhook", webhook_id=webhook_id)
        connection.execute("UPDATE webhooks SET active = 0 WHERE id = ?", (webhook_id,))
    return rows[0]


class SwitchError(Exception):
    """The webhook can't be switched off; the message says why."""


def switch_off(store: Store, slug: str, given: Any) -> None:
    """End a webhook as a person does in the board's menu: one that no app's token made.

    Args:
        store: The state.
        slug: The account.
        given: The webhook's id.

    Raises:
        SwitchError: the account has no such webhook, or it is an app's.
    """
    webhook_id = int(given) if str(given).isascii() and str(given).isdigit() else 0
    with store.writing() as connection:
        row = connection.execute(
            "SELECT webhooks.id, signed FROM webhooks JOIN accounts ON accounts.id = account_id"
            " WHERE slug = ? AND webhooks.id = ? AND active",
            (slug, webhook_id),
        ).fetchone()
        if row is None:
            raise SwitchError("This account has no webhook with that id.")
        if row["signed"]:
            raise SwitchError("People can't switch off a webhook that an app made.")
        connection.execute("UPDATE webhooks SET active = 0 WHERE id = ?", (webhook_id,))


FIELDS: Fields = {
    "Query": {
        "webhooks": webhooks,
    },
    "Mutation": {
        "create_webhook": create_webhook,
        "delete_webhook": delete_webhook,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.create_webhook": "webhooks:write",
    "Mutation.delete_webhook": "webhooks:write",
    "Query.webhooks": "webhooks:read",
}
