"""Column values: what is accepted in writing, how it is kept, and how it is shown. Pure.

Each kind of column has its rules in ``KINDS``: from what was given to content (``write``),
from content to text, to the typed fields and to a webhook's ``value``.
"""

import json
from collections.abc import Mapping
from typing import Any

from monday_sandbox.values import (
    choices,
    computed,
    contacts,
    dates,
    dropdown,
    files,
    people,
    places,
    relations,
    status,
    texts,
    times,
    untouched,
)
from monday_sandbox.values.kind import Allowed, Content, Kind, Reader, Shown, Target, not_set
from monday_sandbox.values.relations import linked_ids

__all__ = [
    "KINDS",
    "Allowed",
    "Content",
    "Kind",
    "Reader",
    "Shown",
    "Target",
    "content_of",
    "event_value",
    "kept_or_computed",
    "linked_ids",
    "not_set",
    "stored",
    "write",
    "write_simple",
]

KINDS: Mapping[str, Kind] = {
    **status.KINDS,
    **texts.KINDS,
    **dates.KINDS,
    **people.KINDS,
    **contacts.KINDS,
    **dropdown.KINDS,
    **files.KINDS,
    **relations.KINDS,
    **choices.KINDS,
    **times.KINDS,
    **places.KINDS,
    **computed.KINDS,
    **untouched.KINDS,
}


def write(given: Any, target: Target) -> Content:
    """The content that a given value makes.

    Args:
        given: As it stands under the column's id in ``column_values``.
        target: The cell; its ``settings`` change when a missing label is made.

    Raises:
        Refusal: the column does not take the value.
    """
    kind = KINDS[target.column["type"]]
    if kind.write is None:
        raise target.refuse("this column type can not be changed by the API")
    if given is None or given in ({}, ""):
        return None
    if isinstance(given, str) and kind.from_text is not None:
        given = kind.from_text(given)
    return kind.write(given, target)


def write_simple(text: str | None, target: Target) -> Content:
    """The content that ``change_simple_column_value`` makes of its string.

    Raises:
        Refusal: the column does not take the value, or takes no plain strings.
    """
    kind = KINDS[target.column["type"]]
    if kind.write is None:
        raise target.refuse("this column type can not be changed by the API")
    if text is None or text == "":
        return None
    if kind.from_text is None:
        raise target.refuse("this column type does not support simple values")
    return kind.write(kind.from_text(text), target)


def stored(content: Content, changed_at: str) -> str | None:
    """The content as it is kept, with the moment of the change where monday.com adds one."""
    if content is None:
        return None
    if isinstance(content, dict):
        content = {**content, "changed_at": changed_at}
    return json.dumps(content, ensure_ascii=False)


def kept_or_computed(column: Mapping[str, Any], item: Mapping[str, Any], kept: str | None) -> str | None:
    """What a cell holds: what is stored for it, or what follows from its item's row."""
    kind = KINDS.get(column["type"])
    if kind is None or kind.computed is None:
        return kept
    return json.dumps(kind.computed(item), ensure_ascii=False)


def content_of(kept: str | None) -> Content:
    """The content of what is kept."""
    if kept is None:
        return None
    raw = json.loads(kept)
    if isinstance(raw, dict):
        raw.pop("changed_at", None)
    return raw


def event_value(shown: Shown, kept: str | None, *, is_previous: bool = False) -> Any:
    """A cell as webhooks give it, under ``value`` or ``previousValue``."""
    kind = KINDS[shown.column["type"]]
    if shown.content is None:
        return kind.empty_event if is_previous else None
    value = kind.event(shown)
    changed_at = json.loads(kept).get("changed_at") if kept is not None and kept.startswith("{") else None
    if changed_at is not None and isinstance(value, dict) and not {"label", "chosenValues"} & value.keys():
        return {**value, "changed_at": changed_at}
    return value
