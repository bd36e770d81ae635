"""Business time against a brute-force count of minutes, over calendars, zones and odd nights."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.business_time import BusinessCalendar, CalendarRangeError
from tests.subjects.business_time.calendars import ALWAYS, MINUTE, OFFICE, Case, Hours, cases

minutes = st.integers(0, 5 * 24 * 60)


@given(cases(), minutes, minutes)
def test_elapsed_counts_the_open_minutes(case: Case, start: int, length: int) -> None:
    first = case.begins + MINUTE * start
    last = first + MINUTE * (length % 3_000)
    assert case.calendar.elapsed(first, last) == MINUTE * case.open_minutes(first, last)


@given(cases(), minutes)
def test_a_minute_is_open_when_the_wall_clock_says_so(case: Case, start: int) -> None:
    at = case.begins + MINUTE * start
    assert case.calendar.is_open(at) == case.is_open(at)


@given(cases(), minutes, st.integers(1, 3_000))
def test_add_gives_the_earliest_moment_by_which_the_time_has_passed(
    case: Case, start: int, length: int
) -> None:
    first = case.begins + MINUTE * start
    at, passed = first, 0
    while passed < length:
        assume(at < case.begins + timedelta(days=14))
        passed += case.is_open(at)
        at += MINUTE
    assert case.calendar.add(first, MINUTE * length) == at


moments = st.integers(1_104_537_600, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
lengths = st.timedeltas(timedelta(0), timedelta(days=400))


def _passes(case: Case, length: timedelta) -> bool:
    """Whether so much business time passes within two centuries."""
    a_week = sum(
        (_clock(closes) - _clock(opens) for ranges in case.hours.values() for opens, closes in ranges),
        timedelta(0),
    )
    return a_week > timedelta(0) and length / a_week < 200 * 52


def _clock(text: str) -> timedelta:
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))


@given(cases(), moments, lengths)
def test_what_was_added_has_elapsed(case: Case, start: datetime, length: timedelta) -> None:
    assume(_passes(case, length))
    assert case.calendar.elapsed(start, case.calendar.add(start, length)) == length


@given(cases(), moments, lengths, lengths)
def test_adding_twice_is_adding_the_sum(
    case: Case, start: datetime, one: timedelta, other: timedelta
) -> None:
    assume(_passes(case, one + other))
    add = case.calendar.add
    assert add(add(start, one), other) == add(start, one + other)


@given(cases(), st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_a_split_interval_is_the_whole_interval(case: Case, points: list[datetime]) -> None:
    first, middle, last = points
    elapsed = case.calendar.elapsed
    assert elapsed(first, middle) + elapsed(middle, last) == elapsed(first, last)


@given(cases(), moments, moments, lengths)
def test_a_later_start_is_never_due_earlier(
    case: Case, one: datetime, other: datetime, length: timedelta
) -> None:
    assume(_passes(case, length))
    first, last = sorted([one, other])
    assert case.calendar.add(first, length) <= case.calendar.add(last, length)


@given(cases(), moments, moments)
def test_no_more_time_elapses_than_there_is(case: Case, one: datetime, other: datetime) -> None:
    elapsed = case.calendar.elapsed(one, other)
    assert timedelta(0) <= elapsed <= max(other - one, timedelta(0))


@given(cases(), st.permutations([2019, 2023, 2026, 2029]))
def test_the_order_of_questions_does_not_matter(case: Case, years: list[int]) -> None:
    def ask(calendar: BusinessCalendar, year: int) -> timedelta:
        return calendar.elapsed(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC))

    fresh = [ask(case.new_calendar(), year) for year in years]
    assert [ask(case.calendar, year) for year in years] == fresh


def test_an_hour_that_the_clocks_skip_does_not_count() -> None:
    calendar = BusinessCalendar({6: [("01:00", "05:00")]}, set(), "Europe/Stockholm")
    night = datetime(2026, 3, 29, tzinfo=UTC)
    assert calendar.elapsed(night, night + timedelta(days=1)) == timedelta(hours=3)


def test_an_hour_that_the_clocks_repeat_counts_twice() -> None:
    calendar = BusinessCalendar({6: [("01:00", "05:00")]}, set(), "Europe/Stockholm")
    night = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert calendar.elapsed(night, night + timedelta(days=1)) == timedelta(hours=5)


def test_no_time_is_over_at_once_also_when_closed() -> None:
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert BusinessCalendar(OFFICE, set(), "UTC").add(saturday, timedelta(0)) == saturday


def test_time_up_at_closing_is_up_at_closing() -> None:
    friday = datetime(2026, 11, 20, 16, tzinfo=UTC)
    due = BusinessCalendar(OFFICE, set(), "UTC").add(friday, timedelta(hours=1))
    assert due == datetime(2026, 11, 20, 17, tzinfo=UTC)


def test_an_office_is_closed_at_its_closing_time() -> None:
    calendar = BusinessCalendar(OFFICE, set(), "UTC")
    assert not calendar.is_open(datetime(2026, 11, 20, 17, tzinfo=UTC))


def test_an_interval_that_runs_backwards_is_empty() -> None:
    calendar = BusinessCalendar(ALWAYS, set(), "UTC")
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert calendar.elapsed(now, now - timedelta(days=1)) == timedelta(0)


def test_answers_are_in_utc_whatever_the_zone_of_the_question() -> None:
    calendar = BusinessCalendar(OFFICE, set(), "Europe/Stockholm")
    asked = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    due = calendar.add(asked, timedelta(microseconds=1))
    assert due == datetime(2026, 11, 20, 7, 0, 0, 1, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_centuries_can_be_counted() -> None:
    calendar = BusinessCalendar(ALWAYS, set(), "UTC")
    start = datetime(1950, 1, 1, tzinfo=UTC)
    assert calendar.add(start, timedelta(days=100_000)) == start + timedelta(days=100_000)


def test_a_calendar_that_never_opens_says_so() -> None:
    calendar = BusinessCalendar({}, set(), "UTC")
    with pytest.raises(CalendarRangeError, match="opening hours at all"):
        calendar.add(datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1))


@pytest.mark.parametrize("year", [1899, 2301, 9999])
def test_a_year_that_is_surely_a_mistake_is_refused(year: int) -> None:
    calendar = BusinessCalendar(OFFICE, set(), "UTC")
    with pytest.raises(CalendarRangeError):
        calendar.is_open(datetime(year, 6, 1, tzinfo=UTC))


def test_time_is_not_counted_backwards() -> None:
    calendar = BusinessCalendar(OFFICE, set(), "UTC")
    with pytest.raises(ValueError, match="backwards"):
        calendar.add(datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=-1))


def test_a_moment_without_a_zone_is_refused() -> None:
    calendar = BusinessCalendar(OFFICE, set(), "UTC")
    with pytest.raises(ValueError, match="no time zone"):
        calendar.is_open(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("hours", "complaint"),
    [
        ({7: [("08:00", "17:00")]}, "no weekday 7"),
        ({0: [("08:00", "08:00")]}, "end as they begin"),
        ({0: [("24:00", "08:00")]}, "end as they begin"),
        ({0: [("22:00", "06:00")], 1: [("05:00", "17:00")]}, "weekday 1 overlap"),
        ({0: [("08:00", "12:00"), ("11:00", "17:00")]}, "overlap"),
        ({0: [("8:00", "17:00")]}, "'8:00' is no time of day"),
        ({0: [("08:00", "24:01")]}, "'24:01' is no time of day"),
        ({0: [("08:60", "17:00")]}, "'08:60' is no time of day"),
        ({0: [("0800", "17:00")]}, "'0800' is no time of day"),
    ],
)
def test_opening_hours_that_make_no_sense_are_refused(hours: Hours, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        BusinessCalendar(hours, set(), "UTC")


@given(cases(), st.integers(0, 5 * 86_400), st.integers(0, 1_200))
def test_elapsed_counts_the_open_seconds(case: Case, start: int, length: int) -> None:
    first = case.begins + timedelta(seconds=start)
    seconds = (first + timedelta(seconds=index) for index in range(length))
    stepped = timedelta(seconds=sum(case.is_open(at) for at in seconds))
    assert case.calendar.elapsed(first, first + timedelta(seconds=length)) == stepped
