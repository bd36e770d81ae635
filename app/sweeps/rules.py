"""When a board is swept, how, and what a list of its items may lead to. Pure."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.priority import Priority

Kind = Literal["quick", "full"]

#: monday.com repeats an unanswered webhook for half an hour, then gives it up.
WEBHOOK_LIFE = timedelta(minutes=30)
#: A filter by date has days for granularity, in a zone nobody tells: more than a day is looked back.
OVERLAP = timedelta(hours=36)
DAY = timedelta(days=1)
#: An item that changed so shortly before it was read may have changed again within the same second.
SETTLED = timedelta(seconds=60)


@dataclass(frozen=True)
class LastSweeps:
    """When a board's last sweeps that ended well had begun; None when never."""

    any: datetime | None
    full: datetime | None


NEVER_SWEPT = LastSweeps(None, None)


@dataclass(frozen=True)
class Choice:
    """Which sweep a board gets, and why."""

    kind: Kind
    cause: str


def choose(board: str, last: LastSweeps, *, every: timedelta, full_every: timedelta, now: datetime) -> Choice:
    """Which sweep is due for a board whose turn it is.

    ``every`` is the time between two turns, ``full_every`` that between two full sweeps.
    """
    if last.any is None or last.full is None:
        return Choice("full", "first")
    if now - last.any > every + WEBHOOK_LIFE:
        # Nobody looked for longer than monday.com repeats: anything may be unheard of, deletions too.
        return Choice("full", "outage")
    if last.full < latest_slot(board, full_every, now):
        return Choice("full", "daily")
    return Choice("quick", "timer")


def urgency(cause: str) -> Priority:
    """How urgent what a sweep asks for is: people wait for what a new board brings along."""
    return Priority.BACKFILL if cause == "first" else Priority.SWEEP


def latest_slot(board: str, every: timedelta, now: datetime) -> datetime:
    """The last moment at which a board's slow sweep fell due; boards are spread over the whole span."""
    seconds = every.total_seconds()
    phase = zlib.crc32(board.encode()) % int(seconds)
    return now - timedelta(seconds=(now.timestamp() - phase) % seconds)


def changed_since(last_begun: datetime) -> str:
    """The day from which on changes are asked for, as monday.com's filter wants it."""
    return (last_begun - OVERLAP).date().isoformat()


def differing(listed: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """The items, in their listed order, whose trace is not the one they were last handled with."""
    return [item for item, trace in listed.items() if known.get(item) != trace]


def is_whole(listed: int, counts: Sequence[int]) -> bool:
    """Whether a list can be the whole board, by what monday.com counted before and after it."""
    return listed >= min(counts)
