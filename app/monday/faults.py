"""What monday.com's errors mean. One pure table from what was answered to what to do.

HTTP 200 is no success, codes come in several spellings and sometimes not at all, and some
stand in ``error_code``. They are compared without case, spaces and underscores.
Sources: developer.monday.com, rate limits and error handling (6 September 2026), and
recorded traffic (October and November 2025).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What a refusal comes to for us."""

    #: Too much at once; wait as long as told.
    RATE_LIMITED = "rate_limited"
    #: The day's calls are used up; wait for midnight UTC.
    DAILY_LIMIT = "daily_limit"
    #: One request asks for too much; waiting does not help, asking for less does.
    TOO_COMPLEX = "too_complex"
    #: Somebody else is writing the board; wait a moment.
    BOARD_LOCKED = "board_locked"
    #: A request with the same idempotency key is under way.
    IN_PROGRESS = "in_progress"
    #: monday.com stumbled; the request may have had its effect.
    SERVER_ERROR = "server_error"
    #: The token is not accepted (any more).
    AUTHENTICATION = "authentication"
    #: Not permitted, or it does not exist: monday.com does not tell the two apart.
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    #: A value, a label, a column or an argument is not accepted.
    INVALID = "invalid"
    #: The query itself is not valid.
    SCHEMA = "schema"


#: Kinds that a later try can turn into a success.
PASSING = frozenset(
    {
        FaultKind.RATE_LIMITED,
        FaultKind.DAILY_LIMIT,
        FaultKind.BOARD_LOCKED,
        FaultKind.IN_PROGRESS,
        FaultKind.SERVER_ERROR,
    }
)


