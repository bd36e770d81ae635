"""The working of a clock: every stretch from its start on, and why it counted or not. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.business_time import BusinessCalendar, Reason, stretches
from app.sla.rules.cycles import Cycle, Pause, pauses
from app.sla.rules.history import History

#: Why a stretch did not count though the office was open.
PAUSED, EXCUSED = "paused", "excused"


@dataclass(frozen=True)
class Line:
    """One stretch of a ledger; moments are aware UTC."""

    start: datetime
    end: datetime
    counts: bool
    #: A ``Reason`` of the calendar, ``paused`` or ``excused``.
    reason: str
    #: The holiday's name, the status that paused it, or who excused it and why.
    detail: str = ""

    @property
    def length(self) -> timedelta:
        """Real time from its start to its end."""
        return self.end - self.start


class Party(StrEnum):
    """Whose time it is."""

    US = "us"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    #: Nobody's: the office was closed.
    CLOSED = "closed"
    #: Nobody's: the ticket was solved.
    DONE = "done"


_WAITS_FOR = {
    "waiting_customer": Party.CUSTOMER,
    "waiting_vendor": Party.VENDOR,
    "solved": Party.DONE,
}


def ledger(history: History, cycle: Cycle, *, now: datetime) -> list[Line]:
    """Every stretch of a clock until it stopped, or until ``now``.

    The lines follow each other without a gap; those that count are together what counts.
    """
    if cycle.target is None:
        return []
    end = cycle.stopped_at or now
    stopped = pauses(history, cycle.target)
    lines: list[Line] = []
    for stretch in stretches(cycle.target.calendar, cycle.started_at, end):
        if stretch.reason is Reason.OPEN:
            lines += _cut(stretch.start, stretch.end, stopped)
        else:
            why, detail = stretch.reason, stretch.holiday or ""
            lines.append(Line(stretch.start, stretch.end, counts=False, reason=why, detail=detail))
    return lines


def counted(lines: Sequence[Line]) -> timedelta:
    """What the lines of a ledger count together."""
    return sum((line.length for line in lines if line.counts), timedelta(0))


def whose_time(history: History, calendar: BusinessCalendar, *, until: datetime) -> dict[Party, timedelta]:
    """How a ticket's time from its opening is shared out; the shares add up to all of it."""
    shares = dict.fromkeys(Party, timedelta(0))
    marks = sorted({span.start for span in history.statuses if history.opened_at < span.start < until})
    for stretch in stretches(calendar, history.opened_at, until):
        for start, end in _between(stretch.start, stretch.end, marks):
            status = next((s.value for s in reversed(history.statuses) if s.start <= start), "")
            party = _WAITS_FOR.get(status, Party.US)
            is_nobodys = stretch.reason is not Reason.OPEN and party is not Party.DONE
            shares[Party.CLOSED if is_nobodys else party] += end - start
    return shares


def _cut(start: datetime, end: datetime, stopped: Sequence[Pause]) -> Iterator[Line]:
    """Open time, cut where a pause begins or ends."""
    marks = sorted({at for pause in stopped for at in (pause.start, pause.end) if at and start < at < end})
    for begin, until in _between(start, end, marks):
        pause = next((p for p in stopped if p.start <= begin and (p.end is None or begin < p.end)), None)
        if pause is None:
            yield Line(begin, until, counts=True, reason=Reason.OPEN)
        elif pause.reason == EXCUSED:
            yield Line(begin, until, counts=False, reason=EXCUSED, detail=pause.detail)
        else:
            yield Line(begin, until, counts=False, reason=PAUSED, detail=pause.reason)


def _between(
    start: datetime, end: datetime, marks: Sequence[datetime]
) -> Iterator[tuple[datetime, datetime]]:
    inner = [at for at in marks if start < at < end]
    yield from zip([start, *inner], [*inner, end], strict=True)
