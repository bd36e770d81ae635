"""What stands before every call to monday.com: whoever keeps the account's budget says whether it may go.

The client asks the gate, makes the call, and tells the gate the answer. Kept here as what the client
expects; ``app.budgets`` fulfils it.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from app.monday.faults import Fault
from app.priority import Priority


class Passage(Protocol):
    """A call that was let through."""

    def answered(
        self, headers: Mapping[str, str], complexity: Mapping[str, Any] | None, fault: Fault | None
    ) -> None:
        """Tell what was answered: headers by lower-case name, ``complexity``, a refusal of the whole.

        ``complexity`` is None where monday.com repeats an answer that it gave before.
        """
        ...


class Gate(Protocol):
    """One account's gate, for work of one priority."""

    def passing(self, units: Mapping[str, int], *, is_write: bool) -> AbstractContextManager[Passage]:
        """Let one call through, for as long as the block runs.

        ``units``: kind of what is asked (a document's name, with the parts it includes) → how many.

        Raises:
            BudgetSpentError: it has to wait.
        """
        ...

    def at(self, priority: Priority) -> "Gate":
        """The same account's gate for work of another priority."""
        ...
