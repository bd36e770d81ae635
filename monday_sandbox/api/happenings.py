"""What happened, in the shape that monday.com's webhooks tell it.

Shapes follow deliveries captured in February 2025. Two are less than certain and
documented by nobody: the ``value`` of text, number, dropdown, contact and relation columns,
and the ids of a reply (``updateId`` is the update it answers, ``replyId`` its own).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monday_sandbox import values
from monday_sandbox.api.context import Context, Row

#: What an event is subscribed to as when a subitem is meant. Updates of subitems are edited and deleted
#: under the same names as others.
_OF_SUBITEMS = {
    "change_column_value": "change_subitem_column_value",
    "change_name": "change_subitem_name",
    "create_item": "create_subitem",
    "create_update": "create_subitem_update",
    "item_archived": "subitem_archived",
    "item_deleted": "subitem_deleted",
}
#: Deliveries of these have no ``originalTriggerUuid``; all others seen have a null one.
_WITHOUT_ORIGIN = frozenset({"create_column", "item_restored", "move_subitem"})


def _links(item_ids: Sequence[int]) -> dict[str, Any]:
    return {"linkedPulseIds": [{"linkedPulseId": item_id} for item_id in item_ids]}


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
                **({} if item["parent_item_id"] is None else {**self._parent_of(item), "itemId": item["id"]}),
            },
            item=item,
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
                **self._parent_of(item),
            },
            item=item,
            column_id=column["id"],
        )

    def subitems_linked(
        self, parent: Row, column: Row, before: Sequence[int], subitem_ids: Sequence[int]
    ) -> None:
        """An item has other subitems: what its column of subitems shows, before and now.

        monday.com tells so when a subitem is made.
        """
        now = self._context.store.clock.now()
        changed_at = f"{now:%Y-%m-%d %H:%M:%S} +0000"
        self._record(
            "change_column_value",
            "update_column_value",
            {
                "boardId": parent["board_id"],
                "groupId": parent["group_id"],
                "pulseId": parent["id"],
                "pulseName": parent["name"],
                "columnId": column["id"],
                "columnType": "subtasks",
                "columnTitle": column["title"],
                "value": {**_links(subitem_ids), "changed_at": changed_at},
                "previousValue": _links(before) if before else {},
                "changedAt": now.timestamp(),
                "isTopGroup": self._is_top_group(parent),
            },
            item=parent,
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
                **self._parent_of(item),
            },
            item=item,
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
            item=item,
        )

    def item_gone(self, item: Row, event: str) -> None:
        """An item is archived (``item_archived``) or deleted (``item_deleted``)."""
        parent_id = item["parent_item_id"]
        # Numbers here, where other events of subitems have text, and another name of the board.
        whose = (
            {}
            if parent_id is None
            else {
                "parentBoardId": self._parent_board_id(item),
                "parentItemId": parent_id,
                "pulseId": item["id"],
            }
        )
        self._record(
            event,
            {"item_archived": "archive_pulse", "item_deleted": "delete_pulse"}[event],
            {"boardId": item["board_id"], "itemId": item["id"], "itemName": item["name"], **whose},
            item=item,
        )

    def item_restored(self, item: Row) -> None:
        """An archived or deleted item is back; ``item`` is as it was before.

        The number of a deleted item's state is assumed.
        """
        self._record(
            "item_restored",
            "restore_pulse",
            {
                "value": {"state": 1, "is_undo": True},
                "previousValue": {"state": {"archived": 2, "deleted": 3}[item["state"]]},
                "boardId": item["board_id"],
                "itemId": item["id"],
                "itemName": item["name"],
            },
            item=item,
        )

    def subitem_moved(self, item: Row, source: Row, destination: Row) -> None:
        """A subitem belongs to another item."""
        self._record(
            "move_subitem",
            "move_subitem",
            {
                "sourcePulseId": source["id"],
                "destPulseId": destination["id"],
                "sourceBoardId": source["board_id"],
                "destBoardId": destination["board_id"],
                "subitem": item["id"],
            },
            item=item,
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
        (item,) = self._context.items([update["item_id"]])
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
                **self._parent_of(item),
            },
            item=item,
        )

    def _record(
        self,
        event: str,
        delivered_type: str,
        payload: Mapping[str, Any],
        *,
        item: Row | None = None,
        column_id: str | None = None,
    ) -> None:
        is_subitem = item is not None and item["parent_item_id"] is not None
        origin = {} if event in _WITHOUT_ORIGIN else {"originalTriggerUuid": None}
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
            event=_OF_SUBITEMS.get(event, event) if is_subitem else event,
            payload=whole,
            board_id=self._parent_board_id(item) if item is not None and is_subitem else None,
            item_id=None if item is None else item["id"],
            column_id=column_id,
        )

    def _parent_of(self, item: Row) -> dict[str, str]:
        """What most events of a subitem tell beside those of an item."""
        if item["parent_item_id"] is None:
            return {}
        return {
            "parentItemId": str(item["parent_item_id"]),
            "parentItemBoardId": str(self._parent_board_id(item)),
        }

    def _parent_board_id(self, item: Row) -> int:
        """The board that a subitem's events are subscribed to on."""
        board = self._context.board(item["board_id"])
        return int(board["parent_board_id"]) if board is not None else int(item["board_id"])

    def _is_top_group(self, item: Row) -> bool:
        groups = self._context.groups(item["board_id"])
        return bool(groups) and groups[0]["id"] == item["group_id"]
