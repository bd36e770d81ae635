"""Requests made of a ticket, by one status on the service desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.feature_requests import service
from app.feature_requests.service import BoardMissingError, Wanted
from app.mirror import service as mirror
from app.mirror.service import NAME
from app.mirror.told import Told
from app.refusals.service import ByColumn

COLUMN, MAKE, MADE = "wish", "make", "made"


def follow_desk(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """A technician has chosen that a ticket is to become a request, or something else in that column."""
    if COLUMN not in changed:
        return
    if changed[COLUMN] == MAKE and not service.is_of_ticket(session, on.number):
        _make(session, on, told.changed_at.get(COLUMN, now), now)
    else:
        # Whether there is a request follows from whether one was made.
        made = MADE if service.is_of_ticket(session, on.number) else None
        mirror.write(session, *on.desk, COLUMN, made, now=now)


def _make(session: Session, on: OnTicket, at: datetime, now: datetime) -> None:
    values, shown = mirror.coming(session, on.theirs[0]), mirror.coming(session, on.desk[0])
    description = str(values.get("description") or "").strip()
    wanted = Wanted(
        title=str(values.get(NAME) or on.number),
        at=at,
        requester=str(shown.get("requester") or ""),
        channel="ticket",
        answers={"goal": description} if description else {},
    )
    try:
        by = ByColumn(*on.desk, COLUMN)
        taken = service.take_in(
            session, on.customer, wanted, asked=on.asked(at, by_desk=True), by=by, now=now
        )
    except BoardMissingError as error:
        mirror.write(session, *on.desk, COLUMN, None, now=now)
        on.tell_desk(session, "wish.no_board", now=now, reason=error.message)
        return
    if taken.number is None:
        return
    mirror.write(session, *on.desk, COLUMN, MADE, now=now)
    on.tell_desk(session, "wish.made.desk", now=now, number=taken.number)
    on.tell_customer(session, "wish.made", now=now, number=taken.number)
