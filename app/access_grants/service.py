"""Asking for access, giving it, using it, ending it. Boards, a portal and timers call the same functions.

Who calls these holds the ticket (its row is locked). Whether a use was covered follows from the moments of
grants and uses, in whichever order they are heard of: it is judged anew whenever either changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants import rules
from app.access_grants.models import AccessGrant, AccessUse
from app.access_grants.on_ticket import OnTicket
from app.access_grants.rules import End, Grant, State
from app.agreements.rules.table import Capability, tiers
from app.agreements.rules.terms import entitlement, in_force
from app.agreements.terms import terms_of
from app.business_time import BusinessCalendar, calendar
from app.conversation import service as conversation
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.refusals import service as refusals
from app.refusals.service import ByColumn
from app.texts import DESK_LANGUAGE, text
from app.timers import service as timers

TIMER = "access"
#: Columns: what the ticket shows, what the customer gives, says and limits.
ACCESS, GRANT, SCOPE, UNTIL = "access", "access_grant", "access_scope", "access_until"


@dataclass(frozen=True)
class User:
    """Who was in the customer's environment; the name where it is known."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class UseSeen:
    """One use of access, for people."""

    at: datetime
    by: User
    purpose: str | None
    is_covered: bool


def ask(session: Session, on: OnTicket, *, at: datetime, now: datetime) -> None:
    """A technician asks the customer for access; only where the agreement has it."""
    found = entitlement(terms_of(session, on.customer.id), Capability.TROUBLESHOOTING, at)
    latest = _latest(session, on.ticket_id)
    if not found.is_included:
        refusals.refuse(session, on.asked(at, by_desk=True), found, now=now)
    elif on.is_solved:
        on.tell_desk(session, "access.solved.desk", now=now)
    elif latest is None or latest.ended_at is not None:
        session.add(AccessGrant(ticket_id=on.ticket_id, asked_at=at))
        session.flush()
        on.tell_customer(session, "access.asked", now=now)
    show(session, on, now=now)


def give(
    session: Session, on: OnTicket, *, scope: str | None, until: str | None, at: datetime, now: datetime
) -> str:
    """The customer gives access, or changes what it covers or until when; give what the customer is told.

    ``until`` is a day (``2026-12-04``, through which it lasts) or a moment in UTC; None lets it last the
    usual number of business days.
    """
    found = entitlement(terms_of(session, on.customer.id), Capability.TROUBLESHOOTING, at)
    latest = _latest(session, on.ticket_id)
    if latest is not None and latest.ended_at is None and latest.until is not None and latest.until <= at:
        # Its end was not noticed yet: what is given now begins now.
        _end_grant(session, on, latest, End.EXPIRED, latest.until, now)
    if latest is not None and latest.ended_at is not None:
        latest = None
    was_given = latest is not None and latest.given_at is not None
    if not found.is_included and not was_given:
        by = ByColumn(*on.theirs, GRANT)
        return refusals.refuse(session, on.asked(at), found, by=by, now=now)
    if on.is_solved:
        return _not_given(session, on, "access.solved", now)
    clock = _calendar(session, on, at)
    if latest is None:
        latest = AccessGrant(ticket_id=on.ticket_id)
    given_at = latest.given_at or at
    ends = _end(clock, until, given_at)
    if ends is None or ends <= at:
        # Who shortens it to what has passed takes it back.
        if was_given:
            return _end_grant(session, on, latest, End.REVOKED, at, now)
        return _not_given(session, on, "access.too_short", now)
    session.add(latest)
    is_same = (latest.given_at, latest.until, latest.scope) == (given_at, ends, scope)
    key = "access.changed" if was_given else "access.given"
    if latest.until != ends:
        latest.reminded_at = None
    latest.given_at, latest.until, latest.scope = given_at, ends, scope
    session.flush()
    _judge(session, on, now)
    _show_given(session, on, latest, clock, now)
    _arm(session, on, latest, clock)
    said = {"until": rules.said_until(ends, clock.zone)}
    if is_same:
        return text(on.customer.language, key, **said, scope=_scope(scope, on.customer.language))
    on.tell_desk(session, f"{key}.desk", now=now, **said, scope=_scope(scope, DESK_LANGUAGE))
    return on.tell_customer(session, key, now=now, **said, scope=_scope(scope, on.customer.language))


