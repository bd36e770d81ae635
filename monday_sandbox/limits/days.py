"""An account's calls of a day, by user and app: for the daily limit, and for what the API tells of it.

Counted in tenths of a call, as a call that was rate limited is a tenth. A day begins at midnight
UTC of the sandbox's clock. Counts are in memory and written down about once a second, so that a
power cut loses a second's.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monday_sandbox.state import Store

TENTHS = 10
WRITTEN_EVERY = timedelta(seconds=1)
_TABLES = """
CREATE TABLE IF NOT EXISTS api_calls (
    account_id INTEGER NOT NULL, day TEXT NOT NULL, user_id INTEGER NOT NULL, app TEXT NOT NULL,
    tenths INTEGER NOT NULL,
    PRIMARY KEY (account_id, day, user_id, app)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Usage:
    """Calls of one user through one app on one day, in tenths."""

    day: str
    user_id: int
    app: str
    tenths: int


class Days:
    """The counts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counts: dict[int, dict[tuple[str, int, str], int]] = {}
        self._days: dict[tuple[int, str], int] = {}
        self._changed: set[tuple[int, tuple[str, int, str]]] = set()
        self._written: datetime | None = None
        self._counted_at: datetime | None = None
        with store.writing() as connection:
            connection.execute(_TABLES)
        with store.reading() as connection:
            rows = connection.execute("SELECT * FROM api_calls").fetchall()
        for row in rows:
            self._add(row["account_id"], (row["day"], row["user_id"], row["app"]), row["tenths"])

    def used(self, account_id: int, now: datetime) -> int:
        """Tenths of calls of the running day."""
        return self._days.get((account_id, _day(now)), 0)

    def count(self, account_id: int, user_id: int, app: str, tenths: int, now: datetime) -> None:
        """Count a call; outside any reading or writing of the state."""
        key = (_day(now), user_id, app)
        with self._lock:
            self._counted_at = now
            self._add(account_id, key, tenths)
            self._changed.add((account_id, key))
            if self._written is not None and timedelta() <= now - self._written < WRITTEN_EVERY:
                return
            self._written = now
            rows = [(account, *name, self._counts[account][name]) for account, name in self._changed]
            self._changed.clear()
        self._write(rows)

    def usage(self, account_id: int) -> Iterator[Usage]:
        """Everything that was counted of an account, oldest day first."""
        with self._lock:
            found: Mapping[tuple[str, int, str], int] = dict(self._counts.get(account_id, {}))
        return (Usage(*name, tenths) for name, tenths in sorted(found.items()))

    @property
    def counted_at(self) -> datetime | None:
        """When a call was last counted; None since the start."""
        return self._counted_at

    def _add(self, account_id: int, key: tuple[str, int, str], tenths: int) -> None:
        counts = self._counts.setdefault(account_id, {})
        counts[key] = counts.get(key, 0) + tenths
        day = (account_id, key[0])
        self._days[day] = self._days.get(day, 0) + tenths

    def _write(self, rows: list[tuple[int, str, int, str, int]]) -> None:
        # Of two that write at once the later one may come first; counts only grow.
        with self._store.writing() as connection:
            connection.executemany(
                "INSERT INTO api_calls (account_id, day, user_id, app, tenths) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET tenths = max(tenths, excluded.tenths)",
                rows,
            )


def whole_calls(tenths: int) -> int:
    """Tenths of calls as calls, rounded up."""
    return -(-tenths // TENTHS)


def seconds_to_midnight(now: datetime) -> float:
    """How long the running day still lasts."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds()


def _day(now: datetime) -> str:
    return now.strftime("%Y-%m-%d")
