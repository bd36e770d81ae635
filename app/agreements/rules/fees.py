"""What a month of a customer's agreement costs. Pure.

A day is paid at the price with which it begins by the clock in Stockholm: who changes the
agreement during a day pays the new price from the next one. Amounts are kronor without VAT,
each line rounded to whole öre.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from app.agreements.rules.table import Proration, Table, table
from app.agreements.rules.terms import ORE, Source, Terms, changes, in_force, midnight, monthly_price


@dataclass(frozen=True)
class FeeLine:
    """Days of a month with one agreement at one price."""

    tier: str
    source: Source
    first_on: date
    #: The last of them.
    last_on: date
    #: What a whole month costs.
    monthly_price: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.last_on - self.first_on).days + 1


@dataclass(frozen=True)
class Fee:
    """A month's fee; nothing stands in it of days without an agreement."""

    lines: Sequence[FeeLine]

    @property
    def amount(self) -> Decimal:
        """The sum."""
        return sum((line.amount for line in self.lines), Decimal(0))


def monthly_fee(terms: Terms, year: int, month: int, known: Table | None = None) -> Fee:
    """What the agreements of a month cost.

    A month paid wholly is paid at the price with which it begins, whatever is agreed during it.
    """
    known = known or table()
    days = _days_of(year, month)
    # Between two changes every day has the same price.
    bounds = changes(terms)
    stretches = {day: bisect_right(bounds, midnight(day)) for day in days}
    first_days = {stretch: day for day, stretch in reversed(stretches.items())}
    prices = {stretch: _priced(terms, day, known) for stretch, day in first_days.items()}
    priced = [(day, prices[stretches[day]]) for day in days]
    if known.proration is Proration.WHOLE_MONTHS:
        priced = [(day, priced[0][1]) for day in days]
    lines = []
    for (tier, source, price), some in groupby(priced, key=lambda one: one[1]):
        covered = [day for day, _ in some]
        amount = (price * len(covered) / len(days)).quantize(ORE, ROUND_HALF_UP)
        if source is not Source.NONE:
            lines.append(FeeLine(tier, source, covered[0], covered[-1], price, amount))
    return Fee(lines)


def _priced(terms: Terms, day: date, known: Table) -> tuple[str, Source, Decimal]:
    at = midnight(day)
    agreement = in_force(terms, at)
    return agreement.tier, agreement.source, monthly_price(terms, at, known)


def _days_of(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return [first + timedelta(days=count) for count in range((after - first).days)]
