"""What entries cost: minutes rounded up as configured, the price of the entry's day, whole öre. Pure.

An entry's day has the price with which it begins by the clock in Stockholm, like a day of the
agreement's fee. Amounts are kronor without VAT, each entry's rounded half up to whole öre, so that a
sum is always the sum of what stands in its lines.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from app.agreements.rules.table import Capability, Table
from app.agreements.rules.terms import ORE, Terms, changes, consulting_price, entitlement, midnight
from app.errors import SupportError

MINUTES_AN_HOUR = 60


class Per(StrEnum):
    """Whose minutes are rounded up."""

    ENTRY = "entry"
    MONTH_AND_TICKET = "month_and_ticket"


@dataclass(frozen=True)
class Invoicing:
    """Everything that ``invoicing.yaml`` says."""

    up_to: int
    per: Per
    days_ahead: int
    days_back: int


@dataclass(frozen=True)
class Entry:
    """Work that counts for one customer."""

    id: int
    #: In Stockholm.
    day: date
    minutes: int
    is_billable: bool = True
    #: A ticket's number; None for work that belongs to none.
    ticket: str | None = None
    #: The names of who worked.
    person: str = ""


@dataclass(frozen=True)
class Charge:
    """What an entry costs; one that is not billable has no minutes to charge."""

    entry: Entry
    minutes: int
    #: An hour after the discount.
    price: Decimal
    amount: Decimal


class InvoicingError(SupportError):
    """How time is invoiced is not described so that it can be done."""

    code = "invoicing"
    permanent = True


_MinutesSchema = Schema.from_dict(
    {
        "up_to": fields.Integer(
            required=True,
            strict=True,
            validate=validate.Range(min=1, max=24 * MINUTES_AN_HOUR, error="must be minutes, 1 to 1440"),
        ),
        "per": fields.Enum(Per, by_value=True, load_default=Per.ENTRY),
    },
    name="MinutesSchema",
)
_DAYS = validate.Range(min=0, error="must be a number of days")
_InvoicingSchema = Schema.from_dict(
    {
        "minutes": fields.Nested(_MinutesSchema, required=True),
        "days_ahead": fields.Integer(required=True, strict=True, validate=_DAYS),
        "days_back": fields.Integer(required=True, strict=True, validate=_DAYS),
    },
    name="InvoicingSchema",
)


@cache
def invoicing() -> Invoicing:
    """How time is invoiced."""
    return read_invoicing(files("app.time_entries").joinpath("invoicing.yaml").read_text())


def read_invoicing(described: str) -> Invoicing:
    """What a description in YAML says.

    Raises:
        InvoicingError: it is not described as it should be; the sentence says where.
    """
    try:
        found: Mapping[str, Any] = _InvoicingSchema().load(yaml.safe_load(described) or {})
    except (ValidationError, yaml.YAMLError) as error:
        told = error.messages if isinstance(error, ValidationError) else error
        raise InvoicingError(f"How time is invoiced is not right: {told}") from error
    minutes = found["minutes"]
    return Invoicing(minutes["up_to"], minutes["per"], found["days_ahead"], found["days_back"])


def charge(
    entries: Sequence[Entry], terms: Terms, rules: Invoicing, known: Table | None = None
) -> Sequence[Charge]:
    """What each of a customer's entries costs, in the order of their days.

    Where a month's minutes of a ticket are rounded together, all of its entries must be given.
    """
    ordered = sorted(entries, key=lambda entry: (entry.day, entry.id))
    minutes = _charged_minutes(ordered, rules)
    prices = _prices(terms, {entry.day for entry in ordered}, known)
    return [
        Charge(entry, minutes[entry.id], prices[entry.day], cost(minutes[entry.id], prices[entry.day]))
        for entry in ordered
    ]


def price_of_day(terms: Terms, day: date, known: Table | None = None) -> Decimal:
    """An hour of consulting on a day, after the discount of the agreement with which the day begins."""
    found = entitlement(terms, Capability.CONSULTING_DISCOUNT, midnight(day), known)
    return consulting_price(terms, midnight(day), known) if found.limits.price is None else found.limits.price


def _prices(terms: Terms, days: Collection[date], known: Table | None) -> Mapping[date, Decimal]:
    """What an hour costs on each of some days; between two changes of the terms it is the same."""
    bounds = changes(terms)
    stretches = {day: bisect_right(bounds, midnight(day)) for day in days}
    found = {
        stretch: price_of_day(terms, day, known)
        for stretch, day in {stretch: day for day, stretch in stretches.items()}.items()
    }
    return {day: found[stretch] for day, stretch in stretches.items()}


def cost(minutes: int, price: Decimal) -> Decimal:
    """Minutes at a price an hour, in whole öre, half up."""
    return (price * minutes / MINUTES_AN_HOUR).quantize(ORE, ROUND_HALF_UP)


def _charged_minutes(ordered: Sequence[Entry], rules: Invoicing) -> Mapping[int, int]:
    """Entry id → minutes to charge."""
    billable = [entry for entry in ordered if entry.is_billable]
    charged = dict.fromkeys((entry.id for entry in ordered), 0)
    if rules.per is Per.ENTRY:
        return charged | {entry.id: _rounded_up(entry.minutes, rules.up_to) for entry in billable}
    together: dict[tuple[int, int, str | None], list[Entry]] = defaultdict(list)
    for entry in billable:
        together[entry.day.year, entry.day.month, entry.ticket].append(entry)
    for some in together.values():
        total = sum(entry.minutes for entry in some)
        charged |= {entry.id: entry.minutes for entry in some}
        charged[some[-1].id] += _rounded_up(total, rules.up_to) - total
    return charged


def _rounded_up(minutes: int, up_to: int) -> int:
    return -(-minutes // up_to) * up_to
