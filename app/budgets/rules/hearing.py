"""What an answer of monday.com tells of the account's limits. Pure.

Sources: developer.monday.com/api-reference/docs/rate-limits (September 2026) for the fields of
``complexity`` and the headers ``RateLimit-Policy`` and ``RateLimit``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.monday.faults import Fault, FaultKind

_POLICY = re.compile(r'"(\w+)";q=(\d+)')
_STATE = re.compile(r'"(\w+)";r=(\d+)(?:;t=(\d+(?:\.\d+)?))?')
_COMPLEXITY = re.compile("complexity", re.IGNORECASE)
_PLACES = re.compile("concurrency", re.IGNORECASE)
_FIELD = re.compile("^field", re.IGNORECASE)


class Bound(StrEnum):
    """What a call was refused for."""

    POINTS = "points"
    CALLS = "calls"
    PLACES = "places"
    DAY = "day"
    #: A limit of one field only; other calls go on.
    FIELD = "field"


@dataclass(frozen=True)
class Remaining:
    """What monday.com says is left."""

    left: int
    #: Seconds until it is whole again; None when it does not say.
    resets_in: float | None = None


@dataclass(frozen=True)
class Heard:
    """Everything one answer told; None where it did not."""

    #: Points that the call cost.
    cost: int | None = None
    points: Remaining | None = None
    calls: Remaining | None = None
    points_a_minute: int | None = None
    calls_a_minute: int | None = None
    places: int | None = None
    refused: Bound | None = None
    #: Seconds that monday.com asks to wait.
    wait: float | None = None


def hear(headers: Mapping[str, str], complexity: Mapping[str, Any] | None, fault: Fault | None) -> Heard:
    """Gather what an answer tells.

    Args:
        headers: Names in lower case.
        complexity: The field ``complexity``; None when it was not answered, or answered from memory.
        fault: Why the call as a whole was refused, if it was.
    """
    policy = {name: int(quota) for name, quota in _POLICY.findall(headers.get("ratelimit-policy", ""))}
    state = {
        name: Remaining(int(left), float(resets_in) if resets_in else None)
        for name, left, resets_in in _STATE.findall(headers.get("ratelimit", ""))
    }
    cost, points = _complexity(complexity)
    refused = None if fault is None else _bound(fault)
    return Heard(
        cost=cost,
        points=points or state.get("complexityMinute"),
        calls=state.get("minuteRate"),
        points_a_minute=policy.get("complexityMinute"),
        calls_a_minute=policy.get("minuteRate"),
        places=policy.get("concurrency"),
        refused=refused,
        wait=None if fault is None or refused is None else fault.retry_in_seconds,
    )


def _complexity(told: Mapping[str, Any] | None) -> tuple[int | None, Remaining | None]:
    if told is None:
        return None, None
    cost, after, resets_in = told.get("query"), told.get("after"), told.get("reset_in_x_seconds")
    left = None
    if isinstance(after, int):
        left = Remaining(after, float(resets_in) if isinstance(resets_in, int | float) else None)
    return cost if isinstance(cost, int) else None, left


def _bound(fault: Fault) -> Bound | None:
    if fault.kind is FaultKind.DAILY_LIMIT:
        return Bound.DAY
    if fault.kind is not FaultKind.RATE_LIMITED:
        return None
    said = fault.code or fault.message
    if _FIELD.search(said):
        return Bound.FIELD
    if _COMPLEXITY.search(said):
        return Bound.POINTS
    return Bound.PLACES if _PLACES.search(said) else Bound.CALLS
