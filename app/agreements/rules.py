"""What the tiers promise. Pure; the figures come from ``tiers.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from app.errors import SupportError

SECONDS_AN_HOUR = 3600
#: What can be promised (``app.sla.rules.cycles.Metric``).
METRICS = ("acute_response", "first_response", "next_response", "periodic_update", "resolution")
FREE = "free"


@dataclass(frozen=True)
class Promise:
    """How much business time may pass before something has to happen."""

    business_seconds: int
    #: The name of the calendar in which it is counted.
    calendar: str
    #: Ticket statuses in which its clock does not run.
    pauses: frozenset[str]


@dataclass(frozen=True)
class Tier:
    """One agreement: ``free``, ``silver`` or ``gold``."""

    key: str
    #: Metric and priority → what is promised; an empty priority stands for those not named.
    promises: Mapping[tuple[str, str], Promise]

    @property
    def label(self) -> str:
        """How people write it."""
        return self.key.upper()

    def promise(self, metric: str, priority: str) -> Promise | None:
        """What is promised for a metric of a ticket with a priority; None where nothing is."""
        return self.promises.get((metric, priority)) or self.promises.get((metric, ""))


class TiersError(SupportError):
    """Agreements are not described so that they can be kept."""

    code = "tiers"
    permanent = True


_HOURS = validate.Range(min=0, error="must be a number of hours")
_PromiseSchema = Schema.from_dict(
    {
        "hours": fields.Float(required=True, validate=_HOURS),
        "by_priority": fields.Dict(fields.String(), fields.Float(validate=_HOURS), load_default=dict),
        "pauses": fields.List(fields.String(), load_default=None),
    },
    name="PromiseSchema",
)
_TierSchema = Schema.from_dict(
    {
        "calendar": fields.String(load_default="support"),
        "pauses": fields.List(fields.String(), load_default=list),
        "promises": fields.Dict(
            fields.String(validate=validate.OneOf(METRICS, error="is no metric")),
            fields.Nested(_PromiseSchema),
            required=True,
        ),
    },
    name="TierSchema",
)


@cache
def tiers() -> Mapping[str, Tier]:
    """Every tier by its key."""
    return read_tiers(files(__package__).joinpath("tiers.yaml").read_text())


def read_tiers(described: str) -> Mapping[str, Tier]:
    """Every tier of a description in YAML, by its key.

    Raises:
        TiersError: it is not described as it should be; the sentence says where.
    """
    try:
        found = yaml.safe_load(described)
        if not isinstance(found, dict):
            raise TiersError("The agreements are not right: they must be a list of tiers by name.")
        return {str(key): _tier(str(key), _TierSchema().load(cells)) for key, cells in found.items()}
    except (ValidationError, yaml.YAMLError) as error:
        told = error.messages if isinstance(error, ValidationError) else error
        raise TiersError(f"The agreements are not right: {told}") from error


def _tier(key: str, cells: Mapping[str, Any]) -> Tier:
    promises = {}
    for metric, described in cells["promises"].items():
        by_priority = {"": described["hours"], **described["by_priority"]}
        pauses = cells["pauses"] if described["pauses"] is None else described["pauses"]
        for priority, hours in by_priority.items():
            seconds = int(hours * SECONDS_AN_HOUR)
            promises[metric, priority] = Promise(seconds, cells["calendar"], frozenset(pauses))
    return Tier(key, promises)
