"""Acute incidents: the customer says so, a technician agrees or not, where the agreement has it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import entitlement
from app.agreements.terms import terms_of
from app.conversation import service as conversation
from app.mirror import service as mirror
from app.refusals import service as refusals
from app.refusals.service import Asked, ByColumn
from app.sla import service as sla
from app.sla.rules.history import Event, Kind
from app.stories.presence import End
from app.texts import text

COLUMN = "acute"
CLAIMED, WITHDRAWN = "claimed", "withdrawn"


def follow_customer(
    session: Session, asked: Asked, theirs: End, desk: End, value: Any, now: datetime
) -> list[Event]:
    """The customer has checked the box, or unchecked it: what the clocks have to know."""
    if not value:
        mirror.write(session, *desk, COLUMN, None, now=now)
        return [sla.changed(Kind.ACUTE, WITHDRAWN, asked.at)]
    found = entitlement(terms_of(session, asked.customer.id), Capability.ACUTE, asked.at)
    if not found.is_included:
        refusals.refuse(session, asked, found, by=ByColumn(*theirs, COLUMN), now=now)
        return []
    mirror.write(session, *desk, COLUMN, CLAIMED, now=now)
    return [sla.changed(Kind.ACUTE, CLAIMED, asked.at)]


def follow_desk(
    session: Session, customer: Customer, theirs: End, value: Any, at: datetime, now: datetime
) -> list[Event]:
    """A technician has agreed or not, and the customer is told."""
    if value not in ("confirmed", "refused"):
        return []
    if value == "refused":
        mirror.write(session, *theirs, COLUMN, None, now=now)
    conversation.notify(session, theirs[0], text(customer.language, f"acute.{value}"), now=now)
    return [sla.changed(Kind.ACUTE, str(value), at)]
