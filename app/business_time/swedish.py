"""When Synerity's support is open: on *helgfria vardagar*, 08:00 to 17:00 in Sweden.

A *helgfri vardag* is a Monday to Friday that is neither a Swedish public holiday nor
Midsummer Eve, Christmas Eve or New Year's Eve.
"""

from collections.abc import Container
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

from app.business_time.calendar import BusinessCalendar

SATURDAY = 5
SUPPORT_HOURS = {weekday: [("08:00", "17:00")] for weekday in range(SATURDAY)}


class SwedishHolidays(Container[date]):
    """The days on which Swedish offices are closed, weekends apart, of any year."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _closed_days(day.year)


def swedish_support_calendar() -> BusinessCalendar:
    """The calendar in which the agreements' response times are counted."""
    return BusinessCalendar(SUPPORT_HOURS, SwedishHolidays(), "Europe/Stockholm")


@cache
def _closed_days(year: int) -> frozenset[date]:
    public = country_holidays("SE", years=year, include_sundays=False)
    eves = {_midsummer_eve(year), date(year, 12, 24), date(year, 12, 31)}
    return frozenset(public) | eves


def _midsummer_eve(year: int) -> date:
    """The Friday between 19 and 25 June (in law since 1953)."""
    first = date(year, 6, 19)
    return first + timedelta((4 - first.weekday()) % 7)
