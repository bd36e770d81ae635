"""What people write on a customer's item, in any order, leaves a history that makes sense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.board import (
    COLUMNS,
    ENDS,
    LICENCES,
    NEXT_FROM,
    NEXT_TIER,
    STARTS,
    TIER,
    Complaint,
    Row,
    columns,
    plan,
    read_day,
    says,
)
from app.agreements.rules.terms import Agreed, Terms, day_of, in_force, midnight
from tests.subjects.agreements.sequences import TIERS
from tests.subjects.agreements.sequences import at as noon

TODAY = noon("2026-06-15")


@dataclass
class Item:
    """A customer's item, its history, and the moment."""

    now: datetime = TODAY
    shown: dict[str, Any] = field(default_factory=lambda: {TIER: "free"})
    rows: list[Row] = field(default_factory=list)
    count: int = 0

    def edits(self, **edits: Any) -> Sequence[Complaint]:
        """Somebody edits; what was wrong is set back."""
        made = plan(self.rows, self.shown, edits, known=TIERS, at=self.now, now=self.now)
        self.rows = [row for row in self.rows if row.id not in made.withdraw]
        for agreed, origin in made.add:
            self.count += 1
            self.rows.append(Row(self.count, agreed.since, agreed.tier, agreed.is_licence_customer, origin))
        self.rows.sort(key=lambda row: (row.since, row.id))
        wrong = {complaint.column for complaint in made.complaints}
        self.shown |= {key: value for key, value in edits.items() if key not in wrong}
        self.look()
        return made.complaints

    def look(self) -> None:
        """The columns are brought up to date."""
        self.shown |= columns(self.rows, self.shown, tier=self.tier(), now=self.now)

    def passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.look()

    def terms(self) -> Terms:
        return Terms([Agreed(row.since, row.tier, row.is_licence_customer) for row in self.rows])

    def tier(self, day: str | None = None) -> str:
        return in_force(self.terms(), self.now if day is None else noon(day)).tier


def reasons(complaints: Sequence[Complaint]) -> list[tuple[str, str]]:
    return [(complaint.column, complaint.reason) for complaint in complaints]


def test_agreements_follow_one_another_as_they_were_written() -> None:
    item = Item()
    item.edits(
        tier="silver", starts_on="2026-01-01", ends_on="2026-06-30", next_tier="gold", next_from="2026-07-01"
    )
    told = [item.tier(day) for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")]
    assert told == ["free", "silver", "silver", "gold"]
    item.passes(20)
    assert item.shown[TIER] == "gold"
    assert item.shown[STARTS] == "2026-07-01"
    assert [item.shown[key] for key in (ENDS, NEXT_TIER, NEXT_FROM)] == [None, None, None]


def test_a_gap_between_two_agreements_is_free() -> None:
    item = Item()
    item.edits(tier="silver", ends_on="2026-06-30", next_tier="gold", next_from="2026-09-01")
    assert [item.tier(day) for day in ("2026-07-01", "2026-08-31", "2026-09-01")] == ["free", "free", "gold"]
    item.passes(20)
    assert (item.shown[TIER], item.shown[NEXT_TIER]) == ("free", "gold")


def test_a_correction_of_the_beginning_takes_the_wrong_one_back() -> None:
    item = Item()
    item.edits(tier="silver", starts_on="2026-01-01")
    item.passes(3)
    item.edits(tier="gold")
    assert item.edits(starts_on="2026-03-01") == []
    assert [item.tier(day) for day in ("2026-02-28", "2026-03-01")] == ["silver", "gold"]
    assert reasons(item.edits(starts_on="2025-12-31")) == [(STARTS, "overlap_before")]
    assert item.edits(starts_on="2026-01-01") == []
    assert item.tier("2026-01-01") == "gold"


def test_who_says_since_when_free_holds_has_agreed_to_it() -> None:
    item = Item()
    item.edits(starts_on="2026-05-01")
    assert in_force(item.terms(), item.now).is_made
    assert not in_force(item.terms(), noon("2026-04-30")).is_made


def test_licences_hold_from_when_they_are_noted() -> None:
    item = Item()
    item.edits(tier="gold", starts_on="2026-01-01", next_tier="silver", next_from="2026-12-01")
    item.edits(licence_customer=True)
    told = [
        in_force(item.terms(), noon(day)).is_licence_customer
        for day in ("2026-06-14", "2026-06-16", "2026-12-02")
    ]
    assert told == [False, True, True]
    assert item.shown[STARTS] == "2026-01-01"


def test_an_end_that_is_taken_away_is_none() -> None:
    item = Item()
    item.edits(tier="gold", ends_on="2026-06-30")
    item.edits(ends_on=None)
    assert item.tier("2026-08-01") == "gold"


def test_the_edits_that_make_sense_hold_though_others_do_not() -> None:
    item = Item()
    complaints = item.edits(tier="gold", ends_on="2026-01-01", starts_on="2026-02-01", next_tier="#7")
    assert reasons(complaints) == [(ENDS, "end_before_start"), (NEXT_TIER, "unknown")]
    assert (item.shown[TIER], item.shown[STARTS], item.shown.get(ENDS)) == ("gold", "2026-02-01", None)


def test_two_agreements_can_not_both_come_next() -> None:
    item = Item()
    item.edits(tier="silver", starts_on="2026-01-01", next_tier="gold", next_from="2026-08-01")
    assert reasons(item.edits(starts_on="2026-07-01")) == [(STARTS, "two_to_come")]


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-06-15", "2026-06-15"), ("2026-06-15T22:30:00Z", "2026-06-16"), (None, None), (3, None)],
)
def test_a_day_with_a_time_is_the_day_in_stockholm(value: object, day: str | None) -> None:
    read = read_day(value)
    assert (None if read is None else read.isoformat()) == day


_days = st.none() | st.integers(-400, 400).map(
    lambda days: (day_of(TODAY) + timedelta(days=days)).isoformat()
)
_edits = st.fixed_dictionaries(
    {},
    optional={
        TIER: st.sampled_from([*TIERS, None, "#7"]),
        LICENCES: st.sampled_from([True, None]),
        STARTS: _days,
        ENDS: _days,
        NEXT_TIER: st.sampled_from([*TIERS, None, "#7"]),
        NEXT_FROM: _days,
    },
)


@given(st.lists(st.tuples(_edits, st.integers(0, 90)), max_size=6))
def test_whatever_is_written_the_board_shows_what_holds(
    acts: Sequence[tuple[Mapping[str, Any], int]],
) -> None:
    item = Item()
    for edits, days in acts:
        before = item.terms()
        complaints = item.edits(**edits)
        if edits and {complaint.column for complaint in complaints} == set(edits):
            assert item.terms() == before, "what is set back changes nothing"
        assert item.shown[TIER] == item.tier()
        item.passes(days)
        told = says(item.shown)
        assert item.shown[TIER] == item.tier() in TIERS
        if told.ends_on is not None and item.rows and item.tier() != "free":
            assert told.ends_on >= day_of(item.now)
        if told.next_tier is not None and told.next_from is not None:
            assert in_force(item.terms(), midnight(told.next_from)).tier == told.next_tier
        # Looking again finds nothing to do.
        assert columns(item.rows, item.shown, tier=item.tier(), now=item.now) == {}
        assert plan(item.rows, item.shown, {}, known=TIERS, at=item.now, now=item.now).add == []


def test_every_column_is_one_of_an_item() -> None:
    assert set(COLUMNS) == {TIER, LICENCES, STARTS, ENDS, NEXT_TIER, NEXT_FROM}
