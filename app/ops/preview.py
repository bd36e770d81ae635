"""What another agreement, target, calendar or holiday would change, before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.ids import ticket_number
from app.sla import service as sla
from app.sla.rules.cycles import Cycle, Metric, Promises, Status, read_cycles
from app.tickets.models import Ticket
from app.tickets.rules import SOLVED

#: Quarters begin and end where Synerity is.
_ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Moved:
    """A clock of an open ticket that would be due at another moment."""

    ticket: str
    customer: str
    metric: Metric
    due_before: datetime | None
    due_after: datetime | None
    #: It is not broken now, and would be at once.
    would_breach: bool


@dataclass(frozen=True)
class Figures:
    """How often promises were kept."""

    met: int
    breached: int


@dataclass(frozen=True)
class Preview:
    """What would change."""

    moved: Sequence[Moved]
    quarter_begins: datetime
    quarter_ends: datetime
    before: Figures
    after: Figures


def preview(session: Session, promises: Promises, *, now: datetime) -> Preview:
    """Hold every ticket against other promises; nothing is written."""
    begins, ends = last_quarter(now)
    rows = session.execute(
        select(Ticket.id, Ticket.status, Customer.name).join(Customer, Customer.id == Ticket.customer_id)
    )
    tickets = {row.id: row for row in rows}
    moved: list[Moved] = []
    verdicts: tuple[list[Cycle], list[Cycle]] = ([], [])
    for ticket_id, history in sla.histories(session):
        ticket = tickets.get(ticket_id)
        if ticket is None:
            continue
        before = read_cycles(history, sla.promises, now=now)
        after = read_cycles(history, promises, now=now)
        for place, cycles in enumerate((before, after)):
            verdicts[place].extend(cycle for cycle in cycles if _is_of(cycle, begins, ends))
        if ticket.status != SOLVED:
            moved += _moved(ticket_number(ticket_id), ticket.name, before, after)
    return Preview(moved, begins, ends, _figures(verdicts[0]), _figures(verdicts[1]))


def last_quarter(now: datetime) -> tuple[datetime, datetime]:
    """When the quarter before this one began and ended, by the clock in Stockholm."""
    local = now.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0, day=1)
    ends = local.replace(month=(local.month - 1) // 3 * 3 + 1)
    year, month = (ends.year - 1, 10) if ends.month == 1 else (ends.year, ends.month - 3)
    return ends.replace(year=year, month=month), ends


def _moved(number: str, customer: str, before: Sequence[Cycle], after: Sequence[Cycle]) -> list[Moved]:
    return [
        Moved(
            number,
            customer,
            old.metric,
            old.due_at,
            new.due_at,
            would_breach=new.status is Status.BREACHED and old.status is not Status.BREACHED,
        )
        for old, new in zip(before, after, strict=True)
        if old.stopped_at is None and (old.due_at, old.status) != (new.due_at, new.status)
    ]


def _is_of(cycle: Cycle, begins: datetime, ends: datetime) -> bool:
    at = cycle.breached_at or cycle.stopped_at
    return cycle.status in (Status.MET, Status.BREACHED) and at is not None and begins <= at < ends


def _figures(cycles: Sequence[Cycle]) -> Figures:
    breached = sum(cycle.status is Status.BREACHED for cycle in cycles)
    return Figures(len(cycles) - breached, breached)
