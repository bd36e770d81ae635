"""What stands where on a board, and what a board lacks of its template.

Pure. A column is known by its id (the template's key, unless monday.com chose another), a
label by its stored id and only then by its text, a group by its stored id and only then by
its title: so whatever people rename keeps its meaning and its new name. Nothing is planned
that would rename, delete or retype what is there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.boards import templates
from app.boards.templates import ColumnTemplate, GroupTemplate, LabelTemplate, Template
from app.monday.events import SUBITEMS_COLUMN

#: Label colours in the order in which a label gets one whose own is taken.
SPARE_COLORS = (
    "winter",
    "navy",
    "aquamarine",
    "lavender",
    "lilac",
    "tan",
    "sky",
    "coffee",
    "teal",
    "orchid",
    "royal",
    "pecan",
    "peach",
    "bubble",
    "indigo",
)
MOST_LABELS = 40


@dataclass(frozen=True)
class LabelPlace:
    """A label as it stands on one board."""

    id: int
    text: str


@dataclass(frozen=True)
class ColumnPlace:
    """A column as it stands on one board; ``labels`` by the template's key."""

    id: str
    type: str
    title: str
    labels: Mapping[str, LabelPlace] = field(default_factory=dict)


@dataclass(frozen=True)
class Structure:
    """Where a template's columns and groups stand on one board, by their keys."""

    columns: Mapping[str, ColumnPlace] = field(default_factory=dict)
    #: Also the groups made for customers, by ``customer:…``.
    groups: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "columns": {
                key: {
                    "id": place.id,
                    "type": place.type,
                    "title": place.title,
                    "labels": {name: [label.id, label.text] for name, label in place.labels.items()},
                }
                for key, place in self.columns.items()
            },
            "groups": dict(self.groups),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Structure":
        """As it was stored."""
        return cls(
            columns={
                key: ColumnPlace(
                    place["id"],
                    place["type"],
                    place["title"],
                    {name: LabelPlace(*label) for name, label in place["labels"].items()},
                )
                for key, place in stored.get("columns", {}).items()
            },
            groups=dict(stored.get("groups", {})),
        )


@dataclass(frozen=True)
class ColumnMap:
    """One column of a board, for those who read and write its values."""

    id: str
    type: str
    #: As it is called on the board now.
    title: str
    #: ``partner`` | ``customer`` | ``both`` | ``app``
    owner: str
    #: Key of the column on the other account's board that holds the same; None for most.
    counterpart: str | None
    #: Label key → id on this board. Labels that are missing on the board are absent.
    label_ids: Mapping[str, int]
    label_keys: Mapping[int, str]
    #: Label key → text on this board.
    label_texts: Mapping[str, str]
    #: ``board.subitems``: whose items' subitems it shows; None for most.
    shows: str | None = None


@dataclass(frozen=True)
class BoardMap:
    """One board: which, and what stands where on it. Columns that are missing are absent."""

    account_id: str
    board_id: str
    #: The template's key.
    key: str
    language: str
    #: ``provisioning`` | ``active`` | ``paused``
    state: str
    columns: Mapping[str, ColumnMap]
    groups: Mapping[str, str]

    @property
    def column_ids(self) -> tuple[str, ...]:
        """The ids of all columns, for reading items."""
        return tuple(column.id for column in self.columns.values())

    def column_key(self, column_id: str) -> str | None:
        """The key of the column with that id; None for columns that are not ours."""
        return next((key for key, column in self.columns.items() if column.id == column_id), None)

    def group_key(self, group_id: str) -> str | None:
        """The key of the group with that id; None for groups that are not ours."""
        return next((key for key, known in self.groups.items() if known == group_id), None)


@dataclass(frozen=True)
class LabelSeen:
    """A status label as monday.com shows it."""

    id: int
    text: str
    index: int
    #: monday.com's name of the colour, where it gives it.
    color: str | None
    is_done: bool = False
    is_deactivated: bool = False
    description: str | None = None


@dataclass(frozen=True)
class ColumnSeen:
    """A column as monday.com shows it."""

    id: str
    title: str
    type: str
    revision: str
    labels: tuple[LabelSeen, ...] = ()


@dataclass(frozen=True)
class BoardSeen:
    """A board as monday.com shows it; archived columns and groups are left out."""

    board_id: str
    title: str
    #: ``active`` | ``archived`` | ``deleted``
    state: str
    columns: tuple[ColumnSeen, ...]
    #: Group id → title, in the board's order.
    groups: Mapping[str, str]

    @property
    def has_subitems(self) -> bool:
        """Whether an item of it has ever had a subitem, as far as the board shows that."""
        return any(column.type == SUBITEMS_COLUMN for column in self.columns)


