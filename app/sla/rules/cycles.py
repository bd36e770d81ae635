"""Clocks of a ticket: each runs from what somebody waits for to what he gets. Pure.

What a clock shows follows from the ticket's events, what is promised, and the moment at which it
is read; read again, or late, it gives the same exact moments. Moments are aware UTC datetimes,
lengths business seconds of the calendar that the promise names.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.business_time import BusinessCalendar
from app.sla.rules.history import SOLVED, History, value_at

#: The share of the time after which an unanswered clock is at risk.
AT_RISK_PERCENT = 75
_NEVER = datetime.max.replace(tzinfo=UTC)


class Metric(StrEnum):
    """What is measured."""

    #: From the customer's word that it is acute to the next public answer, unless a technician disagrees.
    ACUTE_RESPONSE = "acute_response"
    #: From the opening to the first public answer.
    FIRST_RESPONSE = "first_response"
    #: From what the customer writes after that to the next public answer.
    NEXT_RESPONSE = "next_response"
    #: From one public answer (or the opening) to the next, while the ticket is open.
    PERIODIC_UPDATE = "periodic_update"
    #: From the opening until it is solved.
    RESOLUTION = "resolution"


#: What customers are promised and shown.
RESPONSES = frozenset({Metric.ACUTE_RESPONSE, Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE})


class Status(StrEnum):
    """What a clock shows; the values are the label keys of the boards' ``sla_status``."""

    #: Nothing is promised.
    NONE = "none"
    ON_TRACK = "on_track"
    #: Most of the time is used.
    AT_RISK = "at_risk"
    #: The ticket is in a status in which this clock does not run.
    PAUSED = "paused"
    #: The time was up first. Lasting, also when somebody answers later.
    BREACHED = "breached"
    #: It came in time. Lasting.
    MET = "met"


@dataclass(frozen=True)
class Target:
    """What is promised for a metric."""

    business_seconds: int
    calendar: BusinessCalendar
    #: Ticket statuses in which the clock does not run.
    pauses: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.business_seconds < 0:
            raise ValueError(f"A promise of {self.business_seconds} s is negative.")

    @property
    def promised(self) -> timedelta:
        """The business time, as a length."""
        return timedelta(seconds=self.business_seconds)


#: What is promised: by tier, priority and metric; None where nothing is.
Promises = Callable[[str, str, Metric], Target | None]


@dataclass(frozen=True)
class Cycle:
    """One run of a clock. Moments that do not exist, or not yet, are None."""

    metric: Metric
    #: 0 for the metric's first run.
    number: int
    started_at: datetime
    #: When what was waited for came, in time or not.
    stopped_at: datetime | None
    status: Status
    #: What was promised when it stopped, or is now.
    target: Target | None = None
    due_at: datetime | None = None
    #: The exact moment at which the promise was broken, however late that is noticed.
    breached_at: datetime | None = None
    #: When it will show something else if nothing happens: the moment of its timer.
    next_change_at: datetime | None = None


