"""Noting what happens to tickets, reading their clocks, arming the timer of the next change.

What a clock shows follows from the events and the moment at which it is read. So repair is reading
again, and an event that is heard of late counts at its own moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from app.agreements.rules.table import Table, table
from app.agreements.rules.terms import promised
from app.business_time import BusinessCalendar, calendar
from app.db import UtcDateTime
from app.errors import SupportError
from app.sla.models import SlaCycle, SlaEvent, SlaRevision, SlaTicket, SlaWarning
from app.sla.rules import ledger as ledgers
from app.sla.rules import warnings
from app.sla.rules.cycles import (
    Cycle,
    Metric,
    Promises,
    Status,
    Target,
    next_change,
    read_cycles,
    shown,
)
from app.sla.rules.history import Event, History, Kind, history
from app.sla.rules.ledger import Line, Party
from app.sla.rules.warnings import Step
from app.timers import service as timers

TIMER = "response"
#: What was decided for good, until an event says otherwise.
_VERDICTS = frozenset({Status.MET.value, Status.BREACHED.value})
_NOTE = text(
    """
    INSERT INTO sla_events (ticket_id, key, kind, at, value, until, by_whom, reason, noted_at)
    VALUES (:ticket_id, :key, :kind, :at, :value, :until, :by_whom, :reason, :noted_at)
    ON CONFLICT (ticket_id, key) DO NOTHING
    """
).bindparams(
    bindparam("at", type_=UtcDateTime),
    bindparam("until", type_=UtcDateTime),
    bindparam("noted_at", type_=UtcDateTime),
)


class NoClockError(SupportError):
    """A ticket has no clock that could be explained or corrected."""

    code = "no_clock"
    permanent = True


@dataclass(frozen=True)
class Reading:
    """A ticket's clocks at a moment."""

    #: The clock that boards show.
    shown: Cycle
    cycles: Sequence[Cycle]
    #: What people have to be told now; of each clock the latest step only, as after an outage.
    warnings: Sequence["Warned"] = ()


@dataclass(frozen=True)
class Warned:
    """A step of a clock that people are to be told of."""

    cycle: Cycle
    step: Step


@dataclass(frozen=True)
class Explanation:
    """The working of a ticket's clocks."""

    cycles: Sequence[Cycle]
    #: The stretches of each cycle, in the same order; none where nothing is promised.
    ledgers: Sequence[Sequence[Line]]
    whose_time: Mapping[Party, timedelta]
    revisions: Sequence[SlaRevision]

    @property
    def clocks(self) -> Sequence[tuple[Cycle, Sequence[Line]]]:
        """Each clock with its stretches."""
        return list(zip(self.cycles, self.ledgers, strict=True))


def open_ticket(
    session: Session,
    ticket_id: int,
    account_id: str,
    *,
    at: datetime,
    tier: str,
    priority: str,
    now: datetime,
) -> Reading:
    """Start a ticket's clocks; ``at`` is when they begin to count, ``tier`` the promise key of then."""
    session.add(SlaTicket(ticket_id=ticket_id, account_id=account_id))
    session.flush()
    opening = [
        Event(Kind.OPENED, at, "opened"),
        Event(Kind.TIER, at, "tier:opened", tier),
        Event(Kind.PRIORITY, at, "priority:opened", priority),
        Event(Kind.STATUS, at, "status:opened", "new"),
    ]
    return note(session, ticket_id, opening, now=now)


def note(session: Session, ticket_id: int, events: Sequence[Event], *, now: datetime) -> Reading:
    """Note events of a ticket, those known already excepted, and read its clocks."""
    if events:
        session.connection().execute(_NOTE, [_row(ticket_id, event, now) for event in events])
    return _read(session, ticket_id, now, because=[event.key for event in events])


def changed(kind: Kind, value: str, at: datetime) -> Event:
    """That a ticket's tier, priority or status is another from a moment on."""
    return Event(kind, at, f"{kind}:{at.isoformat()}:{value}", value)


def read(session: Session, ticket_id: int, *, now: datetime) -> Reading:
    """Read a ticket's clocks and arm the timer of their next change."""
    return _read(session, ticket_id, now, because=[])


def excuse(
    session: Session,
    ticket_id: int,
    *,
    start: datetime,
    end: datetime,
    by: str,
    reason: str,
    now: datetime,
) -> Reading:
    """Decide that a stretch of a ticket's time does not count; it stays visible who did, and why.

    Raises:
        NoClockError: the stretch has no length, or nobody says why, or the ticket has no clocks.
    """
    if end <= start:
        raise NoClockError("The stretch that is not to count must end after it begins.")
    if not reason.strip() or not by.strip():
        raise NoClockError("Say who decides that this time does not count, and why.")
    _require(session, ticket_id)
    key = f"excused:{start.isoformat()}:{end.isoformat()}"
    event = Event(Kind.EXCUSED, start, key, until=end, by=by.strip(), reason=reason.strip())
    return note(session, ticket_id, [event], now=now)


def explain(session: Session, ticket_id: int, *, now: datetime) -> Explanation:
    """The working of every clock of a ticket.

    Raises:
        NoClockError: the ticket has none.
    """
    known = _history(session, ticket_id)
    cycles = read_cycles(known, promises, now=now)
    support = calendar("support")
    revisions = select(SlaRevision).where(SlaRevision.ticket_id == ticket_id).order_by(SlaRevision.id)
    return Explanation(
        cycles,
        [ledgers.ledger(known, cycle, now=now) for cycle in cycles],
        ledgers.whose_time(known, support, until=max(now, known.opened_at)),
        session.execute(revisions).scalars().all(),
    )


