"""Requests of several customers that say the same: which may follow which. Pure.

One leads, the others follow it; nobody follows who leads. What was filed stands for itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "W-"
_NUMBER = re.compile(rf"(?:{PREFIX})?(\d{{1,12}})", re.IGNORECASE)


class Unfit(StrEnum):
    """Why two requests can't be joined, or parted; each is a sentence (``app.texts``: ``wish.join.…``)."""

    UNKNOWN = "unknown"
    ITSELF = "itself"
    #: This one is, or may be, filed already.
    FILED = "filed"
    #: What it follows was filed, for both.
    LEAD_FILED = "lead_filed"


@dataclass(frozen=True)
class Candidate:
    """A request that is to lead, or to follow."""

    id: int
    lead_id: int | None
    #: Whether it was filed, or is being filed just now.
    is_filed: bool


def number(wish_id: int) -> str:
    """What people call a request: W-12."""
    return f"{PREFIX}{wish_id}"


def read_number(written: str) -> int | None:
    """The request that somebody wrote, like ``W-12`` or ``12``."""
    match = _NUMBER.fullmatch(written.strip())
    return int(match[1]) if match else None


def lead_for(wish: Candidate, named: Candidate | None) -> int | Unfit:
    """Whom a request follows after a technician named another one for it to follow."""
    if named is None:
        return Unfit.UNKNOWN
    lead_id = named.lead_id or named.id
    if lead_id == wish.id:
        return Unfit.ITSELF
    return Unfit.FILED if wish.is_filed else lead_id


def unfit_to_part(lead: Candidate) -> Unfit | None:
    """What keeps a request from standing alone again."""
    return Unfit.LEAD_FILED if lead.is_filed else None


def votes(customers: Sequence[int]) -> int:
    """How many customers wish it, however often each has said so."""
    return len(set(customers))