@dataclass(frozen=True)
class Fault:
    """One refusal."""

    kind: FaultKind
    #: monday.com's code as it was spelt; empty when it gave none.
    code: str
    message: str
    #: How long monday.com asks to wait; None when it does not say.
    retry_in_seconds: float | None = None
    #: Where in the answer; empty for the whole.
    path: tuple[str | int, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def permanent(self) -> bool:
        """Whether the same request would be refused again."""
        return self.kind not in PASSING


#: By code, or by message where there is no code.
_KINDS: Mapping[str, FaultKind] = {
    "complexitybudgetexhausted": FaultKind.RATE_LIMITED,
    "complexityexception": FaultKind.RATE_LIMITED,
    "ratelimitexceeded": FaultKind.RATE_LIMITED,
    "minutelimitrateexceeded": FaultKind.RATE_LIMITED,
    "maxconcurrencyexceeded": FaultKind.RATE_LIMITED,
    "concurrencylimitexceeded": FaultKind.RATE_LIMITED,
    "ipratelimitexceeded": FaultKind.RATE_LIMITED,
    "fieldlimitexceeded": FaultKind.RATE_LIMITED,
    "fieldminuteratelimitexceeded": FaultKind.RATE_LIMITED,
    "dailylimitexceeded": FaultKind.DAILY_LIMIT,
    "requestmaxcomplexityexceeded": FaultKind.TOO_COMPLEX,
    "idempotencyconflict": FaultKind.IN_PROGRESS,
    "resourcelocked": FaultKind.BOARD_LOCKED,
    "internalservererror": FaultKind.SERVER_ERROR,
    "apitemporarilyblocked": FaultKind.SERVER_ERROR,
    "notauthenticated": FaultKind.AUTHENTICATION,
    "unauthorized": FaultKind.AUTHENTICATION,
    "useraccessdenied": FaultKind.AUTHENTICATION,
    "youripisrestricted": FaultKind.AUTHENTICATION,
    "userunauthorized": FaultKind.FORBIDDEN,
    "userunauthorizedexception": FaultKind.FORBIDDEN,
    "missingrequiredpermissions": FaultKind.FORBIDDEN,
    "unauthorizedfieldortype": FaultKind.FORBIDDEN,
    "resourcenotfoundexception": FaultKind.NOT_FOUND,
    "invaliditemidexception": FaultKind.NOT_FOUND,
    "invalidboardidexception": FaultKind.NOT_FOUND,
    "columnvalueexception": FaultKind.INVALID,
    "correctedvalueexception": FaultKind.INVALID,
    "createboardexception": FaultKind.INVALID,
    "deletelastgroupexception": FaultKind.INVALID,  # comes with 409, elsewhere a passing one
    "invalidargumentexception": FaultKind.INVALID,
    "invalidcolumnidexception": FaultKind.INVALID,
    "invalidcolumntypeexception": FaultKind.INVALID,
    "invaliduseridexception": FaultKind.INVALID,
    "invalidwebhookconfigexception": FaultKind.INVALID,
    "itemnametoolongexception": FaultKind.INVALID,
    "itemslimitationexception": FaultKind.INVALID,
    "recordinvalidexception": FaultKind.INVALID,
    "jsonparseexception": FaultKind.SCHEMA,
    "parseerror": FaultKind.SCHEMA,
    "graphqlvalidationfailed": FaultKind.SCHEMA,
}
#: The status, inside the answer or of the response, where the code says nothing.
_KINDS_BY_STATUS: Mapping[int, FaultKind] = {
    401: FaultKind.AUTHENTICATION,
    403: FaultKind.FORBIDDEN,
    404: FaultKind.NOT_FOUND,
    409: FaultKind.IN_PROGRESS,
    423: FaultKind.BOARD_LOCKED,
    429: FaultKind.RATE_LIMITED,
}
_LOCKED = "currently locked"


def classify(status: int, headers: Mapping[str, str], body: Any) -> Fault | None:
    """The refusal of the response as a whole, or None when it answers (perhaps partly).

    An answer with data in it is no refusal; what failed in it is told by ``alias_faults``. Of
    several refusals the one that decides what to do next is given: a token that is not
    accepted, then what a later try can mend, then the first.
    """
    if not isinstance(body, Mapping):
        return None if status < 400 else _from_status(status, headers)
    errors = _errors(body)
    if not errors:
        if "error_code" in body or "error_message" in body:
            return _fault(body, status, headers)
        return None if status < 400 else _from_status(status, headers)
    if status < 400 and _answers(body, errors):
        return None
    return min((_fault(error, status, headers) for error in errors), key=_rank)


def alias_faults(body: Any, headers: Mapping[str, str] | None = None) -> dict[str, Fault]:
    """The refusals inside an answer, by the alias (or field) at the root of their path."""
    if not isinstance(body, Mapping):
        return {}
    faults: dict[str, Fault] = {}
    for error in _errors(body):
        path = error.get("path")
        if isinstance(path, Sequence) and not isinstance(path, str) and path:
            faults.setdefault(str(path[0]), _fault(error, 200, headers or {}))
    return faults


def _errors(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    errors = body.get("errors")
    if not isinstance(errors, list):
        return []
    # The older form lists bare sentences; what they are stands beside the list.
    return [error if isinstance(error, Mapping) else {**body, "message": str(error)} for error in errors]


def _answers(body: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there is data, or each error says which part of it is missing."""
    data = body.get("data")
    if not isinstance(data, Mapping):
        return False
    return any(value is not None for value in data.values()) or all(error.get("path") for error in errors)


def _rank(fault: Fault) -> int:
    if fault.kind is FaultKind.AUTHENTICATION:
        return 0
    return 2 if fault.permanent else 1


def _fault(error: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Fault:
    extensions = error.get("extensions")
    told: Mapping[str, Any] = extensions if isinstance(extensions, Mapping) else error
    code = str(told.get("code") or told.get("error_code") or error.get("error_code") or "")
    message = str(error.get("message") or error.get("error_message") or f"HTTP status {status}")
    inner = told.get("status_code")
    path = error.get("path")
    data = told.get("error_data")
    return Fault(
        kind=_kind(code, message, inner if isinstance(inner, int) and inner >= 400 else status, bool(path)),
        code=code,
        message=message if message.endswith((".", "!")) else f"{message}.",
        retry_in_seconds=_wait(told, headers),
        path=tuple(path) if isinstance(path, list) else (),
        data=data if isinstance(data, Mapping) else {},
    )


def _kind(code: str, message: str, status: int, has_path: bool) -> FaultKind:  # noqa: FBT001 - private
    known = _KINDS.get(_plain(code)) or _KINDS.get(_plain(message))
    if known is not None:
        return known
    if _LOCKED in message.lower():
        return FaultKind.BOARD_LOCKED
    if status >= 400:
        return _kind_by_status(status)
    # A query that is not valid is refused without code and without path (recorded October 2025).
    return FaultKind.INVALID if code or has_path else FaultKind.SCHEMA


def _kind_by_status(status: int) -> FaultKind:
    return _KINDS_BY_STATUS.get(status, FaultKind.SERVER_ERROR if status >= 500 else FaultKind.INVALID)


def _from_status(status: int, headers: Mapping[str, str]) -> Fault:
    message = f"monday.com answered with HTTP status {status}."
    return Fault(_kind_by_status(status), "", message, _wait({}, headers))


def _plain(code: str) -> str:
    return re.sub(r"[\s_.]", "", code).lower()


def _wait(told: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    """``retry_in_seconds``, else ``Retry-After``, else the reset of a used-up ``RateLimit``."""
    by_name = {name.lower(): value for name, value in headers.items()}
    for value in (told.get("retry_in_seconds"), by_name.get("retry-after")):
        seconds = _seconds(value)
        if seconds is not None:
            return seconds
    waits = [
        float(reset) for reset in re.findall(r"r=0;[^,]*?t=(\d+(?:\.\d+)?)", by_name.get("ratelimit") or "")
    ]
    return max(waits, default=None)


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < math.inf else None
