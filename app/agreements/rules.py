"""What the tiers promise. Pure; the figures come from ``tiers.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

SECONDS_AN_HOUR = 3600
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


@cache
def tiers() -> Mapping[str, Tier]:
    """Every tier by its key."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(files(__package__).joinpath("tiers.yaml").read_text())
    return {key: _tier(key, cells) for key, cells in read.items()}


def _tier(key: str, cells: Mapping[str, Any]) -> Tier:
    promises = {}
    for metric, described in cells["promises"].items():
        by_priority = {"": described["hours"], **described.get("by_priority", {})}
        for priority, hours in by_priority.items():
            seconds = int(hours * SECONDS_AN_HOUR)
            promises[metric, priority] = Promise(seconds, cells["calendar"], frozenset(cells["pauses"]))
    return Tier(key, promises)
