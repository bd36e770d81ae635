"""People and teams that an update calls by name: they are notified.

That a mention reaches only those who see the board, and that it leaves the body as it was given, is
assumed.
"""

import sqlite3
from collections.abc import Iterable

from monday_sandbox import refusals
from monday_sandbox.api.context import Context, Row
from monday_sandbox.api.notifications import notify


def tell_mentioned(
    context: Context, connection: sqlite3.Connection, update: Row, mentions: Iterable[Row | None]
) -> None:
    """Notify everybody whom an update mentions, each once.

    Args:
        context: Whose update it is.
        connection: The update's own change.
        update: The update or reply.
        mentions: Each with an ``id`` and a ``type``: ``User``, ``Team``, or another that calls nobody.

    Raises:
        Refusal: there is no such user or team.
    """
    called: dict[int, None] = {}
    for mention in mentions:
        if mention is not None:
            called.update(dict.fromkeys(_people(context, mention)))
    author = context.users[context.caller.user_id]["name"]
    for user_id in called:
        if user_id != context.caller.user_id:
            about = {"target_type": "Post", "target_id": update["id"], "text": f"{author} mentioned you"}
            notify(context, connection, user_id, update["board_id"], about)


def _people(context: Context, mention: Row) -> list[int]:
    """The users that a mention calls; of boards and agents nobody."""
    called_id = refusals.read_id(mention["id"])
    if mention["type"] == "User":
        if called_id not in context.users:
            raise refusals.user_missing(called_id)
        return [called_id]
    if mention["type"] != "Team":
        return []
    if not context.rows(
        "SELECT 1 FROM teams WHERE account_id = ? AND id = ?", (context.account_id, called_id)
    ):
        raise refusals.missing("team", team_id=called_id)
    rows = context.rows(
        "SELECT user_id FROM team_users WHERE account_id = ? AND team_id = ? ORDER BY user_id",
        (context.account_id, called_id),
    )
    return [row["user_id"] for row in rows]
