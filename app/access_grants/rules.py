"""When access is valid, how long it lasts, when its end is announced, what a ticket shows of it. Pure.

A grant is valid from the moment at which the customer gave it to just before the earlier of its end by
time and its end by somebody's act. Days are those of the calendar's zone: access until a day lasts
through that day.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.business_time import BusinessCalendar

#: How many business days after the one on which it was given a grant lasts if the customer names no day.
DEFAULT_BUSINESS_DAYS = 5
_A_DAY = timedelta(days=1)
#: A calendar that is closed for so long is closed for good.
_FAR = 366


class State(StrEnum):
    """What a ticket shows of the access to the customer's environment: keys of the boards' labels."""

    ASKED = "asked"
    GRANTED = "granted"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class End(StrEnum):
    """Why a grant has ended."""

    EXPIRED = "expired"
    #: The customer has taken it back.
    REVOKED = "revoked"
    #: The technicians need it no more.
    RETURNED = "returned"
    #: The ticket was solved.
    SOLVED = "solved"


@dataclass(frozen=True)
class Grant:
    """Access, as it was asked for, given and ended. Moments are aware UTC."""

    id: int
    given_at: datetime | None = None
    until: datetime | None = None
    ended_at: datetime | None = None
    end: End | None = None

    def is_valid(self, at: datetime) -> bool:
        """Whether technicians may be in the customer's environment at a moment."""
        if self.given_at is None or self.until is None or not self.given_at <= at < self.until:
            return False
        return self.ended_at is None or at < self.ended_at


def covering(grants: Sequence[Grant], at: datetime) -> Grant | None:
    """The grant under which a use at a moment was; None when it had none."""
    return next((grant for grant in grants if grant.is_valid(at)), None)


def state(grants: Sequence[Grant], used: Collection[int | None]) -> State | None:
    """What a ticket shows: of the newest grant; ``used`` has the ids of those that were used."""
    if not grants:
        return None
    newest = grants[-1]
    if newest.given_at is None:
        return None if newest.ended_at is not None else State.ASKED
    if newest.end is not None:
        return State.EXPIRED if newest.end is End.EXPIRED else State.REVOKED
    return State.USED if newest.id in used else State.GRANTED


def default_until(calendar: BusinessCalendar, given_at: datetime) -> datetime:
    """When a grant ends for which the customer named no day."""
    day = given_at.astimezone(calendar.zone).date()
    for _ in range(DEFAULT_BUSINESS_DAYS):
        day = _next_business_day(calendar, day, 1)
    return _end_of(day, calendar.zone)


def reminder_at(calendar: BusinessCalendar, given_at: datetime, until: datetime) -> datetime | None:
    """When people are told that a grant soon ends: as the business day before its last day begins.

    None where it was given too late for that.
    """
    last = (until - timedelta(microseconds=1)).astimezone(calendar.zone).date()
    day = _next_business_day(calendar, last, -1)
    hours = calendar.hours_of(day)
    opens = hours[0][0] if hours else 0
    # Opening hours are on the wall clock.
    wall = datetime.combine(day, time()) + timedelta(microseconds=opens)
    at = wall.replace(tzinfo=calendar.zone).astimezone(UTC)
    return at if given_at < at < until else None


def read_until(value: str, zone: ZoneInfo) -> datetime:
    """The moment at which access ends, from a date column's value: a day, or a moment in UTC.

    Raises:
        ValueError: it is neither.
    """
    if "T" in value:
        return datetime.fromisoformat(value).astimezone(UTC)
    return _end_of(date.fromisoformat(value), zone)


def shown_until(until: datetime, zone: ZoneInfo) -> str:
    """What a date column holds for such a moment: the last day, or the moment where it ends within one."""
    local = until.astimezone(zone)
    if local.time() == time():
        return (local.date() - _A_DAY).isoformat()
    return until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def said_until(until: datetime, zone: ZoneInfo) -> str:
    """The same for people."""
    local = until.astimezone(zone)
    if local.time() == time():
        return (local.date() - _A_DAY).isoformat()
    return f"{local:%Y-%m-%d %H:%M}"


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + _A_DAY, time(), zone).astimezone(UTC)


def _next_business_day(calendar: BusinessCalendar, day: date, step: int) -> date:
    for _ in range(_FAR):
        day += step * _A_DAY
        if calendar.hours_of(day):
            break
    return day