@dataclass(frozen=True)
class Pause:
    """A stretch in which a clock does not run, with the reason; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None
    #: The ticket's status, or ``excused``.
    reason: str
    #: For an excused stretch: by whom and why.
    detail: str = ""


def read_cycles(history: History, promises: Promises, *, now: datetime) -> list[Cycle]:
    """Every run of every clock of a ticket, read at ``now``; in the order of metrics and time."""
    return [
        _read(history, promises, Cycle(metric, number, start, stop, Status.NONE), now)
        for metric in Metric
        for number, (start, stop) in enumerate(_RUNS[metric](history))
    ]


def shown(cycles: Sequence[Cycle]) -> Cycle:
    """The clock that boards show: the most urgent that runs; else the last, or the last that was broken.

    Every ticket has a first response to be waited for, whether it is promised or not.
    """
    responses = [cycle for cycle in cycles if cycle.metric in RESPONSES]
    running = [cycle for cycle in responses if cycle.stopped_at is None and cycle.status is not Status.NONE]
    if running:
        return min(running, key=_urgency)
    told = [cycle for cycle in responses if cycle.status is not Status.NONE] or responses
    broken = [cycle for cycle in told if cycle.status is Status.BREACHED]
    return max(broken or told, key=lambda cycle: cycle.started_at)


def next_change(cycles: Sequence[Cycle]) -> datetime | None:
    """When one of the clocks will show something else if nothing happens."""
    return min((cycle.next_change_at for cycle in cycles if cycle.next_change_at is not None), default=None)


def pauses(history: History, target: Target) -> list[Pause]:
    """The stretches in which a clock with this target does not run, in order; they may overlap."""
    found = [
        Pause(span.start, span.end, span.value)
        for span in history.statuses
        if span.value == SOLVED or span.value in target.pauses
    ]
    found += [Pause(s.start, s.end, "excused", f"{s.value}: {s.reason}") for s in history.excused]
    return sorted(found, key=lambda pause: pause.start)


def counted(history: History, target: Target, start: datetime, end: datetime) -> timedelta:
    """The business time that counts between two moments of a ticket."""
    running = _running(history, target, start)
    pieces = (target.calendar.elapsed(a, min(b or end, end)) for a, b in running if a < end)
    return sum(pieces, timedelta(0))


def _urgency(cycle: Cycle) -> tuple[bool, datetime]:
    return cycle.status is not Status.BREACHED, cycle.due_at or _NEVER


def _first_response(history: History) -> list[tuple[datetime, datetime | None]]:
    return [(history.opened_at, next(iter(history.answers), None))]


def _next_response(history: History) -> list[tuple[datetime, datetime | None]]:
    """From each question that waits to the next answer. Thanks for a solution wait for nothing."""
    found: list[tuple[datetime, datetime | None]] = []
    waits_since: datetime | None = None
    was_answered = is_solved = asked_when_solved = False
    for at, what in _talk(history):
        if what == "answer":
            if waits_since is not None:
                found.append((waits_since, at))
            waits_since, was_answered, asked_when_solved = None, True, False
        elif what == "question":
            if is_solved:
                asked_when_solved = True
            elif was_answered and waits_since is None:
                waits_since = at
        else:
            is_solved = what == SOLVED
            if not is_solved and asked_when_solved and was_answered and waits_since is None:
                waits_since = at
            asked_when_solved = asked_when_solved and is_solved
    if waits_since is not None:
        found.append((waits_since, None))
    return found


def _talk(history: History) -> list[tuple[datetime, str]]:
    """Questions, answers and changes of status in order.

    monday.com gives the moments of messages in whole seconds: nobody answers to an answer within one, so
    a question goes before an answer of its second.
    """
    talk = [(at, 0, "question") for at in history.questions]
    talk += [(at, 1, "answer") for at in history.answers]
    talk += [(span.start, 2, span.value) for span in history.statuses]
    return [(at, what) for at, _, what in sorted(talk)]


def _periodic_update(history: History) -> list[tuple[datetime, datetime | None]]:
    moments = sorted({history.opened_at, *history.answers})
    return list(zip(moments, [*moments[1:], None], strict=True))


def _resolution(history: History) -> list[tuple[datetime, datetime | None]]:
    last = history.statuses[-1] if history.statuses else None
    return [(history.opened_at, last.start if last is not None and last.value == SOLVED else None)]


def _acute_response(history: History) -> list[tuple[datetime, datetime | None]]:
    """From each claim to the next answer. One that was refused or taken back before counts for nothing."""
    found = []
    ends = [span.start for span in history.acute if span.value in ("refused", "withdrawn")]
    for span in history.acute:
        if span.value != "claimed":
            continue
        answer = next((at for at in history.answers if at >= span.start), None)
        given_up = next((at for at in ends if at >= span.start), None)
        if given_up is None or (answer is not None and answer <= given_up):
            found.append((span.start, answer))
    return found


_RUNS: dict[Metric, Callable[[History], list[tuple[datetime, datetime | None]]]] = {
    Metric.ACUTE_RESPONSE: _acute_response,
    Metric.FIRST_RESPONSE: _first_response,
    Metric.NEXT_RESPONSE: _next_response,
    Metric.PERIODIC_UPDATE: _periodic_update,
    Metric.RESOLUTION: _resolution,
}


def _read(history: History, promises: Promises, cycle: Cycle, now: datetime) -> Cycle:
    """Read one clock: the promise of each stretch of time is kept or broken within it."""
    target: Target | None = None
    due_at = breached_at = None
    for since, until in _terms(history, cycle):
        tier, priority = value_at(history.tiers, since), value_at(history.priorities, since)
        target = promises(tier, priority, cycle.metric)
        due_at = None if target is None else due(history, target, cycle, 100)
        if due_at is not None and breached_at is None:
            # A promise can't be broken before it is given.
            late_at = max(due_at, since)
            if late_at < until if until is not None else late_at <= now:
                breached_at = late_at
    read = replace(cycle, target=target, due_at=due_at, breached_at=breached_at)
    return _with_status(history, read, now)


def _terms(history: History, cycle: Cycle) -> Iterator[tuple[datetime, datetime | None]]:
    """The stretches of a run in which one promise held."""
    changes = {span.start for span in (*history.tiers, *history.priorities)}
    end = cycle.stopped_at
    marks = sorted(at for at in changes if at > cycle.started_at and (end is None or at < end))
    yield from zip([cycle.started_at, *marks], [*marks, end], strict=True)


def _with_status(history: History, cycle: Cycle, now: datetime) -> Cycle:
    if cycle.breached_at is not None:
        return replace(cycle, status=Status.BREACHED)
    if cycle.target is None:
        return cycle
    if cycle.stopped_at is not None:
        return replace(cycle, status=Status.MET)
    if any(p.start <= now and (p.end is None or now < p.end) for p in pauses(history, cycle.target)):
        # An excused stretch may end by itself.
        change = cycle.due_at if cycle.due_at is not None and cycle.due_at > now else None
        return replace(cycle, status=Status.PAUSED, next_change_at=change)
    at_risk_at = due(history, cycle.target, cycle, AT_RISK_PERCENT)
    if at_risk_at is not None and at_risk_at > now:
        return replace(cycle, status=Status.ON_TRACK, next_change_at=at_risk_at)
    return replace(cycle, status=Status.AT_RISK, next_change_at=cycle.due_at)


def due(history: History, target: Target, cycle: Cycle, percent: int) -> datetime | None:
    """When a share of the time is up, if nothing changes; None while the clock is paused.

    What paused after the clock had stopped does not move when it would have been due.
    """
    left = target.promised * percent / 100
    for begin, end in _running(history, target, cycle.started_at, cycle.stopped_at):
        if end is None:
            return target.calendar.add(begin, left)
        passed = target.calendar.elapsed(begin, end)
        if passed >= left:
            return target.calendar.add(begin, left)
        left -= passed
    return None


def _running(
    history: History, target: Target, start: datetime, stop: datetime | None = None
) -> Iterator[tuple[datetime, datetime | None]]:
    """The stretches from ``start`` on in which a clock is not paused; the last may have no end.

    Pauses that begin at ``stop`` or later are not looked at.
    """
    at = start
    for pause in pauses(history, target):
        if stop is not None and pause.start >= stop:
            break
        if pause.start > at:
            yield at, pause.start
        if pause.end is None:
            return
        at = max(at, pause.end)
    yield at, None
