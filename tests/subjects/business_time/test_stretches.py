"""An interval is told in stretches that leave nothing out and add up."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.business_time import BusinessCalendar, Reason, Stretch, calendar, stretches
from tests.subjects.business_time.calendars import Case, cases

STOCKHOLM = ZoneInfo("Europe/Stockholm")
minutes = st.integers(0, 5 * 24 * 60).map(lambda count: timedelta(minutes=count))


def at(text: str) -> datetime:
    """A moment by the clock in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def told(start: str, end: str) -> list[tuple[str, str, str | None]]:
    """Each stretch of the support's time as its end, reason and holiday."""
    found = stretches(calendar("support"), at(start), at(end))
    return [(f"{s.end.astimezone(STOCKHOLM):%a %H:%M}", s.reason.value, s.holiday) for s in found]


@given(cases(), minutes, minutes)
def test_stretches_follow_each_other_from_start_to_end(
    case: Case, offset: timedelta, length: timedelta
) -> None:
    start = case.begins + offset
    end = start + length
    found = stretches(case.calendar, start, end)
    assert [s.start for s in found[:1]] == ([start] if length else [])
    assert [s.end for s in found[-1:]] == ([end] if length else [])
    assert all(earlier.end == later.start for earlier, later in pairwise(found))
    assert all(s.length > timedelta(0) for s in found)


@given(cases(), minutes, minutes)
def test_the_open_stretches_are_the_business_time(case: Case, offset: timedelta, length: timedelta) -> None:
    start = case.begins + offset
    found = stretches(case.calendar, start, start + length)
    counted = sum((s.length for s in found if s.reason is Reason.OPEN), timedelta(0))
    assert counted == case.calendar.elapsed(start, start + length)


@given(cases(), minutes, minutes)
def test_neighbours_have_different_reasons(case: Case, offset: timedelta, length: timedelta) -> None:
    found = stretches(case.calendar, case.begins + offset, case.begins + offset + length)
    closed = [(one, two) for one, two in pairwise(found) if Reason.OPEN not in (one.reason, two.reason)]
    assert all((one.reason, one.holiday) != (two.reason, two.holiday) for one, two in closed)


def test_easter_is_told_day_by_day() -> None:
    assert told("2026-04-02 16:00", "2026-04-07 09:00") == [
        ("Thu 17:00", "open", None),
        ("Fri 00:00", "outside_hours", None),
        ("Sat 00:00", "holiday", "Långfredagen"),
        ("Sun 00:00", "closed_day", None),
        ("Mon 00:00", "holiday", "Påskdagen"),
        ("Tue 00:00", "holiday", "Annandag påsk"),
        ("Tue 08:00", "outside_hours", None),
        ("Tue 09:00", "open", None),
    ]


def test_eves_have_their_names() -> None:
    assert told("2026-06-19 00:00", "2026-06-20 00:00") == [("Sat 00:00", "holiday", "Midsommarafton")]


def test_a_day_with_hours_of_its_own_is_open_then_though_it_is_a_holiday() -> None:
    half = date(2026, 12, 24)
    office = BusinessCalendar(
        {3: [("08:00", "17:00")]}, {half: "Julafton"}, "UTC", special_hours={half: [("08:00", "12:00")]}
    )
    found = stretches(office, datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2026, 12, 24, 13, tzinfo=UTC))
    noon, one = datetime(2026, 12, 24, 12, tzinfo=UTC), datetime(2026, 12, 24, 13, tzinfo=UTC)
    assert found == [
        Stretch(datetime(2026, 12, 24, 8, tzinfo=UTC), noon, Reason.OPEN),
        Stretch(noon, one, Reason.HOLIDAY, "Julafton"),
    ]
