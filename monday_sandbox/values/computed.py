"""Columns that tell what the item's own row says; nothing is stored for them. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, part, raw


def _item_id(item: Mapping[str, Any]) -> Content:
    return {"item_id": item["id"]}


def _creation(item: Mapping[str, Any]) -> Content:
    return {"created_at": item["created_at"], "creator_id": item["creator_id"]}


def _last_update(item: Mapping[str, Any]) -> Content:
    return {"updated_at": item["updated_at"], "updater_id": item.get("updater_id") or item["creator_id"]}


def _group(item: Mapping[str, Any]) -> Content:
    return {"group_id": item["group_id"]}


def _moment(name: str) -> Callable[[Shown], str]:
    def read(shown: Shown) -> str:
        return f"{shown.content[name].replace('T', ' ').removesuffix('Z')} UTC"

    return read


KINDS: Mapping[str, Kind] = {
    "item_id": Kind(
        event_type="pulse-id",
        type_name="ItemIdValue",
        id_prefix="pulse_id",
        write=None,
        from_text=None,
        text=lambda shown: str(shown.content["item_id"]),
        event=raw,
        fields={"item_id": part("item_id")},
        number=lambda content: float(content["item_id"]),
        computed=_item_id,
    ),
    "creation_log": Kind(
        event_type="pulse-log",
        type_name="CreationLogValue",
        id_prefix="pulse_log",
        write=None,
        from_text=None,
        text=_moment("created_at"),
        event=raw,
        fields={"created_at": part("created_at"), "creator_id": part("creator_id")},
        computed=_creation,
    ),
    "last_updated": Kind(
        event_type="pulse-updated",
        type_name="LastUpdatedValue",
        id_prefix="pulse_updated",
        write=None,
        from_text=None,
        text=_moment("updated_at"),
        event=raw,
        fields={"updated_at": part("updated_at"), "updater_id": part("updater_id")},
        computed=_last_update,
    ),
    "group": Kind(
        event_type="group",
        type_name="GroupValue",
        id_prefix="group",
        write=None,
        from_text=None,
        text=part("group_id"),
        event=raw,
        fields={"group_id": part("group_id")},
        computed=_group,
        can_be_created=False,
    ),
}
