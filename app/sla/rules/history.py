"""What happened to a ticket, as far as its clocks rest on it. Pure.

Events may come in any order and more than once: a history is made from the set of them, by
monday.com's moments and not by those at which they were heard of.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: The status in which no clock runs: there is nothing to answer until somebody opens the ticket again.
SOLVED = "solved"


class Kind(StrEnum):
    """What an event is."""

    OPENED = "opened"
    TIER = "tier"
    PRIORITY = "priority"
    STATUS = "status"
    #: The customer wrote something.
    QUESTION = "question"
    #: A technician said something that the customer can see.
    ANSWER = "answer"
    #: What a technician said was taken back; given again it is another ``ANSWER``.
    WITHDRAWN = "withdrawn"
    #: The customer says that it is acute (``claimed``, ``withdrawn``), a technician agrees (``confirmed``) or
    #: not (``refused``).
    ACUTE = "acute"
    #: The support manager decided that a stretch of time does not count.
    EXCUSED = "excused"


@dataclass(frozen=True)
class Event:
    """One event. Moments are aware UTC."""

    kind: Kind
    at: datetime
    #: The same each time that it is told.
    key: str
    #: The tier, priority or status; for messages the update's id.
    value: str = ""
    #: The end of an excused stretch.
    until: datetime | None = None
    #: Who did it, and why, where that has to be seen.
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Span:
    """What something was from one moment to another; ``end`` is None while it still is."""

    value: str
    start: datetime
    end: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class History:
    """A ticket's events, put in order."""

    opened_at: datetime
    tiers: Sequence[Span]
    priorities: Sequence[Span]
    statuses: Sequence[Span]
    acute: Sequence[Span]
    #: Moments of what the customer wrote and of what technicians said to it, in order.
    questions: Sequence[datetime]
    answers: Sequence[datetime]
    excused: Sequence[Span]


def history(events: Iterable[Event]) -> History:
    """Put a ticket's events in order.

    Raises:
        ValueError: the ticket was never opened.
    """
    known = sorted({event.key: event for event in events}.values(), key=lambda event: (event.at, event.key))
    openings = [event.at for event in known if event.kind is Kind.OPENED]
    if not openings:
        raise ValueError("A ticket's events must say when it was opened.")
    opened_at = openings[0]

    def spans(kind: Kind) -> Sequence[Span]:
        return _spans([event for event in known if event.kind is kind], opened_at)

    answers = [event for event in known if event.kind is Kind.ANSWER]
    taken_back = [event.value for event in known if event.kind is Kind.WITHDRAWN]
    return History(
        opened_at,
        spans(Kind.TIER),
        spans(Kind.PRIORITY),
        spans(Kind.STATUS),
        spans(Kind.ACUTE),
        [event.at for event in known if event.kind is Kind.QUESTION],
        _standing(answers, taken_back, opened_at),
        [
            Span(event.by, event.at, event.until, event.reason)
            for event in known
            if event.kind is Kind.EXCUSED and event.until is not None and event.until > event.at
        ],
    )


def value_at(spans: Sequence[Span], at: datetime) -> str:
    """What something was at a moment; empty when nobody had said."""
    return next((span.value for span in reversed(spans) if span.start <= at), "")


def _spans(changes: Sequence[Event], opened_at: datetime) -> Sequence[Span]:
    """Changes as spans; what was so before the opening was so from the opening on."""
    found: list[Span] = []
    for change in changes:
        start = max(change.at, opened_at)
        if found and found[-1].value == change.value:
            continue
        if found:
            last = found.pop()
            if last.start < start:
                found.append(Span(last.value, last.start, start))
        found.append(Span(change.value, start, None))
    return found


def _standing(answers: Sequence[Event], taken_back: Collection[str], opened_at: datetime) -> list[datetime]:
    """The moments of answers that were not taken back, or were given again since."""
    left = Counter(answer.value for answer in answers)
    left.subtract(taken_back)
    # An answer of before the clock counts is one at once.
    return sorted({max(answer.at, opened_at) for answer in answers if left[answer.value] > 0})