def end(session: Session, on: OnTicket, why: End, *, at: datetime, now: datetime) -> None:
    """End the access on a ticket from a moment on, whether it was given yet or only asked for."""
    latest = _latest(session, on.ticket_id)
    if latest is None:
        return
    if latest.ended_at is None:
        _end_grant(session, on, latest, why, at, now)
    elif at < latest.ended_at:
        # Heard of late: it had ended before.
        latest.ended_at, latest.end = at, why.value
        session.flush()
        _judge(session, on, now)
        show(session, on, now=now)


def note_use(
    session: Session, on: OnTicket, *, key: str, by: User, purpose: str | None, at: datetime, now: datetime
) -> None:
    """A technician was in the customer's environment; without a valid grant people are told.

    ``key`` is the same each time that the use is told.
    """
    query = select(AccessUse.id).where(AccessUse.ticket_id == on.ticket_id, AccessUse.key == key)
    if session.execute(query).first() is None:
        session.add(
            AccessUse(
                ticket_id=on.ticket_id,
                key=key,
                used_at=at,
                by_user_id=by.id,
                by_name=by.name,
                purpose=purpose,
                noted_at=now,
            )
        )
        session.flush()
        _judge(session, on, now)
    show(session, on, now=now)


def uses_of(session: Session, ticket_id: int) -> Sequence[UseSeen]:
    """Each use of access on a ticket, in order."""
    return [
        UseSeen(row.used_at, User(row.by_user_id, row.by_name), row.purpose, row.grant_id is not None)
        for row in _uses(session, ticket_id)
    ]


def was_used(session: Session, ticket_id: int) -> bool:
    """Whether a technician was in the customer's environment on a ticket."""
    query = select(AccessUse.id).where(AccessUse.ticket_id == ticket_id).limit(1)
    return session.execute(query).first() is not None


def send_log(session: Session, on: OnTicket, *, now: datetime) -> None:
    """Show the customer who was in its environment on this ticket, when and what for."""
    language, zone = on.customer.language, _calendar(session, on, now).zone
    lines = []
    for use in uses_of(session, on.ticket_id):
        by = use.by.name or text(language, "access.log.technician")
        what = use.purpose or text(language, "access.log.no_purpose")
        key = "access.log.line" if use.is_covered else "access.log.uncovered"
        moment = f"{use.at.astimezone(zone):%Y-%m-%d %H:%M}"
        lines.append(text(language, key, at=moment, by=by, what=what))
    title = text(language, "access.log" if lines else "access.log.empty", number=on.number)
    rows = "".join(f"<li>{line}</li>" for line in lines)
    body = f"<p><strong>{title}</strong></p>" + (f"<ul>{rows}</ul>" if rows else "")
    content = {"body": body, "match": conversation.normalised_text(body)}
    outbox.want_update(session, mirror.target(on.theirs[0]), content=content, now=now)
    show(session, on, now=now)


def follow_time(session: Session, on: OnTicket, *, now: datetime) -> None:
    """A moment of the access has come: remind people, or end it."""
    latest = _latest(session, on.ticket_id)
    if latest is None or latest.given_at is None or latest.until is None or latest.ended_at is not None:
        # It was ended while its moment was on its way here.
        return
    clock = _calendar(session, on, latest.given_at)
    if latest.until <= now:
        _end_grant(session, on, latest, End.EXPIRED, latest.until, now)
        return
    remind_at = rules.reminder_at(clock, latest.given_at, latest.until)
    if remind_at is not None and remind_at <= now and latest.reminded_at is None:
        latest.reminded_at = now
        said = rules.said_until(latest.until, clock.zone)
        on.tell_customer(session, "access.soon", now=now, until=said)
        on.tell_desk(session, "access.soon.desk", now=now, until=said)
    _arm(session, on, latest, clock)


def show(session: Session, on: OnTicket, *, now: datetime) -> None:
    """Let both boards show how it stands with the access."""
    used = {row.grant_id for row in _uses(session, on.ticket_id)}
    grants = [_grant(row) for row in _grants(session, on.ticket_id)]
    state: State | None = rules.state(grants, used)
    on.show(session, ACCESS, None if state is None else state.value, now=now)


