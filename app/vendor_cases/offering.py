"""Where an escalation is offered because monday.com is silent."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket


def offer(session: Session, on: OnTicket, reason: str, *, now: datetime) -> None:
    """Offer to escalate a ticket, once."""
    on.tell_desk(session, "case.overdue.desk", now=now, reason=reason)
