"""Points of complexity a minute: an estimate is charged before a request runs, and put right after.

Apps have a budget for reads and one for writes, users' own tokens one for both. What a request cost
more or less than estimated is charged to the minute that runs when it ends.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from monday_sandbox.limits.answers import OverLimitError, Spent
from monday_sandbox.limits.quotas import REGISTERED_APP, Visit
from monday_sandbox.limits.windows import MINUTE_SECONDS, Windows


@dataclass(frozen=True)
class Charge:
    """An estimate that has been charged."""

    key: Hashable
    budget: int
    estimate: int
    before: int
    #: False when nothing is charged, for whom limits do not hold.
    is_real: bool


class Budgets:
    """What has been spent in the running minutes."""

    def __init__(self) -> None:
        self._windows = Windows(MINUTE_SECONDS)

    def charge(self, visit: Visit, estimate: int, now: datetime, *, is_write: bool) -> Charge:
        """Charge what a request will cost by its estimate.

        Raises:
            OverLimitError: it may not cost that much, or what is left of the minute does not suffice.
        """
        is_app = visit.app == REGISTERED_APP
        budget = visit.figures.app_complexity if is_app else visit.figures.personal_complexity
        key = (visit.bucket, is_app and is_write)
        if visit.is_exempt:
            return Charge(key, budget, 0, budget, is_real=False)
        if estimate > visit.figures.request_complexity:
            raise OverLimitError("too_complex")
        held = self._windows.add_within(key, estimate, budget, now)
        if held is None:
            full = self._windows.look(key, now)
            spent = Spent(estimate, max(0, budget - full.used), budget)
            raise OverLimitError("complexity", full.resets_in, spent)
        return Charge(key, budget, estimate, max(0, budget - held.used), is_real=True)

    def settle(self, charge: Charge, cost: int, now: datetime) -> dict[str, int]:
        """Put a charge right when its request has run, and tell it as the schema's ``Complexity``."""
        if charge.is_real:
            held = self._windows.add(charge.key, cost - charge.estimate, now)
        else:
            held = self._windows.look(charge.key, now)
        return {
            "before": charge.before,
            "after": max(0, charge.before - cost),
            "query": cost,
            "reset_in_x_seconds": held.resets_in,
        }
