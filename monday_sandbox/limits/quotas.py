"""What callers have used of what they may, and who is refused for it.

Everything is measured by account, apart for the app's tokens and for users' own ("per account, per
app"), but a day's calls by account alone. Counted in memory, but the days; windows begin anew with
the process. Time is the sandbox's clock.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monday_sandbox.caller import Caller
from monday_sandbox.limits import figures
from monday_sandbox.limits.answers import OverLimitError
from monday_sandbox.limits.days import TENTHS, Days, seconds_to_midnight
from monday_sandbox.limits.figures import Figures
from monday_sandbox.limits.windows import IP_SECONDS, MINUTE_SECONDS, Windows
from monday_sandbox.state import Store

REGISTERED_APP = "registered"
NO_APP = "none"
#: How long monday.com is taken to ask one to wait for a place among the calls under way.
CONCURRENCY_WAIT_SECONDS = 1


@dataclass(frozen=True)
class Visit:
    """Who calls, and what they may."""

    account_id: int
    slug: str
    user_id: int
    #: ``REGISTERED_APP``, or ``NO_APP`` for a user's own token.
    app: str
    #: Whether limits hold for others only: true of the sandbox's own pages.
    is_exempt: bool
    figures: Figures

    @property
    def bucket(self) -> tuple[int, str]:
        """Whose calls are counted together."""
        return self.account_id, self.app


class Quotas:
    """The counts, and the orders that change the figures."""

    def __init__(self, store: Store, *, is_marketplace_app: bool = False) -> None:
        """Begin to count.

        Args:
            store: The state; it holds plans and days.
            is_marketplace_app: Whether the app is installed from the marketplace: then its calls do not
                count to a day's.
        """
        self.days = Days(store)
        self._store = store
        self._is_marketplace_app = is_marketplace_app
        self._orders: dict[str | None, Mapping[str, Any]] = {}
        self._minutes = Windows(MINUTE_SECONDS)
        self._addresses = Windows(IP_SECONDS)
        self._under_way: dict[tuple[int, str], int] = {}
        self._lock = threading.Lock()

    def order(self, orders: Mapping[str, Any]) -> None:
        """Set other figures for an account, or for all; they replace what was ordered before.

        Raises:
            LimitsOrderError: the orders are not understood.
        """
        figures.check(orders)
        slug = orders.get("account")
        slugs = self._slugs()
        if slug is not None and slug not in slugs:
            raise figures.LimitsOrderError(f"There is no account {slug!r}; there are {', '.join(slugs)}.")
        with self._lock:
            self._orders = {**self._orders, slug: orders}

    def clear(self) -> None:
        """monday.com's figures everywhere."""
        with self._lock:
            self._orders = {}

    def orders(self) -> list[Mapping[str, Any]]:
        """The orders that are in force, as they were given."""
        return list(self._orders.values())

    def figures_of(self, account_id: int) -> Figures:
        """What an account may."""
        return self._account(account_id)[1]

    def visit(self, caller: Caller, *, is_exempt: bool = False) -> Visit:
        """Somebody who calls."""
        slug, may = self._account(caller.account_id)
        app = NO_APP if caller.scopes is None else REGISTERED_APP
        return Visit(caller.account_id, slug, caller.user_id, app, is_exempt, may)

    def _account(self, account_id: int) -> tuple[str, Figures]:
        """An account's slug, and what it may."""
        with self._store.reading() as connection:
            row = connection.execute("SELECT slug, plan FROM accounts WHERE id = ?", (account_id,)).fetchone()
        slug, plan = ("", "") if row is None else (row["slug"], row["plan"])
        found = figures.of_plan(plan)
        orders = self._orders.get(slug) or self._orders.get(None)
        return slug, found if orders is None else figures.as_ordered(found, orders)

    def let_in(self, address: str, now: datetime) -> None:
        """Count a call from an address.

        Raises:
            OverLimitError: too many came from there.
        """
        orders = self._orders.get(None) or {}
        most = orders.get("ip_rate")
        most = Figures.ip_rate if most is None else most
        count = self._addresses.add(address, 1, now)
        if count.used > most:
            raise OverLimitError("ip", count.resets_in)

    @contextmanager
    def under_way(self, visit: Visit, now: datetime) -> Iterator[None]:
        """Count one call for as long as it lasts.

        Raises:
            OverLimitError: the caller has used up the minute, the day or the places.
        """
        with self._lock:
            self._under_way[visit.bucket] = self._under_way.get(visit.bucket, 0) + (not visit.is_exempt)
            at_once = self._under_way[visit.bucket]
        try:
            if not visit.is_exempt:
                self._require_room(visit, at_once, now)
            yield
        finally:
            with self._lock:
                self._under_way[visit.bucket] -= not visit.is_exempt

    def _require_room(self, visit: Visit, at_once: int, now: datetime) -> None:
        minute = self._minutes.add(visit.bucket, 1, now)
        if minute.used > visit.figures.minute_rate:
            raise OverLimitError("minute", minute.resets_in)
        if at_once > visit.figures.concurrency:
            raise OverLimitError("concurrency", CONCURRENCY_WAIT_SECONDS)
        if self._counts_a_day(visit) and (
            self.days.used(visit.account_id, now) >= visit.figures.daily * TENTHS
        ):
            raise OverLimitError("daily", seconds_to_midnight(now))

    def count_day(self, visit: Visit, tenths: int, now: datetime) -> None:
        """Count a call that has been answered to the day."""
        if self._counts_a_day(visit):
            self.days.count(visit.account_id, visit.user_id, visit.app, tenths, now)

    def headers(self, visit: Visit, now: datetime, charged: Mapping[str, int] | None) -> dict[str, str]:
        """The headers that tell of limits, during a call.

        Args:
            visit: Whose limits.
            now: The sandbox's time.
            charged: The schema's ``Complexity`` of the call; None when it did not run.
        """
        most, at_once = visit.figures.minute_rate, visit.figures.concurrency
        minute = self._minutes.look(visit.bucket, now)
        room = max(0, at_once - self._under_way.get(visit.bucket, 0))
        policy = [
            f'"minuteRate";q={most};w=60',
            f'"concurrency";q={at_once};qu="concurrent-requests"',
        ]
        state = [
            f'"minuteRate";r={max(0, most - minute.used)};t={minute.resets_in}',
            f'"concurrency";r={room}',
        ]
        if charged is not None:
            is_app = visit.app == REGISTERED_APP
            budget = visit.figures.app_complexity if is_app else visit.figures.personal_complexity
            policy.append(f'"complexityMinute";q={budget};w=60;qu="content-bytes"')
            state.append(f'"complexityMinute";r={charged["after"]};t={charged["reset_in_x_seconds"]}')
        return {"RateLimit-Policy": ", ".join(policy), "RateLimit": ", ".join(state)}

    def _counts_a_day(self, visit: Visit) -> bool:
        return not visit.is_exempt and not (self._is_marketplace_app and visit.app == REGISTERED_APP)

    def _slugs(self) -> list[str]:
        with self._store.reading() as connection:
            return [row["slug"] for row in connection.execute("SELECT slug FROM accounts ORDER BY slug")]
