"""Notifications."""

from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.state import next_id


def create_notification(_: Any, context: Context, arguments: Arguments) -> Row:
    """Notify a user of the account about a board, an item or an update."""
    user_id = refusals.read_id(arguments["user_id"])
    if user_id not in context.users:
        raise refusals.user_missing(user_id)
    target_id = refusals.read_id(arguments["target_id"])
    if not _is_target(context, arguments["target_type"], target_id):
        raise refusals.missing("target", target_id=target_id)
    with context.changing() as connection:
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "notification"),
            "user_id": user_id,
            "creator_id": context.caller.user_id,
            "target_type": arguments["target_type"],
            "target_id": target_id,
            "text": arguments["text"],
            "created_at": context.now(),
        }
        connection.execute(
            "INSERT INTO notifications (account_id, id, user_id, creator_id, target_type, target_id, text,"
            " created_at) VALUES (:account_id, :id, :user_id, :creator_id, :target_type, :target_id, :text,"
            " :created_at)",
            row,
        )
    return row


def _is_target(context: Context, target_type: str, target_id: int) -> bool:
    if target_type == "Project":
        return context.board(target_id) is not None or context.item(target_id) is not None
    return bool(
        context.rows("SELECT 1 FROM updates WHERE account_id = ? AND id = ?", (context.account_id, target_id))
    )


FIELDS: Fields = {
    "Mutation": {
        "create_notification": create_notification,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.create_notification": "notifications:write",
}
