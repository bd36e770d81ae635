"""What can come of a call to monday.com besides an answer.

The difference that matters is whether the call may have had its effect: a fault tells
that monday.com refused, unreachable that it never heard of it, uncertain that nobody knows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import SupportError
from app.monday.faults import Fault

#: Where in an answer something is: field names and list indexes.
Path = tuple[str | int, ...]


def fingerprint(token: str) -> str:
    """By what a token is known again where it must not be told."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


class MondayUnreachableError(SupportError):
    """No connection came about, so the call surely had no effect; try again later."""

    code = "monday_unreachable"


class BudgetSpentError(MondayUnreachableError):
    """The account's budget has no room for the call now, so it was not sent; it is nobody's failure."""

    code = "budget_spent"

    def __init__(self, message: str, *, until: float) -> None:
        super().__init__(message)
        #: When to try again, in real epoch seconds (``app.clock.lease_time``).
        self.until = until


class MondayUncertainError(SupportError):
    """The call was sent and no usable answer came: it may have had its effect or not.

    Repeat a mutation under the same idempotency key, or look for its effect first.
    """

    code = "monday_uncertain"

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        #: HTTP status, where there was an answer at all.
        self.status = status


class MondayFaultError(SupportError):
    """monday.com refused a call, or could only answer a part of a question.

    For a mutation sent alone, or a batch as a whole, it means that nothing happened.
    """

    def __init__(
        self,
        fault: Fault,
        *,
        data: Mapping[str, Any] | None = None,
        unknown: Sequence[Path] = (),
        token: str | None = None,
    ) -> None:
        super().__init__(fault.message, code=f"monday_{fault.kind.value}", permanent=fault.permanent)
        self.fault = fault
        #: What did come of a query. What stands at the ``unknown`` paths is unknown, not empty.
        self.data = data
        self.unknown = tuple(unknown)
        #: The fingerprint of the token that the call was made with, where it is known.
        self.token_print = None if token is None else fingerprint(token)
