"""Who is called to escalations: taken over from the configuration, and looked up in monday.com by address.

Both are done in a lane of the partner's account (``workers.people_lanes``), so that what escalates a ticket
needs neither settings nor monday.com. People come and go: they are looked up again after a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.boards.site import Context, Site
from app.clock import lease_time
from app.escalations.models import Escalation, EscalationPerson, EscalationRoster
from app.inbox import service as inbox
from app.lanes.service import LaneName
from app.settings import EscalationLevel

#: The kind of the lane, and of the event that asks for a look.
LANE = "people"
#: What an open escalation hears when it is known, or known anew, who is to be called.
KNOWN = "people.known"
_GOOD_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """Somebody who is called at a level."""

    level: int
    address: str
    name: str
    #: None: no user of the partner's account has that address, or nobody has looked yet.
    user_id: str | None
    #: Whether monday.com was asked.
    is_sought: bool


def lane(account_id: str) -> LaneName:
    """The lane in which the partner's people are looked up."""
    return LaneName(f"{LANE}:{account_id}", account_id, LANE)


def ask(session: Session, account_id: str, *, now: datetime) -> None:
    """Ask for the roster to be brought up to date, in the caller's transaction."""
    inbox.put(session, lane(account_id), "people.look", {}, now=now, lease_time=lease_time())


def is_taken(session: Session, account_id: str) -> bool:
    """Whether the configuration was taken over at all; before that nobody can say that it is empty."""
    return session.get(EscalationRoster, account_id) is not None


def minutes(session: Session) -> list[int]:
    """The business minutes of each level."""
    rows = session.execute(select(EscalationPerson).order_by(EscalationPerson.level)).scalars()
    return list({row.level: row.minutes for row in rows}.values())


def people(session: Session, level: int | None = None) -> Sequence[Person]:
    """Those of a level, or of all levels, in their order."""
    query = select(EscalationPerson).order_by(EscalationPerson.level, EscalationPerson.address)
    if level is not None:
        query = query.where(EscalationPerson.level == level)
    return [
        Person(row.level, row.address, row.name, row.user_id, row.sought_at is not None)
        for row in session.execute(query).scalars()
    ]


def needs_look(
    session: Session, account_id: str, configured: Sequence[EscalationLevel], *, now: datetime
) -> bool:
    """Whether the configuration is another than was taken over, or somebody was not looked up for a day."""
    row = session.get(EscalationRoster, account_id)
    return row is None or row.configured != _written(configured) or bool(_stale(session, now))


def refresh(context: Context, account_id: str, *, now: datetime) -> None:
    """Take over what is configured, then look people up.

    Raises:
        SupportError: monday.com did not answer, or refused; what is configured holds all the same.
    """
    with context.database.transaction() as session:
        partner = accounts.find_partner(session)
        if partner is None or partner.account_id != account_id:
            return
        if _take(session, account_id, context.settings.escalation_levels, now):
            _wake(session, now)
        addresses = _stale(session, now)
    if not addresses:
        return
    answer = Site(context, account_id, now).ask("users_by_email", {"emails": list(addresses)})
    found = {
        str(user["email"]).lower(): (str(user["id"]), str(user["name"] or ""))
        for user in answer.get("users") or ()
        if user.get("status") == "ACTIVE"
    }
    with context.database.transaction() as session:
        if _know(session, addresses, found, now):
            _wake(session, now)


def _take(session: Session, account_id: str, configured: Sequence[EscalationLevel], now: datetime) -> bool:
    """Take over the configuration; whether it was another."""
    row = session.get(EscalationRoster, account_id, with_for_update=True)
    written = _written(configured)
    if row is not None and row.configured == written:
        return False
    seen = {}
    for known in session.execute(select(EscalationPerson)).scalars().all():
        seen[known.address] = (known.user_id, known.name, known.sought_at)
        session.delete(known)
    session.flush()
    for level, one in enumerate(configured):
        for address in one.addresses:
            user_id, name, sought_at = seen.get(address, (None, "", None))
            session.add(
                EscalationPerson(
                    level=level,
                    address=address,
                    minutes=one.minutes,
                    user_id=user_id,
                    name=name,
                    sought_at=sought_at,
                )
            )
    if row is None:
        session.add(EscalationRoster(account_id=account_id, configured=written, taken_at=now))
    else:
        row.configured, row.taken_at = written, now
    session.flush()
    return True


def _know(
    session: Session, addresses: Sequence[str], found: Mapping[str, tuple[str, str]], now: datetime
) -> bool:
    """Note who people are; whether anything is new."""
    is_new = False
    query = select(EscalationPerson).where(EscalationPerson.address.in_(addresses))
    for row in session.execute(query.with_for_update()).scalars():
        user_id, name = found.get(row.address, (None, ""))
        is_new = is_new or row.sought_at is None or row.user_id != user_id
        row.user_id, row.name, row.sought_at = user_id, name[:255], now
    session.flush()
    return is_new


def _wake(session: Session, now: datetime) -> None:
    query = select(Escalation).where(Escalation.opened_at.is_not(None), Escalation.ended_at.is_(None))
    for row in session.execute(query.order_by(Escalation.id)).scalars():
        here = LaneName(row.story, row.account_id, "escalation")
        inbox.put(session, here, KNOWN, {}, now=now, lease_time=lease_time())


def _stale(session: Session, now: datetime) -> Sequence[str]:
    rows = session.execute(select(EscalationPerson)).scalars()
    stale = {row.address for row in rows if row.sought_at is None or now - row.sought_at >= _GOOD_FOR}
    return sorted(stale)


def _written(configured: Sequence[EscalationLevel]) -> list[list[object]]:
    return [[one.minutes, *one.addresses] for one in configured]
