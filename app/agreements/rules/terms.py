"""Whose agreement holds when, and what it entitles to. Pure.

A customer's terms are three sequences. *Agreed* is what was agreed on the customers board, from a
moment on, until the next one. *Subscribed* is what the account pays for through monday.com.
*Custom terms* override single cells between two moments. At any instant exactly one agreement
applies: one of the board that is more than FREE, else the subscription, else the board's FREE,
else FREE because none was made. Moments are aware UTC; an agreement holds from its first
microsecond to just before the next one's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.agreements.rules.table import FREE, RESPONSES, Capability, Cell, Level, Promise, Table, Tier, table

ZONE = ZoneInfo("Europe/Stockholm")
ORE = Decimal("0.01")
#: What else custom terms can set: the agreement's price a month, and an hour of consulting before discount.
PRICE = "price"
CONSULTING_PRICE = "consulting_price"
_A_DAY = timedelta(days=1)
_NONE = "none"


class Source(StrEnum):
    """Where an agreement comes from."""

    #: None was made.
    NONE = "none"
    BOARD = "board"
    MARKETPLACE = "marketplace"


@dataclass(frozen=True)
class Agreed:
    """What holds on the customers board from a moment on. ``tier`` None: the agreement before has ended."""

    since: datetime
    tier: str | None
    is_licence_customer: bool = False


@dataclass(frozen=True)
class Subscribed:
    """What the account pays for through monday.com from a moment on. ``tier`` None: nothing."""

    since: datetime
    tier: str | None


_Step = TypeVar("_Step", Agreed, Subscribed)


@dataclass(frozen=True)
class CustomTerm:
    """One cell, or one price, as agreed with this customer alone."""

    #: A capability, ``PRICE`` or ``CONSULTING_PRICE``.
    subject: str
    #: As people wrote it.
    line: str
    since: datetime
    until: datetime | None = None
    cell: Cell | None = None
    kronor: Decimal | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Terms:
    """Everything agreed with one customer. What comes later in a sequence wins where moments are the same."""

    agreed: Sequence[Agreed] = ()
    subscribed: Sequence[Subscribed] = ()
    #: In the order in which they were noted: the later wins.
    custom: Sequence[CustomTerm] = ()


@dataclass(frozen=True)
class InForce:
    """The one agreement that applies."""

    tier: str
    source: Source
    is_licence_customer: bool
    #: None: as far back as anything is known.
    since: datetime | None = None
    #: None: until something is agreed.
    until: datetime | None = None
    #: A subscription that goes on beside it, and gives way.
    overruled: str | None = None

    @property
    def is_made(self) -> bool:
        """Whether anybody agreed to it; without that nothing is paid."""
        return self.source is not Source.NONE


#: What holds before anything is agreed.
_NOTHING = InForce(FREE, Source.NONE, is_licence_customer=False)


@dataclass(frozen=True)
class Limits:
    """The figures of an entitlement; those that it does not have are None."""

    business_seconds: int | None = None
    percent: Decimal | None = None
    #: Kronor: of consulting, an hour after the discount.
    price: Decimal | None = None


@dataclass(frozen=True)
class Clause:
    """Where an entitlement stands: the tier's row, or the line agreed with this customer alone."""

    agreement: InForce
    custom: CustomTerm | None = None

    def __str__(self) -> str:
        """For people who look into it, like ``SILVER`` or ``custom: acute = 1 h from 2026-10-01``."""
        return self.agreement.tier.upper() if self.custom is None else f"custom: {self.custom.line}"


@dataclass(frozen=True)
class Entitlement:
    """What a customer has of a capability at a moment."""

    capability: Capability
    level: Level
    clause: Clause
    limits: Limits = field(default_factory=Limits)

    @property
    def is_included(self) -> bool:
        """Whether there is any of it."""
        return self.level is not Level.NONE


def entitlement(
    terms: Terms, capability: Capability, at: datetime, known: Table | None = None
) -> Entitlement:
    """What the agreement in force at a moment gives of a capability."""
    known = known or table()
    agreement = in_force(terms, at)
    custom = _custom(terms, capability, at)
    cell = _tier(known, agreement.tier).cells[capability]
    if custom is not None and custom.cell is not None:
        cell = custom.cell
    price = None
    if capability is Capability.CONSULTING_DISCOUNT:
        whole = consulting_price(terms, at, known)
        price = (whole * (100 - (cell.percent or 0)) / 100).quantize(ORE, ROUND_HALF_UP)
    limits = Limits(cell.business_seconds, cell.percent, price)
    return Entitlement(capability, cell.level, Clause(agreement, custom), limits)


