"""An item as monday.com showed it: values with their raw forms, updates, state.

What the API did not give for certain is absent, never empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ids import ItemKey, stable_key
from app.monday.faults import Fault

#: So many of an item's newest updates are part of its trace.
UPDATES_TRACED = 10


@dataclass(frozen=True)
class RawValue:
    """A column value as the API gives it: type, raw JSON, display text."""

    type: str
    value: str | None
    text: str | None


@dataclass(frozen=True)
class UpdateSeen:
    """An update or, with a parent, a reply."""

    id: str
    parent_id: str | None
    body: str
    author_id: str | None
    author_name: str
    created_at: datetime
    #: When its text was last changed; None when never.
    edited_at: datetime | None


@dataclass(frozen=True)
class FileSeen:
    """A file of an item: in one of its columns, on one of its updates, or elsewhere."""

    id: str
    name: str
    #: In bytes.
    size: int


@dataclass(frozen=True)
class SubitemSeen:
    """An active subitem."""

    id: str
    name: str
    #: Whether its first status column has a label that counts as done.
    is_done: bool


@dataclass(frozen=True)
class Trace:
    """What an item looks like from afar: the same as long as nothing of it or its updates changed.

    monday.com gives moments in whole seconds.
    """

    text: str
    #: monday.com's newest moment in it: of the item or of one of its updates.
    changed_at: datetime
    #: monday.com's newest moment of an update; empty when there is none.
    updates_at: str


@dataclass(frozen=True)
class ItemSeen:
    """One item, read whole."""

    key: ItemKey
    name: str
    #: ``active`` | ``archived`` | ``deleted`` | ``moved`` (it stands on another board now)
    state: str
    created_at: datetime
    updated_at: str
    creator_name: str
    group_id: str | None
    #: By column id; columns the API did not give are absent.
    values: Mapping[str, RawValue]
    #: None when updates were not read, or not read whole.
    updates: Sequence[UpdateSeen] | None
    #: False when nothing but the state is known: name, values and updates say nothing then.
    is_known: bool = True
    #: None when updates were not read.
    trace: Trace | None = None
    #: All its files by id; None when they were not read, or not whole.
    files: Mapping[str, FileSeen] | None = None
    #: Update's or reply's id → the ids of its files; None when that was not asked for.
    files_of_updates: Mapping[str, Sequence[str]] | None = None
    #: In their order; None when subitems were not read, or not read whole.
    subitems: Sequence[SubitemSeen] | None = None
    #: Why monday.com left subitems out, where it said so.
    subitems_fault: Fault | None = None


def item_from_answer(
    account_id: str, item: Mapping[str, Any], subitems_fault: Fault | None = None
) -> ItemSeen:
    """Make an item of the ``read_items`` document's answer, which must have its state.

    ``subitems_fault`` is why subitems of some items in the answer are missing.
    """
    updates = item.get("updates")
    subitems = _subitems(item.get("subitems"))
    return ItemSeen(
        key=ItemKey(account_id, str(item["board"]["id"]), str(item["id"])),
        name=item["name"],
        state=item["state"],
        created_at=moment(item["created_at"]),
        updated_at=item["updated_at"] or "",
        creator_name=(item.get("creator") or {}).get("name") or "",
        group_id=(item.get("group") or {}).get("id"),
        values={
            value["id"]: RawValue(value["type"], value["value"], value["text"])
            for value in item["column_values"] or ()
        },
        updates=None if updates is None else _updates(updates),
        trace=trace_of(item),
        files=files_from_answer(item.get("assets")),
        subitems=subitems,
        subitems_fault=subitems_fault if subitems is None else None,
    )


def files_from_answer(assets: Sequence[Mapping[str, Any] | None] | None) -> dict[str, FileSeen] | None:
    """Files by id; None when monday.com left them, or one of them, out."""
    if assets is None or None in assets:
        return None
    files = [FileSeen(str(one["id"]), one["name"], int(one["file_size"])) for one in assets if one]
    return {file.id: file for file in files}


def trace_of(item: Mapping[str, Any]) -> Trace | None:
    """The trace of an item as the API gave it, read whole or listed; None without its updates."""
    updates = item.get("updates")
    if updates is None or None in updates or not item.get("updated_at"):
        return None
    newest = sorted(updates, key=lambda update: int(update["id"]))[-UPDATES_TRACED:]
    moments = [str(update["updated_at"] or "") for update in newest]
    updates_at = max(moments, default="")
    known = stable_key(*(f"{update['id']} {at}" for update, at in zip(newest, moments, strict=True)))
    changed_at = max(moment(at) for at in (item["updated_at"], *moments) if at)
    return Trace(f"{item['updated_at']} {known}", changed_at, updates_at)


def absent_item(key: ItemKey, state: str, at: datetime) -> ItemSeen:
    """An item of which nothing is known but that it was ``deleted``, or ``moved`` to another board."""
    return ItemSeen(
        key=key,
        name="",
        state=state,
        created_at=at,
        updated_at="",
        creator_name="",
        group_id=None,
        values={},
        updates=None,
        is_known=False,
    )


def moment(text: str) -> datetime:
    """An aware datetime from one of monday.com's own (``2026-11-23T08:00:00Z``).

    Raises:
        ValueError: the text is no moment with a zone.
    """
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone.")
    return parsed


def _subitems(subitems: Sequence[Mapping[str, Any] | None] | None) -> list[SubitemSeen] | None:
    """The active ones; None when monday.com left a part of them out."""
    seen = []
    for subitem in subitems if subitems is not None else [None]:
        if subitem is None or subitem["state"] is None or subitem["column_values"] is None:
            return None
        if subitem["state"] == "active":
            statuses = subitem["column_values"]
            is_done = bool(statuses and statuses[0].get("is_done"))
            seen.append(SubitemSeen(str(subitem["id"]), subitem["name"], is_done))
    return seen


def _updates(updates: Sequence[Mapping[str, Any] | None]) -> list[UpdateSeen] | None:
    """Updates with their replies, oldest first; None when monday.com left a part of them out."""
    seen = []
    for update in updates:
        if update is None or update["body"] is None or update["replies"] is None:
            return None
        seen.append(_update(update, None))
        for reply in update["replies"]:
            if reply is None or reply["body"] is None:
                return None
            seen.append(_update(reply, str(update["id"])))
    return sorted(seen, key=lambda update: (update.created_at, int(update.id)))


def _update(update: Mapping[str, Any], parent_id: str | None) -> UpdateSeen:
    edited = update.get("edited_at")
    created_at = moment(update["created_at"])
    edited_at = moment(edited) if edited else None
    creator_id = update.get("creator_id")
    return UpdateSeen(
        id=str(update["id"]),
        parent_id=parent_id,
        body=update["body"],
        author_id=None if creator_id is None else str(creator_id),
        author_name=(update.get("creator") or {}).get("name") or "",
        created_at=created_at,
        edited_at=edited_at if edited_at is not None and edited_at > created_at else None,
    )
