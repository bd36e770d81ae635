"""Which level has an escalation, when its owner is reminded, what it lacks before it may end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access_grants.rules import read_until
from app.business_time import calendar
from app.escalations.rules import Lack, Outcome, dues, is_in_time, lacking, opening, reminder_at, standing

OFFICE = calendar("support")
INSTANT = timedelta(microseconds=1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
levels = st.lists(st.integers(1, 20 * 9 * 60), min_size=1, max_size=4)
waits = st.timedeltas(timedelta(0), timedelta(days=60))


@given(moments, levels)
def test_each_level_has_its_own_business_time(asked_at: datetime, minutes: list[int]) -> None:
    due = dues(OFFICE, asked_at, minutes)
    begins = asked_at
    for moment, one in zip(due, minutes, strict=True):
        assert OFFICE.add(begins, timedelta(minutes=one)) == moment
        begins = moment


@given(moments, levels, waits, waits)
def test_who_has_it_only_ever_moves_on(
    asked_at: datetime, minutes: list[int], sooner: timedelta, later: timedelta
) -> None:
    due = dues(OFFICE, asked_at, minutes)
    first, second = (standing(due, asked_at + wait) for wait in sorted((sooner, later)))
    assert first.level <= second.level < len(minutes)
    assert first.is_exhausted <= second.is_exhausted
    assert second.due_at == due[second.level]


@given(moments, levels, st.data())
def test_a_level_is_called_exactly_when_the_one_before_it_is_over(
    asked_at: datetime, minutes: list[int], data: st.DataObject
) -> None:
    due = dues(OFFICE, asked_at, minutes)
    over = data.draw(st.sampled_from(range(len(due))))
    before, after = standing(due, due[over] - INSTANT), standing(due, due[over])
    assert before.level == over
    assert not before.is_exhausted
    is_last = over == len(due) - 1
    assert (after.level, after.is_exhausted) == ((over, True) if is_last else (over + 1, False))


def test_where_no_level_is_configured_nobody_is_left() -> None:
    found = standing((), datetime(2026, 12, 1, tzinfo=UTC))
    assert (found.due_at, found.is_exhausted) == (None, True)


@pytest.mark.parametrize(
    ("seconds", "found"), [(-1, True), (0, True), (1, False)], ids=["sooner", "just then", "later"]
)
def test_an_acknowledgement_is_in_time_until_the_very_moment(seconds: int, found: bool) -> None:
    due = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert is_in_time(due, due + timedelta(seconds=seconds)) is found
    assert is_in_time(due, None) is is_in_time(None, due) is None


@given(moments, waits, waits)
def test_reminders_come_once_a_business_day_after_the_promised_one(
    promised: datetime, wait: timedelta, further: timedelta
) -> None:
    day = promised.astimezone(OFFICE.zone).date().isoformat()
    first = reminder_at(OFFICE, day, contacted_at=None, reminded_at=None)
    assert first is not None
    assert first == opening(OFFICE, read_until(day, OFFICE.zone))
    reminded = first + wait
    then = reminder_at(OFFICE, day, contacted_at=None, reminded_at=reminded)
    assert then is not None
    assert then.astimezone(OFFICE.zone).date() > reminded.astimezone(OFFICE.zone).date()
    assert OFFICE.add(then, INSTANT) == then + INSTANT
    later = reminder_at(OFFICE, day, contacted_at=None, reminded_at=reminded + further)
    assert later is not None
    assert later >= then


@given(moments, st.timedeltas(timedelta(days=-20), timedelta(days=20)))
def test_who_was_heard_from_on_the_promised_day_or_later_is_owed_no_more(
    promised: datetime, contact: timedelta
) -> None:
    day = promised.astimezone(OFFICE.zone).date()
    contacted_at = promised + contact
    owed = reminder_at(OFFICE, day.isoformat(), contacted_at=contacted_at, reminded_at=None)
    assert (owed is None) is (contacted_at.astimezone(OFFICE.zone).date() >= day)


def test_a_promised_moment_is_over_when_it_comes() -> None:
    found = reminder_at(OFFICE, "2026-12-01T12:00:00Z", contacted_at=None, reminded_at=None)
    assert found == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert reminder_at(OFFICE, None, contacted_at=None, reminded_at=None) is None


@given(st.sampled_from([None, "#7", *Outcome]), st.sampled_from([None, "", " \n", "A fix in week 40"]))
def test_it_may_end_with_an_outcome_and_what_monday_commits_to(
    outcome: str | None, commitment: str | None
) -> None:
    found = lacking(outcome, commitment)
    assert (Lack.OUTCOME in found) is (outcome not in tuple(Outcome))
    says_something = commitment is not None and bool(commitment.strip())
    assert (Lack.COMMITMENT in found) is (outcome != Outcome.WITHDRAWN and not says_something)
