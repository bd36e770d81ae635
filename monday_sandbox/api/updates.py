"""Updates of items, and replies to them."""

from datetime import UTC
from typing import Any

from monday_sandbox import markup, refusals
from monday_sandbox.api.accounts import parse_moment
from monday_sandbox.api.boards import touch_board
from monday_sandbox.api.context import Arguments, Batch, Context, Fields, Posts, Row, Scopes, constant
from monday_sandbox.api.happenings import Recorder
from monday_sandbox.api.items import creator_of
from monday_sandbox.api.mentions import tell_mentioned
from monday_sandbox.api.paging import bounds, make_cursor, page_of, read_cursor
from monday_sandbox.api.permissions import VISIBLE
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import next_id

MOST_UPDATES = 100
_VISIBLE_BOARDS = (
    "board_id IN (SELECT id FROM boards WHERE"  # noqa: S608 - our own
    f" boards.account_id = updates.account_id AND state <> 'deleted' AND {VISIBLE})"
)


def updates(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The account's updates, newest first; replies come with what they answer."""
    if bool(arguments.get("from_date")) != bool(arguments.get("to_date")):
        raise refusals.invalid_argument("Give both from_date and to_date, or neither")
    return _select(context, arguments, [], [])


def board_updates(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The updates of a board's items, newest first; updates of the board itself do not exist here."""
    if arguments.get("board_updates_only"):
        return []
    return _select(context, arguments, ["board_id = ?"], [board["id"]])


def _select(context: Context, arguments: Arguments, conditions: list[str], given: list[Any]) -> list[Row]:
    limit, page = bounds(arguments, most=MOST_UPDATES)
    if arguments.get("ids") is not None:
        ids = [refusals.read_id(one) for one in arguments["ids"]]
        conditions = [*conditions, f"id IN ({', '.join('?' * len(ids))})"]
        given = [*given, *ids]
    for name, comparison in (("from_date", ">="), ("to_date", "<=")):
        if arguments.get(name):
            conditions = [*conditions, f"created_at {comparison} ?"]
            given = [*given, bound(arguments[name], name, is_end=name == "to_date")]
    where = " AND ".join(["account_id = ?", "parent_id IS NULL", _VISIBLE_BOARDS, *conditions])
    found = context.rows(
        f"SELECT * FROM updates WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",  # noqa: S608 - our own names
        (context.account_id, context.caller.user_id, *given, limit, (page - 1) * limit),
    )
    Posts(context, found)
    return found


def bound(text: str, argument: str, *, is_end: bool) -> str:
    """A moment in an argument as rows have it; a day that ends a span is meant whole."""
    moment = parse_moment(text, argument)
    if is_end and len(text) == len("2026-11-02"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return iso_seconds(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


# Fields


def item_updates(item: Row, _: Context, arguments: Arguments) -> list[Row]:
    """An item's updates, newest first."""
    found = _of_item(item)
    if arguments.get("ids") is not None:
        ids = {refusals.read_id(given) for given in arguments["ids"]}
        found = [update for update in found if update["id"] in ids]
    return page_of(found, arguments, most=MOST_UPDATES)


def item_updates_page(item: Row, context: Context, arguments: Arguments) -> Row:
    """An item's updates, newest first, page by page."""
    return _cursor_page(context, _of_item(item), arguments)


def board_updates_page(board: Row, context: Context, arguments: Arguments) -> Row:
    """A board's updates, newest first, page by page."""
    found = context.rows(
        "SELECT * FROM updates WHERE account_id = ? AND board_id = ? AND parent_id IS NULL ORDER BY id DESC",
        (context.account_id, board["id"]),
    )
    Posts(context, found)
    return _cursor_page(context, found, arguments)


def _of_item(item: Row) -> list[Row]:
    batch: Batch = item["batch"]
    return list(batch.updates[item["id"]])


def _cursor_page(context: Context, found: list[Row], arguments: Arguments) -> Row:
    limit, _ = bounds(arguments, most=MOST_UPDATES)
    now = context.store.clock.now()
    started = now.timestamp()
    if arguments.get("cursor"):
        content = read_cursor(arguments["cursor"], now)
        started = content["started"]
        found = [update for update in found if update["id"] < content["last"]]
    page = found[:limit]
    more = len(found) > limit
    return {
        "updates": page,
        "cursor": make_cursor({"started": started, "last": page[-1]["id"]}) if more else None,
    }


def replies(update: Row, _: Context, __: Arguments) -> list[Row]:
    """The replies to an update, oldest first."""
    posts: Posts = update["posts"]
    return list(posts.replies[update["id"]])


def item_of(update: Row, context: Context, _: Arguments) -> Row | None:
    """The item that an update is on."""
    return context.item(update["item_id"])


# Mutations


def create_update(_: Any, context: Context, arguments: Arguments) -> Row:
    """Post an update on an item, or a reply to an update."""
    body = _checked_body(arguments["body"])
    original = arguments.get("original_creation_date")
    if original is not None:
        parse_moment(original, "original_creation_date")
    with context.changing() as connection:
        parent = _parent(context, arguments.get("parent_id"))
        item_id = parent["item_id"] if parent is not None else _item_id(arguments)
        item = context.require_item(item_id)
        now = context.now()
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "update"),
            "board_id": item["board_id"],
            "item_id": item["id"],
            "parent_id": parent["id"] if parent is not None else None,
            "creator_id": context.caller.user_id,
            "body": body,
            "text_body": markup.text_of(body),
            "created_at": now,
            "updated_at": now,
            "edited_at": now,
            "original_creation_date": original,
        }
        connection.execute(
            "INSERT INTO updates (account_id, id, board_id, item_id, parent_id, creator_id, body, text_body,"
            " created_at, updated_at, edited_at, original_creation_date) VALUES (:account_id, :id, :board_id,"
            " :item_id, :parent_id, :creator_id, :body, :text_body, :created_at, :updated_at, :edited_at,"
            " :original_creation_date)",
            row,
        )
        if parent is not None:
            connection.execute(
                "UPDATE updates SET updated_at = ? WHERE account_id = ? AND id = ?",
                (now, context.account_id, parent["id"]),
            )
        touch_board(context, connection, item["board_id"])
        tell_mentioned(context, connection, row, arguments.get("mentions_list") or ())
        Recorder(context, connection).update_posted(row, "create_update")
    Posts(context, [row])
    return row


def _item_id(arguments: Arguments) -> int:
    if arguments.get("item_id") is None:
        raise refusals.invalid_argument("Give item_id, or parent_id to reply")
    return refusals.read_id(arguments["item_id"])


def _parent(context: Context, given: Any) -> Row | None:
    if given is None:
        return None
    parent_id = refusals.read_id(given)
    parent = update_row(context, parent_id)
    if parent is None:
        raise refusals.missing("update", update_id=parent_id)
    if parent["parent_id"] is not None:
        raise refusals.invalid_argument("A reply can't be replied to", parent_id=parent_id)
    return parent


def edit_update(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change the body of an update or a reply of one's own; admins may change anybody's."""
    body = _checked_body(arguments["body"])
    with context.changing() as connection:
        row = own_update(context, arguments["id"])
        if body != row["body"]:
            now = context.now()
            row = {
                **row,
                "body": body,
                "text_body": markup.text_of(body),
                "updated_at": now,
                "edited_at": now,
            }
            connection.execute(
                "UPDATE updates SET body = :body, text_body = :text_body, updated_at = :updated_at,"
                " edited_at = :edited_at WHERE account_id = :account_id AND id = :id",
                row,
            )
            if row["parent_id"] is not None:
                connection.execute(
                    "UPDATE updates SET updated_at = ? WHERE account_id = ? AND id = ?",
                    (now, context.account_id, row["parent_id"]),
                )
            touch_board(context, connection, row["board_id"])
            Recorder(context, connection).update_posted(row, "edit_update")
    Posts(context, [row])
    return row


def delete_update(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete an update with its replies, or a reply."""
    with context.changing() as connection:
        row = own_update(context, arguments["id"])
        connection.execute(
            "DELETE FROM updates WHERE account_id = ? AND (id = ? OR parent_id = ?)",
            (context.account_id, row["id"], row["id"]),
        )
        touch_board(context, connection, row["board_id"])
        Recorder(context, connection).update_posted(row, "delete_update")
    Posts(context, [row])
    return row


def clear_item_updates(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete all updates of an item, with their replies; nobody is told."""
    with context.changing() as connection:
        item = context.require_item(refusals.read_id(arguments["item_id"]))
        connection.execute(
            "DELETE FROM updates WHERE account_id = ? AND item_id = ?", (context.account_id, item["id"])
        )
        touch_board(context, connection, item["board_id"])
    return context.require_item(item["id"])


def own_update(context: Context, given: Any) -> Row:
    """An update or reply of one's own, to be changed; admins may change anybody's.

    Raises:
        Refusal: there is none, or it is another's.
    """
    update_id = refusals.read_id(given)
    row = update_row(context, update_id)
    if row is None:
        raise refusals.missing("update", update_id=update_id)
    context.require_item(row["item_id"])
    is_admin = context.users[context.caller.user_id]["kind"] == "admin"
    if row["creator_id"] != context.caller.user_id and not is_admin:
        raise refusals.unauthorized()
    return row


def update_row(context: Context, update_id: int) -> Row | None:
    """An update or reply that the caller may see."""
    rows = context.rows(
        f"SELECT * FROM updates WHERE account_id = ? AND id = ? AND {_VISIBLE_BOARDS}",  # noqa: S608 - our own
        (context.account_id, update_id, context.caller.user_id),
    )
    return rows[0] if rows else None


def _checked_body(given: str) -> str:
    body = markup.stored_body(given)
    if not markup.text_of(body).strip() and "<img" not in body:
        raise refusals.invalid_argument("The body of an update can't be empty")
    return body


FIELDS: Fields = {
    "Query": {
        "updates": updates,
    },
    "Mutation": {
        "clear_item_updates": clear_item_updates,
        "create_update": create_update,
        "delete_update": delete_update,
        "edit_update": edit_update,
    },
    "Board": {
        "updates": board_updates,
        "updates_page": board_updates_page,
    },
    "Item": {
        "updates": item_updates,
        "updates_page": item_updates_page,
    },
    "Update": {
        "creator": creator_of,
        "item": item_of,
        "replies": replies,
    },
    "Reply": {
        "creator": creator_of,
        "kind": constant("reply"),
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Board.updates": "updates:read",
    "Board.updates_page": "updates:read",
    "Item.updates": "updates:read",
    "Item.updates_page": "updates:read",
    "Mutation.clear_item_updates": "updates:write",
    "Mutation.create_update": "updates:write",
    "Mutation.delete_update": "updates:write",
    "Mutation.edit_update": "updates:write",
    "Query.updates": "updates:read",
    "Reply.creator": "users:read",
    "Update.creator": "users:read",
}
