"""What becomes of a change, by who owns the column and what else is under way."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mirror.rules.merge import (
    Accept,
    ColumnRule,
    Conflict,
    Cross,
    Decision,
    Owner,
    Pending,
    SetBack,
    decide_columns,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
SHARED = ColumnRule("priority", Owner.BOTH, "priority")
OURS = ColumnRule("status", Owner.HERE, "status")
THEIRS = ColumnRule("status", Owner.THERE, "status")
APPS = ColumnRule("number", Owner.APP)


def decide(
    rule: ColumnRule,
    seen: object,
    *,
    shadow: object = None,
    pending: Pending | None = None,
    changed_at: datetime | None = NOON,
) -> list[Decision]:
    return decide_columns(
        [rule],
        seen={rule.key: seen},
        shadow={rule.key: shadow},
        pending_here={} if pending is None else {rule.key: pending},
        changed_at={} if changed_at is None else {rule.key: changed_at},
    )


@pytest.mark.parametrize("rule", [SHARED, OURS, THEIRS, APPS])
def test_what_is_as_it_was_needs_nothing(rule: ColumnRule) -> None:
    assert decide(rule, "high", shadow="high") == []


@pytest.mark.parametrize("rule", [SHARED, OURS])
def test_an_owners_change_stands_and_crosses(rule: ColumnRule) -> None:
    assert decide(rule, "high", shadow="low") == [Accept(rule.key, "high"), Cross(rule.key, rule.key, "high")]


@pytest.mark.parametrize("rule", [THEIRS, APPS])
def test_a_change_that_is_not_theirs_to_make_is_set_back(rule: ColumnRule) -> None:
    assert decide(rule, "mine", shadow="right") == [SetBack(rule.key, "right")]


@pytest.mark.parametrize("rule", [THEIRS, APPS])
def test_what_is_being_set_back_is_not_set_back_twice(rule: ColumnRule) -> None:
    assert decide(rule, "mine", shadow="right", pending=Pending("right", NOON)) == []


def test_an_owners_clearing_crosses_too() -> None:
    assert decide(SHARED, None, shadow="low") == [
        Accept("priority", None),
        Cross("priority", "priority", None),
    ]


def test_an_unknown_value_decides_nothing() -> None:
    assert decide_columns([SHARED], seen={}, shadow={"priority": "low"}, pending_here={}, changed_at={}) == []


def test_both_sides_saying_the_same_is_no_conflict() -> None:
    assert decide(SHARED, "high", shadow="low", pending=Pending("high", NOON)) == [Accept("priority", "high")]


def test_of_two_changes_the_later_one_wins_here() -> None:
    decisions = decide(SHARED, "high", shadow="low", pending=Pending("urgent", NOON), changed_at=LATER)
    assert Cross("priority", "priority", "high") in decisions
    assert Conflict("priority", "high", "urgent", won_here=True) in decisions


def test_of_two_changes_the_later_one_wins_there() -> None:
    decisions = decide(SHARED, "high", shadow="low", pending=Pending("urgent", LATER), changed_at=NOON)
    assert decisions == [Accept("priority", "high"), Conflict("priority", "urgent", "high", won_here=False)]


def test_a_column_made_again_empty_waits_for_its_value() -> None:
    pending = Pending("low", NOON)
    assert decide(SHARED, None, shadow="low", pending=pending, changed_at=None) == []


def test_a_change_found_by_a_sweep_crosses() -> None:
    assert Cross("priority", "priority", "high") in decide(SHARED, "high", shadow="low", changed_at=None)


values = st.one_of(st.none(), st.sampled_from(["low", "normal", "high"]))
known_moments = st.integers(0, 100).map(lambda minutes: NOON + timedelta(minutes=minutes))
moments = st.one_of(st.none(), known_moments)
rules = st.sampled_from([SHARED, OURS, THEIRS, APPS])
known_pendings = st.builds(Pending, values, known_moments)
pendings = st.one_of(st.none(), known_pendings)


@given(rules, values, values, pendings, moments)
def test_only_owners_changes_ever_cross(
    rule: ColumnRule, seen: object, shadow: object, pending: Pending | None, at: datetime | None
) -> None:
    decisions = decide(rule, seen, shadow=shadow, pending=pending, changed_at=at)
    crossing = any(isinstance(decision, Cross) for decision in decisions)
    assert not crossing or rule.owner in (Owner.HERE, Owner.BOTH)


@given(values, values, known_pendings, known_moments)
def test_a_conflict_keeps_what_lost(seen: object, shadow: object, pending: Pending, at: datetime) -> None:
    decisions = decide(SHARED, seen, shadow=shadow, pending=pending, changed_at=at)
    conflicts = [decision for decision in decisions if isinstance(decision, Conflict)]
    for conflict in conflicts:
        assert {repr(conflict.won), repr(conflict.lost)} == {repr(seen), repr(pending.value)}
    assert bool(conflicts) == (seen not in (shadow, pending.value))
