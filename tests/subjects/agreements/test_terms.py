"""Exactly one agreement applies at any instant, and what it entitles to."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.agreements.rules.custom import read_custom
from app.agreements.rules.table import RANKS, Capability, Level, table, tiers
from app.agreements.rules.terms import (
    Agreed,
    CustomTerm,
    InForce,
    Source,
    Subscribed,
    Terms,
    changes,
    consulting_price,
    entitlement,
    in_force,
    midnight,
    monthly_price,
    promise_key,
    promised,
)
from tests.subjects.agreements.sequences import BEGIN, TIERS, agreed, at, moments, sequences
from tests.subjects.agreements.test_table import HOUR, ROWS

A_MICROSECOND = timedelta(microseconds=1)
SILVER_THEN_GOLD = Terms([agreed("silver"), agreed("gold", "2026-07-01")])


def custom(*lines: str, written: str = "2026-01-01") -> list[CustomTerm]:
    found = read_custom("\n".join(lines), at=at(written))
    assert not found.complaints
    return list(found.terms)


@pytest.mark.parametrize(("place", "tier"), list(enumerate(TIERS)), ids=TIERS)
@pytest.mark.parametrize("capability", list(ROWS))
def test_a_customer_has_what_its_agreement_gives(capability: str, place: int, tier: str) -> None:
    found = entitlement(Terms([agreed(tier)]), Capability(capability), at("2026-05-01"))
    level, _ = ROWS[capability][place]
    assert (found.level, found.is_included) == (Level(level), level != "none")
    assert str(found.clause) == tier.upper()


@pytest.mark.parametrize("capability", list(ROWS))
def test_a_custom_agreement_overrides_any_cell(capability: str) -> None:
    value = {"vendor_reporting": "on request", "consulting_discount": "15 %"}.get(capability, "yes")
    value = "3 h" if capability in ("acute", "guaranteed_response") else value
    line = f"{capability} = {value} from 2026-03-01 to 2026-04-30"
    with_it, without = (f"{capability} = none from 2026-05-01", line)
    terms = Terms([agreed("free")], custom=custom(without, with_it))
    given_then = entitlement(terms, Capability(capability), at("2026-04-30"))
    taken_then = entitlement(terms, Capability(capability), at("2026-05-01"))
    assert (given_then.is_included, taken_then.is_included) == (True, False)
    assert str(given_then.clause) == f"custom: {line}"
    assert entitlement(terms, Capability(capability), at("2026-02-28")).clause.custom is None


def test_an_entitlement_answers_with_its_figures() -> None:
    terms = Terms([agreed("gold")], custom=custom("discount = 12,5 %", "acute = 45 min"))
    discount = entitlement(terms, Capability.CONSULTING_DISCOUNT, at("2026-05-01"))
    assert (discount.limits.percent, discount.limits.price) == (Decimal("12.5"), Decimal("1268.75"))
    assert entitlement(terms, Capability.ACUTE, at("2026-05-01")).limits.business_seconds == 45 * 60


@pytest.mark.parametrize(("tier", "price"), [("free", 1450), ("silver", 1305), ("gold", 1160)])
def test_an_hour_of_consulting_costs_what_the_discount_leaves(tier: str, price: int) -> None:
    found = entitlement(Terms([agreed(tier)]), Capability.CONSULTING_DISCOUNT, at("2026-05-01"))
    assert found.limits.price == Decimal(price)


def test_another_agreement_follows_at_midnight_in_stockholm() -> None:
    turn = midnight(at("2026-07-01").date())
    before, after = in_force(SILVER_THEN_GOLD, turn - A_MICROSECOND), in_force(SILVER_THEN_GOLD, turn)
    assert (before.tier, before.until) == ("silver", turn)
    assert (after.tier, after.since, after.until) == ("gold", turn, None)
    assert turn.isoformat() == "2026-07-01T00:00:00+02:00"


def test_free_holds_where_no_agreement_was_made() -> None:
    assert in_force(Terms(), BEGIN) == InForce("free", Source.NONE, is_licence_customer=False)
    early = in_force(SILVER_THEN_GOLD, at("2025-12-31"))
    assert (early.tier, early.is_made, early.since) == ("free", False, None)


def test_an_agreement_that_has_ended_leaves_free() -> None:
    terms = Terms([agreed("gold"), agreed(None, "2026-07-01")])
    assert in_force(terms, at("2026-06-30")).tier == "gold"
    assert (in_force(terms, at("2026-07-01")).tier, in_force(terms, at("2026-07-01")).is_made) == (
        "free",
        False,
    )


def test_a_subscription_holds_where_the_board_has_no_agreement() -> None:
    bought = [Subscribed(at("2026-03-01"), "silver"), Subscribed(at("2026-05-01"), None)]
    terms = Terms([agreed("free")], bought)
    told = [in_force(terms, at(day)) for day in ("2026-02-01", "2026-04-01", "2026-06-01")]
    assert [(one.tier, one.source) for one in told] == [
        ("free", Source.BOARD),
        ("silver", Source.MARKETPLACE),
        ("free", Source.BOARD),
    ]
    assert told[1].until == at("2026-05-01")


def test_an_agreement_on_the_board_wins_over_a_subscription_and_says_so() -> None:
    terms = Terms([agreed("gold", "2026-04-01")], [Subscribed(at("2026-03-01"), "silver")])
    found = in_force(terms, at("2026-05-01"))
    assert (found.tier, found.source, found.overruled) == ("gold", Source.BOARD, "silver")


@given(sequences, moments)
def test_at_any_instant_exactly_one_agreement_applies(terms: Terms, at: datetime) -> None:
    found = in_force(terms, at)
    assert found.tier in TIERS
    assert found.since is None or found.since <= at
    assert found.until is None or at < found.until
    # It is the same one all the time that it says, and another before and after.
    inside = [one for one in (*changes(terms), at) if found.since is None or found.since <= one]
    inside = [one for one in inside if found.until is None or one < found.until]
    assert all(in_force(terms, one) == found for one in inside)
    if found.until is not None:
        assert in_force(terms, found.until - A_MICROSECOND) == found
        assert in_force(terms, found.until).since == found.until
    if found.since is not None:
        assert in_force(terms, found.since - A_MICROSECOND).until == found.since


@given(sequences, moments, moments)
def test_nothing_changes_between_two_changes(terms: Terms, one: datetime, other: datetime) -> None:
    first, last = sorted((one, other))
    assume(not any(first < change <= last for change in changes(terms)))
    assert promise_key(terms, first) == promise_key(terms, last)
    assert monthly_price(terms, first) == monthly_price(terms, last)
    for capability in Capability:
        before, after = (entitlement(terms, capability, when) for when in (first, last))
        assert (before.level, before.limits) == (after.level, after.limits)


@given(sequences, moments, st.sampled_from(list(Capability)))
def test_a_greater_agreement_never_gives_less(terms: Terms, at: datetime, capability: Capability) -> None:
    def with_tier(tier: str) -> Terms:
        return Terms([*terms.agreed, Agreed(at, tier)], custom=terms.custom)

    given_by = [entitlement(with_tier(tier), capability, at) for tier in TIERS]
    for smaller, greater in itertools.pairwise(given_by):
        assert RANKS[smaller.level] <= RANKS[greater.level]
        if smaller.limits.business_seconds is not None and greater.limits.business_seconds is not None:
            assert smaller.limits.business_seconds >= greater.limits.business_seconds
        assert (smaller.limits.percent or 0) <= (greater.limits.percent or 0)
        assert (smaller.limits.price or 0) >= (greater.limits.price or 0)


@given(sequences, moments)
def test_what_is_promised_is_what_the_entitlement_says(terms: Terms, at: datetime) -> None:
    key = promise_key(terms, at)
    for capability, metric in (
        (Capability.GUARANTEED_RESPONSE, "first_response"),
        (Capability.ACUTE, "acute_response"),
    ):
        promise = promised(table(), key, metric, "normal")
        told = entitlement(terms, capability, at).limits.business_seconds
        assert (None if promise is None else promise.business_seconds) == told
    assert len(key) <= 64


def test_a_custom_promise_is_counted_as_the_tier_counts() -> None:
    terms = Terms([agreed("silver")], custom=custom("svarstid = 4 tim"))
    key = promise_key(terms, at("2026-05-01"))
    assert key == "silver;first_response=14400"
    promise = promised(table(), key, "first_response", "urgent")
    assert promise is not None
    assert (promise.business_seconds, promise.calendar) == (4 * HOUR, "support")
    assert promise.pauses == tiers()["silver"].pauses
    assert promised(table(), key, "next_response", "urgent") == tiers()["silver"].promise(
        "next_response", "urgent"
    )


def test_a_tier_that_is_not_known_any_more_promises_nothing() -> None:
    assert promised(table(), "platinum", "first_response", "normal") is None
    assert not entitlement(Terms([agreed("platinum")]), Capability.VIDEO, at("2026-05-01")).is_included


@pytest.mark.parametrize(("licences", "price"), [(True, 5_000), (False, 7_500)])
def test_a_month_costs_what_the_agreement_in_force_says(licences: bool, price: int) -> None:
    terms = Terms([agreed("silver", licences=licences)])
    assert monthly_price(terms, at("2026-05-01")) == Decimal(price)


def test_a_custom_price_holds_between_its_dates() -> None:
    terms = Terms(
        [agreed("gold")],
        custom=custom("pris = 9 000 kr/mån från 2026-03-01 till 2026-03-31", "timpris = 1 300 SEK/h"),
    )
    told = [monthly_price(terms, at(day)) for day in ("2026-02-28", "2026-03-31", "2026-04-01")]
    assert told == [15_000, 9_000, 15_000]
    assert consulting_price(terms, at("2026-05-01")) == Decimal(1_300)


def test_nobody_pays_for_what_nobody_agreed_to() -> None:
    assert monthly_price(Terms(), BEGIN) == 0
    assert monthly_price(Terms(subscribed=[Subscribed(BEGIN, "gold")]), at("2026-05-01")) == 0
