"""Weather: what can be switched on to make the sandbox as unkind as the real thing on a bad day.

Nothing is on by default. Chance comes from a seed, so that a storm can be had again.
"""

import random
import threading
from collections.abc import Mapping
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


class WeatherError(ValueError):
    """The orders can't be followed; the message says which and what is possible."""


@dataclass
class ApiError:
    """One kind of failure: for so many calls, or with a probability."""

    kind: str
    times: int | None
    probability: float
    retry_in_seconds: float
    #: Only calls whose document contains this text.
    operation: str


@dataclass
class Weather:
    """The weather over one account, or over all."""

    webhook_copies: int = 0
    webhook_shuffle_seconds: float = 0.0
    webhook_delay_seconds: float = 0.0
    webhook_drop: float = 0.0
    api_latency_seconds: float = 0.0
    api_errors: list[ApiError] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - replayable on purpose


class Sky:
    """The weather by account slug; None is over every account."""

    def __init__(self) -> None:
        self._weather: dict[str | None, Weather] = {}
        self._orders: list[Mapping[str, Any]] = []
        self._lock = threading.Lock()

    def order(self, orders: Mapping[str, Any]) -> None:
        """Set the weather over an account, or over all.

        Raises:
            WeatherError: the orders are not understood.
        """
        weather = _read(orders)
        with self._lock:
            self._weather[orders.get("account")] = weather
            self._orders.append(orders)

    def clear(self) -> None:
        """Fair weather everywhere."""
        with self._lock:
            self._weather.clear()
            self._orders.clear()

    def orders(self) -> list[Mapping[str, Any]]:
        """What was ordered since the sky was last clear."""
        with self._lock:
            return list(self._orders)

    def over(self, slug: str) -> Weather | None:
        """The weather over an account."""
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
                    if weather.chance.random() < error.probability:
                        return error
                elif error.times > 0:
                    error.times -= 1
                    return error
        return None


def _read(orders: Mapping[str, Any]) -> Weather:
    unknown = set(orders) - {"account", "seed", "webhooks", "api"}
    if unknown:
        raise WeatherError(f"There is no weather called {', '.join(sorted(unknown))}; use webhooks and api.")
    webhooks, api = _part(orders, "webhooks"), _part(orders, "api")
    return Weather(
        webhook_copies=int(_number(webhooks, "duplicate")),
        webhook_shuffle_seconds=_number(webhooks, "shuffle_seconds"),
        webhook_delay_seconds=_number(webhooks, "delay_seconds"),
        webhook_drop=_share(webhooks, "drop"),
        api_latency_seconds=_number(api, "latency_seconds"),
        api_errors=[_error(error) for error in api.get("errors", ())],
        chance=random.Random(int(_number(orders, "seed"))),  # noqa: S311 - replayable on purpose
    )


def _part(orders: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = orders.get(name) or {}
    if not isinstance(part, Mapping):
        raise WeatherError(f"{name} must be an object.")
    return part


def _error(orders: Any) -> ApiError:
    if not isinstance(orders, Mapping) or orders.get("kind") not in API_ERRORS:
        raise WeatherError(f"Each error needs a kind: one of {', '.join(API_ERRORS)}.")
    return ApiError(
        kind=orders["kind"],
        times=None if orders.get("times") is None else int(_number(orders, "times")),
        probability=_share(orders, "probability"),
        retry_in_seconds=_number(orders, "retry_in_seconds"),
        operation=str(orders.get("operation") or ""),
    )


def _number(part: Mapping[str, Any], name: str) -> float:
    value = part.get(name) or 0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise WeatherError(f"{name} must be a number, 0 or more.")
    return float(value)


def _share(part: Mapping[str, Any], name: str) -> float:
    value = _number(part, name)
    if value > 1:
        raise WeatherError(f"{name} must be between 0 and 1.")
    return value
