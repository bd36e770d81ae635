"""When people are reminded to look how a filed request is doing: as each quarter begins. Pure.

A quarter's reminder is due when its first business day opens.
"""

from datetime import date, datetime, time, timedelta

from app.business_time import BusinessCalendar

_MONTHS = 3


def quarter_of(calendar: BusinessCalendar, at: datetime) -> str:
    """The quarter of a moment by the calendar's own days: ``2027-Q1``."""
    day = at.astimezone(calendar.zone).date()
    return f"{day.year}-Q{(day.month - 1) // _MONTHS + 1}"


def review_due(calendar: BusinessCalendar, day: date) -> datetime:
    """When the reminder of the quarter of a day is due."""
    return _opening(calendar, _first_day(day))


def next_review(calendar: BusinessCalendar, after: datetime) -> datetime:
    """The first reminder that is due after a moment."""
    day = _first_day(after.astimezone(calendar.zone).date())
    while (due := _opening(calendar, day)) <= after:
        day = _first_day(day + timedelta(days=31 * _MONTHS))
    return due


def _first_day(day: date) -> date:
    return date(day.year, (day.month - 1) // _MONTHS * _MONTHS + 1, 1)


def _opening(calendar: BusinessCalendar, day: date) -> datetime:
    """When the calendar is first open on or after a day."""
    midnight = datetime.combine(day, time(), calendar.zone)
    opens: datetime = calendar.add(midnight, timedelta(microseconds=1)) - timedelta(microseconds=1)
    return opens
