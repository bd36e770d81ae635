"""Around every call: API versions, idempotency keys, and the errors of a bad day in their real shapes.

Sources: developer.monday.com on API versions, idempotency and rate limits (September 2026),
recorded traffic of 2025 for what the errors look like.
"""

import json
import math
import re
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monday_sandbox.api import Caller, complexity
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.state import Store

CURRENT_VERSION = "2026-10"
#: Served as asked for; every other month is served the current version, silently.
SERVED_VERSIONS = ("2025-04", "2025-07", "2025-10", "2026-01", "2026-04", "2026-07", "2026-10", "2027-01")
#: Asked for, these are served the oldest that is maintained.
DEPRECATED_VERSIONS = ("2023-10", "2024-01", "2024-04", "2024-07", "2024-10", "2025-01")
KEY_LIFE = timedelta(minutes=30)
#: Larger answers are not kept, silently.
LARGEST_KEPT_BYTES = 1_000_000
MINUTE = timedelta(seconds=60)
MINUTE_LIMITS = {"enterprise": 5000, "pro": 2500}
DEFAULT_MINUTE_LIMIT = 1000
CONCURRENCY_LIMITS = {"enterprise": 250, "pro": 100}
DEFAULT_CONCURRENCY_LIMIT = 40

_TABLES = """
CREATE TABLE IF NOT EXISTS kept_answers (
    app TEXT NOT NULL, user_id INTEGER NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (app, user_id, key));
CREATE INDEX IF NOT EXISTS kept_answers_by_age ON kept_answers (at);
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


@dataclass
class _Calls:
    minute_began: datetime
    in_minute: int = 0
    under_way: int = 0


class Traffic:
    """Counts each account's calls, and tells of it in headers; it refuses none."""

    def __init__(self) -> None:
        self._calls: dict[int, _Calls] = {}
        self._lock = threading.Lock()

    @contextmanager
    def counting(self, account_id: int, now: datetime) -> Iterator[None]:
        """Count one call for as long as it lasts."""
        with self._lock:
            calls = self._calls.setdefault(account_id, _Calls(now))
            if now - calls.minute_began >= MINUTE:
                calls.minute_began, calls.in_minute = now, 0
            calls.in_minute += 1
            calls.under_way += 1
        try:
            yield
        finally:
            with self._lock:
                calls.under_way -= 1

    def headers(
        self, caller: Caller, plan: str, now: datetime, spent: Mapping[str, int] | None
    ) -> dict[str, str]:
        """The headers that tell of limits, during a call.

        Args:
            caller: Whose limits.
            plan: The account's plan, on which they depend.
            now: The sandbox's time.
            spent: The schema's ``Complexity`` of the call; None when it did not run.
        """
        minute_limit = MINUTE_LIMITS.get(plan, DEFAULT_MINUTE_LIMIT)
        at_once = CONCURRENCY_LIMITS.get(plan, DEFAULT_CONCURRENCY_LIMIT)
        with self._lock:
            calls = self._calls[caller.account_id]
            reset = max(0, math.ceil((calls.minute_began + MINUTE - now).total_seconds()))
            minute_left, room = max(0, minute_limit - calls.in_minute), max(0, at_once - calls.under_way)
        policy = [
            f'"minuteRate";q={minute_limit};w=60',
            f'"concurrency";q={at_once};qu="concurrent-requests"',
        ]
        state = [f'"minuteRate";r={minute_left};t={reset}', f'"concurrency";r={room}']
        if spent is not None:
            budget = complexity.PERSONAL_BUDGET if caller.scopes is None else complexity.APP_BUDGET
            policy.append(f'"complexityMinute";q={budget};w=60;qu="content-bytes"')
            state.append(f'"complexityMinute";r={spent["after"]};t={spent["reset_in_x_seconds"]}')
        return {"RateLimit-Policy": ", ".join(policy), "RateLimit": ", ".join(state)}


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


def trouble(kind: str, retry_in_seconds: float) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers of an error that hits a whole call."""
    wait = max(1, math.ceil(retry_in_seconds))
    retry = {"Retry-After": str(wait)}
    if kind == "complexity":
        return 429, _coded("Complexity budget exhausted", "COMPLEXITY_BUDGET_EXHAUSTED", wait), retry
    if kind == "minute":
        return 429, _coded("Minute limit rate exceeded", "RATE_LIMIT_EXCEEDED", wait), retry
    if kind == "concurrency":
        return 429, _coded("Concurrency limit exceeded", "maxConcurrencyExceeded", wait), retry
    if kind == "locked":
        return 423, _numbered([{"message": "Resource is currently locked, please try again later"}]), {}
    if kind == "unauthorized":
        return 401, not_authenticated(), {}
    if kind == "internal_200":
        inner = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR", "service": "monolith"}
        error = {"message": "Internal server error", "path": [], "extensions": inner}
        return 200, {"data": None, **_numbered([error])}, {}
    return 500, internal_error(), {}


def not_authenticated() -> dict[str, Any]:
    """The answer to a token that is missing or not (any more) valid."""
    return _numbered([{"message": "Not authenticated", "extensions": {"code": "NOT_AUTHENTICATED"}}])


BAD_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


def key_in_use() -> dict[str, Any]:
    """The answer to a second request under a key that is being worked on."""
    message = "A request with this idempotency key is currently being processed"
    return _numbered([{"message": message, "extensions": {"code": "IDEMPOTENCY_CONFLICT"}}])


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
    return _numbered([{"message": message, "extensions": {"code": code, "status_code": 400}}])


def _coded(message: str, code: str, wait: int) -> dict[str, Any]:
    return _numbered([{"message": message, "extensions": {"code": code, "retry_in_seconds": wait}}])


def _numbered(errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Errors with the number that every answer has."""
    return {"errors": errors, "extensions": {"request_id": str(uuid.uuid4())}}
