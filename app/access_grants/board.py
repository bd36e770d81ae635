"""Access by the boards' columns: what the customer checks and writes, what technicians choose and write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access_grants import service
from app.access_grants.on_ticket import OnTicket
from app.access_grants.rules import End
from app.access_grants.service import ACCESS, GRANT, SCOPE, UNTIL, User
from app.mirror import service as mirror
from app.mirror.told import Told

#: What technicians choose in ``access``, and the column in which they write what they used it for.
ASK, USED, RETURN, LOG, USE = "ask", "used", "revoked", "log", "access_use"


def follow_customer(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """The customer has given access, taken it back, or said what it covers or until when.

    ``changed``: column key → the value that the customer set.
    """
    keys = [key for key in (GRANT, SCOPE, UNTIL) if key in changed]
    if not keys:
        return
    if GRANT in changed and not changed[GRANT]:
        service.end(session, on, End.REVOKED, at=told.changed_at.get(GRANT, now), now=now)
        return
    values = mirror.coming(session, on.theirs[0])
    if changed.get(GRANT) or values.get(GRANT):
        # What was written with the check counts from the check.
        since = [GRANT] if GRANT in changed else keys
        at = max((told.changed_at[key] for key in since if key in told.changed_at), default=now)
        scope, until = values.get(SCOPE), values.get(UNTIL)
        service.give(session, on, scope=scope, until=until, at=at, now=now)


def follow_desk(
    session: Session,
    on: OnTicket,
    changed: Mapping[str, Any],
    told: Told,
    technician: str | None,
    *,
    now: datetime,
) -> None:
    """A technician has asked for access, used it, given it back, or wants the customer to see the log.

    ``technician`` is the name of who has the ticket, as the board shows it.
    """
    chosen, purpose = changed.get(ACCESS), changed.get(USE)
    key = USE if purpose else ACCESS
    at = told.changed_at.get(key, now)
    if purpose or chosen == USED:
        by = _user(session, on, told.changed_by.get(key), technician)
        service.note_use(session, on, key=f"{key}:{at.isoformat()}", by=by, purpose=purpose, at=at, now=now)
    if USE in changed:
        mirror.write(session, *on.desk, USE, None, now=now)
    if chosen == ASK:
        service.ask(session, on, at=at, now=now)
    elif chosen == RETURN:
        service.end(session, on, End.RETURNED, at=at, now=now)
        service.show(session, on, now=now)
    elif chosen == LOG:
        service.send_log(session, on, now=now)
    elif ACCESS in changed:
        # What else it shows follows from what the customer gave and what time it is.
        service.show(session, on, now=now)


def _user(session: Session, on: OnTicket, user_id: str | None, technician: str | None) -> User:
    """Who it was, by name where it is who has the ticket."""
    taken = mirror.coming(session, on.desk[0]).get("technician")
    is_theirs = user_id is not None and taken == [f"person-{user_id}"]
    return User(user_id, technician if is_theirs else None)
