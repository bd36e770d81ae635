"""Dropdown columns. Pure."""

from collections.abc import Mapping
from typing import Any

from monday_sandbox import labels
from monday_sandbox.values.kind import Content, Kind, Shown, Target, whole_number


def _write_dropdown(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or not given.keys() & {"ids", "labels"}:
        raise target.refuse("expected ids or labels")
    if {"ids", "labels"} <= given.keys():
        raise target.refuse("ids and labels can not be mixed")
    wanted = given.get("ids", given.get("labels"))
    if not isinstance(wanted, list):
        raise target.refuse("expected a list")
    ids = [_option_id(entry, target, by_text="labels" in given) for entry in wanted]
    ids = list(dict.fromkeys(ids))
    most = target.settings.get("label_limit_count") or 1
    if target.settings.get("limit_select") and len(ids) > most:
        raise target.refuse(f"up to {most} labels can be chosen")
    return {"ids": ids} if ids else None


def _option_id(entry: Any, target: Target, *, by_text: bool) -> int:
    options = target.settings["labels"]
    if by_text:
        found = next((option for option in options if option["label"] == entry), None)
        if found is None and isinstance(entry, str) and entry and target.may_create_labels:
            target.settings, number = labels.with_option(target.settings, entry)
            return number
    else:
        number = whole_number(entry, target)
        found = next((option for option in options if option["id"] == number), None)
    if found is None:
        raise target.refuse(f"label{'' if by_text else ' id'} does not exist in column")
    if found["is_deactivated"]:
        raise target.refuse("label is deactivated")
    return int(found["id"])


def _dropdown_from_text(text: str) -> Any:
    return {"labels": [part.strip() for part in text.split(",") if part.strip()]}


def _chosen(shown: Shown) -> list[dict[str, Any]]:
    if shown.content is None:
        return []
    texts = {option["id"]: option["label"] for option in shown.column["settings"]["labels"]}
    return [{"id": number, "label": texts.get(number, "")} for number in shown.content["ids"]]


def _dropdown_event(shown: Shown) -> Any:
    return {"chosenValues": [{"id": option["id"], "name": option["label"]} for option in _chosen(shown)]}


def _dropdown_text(shown: Shown) -> str | None:
    return ", ".join(option["label"] for option in _chosen(shown)) or None


KINDS: Mapping[str, Kind] = {
    "dropdown": Kind(
        event_type="dropdown",
        type_name="DropdownValue",
        id_prefix="dropdown",
        write=_write_dropdown,
        from_text=_dropdown_from_text,
        text=_dropdown_text,
        event=_dropdown_event,
        fields={"values": _chosen},
    ),
}
