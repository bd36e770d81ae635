"""What an entry costs: rounded minutes, the price of its day, whole öre."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.terms import Terms
from app.time_entries.rules.charges import (
    Entry,
    Invoicing,
    InvoicingError,
    Per,
    charge,
    cost,
    invoicing,
    price_of_day,
    read_invoicing,
)
from tests.subjects.agreements.sequences import agreed, sequences
from tests.subjects.agreements.test_terms import custom

SILVER = Terms([agreed("silver")])
BY_ENTRY = Invoicing(15, Per.ENTRY, 7, 366)
BY_TICKET = Invoicing(15, Per.MONTH_AND_TICKET, 7, 366)
DAY = date(2026, 5, 4)

_entry = st.builds(
    Entry,
    st.just(0),
    st.integers(0, 700).map(lambda days: date(2026, 1, 1) + timedelta(days)),
    st.integers(1, 1440),
    st.booleans(),
    st.sampled_from(["SYN-1001", "SYN-1002", None]),
)
entries = st.lists(_entry, max_size=12).map(
    lambda some: [
        Entry(number, one.day, one.minutes, one.is_billable, one.ticket) for number, one in enumerate(some)
    ]
)
roundings = st.builds(Invoicing, st.integers(1, 60), st.sampled_from(Per), st.just(7), st.just(366))


@pytest.mark.parametrize(("tier", "price"), [("free", "1450.00"), ("silver", "1305.00"), ("gold", "1160.00")])
def test_the_price_is_that_of_the_agreement(tier: str, price: str) -> None:
    assert price_of_day(Terms([agreed(tier)]), DAY) == Decimal(price)


def test_a_day_has_the_price_with_which_it_begins() -> None:
    upgrade = agreed("gold", "2026-05-04").since + timedelta(hours=10)
    terms = Terms([agreed("silver"), type(agreed("gold"))(upgrade, "gold")])
    assert [price_of_day(terms, DAY + timedelta(days)) for days in (-1, 0, 1)] == [1305, 1305, 1160]


def test_what_was_agreed_with_the_customer_alone_counts() -> None:
    terms = Terms([agreed("silver")], custom=[*custom("discount = 50 %"), *custom("hourly price = 1 000 kr")])
    assert price_of_day(terms, DAY) == Decimal(500)


@pytest.mark.parametrize(
    ("minutes", "charged", "amount"),
    [(1, 15, "326.25"), (15, 15, "326.25"), (16, 30, "652.50"), (60, 60, "1305.00")],
)
def test_each_entry_is_rounded_up_to_a_quarter(minutes: int, charged: int, amount: str) -> None:
    (one,) = charge([Entry(1, DAY, minutes)], SILVER, BY_ENTRY)
    assert (one.minutes, one.amount) == (charged, Decimal(amount))


def test_a_months_minutes_of_a_ticket_may_be_rounded_together() -> None:
    some = [Entry(n, DAY + timedelta(n), 7, ticket="SYN-1001") for n in range(3)]
    some.append(Entry(9, DAY + timedelta(40), 7, ticket="SYN-1001"))
    assert [one.minutes for one in charge(some, SILVER, BY_TICKET)] == [7, 7, 16, 15]


def test_what_is_not_billable_costs_nothing_and_takes_no_part_in_the_rounding() -> None:
    some = [Entry(1, DAY, 20, is_billable=False), Entry(2, DAY, 10)]
    for rules in (BY_ENTRY, BY_TICKET):
        first, second = charge(some, SILVER, rules)
        assert (first.minutes, first.amount) == (0, Decimal(0))
        assert (second.minutes, second.amount) == (15, Decimal("326.25"))


def test_half_an_ore_is_rounded_up() -> None:
    assert cost(1, Decimal("0.30")) == Decimal("0.01")


@given(entries, sequences, roundings)
def test_a_sum_is_the_sum_of_its_lines_and_no_minute_is_lost(
    some: list[Entry], terms: Terms, rules: Invoicing
) -> None:
    charges = charge(some, terms, rules)
    assert sorted(one.entry.id for one in charges) == [entry.id for entry in some]
    exact = sum((one.price * one.minutes / 60 for one in charges), Decimal(0))
    total = sum((one.amount for one in charges), Decimal(0))
    assert abs(total - exact) <= Decimal("0.005") * len(charges)
    for one in charges:
        assert one.minutes >= (one.entry.minutes if one.entry.is_billable else 0)
        assert one.amount == one.amount.quantize(Decimal("0.01")) >= 0


@given(entries, sequences)
def test_every_entry_has_the_price_of_its_day(some: list[Entry], terms: Terms) -> None:
    assert all(one.price == price_of_day(terms, one.entry.day) for one in charge(some, terms, BY_ENTRY))


@given(entries, sequences, st.integers(1, 60))
def test_rounding_by_month_and_ticket_is_rounding_of_the_sum(
    some: list[Entry], terms: Terms, up_to: int
) -> None:
    together = charge(some, terms, Invoicing(up_to, Per.MONTH_AND_TICKET, 7, 366))
    groups: dict[tuple[int, int, str | None], tuple[int, int]] = {}
    for one in together:
        if one.entry.is_billable:
            key = (one.entry.day.year, one.entry.day.month, one.entry.ticket)
            worked, charged = groups.get(key, (0, 0))
            groups[key] = (worked + one.entry.minutes, charged + one.minutes)
    assert all(charged % up_to == 0 and 0 <= charged - worked < up_to for worked, charged in groups.values())
    apart = charge(some, terms, Invoicing(up_to, Per.ENTRY, 7, 366))
    assert sum(one.minutes for one in together) <= sum(one.minutes for one in apart)


@given(entries, sequences, roundings, st.integers(0, 11), st.integers(1, 600))
def test_who_works_longer_never_costs_less(
    some: list[Entry], terms: Terms, rules: Invoicing, place: int, longer: int
) -> None:
    if not some:
        return
    entry = some[place % len(some)]
    more = Entry(entry.id, entry.day, entry.minutes + longer, entry.is_billable, entry.ticket)
    others = [one for one in some if one is not entry]
    before = {one.entry.id: one for one in charge([*others, entry], terms, rules)}
    after = {one.entry.id: one for one in charge([*others, more], terms, rules)}
    assert after[entry.id].minutes >= before[entry.id].minutes or rules.per is Per.MONTH_AND_TICKET
    assert sum(one.minutes for one in after.values()) >= sum(one.minutes for one in before.values())


@given(entries, sequences, roundings)
def test_the_order_in_which_entries_are_given_does_not_matter(
    some: list[Entry], terms: Terms, rules: Invoicing
) -> None:
    assert charge(some, terms, rules) == charge(some[::-1], terms, rules)


def test_the_configuration_in_force_can_be_read() -> None:
    assert invoicing() == BY_ENTRY


@pytest.mark.parametrize(
    ("described", "named"),
    [
        ("minutes: {up_to: 0}\ndays_ahead: 7\ndays_back: 9", "up_to"),
        ("minutes: {up_to: 15, per: week}\ndays_ahead: 7\ndays_back: 9", "per"),
        ("minutes: {up_to: 15}\ndays_ahead: -1\ndays_back: 9", "days_ahead"),
        ("days_ahead: 7", "minutes"),
        ("minutes: [", "expected"),
    ],
)
def test_a_configuration_that_is_none_is_refused_with_the_place(described: str, named: str) -> None:
    with pytest.raises(InvoicingError, match=named):
        read_invoicing(described)
