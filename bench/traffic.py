"""What benches share: many mutations in few requests, and the calls that the local monday.com got."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from local.people import Person
from tests.support.estate import Estate

#: Mutations in a request: as many as monday.com carries out in its time.
ALIASES = 25
#: Points of complexity that monday.com lets an account's reads, or its writes, cost within a minute.
BUDGET = 5_000_000
WINDOW_SECONDS = 60.0
#: More than any bench can use up.
UNLIMITED = {
    "complexity_minute": 10**9,
    "minute_rate": 10**6,
    "daily": 10**6,
    "endpoints": {"create_board": 10**6},
}
CREATE_ITEM = "create_item(board_id: $b, item_name: $n{0}) {{ id }}"


@dataclass
class Watch:
    """The calls of the product that monday.com noted, in the order in which it did."""

    url: str
    calls: list[Mapping[str, Any]] = field(default_factory=list)
    _after: int = 0

    def look(self) -> None:
        """Take what is new."""
        query = {"kind": "api", "after": str(self._after), "limit": "5000"}
        entries = requests.get(f"{self.url}/sandbox/log", params=query, timeout=60).json()["entries"]
        self._after = max((int(entry["id"]) for entry in entries), default=self._after)
        self.calls += entries

    def of(self, accounts: Sequence[str]) -> list[Mapping[str, Any]]:
        """The calls in some accounts."""
        return [call for call in self.calls if call["account"] in accounts]


@contextmanager
def watching(estate: Estate) -> Iterator[Watch]:
    """Read monday.com's log while the block runs: it keeps only the newest entries."""
    watch, stop = Watch(estate.place.sandbox_url), threading.Event()
    watch.look()
    watch.calls.clear()

    def look() -> None:
        while not stop.wait(0.5):
            watch.look()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()
        watch.look()


def is_write(call: Mapping[str, Any]) -> bool:
    """Whether a call changes something."""
    return bool(call["query"].startswith("mutation"))


def many(person: Person, field_: str, rows: Sequence[Mapping[str, str]], **shared: str) -> None:
    """Run a mutation for each row, as many in a request as monday.com carries out in its time."""
    types = {"b": "ID!", "v": "JSON!", "i": "ID!", "n": "String!", "t": "String!"}
    for start in range(0, len(rows), ALIASES):
        chunk = rows[start : start + ALIASES]
        numbered = {f"{name}{at}": value for at, row in enumerate(chunk) for name, value in row.items()}
        variables = {**shared, **numbered}
        declared = ", ".join(f"${name}: {types[name[0]]}" for name in variables)
        fields = " ".join(f"a{at}: {field_.format(at)}" for at in range(len(chunk)))
        person.ask(f"mutation ({declared}) {{ {fields} }}", variables)


def fullest_minute(calls: Sequence[Mapping[str, Any]]) -> int:
    """The most points that reads, or writes, of an account cost within any 60 seconds."""
    most = 0
    for writing in (False, True):
        spent = [
            (datetime.fromisoformat(call["at"]).timestamp(), int(call["complexity"] or 0))
            for call in calls
            if is_write(call) == writing
        ]
        first, total = 0, 0
        for at, points in spent:
            total += points
            while spent[first][0] <= at - WINDOW_SECONDS:
                total -= spent[first][1]
                first += 1
            most = max(most, total)
    return most
