"""Calendars are described in a file; what is wrong in it is said in a sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.business_time import CalendarError, calendar, stretches
from app.business_time.named import read_calendar

OFFICE = {"zone": "Europe/Stockholm", "hours": {"monday": ["08:00-17:00"]}}


def test_always_never_closes() -> None:
    assert all(calendar("always").is_open(datetime(2026, 12, day, 3, tzinfo=UTC)) for day in range(1, 32))


def test_a_name_that_nobody_has_described_is_refused() -> None:
    with pytest.raises(CalendarError, match="no calendar 'nights'; there are always, support"):
        calendar("nights")


def test_days_can_be_closed_by_name() -> None:
    office = read_calendar("office", {**OFFICE, "closed": {"2026-11-23": "Planeringsdag"}})
    assert not office.is_open(datetime(2026, 11, 23, 10, tzinfo=UTC))
    begins = datetime(2026, 11, 23, 10, tzinfo=UTC)
    [stretch] = stretches(office, begins, begins + timedelta(hours=1))
    assert stretch.holiday == "Planeringsdag"


def test_a_day_can_have_hours_of_its_own() -> None:
    office = read_calendar("office", {**OFFICE, "special_hours": {"2026-11-23": ["08:00-10:00"]}})
    assert not office.is_open(datetime(2026, 11, 23, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"zone": "Europe/Uppsala"}, "is no time zone"),
        ({"zone": None}, "zone"),
        ({"hours": {"mon": ["08:00-17:00"]}}, "hours"),
        ({"hours": {"monday": ["8-17"]}}, "is not HH:MM-HH:MM"),
        ({"hours": {"monday": ["08:00-25:00"]}}, "'25:00' is no time of day"),
        ({"holidays": "norway"}, "holidays"),
        ({"closed": {"yesterday": "off"}}, "closed"),
        ({"special_hours": {"2026-11-23": ["22:00-06:00"]}}, "end before they begin"),
        ({"opening": {}}, "opening"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CalendarError, match=complaint):
        read_calendar("office", {**OFFICE, **wrong})
