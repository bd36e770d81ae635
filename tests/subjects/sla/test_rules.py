"""What a response clock shows, whenever and however often it is read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.business_time import BusinessCalendar, calendar
from app.sla.rules import ClockStatus, ResponseClock, ResponseTerm, read_clock

SWEDISH = calendar("support")
#: A Monday, 10:00 in Stockholm.
OPENED = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOLD = ResponseTerm(2 * 3600)
FREE = ResponseTerm(None)

#: What a clock may show next; lasting states lead nowhere.
ORDER = [ClockStatus.ON_TRACK, ClockStatus.AT_RISK, ClockStatus.BREACHED]

moments = st.integers(1_735_689_600, 1_830_297_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
terms = st.builds(ResponseTerm, st.integers(0, 400_000), st.integers(0, 100))


def read(
    now: datetime,
    *,
    replied_at: datetime | None = None,
    term: ResponseTerm = GOLD,
    opened_at: datetime = OPENED,
    calendar: BusinessCalendar = SWEDISH,
) -> ResponseClock:
    return read_clock(opened_at=opened_at, term=term, calendar=calendar, replied_at=replied_at, now=now)


def test_a_new_clock_is_on_track() -> None:
    assert read(OPENED) == ResponseClock(
        ClockStatus.ON_TRACK,
        due_at=OPENED + 2 * HOUR,
        at_risk_at=OPENED + 1.5 * HOUR,
        next_change_at=OPENED + 1.5 * HOUR,
    )


def test_a_clock_is_at_risk_from_three_quarters_of_its_time() -> None:
    moment = timedelta(microseconds=1)
    assert read(OPENED + 1.5 * HOUR - moment).status is ClockStatus.ON_TRACK
    assert read(OPENED + 1.5 * HOUR) == ResponseClock(
        ClockStatus.AT_RISK,
        due_at=OPENED + 2 * HOUR,
        at_risk_at=OPENED + 1.5 * HOUR,
        next_change_at=OPENED + 2 * HOUR,
    )


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_a_promise_is_broken_at_its_due_moment_however_late_that_is_seen(late: timedelta) -> None:
    clock = read(OPENED + 2 * HOUR + late)
    assert clock.status is ClockStatus.BREACHED
    assert clock.breached_at == clock.due_at == OPENED + 2 * HOUR
    assert clock.next_change_at is None


def test_a_reply_at_the_due_moment_is_in_time() -> None:
    clock = read(OPENED + 3 * HOUR, replied_at=OPENED + 2 * HOUR)
    assert clock.status is ClockStatus.MET
    assert clock.settled_at == OPENED + 2 * HOUR
    assert clock.breached_at is None


def test_a_reply_a_moment_later_is_not() -> None:
    late = OPENED + 2 * HOUR + timedelta(microseconds=1)
    clock = read(late, replied_at=late)
    assert clock.status is ClockStatus.BREACHED
    assert clock.breached_at == OPENED + 2 * HOUR
    assert clock.settled_at == late


def test_a_reply_heard_of_late_was_still_in_time() -> None:
    assert read(OPENED + timedelta(days=3), replied_at=OPENED + HOUR).status is ClockStatus.MET


def test_time_outside_business_hours_does_not_count() -> None:
    friday = datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert read(friday, opened_at=friday).due_at == datetime(2026, 11, 30, 8, tzinfo=UTC)


@given(moments, st.none() | moments)
def test_nothing_is_due_where_nothing_is_promised(now: datetime, replied_at: datetime | None) -> None:
    assert read(now, term=FREE, replied_at=replied_at) == ResponseClock(
        ClockStatus.NONE, settled_at=replied_at
    )


@given(moments, terms, st.lists(st.integers(0, 10_000_000), min_size=2, max_size=2).map(sorted))
def test_an_unanswered_clock_only_moves_forward(
    opened_at: datetime, term: ResponseTerm, after: list[int]
) -> None:
    earlier, later = (
        read(opened_at + timedelta(seconds=seconds), term=term, opened_at=opened_at).status
        for seconds in after
    )
    assert ORDER.index(earlier) <= ORDER.index(later)


@given(moments, terms, st.integers(0, 10_000_000), moments, moments)
def test_an_answered_clock_never_changes(
    opened_at: datetime, term: ResponseTerm, after: int, one: datetime, other: datetime
) -> None:
    replied_at = opened_at + timedelta(seconds=after)
    first = read(one, term=term, opened_at=opened_at, replied_at=replied_at)
    assert read(other, term=term, opened_at=opened_at, replied_at=replied_at) == first
    assert first.next_change_at is None


@given(moments, terms, st.integers(0, 10_000_000))
def test_a_clock_changes_exactly_when_its_timer_fires(
    opened_at: datetime, term: ResponseTerm, after: int
) -> None:
    now = opened_at + timedelta(seconds=after)
    clock = read(now, term=term, opened_at=opened_at)
    if clock.next_change_at is None:
        assert read(now + timedelta(days=4_000), term=term, opened_at=opened_at) == clock
        return
    just_before = clock.next_change_at - timedelta(microseconds=1)
    assert read(max(now, just_before), term=term, opened_at=opened_at).status is clock.status
    assert read(clock.next_change_at, term=term, opened_at=opened_at).status is not clock.status


@given(moments, terms, st.integers(0, 10_000_000))
def test_timers_alone_lead_to_what_a_late_look_shows(
    opened_at: datetime, term: ResponseTerm, after: int
) -> None:
    now = opened_at + timedelta(seconds=after)
    clock = read(opened_at, term=term, opened_at=opened_at)
    while clock.next_change_at is not None and clock.next_change_at <= now:
        clock = read(clock.next_change_at, term=term, opened_at=opened_at)
    assert clock == read(now, term=term, opened_at=opened_at)


@given(moments, terms, st.integers(0, 10_000_000))
def test_a_reply_is_in_time_exactly_when_nothing_was_broken_before_it(
    opened_at: datetime, term: ResponseTerm, after: int
) -> None:
    replied_at = opened_at + timedelta(seconds=after)
    unanswered = read(replied_at, term=term, opened_at=opened_at)
    answered = read(replied_at, term=term, opened_at=opened_at, replied_at=replied_at)
    was_broken_before = unanswered.breached_at is not None and unanswered.breached_at < replied_at
    assert (answered.status is ClockStatus.BREACHED) == was_broken_before


@pytest.mark.parametrize(("seconds", "percent"), [(-1, 75), (60, -1), (60, 101)])
def test_a_term_that_makes_no_sense_is_refused(seconds: int, percent: int) -> None:
    with pytest.raises(ValueError, match=r"negative|within 0 to 100"):
        ResponseTerm(seconds, percent)
