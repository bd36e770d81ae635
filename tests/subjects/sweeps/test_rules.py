"""When a board is swept and how, and what a list of its items may lead to."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.sweeps.rules import (
    DAY,
    OVERLAP,
    Choice,
    LastSweeps,
    changed_since,
    choose,
    differing,
    is_whole,
    latest_slot,
)

EVERY = timedelta(minutes=30)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
BOARDS = st.text("0123456789:", min_size=1)


def chosen(last: LastSweeps, board: str = "1:2") -> Choice:
    return choose(board, last, every=EVERY, full_every=DAY, now=NOW)


def test_a_board_that_was_never_swept_is_listed_whole() -> None:
    assert chosen(LastSweeps(None, None)) == Choice("full", "first")


def test_a_board_that_was_swept_just_before_is_asked_for_what_changed() -> None:
    just_before = NOW - EVERY
    full = latest_slot("1:2", DAY, NOW)
    assert chosen(LastSweeps(max(just_before, full), full)) == Choice("quick", "timer")


def test_after_an_outage_longer_than_webhooks_are_repeated_a_board_is_listed_whole() -> None:
    long_before = NOW - EVERY - timedelta(minutes=31)
    assert chosen(LastSweeps(long_before, NOW - timedelta(hours=2))) == Choice("full", "outage")


@given(board=BOARDS, now=MOMENTS)
def test_each_board_is_listed_whole_once_a_day_at_its_own_time(board: str, now: datetime) -> None:
    slot = latest_slot(board, DAY, now)
    assert now - DAY < slot <= now
    assert latest_slot(board, DAY, slot + DAY - timedelta(seconds=1)) == slot
    assert latest_slot(board, DAY, slot + DAY) == slot + DAY


def test_boards_are_spread_over_the_day() -> None:
    hours = {latest_slot(f"1:{number}", DAY, NOW).hour for number in range(500)}
    assert hours == set(range(24))


@given(begun=MOMENTS)
def test_more_than_a_day_is_looked_back_wherever_the_account_is(begun: datetime) -> None:
    since = datetime.fromisoformat(changed_since(begun)).replace(tzinfo=UTC)
    # A date may be meant in any zone of the world, twelve hours before to fourteen after UTC.
    assert begun - since >= timedelta(hours=14)
    assert begun - since < OVERLAP + DAY


@given(st.dictionaries(st.text(), st.text()))
def test_nothing_is_asked_for_where_nothing_changed(listed: dict[str, str]) -> None:
    assert differing(listed, listed) == []


@given(listed=st.dictionaries(st.text(), st.text()), known=st.dictionaries(st.text(), st.text()))
def test_everything_new_or_changed_is_asked_for_in_its_order(
    listed: dict[str, str], known: dict[str, str]
) -> None:
    found = differing(listed, known)
    assert found == [item for item in listed if item in found]
    assert {item for item in listed if item not in known} <= set(found)


@given(st.integers(0, 10**5), st.integers(0, 10**5))
def test_a_list_is_whole_only_when_it_has_what_was_counted(listed: int, count: int) -> None:
    assert is_whole(listed, [count]) == (listed >= count)


def test_items_that_went_during_the_walk_do_not_make_its_list_half() -> None:
    assert is_whole(98, [100, 98])
