"""Weather: what can be switched on to make the sandbox as unkind as the real thing on a bad day.

Nothing is on by default. Chance comes from a seed, one for webhooks and one for calls, so that
a storm can be had again. The weather over one account takes the place of that over all.
"""

import math
import random
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

#: What can go wrong with a call, and when.
API_ERRORS = (
    "complexity",
    "minute",
    "concurrency",
    "internal_500",
    "internal_200",
    "bad_gateway",
    "timeout_before",
    "timeout_after",
    "locked",
    "unauthorized",
)
MOST_COPIES = 20
_WEBHOOK_ORDERS = ("duplicate", "shuffle_seconds", "delay_seconds", "drop")
_API_ORDERS = ("latency_seconds", "errors")
_ERROR_ORDERS = ("kind", "times", "probability", "retry_in_seconds", "operation")


class WeatherError(ValueError):
    """The orders can't be followed; the message says which and what is possible."""


@dataclass
class ApiError:
    """One kind of failure: for so many calls, or with a probability."""

    kind: str
    #: How many calls are left to hit; None: each call by ``probability``.
    times: int | None
    probability: float
    retry_in_seconds: float
    #: Only calls whose document contains this text.
    operation: str


def _chance() -> random.Random:
    return random.Random(0)  # noqa: S311 - replayable on purpose


@dataclass
class Weather:
    """The weather over one account, or over all."""

    webhook_copies: int = 0
    webhook_shuffle_seconds: float = 0.0
    webhook_delay_seconds: float = 0.0
    webhook_drop: float = 0.0
    api_latency_seconds: float = 0.0
    api_errors: list[ApiError] = field(default_factory=list)
    webhook_chance: random.Random = field(default_factory=_chance)
    api_chance: random.Random = field(default_factory=_chance)


class Sky:
    """The weather by account slug; None is over every account."""

    def __init__(self) -> None:
        self._weather: dict[str | None, Weather] = {}
        self._orders: dict[str | None, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def order(self, orders: Mapping[str, Any], slugs: Collection[str]) -> None:
        """Set the weather over an account, or over all; it replaces what was there.

        Args:
            orders: As ``POST /sandbox/faults`` takes them.
            slugs: The accounts there are.

        Raises:
            WeatherError: the orders are not understood.
        """
        slug = orders.get("account")
        if slug is not None and not (isinstance(slug, str) and slug in slugs):
            raise WeatherError(f"There is no account {slug!r}; there are {', '.join(sorted(slugs))}.")
        weather = _read(orders)
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

    def strike(self, slug: str, document: str) -> ApiError | None:
        """Which error hits this call, if any; one that is for so many calls is used up."""
        weather = self.over(slug)
        if weather is None:
            return None
        with self._lock:
            for error in weather.api_errors:
                if error.operation not in document:
                    continue
                if error.times is None:
                    if weather.api_chance.random() < error.probability:
                        return error
                elif error.times > 0:
                    error.times -= 1
                    return error
        return None


def _read(orders: Mapping[str, Any]) -> Weather:
    _require_known(orders, ("account", "seed", "webhooks", "api"), "the orders")
    webhooks, api = _part(orders, "webhooks"), _part(orders, "api")
    _require_known(webhooks, _WEBHOOK_ORDERS, "webhooks")
    _require_known(api, _API_ORDERS, "api")
    errors = api["errors"] if api.get("errors") is not None else []
    if not isinstance(errors, list):
        raise WeatherError("errors must be a list of objects.")
    seed = _whole(orders, "seed")
    copies = _whole(webhooks, "duplicate")
    if copies > MOST_COPIES:
        raise WeatherError(f"duplicate must be at most {MOST_COPIES} extra copies.")
    return Weather(
        webhook_copies=copies,
        webhook_shuffle_seconds=_number(webhooks, "shuffle_seconds"),
        webhook_delay_seconds=_number(webhooks, "delay_seconds"),
        webhook_drop=_share(webhooks, "drop"),
        api_latency_seconds=_number(api, "latency_seconds"),
        api_errors=[_error(error) for error in errors],
        webhook_chance=random.Random(f"webhooks {seed}"),  # noqa: S311 - replayable on purpose
        api_chance=random.Random(f"api {seed}"),  # noqa: S311 - replayable on purpose
    )


def _require_known(part: Mapping[str, Any], names: Collection[str], where: str) -> None:
    unknown = sorted(set(part) - set(names))
    if unknown:
        raise WeatherError(f"{', '.join(unknown)}: unknown in {where}; there are {', '.join(names)}.")


def _part(orders: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = orders.get(name)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        raise WeatherError(f"{name} must be an object.")
    return part


def _error(orders: Any) -> ApiError:
    if not isinstance(orders, Mapping) or orders.get("kind") not in API_ERRORS:
        raise WeatherError(f"Each error needs a kind: one of {', '.join(API_ERRORS)}.")
    _require_known(orders, _ERROR_ORDERS, "an error")
    if (orders.get("times") is None) == (orders.get("probability") is None):
        raise WeatherError("Each error needs either times or a probability.")
    operation = orders.get("operation")
    if operation is not None and not isinstance(operation, str):
        raise WeatherError("operation must be a part of the document's text.")
    return ApiError(
        kind=orders["kind"],
        times=None if orders.get("times") is None else _whole(orders, "times"),
        probability=_share(orders, "probability"),
        retry_in_seconds=_number(orders, "retry_in_seconds"),
        operation=operation or "",
    )


def _number(part: Mapping[str, Any], name: str) -> float:
    value = part.get(name)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise WeatherError(f"{name} must be a number, 0 or more.")
    return float(value)


def _whole(part: Mapping[str, Any], name: str) -> int:
    value = _number(part, name)
    if value != int(value):
        raise WeatherError(f"{name} must be a whole number.")
    return int(value)


def _share(part: Mapping[str, Any], name: str) -> float:
    value = _number(part, name)
    if value > 1:
        raise WeatherError(f"{name} must be between 0 and 1.")
    return value
