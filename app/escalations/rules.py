"""Which level has an escalation, when the customer is to hear more, what it lacks before it may end. Pure.

A level is called when the time of the one before it is over without an acknowledgement. Times are business
time from the moment of the ask, by the support calendar; moments are aware UTC.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.access_grants.rules import read_until
from app.business_time import BusinessCalendar

_INSTANT = timedelta(microseconds=1)


class Status(StrEnum):
    """How an escalation stands on its own item: keys of the board's labels. No label: new."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting_vendor"
    ENDED = "ended"


class Outcome(StrEnum):
    """What an escalation came to."""

    RESOLVED = "resolved"
    COMMITTED = "committed"
    NOT_POSSIBLE = "not_possible"
    WITHDRAWN = "withdrawn"


class Shown(StrEnum):
    """What a ticket shows of its escalation before it has an outcome."""

    OFFERED = "offered"
    #: The customer has asked, and has not said why yet.
    REASON_MISSING = "reason_missing"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"


class Lack(StrEnum):
    """What is missing before an escalation may end, in the order in which people are told."""

    OUTCOME = "outcome"
    COMMITMENT = "commitment"


@dataclass(frozen=True)
class Standing:
    """Who has an escalation that nobody has acknowledged, at a moment."""

    #: The level whose turn it is, from 0.
    level: int
    #: Until when it is that level's turn; None where there is no level at all.
    due_at: datetime | None
    #: Nobody of the last level has acknowledged it in time either.
    is_exhausted: bool


def dues(calendar: BusinessCalendar, asked_at: datetime, minutes: Sequence[int]) -> tuple[datetime, ...]:
    """The moments by which each level is to have acknowledged."""
    total = timedelta()
    found = []
    for one in minutes:
        total += timedelta(minutes=one)
        found.append(calendar.add(asked_at, total))
    return tuple(found)


def standing(due: Sequence[datetime], at: datetime) -> Standing:
    """Who has it at a moment.

    An acknowledgement at the very moment at which it is due is in time; the next level is called then all
    the same if it has not come.
    """
    if not due:
        return Standing(0, None, is_exhausted=True)
    passed = bisect_right(due, at)
    level = min(passed, len(due) - 1)
    return Standing(level, due[level], is_exhausted=passed == len(due))


def is_in_time(due_at: datetime | None, acknowledged_at: datetime | None) -> bool | None:
    """Whether what was promised was kept; None: nobody acknowledged, or nothing was promised."""
    return None if due_at is None or acknowledged_at is None else acknowledged_at <= due_at


def reminder_at(
    calendar: BusinessCalendar,
    next_contact: str | None,
    *,
    contacted_at: datetime | None,
    reminded_at: datetime | None,
) -> datetime | None:
    """When the owner is to be reminded that the customer was to hear more; None: no more than was promised.

    First when the office is open after the promised day or moment, then as each business day begins. Who
    tells the customer something on the promised day or later has kept the promise.
    """
    if next_contact is None:
        return None
    over_at = read_until(next_contact, calendar.zone)
    if contacted_at is not None and _day(contacted_at, calendar.zone) >= _day(
        over_at - _INSTANT, calendar.zone
    ):
        return None
    first = opening(calendar, over_at)
    if reminded_at is None or reminded_at < first:
        return first
    tomorrow = read_until(_day(reminded_at, calendar.zone).isoformat(), calendar.zone)
    return opening(calendar, tomorrow)


def opening(calendar: BusinessCalendar, at: datetime) -> datetime:
    """The first moment from ``at`` on at which the office is open."""
    return calendar.add(at, _INSTANT) - _INSTANT


def lacking(outcome: str | None, commitment: str | None) -> Sequence[Lack]:
    """What is missing; an escalation may end when nothing is. What is withdrawn needs no commitment."""
    found = [] if outcome in tuple(Outcome) else [Lack.OUTCOME]
    if outcome != Outcome.WITHDRAWN and not (commitment or "").strip():
        found.append(Lack.COMMITMENT)
    return found


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