def promises(key: str, priority: str, metric: Metric) -> Target | None:
    """What an agreement promises for a metric; None where it promises nothing."""
    return promised_by(table(), calendar)(key, priority, metric)


def promised_by(known: Table, calendar_of: Callable[[str], BusinessCalendar]) -> Promises:
    """What a table of agreements promises, counted in calendars by name."""

    def target(key: str, priority: str, metric: Metric) -> Target | None:
        promise = promised(known, key, metric.value, priority)
        if promise is None:
            return None
        return Target(promise.business_seconds, calendar_of(promise.calendar), promise.pauses)

    return target


def histories(session: Session) -> Iterator[tuple[int, History]]:
    """Every ticket's id with its events, the oldest ticket first."""
    query = select(SlaEvent).order_by(SlaEvent.ticket_id).execution_options(yield_per=1_000)
    for ticket_id, rows in groupby(session.execute(query).scalars(), key=lambda row: row.ticket_id):
        yield ticket_id, history(_event(row) for row in rows)


def _read(session: Session, ticket_id: int, now: datetime, *, because: Sequence[str]) -> Reading:
    clocks = _require(session, ticket_id)
    known = _history(session, ticket_id)
    cycles = read_cycles(known, promises, now=now)
    _keep(session, ticket_id, cycles, now, because)
    steps = [(cycle, warnings.steps(known, cycle)) for cycle in cycles]
    comes = [warnings.next_step(found, now=now) for _, found in steps]
    subject = str(ticket_id)
    change = min((at for at in (next_change(cycles), *comes) if at is not None), default=None)
    if change is None:
        timers.cancel(session, kind=TIMER, subject=subject)
    else:
        timers.arm(session, kind=TIMER, subject=subject, account_id=clocks.account_id, due_at=change)
    return Reading(shown(cycles), cycles, _warn(session, ticket_id, steps, now))


def _warn(
    session: Session, ticket_id: int, steps: Sequence[tuple[Cycle, Sequence[Step]]], now: datetime
) -> list[Warned]:
    """The latest step of each clock that nobody was told of; the earlier ones are told with it."""
    query = select(SlaWarning).where(SlaWarning.ticket_id == ticket_id)
    told = {(row.metric, row.number, row.step) for row in session.execute(query).scalars()}
    found = []
    for cycle, every in steps:
        run = (cycle.metric.value, cycle.number)
        new = [step for step in warnings.reached(every, now=now) if (*run, step.name) not in told]
        for step in new:
            session.add(
                SlaWarning(
                    ticket_id=ticket_id,
                    metric=run[0],
                    number=run[1],
                    step=step.name,
                    at=step.at,
                    told_at=now,
                )
            )
        if new:
            found.append(Warned(cycle, new[-1]))
    return found


def _require(session: Session, ticket_id: int) -> SlaTicket:
    """A ticket's clocks, locked: two who read them at once would each miss what the other has noted."""
    clocks = session.get(SlaTicket, ticket_id, with_for_update=True)
    if clocks is None:
        raise NoClockError("That ticket has no clocks.")
    return clocks


def _history(session: Session, ticket_id: int) -> History:
    rows = session.execute(select(SlaEvent).where(SlaEvent.ticket_id == ticket_id)).scalars().all()
    if not rows:
        raise NoClockError("That ticket has no clocks.")
    return history(_event(row) for row in rows)


def _event(row: SlaEvent) -> Event:
    return Event(Kind(row.kind), row.at, row.key, row.value, row.until, row.by_whom, row.reason)


def _keep(
    session: Session, ticket_id: int, cycles: Sequence[Cycle], now: datetime, because: Sequence[str]
) -> None:
    """Keep what was read, and a trace of every verdict that reads otherwise than before."""
    kept = session.execute(select(SlaCycle).where(SlaCycle.ticket_id == ticket_id)).scalars()
    before = {(row.metric, row.number): row for row in kept}
    for cycle in cycles:
        row = before.pop((cycle.metric.value, cycle.number), None)
        if row is None:
            row = SlaCycle(ticket_id=ticket_id, metric=cycle.metric.value, number=cycle.number)
            session.add(row)
        elif row.status in _VERDICTS and row.status != cycle.status.value:
            _trace(session, row, cycle.status.value, now, because)
        row.started_at, row.stopped_at = cycle.started_at, cycle.stopped_at
        row.status, row.due_at, row.breached_at = cycle.status.value, cycle.due_at, cycle.breached_at
    for row in before.values():
        if row.status in _VERDICTS:
            _trace(session, row, Status.NONE.value, now, because)
        session.delete(row)


def _trace(session: Session, row: SlaCycle, became: str, now: datetime, because: Sequence[str]) -> None:
    session.add(
        SlaRevision(
            ticket_id=row.ticket_id,
            metric=row.metric,
            number=row.number,
            was=row.status,
            became=became,
            at=now,
            because=", ".join(because),
        )
    )


def _row(ticket_id: int, event: Event, now: datetime) -> dict[str, object]:
    return {
        "ticket_id": ticket_id,
        "key": event.key,
        "kind": event.kind.value,
        "at": event.at,
        "value": event.value,
        "until": event.until,
        "by_whom": event.by,
        "reason": event.reason,
        "noted_at": now,
    }
