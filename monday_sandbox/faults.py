"""Weather: what can be switched on to make the sandbox as unkind as the real thing on a bad day.

Nothing is on by default. Chance comes from a seed, one for webhooks and one for calls, so that
a storm can be had again. The weather over one account takes the place of that over all. What can
be ordered, and how, is in ``fault_orders``.
"""

import math
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.limits.gate import Struck

#: Of a normal distribution: so many deviations above the middle lies all but a hundredth.
_P99_DEVIATIONS = 2.3263478740408408
#: monday.com's own patience with a call.
LONGEST_LATENCY_SECONDS = 60.0
#: What a single field can be refused with: code → message and logical status.
FIELD_CODES: Mapping[str, tuple[str, int]] = {
    "INTERNAL_SERVER_ERROR": ("Internal server error", 500),
    "USER_UNAUTHORIZED": ("User unauthorized to perform action", 403),
    "missingRequiredPermissions": ("Missing required permissions", 403),
    "UNAUTHORIZED_FIELD_OR_TYPE": ("Unauthorized field or type", 403),
    "ResourceNotFoundException": ("Item not found", 404),
    "InvalidItemIdException": ("Item not found", 200),
    "InvalidBoardIdException": (
        "The board does not exist. Please check your board ID and try again",
        200,
    ),
    "InvalidColumnIdException": ("This column ID doesn't exist for the board", 200),
    "InvalidUserIdException": ("User not found", 200),
    "InvalidArgumentException": ("Invalid argument", 200),
    "InvalidColumnTypeException": ("Column type is not supported", 200),
    "ColumnValueException": ("invalid value - the value does not fit the column", 200),
    "CorrectedValueException": ("The value was corrected", 200),
    "ItemNameTooLongException": ("Item name must be between 1 and 255 characters", 200),
    "ItemsLimitationException": ("Board has reached its items limit", 200),
    "CreateBoardException": ("The board could not be created", 200),
    "DeleteLastGroupException": ("Cannot delete the last group on board", 409),
    "RecordInvalidException": ("Validation failed", 422),
    "FIELD_LIMIT_EXCEEDED": ("Concurrency limit exceeded for the field", 429),
    "FIELD_MINUTE_RATE_LIMIT_EXCEEDED": ("Minute rate limit exceeded for the field", 429),
}
_WAITING_CODES = ("FIELD_LIMIT_EXCEEDED", "FIELD_MINUTE_RATE_LIMIT_EXCEEDED")


@dataclass(frozen=True)
class Latency:
    """How long each call takes beside its work: ``fixed``, ``uniform`` or ``lognormal``, in seconds.

    ``low`` and ``high`` are the bounds of ``uniform``, the median and the 99th percentile of ``lognormal``;
    ``fixed`` is ``low``.
    """

    distribution: str = "fixed"
    low: float = 0.0
    high: float = 0.0

    def draw(self, chance: random.Random) -> float:
        """One call's."""
        if self.distribution == "uniform":
            return chance.uniform(self.low, self.high)
        if self.distribution == "lognormal":
            deviation = math.log(self.high / self.low) / _P99_DEVIATIONS
            return min(LONGEST_LATENCY_SECONDS, chance.lognormvariate(math.log(self.low), deviation))
        return self.low


