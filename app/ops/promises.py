"""How the promises fare: the clocks that run by what is left of them, and what was kept this month."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.business_time import calendar
from app.ids import ticket_number
from app.sla import service as sla
from app.sla.models import SlaCycle
from app.sla.rules import ledger
from app.sla.rules.cycles import Metric, Status
from app.sla.rules.ledger import Party
from app.tickets.models import Ticket

#: Months begin and end where Synerity is.
_ZONE = ZoneInfo("Europe/Stockholm")
_RUNS = (Status.ON_TRACK.value, Status.AT_RISK.value, Status.BREACHED.value)


@dataclass(frozen=True)
class Running:
    """A clock that runs."""

    ticket: str
    customer: str
    tier: str
    metric: Metric
    status: Status
    due_at: datetime
    #: Business seconds until it is due; below zero when they are over.
    left_seconds: float


@dataclass(frozen=True)
class Kept:
    """How often a promise was kept, of one customer and agreement, or of all of an agreement."""

    customer: str
    tier: str
    metric: Metric
    met: int
    breached: int

    @property
    def percent(self) -> float:
        """The share that was kept."""
        return 100 * self.met / (self.met + self.breached)


def running(session: Session, *, now: datetime) -> Sequence[Running]:
    """The clocks that run, the most urgent first; those that are paused or promise nothing do not."""
    query = (
        select(SlaCycle, Ticket.tier, Customer.name)
        .join(Ticket, Ticket.id == SlaCycle.ticket_id)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(SlaCycle.stopped_at.is_(None), SlaCycle.status.in_(_RUNS))
        .order_by(SlaCycle.due_at, SlaCycle.ticket_id)
    )
    support = calendar("support")
    found = []
    for cycle, tier, customer in session.execute(query):
        due_at = cycle.due_at
        if due_at is None:
            continue
        is_over = due_at <= now
        first, last = (due_at, now) if is_over else (now, due_at)
        left = support.elapsed(first, last).total_seconds()
        found.append(
            Running(
                ticket_number(cycle.ticket_id),
                customer,
                tier,
                Metric(cycle.metric),
                Status(cycle.status),
                due_at,
                -left if is_over else left,
            )
        )
    return found


def whose_time(session: Session, *, now: datetime) -> Mapping[Party, timedelta]:
    """How the time of the tickets that were opened this month is shared out, until now or their solution."""
    begins = _month(now)
    shares = dict.fromkeys(Party, timedelta(0))
    for _, history in sla.histories(session):
        if history.opened_at >= begins:
            for party, share in ledger.whose_time(history, calendar("support"), until=now).items():
                shares[party] += share
    return shares


def kept(session: Session, *, now: datetime) -> Sequence[Kept]:
    """Promises that came to their end this month, or were broken in it: by agreement, then by customer.

    A run belongs to the month in which it stopped, a broken one to that in which it broke.
    """
    begins = _month(now)
    query = (
        select(SlaCycle.metric, SlaCycle.status, Ticket.tier, Customer.name)
        .join(Ticket, Ticket.id == SlaCycle.ticket_id)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(
            ((SlaCycle.status == Status.MET.value) & (SlaCycle.stopped_at >= begins))
            | ((SlaCycle.status == Status.BREACHED.value) & (SlaCycle.breached_at >= begins))
        )
    )
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for metric, status, tier, customer in session.execute(query):
        for whose in ("", customer):
            counts[tier, whose, metric][status == Status.BREACHED.value] += 1
    return [
        Kept(whose, tier, Metric(metric), met, breached)
        for (tier, whose, metric), (met, breached) in sorted(counts.items())
    ]


def _month(now: datetime) -> datetime:
    """When this month began."""
    return now.astimezone(_ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
