"""What a webhook delivery says: which item, of which board, what happened, by whom, when.

``event.type`` is not the name that was subscribed to (``create_item`` is delivered as
``create_pulse``), and a subitem's event differs from an item's only by its parent. What
cannot be told apart for certain is ``UNKNOWN``, never guessed. Pure.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields

from app.errors import SupportError

LONGEST_TYPE = 100


class MalformedEventError(SupportError):
    """The delivery has not the form of any of monday.com's."""

    code = "malformed_event"
    permanent = True


class EventKind(StrEnum):
    """What happened, in our words."""

    ITEM_CREATED = "item_created"
    SUBITEM_CREATED = "subitem_created"
    COLUMN_CHANGED = "column_changed"
    SUBITEM_COLUMN_CHANGED = "subitem_column_changed"
    #: The parent's side of a subitem's creation: its subitems column changed by itself.
    SUBITEMS_LINKED = "subitems_linked"
    ITEM_RENAMED = "item_renamed"
    SUBITEM_RENAMED = "subitem_renamed"
    ITEM_ARCHIVED = "item_archived"
    SUBITEM_ARCHIVED = "subitem_archived"
    ITEM_DELETED = "item_deleted"
    SUBITEM_DELETED = "subitem_deleted"
    ITEM_RESTORED = "item_restored"
    ITEM_MOVED_TO_GROUP = "item_moved_to_group"
    SUBITEM_MOVED = "subitem_moved"
    UPDATE_POSTED = "update_posted"
    UPDATE_EDITED = "update_edited"
    UPDATE_DELETED = "update_deleted"
    SUBITEM_UPDATE_POSTED = "subitem_update_posted"
    SUBITEM_UPDATE_EDITED = "subitem_update_edited"
    SUBITEM_UPDATE_DELETED = "subitem_update_deleted"
    COLUMN_CREATED = "column_created"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class BoardEvent:
    """One delivery. Ids are strings, whether monday.com sent numbers or strings."""

    kind: EventKind
    #: monday.com's own word, for what we do not know.
    type_name: str
    board_id: str
    item_id: str | None
    parent_item_id: str | None
    parent_board_id: str | None
    #: The item that a moved subitem belonged to before, on the event's board.
    left_item_id: str | None
    column_id: str | None
    column_type: str | None
    update_id: str | None
    reply_id: str | None
    #: Who did it; negative for monday.com's own automations.
    user_id: str | None
    #: When it happened, aware UTC; None when monday.com did not say.
    triggered_at: datetime | None
    subscription_id: str | None
    trigger_uuid: str | None
    is_retry: bool
    #: What a changed cell, or a name, became: ``app.monday.values.is_told`` reads it.
    value: Any
    #: Column id → the same, for what an item was made with.
    values: Mapping[str, Any]


#: ``event.type`` → what it means for an item, and for a subitem.
_KINDS: Mapping[str, tuple[EventKind, EventKind]] = {
    "create_pulse": (EventKind.ITEM_CREATED, EventKind.SUBITEM_CREATED),
    "update_column_value": (EventKind.COLUMN_CHANGED, EventKind.SUBITEM_COLUMN_CHANGED),
    "update_name": (EventKind.ITEM_RENAMED, EventKind.SUBITEM_RENAMED),
    "archive_pulse": (EventKind.ITEM_ARCHIVED, EventKind.SUBITEM_ARCHIVED),
    "delete_pulse": (EventKind.ITEM_DELETED, EventKind.SUBITEM_DELETED),
    "restore_pulse": (EventKind.ITEM_RESTORED, EventKind.UNKNOWN),
    "move_pulse_into_group": (EventKind.ITEM_MOVED_TO_GROUP, EventKind.UNKNOWN),
    "move_subitem": (EventKind.SUBITEM_MOVED, EventKind.SUBITEM_MOVED),
    "create_update": (EventKind.UPDATE_POSTED, EventKind.SUBITEM_UPDATE_POSTED),
    "edit_update": (EventKind.UPDATE_EDITED, EventKind.SUBITEM_UPDATE_EDITED),
    "delete_update": (EventKind.UPDATE_DELETED, EventKind.SUBITEM_UPDATE_DELETED),
    "create_column": (EventKind.COLUMN_CREATED, EventKind.COLUMN_CREATED),
}
#: monday.com's type of the column that shows an item's subitems.
SUBITEMS_COLUMN = "subtasks"
_UUID = re.compile(r"[\w-]{1,64}", re.ASCII)


