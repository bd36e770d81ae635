"""When Synerity's support is open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.business_time import calendar

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALENDAR = calendar("support")


def at(text: str) -> datetime:
    """A moment by the clock in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def is_working_day(day: date) -> bool:
    return CALENDAR.is_open(datetime(day.year, day.month, day.day, 12, tzinfo=STOCKHOLM))


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",  # New Year's Day
        "2026-01-06",  # Epiphany
        "2026-04-03",  # Good Friday
        "2026-04-06",  # Easter Monday
        "2026-05-01",  # May Day
        "2026-05-14",  # Ascension Day
        "2025-06-06",  # National Day
        "2026-06-19",  # Midsummer Eve
        "2027-06-25",  # Midsummer Eve, at its latest
        "2026-12-24",  # Christmas Eve
        "2026-12-25",  # Christmas Day
        "2025-12-26",  # Second Day of Christmas
        "2026-12-31",  # New Year's Eve
        "2026-11-21",  # a Saturday
        "2026-11-22",  # a Sunday
        "2035-12-24",
        "1999-12-31",
    ],
)
def test_support_is_closed_on_days_off(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-23",  # a Monday
        "2026-01-05",  # the eve of Epiphany
        "2026-04-02",  # Maundy Thursday
        "2026-05-15",  # the day after Ascension Day
        "2026-10-30",  # the eve of All Saints' Day
        "2026-12-23",
        "2026-12-30",
        "2004-06-07",  # the National Day was no holiday yet in 2004, nor is the day after it
        "2026-05-25",  # Whit Monday is a working day since 2005
    ],
)
def test_support_is_open_on_other_weekdays(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


def test_support_is_open_from_eight_to_five() -> None:
    opening, closing = at("2026-11-23 08:00"), at("2026-11-23 17:00")
    moment = timedelta(microseconds=1)
    assert not CALENDAR.is_open(opening - moment)
    assert CALENDAR.is_open(opening)
    assert CALENDAR.is_open(closing - moment)
    assert not CALENDAR.is_open(closing)


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 16:00", 2, "2026-11-24 09:00"),
        ("2026-11-23 06:00", 2, "2026-11-23 10:00"),
        ("2026-11-20 16:30", 8, "2026-11-23 15:30"),
        ("2026-11-21 12:00", 2, "2026-11-23 10:00"),
        ("2026-12-23 16:00", 2, "2026-12-28 09:00"),  # over Christmas, which ends on a weekend
        ("2026-12-30 16:00", 2, "2027-01-04 09:00"),  # over New Year and a weekend
        ("2026-06-18 16:00", 8, "2026-06-22 15:00"),  # over Midsummer
        ("2026-03-27 16:00", 8, "2026-03-30 15:00"),  # over the night when clocks go forward
        ("2026-10-23 16:00", 8, "2026-10-26 15:00"),  # over the night when they go back
    ],
)
def test_a_reply_is_due_when_the_support_hours_have_passed(asked: str, hours: int, due: str) -> None:
    assert CALENDAR.add(at(asked), timedelta(hours=hours)) == at(due)


def test_a_year_has_its_known_working_time() -> None:
    # 2026 has 261 weekdays; 7 public holidays and 3 eves fall on one.
    year = CALENDAR.elapsed(at("2026-01-01"), at("2027-01-01"))
    assert year == timedelta(hours=9) * (261 - 7 - 3)


def test_moments_come_back_in_utc() -> None:
    assert CALENDAR.add(at("2026-07-01 09:00"), timedelta(hours=1)).tzinfo is UTC


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2029, 5),  # Christmas Eve on a Monday
        (2024, 5),
        (2025, 5),
        (2026, 6),
        (2027, 8),
        (2033, 9),  # on a Saturday
        (2028, 8),
    ],
)
def test_christmas_on_each_weekday(year: int, days: int) -> None:
    """Two weeks from the Monday of the week of Christmas Eve; the days were counted in a calendar by hand."""
    eve = date(year, 12, 24)
    monday = eve - timedelta(days=eve.weekday())
    begins = datetime(monday.year, monday.month, monday.day, tzinfo=STOCKHOLM)
    ends = begins + timedelta(days=14)
    assert CALENDAR.elapsed(begins, ends) == timedelta(hours=9 * days)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 24)])
def test_a_day_has_the_hours_that_its_clocks_leave_it(day: str, hours: int) -> None:
    begins = at(f"{day} 00:00")
    ends = at(f"{date.fromisoformat(day) + timedelta(days=1)} 00:00")
    assert calendar("always").elapsed(begins, ends) == timedelta(hours=hours)


def test_the_nights_on_which_clocks_change_cost_no_business_time() -> None:
    assert CALENDAR.elapsed(at("2026-03-27 16:00"), at("2026-03-30 09:00")) == timedelta(hours=2)
    assert CALENDAR.elapsed(at("2026-10-23 16:00"), at("2026-10-26 09:00")) == timedelta(hours=2)


def test_a_week_of_easter_and_one_of_midsummer() -> None:
    assert CALENDAR.elapsed(at("2026-03-30 00:00"), at("2026-04-11 00:00")) == timedelta(hours=8 * 9)
    assert CALENDAR.elapsed(at("2026-06-15 00:00"), at("2026-06-20 00:00")) == timedelta(hours=4 * 9)
