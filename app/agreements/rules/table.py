"""The table of agreements: what each tier gives, promises and costs. Pure; ``tiers.yaml`` has the figures.

Lengths are business seconds of the calendar that a tier names, prices whole kronor a month
(or an hour, of consulting), discounts per cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from app.errors import SupportError

SECONDS_AN_HOUR = 3600
SECONDS_A_MINUTE = 60
FREE = "free"
_PER_CENT = 100


class Capability(StrEnum):
    """A row of the table; the key of what a customer may have."""

    GUARANTEED_RESPONSE = "guaranteed_response"
    VENDOR_REPORTING = "vendor_reporting"
    INTAKE = "intake"
    SELF_HELP = "self_help"
    WEBINARS = "webinars"
    VIDEO = "video"
    FEATURE_REQUESTS = "feature_requests"
    TROUBLESHOOTING = "troubleshooting"
    BASIC_FIX = "basic_fix"
    ESCALATION = "escalation"
    REPORTS = "reports"
    CONSULTING_DISCOUNT = "consulting_discount"
    ADVANCED_FIX = "advanced_fix"
    ACUTE = "acute"


class Level(StrEnum):
    """How much of a capability there is."""

    NONE = "none"
    ON_REQUEST = "on_request"
    YES = "yes"
    PROACTIVE = "proactive"
    HIGHER = "higher"


#: Who has a level has the lower ones too; levels of one rank stand in different rows.
RANKS: Mapping[Level, int] = {
    Level.NONE: 0,
    Level.ON_REQUEST: 1,
    Level.YES: 2,
    Level.PROACTIVE: 2,
    Level.HIGHER: 3,
}
#: The levels that a row knows besides ``none``; those that are not named know ``yes`` only.
_LEVELS: Mapping[Capability, frozenset[Level]] = {
    Capability.VENDOR_REPORTING: frozenset({Level.ON_REQUEST, Level.PROACTIVE}),
    Capability.CONSULTING_DISCOUNT: frozenset({Level.YES, Level.HIGHER}),
}
#: Rows whose cells are a length of business time, and the metric (``app.sla.rules.cycles``) it promises.
RESPONSES: Mapping[Capability, str] = {
    Capability.ACUTE: "acute_response",
    Capability.GUARANTEED_RESPONSE: "first_response",
}
#: What else can be promised.
_FURTHER_METRICS = ("next_response", "periodic_update", "resolution")


class Proration(StrEnum):
    """How a month is paid in which the agreement changes."""

    CALENDAR_DAYS = "calendar_days"
    WHOLE_MONTHS = "whole_months"


@dataclass(frozen=True)
class Promise:
    """How much business time may pass before something has to happen."""

    business_seconds: int
    #: The name of the calendar in which it is counted.
    calendar: str
    #: Ticket statuses in which its clock does not run.
    pauses: frozenset[str]


@dataclass(frozen=True)
class Cell:
    """How much of a capability there is, with its figures; those that a row does not have are None."""

    level: Level
    business_seconds: int | None = None
    percent: Decimal | None = None

    @property
    def is_included(self) -> bool:
        """Whether there is any of it."""
        return self.level is not Level.NONE


NOT_INCLUDED = Cell(Level.NONE)


@dataclass(frozen=True)
class Price:
    """What a month costs, in whole kronor without VAT."""

    licence_customer: int
    other: int

    def of(self, *, is_licence_customer: bool) -> int:
        """The price for a customer that has its monday.com licences from Synerity, or has not."""
        return self.licence_customer if is_licence_customer else self.other


@dataclass(frozen=True)
class Tier:
    """One agreement: ``free``, ``silver`` or ``gold``."""

    key: str
    price: Price
    #: Every capability.
    cells: Mapping[Capability, Cell]
    #: Metric and priority → what is promised; an empty priority stands for those not named.
    promises: Mapping[tuple[str, str], Promise]
    #: In which custom promises are counted, too, and when their clocks rest.
    calendar: str
    pauses: frozenset[str]

    @property
    def label(self) -> str:
        """How people write it."""
        return self.key.upper()

    def promise(self, metric: str, priority: str) -> Promise | None:
        """What is promised for a metric of a ticket with a priority; None where nothing is."""
        return self.promises.get((metric, priority)) or self.promises.get((metric, ""))


@dataclass(frozen=True)
class Table:
    """Everything that ``tiers.yaml`` says."""

    #: By key, the smallest first.
    tiers: Mapping[str, Tier]
    #: Kronor an hour before any discount.
    consulting_price: Decimal
    proration: Proration
    reminder_days: Sequence[int]

    def having(self, capability: Capability) -> Sequence[Tier]:
        """The agreements that include a capability, the smallest first."""
        return [tier for tier in self.tiers.values() if tier.cells[capability].is_included]


class TiersError(SupportError):
    """Agreements are not described so that they can be kept."""

    code = "tiers"
    permanent = True


_HOURS = validate.Range(min=0, error="must be a number of hours")
_MINUTES = validate.Range(min=0, error="must be a number of minutes")
_KRONOR = validate.Range(min=0, error="must be a number of kronor")
_PERCENT = validate.Range(min=0, max=_PER_CENT, error="must be per cent, 0 to 100")
_LENGTH: Mapping[str, Any] = {
    "hours": fields.Float(validate=_HOURS),
    "minutes": fields.Float(validate=_MINUTES),
    "by_priority": fields.Dict(fields.String(), fields.Float(validate=_HOURS), load_default=dict),
    "pauses": fields.List(fields.String(), load_default=None),
}
_PromiseSchema = Schema.from_dict(dict(_LENGTH), name="PromiseSchema")
_CellSchema = Schema.from_dict(
    {
        **_LENGTH,
        "level": fields.Raw(load_default=Level.YES.value),
        "percent": fields.Decimal(validate=_PERCENT, load_default=None),
    },
    name="CellSchema",
)
_PriceSchema = Schema.from_dict(
    {
        "licence_customer": fields.Integer(required=True, strict=True, validate=_KRONOR),
        "other": fields.Integer(required=True, strict=True, validate=_KRONOR),
    },
    name="PriceSchema",
)
_TierSchema = Schema.from_dict(
    {
        "price": fields.Nested(_PriceSchema, required=True),
        "calendar": fields.String(load_default="support"),
        "pauses": fields.List(fields.String(), load_default=list),
        "capabilities": fields.Dict(
            fields.String(
                validate=validate.OneOf([one.value for one in Capability], error="is no capability")
            ),
            fields.Raw(allow_none=True),
            required=True,
        ),
        "promises": fields.Dict(
            fields.String(validate=validate.OneOf(_FURTHER_METRICS, error="is no metric")),
            fields.Nested(_PromiseSchema),
            load_default=dict,
        ),
    },
    name="TierSchema",
)
_TableSchema = Schema.from_dict(
    {
        "currency": fields.String(validate=validate.OneOf(["SEK"]), load_default="SEK"),
        "consulting_price": fields.Decimal(required=True, validate=_KRONOR),
        "proration": fields.Enum(Proration, by_value=True, load_default=Proration.CALENDAR_DAYS),
        "reminder_days": fields.List(fields.Integer(strict=True), load_default=list),
        "tiers": fields.Dict(fields.String(), fields.Nested(_TierSchema), required=True),
    },
    name="TableSchema",
)


@cache
def table() -> Table:
    """The table that is in force."""
    return read_table(files("app.agreements").joinpath("tiers.yaml").read_text())


def tiers() -> Mapping[str, Tier]:
    """Every tier by its key."""
    return table().tiers


def read_table(described: str) -> Table:
    """The table of a description in YAML.

    Raises:
        TiersError: it is not described as it should be; the sentence says where.
    """
    try:
        found = yaml.safe_load(described)
        if not isinstance(found, dict) or not isinstance(found.get("tiers"), dict):
            raise TiersError(
                "The agreements are not right: under `tiers` they must be a list of tiers by name."
            )
        cells = _TableSchema().load(found)
    except (ValidationError, yaml.YAMLError) as error:
        told = error.messages if isinstance(error, ValidationError) else error
        raise TiersError(f"The agreements are not right: {told}") from error
    known = {key: _tier(key, described) for key, described in cells["tiers"].items()}
    if FREE not in known:
        raise TiersError(
            f"The agreements are not right: there must be a tier {FREE!r}, for who has made none."
        )
    days = sorted(cells["reminder_days"], reverse=True)
    return Table(known, cells["consulting_price"], cells["proration"], days)


def _tier(key: str, described: Mapping[str, Any]) -> Tier:
    missing = sorted(set(Capability) - set(described["capabilities"]))
    if missing:
        raise TiersError(
            f"The agreements are not right: {key} does not say what it gives of {', '.join(missing)}."
        )
    rows = {
        Capability(name): _described_cell(key, name, cell) for name, cell in described["capabilities"].items()
    }
    pauses = frozenset(described["pauses"])
    calendar = described["calendar"]
    promises: dict[tuple[str, str], Promise] = {}
    for capability, metric in RESPONSES.items():
        promises |= _promises(metric, rows[capability], calendar, pauses)
    for metric, further in described["promises"].items():
        if "hours" not in further and "minutes" not in further:
            raise TiersError(f"The agreements are not right: {key} promises {metric} without hours.")
        promises |= _promises(metric, further, calendar, pauses)
    cells = {capability: _cell(key, capability, rows[capability]) for capability in Capability}
    return Tier(key, Price(**described["price"]), cells, promises, calendar, pauses)


def _described_cell(key: str, name: str, cell: object) -> Mapping[str, Any]:
    try:
        loaded: Mapping[str, Any] = _CellSchema().load(cell if isinstance(cell, dict) else {"level": cell})
    except ValidationError as error:
        raise TiersError(f"The agreements are not right: {key}, {name}: {error.messages}") from error
    return loaded


def _cell(key: str, capability: Capability, described: Mapping[str, Any]) -> Cell:
    # YAML reads a bare yes as true, and none at all as null.
    word = {True: Level.YES, False: Level.NONE, None: Level.NONE}.get(described["level"], described["level"])
    if word not in levels_of(capability):
        allowed = ", ".join(sorted(levels_of(capability)))
        raise TiersError(
            f"The agreements are not right: {key}, {capability}: {word!r} is no level of it; "
            f"it has {allowed}."
        )
    level, seconds, percent = Level(word), _seconds(described), described["percent"]
    if level is Level.NONE:
        return NOT_INCLUDED
    if (seconds is None) == (capability in RESPONSES):
        raise TiersError(
            f"The agreements are not right: {key}, {capability}: hours belong to promises, and only there."
        )
    if (percent is None) == (capability is Capability.CONSULTING_DISCOUNT):
        raise TiersError(
            f"The agreements are not right: {key}, {capability}: percent belongs to the discount."
        )
    return Cell(level, seconds, percent)


def levels_of(capability: Capability) -> frozenset[Level]:
    """The levels that a row knows."""
    return frozenset({Level.NONE}) | _LEVELS.get(capability, frozenset({Level.YES}))


def _seconds(described: Mapping[str, Any]) -> int | None:
    if "hours" not in described and "minutes" not in described:
        return None
    hours, minutes = described.get("hours", 0), described.get("minutes", 0)
    return int(hours * SECONDS_AN_HOUR + minutes * SECONDS_A_MINUTE)


def _promises(
    metric: str, described: Mapping[str, Any], calendar: str, pauses: frozenset[str]
) -> dict[tuple[str, str], Promise]:
    seconds = _seconds(described)
    if seconds is None:
        return {}
    rests = pauses if described["pauses"] is None else frozenset(described["pauses"])
    lengths = {"": seconds} | {
        priority: int(hours * SECONDS_AN_HOUR) for priority, hours in described["by_priority"].items()
    }
    return {(metric, priority): Promise(length, calendar, rests) for priority, length in lengths.items()}
