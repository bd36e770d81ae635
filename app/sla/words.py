"""Clocks and their working in the words of operators. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from app.sla.rules.cycles import Cycle, Metric, Status
from app.sla.rules.ledger import EXCUSED, PAUSED, Line, Party, counted

__all__ = ["METRICS", "PARTIES", "STATUSES", "clock", "counted", "left", "title", "why"]

METRICS: Mapping[Metric, str] = {
    Metric.ACUTE_RESPONSE: "Acute response",
    Metric.FIRST_RESPONSE: "First response",
    Metric.NEXT_RESPONSE: "Next response",
    Metric.PERIODIC_UPDATE: "Periodic update",
    Metric.RESOLUTION: "Resolution",
}
STATUSES: Mapping[Status, str] = {
    Status.NONE: "not promised",
    Status.ON_TRACK: "on track",
    Status.AT_RISK: "at risk",
    Status.PAUSED: "paused",
    Status.BREACHED: "breached",
    Status.MET: "met",
}
PARTIES: Mapping[Party, str] = {
    Party.US: "us",
    Party.CUSTOMER: "the customer",
    Party.VENDOR: "monday.com",
    Party.CLOSED: "closed hours",
    Party.DONE: "solved",
}
_REASONS = {
    "open": "counted",
    "outside_hours": "outside of business hours",
    "closed_day": "a day without business hours",
    "holiday": "holiday",
}
_WAITING = {
    "waiting_customer": "waiting for the customer",
    "waiting_vendor": "waiting for monday.com",
    "solved": "solved",
}


def why(line: Line) -> str:
    """Why a stretch counts or does not."""
    if line.reason == PAUSED:
        return f"paused: {_WAITING.get(line.detail, line.detail)}"
    if line.reason == EXCUSED:
        return f"excused by {line.detail}"
    told = _REASONS[line.reason]
    return f"{told}: {line.detail}" if line.detail else told


def title(cycle: Cycle) -> str:
    """What a clock is called; a metric's further runs by their number."""
    name = METRICS[cycle.metric]
    return f"{name} {cycle.number + 1}" if cycle.number else name


def clock(length: timedelta) -> str:
    """A length of time to the second, like ``7:45:03``."""
    seconds = round(length.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def left(seconds: float) -> str:
    """Business time that is left, like ``1:30:00``; what it is over by begins with a minus."""
    return clock(timedelta(seconds=seconds)) if seconds >= 0 else f"-{clock(timedelta(seconds=-seconds))}"
