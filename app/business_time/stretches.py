"""Why time counts or does not: an interval in stretches, each with its reason. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from app.business_time.calendar import EPOCH, BusinessCalendar, microseconds


class Reason(StrEnum):
    """Why an office is open or closed."""

    OPEN = "open"
    #: Before or after the day's hours, or between them.
    OUTSIDE_HOURS = "outside_hours"
    #: A day of the week without hours.
    CLOSED_DAY = "closed_day"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Stretch:
    """A piece of an interval; moments are aware UTC."""

    start: datetime
    end: datetime
    reason: Reason
    #: The holiday's name, where the calendar knows it.
    holiday: str | None = None

    @property
    def length(self) -> timedelta:
        """Real time from its start to its end."""
        return self.end - self.start


def stretches(calendar: BusinessCalendar, start: datetime, end: datetime) -> list[Stretch]:
    """Cut an interval where the office opens or closes, and where the reason for its being closed changes.

    The stretches follow each other without a gap from ``start`` to ``end``; the open ones are together what
    ``calendar.elapsed(start, end)`` says. None when ``end`` is not after ``start``.

    Raises:
        ValueError: a moment has no time zone.
        CalendarRangeError: a moment lies outside of the years that can be counted in.
    """
    first, last = microseconds(start), microseconds(end)
    if last <= first:
        return []
    periods = calendar.periods(first, last)
    found: list[Stretch] = []
    at = first
    for opens, closes in periods.within(first, last):
        found += _closed(calendar, at, opens)
        found.append(Stretch(_moment(opens), _moment(closes), Reason.OPEN))
        at = closes
    return [*found, *_closed(calendar, at, last)]


def _closed(calendar: BusinessCalendar, first: int, last: int) -> list[Stretch]:
    """Closed time, cut at the midnights where its reason changes."""
    found: list[Stretch] = []
    for begin, end, day in _days(calendar, _moment(first), _moment(last)):
        reason, holiday = _why_closed(calendar, day)
        if found and (found[-1].reason, found[-1].holiday) == (reason, holiday):
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Stretch(begin, end, reason, holiday))
    return found


def _why_closed(calendar: BusinessCalendar, day: date) -> tuple[Reason, str | None]:
    if day in calendar.holidays:
        name_of = getattr(calendar.holidays, "get", None)
        name = name_of(day) if name_of is not None else None
        return Reason.HOLIDAY, str(name) if name else None
    return (Reason.OUTSIDE_HOURS if calendar.hours_of(day) else Reason.CLOSED_DAY), None


def _days(
    calendar: BusinessCalendar, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, date]]:
    """The days of the office's wall clock that an interval touches, each with the part of it."""
    at = start
    while at < end:
        day = at.astimezone(calendar.zone).date()
        until = min(end, _end_of(calendar, day))
        yield at, until, day
        at = until


def _end_of(calendar: BusinessCalendar, day: date) -> datetime:
    """The moment at which the wall clock's date is no longer this day."""
    midnight = datetime.combine(day + timedelta(days=1), time(), calendar.zone).astimezone(UTC)
    # Where clocks go forward at midnight, this is the moment before which they did.
    while midnight.astimezone(calendar.zone).date() <= day:
        midnight += timedelta(minutes=15)
    return midnight


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