def in_force(terms: Terms, at: datetime) -> InForce:
    """The one agreement that applies at a moment."""
    bounds = sorted(_bounds(terms))
    found = _found(terms, at)
    # It holds as long as the same one is found, whatever else changes meanwhile.
    others = [bound for bound in bounds if _found(terms, bound) != found]
    until = next((bound for bound in others if bound > at), None)
    other = max((bound for bound in others if bound <= at), default=None)
    if other is None and found == _NOTHING:
        since = None
    else:
        since = next((bound for bound in bounds if other is None or bound > other), None)
    return InForce(found.tier, found.source, found.is_licence_customer, since, until, found.overruled)


def monthly_price(terms: Terms, at: datetime, known: Table | None = None) -> Decimal:
    """What a month of the agreement in force costs; 0 where none was made or monday.com is paid for it."""
    agreement = in_force(terms, at)
    if agreement.source is not Source.BOARD:
        return Decimal(0)
    custom = _custom(terms, PRICE, at)
    if custom is not None and custom.kronor is not None:
        return custom.kronor
    price = _tier(known or table(), agreement.tier).price
    return Decimal(price.of(is_licence_customer=agreement.is_licence_customer))


def consulting_price(terms: Terms, at: datetime, known: Table | None = None) -> Decimal:
    """What an hour of consulting costs before the discount."""
    custom = _custom(terms, CONSULTING_PRICE, at)
    return (
        custom.kronor
        if custom is not None and custom.kronor is not None
        else (known or table()).consulting_price
    )


def changes(terms: Terms) -> list[datetime]:
    """Every moment at which what applies may be another than before, in order."""
    moments = {*_bounds(terms), *(one.since for one in terms.custom)}
    moments |= {one.until for one in terms.custom if one.until is not None}
    return sorted(moments)


def promise_key(terms: Terms, at: datetime) -> str:
    """What is promised at a moment, as the events of a ticket's clocks say it.

    That is ``gold``, or with custom promises ``silver;first_response=14400``.
    """
    parts = [in_force(terms, at).tier]
    for capability, metric in RESPONSES.items():
        custom = _custom(terms, capability, at)
        if custom is not None and custom.cell is not None:
            seconds = custom.cell.business_seconds
            parts.append(f"{metric}={_NONE if seconds is None else seconds}")
    return ";".join(parts)


def promised(known: Table, key: str, metric: str, priority: str) -> Promise | None:
    """What a promise key promises for a metric of a ticket with a priority; None where nothing is."""
    tier_key, *custom = key.split(";")
    tier = known.tiers.get(tier_key)
    if tier is None:
        return None
    for part in custom:
        name, _, seconds = part.partition("=")
        if name == metric:
            return None if seconds == _NONE else Promise(int(seconds), tier.calendar, tier.pauses)
    return tier.promise(metric, priority)


def midnight(day: date) -> datetime:
    """When a day begins by the clock in Stockholm."""
    return datetime.combine(day, time(), ZONE)


def day_of(at: datetime) -> date:
    """The day that it is in Stockholm."""
    return at.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """When a day has ended by the clock in Stockholm."""
    return midnight(day + _A_DAY)


def _found(terms: Terms, at: datetime) -> InForce:
    agreed = _latest(terms.agreed, at)
    subscribed = _latest(terms.subscribed, at)
    has_licences = agreed is not None and agreed.is_licence_customer
    bought = None if subscribed is None or subscribed.tier == FREE else subscribed.tier
    tier = None if agreed is None else agreed.tier
    if tier not in (None, FREE):
        return InForce(tier or FREE, Source.BOARD, has_licences, overruled=bought)
    if bought is not None:
        return InForce(bought, Source.MARKETPLACE, has_licences)
    return InForce(FREE, Source.NONE if tier is None else Source.BOARD, has_licences)


def _bounds(terms: Terms) -> set[datetime]:
    return {one.since for one in terms.agreed} | {one.since for one in terms.subscribed}


def _latest(sequence: Sequence[_Step], at: datetime) -> _Step | None:
    found: _Step | None = None
    for one in sequence:
        if one.since <= at and (found is None or one.since >= found.since):
            found = one
    return found


def _custom(terms: Terms, subject: str, at: datetime) -> CustomTerm | None:
    return next((one for one in reversed(terms.custom) if one.subject == subject and one.holds(at)), None)


def _tier(known: Table, key: str) -> Tier:
    # A tier that the table does not know any more entitles to what everybody has.
    return known.tiers.get(key, known.tiers[FREE])
