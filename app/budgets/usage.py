"""How much of its budget each account has used: what an operator sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.budgets.rules import books as rules
from app.budgets.rules.books import Books
from app.priority import Priority


class Shelf(Protocol):
    """Where books are; ``app.budgets.ledger.Ledger``."""

    def look(self, account_ids: Sequence[str]) -> Mapping[str, Books]:
        """The books of some accounts as they stand now; accounts that were never called have none."""
        ...


@dataclass(frozen=True)
class Meter:
    """How much of a limit is used, calls under way at their estimate."""

    used: int
    #: None: not limited, as far as known.
    limit: int | None

    @property
    def share(self) -> float:
        """The part of the limit that is used; 0 where there is none."""
        return self.used / self.limit if self.limit else 0.0


@dataclass(frozen=True)
class Usage:
    """What an account has used of what it may, at one moment."""

    account_id: str
    #: Points of complexity within a minute, of queries and of mutations.
    reads: Meter
    writes: Meter
    #: Calls within a minute, at once, and since midnight UTC.
    calls: Meter
    places: Meter
    day: Meter
    #: What is not called until when (epoch seconds), because monday.com has refused it: ``reads``,
    #: ``writes``, ``all``, ``day``, or a kind of call.
    blocked: Mapping[str, float]
    #: Work of which priority was told to wait, and until when (epoch seconds).
    waiting: Mapping[Priority, float]

    @property
    def meters(self) -> Mapping[str, Meter]:
        """Every limit by its name."""
        return {
            "reads": self.reads,
            "writes": self.writes,
            "calls": self.calls,
            "places": self.places,
            "day": self.day,
        }


def usage(ledger: Shelf, account_ids: Sequence[str]) -> list[Usage]:
    """What accounts have used of what they may; those that were never called are left out."""
    return [_usage(account_id, books) for account_id, books in ledger.look(account_ids).items()]


def _usage(account_id: str, books: Books) -> Usage:
    may = books.allowance
    return Usage(
        account_id=account_id,
        reads=Meter(rules.used_points(books, is_write=False), may.points),
        writes=Meter(rules.used_points(books, is_write=True), may.points),
        calls=Meter(rules.used_calls(books), may.calls),
        places=Meter(len(books.under_way), may.places),
        day=Meter(-(-books.day_tenths // rules.TENTHS), may.daily),
        blocked=books.blocked,
        waiting=books.waiting,
    )
