"""Many tickets in seconds: a customer's one ticket, made through the product, is copied row by row.

What a ticket of the product is made of stands in two databases, the product's and the local monday.com's.
The rows are copied as they stand, under new ids, with the number and the sync ids that the product itself
would have given. Whether the world is consistent then is asked of the product: ``require_consistent`` lets
it sweep boards, which must heal nothing.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.ids import ItemKey, stable_key, ticket_number
from monday_sandbox.state import FILE_NAME
from tests.support.estate import Estate

#: Tables of the product in which a ticket has rows, by the column that names it.
_OF_TICKET: Mapping[str, str] = {
    "tickets": "id",
    "sla_tickets": "ticket_id",
    "sla_events": "ticket_id",
    "sla_cycles": "ticket_id",
}
_WITH_OWN_ID = ("sla_events",)

_Row = dict[str, Any]


class SeedingError(Exception):
    """What was seeded is not what the product would have made."""


class _Copier:
    """Copies the tickets of an estate at rest."""

    def __init__(self, product: sqlite3.Connection, monday: sqlite3.Connection) -> None:
        self._product = product
        self._monday = monday
        self._next: dict[tuple[sqlite3.Connection, str], int] = {}

    def multiply(self, story: str, count: int) -> None:
        """Make one ticket ``count`` tickets of the same customer."""
        ticket_id = int(story.removeprefix("ticket:"))
        sides = _read(self._product, "sides", "story = ?", story)
        for _ in range(count - 1):
            self._copy(ticket_id, sides)

    def _copy(self, old: int, sides: Sequence[_Row]) -> None:
        new = self._id("tickets")
        items: dict[str, int] = {}
        words = {ticket_number(old): ticket_number(new)}
        for side in sides:
            items[side["role"]] = self._item_id(side["account_id"])
            words[side["sync_id"]] = stable_key("side", f"ticket:{new}", side["role"])
        for side in sides:
            self._copy_item(side, items[side["role"]], words)
            self._copy_side(side, f"ticket:{new}", str(items[side["role"]]), words)
        for table, column in _OF_TICKET.items():
            for row in _read(self._product, table, f"{column} = ?", old):
                own = {"id": self._id(table)} if table in _WITH_OWN_ID else {}
                _write(self._product, table, {**row, **own, column: new})
        for row in _read(self._product, "timers", "kind = 'response' AND subject = ?", str(old)):
            _write(self._product, "timers", {**row, "subject": str(new)})

    def _copy_side(self, side: _Row, story: str, item_id: str, words: Mapping[str, str]) -> None:
        side_id, change_id = self._id("sides"), side["create_change_id"]
        if change_id is not None:
            [change] = _read(self._product, "changes", "id = ?", change_id)
            content = json.loads(_renamed(change["content"], words) or "{}") | {"side_id": side_id}
            change_id = self._id("changes")
            copied = {"id": change_id, "item_id": item_id, "content": json.dumps(content)}
            _write(self._product, "changes", {**change, **copied})
        own = {"id": side_id, "story": story, "item_id": item_id, "create_change_id": change_id}
        _write(self._product, "sides", {**side, **own, "sync_id": words[side["sync_id"]]})
        for shadow in _read(self._product, "shadows", "side_id = ?", side["id"]):
            _write(
                self._product,
                "shadows",
                {**shadow, "side_id": side_id, "value": _renamed(shadow["value"], words)},
            )
        account_id, board_id = side["account_id"], side["board_id"]
        here = ("account_id = ? AND board_id = ? AND item_id = ?", account_id, board_id, side["item_id"])
        for written in _read(self._product, "written_items", *here):
            _write(self._product, "written_items", {**written, "item_id": item_id})
        old_lane = ItemKey(account_id, board_id, side["item_id"]).lane
        for lane in _read(self._product, "lanes", "key = ?", old_lane):
            _write(self._product, "lanes", {**lane, "key": ItemKey(account_id, board_id, item_id).lane})

    def _copy_item(self, side: _Row, item_id: int, words: Mapping[str, str]) -> None:
        account_id, old = int(side["account_id"]), int(side["item_id"])
        [item] = _read(self._monday, "items", "account_id = ? AND id = ?", account_id, old)
        place = float(item_id - old)
        _write(self._monday, "items", {**item, "id": item_id, "position": item["position"] + place})
        for cell in _read(self._monday, "cells", "account_id = ? AND item_id = ?", account_id, old):
            _write(
                self._monday,
                "cells",
                {**cell, "item_id": item_id, "value": _renamed(cell["value"], words)},
            )

    def _id(self, table: str) -> int:
        """The next id of a table of the product."""
        known = (self._product, table)
        if known not in self._next:
            (highest,) = self._product.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
            self._next[known] = int(highest) + 1
        self._next[known] += 1
        return self._next[known] - 1

    def _item_id(self, account_id: str) -> int:
        """The local monday.com's next id of an item."""
        (taken,) = self._monday.execute(
            "UPDATE sequences SET next = next + 1 WHERE account_id = ? AND kind = 'item' RETURNING next - 1",
            (int(account_id),),
        ).fetchone()
        return int(taken)


def multiply_tickets(estate: Estate, count: int) -> None:
    """Make each ticket of an estate at rest ``count`` tickets of the same customer; no worker may run."""
    product = Path(estate.variables["DATABASE_URL"].removeprefix("sqlite:///"))
    for (ticket_id,) in estate.rows("SELECT id FROM tickets ORDER BY id"):
        # A transaction for each: the product's other processes wait for one.
        with _open(product) as ours, _open(estate.place.var / "sandbox" / FILE_NAME) as theirs:
            _Copier(ours, theirs).multiply(f"ticket:{ticket_id}", count)


def require_consistent(estate: Estate, board_ids: Mapping[str, str], count: int, *, seconds: float) -> None:
    """Let the product look at every item of some accounts' boards: nothing may differ from what it knows.

    ``board_ids``: by the account's slug. Each has ``count`` tickets, or more.

    Raises:
        SeedingError: it heals something, or does not know every item.
    """
    ((last,),) = estate.rows("SELECT coalesce(max(id), 0) FROM sweep_runs")
    for slug, board_id in board_ids.items():
        told = estate.synerity("sweep", board_id, "--account", slug)
        if told.returncode != 0:
            raise SeedingError(told.stderr)
    estate.wait_until_quiet(seconds=seconds)
    swept = estate.rows(
        "SELECT slug, known, asked, healed, missing FROM sweep_runs JOIN installations USING (account_id)"
        f" WHERE sweep_runs.id > {last} AND kind = 'full' AND sweep_runs.state = 'done'"
    )
    whole = {
        slug for slug, known, asked, *differing in swept if known == asked >= count and not any(differing)
    }
    ((unsettled,),) = estate.rows("SELECT count(*) FROM changes WHERE state NOT IN ('done', 'dropped')")
    if whole != set(board_ids) or unsettled:
        raise SeedingError(
            "The product does not find what it would have made. By account, what is known, looked at, healed "
            f"and missing: {swept}; changes that are not settled: {unsettled}."
        )


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction on a database that others have open, too."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, cached_statements=512)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


def _read(connection: sqlite3.Connection, table: str, where: str, *values: Any) -> list[_Row]:
    rows = connection.execute(f"SELECT * FROM {table} WHERE {where}", values)
    return [dict(row) for row in rows]


def _write(connection: sqlite3.Connection, table: str, row: _Row) -> None:
    names, places = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))


def _renamed(value: str | None, words: Mapping[str, str]) -> str | None:
    """A text with each of the words replaced by what stands for it now."""
    for old, new in words.items():
        value = value and value.replace(old, new)
    return value
