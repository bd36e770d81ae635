"""A customer's month: its agreement's fee, its consulting, and corrections of months already invoiced. Pure.

A closed month's statement is what was written down when it was closed. What differs since is a
correction on the statement of the first month that is open, line by line, with the month and entry it
is about: what is due now, less what was invoiced before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from app.agreements.rules.fees import monthly_fee
from app.agreements.rules.table import Table
from app.agreements.rules.terms import Source, Terms
from app.time_entries.rules.charges import Charge, Entry, Invoicing, charge

_ZERO = Decimal("0.00")


class Kind(StrEnum):
    """What a line is about."""

    FEE = "fee"
    CONSULTING = "consulting"


@dataclass(frozen=True)
class Line:
    """One line of a statement. Of a correction the minutes and the amount are differences."""

    kind: Kind
    #: The month it is about, by its first day: the statement's own, unless it is a correction.
    about: date
    amount: Decimal
    first_on: date
    last_on: date
    #: The agreement, of a fee, and whether monday.com takes the payment for it: then nothing is paid here.
    tier: str = ""
    is_marketplace: bool = False
    #: A month of the agreement, or an hour of consulting after the discount.
    price: Decimal = _ZERO
    entry_id: int | None = None
    ticket: str | None = None
    person: str = ""
    minutes: int = 0
    charged_minutes: int = 0
    is_correction: bool = False

    @property
    def thing(self) -> tuple[Kind, date, int | None]:
        """What has one price: an entry in a month, or a month of the agreement."""
        return self.kind, self.about, self.entry_id


@dataclass(frozen=True)
class Statement:
    """What a customer is to pay for a month, in kronor without VAT."""

    month: date
    is_closed: bool
    lines: Sequence[Line]

    @property
    def fee(self) -> Decimal:
        """The agreement."""
        return _sum(line.amount for line in self.lines if line.kind is Kind.FEE and not line.is_correction)

    @property
    def consulting(self) -> Decimal:
        """The month's entries."""
        return _sum(line.amount for line in self.worked)

    @property
    def corrections(self) -> Decimal:
        """What months invoiced before lack, or had too much."""
        return _sum(line.amount for line in self.lines if line.is_correction)

    @property
    def total(self) -> Decimal:
        """Everything."""
        return _sum(line.amount for line in self.lines)

    @property
    def worked(self) -> Sequence[Line]:
        """The lines of the month's own entries."""
        return [line for line in self.lines if line.kind is Kind.CONSULTING and not line.is_correction]


@dataclass(frozen=True)
class Books:
    """Everything that a customer's statements follow from."""

    terms: Terms
    #: Those that count, of all months.
    entries: Sequence[Entry]
    #: Closed month → what its statement said.
    invoiced: Mapping[date, Sequence[Line]] = field(default_factory=dict)
    #: The months that are closed for everybody, by their first days, in order and without a gap.
    closed: Sequence[date] = ()

    @property
    def first_open(self) -> date | None:
        """The month in which corrections are invoiced; None before any was closed."""
        return next_month(self.closed[-1]) if self.closed else None


def statement(books: Books, month: date, rules: Invoicing, known: Table | None = None) -> Statement:
    """A month's statement; ``month`` is its first day."""
    if month in books.closed:
        return Statement(month, is_closed=True, lines=books.invoiced.get(month, ()))
    charges = charge(books.entries, books.terms, rules, known)
    lines = _fee_lines(books.terms, month, known)
    lines += [line_of(one) for one in charges if month_of(one.entry.day) == month]
    if month == books.first_open:
        lines += corrections(books, charges, known)
    return Statement(month, is_closed=False, lines=lines)


def corrections(books: Books, charges: Sequence[Charge], known: Table | None = None) -> list[Line]:
    """What the closed months would say otherwise by now, in the order of what they are about."""
    due: dict[tuple[Kind, date, int | None], list[Line]] = defaultdict(list)
    for month in books.closed:
        for line in _fee_lines(books.terms, month, known):
            due[line.thing].append(line)
    last_closed = books.closed[-1] if books.closed else date.min
    for one in charges:
        if month_of(one.entry.day) <= last_closed:
            due[line_of(one).thing].append(line_of(one))
    paid: dict[tuple[Kind, date, int | None], list[Line]] = defaultdict(list)
    for lines in books.invoiced.values():
        for line in lines:
            paid[line.thing].append(line)
    things = sorted({*due, *paid}, key=lambda thing: (thing[1], thing[0], thing[2] or 0))
    found = [_difference(due[thing], paid[thing]) for thing in things]
    return [line for line in found if line is not None]


def line_of(one: Charge) -> Line:
    """An entry's line on its month's statement."""
    entry = one.entry
    return Line(
        Kind.CONSULTING,
        month_of(entry.day),
        one.amount,
        entry.day,
        entry.day,
        price=one.price,
        entry_id=entry.id,
        ticket=entry.ticket,
        person=entry.person,
        minutes=entry.minutes,
        charged_minutes=one.minutes,
    )


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return month_of(month + timedelta(days=31))


def _difference(due: Sequence[Line], paid: Sequence[Line]) -> Line | None:
    """The line that brings what was invoiced for a thing to what is due; None where nothing is lacking."""
    amount = _sum(line.amount for line in due) - _sum(line.amount for line in paid)
    charged = sum(line.charged_minutes for line in due) - sum(line.charged_minutes for line in paid)
    if not amount and not charged:
        return None
    both = [*due, *paid]
    told = (due or paid)[-1]
    return replace(
        told,
        amount=amount,
        first_on=min(line.first_on for line in both),
        last_on=max(line.last_on for line in both),
        minutes=sum(line.minutes for line in due) - sum(line.minutes for line in paid),
        charged_minutes=charged,
        is_correction=True,
    )


def _fee_lines(terms: Terms, month: date, known: Table | None) -> list[Line]:
    fee = monthly_fee(terms, month.year, month.month, known)
    return [
        Line(
            Kind.FEE,
            month,
            line.amount.quantize(Decimal("0.01")),
            line.first_on,
            line.last_on,
            tier=line.tier,
            is_marketplace=line.source is Source.MARKETPLACE,
            price=line.monthly_price,
        )
        for line in fee.lines
    ]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _ZERO)
