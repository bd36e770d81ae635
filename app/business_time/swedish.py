"""Days off in Sweden: *helgfria vardagar* are all Mondays to Fridays but these.

The public holidays, and Midsummer Eve, Christmas Eve and New Year's Eve.
"""

from collections.abc import Container
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays


class SwedishHolidays(Container[date]):
    """The days on which Swedish offices are closed, weekends apart, of any year, with their names."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _closed_days(day.year)

    def get(self, day: date) -> str | None:
        """The Swedish name of a day off; None of any other day."""
        return _closed_days(day.year).get(day)


@cache
def _closed_days(year: int) -> dict[date, str]:
    public = country_holidays("SE", years=year, include_sundays=False, language="sv")
    eves = {
        _midsummer_eve(year): "Midsommarafton",
        date(year, 12, 24): "Julafton",
        date(year, 12, 31): "Nyårsafton",
    }
    return {**eves, **public}


def _midsummer_eve(year: int) -> date:
    """The Friday between 19 and 25 June (in law since 1953)."""
    first = date(year, 6, 19)
    return first + timedelta((4 - first.weekday()) % 7)
