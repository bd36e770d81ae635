"""Around every call: API versions, idempotency keys, and the errors of a bad day in their real shapes.

Sources: developer.monday.com on API versions, idempotency and rate limits (September 2026),
recorded traffic of 2025 for what the errors look like.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

CURRENT_VERSION = "2026-10"
#: Served as asked for; every other month is served the current version, silently.
SERVED_VERSIONS = ("2025-04", "2025-07", "2025-10", "2026-01", "2026-04", "2026-07", "2026-10", "2027-01")
#: Asked for, these are served the oldest that is maintained.
DEPRECATED_VERSIONS = ("2023-10", "2024-01", "2024-04", "2024-07", "2024-10", "2025-01")
KEY_LIFE = timedelta(minutes=30)
MINUTE_LIMITS = {"enterprise": 5000, "pro": 2500}
DEFAULT_MINUTE_LIMIT = 1000
COMPLEXITY = 5_000_000

_TABLE = """
CREATE TABLE IF NOT EXISTS idempotent_answers (
    user_id INTEGER NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (user_id, key)) WITHOUT ROWID
"""


class MalformedVersionError(ValueError):
    """The API-Version header is no version at all."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer given before under the same key."""

    status: int
    body: dict[str, Any]


class KeyInUseError(Exception):
    """A request with the same key is being worked on."""


def version_to_serve(asked: str | None) -> str:
    """The version that serves a request.

    Raises:
        MalformedVersionError: what was asked for has not the form of a version.
    """
    if not asked:
        return CURRENT_VERSION
    if asked in SERVED_VERSIONS or asked == "dev":
        return asked
    if not re.fullmatch(r"\d{4}-\d{2}", asked):
        raise MalformedVersionError(asked)
    return SERVED_VERSIONS[0] if asked in DEPRECATED_VERSIONS else CURRENT_VERSION


def rate_headers(plan: str) -> dict[str, str]:
    """The headers that tell of limits; the sandbox counts no calls yet, so nothing is used up."""
    limit = MINUTE_LIMITS.get(plan, DEFAULT_MINUTE_LIMIT)
    return {
        "RateLimit-Policy": f'"minuteRate";q={limit};w=60, "complexityMinute";q={COMPLEXITY};w=60',
        "RateLimit": f'"minuteRate";r={limit};t=60, "complexityMinute";r={COMPLEXITY};t=60',
    }


class IdempotencyKeys:
    """Remembers what was answered to a mutation for 30 minutes of the sandbox's time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._under_way: set[tuple[int, str]] = set()
        self._lock = threading.Lock()
        with store.writing() as connection:
            connection.execute(_TABLE)

    @contextmanager
    def holding(self, user_id: int, key: str) -> Iterator[None]:
        """Work under a key.

        Raises:
            KeyInUseError: somebody does already.
        """
        name = (user_id, key)
        with self._lock:
            if name in self._under_way:
                raise KeyInUseError(key)
            self._under_way.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(name)

    def find(self, user_id: int, key: str) -> KeptAnswer | None:
        """The answer given under the key within its life."""
        since = iso_seconds(self._store.clock.now() - KEY_LIFE)
        with self._store.reading() as connection:
            row: sqlite3.Row | None = connection.execute(
                "SELECT status, body FROM idempotent_answers WHERE user_id = ? AND key = ? AND at > ?",
                (user_id, key, since),
            ).fetchone()
        return None if row is None else KeptAnswer(row["status"], json.loads(row["body"]))

    def keep(self, user_id: int, key: str, status: int, body: Mapping[str, Any]) -> None:
        """Remember an answer."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO idempotent_answers (user_id, key, at, status, body) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET at = excluded.at, status = excluded.status, body = excluded.body",
                (user_id, key, iso_seconds(self._store.clock.now()), status, json.dumps(body)),
            )


def trouble(kind: str, retry_in_seconds: float) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers of an error that hits a whole call."""
    wait = int(retry_in_seconds or 1)
    retry = {"Retry-After": str(wait)}
    if kind == "complexity":
        return 429, _coded("Complexity budget exhausted", "COMPLEXITY_BUDGET_EXHAUSTED", wait), retry
    if kind == "minute":
        return 429, _coded("Minute limit rate exceeded", "RATE_LIMIT_EXCEEDED", wait), retry
    if kind == "concurrency":
        return 429, _coded("Concurrency limit exceeded", "maxConcurrencyExceeded", wait), retry
    if kind == "locked":
        return 423, {"errors": [{"message": "Resource is currently locked, please try again later"}]}, {}
    if kind == "unauthorized":
        return 401, not_authenticated(), {}
    if kind == "internal_200":
        inner = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR", "service": "monolith"}
        error = {"message": "Internal server error", "path": [], "extensions": inner}
        return 200, {"data": None, "errors": [error]}, {}
    return 500, internal_error(), {}


def not_authenticated() -> dict[str, Any]:
    """The answer to a token that is missing or not (any more) valid."""
    return {"errors": [{"message": "Not authenticated", "extensions": {"code": "NOT_AUTHENTICATED"}}]}


def key_in_use() -> dict[str, Any]:
    """The answer to a second request under a key that is being worked on."""
    message = "A request with this idempotency key is currently being processed"
    return {"errors": [{"message": message, "extensions": {"code": "IDEMPOTENCY_CONFLICT"}}]}


def internal_error() -> dict[str, Any]:
    """The answer with HTTP status 500."""
    inner = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR"}
    return {
        "status_code": 500,
        "error_message": "Internal server error",
        "error_code": "INTERNAL_SERVER_ERROR",
        "errors": [{"message": "Internal server error", "extensions": inner}],
    }


def bad_request(message: str, code: str) -> dict[str, Any]:
    """The answer to a request that is no GraphQL request."""
    return {"errors": [{"message": message, "extensions": {"code": code, "status_code": 400}}]}


def _coded(message: str, code: str, wait: int) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, "retry_in_seconds": wait}}]}
