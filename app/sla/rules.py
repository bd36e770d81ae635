"""The response clock: when a first public reply is due, and whether it came in time.

Moments are aware UTC datetimes; lengths are business seconds (``int``) of the agreement's
calendar. What a clock shows follows from what it rests on and the moment it is read:
reading it again, or late, gives the same exact moments. Pure: the caller brings ``now``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Calendar(Protocol):
    """Counts business time."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment by which so much business time has passed since ``start``."""
        ...

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments."""
        ...


class ClockStatus(StrEnum):
    """What a clock shows; the values are the label keys of the boards' ``sla_status``."""

    #: No response time is guaranteed.
    NONE = "none"
    ON_TRACK = "on_track"
    #: Most of the time is used, and nobody has answered.
    AT_RISK = "at_risk"
    #: Nobody answered before the time was up. Lasting, also when somebody answers later.
    BREACHED = "breached"
    #: The first public reply came in time. Lasting.
    MET = "met"


@dataclass(frozen=True)
class ResponseTerm:
    """What an agreement promises for the first public reply."""

    #: None when no response time is guaranteed.
    business_seconds: int | None
    #: The share of the time after which an unanswered clock is at risk, 0 to 100.
    at_risk_percent: int = 75

    def __post_init__(self) -> None:
        if self.business_seconds is not None and self.business_seconds < 0:
            raise ValueError(f"A response time of {self.business_seconds} s is negative.")
        if not 0 <= self.at_risk_percent <= 100:
            raise ValueError(f"A risk limit of {self.at_risk_percent} % is not within 0 to 100.")


@dataclass(frozen=True)
class ResponseClock:
    """One reading of a clock. Moments that do not exist, or not yet, are None."""

    status: ClockStatus
    due_at: datetime | None = None
    at_risk_at: datetime | None = None
    #: When the first public reply was made, in time or not.
    settled_at: datetime | None = None
    #: ``due_at`` once the promise is broken, however late that is noticed.
    breached_at: datetime | None = None
    #: When the clock will show something else if nobody answers: the moment of its timer.
    next_change_at: datetime | None = None


def read_clock(
    *,
    opened_at: datetime,
    term: ResponseTerm,
    calendar: Calendar,
    replied_at: datetime | None,
    now: datetime,
) -> ResponseClock:
    """Read a ticket's clock at ``now``.

    ``replied_at`` is monday.com's moment of the first public reply, not the time we heard
    of it: a late webhook must not turn a kept promise into a broken one. A reply exactly
    at the due moment is in time.
    """
    if term.business_seconds is None:
        return ResponseClock(ClockStatus.NONE, settled_at=replied_at)
    promised = timedelta(seconds=term.business_seconds)
    due_at = calendar.add(opened_at, promised)
    at_risk_at = calendar.add(opened_at, promised * term.at_risk_percent / 100)
    if replied_at is not None:
        in_time = replied_at <= due_at
        return ResponseClock(
            ClockStatus.MET if in_time else ClockStatus.BREACHED,
            due_at,
            at_risk_at,
            settled_at=replied_at,
            breached_at=None if in_time else due_at,
        )
    if now >= due_at:
        return ResponseClock(ClockStatus.BREACHED, due_at, at_risk_at, breached_at=due_at)
    if now >= at_risk_at:
        return ResponseClock(ClockStatus.AT_RISK, due_at, at_risk_at, next_change_at=due_at)
    return ResponseClock(ClockStatus.ON_TRACK, due_at, at_risk_at, next_change_at=at_risk_at)
