"""Which thread a mail belongs to. Pure.

Three things can tell: the address that it came to, the mails that it answers, and the tag in its subject.
All hold keys that nobody can guess, and none is put above another: people answer an old mail about something
new, forward, and paste. Where what tells does not tell the same, a wrong guess would show one story's words
in another, perhaps another customer's. So a mail goes to a thread by itself only when all that is told names
this one; else a person decides.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

#: More than so many within an hour in one thread are no people any more.
MOST_IN_AN_HOUR = 30
_TAG = re.compile(r"\[SYN-([0-9a-f]{20})\]", re.IGNORECASE)
_OUR_ID = re.compile(r"<([0-9a-f]{32})@", re.IGNORECASE)


class Standing(StrEnum):
    """What became of a mail that came."""

    #: Nobody has looked at it yet.
    NEW = "new"
    #: It stands in a thread, and the thread's story was told.
    FILED = "filed"
    #: It stands in none: a person may file it.
    UNSORTED = "unsorted"
    #: It reports what became of a mail of ours.
    REPORT = "report"
    #: A mail of ours that came back, or one that stands in its thread already.
    REPEATED = "repeated"
    #: A person saw that nothing follows from it.
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class Evidence:
    """Threads that a mail names, by what names them."""

    address: frozenset[int] = frozenset()
    references: frozenset[int] = frozenset()
    subject: frozenset[int] = frozenset()

    @property
    def threads(self) -> frozenset[int]:
        """All that are named."""
        return self.address | self.references | self.subject


@dataclass(frozen=True)
class Verdict:
    """Where a mail goes; ``reason`` says why nowhere."""

    thread_id: int | None
    reason: str | None = None
    is_in_doubt: bool = False


def decide(evidence: Evidence, stories: Mapping[int, str], came_lately: int) -> Verdict:
    """Where a mail goes.

    ``stories``: of which story each thread is. ``came_lately``: how many mails the thread that is named got
    within the last hour.
    """
    named = evidence.threads
    if not named:
        return Verdict(None, "It names no thread of ours.")
    if len(named) > 1:
        ways = (
            ("the address it came to", evidence.address),
            ("the mails it answers", evidence.references),
            ("its subject", evidence.subject),
        )
        told = [f"{how} ({_listed(stories[one] for one in threads)})" for how, threads in ways if threads]
        return Verdict(None, f"It belongs to different threads by {_and(told)}.", is_in_doubt=True)
    (thread_id,) = named
    if came_lately >= MOST_IN_AN_HOUR:
        reason = f"Its thread ({stories[thread_id]}) got {came_lately} mails within an hour: is it a loop?"
        return Verdict(None, reason, is_in_doubt=True)
    return Verdict(thread_id)


def tokens_of_address(addresses: Iterable[str]) -> set[str]:
    """The tokens in addresses like ``support+<token>@example.com``."""
    names = [address.rpartition("@")[0] for address in addresses]
    return {name.partition("+")[2].lower() for name in names if "+" in name}


def tokens_of_subject(subject: str) -> set[str]:
    """The tokens in a subject's tags."""
    return {token.lower() for token in _TAG.findall(subject)}


def idents(message_ids: Iterable[str]) -> set[str]:
    """What our own Message-IDs have left of the ``@``; others' are left out, unless they look like ours."""
    return {found.group(1).lower() for one in message_ids if (found := _OUR_ID.match(one))}


def is_for_us(address: str, sender: str) -> bool:
    """Whether an address is one at which mail is taken: ours, or the postmaster's."""
    name, _, domain = address.lower().rpartition("@")
    our_name, _, our_domain = sender.lower().partition("@")
    return domain == our_domain and name.partition("+")[0] in (our_name, "postmaster")


def _listed(stories: Iterable[str]) -> str:
    return ", ".join(sorted(set(stories)))


def _and(told: list[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
