"""One mutation a key: what it was answered is kept for 30 minutes of the sandbox's time, for a retry."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monday_sandbox.caller import Caller
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.state import Store

KEY_LIFE = timedelta(minutes=30)
#: Larger answers are not kept, silently.
LARGEST_KEPT_BYTES = 1_000_000

_TABLES = """
CREATE TABLE IF NOT EXISTS kept_answers (
    app TEXT NOT NULL, user_id INTEGER NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (app, user_id, key));
CREATE INDEX IF NOT EXISTS kept_answers_by_age ON kept_answers (at);
"""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer given before under the same key."""

    status: int
    body: dict[str, Any]


class KeyInUseError(Exception):
    """A request with the same key is being worked on."""


class IdempotencyKeys:
    """Remembers what was answered to a mutation for 30 minutes of the sandbox's time.

    A key belongs to a user and an app: the same one is another with the user's own token.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._under_way: set[tuple[str, int, str]] = set()
        self._lock = threading.Lock()
        with store.writing() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    @contextmanager
    def holding(self, caller: Caller, key: str) -> Iterator[None]:
        """Work under a key.

        Raises:
            KeyInUseError: somebody does already.
        """
        name = (_app(caller), caller.user_id, key)
        with self._lock:
            if name in self._under_way:
                raise KeyInUseError(key)
            self._under_way.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(name)

    def find(self, caller: Caller, key: str) -> KeptAnswer | None:
        """The answer given under the key within its life."""
        since = iso_milliseconds(self._store.clock.now() - KEY_LIFE)
        with self._store.reading() as connection:
            row: sqlite3.Row | None = connection.execute(
                "SELECT status, body FROM kept_answers WHERE app = ? AND user_id = ? AND key = ? AND at > ?",
                (_app(caller), caller.user_id, key, since),
            ).fetchone()
        return None if row is None else KeptAnswer(row["status"], json.loads(row["body"]))

    def keep(self, caller: Caller, key: str, answer: KeptAnswer) -> None:
        """Remember an answer, and forget those that are too old."""
        body = json.dumps(answer.body, ensure_ascii=False)
        if len(body.encode(errors="surrogatepass")) > LARGEST_KEPT_BYTES:
            return
        now = self._store.clock.now()
        with self._store.writing() as connection:
            connection.execute("DELETE FROM kept_answers WHERE at <= ?", (iso_milliseconds(now - KEY_LIFE),))
            connection.execute(
                "INSERT OR REPLACE INTO kept_answers (app, user_id, key, at, status, body)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (_app(caller), caller.user_id, key, iso_milliseconds(now), answer.status, body),
            )


def _app(caller: Caller) -> str:
    """Which app a caller is: the registered one, or none, with a token of the user's own."""
    return "none" if caller.scopes is None else "registered"
