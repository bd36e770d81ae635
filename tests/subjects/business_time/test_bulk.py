"""Many intervals at once are counted as each by itself."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.business_time import BusinessCalendar, CalendarRangeError, calendar
from app.business_time.bulk import BulkArithmetic, Lengths, Moments
from tests.subjects.business_time.calendars import Case, cases

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)
seconds = st.integers(0, 5 * 86_400).map(lambda count: timedelta(seconds=count))


def moments(*found: datetime) -> Moments:
    return np.array([at.replace(tzinfo=None) for at in found], "datetime64[us]")


def lengths(*found: timedelta) -> Lengths:
    return np.array(found, "timedelta64[us]")


def by_itself(found: Moments) -> list[datetime]:
    return [at.replace(tzinfo=UTC) for at in found.tolist()]


@given(cases(), st.lists(st.tuples(seconds, seconds), max_size=5))
def test_many_intervals_elapse_as_each_does(case: Case, drawn: list[tuple[timedelta, timedelta]]) -> None:
    starts = [case.begins + one for one, _ in drawn]
    ends = [case.begins + other for _, other in drawn]
    together = BulkArithmetic(case.calendar, case.begins, case.begins + timedelta(days=5))
    alone = [case.calendar.elapsed(start, end) for start, end in zip(starts, ends, strict=True)]
    assert together.elapsed(moments(*starts), moments(*ends)).tolist() == alone


@given(st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=300)), seconds), max_size=5))
def test_many_lengths_are_added_as_each_is(drawn: list[tuple[timedelta, timedelta]]) -> None:
    support = calendar("support")
    starts = [FIRST + since for since, _ in drawn]
    added = BulkArithmetic(support, FIRST, LAST).add(
        moments(*starts), lengths(*(length for _, length in drawn))
    )
    assert by_itself(added) == [
        support.add(start, length) for start, (_, length) in zip(starts, drawn, strict=True)
    ]


def test_what_lies_outside_of_the_span_is_refused() -> None:
    together = BulkArithmetic(calendar("support"), FIRST, LAST)
    early = moments(datetime(1926, 11, 23, tzinfo=UTC))
    with pytest.raises(CalendarRangeError):
        together.elapsed(early, early)
    with pytest.raises(CalendarRangeError):
        together.add(moments(FIRST), lengths(timedelta(days=4_000)))


def test_an_office_that_never_opens_counts_nothing() -> None:
    together = BulkArithmetic(BusinessCalendar({}, set(), "UTC"), FIRST, LAST)
    assert together.elapsed(moments(FIRST), moments(LAST)).tolist() == [timedelta(0)]
    with pytest.raises(CalendarRangeError):
        together.add(moments(FIRST), lengths(timedelta(seconds=1)))


def test_lengths_are_not_added_backwards() -> None:
    together = BulkArithmetic(calendar("support"), FIRST, LAST)
    with pytest.raises(ValueError, match="backwards"):
        together.add(moments(FIRST), lengths(timedelta(seconds=-1)))
