"""What people do with updates beside writing them: like, pin, see; and replies of whole boards.

Who has seen an update is known here of its author and of whoever liked it: the API's own readers see
nothing on a screen. Nothing of this is told to webhooks.
"""

from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Posts, Row, Scopes
from monday_sandbox.api.items import creator_of
from monday_sandbox.api.paging import bounds, page_of
from monday_sandbox.api.permissions import Act
from monday_sandbox.api.updates import MOST_UPDATES, bound, update_row
from monday_sandbox.state import next_id

_LIKE = "Like"
#: What can be chosen in the updates section (assumed).
_REACTIONS = frozenset({_LIKE, "Clap", "Happy", "Heart", "Laugh", "Party", "Rocket", "Wow"})


def replies(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The replies on boards that the caller may see, newest first."""
    limit, page = bounds(arguments, most=MOST_UPDATES)
    boards = [refusals.read_id(given) for given in arguments["board_ids"]]
    seen = [board_id for board_id in boards if context.board(board_id) is not None]
    conditions = [f"board_id IN ({', '.join('?' * len(seen))})", "parent_id IS NOT NULL"]
    given: list[Any] = [*seen]
    for name, comparison in (("created_at_from", ">="), ("created_at_to", "<=")):
        if arguments.get(name):
            conditions.append(f"created_at {comparison} ?")
            given.append(bound(arguments[name], name, is_end=name == "created_at_to"))
    found = context.rows(
        f"SELECT * FROM updates WHERE account_id = ? AND {' AND '.join(conditions)}"  # noqa: S608 - our own names
        " ORDER BY id DESC LIMIT ? OFFSET ?",
        (context.account_id, *given, limit, (page - 1) * limit),
    )
    Posts(context, found)
    return found


# Fields


def likes(update: Row, context: Context, _: Arguments) -> list[Row]:
    """Who likes an update or a reply, and how; the first one first."""
    return context.rows(
        "SELECT * FROM update_likes WHERE account_id = ? AND update_id = ? ORDER BY id",
        (context.account_id, update["id"]),
    )


def pinned_to_top(update: Row, context: Context, _: Arguments) -> list[Row]:
    """Where an update is pinned: on its item, or nowhere."""
    return context.rows(
        "SELECT item_id FROM update_pins WHERE account_id = ? AND update_id = ?",
        (context.account_id, update["id"]),
    )


def viewers(update: Row, context: Context, arguments: Arguments) -> list[Row]:
    """Who has seen it: its author, and whoever reacted to it."""
    seen = [update["creator_id"], *(like["creator_id"] for like in likes(update, context, {}))]
    return page_of([{"user_id": user_id, "medium": "web"} for user_id in dict.fromkeys(seen)], arguments)


def _viewer(watcher: Row, context: Context, _: Arguments) -> Row | None:
    return context.users.get(watcher["user_id"])


# Mutations


def like_update(_: Any, context: Context, arguments: Arguments) -> Row:
    """React to an update or a reply; another reaction of one's own takes the place of the first."""
    reaction = arguments.get("reaction_type") or _LIKE
    if reaction not in _REACTIONS:
        raise refusals.invalid_argument("reaction_type must be one of " + ", ".join(sorted(_REACTIONS)))
    with context.changing() as connection:
        update = _to_react_to(context, arguments["update_id"])
        now = context.now()
        connection.execute(
            "INSERT INTO update_likes (account_id, id, update_id, creator_id, reaction_type, created_at,"
            " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, update_id, creator_id)"
            " DO UPDATE SET reaction_type = excluded.reaction_type, updated_at = excluded.updated_at",
            (
                context.account_id,
                next_id(connection, context.account_id, "like"),
                update["id"],
                context.caller.user_id,
                reaction,
                now,
                now,
            ),
        )
    return update


def unlike_update(_: Any, context: Context, arguments: Arguments) -> Row:
    """Take back one's own reaction, if there is one."""
    with context.changing() as connection:
        update = _to_react_to(context, arguments["update_id"])
        connection.execute(
            "DELETE FROM update_likes WHERE account_id = ? AND update_id = ? AND creator_id = ?",
            (context.account_id, update["id"], context.caller.user_id),
        )
    return update


def pin_to_top(_: Any, context: Context, arguments: Arguments) -> Row:
    """Pin an update to the top of its item."""
    with context.changing() as connection:
        update = _to_pin(context, arguments)
        connection.execute(
            "INSERT INTO update_pins (account_id, update_id, item_id) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (context.account_id, update["id"], update["item_id"]),
        )
    return update


def unpin_from_top(_: Any, context: Context, arguments: Arguments) -> Row:
    """Let go of a pinned update."""
    with context.changing() as connection:
        update = _to_pin(context, arguments)
        connection.execute(
            "DELETE FROM update_pins WHERE account_id = ? AND update_id = ?",
            (context.account_id, update["id"]),
        )
    return update


def _to_pin(context: Context, arguments: Arguments) -> Row:
    update = _to_react_to(context, arguments["id"])
    item_id = arguments.get("item_id")
    if update["parent_id"] is not None:
        raise refusals.invalid_argument("A reply can't be pinned", update_id=update["id"])
    if item_id is not None and refusals.read_id(item_id) != update["item_id"]:
        raise refusals.invalid_argument("The update is on another item", update_id=update["id"])
    return update


def _to_react_to(context: Context, given: Any) -> Row:
    update_id = refusals.read_id(given)
    update = update_row(context, update_id)
    if update is None:
        raise refusals.missing("update", update_id=update_id)
    context.require_board(update["board_id"], Act.CONTENT)
    Posts(context, [update])
    return update


FIELDS: Fields = {
    "Query": {"replies": replies},
    "Mutation": {
        "like_update": like_update,
        "pin_to_top": pin_to_top,
        "unlike_update": unlike_update,
        "unpin_from_top": unpin_from_top,
    },
    "Update": {"likes": likes, "pinned_to_top": pinned_to_top, "viewers": viewers},
    "Reply": {"likes": likes, "pinned_to_top": pinned_to_top, "viewers": viewers},
    "Like": {"creator": creator_of},
    "Watcher": {"user": _viewer},
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Like.creator": "users:read",
    "Mutation.like_update": "updates:write",
    "Mutation.pin_to_top": "updates:write",
    "Mutation.unlike_update": "updates:write",
    "Mutation.unpin_from_top": "updates:write",
    "Query.replies": "updates:read",
    "Watcher.user": "users:read",
}
