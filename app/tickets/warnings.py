"""Telling people in monday.com that the time for an answer runs out, and giving tickets to who is on duty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.sla.rules.warnings import CLAIMED, Role
from app.sla.service import Warned
from app.stories.presence import DESK_LANGUAGE, End
from app.texts import text

#: From this step on a ticket that nobody has taken goes to who is on duty.
_TAKEN_BY_DUTY = ("90", "breach")
_PERSON = "person-"
#: Technicians read moments by the clock on their wall.
_ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Concerned:
    """The ticket of a warning: its number, its customer, the desk's item."""

    number: str
    customer: Customer
    desk: End


def tell(session: Session, ticket: Concerned, warnings: Iterable[Warned], *, now: datetime) -> None:
    """Notify everybody whom a step of a clock concerns, each once; nobody at the customer's."""
    side = ticket.desk[0]
    for warned in warnings:
        technicians = _technicians(session, ticket, warned, now)
        people = {
            Role.TECHNICIAN: technicians or ticket.customer.duty,
            Role.DUTY: ticket.customer.duty,
            Role.MANAGER: ticket.customer.manager,
        }
        words = _words(ticket.number, warned)
        told = dict.fromkeys(person for role in warned.step.roles for person in people[role])
        for person in told:
            # monday.com notifies users; a team can't be.
            if person.startswith(_PERSON):
                user_id = person.removeprefix(_PERSON)
                outbox.want_notification(session, mirror.target(side), user_id, words, now=now)


def _technicians(session: Session, ticket: Concerned, warned: Warned, now: datetime) -> Sequence[str]:
    """Who has taken the ticket; near the breach, who is on duty gets one that nobody has."""
    taken: Sequence[str] = mirror.coming(session, ticket.desk[0]).get("technician") or ()
    on_duty = ticket.customer.duty[:1]
    if not taken and on_duty and warned.step.name.startswith(_TAKEN_BY_DUTY):
        mirror.write(session, *ticket.desk, "technician", on_duty, now=now)
        return on_duty
    return taken


def _words(number: str, warned: Warned) -> str:
    cycle, step = warned.cycle, warned.step.name
    clock = text(DESK_LANGUAGE, f"sla.metric.{cycle.metric.value}")
    due = "" if cycle.due_at is None else f"{cycle.due_at.astimezone(_ZONE):%Y-%m-%d %H:%M}"
    if step == CLAIMED:
        return text(DESK_LANGUAGE, "acute.claimed", number=number, due=due)
    if step.isdecimal():
        return text(DESK_LANGUAGE, "sla.soon", number=number, percent=step, clock=clock, due=due)
    return text(DESK_LANGUAGE, "sla.breached", number=number, clock=clock, due=due)
