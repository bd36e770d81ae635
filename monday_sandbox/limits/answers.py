"""What is answered when a whole call is refused: status, body and headers, in monday.com's shapes.

Recorded or documented where ``LIMITATIONS.md`` says modelled; else the likeliest that is hardest on an app.
"""

import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from monday_sandbox.limits import versions


@dataclass(frozen=True)
class Refused:
    """An answer without data."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    #: HTML that is sent in place of the body, from before the API.
    page: str | None = None


@dataclass(frozen=True)
class Spent:
    """A budget that does not suffice, in points."""

    query: int
    left: int
    limit: int


class OverLimitError(Exception):
    """A call is beyond a limit."""

    def __init__(self, kind: str, retry_in_seconds: float = 0, spent: Spent | None = None) -> None:
        super().__init__(kind)
        self.kind, self.retry_in_seconds, self.spent = kind, retry_in_seconds, spent


def refused(
    kind: str, retry_in_seconds: float = 0, *, version: str = versions.CURRENT, spent: Spent | None = None
) -> Refused:
    """The answer to a call that meets an error of a kind of ``KINDS``."""
    wait = max(1, math.ceil(retry_in_seconds))
    if kind in _WAITS:
        message, code = _WAITS[kind]
        extensions: dict[str, Any] = {"code": code, "retry_in_seconds": wait}
        if kind == "complexity" and versions.tells_budget(version):
            extensions |= _figures(spent or Spent(0, 0, 0))
        error = {"message": message, "extensions": extensions}
        return Refused(429, numbered([error]), {"Retry-After": str(wait)})
    if kind == "complexity_legacy":
        return Refused(429, _legacy_complexity(wait, spent or Spent(30_001, 19_986, 1_000_000)))
    return _OTHERS[kind]()


def not_authenticated() -> Refused:
    """The answer to a token that is missing or not (any more) valid."""
    return Refused(401, numbered([_coded("Not authenticated", "NOT_AUTHENTICATED")]))


def key_in_use() -> Refused:
    """The answer to a second request under a key that is being worked on."""
    message = "A request with this idempotency key is currently being processed"
    return Refused(409, numbered([_coded(message, "IDEMPOTENCY_CONFLICT")]), {"Retry-After": "1"})


def bad_request(message: str, code: str) -> Refused:
    """The answer to a request that is no GraphQL request."""
    return Refused(400, numbered([_coded(message, code, status_code=400)]))


def internal_200() -> Refused:
    """monday.com's failure with HTTP status 200."""
    inner = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR", "service": "monolith"}
    error = {"message": "Internal server error", "path": [], "extensions": inner}
    return Refused(200, {"data": None, **numbered([error])})


def internal_500() -> Refused:
    """monday.com's failure with HTTP status 500."""
    inner = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR"}
    body = {
        "status_code": 500,
        "error_message": "Internal server error",
        "error_code": "INTERNAL_SERVER_ERROR",
        "errors": [{"message": "Internal server error", "extensions": inner}],
    }
    return Refused(500, body)


def too_large() -> Refused:
    """A file that is larger than what is taken, refused before the API."""
    return _page(413, "Request Entity Too Large")()


def numbered(errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Errors with the number that every answer has."""
    return {"errors": errors, "extensions": {"request_id": str(uuid.uuid4())}}


def _coded(message: str, code: str, **more: Any) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code, **more}}


def _figures(spent: Spent) -> dict[str, Any]:
    return {
        "complexity": spent.query,
        "complexity_budget_left": spent.left,
        "complexity_budget_limit": spent.limit,
        "status_code": 429,
    }


def _legacy_complexity(wait: int, spent: Spent) -> dict[str, Any]:
    """As versions up to 2024-10 had it."""
    message = (
        f"Complexity budget exhausted, query cost {spent.query} budget remaining {spent.left}"
        f" out of {spent.limit} reset in {wait} seconds"
    )
    return {
        "error_code": "ComplexityException",
        "status_code": 429,
        "error_message": message,
        "error_data": {},
        "errors": [message],
    }


def _page(status: int, title: str) -> Callable[[], Refused]:
    html = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return lambda: Refused(status, {}, page=html)


def _one(status: int, error: dict[str, Any]) -> Callable[[], Refused]:
    return lambda: Refused(status, numbered([error]))


#: Errors that tell how long to wait: message and code.
_WAITS: Mapping[str, tuple[str, str]] = {
    "complexity": ("Complexity budget exhausted", "COMPLEXITY_BUDGET_EXHAUSTED"),
    "minute": ("Minute limit rate exceeded", "RATE_LIMIT_EXCEEDED"),
    "concurrency": ("Concurrency limit exceeded", "maxConcurrencyExceeded"),
    "ip": ("IP rate limit exceeded", "IP_RATE_LIMIT_EXCEEDED"),
    "daily": ("Daily limit exceeded", "DAILY_LIMIT_EXCEEDED"),
}
_OTHERS: Mapping[str, Callable[[], Refused]] = {
    "too_complex": _one(
        429, _coded("Request max complexity exceeded", "REQUEST_MAX_COMPLEXITY_EXCEEDED", status_code=429)
    ),
    "locked": _one(423, {"message": "Resource is currently locked, please try again later"}),
    "unauthorized": not_authenticated,
    "ip_restricted": _one(401, {"message": "Your ip is restricted"}),
    "access_denied": _one(403, _coded("User access denied", "USER_ACCESS_DENIED", status_code=403)),
    "blocked": _one(200, _coded("API temporarily blocked", "API_TEMPORARILY_BLOCKED", status_code=200)),
    "internal_200": internal_200,
    "internal_500": internal_500,
    "bad_gateway": _page(502, "Bad Gateway"),
    "unavailable": _page(503, "Service Temporarily Unavailable"),
    "gateway_timeout": _page(504, "Gateway Time-out"),
}
#: Every way in which a whole call can be refused, as weather is ordered.
KINDS = (*_WAITS, "complexity_legacy", *_OTHERS)
