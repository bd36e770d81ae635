"""What happened, in the shape that monday.com's webhooks tell it.

Shapes follow deliveries captured in February 2025. Two are less than certain and
documented by nobody: the ``value`` of text, number, dropdown, contact and relation columns,
and the ids of a reply (``updateId`` is the update it answers, ``replyId`` its own).
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monday_sandbox import values
from monday_sandbox.api.context import Context, Row


@dataclass(frozen=True)
class CellChange:
    """A cell before and after; the two ``kept`` are what is stored, None where empty."""

    column: Row
    kept_before: str | None
    kept: str | None

    def value(self, reader: values.Reader) -> Any:
        """The new value as webhooks give it."""
        return self._value(reader, self.kept, is_previous=False)

    def previous_value(self, reader: values.Reader) -> Any:
        """The previous value as webhooks give it."""
        return self._value(reader, self.kept_before, is_previous=True)

    def _value(self, reader: values.Reader, kept: str | None, *, is_previous: bool) -> Any:
        shown = values.Shown(self.column, values.content_of(kept), reader)
        return values.event_value(shown, kept, is_previous=is_previous)


class Recorder:
    """Records what one mutation did, inside its transaction."""

    def __init__(self, context: Context, connection: sqlite3.Connection) -> None:
        self._context = context
        self._connection = connection

    def item_created(self, item: Row, group: Row, changes: Mapping[str, CellChange]) -> None:
        """An item is there, with the cells it was given."""
        reader = self._context.reader
        self._record(
            "create_item",
            "create_pulse",
            {
                "boardId": item["board_id"],
                "pulseId": item["id"],
                "pulseName": item["name"],
                "groupId": group["id"],
                "groupName": group["title"],
                "groupColor": group["color"],
                "isTopGroup": self._is_top_group(item),
                "columnValues": {column_id: change.value(reader) for column_id, change in changes.items()},
            },
            item_id=item["id"],
        )

    def cell_changed(self, item: Row, change: CellChange) -> None:
        """A cell has another content."""
        column = change.column
        reader = self._context.reader
        self._record(
            "change_column_value",
            "update_column_value",
            {
                "boardId": item["board_id"],
                "groupId": item["group_id"],
                "pulseId": item["id"],
                "pulseName": item["name"],
                "columnId": column["id"],
                "columnType": values.KINDS[column["type"]].event_type,
                "columnTitle": column["title"],
                "value": change.value(reader),
                "previousValue": change.previous_value(reader),
                "changedAt": self._context.store.clock.now().timestamp(),
                "isTopGroup": self._is_top_group(item),
            },
            item_id=item["id"],
            column_id=column["id"],
        )

    def item_renamed(self, item: Row, name_before: str) -> None:
        """An item has another name."""
        self._record(
            "change_name",
            "update_name",
            {
                "boardId": item["board_id"],
                "groupId": item["group_id"],
                "pulseId": item["id"],
                "value": {"name": item["name"]},
                "previousValue": {"name": name_before},
            },
            item_id=item["id"],
        )

    def item_moved(self, item: Row, group_before: str, group: Row) -> None:
        """An item is in another group of its board."""
        self._record(
            "item_moved_to_any_group",
            "move_pulse_into_group",
            {
                "boardId": item["board_id"],
                "pulseId": item["id"],
                "sourceGroupId": group_before,
                "destGroupId": group["id"],
                "destGroup": {
                    "id": group["id"],
                    "title": group["title"],
                    "color": group["color"],
                    "is_top_group": self._is_top_group(item),
                },
            },
            item_id=item["id"],
        )

    def item_gone(self, item: Row, event: str) -> None:
        """An item is archived (``item_archived``) or deleted (``item_deleted``)."""
        self._record(
            event,
            {"item_archived": "archive_pulse", "item_deleted": "delete_pulse"}[event],
            {"boardId": item["board_id"], "itemId": item["id"], "itemName": item["name"]},
            item_id=item["id"],
        )

    def column_created(self, column: Row) -> None:
        """A board has another column."""
        kind = values.KINDS.get(column["type"])
        self._record(
            "create_column",
            "create_column",
            {
                "accountId": self._context.account_id,
                "entity": "board",
                "boardId": column["board_id"],
                "columnId": column["id"],
                "columnTitle": column["title"],
                "columnType": kind.event_type if kind is not None else column["type"],
                "createdAt": self._context.store.clock.now().timestamp(),
                "retryCount": 0,
            },
            column_id=column["id"],
        )

    def update_posted(self, update: Row, event: str) -> None:
        """An update or a reply was posted, edited or deleted; ``event`` is also the delivered type."""
        self._record(
            event,
            event,
            {
                "boardId": update["board_id"],
                "pulseId": update["item_id"],
                "body": update["body"],
                "textBody": update["text_body"],
                "updateId": update["parent_id"] or update["id"],
                "replyId": update["id"] if update["parent_id"] is not None else None,
            },
            item_id=update["item_id"],
        )

    def _record(
        self,
        event: str,
        delivered_type: str,
        payload: Mapping[str, Any],
        *,
        item_id: int | None = None,
        column_id: str | None = None,
    ) -> None:
        # A created column's delivery has no originalTriggerUuid; all others seen have a null one.
        origin = {} if event == "create_column" else {"originalTriggerUuid": None}
        whole = {
            "app": "monday",
            "type": delivered_type,
            "userId": self._context.caller.user_id,
            **origin,
            **payload,
        }
        self._context.store.record_happening(
            self._connection,
            account_id=self._context.account_id,
            event=event,
            payload=whole,
            item_id=item_id,
            column_id=column_id,
        )

    def _is_top_group(self, item: Row) -> bool:
        groups = self._context.groups(item["board_id"])
        return bool(groups) and groups[0]["id"] == item["group_id"]