@dataclass(frozen=True)
class LabelRepair:
    """Labels to put back into a status column: the whole list, as monday.com wants it."""

    column: ColumnTemplate
    column_id: str
    revision: str
    labels: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class ProvisioningPlan:
    """What to make so that a board has all that its template has."""

    #: What stands already.
    structure: Structure
    columns: tuple[ColumnTemplate, ...] = ()
    labels: tuple[LabelRepair, ...] = ()
    groups: tuple[GroupTemplate, ...] = ()
    #: A new board's own first group, to become one of ours: the template's group and its id.
    first_group: tuple[GroupTemplate, str] | None = None
    #: What can't be repaired: sentences that say what to do.
    faults: tuple[str, ...] = ()
    #: Column key → the id it is to be made with, where that is not its key.
    column_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to make."""
        return not (self.columns or self.labels or self.groups or self.first_group)


def map_board(
    *, account_id: str, board_id: str, key: str, language: str, state: str, structure: Structure
) -> BoardMap:
    """Join what is stored of a board with what its template says of each column."""
    template = templates.load_all()[key]
    counterparts = templates.counterparts(key)
    columns = {
        column.key: _map_column(column, structure.columns[column.key], counterparts.get(column.key))
        for column in template.columns
        if column.key in structure.columns
    }
    return BoardMap(account_id, board_id, key, language, state, columns, dict(structure.groups))


def read_board(answer: Mapping[str, Any]) -> BoardSeen:
    """The board in the ``board_structure`` document's answer."""
    return BoardSeen(
        board_id=str(answer["id"]),
        title=answer["name"],
        state=answer["state"],
        columns=tuple(
            ColumnSeen(
                id=column["id"],
                title=column["title"],
                type=column["type"],
                revision=column["revision"],
                labels=read_labels(column["settings"]) if column["type"] == "status" else (),
            )
            for column in answer["columns"] or ()
            if not column["archived"]
        ),
        groups={
            group["id"]: group["title"]
            for group in answer["groups"] or ()
            if not (group["archived"] or group["deleted"])
        },
    )


def read_labels(settings: Any) -> tuple[LabelSeen, ...]:
    """A status column's labels, from its settings in either of the two shapes that monday.com gives.

    The present one lists them; the older one has texts by id, without the colours' names.
    """
    parsed: Mapping[str, Any] = json.loads(settings) if isinstance(settings, str) else settings or {}
    labels = parsed.get("labels") or ()
    if isinstance(labels, Mapping):
        places: Mapping[str, Any] = parsed.get("labels_positions_v2") or {}
        return tuple(
            LabelSeen(
                id=int(label_id), text=text or "", index=int(places.get(label_id, label_id)), color=None
            )
            for label_id, text in labels.items()
        )
    return tuple(
        LabelSeen(
            id=int(label["id"]),
            text=label.get("label") or "",
            index=int(label["index"]),
            color=label.get("color"),
            is_done=bool(label.get("is_done")),
            is_deactivated=bool(label.get("is_deactivated")),
            description=label.get("description"),
        )
        for label in labels
    )


def plan_provisioning(
    template: Template, language: str, seen: BoardSeen | None, known: Structure
) -> ProvisioningPlan:
    """Compare a board with its template: what to make, and what can't be repaired.

    Args:
        template: What the board should have.
        language: In which language new labels are written.
        seen: The board as it is; None when there is no board yet.
        known: What was stored of it before.
    """
    if seen is None:
        return ProvisioningPlan(Structure(), columns=template.columns, groups=template.groups)
    places: dict[str, ColumnPlace] = {}
    missing: list[ColumnTemplate] = []
    repairs: list[LabelRepair] = []
    faults: list[str] = []
    for column in template.columns:
        found = _find_column(column, seen, known.columns.get(column.key))
        if found is None:
            missing.append(column)
        elif found.type != column.type:
            faults.append(
                f"The column “{found.title}” ({found.id}) of the board “{seen.title}” is of the type "
                f"{found.type}; the app needs {column.type} there. Delete that column and provision again."
            )
        else:
            labels = _match_labels(column.labels, found.labels, known.columns.get(column.key))
            places[column.key] = ColumnPlace(found.id, found.type, found.title, labels)
            if len(labels) < len(column.labels):
                repair = _plan_labels(column, found, labels, language)
                if repair is None:
                    faults.append(_lacking_labels(column, found, labels, seen, language))
                else:
                    repairs.append(repair)
    groups, first_group, new_groups = _plan_groups(template, seen, known, is_new=not places)
    return ProvisioningPlan(
        structure=Structure(places, groups),
        columns=tuple(missing),
        labels=tuple(repairs),
        groups=new_groups,
        first_group=first_group,
        faults=tuple(faults),
        column_ids={key: place.id for key, place in known.columns.items() if place.id != key},
    )


