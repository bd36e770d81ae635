"""What was asked of the sandbox and what it delivered: for the feed, for tests, for a puzzled developer.

Kept in memory, the newest few thousand entries; listeners get each entry as it comes. No token
is ever in an entry.
"""

import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

#: A call of the API; and what is sent: to a webhook, of an installation, by an automation.
KINDS = ("api", "webhook", "lifecycle", "block")
MOST_ENTRIES = 5000
#: A listener that reads this slowly misses messages rather than holding up the sandbox.
LONGEST_QUEUE = 1000

Message = tuple[str, Mapping[str, Any]]


class Journal:
    """The entries, and whoever listens."""

    def __init__(self, accounts: Mapping[int, str], users: Mapping[int, str]) -> None:
        """Begin with nothing.

        Args:
            accounts: The slug of each account by its id.
            users: The name of each user by its id.
        """
        self._accounts = accounts
        self._users = users
        self._entries: deque[dict[str, Any]] = deque(maxlen=MOST_ENTRIES)
        # Beyond every number of an earlier run, so that a page that asks for what came after
        # the last it saw goes on across a restart.
        self._numbers = itertools.count(int(time.time() * 1000))
        self._listeners: set[queue.Queue[Message]] = set()
        self._lock = threading.Lock()

    def write(
        self, kind: str, at: str, account_id: int | None, user_id: int | None = None, **what: Any
    ) -> None:
        """Add an entry: ``kind`` is one of ``KINDS``; ``at`` is ISO text."""
        with self._lock:
            entry = {
                "id": next(self._numbers),
                "kind": kind,
                "at": at,
                "account_id": None if account_id is None else str(account_id),
                "account": None if account_id is None else self._accounts.get(account_id),
                "user_id": None if user_id is None else str(user_id),
                "user": None if user_id is None else self._users.get(user_id),
                **what,
            }
            self._entries.append(entry)
        self.tell("log", entry)

    def read(self, *, after: int, kind: str | None, limit: int) -> Sequence[Mapping[str, Any]]:
        """Entries with a higher id than ``after``, the newest ``limit`` of them, oldest first."""
        with self._lock:
            entries = list(self._entries)
        found = [e for e in entries if e["id"] > after and (kind is None or e["kind"] == kind)]
        return found[-limit:] if limit else []

    def tell(self, name: str, content: Mapping[str, Any]) -> None:
        """Give a message to every listener."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener.put_nowait((name, content))
            except queue.Full:
                continue

    @contextmanager
    def listening(self) -> Iterator["queue.Queue[Message]"]:
        """A queue that gets every message from now on."""
        listener: queue.Queue[Message] = queue.Queue(LONGEST_QUEUE)
        with self._lock:
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)
