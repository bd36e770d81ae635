"""How weather is ordered: JSON in, ``Weather`` out, or a sentence that says what is possible."""

import math
import random
from collections.abc import Collection, Mapping
from typing import Any

from monday_sandbox.faults import FIELD_CODES, Act, ApiError, Latency, PartialError, Turns, Weather
from monday_sandbox.limits.answers import KINDS

#: What can go wrong with a call, and when.
API_ERRORS = (*KINDS, "timeout_before", "timeout_after")
_FAILURE = "INTERNAL_SERVER_ERROR"
#: Errors that may also come when all was done.
AFTER_ALL = ("internal_500", "internal_200", "bad_gateway", "unavailable", "gateway_timeout")
MOST_COPIES = 20
#: What somebody of the account can do, and what it needs to be told.
ACTS: Mapping[str, tuple[str, ...]] = {
    "delete_board": ("board",),
    "archive_board": ("board",),
    "delete_column": ("board", "column"),
    "revoke_tokens": (),
}
_DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("seconds",),
    "uniform": ("from", "to"),
    "lognormal": ("p50", "p99"),
}
_ORDERS = ("account", "seed", "webhooks", "api", "acts")
_WEBHOOK_ORDERS = ("duplicate", "shuffle_seconds", "delay_seconds", "drop", "retried")
_API_ORDERS = ("latency_seconds", "latency", "errors", "partial")
_TURNS = ("times", "probability", "after")
_ERROR_ORDERS = ("kind", *_TURNS, "retry_in_seconds", "operation", "done")
_PARTIAL_ORDERS = ("names", "code", *_TURNS, "retry_in_seconds", "done")
_ACT_ORDERS = ("do", "board", "column", "at_call", "operation")


class WeatherError(ValueError):
    """The orders can't be followed; the message says which and what is possible."""


def read_account(orders: Mapping[str, Any], slugs: Collection[str]) -> str | None:
    """Over which account the weather is; None is over all.

    Raises:
        WeatherError: there is no such account.
    """
    slug = orders.get("account")
    if slug is not None and not (isinstance(slug, str) and slug in slugs):
        raise WeatherError(f"There is no account {slug!r}; there are {', '.join(sorted(slugs))}.")
    return slug


def read_weather(orders: Mapping[str, Any]) -> Weather:
    """The weather that is ordered, as ``POST /sandbox/faults`` takes it.

    Raises:
        WeatherError: the orders are not understood.
    """
    _require_known(orders, _ORDERS, "the orders")
    webhooks, api = _part(orders, "webhooks"), _part(orders, "api")
    _require_known(webhooks, _WEBHOOK_ORDERS, "webhooks")
    _require_known(api, _API_ORDERS, "api")
    seed = _whole(orders, "seed")
    copies = _whole(webhooks, "duplicate")
    if copies > MOST_COPIES:
        raise WeatherError(f"duplicate must be at most {MOST_COPIES} extra copies.")
    acts = [_act(act) for act in _list(orders, "acts")]
    if acts and orders.get("account") is None:
        raise WeatherError("acts are somebody's of an account; say which with account.")
    return Weather(
        webhook_copies=copies,
        webhook_shuffle_seconds=_number(webhooks, "shuffle_seconds"),
        webhook_delay_seconds=_number(webhooks, "delay_seconds"),
        webhook_drop=_share(webhooks, "drop"),
        webhook_retried=_share(webhooks, "retried"),
        api_latency=_latency(api),
        api_errors=[_error(error) for error in _list(api, "errors")],
        api_partial=[_partial(error) for error in _list(api, "partial")],
        acts=acts,
        webhook_chance=random.Random(f"webhooks {seed}"),  # noqa: S311 - replayable on purpose
        api_chance=random.Random(f"api {seed}"),  # noqa: S311 - replayable on purpose
    )