def _map_column(column: ColumnTemplate, place: ColumnPlace, counterpart: str | None) -> ColumnMap:
    return ColumnMap(
        id=place.id,
        type=place.type,
        title=place.title,
        owner=column.owner,
        counterpart=counterpart,
        label_ids={key: label.id for key, label in place.labels.items()},
        label_keys={label.id: key for key, label in place.labels.items()},
        label_texts={key: label.text for key, label in place.labels.items()},
        shows=column.shows,
    )


def _find_column(column: ColumnTemplate, seen: BoardSeen, known: ColumnPlace | None) -> ColumnSeen | None:
    by_id = {candidate.id: candidate for candidate in seen.columns}
    # On a board that was taken over, the column whose id is our key may be somebody's own.
    return by_id.get(column.key if known is None else known.id)


def _match_labels(
    wanted: Sequence[LabelTemplate], seen: Iterable[LabelSeen], known: ColumnPlace | None
) -> dict[str, LabelPlace]:
    """Label key → its place. A stored id wins over a text: a renamed label keeps its meaning."""
    usable = {label.id: label for label in seen if label.text and not label.is_deactivated}
    matched: dict[str, LabelPlace] = {}
    if known is not None:
        for key, place in known.labels.items():
            if place.id in usable:
                matched[key] = LabelPlace(place.id, usable.pop(place.id).text)
    for label in wanted:
        if label.key in matched:
            continue
        found = next((s for s in usable.values() if label.texts.includes(s.text)), None)
        if found is not None:
            matched[label.key] = LabelPlace(found.id, found.text)
            del usable[found.id]
    return {label.key: matched[label.key] for label in wanted if label.key in matched}


def _plan_labels(
    column: ColumnTemplate, found: ColumnSeen, matched: Mapping[str, LabelPlace], language: str
) -> LabelRepair | None:
    """The column's whole list with the missing labels added; None when it can't be written.

    monday.com replaces the list, so every label must be given back as it is, colour included.
    """
    kept = [label for label in found.labels if label.text]
    missing = [label for label in column.labels if label.key not in matched]
    if any(label.color is None for label in kept) or len(kept) + len(missing) > MOST_LABELS:
        return None
    colors = {label.color for label in kept}
    indexes = {label.index for label in found.labels}
    labels = [_as_it_is(label) for label in kept]
    for label in missing:
        color = next((c for c in (label.color, *SPARE_COLORS) if c not in colors), None)
        index = next((i for i in (label.index, *range(MOST_LABELS)) if i not in indexes), None)
        if color is None or index is None:
            return None
        colors.add(color)
        indexes.add(index)
        text = label.texts.spoken(language)
        labels.append({"label": text, "color": color, "index": index, "is_done": label.is_done})
    return LabelRepair(column, found.id, found.revision, tuple(labels))


def _as_it_is(label: LabelSeen) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": label.id,
        "label": label.text,
        "color": label.color,
        "index": label.index,
        "is_done": label.is_done,
        "is_deactivated": label.is_deactivated,
    }
    return given if label.description is None else {**given, "description": label.description}


def _lacking_labels(
    column: ColumnTemplate,
    found: ColumnSeen,
    matched: Mapping[str, LabelPlace],
    seen: BoardSeen,
    language: str,
) -> str:
    names = ", ".join(
        f"“{label.texts.spoken(language)}”" for label in column.labels if label.key not in matched
    )
    return (
        f"The column “{found.title}” of the board “{seen.title}” lacks the labels {names}. "
        "Add them there by hand, spelt so, and provision again."
    )


def _plan_groups(
    template: Template, seen: BoardSeen, known: Structure, *, is_new: bool
) -> tuple[dict[str, str], tuple[GroupTemplate, str] | None, tuple[GroupTemplate, ...]]:
    """Groups that stand, a new board's first group to take over, and groups to make."""
    standing = {key: group_id for key, group_id in known.groups.items() if group_id in seen.groups}
    free = {id_: title for id_, title in seen.groups.items() if id_ not in standing.values()}
    missing: list[GroupTemplate] = []
    for group in template.groups:
        if group.key in standing:
            continue
        found = next((id_ for id_, title in free.items() if group.title.includes(title)), None)
        if found is None:
            missing.append(group)
        else:
            standing[group.key] = found
            del free[found]
    # monday.com gives every new board one group; it becomes ours instead of standing empty.
    if is_new and missing and len(seen.groups) == 1 and free:
        return standing, (missing[0], next(iter(free))), tuple(missing[1:])
    return standing, None, tuple(missing)
