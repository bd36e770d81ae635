"""Tickets by the number that people write."""

import re

from sqlalchemy.orm import Session

from app.ids import FIRST_TICKET_NUMBER, TICKET_PREFIX
from app.tickets.models import Ticket

_NUMBER = re.compile(rf"(?:{TICKET_PREFIX})?(\d{{1,12}})", re.IGNORECASE)


def find(session: Session, written: str) -> Ticket | None:
    """The ticket that somebody wrote, like ``SYN-1012`` or ``1012``."""
    match = _NUMBER.fullmatch(written.strip())
    return session.get(Ticket, int(match[1]) - FIRST_TICKET_NUMBER + 1) if match else None
