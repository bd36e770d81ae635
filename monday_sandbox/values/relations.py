"""Columns that connect items, and those that show what is connected. Pure.

A connected item is kept under ``linkedPulseIds``; the API shows it by typed fields only.
What mirrors show is read from other boards: see ``api/mirrors.py``.
"""

from collections.abc import Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, raw, whole_numbers


def _write_relation(given: Any, target: Target) -> Content:
    ids = whole_numbers(given, "item_ids", target)
    if len(ids) > 1 and target.settings.get("allowMultipleItems") is False:
        raise target.refuse("only one item can be connected")
    strangers = set(ids) - target.allowed.items(ids)
    if strangers:
        raise target.refuse(f"items {sorted(strangers)} are not on a connected board")
    return {"linkedPulseIds": [{"linkedPulseId": item_id} for item_id in ids]} if ids else None


def linked_ids(shown: Shown) -> list[int]:
    """The items that a cell points at, in order."""
    if shown.content is None:
        return []
    return [entry["linkedPulseId"] for entry in shown.content["linkedPulseIds"]]


def _linked_names(shown: Shown) -> str:
    names = [shown.reader.item_name(item_id) for item_id in linked_ids(shown)]
    return ", ".join(name for name in names if name)


def _dependency_links(shown: Shown) -> list[dict[str, Any]]:
    return [
        {"linked_item_id": item_id, "dependency_type": None, "lag": None} for item_id in linked_ids(shown)
    ]


def _subitem_links(item: Mapping[str, Any]) -> Content:
    subitems = item["batch"].subitems[item["id"]]
    return {"linkedPulseIds": [{"linkedPulseId": one["id"]} for one in subitems]} if subitems else None


KINDS: Mapping[str, Kind] = {
    "board_relation": Kind(
        event_type="board-relation",
        type_name="BoardRelationValue",
        id_prefix="board_relation",
        write=_write_relation,
        from_text=None,
        text=lambda _: None,
        event=raw,
        fields={"linked_item_ids": linked_ids, "display_value": _linked_names},
        empty_event={},
        shows_value=False,
    ),
    "dependency": Kind(
        event_type="dependency",
        type_name="DependencyValue",
        id_prefix="dependency",
        write=_write_relation,
        from_text=None,
        text=lambda _: None,
        event=raw,
        fields={
            "dependency_links": _dependency_links,
            "display_value": _linked_names,
            "linked_item_ids": linked_ids,
        },
        empty_event={},
        shows_value=False,
    ),
    "mirror": Kind(
        event_type="lookup",
        type_name="MirrorValue",
        id_prefix="lookup",
        write=None,
        from_text=None,
        text=lambda _: None,
        event=raw,
        shows_value=False,
    ),
    # Made with a board's first subitem; what it holds follows from the subitems.
    "subtasks": Kind(
        event_type="subtasks",
        type_name="SubtasksValue",
        id_prefix="subitems",
        write=None,
        from_text=None,
        text=lambda _: None,
        event=raw,
        fields={"display_value": _linked_names, "subitems_ids": linked_ids},
        empty_event={},
        shows_value=False,
        computed=_subitem_links,
        can_be_created=False,
    ),
}
