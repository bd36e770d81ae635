"""The gate before every call to monday.com: through at once, or told when to come back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.budgets.ledger import Ledger
from app.budgets.rules import books as rules
from app.budgets.rules import learning
from app.budgets.rules.books import Asking, Books, Moment
from app.budgets.rules.hearing import Heard, hear
from app.clock import lease_time
from app.ids import new_key
from app.monday.errors import BudgetSpentError, MondayUnreachableError
from app.monday.faults import Fault
from app.priority import Priority


@dataclass(frozen=True)
class AccountGate:
    """Lets one account's calls for work of one priority through, as its books allow."""

    ledger: Ledger
    account_id: str
    priority: Priority
    #: How long a call can take at most; whoever has not answered by then has died.
    call_seconds: float

    @contextmanager
    def passing(self, units: Mapping[str, int], *, is_write: bool) -> Iterator["_Passage"]:
        """Let one call through, for as long as the block runs.

        Raises:
            BudgetSpentError: it has to wait.
        """
        asking, key = Asking(units, is_write, self.priority), new_key()

        def take(books: Books, moment: Moment, share: float) -> tuple[Books, float | None]:
            until = rules.find_room(books, asking, moment, share=share)
            if until is not None:
                return rules.note_waiting(books, self.priority, until), until
            return rules.reserve(books, asking, key, seconds=self.call_seconds), None

        self._require_none(self.ledger.change(self.account_id, take))
        passage = _Passage()
        try:
            yield passage
        except MondayUnreachableError:
            self.ledger.change(self.account_id, lambda books, _, __: (rules.give_back(books, key), None))
            raise
        except BaseException:
            self._settle(asking, key, passage)
            raise
        else:
            self._settle(asking, key, passage)

    def at(self, priority: Priority) -> "AccountGate":
        """The same account's gate for work of another priority."""
        return replace(self, priority=priority)

    def _settle(self, asking: Asking, key: str, passage: "_Passage") -> None:
        heard = passage.heard

        def settle(books: Books, moment: Moment, _: float) -> tuple[Books, None]:
            books = rules.settle(books, asking, key, heard)
            return books if heard is None else learning.learn(books, asking, heard, moment), None

        self.ledger.change(self.account_id, settle)

    def _require_none(self, until: float | None) -> None:
        if until is not None:
            raise BudgetSpentError(
                f"What account {self.account_id} may call is used up for now; it goes on in "
                f"{max(0.0, until - lease_time()):.0f} s by itself.",
                until=until,
            )


class _Passage:
    """A call that was let through, and what its answer told."""

    heard: Heard | None = None

    def answered(
        self, headers: Mapping[str, str], complexity: Mapping[str, Any] | None, fault: Fault | None
    ) -> None:
        """Tell what was answered."""
        self.heard = hear(headers, complexity, fault)
