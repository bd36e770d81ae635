"""What a month costs: prices on both sides of a change, to the öre."""

import calendar
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.fees import monthly_fee
from app.agreements.rules.table import read_table
from app.agreements.rules.terms import Source, Subscribed, Terms, monthly_price
from tests.subjects.agreements.sequences import agreed, at, sequences
from tests.subjects.agreements.test_table import changed
from tests.subjects.agreements.test_terms import SILVER_THEN_GOLD, custom


@pytest.mark.parametrize(
    ("tier", "licences", "price"),
    [
        ("free", True, 0),
        ("free", False, 2_500),
        ("silver", True, 5_000),
        ("silver", False, 7_500),
        ("gold", True, 10_000),
        ("gold", False, 15_000),
    ],
)
def test_a_whole_month_costs_its_price(tier: str, licences: bool, price: int) -> None:
    fee = monthly_fee(Terms([agreed(tier, licences=licences)]), 2026, 2)
    assert fee.amount == Decimal(price)
    (line,) = fee.lines
    assert (line.first_on, line.last_on, line.days) == (date(2026, 2, 1), date(2026, 2, 28), 28)


def test_an_upgrade_in_the_middle_of_a_month_is_paid_by_days() -> None:
    terms = Terms([agreed("silver"), agreed("gold", "2026-07-11")])
    first, second = monthly_fee(terms, 2026, 7).lines
    assert (first.tier, first.days, first.amount) == ("silver", 10, Decimal("2419.35"))
    assert (second.tier, second.days, second.amount) == ("gold", 21, Decimal("10161.29"))


def test_an_upgrade_during_a_day_is_paid_from_the_next_one() -> None:
    upgrade = agreed("gold", "2026-07-11").since + timedelta(hours=14)
    terms = Terms([agreed("silver"), type(agreed("gold"))(upgrade, "gold")])
    assert [line.first_on.day for line in monthly_fee(terms, 2026, 7).lines] == [1, 12]


def test_a_month_may_be_paid_wholly_at_the_price_with_which_it_began() -> None:
    known = read_table(changed("proration", "whole_months"))
    terms = Terms([agreed("silver"), agreed("gold", "2026-07-11")])
    assert [monthly_fee(terms, 2026, month, known).amount for month in (7, 8)] == [7_500, 15_000]


def test_the_month_of_a_change_at_its_beginning_has_one_price() -> None:
    assert [monthly_fee(SILVER_THEN_GOLD, 2026, month).amount for month in (6, 7)] == [7_500, 15_000]


def test_nothing_is_paid_before_an_agreement_or_after_its_end() -> None:
    terms = Terms([agreed("gold", "2026-03-16"), agreed(None, "2026-03-31")])
    (line,) = monthly_fee(terms, 2026, 3).lines
    assert (line.first_on.day, line.last_on.day) == (16, 30)
    assert line.amount == Decimal("7258.06")


def test_what_monday_takes_the_payment_for_costs_nothing_here() -> None:
    terms = Terms(subscribed=[Subscribed(at("2026-02-15"), "gold")])
    (line,) = monthly_fee(terms, 2026, 3).lines
    assert (line.tier, line.source, line.amount) == ("gold", Source.MARKETPLACE, Decimal(0))


def test_a_custom_price_stands_on_its_own_line() -> None:
    terms = Terms([agreed("gold")], custom=custom("price = 12 000 from 2026-04-16"))
    assert [line.amount for line in monthly_fee(terms, 2026, 4).lines] == [7_500, 6_000]


@given(sequences, st.integers(2026, 2027), st.integers(1, 12))
def test_a_fee_is_the_sum_of_its_days(terms: Terms, year: int, month: int) -> None:
    fee = monthly_fee(terms, year, month)
    days = calendar.monthrange(year, month)[1]
    midnights = [agreed(None, f"{year}-{month:02}-{day:02}").since for day in range(1, days + 1)]
    whole = sum((monthly_price(terms, one) for one in midnights), Decimal(0)) / days
    assert abs(fee.amount - whole) <= Decimal("0.005") * len(fee.lines)
    assert sum(line.days for line in fee.lines) <= days