def _not_given(session: Session, on: OnTicket, key: str, now: datetime) -> str:
    mirror.write(session, *on.theirs, GRANT, None, now=now)
    return on.tell_customer(session, key, now=now)


def _end_grant(
    session: Session, on: OnTicket, row: AccessGrant, why: End, at: datetime, now: datetime
) -> str:
    """End an open grant; give what the customer is told."""
    row.ended_at, row.end = at, why.value
    session.flush()
    timers.cancel(session, kind=TIMER, subject=str(on.ticket_id))
    if row.given_at is None:
        show(session, on, now=now)
        is_asked_still = why is End.RETURNED
        return on.tell_customer(session, "access.not_needed", now=now) if is_asked_still else ""
    mirror.write(session, *on.theirs, GRANT, None, now=now)
    # So that the next grant has a day of its own.
    on.show(session, UNTIL, None, now=now)
    _judge(session, on, now)
    show(session, on, now=now)
    times = sum(use.grant_id == row.id for use in _uses(session, on.ticket_id))
    on.tell_desk(session, f"access.ended.{why.value}.desk", now=now)
    return on.tell_customer(session, f"access.ended.{why.value}", now=now, times=times)


def _judge(session: Session, on: OnTicket, now: datetime) -> None:
    """Tell people of each use that no grant covers, and where one turns out to be covered after all."""
    grants = [_grant(row) for row in _grants(session, on.ticket_id)]
    for use in _uses(session, on.ticket_id):
        grant = rules.covering(grants, use.used_at)
        use.grant_id = None if grant is None else grant.id
        if grant is None and use.flagged_at is None:
            use.flagged_at = now
            on.tell_desk(session, "access.flagged.desk", now=now)
            on.tell_manager(session, "access.flagged.manager", now=now)
        elif grant is not None and use.flagged_at is not None:
            use.flagged_at = None
            on.tell_desk(session, "access.covered.desk", now=now)
            on.tell_manager(session, "access.covered.manager", now=now)
    session.flush()


def _show_given(
    session: Session, on: OnTicket, row: AccessGrant, clock: BusinessCalendar, now: datetime
) -> None:
    given = row.given_at is not None
    mirror.write(session, *on.theirs, GRANT, given, now=now)
    on.show(session, SCOPE, row.scope, now=now)
    if row.until is not None:
        on.show(session, UNTIL, rules.shown_until(row.until, clock.zone), now=now)
    show(session, on, now=now)


def _arm(session: Session, on: OnTicket, row: AccessGrant, clock: BusinessCalendar) -> None:
    if row.given_at is None or row.until is None:
        return
    remind_at = rules.reminder_at(clock, row.given_at, row.until) if row.reminded_at is None else None
    due_at = row.until if remind_at is None else remind_at
    account_id = on.theirs[0].account_id
    timers.arm(session, kind=TIMER, subject=str(on.ticket_id), account_id=account_id, due_at=due_at)


def _calendar(session: Session, on: OnTicket, at: datetime) -> BusinessCalendar:
    """The calendar of the customer's agreement."""
    return calendar(tiers()[in_force(terms_of(session, on.customer.id), at).tier].calendar)


def _end(clock: BusinessCalendar, until: str | None, given_at: datetime) -> datetime | None:
    """When a grant ends; None where the day can't be read."""
    if until is None:
        return rules.default_until(clock, given_at)
    try:
        return rules.read_until(until, clock.zone)
    except ValueError:
        return None


def _scope(scope: str | None, language: str) -> str:
    return scope or text(language, "access.scope.open")


def _latest(session: Session, ticket_id: int) -> AccessGrant | None:
    rows = _grants(session, ticket_id)
    return rows[-1] if rows else None


def _grants(session: Session, ticket_id: int) -> Sequence[AccessGrant]:
    query = select(AccessGrant).where(AccessGrant.ticket_id == ticket_id).order_by(AccessGrant.id)
    return session.execute(query).scalars().all()


def _uses(session: Session, ticket_id: int) -> Sequence[AccessUse]:
    query = select(AccessUse).where(AccessUse.ticket_id == ticket_id)
    return session.execute(query.order_by(AccessUse.used_at, AccessUse.id)).scalars().all()


def _grant(row: AccessGrant) -> Grant:
    return Grant(row.id, row.given_at, row.until, row.ended_at, None if row.end is None else End(row.end))
