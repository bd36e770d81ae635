"""The cells of items that move to another board: which column they go to, and what of them fits there."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from monday_sandbox import refusals, values
from monday_sandbox.api.cells import target_of
from monday_sandbox.api.context import Context, Row
from monday_sandbox.clock import iso_milliseconds

#: Columns whose cells stay with the board.
_STAY = frozenset({"name", "subtasks"})


def map_columns(
    context: Context, source_board_id: int, target_board_id: int, given: Sequence[Mapping[str, Any]] | None
) -> list[tuple[Row, Row]]:
    """Pairs of columns, of the board that is left and of the other.

    Args:
        context: Of the request.
        source_board_id: The board that is left.
        target_board_id: The other.
        given: ``source`` and ``target`` of every column, null where its cells are to be lost; without it
            columns of the same type and title go together, then those of the same type and id.

    Raises:
        Refusal: a column is left out, is not there, or is of another type than its target.
    """
    sources, targets = _columns(context, source_board_id), _columns(context, target_board_id)
    if given is None:
        return _best_pairs(sources, targets)
    wanted = {str(entry["source"]): entry.get("target") for entry in given}
    missing = [column["id"] for column in sources if column["id"] not in wanted]
    if missing:
        raise refusals.invalid_argument("The mapping must name all columns", column_ids=missing)
    pairs = []
    for source_id, target_id in wanted.items():
        source = context.require_column(source_board_id, source_id)
        if target_id is None:
            continue
        target = context.require_column(target_board_id, str(target_id))
        if source["type"] != target["type"] or source["type"] in (*_STAY, "formula"):
            raise refusals.column_type("These columns can't be mapped", target["type"])
        pairs.append((source, target))
    return pairs


def _columns(context: Context, board_id: int) -> list[Row]:
    return [
        column
        for column in context.columns(board_id)
        if column["type"] not in _STAY and not column["archived"]
    ]


def _best_pairs(sources: Sequence[Row], targets: Sequence[Row]) -> list[tuple[Row, Row]]:
    pairs: list[tuple[Row, Row]] = []
    for same in ("title", "id"):
        for source in sources:
            taken = {(one["id"], other["id"]) for one, other in pairs}
            if source["id"] in {one for one, _ in taken}:
                continue
            for target in targets:
                is_free = target["id"] not in {other for _, other in taken}
                if is_free and (source["type"], source[same]) == (target["type"], target[same]):
                    pairs.append((source, target))
                    break
    return pairs


def move_cells(
    context: Context, connection: sqlite3.Connection, item: Row, pairs: Sequence[tuple[Row, Row]]
) -> None:
    """Put an item's cells where they belong on the other board; all others are lost."""
    rows = connection.execute(
        "SELECT column_id, value FROM cells WHERE account_id = ? AND item_id = ?",
        (context.account_id, item["id"]),
    ).fetchall()
    kept = {row["column_id"]: row["value"] for row in rows}
    connection.execute(
        "DELETE FROM cells WHERE account_id = ? AND item_id = ?", (context.account_id, item["id"])
    )
    for source, target in pairs:
        content = _fitting(context, source, target, kept.get(source["id"]))
        stored = values.stored(content, iso_milliseconds(context.store.clock.now()))
        if stored is not None:
            connection.execute(
                "INSERT OR REPLACE INTO cells (account_id, item_id, column_id, value, updated_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (context.account_id, item["id"], target["id"], stored, context.now()),
            )


def _fitting(context: Context, source: Row, target: Row, kept: str | None) -> values.Content:
    """What of a cell fits the other board: labels of the same text, people and items that it may have."""
    content = values.content_of(kept)
    if content is None:
        return None
    cell = target_of(context, target, None)
    if source["type"] in ("status", "dropdown"):
        text = values.KINDS[source["type"]].text(values.Shown(source, content, context.reader))
        try:
            return values.write_simple(text, cell)
        except refusals.Refusal:
            return None
    if source["type"] == "people":
        people = [one for one in content["personsAndTeams"] if _may_hold(cell, one)]
        return {**content, "personsAndTeams": people} if people else None
    if source["type"] in ("board_relation", "dependency"):
        linked = [entry["linkedPulseId"] for entry in content["linkedPulseIds"]]
        fitting = cell.allowed.items(linked)
        entries = [entry for entry in content["linkedPulseIds"] if entry["linkedPulseId"] in fitting]
        return {**content, "linkedPulseIds": entries} if entries else None
    return content


def _may_hold(cell: values.Target, person: Mapping[str, Any]) -> bool:
    allowed = cell.allowed.teams if person["kind"] == "team" else cell.allowed.users
    return bool(allowed([person["id"]]))