def _latency(api: Mapping[str, Any]) -> Latency | None:
    given = api.get("latency")
    if given is None:
        seconds = _number(api, "latency_seconds")
        return Latency("fixed", seconds) if seconds else None
    if api.get("latency_seconds") is not None:
        raise WeatherError("Order either latency_seconds or latency.")
    distribution = given.get("distribution") if isinstance(given, Mapping) else None
    if not isinstance(distribution, str) or distribution not in _DISTRIBUTIONS:
        raise WeatherError(f"latency needs a distribution: one of {', '.join(_DISTRIBUTIONS)}.")
    names = _DISTRIBUTIONS[distribution]
    _require_known(given, ("distribution", *names), f"a {distribution} latency")
    if any(given.get(name) is None for name in names):
        raise WeatherError(f"A {distribution} latency needs {' and '.join(names)}.")
    low, high = _number(given, names[0]), _number(given, names[-1])
    if low > high:
        raise WeatherError(f"{names[0]} must not be above {names[-1]}.")
    if distribution == "lognormal" and low == 0:
        raise WeatherError("p50 must be above 0.")
    return Latency(distribution, low, high)


def _error(orders: Any) -> ApiError:
    if not isinstance(orders, Mapping) or orders.get("kind") not in API_ERRORS:
        raise WeatherError(f"Each error needs a kind: one of {', '.join(API_ERRORS)}.")
    _require_known(orders, _ERROR_ORDERS, "an error")
    done = orders.get("done", False)
    if not isinstance(done, bool) or (done and orders["kind"] not in AFTER_ALL):
        raise WeatherError(f"done is true or false, and true for {', '.join(AFTER_ALL)} only.")
    return ApiError(
        kind=orders["kind"],
        done=done,
        turns=_turns(orders, "error"),
        retry_in_seconds=_number(orders, "retry_in_seconds"),
        operation=_operation(orders),
    )


def _partial(orders: Any) -> PartialError:
    if not isinstance(orders, Mapping) or orders.get("code", _FAILURE) not in FIELD_CODES:
        raise WeatherError(f"Each partial error needs a code: one of {', '.join(FIELD_CODES)}.")
    _require_known(orders, _PARTIAL_ORDERS, "a partial error")
    names = orders.get("names")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise WeatherError("Each partial error needs names: a list of aliases or fields.")
    code, done = orders.get("code", _FAILURE), orders.get("done", False)
    if not isinstance(done, bool) or (done and code != _FAILURE):
        raise WeatherError(f"done is true or false, and true for {_FAILURE} only.")
    return PartialError(
        names=frozenset(names),
        code=code,
        done=done,
        turns=_turns(orders, "partial error"),
        retry_in_seconds=_number(orders, "retry_in_seconds"),
    )


def _act(orders: Any) -> Act:
    if not isinstance(orders, Mapping) or orders.get("do") not in ACTS:
        raise WeatherError(f"Each act needs do: one of {', '.join(ACTS)}.")
    _require_known(orders, _ACT_ORDERS, "an act")
    needed = ACTS[orders["do"]]
    for name in ("board", "column"):
        if (name in needed) != (orders.get(name) is not None):
            wanted = f"needs {' and '.join(needed)}" if needed else "needs neither board nor column"
            raise WeatherError(f"The act {orders['do']} {wanted}.")
    return Act(
        do=orders["do"],
        board_id=str(orders.get("board") or ""),
        column_id=str(orders.get("column") or ""),
        at_call=_whole(orders, "at_call"),
        operation=_operation(orders),
    )


def _turns(orders: Mapping[str, Any], what: str) -> Turns:
    if (orders.get("times") is None) == (orders.get("probability") is None):
        raise WeatherError(f"Each {what} needs either times or a probability.")
    return Turns(
        times=None if orders.get("times") is None else _whole(orders, "times"),
        probability=_share(orders, "probability"),
        after=_whole(orders, "after"),
    )


def _operation(orders: Mapping[str, Any]) -> str:
    operation = orders.get("operation")
    if operation is not None and not isinstance(operation, str):
        raise WeatherError("operation must be a part of the document's text.")
    return operation or ""


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


def _list(part: Mapping[str, Any], name: str) -> list[Any]:
    given = part.get(name)
    if given is None:
        return []
    if not isinstance(given, list):
        raise WeatherError(f"{name} must be a list of objects.")
    return given


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
