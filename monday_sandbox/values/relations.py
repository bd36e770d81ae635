"""Columns that connect items. Pure."""

from collections.abc import Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, raw, whole_number


def _write_relation(given: Any, target: Target) -> Content:
    wanted = given.get("item_ids") if isinstance(given, dict) else None
    if not isinstance(wanted, list):
        raise target.refuse("expected item_ids")
    ids = list(dict.fromkeys(whole_number(entry, target) for entry in wanted))
    strangers = set(ids) - target.linkable(ids)
    if strangers:
        raise target.refuse(f"items {sorted(strangers)} are not on a connected board")
    return {"linkedPulseIds": [{"linkedPulseId": item_id} for item_id in ids]} if ids else None


def linked_ids(shown: Shown) -> list[int]:
    """The items that a board relation points at, in order."""
    if shown.content is None:
        return []
    return [entry["linkedPulseId"] for entry in shown.content["linkedPulseIds"]]


def _linked_names(shown: Shown) -> str:
    names = [shown.reader.item_name(item_id) for item_id in linked_ids(shown)]
    return ", ".join(name for name in names if name)


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
}
