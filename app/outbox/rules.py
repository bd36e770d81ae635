"""Which wanted changes go in the next request, and as what.

Pure. All column changes of one item become one mutation, in the order in which the item
was first wanted; several items share one aliased request. A change that failed in company
travels alone, so that one bad column does not hold back its neighbours.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any, Protocol, TypeVar

#: monday.com runs the aliases one after the other; 10 to 15 stay well inside its 60 s.
MUTATIONS_PER_REQUEST = 15

DOCUMENTS = {
    "create_item": "create_item",
    "move_item": "move_item_to_group",
    "set_column": "change_multiple_column_values",
    "create_update": "create_update",
    "edit_update": "edit_update",
    "delete_update": "delete_update",
    "notify": "create_notification",
    "remove_file": "update_assets_on_item",
}
#: What ``add_file`` is carried out with, by whether the file goes to an update.
FILE_DOCUMENTS = {True: "add_file_to_update", False: "add_file_to_column"}
#: Kinds that share no request: a file comes by another door, and to take one away others have to be read.
ALONE = frozenset({"add_file", "remove_file"})


@dataclass(frozen=True)
class WantedChange:
    """A change that may be sent now: its item exists, or it creates it."""

    id: int
    kind: str
    item_id: str | None
    column_id: str | None
    content: Mapping[str, Any]
    alone: bool = False


@dataclass(frozen=True)
class Operation:
    """One aliased mutation and the changes it carries out."""

    alias: str
    document: str
    variables: Mapping[str, Any]
    change_ids: tuple[int, ...]
    item_id: str | None


@dataclass
class _Gathered:
    item_id: str
    values: dict[str, Any] = field(default_factory=dict)
    change_ids: list[int] = field(default_factory=list)


class InTurn(Protocol):
    """What takes its turn: a wanted change, by its id, its priority, and whose it is."""

    @property
    def id(self) -> int: ...  # noqa: D102 - as in the table

    @property
    def priority(self) -> int: ...  # noqa: D102 - as in the table

    @property
    def share(self) -> str: ...  # noqa: D102 - as in the table


_Turning = TypeVar("_Turning", bound=InTurn)


def in_turns(changes: Iterable[_Turning]) -> list[_Turning]:
    """Order changes by priority: the first of each customer, then the second of each, and so on."""
    turns: Counter[tuple[int, str]] = Counter()
    placed: list[tuple[int, int, int, _Turning]] = []
    for change in sorted(changes, key=attrgetter("id")):
        turns[change.priority, change.share] += 1
        placed.append((change.priority, turns[change.priority, change.share], change.id, change))
    return [change for *_, change in sorted(placed, key=itemgetter(0, 1, 2))]


def plan_request(
    board_id: str, changes: Sequence[WantedChange], *, limit: int = MUTATIONS_PER_REQUEST
) -> list[Operation]:
    """Plan the next request from the wanted changes of one board, oldest first.

    The last of several values for one column of an item wins; the changes it overtakes are
    carried out with it. Everything for one item that is not a column change keeps its order. What has to go
    alone goes when it is the first; until then the others pass it by.
    """
    if changes and changes[0].kind in ALONE:
        return [_numbered(board_id, 0, _single(board_id, changes[0]))]
    changes = [change for change in changes if change.kind not in ALONE]
    operations: list[Operation | _Gathered] = []
    columns: dict[str, _Gathered] = {}
    for change in changes:
        if change.kind == "set_column" and change.item_id is not None and not change.alone:
            gathered = columns.get(change.item_id)
            if gathered is None:
                if len(operations) == limit:
                    continue
                gathered = columns[change.item_id] = _Gathered(change.item_id)
                operations.append(gathered)
            gathered.values[change.column_id or ""] = change.content["value"]
            gathered.change_ids.append(change.id)
        elif len(operations) < limit:
            operations.append(_single(board_id, change))
    return [_numbered(board_id, index, operation) for index, operation in enumerate(operations)]


def _single(board_id: str, change: WantedChange) -> Operation:
    if change.kind == "set_column":
        variables = _column_variables(
            board_id, change.item_id or "", {change.column_id or "": change.content["value"]}
        )
    elif change.kind == "create_item":
        variables = {
            "board_id": board_id,
            "group_id": change.content["group_id"],
            "item_name": change.content["name"],
            "column_values": json.dumps(change.content["values"]),
        }
    elif change.kind == "move_item":
        variables = {"item_id": change.item_id, "group_id": change.content["group_id"]}
    elif change.kind == "create_update":
        variables = {"item_id": change.item_id, "body": change.content["body"]}
        if change.content.get("parent_id"):
            variables["parent_id"] = change.content["parent_id"]
        if change.content.get("written_at"):
            variables["original_creation_date"] = change.content["written_at"]
    elif change.kind == "edit_update":
        variables = {"id": change.content["update_id"], "body": change.content["body"]}
    elif change.kind == "notify":
        # Nothing of the item itself is written: who reads it need not mind.
        variables = {"user_id": change.content["user_id"], "text": change.content["text"]}
        variables["target_id"] = change.item_id
        return Operation("", DOCUMENTS[change.kind], variables, (change.id,), None)
    elif change.kind == "add_file":
        return _file_added(change)
    elif change.kind == "remove_file":
        variables = {"board_id": board_id, "item_id": change.item_id, "column_id": change.column_id}
    else:
        variables = {"id": change.content["update_id"]}
    return Operation("", DOCUMENTS[change.kind], variables, (change.id,), change.item_id)


def _file_added(change: WantedChange) -> Operation:
    """A file for an update writes nothing that is read from the item: its pen may rest."""
    update_id = change.content.get("update_id")
    document = FILE_DOCUMENTS[update_id is not None]
    if update_id is not None:
        return Operation("", document, {"update_id": update_id}, (change.id,), None)
    variables = {"item_id": change.item_id, "column_id": change.column_id}
    return Operation("", document, variables, (change.id,), change.item_id)


def _numbered(board_id: str, index: int, operation: Operation | _Gathered) -> Operation:
    alias = f"a{index}"
    if isinstance(operation, _Gathered):
        variables = _column_variables(board_id, operation.item_id, operation.values)
        document = DOCUMENTS["set_column"]
        return Operation(alias, document, variables, tuple(operation.change_ids), operation.item_id)
    return Operation(alias, operation.document, operation.variables, operation.change_ids, operation.item_id)


def _column_variables(board_id: str, item_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"board_id": board_id, "item_id": item_id, "column_values": json.dumps(values)}
