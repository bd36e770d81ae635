"""What goes first: people who wait now, then what a new customer brings along, then what is looked after.

Everything that is wanted in a transaction (lanes, changes) has the transaction's priority. Among what is
equally urgent each customer gets its turn: changes also have the transaction's share, which says whose
work it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from sqlalchemy.orm import Session

_KEY, _SHARE = "priority", "share"


class Priority(IntEnum):
    """How urgent work is; the lower number goes first."""

    #: Somebody did something and looks at a board.
    LIVE = 0
    #: Items that stood on a board before it was connected.
    BACKFILL = 1
    #: Looking for what was missed.
    SWEEP = 2


def set_priority(session: Session, priority: Priority) -> None:
    """From here on, what is wanted in this session's transactions has this priority."""
    session.info[_KEY] = priority


def priority_of(session: Session) -> Priority:
    """The priority of what is wanted in this session; ``LIVE`` unless somebody said otherwise."""
    return Priority(session.info.get(_KEY, Priority.LIVE))


def set_share(session: Session, share: str) -> None:
    """From here on, what is wanted in this session's transactions is this customer's work.

    ``share`` is the account and the board on which the customer follows it, like ``42:77``.
    """
    session.info[_SHARE] = share


def share_of(session: Session) -> str:
    """Whose work is wanted in this session; empty when it is nobody's own."""
    return str(session.info.get(_SHARE, ""))


@contextmanager
def under(session: Session, priority: Priority) -> Iterator[None]:
    """What is wanted inside has this priority; what comes after it has the one that held before."""
    before = priority_of(session)
    set_priority(session, priority)
    try:
        yield
    finally:
        set_priority(session, before)
