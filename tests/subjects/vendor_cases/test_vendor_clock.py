"""Whose turn it was, how long it took and when silence is followed up, whatever comes in whichever order."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vendor_cases.rules.clock import (
    FollowingError,
    Kind,
    Mark,
    following,
    next_whole_day,
    read_following,
    said,
    silence,
    turns,
    with_vendor,
)

TERMS = following()
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
END = START + timedelta(days=60)
moments = st.timedeltas(timedelta(), timedelta(days=60)).map(lambda length: START + length)
marks = st.lists(st.builds(Mark, moments, st.sampled_from(Kind)), max_size=12)


@given(marks, st.data())
def test_turns_do_not_depend_on_the_order_in_which_they_are_heard_of(
    heard: list[Mark], data: st.DataObject
) -> None:
    assert turns(data.draw(st.permutations(heard))) == turns(heard)


@given(marks)
def test_turns_stand_apart_and_begin_and_end_with_marks(heard: list[Mark]) -> None:
    found = turns(heard)
    assert all(turn.end is not None and turn.end <= later.start for turn, later in itertools.pairwise(found))
    assert {turn.start for turn in found} <= {mark.at for mark in heard if mark.kind is Kind.SENT}
    assert {turn.end for turn in found if turn.end} <= {m.at for m in heard if m.kind is not Kind.SENT}


@given(marks, st.lists(moments, min_size=2, max_size=6))
def test_the_time_of_parts_is_the_time_of_the_whole(heard: list[Mark], cuts: list[datetime]) -> None:
    found, cuts = turns(heard), sorted(cuts)
    parts = [
        with_vendor(found, TERMS.calendar, since=since, until=until)
        for since, until in itertools.pairwise(cuts)
    ]
    assert all(part >= timedelta() for part in parts)
    whole = with_vendor(found, TERMS.calendar, since=cuts[0], until=cuts[-1])
    assert sum(parts, timedelta()) == whole <= TERMS.calendar.elapsed(cuts[0], cuts[-1])


@given(marks, marks)
def test_an_answer_that_is_heard_of_late_never_adds_time(heard: list[Mark], late: list[Mark]) -> None:
    answers = [mark for mark in late if mark.kind is Kind.ANSWERED]
    before = with_vendor(turns(heard), TERMS.calendar, since=START, until=END)
    after = with_vendor(turns([*heard, *answers]), TERMS.calendar, since=START, until=END)
    assert after <= before


@given(moments, st.integers(0, 40), st.integers(0, 9 * 3600 - 1))
def test_follow_ups_fall_due_at_their_moments_and_not_before(
    since: datetime, days: int, seconds: int
) -> None:
    now = TERMS.calendar.add(since, days * TERMS.day + timedelta(seconds=seconds))
    quiet = silence(TERMS, since, now)
    assert quiet.follow_ups == (0 if days < 2 else days // 2)
    assert quiet.is_past_limit == (days >= 6)
    assert quiet.next_follow_up_at > now
    due = silence(TERMS, since, quiet.next_follow_up_at)
    assert due.follow_ups == quiet.follow_ups + 1
    assert silence(TERMS, since, quiet.limit_at).is_past_limit


@given(moments, moments)
def test_what_is_shown_changes_at_a_whole_day_to_come(one: datetime, other: datetime) -> None:
    since, now = sorted([one, other])
    at = next_whole_day(TERMS, since, now)
    assert at > now
    assert TERMS.calendar.elapsed(since, at) % TERMS.day == timedelta()


@pytest.mark.parametrize(
    ("hours", "words"), [(0, "0 h"), (0.9, "0 h"), (3, "3 h"), (9, "1 d"), (12.5, "1 d 3 h"), (90, "10 d")]
)
def test_time_is_said_in_days_and_hours_of_business(hours: float, words: str) -> None:
    assert said(timedelta(hours=hours), TERMS.day) == words


@pytest.mark.parametrize(
    "wrong", ["calendar: support", "- 1", "calendar: support\nhours_a_day: 9\nfirst_days: 0", "{"]
)
def test_what_does_not_say_how_silence_is_followed_up_is_no_configuration(wrong: str) -> None:
    with pytest.raises(FollowingError, match=r"following\.yaml is not right"):
        read_following(wrong)
