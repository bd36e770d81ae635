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
class Tier:
    """One agreement: ``free``, ``silver`` or ``gold``."""

    key: str
    #: Business seconds to the first public reply; None when none is guaranteed.
    response_business_seconds: int | None

    @property
    def label(self) -> str:
        """How people write it."""
        return self.key.upper()


@cache
def tiers() -> Mapping[str, Tier]:
    """Every tier by its key."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(files(__package__).joinpath("tiers.yaml").read_text())
    return {key: _tier(key, cells) for key, cells in read.items()}


def _tier(key: str, cells: Mapping[str, Any]) -> Tier:
    hours = cells["response_business_hours"]
    return Tier(key, None if hours is None else int(hours * SECONDS_AN_HOUR))
