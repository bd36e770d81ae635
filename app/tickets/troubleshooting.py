"""Access, fixes, causes and requests as a ticket goes on: what people's changes mean, what solving does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access_grants import board as access_board
from app.access_grants import service as access_grants
from app.access_grants.on_ticket import OnTicket
from app.access_grants.rules import End
from app.feature_requests import from_ticket
from app.fixes import service as fixes
from app.mirror.told import Told
from app.tickets import merging
from app.tickets.rules import SOLVED

#: What solves a ticket on the desk; None: any value.
SOLVING: Mapping[str, object] = {"status": SOLVED, merging.COLUMN: None}
#: What a solved ticket came to.
_CAME_TO = frozenset({fixes.FIX, fixes.SUMMARY, fixes.CAUSE, fixes.REPRODUCTION})


def follow_customer(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """Follow what the customer gave, or took back."""
    access_board.follow_customer(session, on, changed, told, now=now)
    fixes.follow_customer(session, on, changed, told, now=now)


def follow_desk(
    session: Session,
    on: OnTicket,
    changed: Mapping[str, Any],
    told: Told,
    *,
    technician: str | None,
    solved_at: datetime | None,
    now: datetime,
) -> None:
    """Follow what technicians did; ``solved_at`` is when that solved the ticket, if it did."""
    access_board.follow_desk(session, on, changed, told, technician, now=now)
    fixes.follow_desk(session, on, changed, told, now=now)
    from_ticket.follow_desk(session, on, changed, told, now=now)
    if solved_at is not None:
        access_grants.end(session, on, End.SOLVED, at=solved_at, now=now)
    if on.is_solved and (solved_at is not None or _CAME_TO & changed.keys()):
        fixes.conclude(session, on, at=solved_at, now=now)