class _Id(fields.Field[str]):
    """An id: a whole number or a string of one, up to 64 bits, given on as a string."""

    default_error_messages = {"invalid": "is not an id"}  # noqa: RUF012 - marshmallow's own form

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        digits = text.removeprefix("-") if isinstance(text, str) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
            raise self.make_error("invalid")
        return str(text)


_EventSchema = Schema.from_dict(
    {
        "type": fields.String(required=True),
        "boardId": _Id(allow_none=True),
        "pulseId": _Id(allow_none=True),
        "itemId": _Id(allow_none=True),
        "subitem": _Id(allow_none=True),
        "sourceBoardId": _Id(allow_none=True),
        "destBoardId": _Id(allow_none=True),
        "destPulseId": _Id(allow_none=True),
        "sourcePulseId": _Id(allow_none=True),
        "parentItemId": _Id(allow_none=True),
        "parentItemBoardId": _Id(allow_none=True),
        "parentBoardId": _Id(allow_none=True),
        "updateId": _Id(allow_none=True),
        "replyId": _Id(allow_none=True),
        "userId": _Id(allow_none=True),
        "subscriptionId": _Id(allow_none=True),
        "columnId": fields.String(allow_none=True),
        "columnType": fields.String(allow_none=True),
        "triggerUuid": fields.String(allow_none=True),
        "triggerTime": fields.AwareDateTime(allow_none=True, format="iso", default_timezone=UTC),
        "isRetry": fields.Boolean(allow_none=True),
    },
    name="EventSchema",
)
# Fields of other events stand beside these; each subject reads its own.
_SCHEMA = _EventSchema(unknown=INCLUDE)


def parse_delivery(body: Mapping[str, Any]) -> BoardEvent:
    """Understand a delivery's JSON; a type we do not know is ``UNKNOWN``, not an error.

    Raises:
        MalformedEventError: there is no event in it, or a field has not the form of its name.
    """
    event = body.get("event")
    if not isinstance(event, dict):
        raise MalformedEventError("The delivery has no event in it.")
    try:
        read: dict[str, Any] = _SCHEMA.load(event)
    except ValidationError as error:
        names = ", ".join(sorted(str(name) for name in error.messages_dict))
        raise MalformedEventError(f"The event's fields are not as monday.com sends them: {names}.") from error
    if not 0 < len(read["type"]) <= LONGEST_TYPE:
        raise MalformedEventError("The event's fields are not as monday.com sends them: type.")
    board_id = read.get("boardId") or read.get("sourceBoardId")
    item_id = read.get("pulseId") or read.get("itemId") or read.get("subitem")
    parent_item_id = read.get("parentItemId") or read.get("destPulseId")
    parent_board_id = read.get("parentItemBoardId") or read.get("parentBoardId") or read.get("destBoardId")
    if board_id is None:
        raise MalformedEventError("The event names no board.")
    return BoardEvent(
        kind=_kind(read),
        type_name=read["type"],
        board_id=board_id,
        item_id=item_id,
        parent_item_id=parent_item_id,
        parent_board_id=parent_board_id,
        left_item_id=read.get("sourcePulseId"),
        column_id=read.get("columnId"),
        column_type=read.get("columnType"),
        update_id=read.get("updateId"),
        reply_id=read.get("replyId"),
        user_id=read.get("userId"),
        triggered_at=_utc(read.get("triggerTime")),
        subscription_id=read.get("subscriptionId"),
        trigger_uuid=read.get("triggerUuid"),
        is_retry=bool(read.get("isRetry")),
        value=read.get("value"),
        values=values if isinstance(values := read.get("columnValues"), dict) else {},
    )


def dedupe_key(event: BoardEvent, body: Mapping[str, Any]) -> str:
    """The same for every delivery of one event to one subscription, retries included.

    Without monday.com's own id of the event it is a hash of everything but what a retry changes.
    """
    uuid = event.trigger_uuid
    if uuid and event.subscription_id and _UUID.fullmatch(uuid):
        return f"{event.subscription_id}:{uuid}"
    content = {k: v for k, v in body["event"].items() if k not in ("isRetry", "triggerTime", "retryCount")}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"body:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _kind(read: Mapping[str, Any]) -> EventKind:
    kinds = _KINDS.get(read["type"])
    if kinds is None:
        return EventKind.UNKNOWN
    if read.get("parentItemId"):
        return kinds[1]
    if kinds[0] is EventKind.COLUMN_CHANGED and read.get("columnType") == SUBITEMS_COLUMN:
        return EventKind.SUBITEMS_LINKED
    return kinds[0]


def _utc(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise MalformedEventError(f"The event's triggerTime, {at.isoformat()}, is no moment.") from error
