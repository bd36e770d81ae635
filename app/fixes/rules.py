"""What a ticket lacks before it may be solved. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How much a fix is."""

    BASIC = "basic"
    ADVANCED = "advanced"


class Lack(StrEnum):
    """What is missing, in the order in which people are told."""

    CONSENT = "consent"
    REPRODUCTION = "reproduction"
    SUMMARY = "summary"
    CAUSE = "cause"


@dataclass(frozen=True)
class Work:
    """What was done on a ticket, as far as it has to be accounted for."""

    fix: Kind | None = None
    #: Whether technicians were in the customer's environment.
    has_used_access: bool = False
    #: Whether the customer agrees to the fix.
    has_consent: bool = False
    reproduction: str | None = None
    summary: str | None = None
    cause: str | None = None


def lacking(work: Work) -> Sequence[Lack]:
    """What is missing; a ticket may be solved when nothing is."""
    found = []
    if work.fix is not None:
        if not work.has_consent:
            found.append(Lack.CONSENT)
        if work.fix is Kind.ADVANCED and _is_empty(work.reproduction):
            found.append(Lack.REPRODUCTION)
        if _is_empty(work.summary):
            found.append(Lack.SUMMARY)
    if (work.fix is not None or work.has_used_access) and work.cause is None:
        found.append(Lack.CAUSE)
    return found


def _is_empty(words: str | None) -> bool:
    return words is None or not words.strip()
