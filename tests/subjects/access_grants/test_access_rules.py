"""Access is valid in one stretch of time, ends when it should, and is announced before."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access_grants.rules import (
    DEFAULT_BUSINESS_DAYS,
    End,
    Grant,
    State,
    covering,
    default_until,
    read_until,
    reminder_at,
    shown_until,
    state,
)
from app.business_time import calendar

SUPPORT = calendar("support")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
THREE_YEARS = timedelta(days=3 * 365)
moments = st.timedeltas(timedelta(0), THREE_YEARS).map(lambda since: FIRST + since)
grants = st.builds(
    Grant,
    st.just(1),
    st.none() | moments,
    st.none() | moments,
    st.none() | moments,
)


@given(grants, st.lists(moments, min_size=1))
def test_a_grant_is_valid_from_when_it_is_given_to_its_first_end(grant: Grant, at: list[datetime]) -> None:
    ends = [end for end in (grant.until, grant.ended_at) if end is not None]
    for moment in (*at, *ends):
        is_given = grant.given_at is not None and grant.until is not None and grant.given_at <= moment
        assert grant.is_valid(moment) == (is_given and all(moment < end for end in ends))


@given(grants, st.lists(moments, min_size=3))
def test_it_is_never_valid_again_after_it_was(grant: Grant, at: list[datetime]) -> None:
    valid = [grant.is_valid(moment) for moment in sorted(at)]
    changes = sum(one != other for one, other in pairwise(valid))
    assert changes <= 2
    assert changes < 2 or not valid[0]


@given(st.lists(grants), moments)
def test_a_use_is_covered_by_a_grant_that_was_valid_or_by_none(known: list[Grant], at: datetime) -> None:
    found = covering(known, at)
    assert (found is not None) == any(grant.is_valid(at) for grant in known)
    assert found is None or found.is_valid(at)


@given(moments)
def test_it_lasts_through_the_fifth_business_day_after(given_at: datetime) -> None:
    until = default_until(SUPPORT, given_at)
    first = given_at.astimezone(SUPPORT.zone).date()
    last = (until - timedelta(microseconds=1)).astimezone(SUPPORT.zone).date()
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(bool(SUPPORT.hours_of(day)) for day in days) == DEFAULT_BUSINESS_DAYS
    assert SUPPORT.hours_of(last)
    assert until.astimezone(SUPPORT.zone).time().isoformat() == "00:00:00"


@given(moments, st.integers(0, 60))
def test_people_are_told_while_a_business_day_lies_ahead_of_the_last(given_at: datetime, days: int) -> None:
    last = given_at.astimezone(SUPPORT.zone).date() + timedelta(days=days)
    until = read_until(last.isoformat(), SUPPORT.zone)
    at = reminder_at(SUPPORT, given_at, until)
    if at is None:
        passed = [given_at.astimezone(SUPPORT.zone).date() + timedelta(days=n) for n in range(1, days)]
        assert not any(SUPPORT.hours_of(day) for day in passed)
        return
    told = at.astimezone(SUPPORT.zone)
    assert given_at < at < until
    assert (told.hour, told.minute) == (8, 0)
    between = (told.date() + timedelta(days=n) for n in range(1, (last - told.date()).days))
    assert told.date() < last
    assert not any(SUPPORT.hours_of(day) for day in between)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_on_the_board_is_read_and_shown_the_same(day: date) -> None:
    assert shown_until(read_until(day.isoformat(), SUPPORT.zone), SUPPORT.zone) == day.isoformat()


@given(moments)
def test_a_moment_on_the_board_is_read_and_shown_the_same(at: datetime) -> None:
    at = at.replace(microsecond=0)
    shown = shown_until(at, SUPPORT.zone)
    assert read_until(shown, SUPPORT.zone) == at


def test_what_is_no_day_is_not_read_as_one() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        read_until("soon", SUPPORT.zone)


@pytest.mark.parametrize(
    ("grant", "used", "shown"),
    [
        (Grant(1), set(), State.ASKED),
        (Grant(1, ended_at=FIRST, end=End.SOLVED), set(), None),
        (Grant(1, FIRST, FIRST), set(), State.GRANTED),
        (Grant(1, FIRST, FIRST), {1}, State.USED),
        (Grant(1, FIRST, FIRST), {None, 2}, State.GRANTED),
        (Grant(1, FIRST, FIRST, FIRST, End.EXPIRED), {1}, State.EXPIRED),
        (Grant(1, FIRST, FIRST, FIRST, End.REVOKED), {1}, State.REVOKED),
        (Grant(1, FIRST, FIRST, FIRST, End.SOLVED), {1}, State.REVOKED),
    ],
)
def test_a_ticket_shows_how_it_stands_with_the_access(
    grant: Grant, used: set[int | None], shown: State | None
) -> None:
    assert state([Grant(9, FIRST, FIRST, FIRST, End.EXPIRED), grant], used) == shown
    assert state([], used) is None