@dataclass
class Turns:
    """When something happens: for so many of the calls it is meant for, or with a probability."""

    #: How many are left to hit; None: each by ``probability``.
    times: int | None
    probability: float
    #: How many are let by before the first.
    after: int = 0

    def comes(self, chance: random.Random) -> bool:
        """Whether the next one is hit; it is used up then."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return chance.random() < self.probability
        if self.times == 0:
            return False
        self.times -= 1
        return True


@dataclass
class ApiError:
    """One kind of failure of whole calls."""

    kind: str
    turns: Turns
    retry_in_seconds: float = 0.0
    #: Only calls whose document contains this text.
    operation: str = ""
    #: Whether all was done nevertheless; the error takes the place of the answer.
    done: bool = False


@dataclass
class PartialError:
    """A failure of single fields, while others stand."""

    #: Aliases or names of fields.
    names: frozenset[str]
    code: str
    turns: Turns
    retry_in_seconds: float = 0.0
    #: Whether the fields have done their work nevertheless.
    done: bool = False


@dataclass
class Act:
    """What somebody of the account does under the app."""

    do: str
    board_id: str = ""
    column_id: str = ""
    #: It is done before so many calls have run; 0: at once.
    at_call: int = 0
    #: Only calls whose document contains this text are counted.
    operation: str = ""


def _chance() -> random.Random:
    return random.Random(0)  # noqa: S311 - replayable on purpose


@dataclass
class Weather:
    """The weather over one account, or over all."""

    webhook_copies: int = 0
    webhook_shuffle_seconds: float = 0.0
    webhook_delay_seconds: float = 0.0
    webhook_drop: float = 0.0
    #: The share of deliveries that say of themselves that they are a second try.
    webhook_retried: float = 0.0
    api_latency: Latency | None = None
    api_errors: list[ApiError] = field(default_factory=list)
    api_partial: list[PartialError] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    webhook_chance: random.Random = field(default_factory=_chance)
    api_chance: random.Random = field(default_factory=_chance)


class Sky:
    """The weather by account slug; None is over every account."""

    def __init__(self) -> None:
        self._weather: dict[str | None, Weather] = {}
        self._orders: dict[str | None, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def order(self, slug: str | None, weather: Weather, orders: Mapping[str, Any]) -> None:
        """Set the weather over an account, or over all; it replaces what was there.

        Args:
            slug: The account's; None for all.
            weather: As it will be.
            orders: What it was ordered by, to be told.
        """
        with self._lock:
            self._weather[slug] = weather
            self._orders[slug] = orders

    def clear(self) -> None:
        """Fair weather everywhere."""
        with self._lock:
            self._weather.clear()
            self._orders.clear()

    def orders(self) -> list[Mapping[str, Any]]:
        """The orders that are in force, as they were given."""
        with self._lock:
            return list(self._orders.values())

    def over(self, slug: str) -> Weather | None:
        """The weather over an account."""
        with self._lock:
            return self._weather.get(slug) or self._weather.get(None)

    def latency(self, slug: str) -> float:
        """How long the next call takes beside its work, in seconds."""
        weather = self.over(slug)
        if weather is None or weather.api_latency is None:
            return 0.0
        with self._lock:
            return weather.api_latency.draw(weather.api_chance)

    def strike(self, slug: str, document: str) -> ApiError | None:
        """Which error hits this call, if any; one that is for so many calls is used up."""
        weather = self.over(slug)
        if weather is None:
            return None
        with self._lock:
            for error in weather.api_errors:
                if error.operation in document and error.turns.comes(weather.api_chance):
                    return error
        return None

    def strikes_fields(self, slug: str) -> bool:
        """Whether single fields may fail."""
        weather = self.over(slug)
        return weather is not None and bool(weather.api_partial)

    def strike_field(self, slug: str, name: str, key: str) -> Struck | None:
        """What a field of that name, under that alias, fails with, if anything."""
        weather = self.over(slug)
        if weather is None:
            return None
        with self._lock:
            for error in weather.api_partial:
                if error.names & {name, key} and error.turns.comes(weather.api_chance):
                    refusal = field_refusal(error.code, error.retry_in_seconds, name)
                    return Struck(refusal, error.done)
        return None

    def acts_due(self, slug: str, document: str) -> list[Act]:
        """What is done under this call; each act is done once."""
        weather = self.over(slug)
        if weather is None or not weather.acts:
            return []
        due: list[Act] = []
        with self._lock:
            for act in weather.acts:
                if act.at_call > 0 and act.operation in document:
                    act.at_call -= 1
                    if act.at_call == 0:
                        due.append(act)
        return due


def field_refusal(code: str, retry_in_seconds: float, name: str) -> Exception:
    """The refusal of one field by its code of ``FIELD_CODES``."""
    message, status = FIELD_CODES[code]
    if code == "UNAUTHORIZED_FIELD_OR_TYPE":
        return refusals.ScopeRefusal()
    if code in _WAITING_CODES:
        return refusals.LimitRefusal(message, code, max(1, math.ceil(retry_in_seconds)), name)
    return refusals.Refusal(message, code, status)
