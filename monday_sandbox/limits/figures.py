"""How much an account may: monday.com's figures by plan, and smaller (or larger) ones by order.

Source: developer.monday.com/api-reference/docs/rate-limits (September 2026). A day's calls of free
and trial accounts are 200 by the support pages and 1 000 by the developers': here 200.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

_SMALL_PLANS = ("free", "trial", "ngo")
#: Calls a minute of fields that have a limit of their own, by the name it is ordered under.
ENDPOINTS: Mapping[str, tuple[str, int]] = {
    "create_board": ("Mutation.create_board", 40),
    "duplicate_board": ("Mutation.duplicate_board", 40),
    "duplicate_group": ("Mutation.duplicate_group", 40),
    "connect_project_to_portfolio": ("Mutation.connect_project_to_portfolio", 15),
    "app_subscriptions": ("Query.app_subscriptions", 120),
    "formula_display_value": ("FormulaValue.display_value", 10_000),
}
ENDPOINT_NAMES: Mapping[str, str] = {coordinate: name for name, (coordinate, _) in ENDPOINTS.items()}
_ORDERS = (
    "complexity_minute",
    "request_complexity",
    "minute_rate",
    "concurrency",
    "daily",
    "ip_rate",
    "subitems_concurrency",
)


class LimitsOrderError(ValueError):
    """The orders can't be followed; the message says which and what is possible."""


@dataclass(frozen=True)
class Figures:
    """What an account may.

    Attributes:
        app_complexity: Points a minute of the app's tokens, for reads and for writes each.
        personal_complexity: Points a minute of users' own tokens, reads and writes together.
        request_complexity: Points of one request.
        minute_rate: Calls a minute, of the app's tokens and of users' own each.
        concurrency: Calls at once.
        daily: Calls from midnight to midnight UTC, of all that count.
        ip_rate: Calls in ten seconds from one address.
        subitems_concurrency: Requests at once that read ``subitems``; the figure is not known.
        endpoints: Calls a minute by field.
        board_locks: Whether a second request that writes a board is refused while the first does.
    """

    app_complexity: int = 5_000_000
    personal_complexity: int = 10_000_000
    request_complexity: int = 5_000_000
    minute_rate: int = 1_000
    concurrency: int = 40
    daily: int = 1_000
    ip_rate: int = 5_000
    subitems_concurrency: int = 20
    endpoints: Mapping[str, int] = field(
        default_factory=lambda: {name: most for name, (_, most) in ENDPOINTS.items()}
    )
    board_locks: bool = False


@cache
def of_plan(plan: str) -> Figures:
    """monday.com's figures for a plan; those of the small ones for a plan that is not known."""
    if plan == "enterprise":
        return Figures(minute_rate=5_000, concurrency=250, daily=25_000)
    if plan == "pro":
        return Figures(minute_rate=2_500, concurrency=100, daily=10_000)
    if plan in _SMALL_PLANS:
        return Figures(personal_complexity=1_000_000, daily=200)
    return Figures()


def as_ordered(figures: Figures, orders: Mapping[str, Any]) -> Figures:
    """The figures with what was ordered otherwise; ``orders`` have been checked."""
    changed: dict[str, Any] = {
        name: orders[name]
        for name in (*_ORDERS, "board_locks")
        if name != "complexity_minute" and orders.get(name) is not None
    }
    points = orders.get("complexity_minute")
    if points is not None:
        changed |= {"app_complexity": points, "personal_complexity": points}
    return replace(figures, **changed, endpoints={**figures.endpoints, **(orders.get("endpoints") or {})})


def check(orders: Mapping[str, Any]) -> None:
    """Refuse orders that are not understood.

    Raises:
        LimitsOrderError: a name is unknown, or a figure is none.
    """
    _require_known(orders, ("account", *_ORDERS, "endpoints", "board_locks"), "the orders")
    for name in _ORDERS:
        _require_figure(name, orders.get(name))
    if not isinstance(orders.get("board_locks"), bool | None):
        raise LimitsOrderError("board_locks must be true or false.")
    if orders.get("account") is not None and orders.get("ip_rate") is not None:
        raise LimitsOrderError("ip_rate is of all accounts together; order it without an account.")
    endpoints = orders.get("endpoints")
    if endpoints is None:
        return
    if not isinstance(endpoints, Mapping):
        raise LimitsOrderError("endpoints must be an object.")
    _require_known(endpoints, tuple(ENDPOINTS), "endpoints")
    for name, most in endpoints.items():
        _require_figure(name, most)


def _require_known(orders: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(orders) - set(names))
    if unknown:
        raise LimitsOrderError(f"{', '.join(unknown)}: unknown in {where}; there are {', '.join(names)}.")


def _require_figure(name: str, figure: Any) -> None:
    if figure is None:
        return
    if isinstance(figure, bool) or not isinstance(figure, int) or figure < 0:
        raise LimitsOrderError(f"{name} must be a whole number, 0 or more.")
