"""What people wrote in a time entry's cells: what it says, what it lacks, what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from app.agreements.rules.terms import day_of
from app.time_entries.rules.charges import Invoicing

#: Nobody works more in a day.
MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Written:
    """The cells of an entry, as canonical values (``app.monday.values``); None is empty."""

    ticket: str | None
    customer: str | None
    day: str | None
    minutes: str | None
    #: ``yes`` or ``no``; whatever else it is counts as billable: forgetting costs nothing.
    billable: str | None


@dataclass(frozen=True)
class Known:
    """Whose the written ticket and customer are: ids of customers; None where there is no such thing."""

    of_ticket: int | None
    of_customer: int | None


@dataclass(frozen=True)
class Complaint:
    """What is wrong: the name of a sentence (``app.texts``: ``time.wrong.…``) and its values."""

    reason: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for the same mistake."""
        return "|".join((self.reason, *(self.values[name] for name in sorted(self.values))))


@dataclass(frozen=True)
class Reading:
    """What an entry says; what it doesn't say is None."""

    customer_id: int | None
    day: date | None
    minutes: int | None
    is_billable: bool
    complaints: Sequence[Complaint]

    @property
    def counts(self) -> bool:
        """Whether it says all that is needed, and nothing wrong."""
        return not self.complaints and None not in (self.customer_id, self.day, self.minutes)


def read(
    written: Written, known: Known, rules: Invoicing, *, today: date, settled: date | None = None
) -> Reading:
    """Read an entry's cells.

    Args:
        written: What the cells hold.
        known: What was found by them.
        rules: How far from today a day may be.
        today: In Stockholm.
        settled: The day with which the entry counts already: it does not become wrong by growing old.
    """
    complaints: list[Complaint] = []
    customer_id = _customer(written, known, complaints)
    day = _day(written.day, rules, today, settled, complaints)
    minutes = _minutes(written.minutes, complaints)
    return Reading(customer_id, day, minutes, written.billable != "no", complaints)


def _customer(written: Written, known: Known, complaints: list[Complaint]) -> int | None:
    if written.ticket is not None and known.of_ticket is None:
        complaints.append(Complaint("ticket", {"written": written.ticket}))
    if written.customer is not None and known.of_customer is None:
        complaints.append(Complaint("customer", {"written": written.customer}))
    if None not in (known.of_ticket, known.of_customer) and known.of_ticket != known.of_customer:
        values = {"ticket": written.ticket or "", "customer": written.customer or ""}
        complaints.append(Complaint("both", values))
        return None
    return known.of_ticket if known.of_ticket is not None else known.of_customer


def _day(
    written: str | None, rules: Invoicing, today: date, settled: date | None, complaints: list[Complaint]
) -> date | None:
    if written is None:
        return None
    try:
        # A date without a time is the day that people saw; with one it is a moment.
        day = (
            day_of(datetime.fromisoformat(written).astimezone(UTC))
            if "T" in written
            else date.fromisoformat(written)
        )
    except ValueError:
        complaints.append(Complaint("no_day", {"written": written}))
        return None
    if day == settled or today - timedelta(rules.days_back) <= day <= today + timedelta(rules.days_ahead):
        return day
    complaints.append(Complaint("ahead" if day > today else "back", {"written": day.isoformat()}))
    return None


def _minutes(written: str | None, complaints: list[Complaint]) -> int | None:
    if written is None:
        return None
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite() and number == number.to_integral_value() and 0 < number <= MOST_MINUTES:
        return int(number)
    complaints.append(Complaint("minutes", {"written": written}))
    return None
