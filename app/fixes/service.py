"""Fixes by the boards' columns: chosen by a technician, agreed to by the customer, summed up when solved.

The summary and the cause cross when the ticket is solved, and not before: until then they are drafts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants import board as access_board
from app.access_grants import service as access_grants
from app.access_grants.on_ticket import OnTicket
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import entitlement
from app.agreements.terms import terms_of
from app.fixes.models import Finding, Fix
from app.fixes.rules import Kind, Lack, Work, lacking
from app.mirror import service as mirror
from app.mirror.told import Told
from app.refusals import service as refusals
from app.refusals.service import ByColumn
from app.texts import DESK_LANGUAGE, text

#: Columns; ``cause`` and ``fix_summary`` stand on both boards, ``fix_consent`` is the customer's.
FIX, CONSENT, REPRODUCTION, SUMMARY, CAUSE = "fix", "fix_consent", "reproduction", "fix_summary", "cause"
_CAPABILITIES = {Kind.BASIC: Capability.BASIC_FIX, Kind.ADVANCED: Capability.ADVANCED_FIX}
_ANY_FIX = Capability.BASIC_FIX


@dataclass(frozen=True)
class NotYet:
    """Why a ticket can't be solved now, and which of its columns have to be set back for it."""

    columns: Collection[str]
    lacks: Sequence[Lack]


def not_yet(
    session: Session, on: OnTicket, shown: Mapping[str, Any], solving: Mapping[str, Any]
) -> NotYet | None:
    """What keeps a ticket from being solved as its desk item is shown; None: nothing, or nobody tries.

    ``solving``: column key → the value that solves a ticket (None: any).
    """
    known = mirror.shadows(session, on.desk[0])
    tried = {
        key
        for key, value in solving.items()
        if shown.get(key) is not None and shown[key] != known.get(key) and value in (None, shown[key])
    }
    if not tried or on.is_solved:
        return None
    lacks = lacking(_work(session, on, {**known, **shown}))
    return NotYet(tried, lacks) if lacks else None


def tell_not_yet(session: Session, on: OnTicket, found: NotYet, *, now: datetime) -> None:
    """Say on the desk what is missing."""
    lacks = ", ".join(text(DESK_LANGUAGE, f"solve.lacks.{lack.value}") for lack in found.lacks)
    on.tell_desk(session, "solve.not_yet", now=now, lacks=lacks)


def follow_desk(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """A technician has chosen a fix, another one, or none."""
    if FIX not in changed:
        return
    kind = _kind(changed[FIX])
    at = told.changed_at.get(FIX, now)
    before = _open(session, on.ticket_id)
    if kind is None:
        if before is not None:
            before.withdrawn_at = at
        return
    if on.is_solved:
        # A fix begins with the customer's consent.
        mirror.write(session, *on.desk, FIX, None if before is None else before.kind, now=now)
        on.tell_desk(session, "fix.solved.desk", now=now)
        return
    found = entitlement(terms_of(session, on.customer.id), _CAPABILITIES[kind], at)
    if not found.is_included:
        by = ByColumn(*on.desk, FIX, None if before is None else before.kind)
        refusals.refuse(session, on.asked(at, by_desk=True), found, by=by, now=now)
        return
    if before is not None and before.kind == kind:
        return
    agrees = bool(mirror.coming(session, on.theirs[0]).get(CONSENT))
    if before is not None:
        before.withdrawn_at = at
        # Who agreed to the one has not agreed to the other.
        agrees = agrees and _CAPABILITIES[kind] is _ANY_FIX
    session.add(
        Fix(
            ticket_id=on.ticket_id,
            kind=kind.value,
            chosen_at=at,
            chosen_by_user_id=told.changed_by.get(FIX),
            consented_at=at if agrees else None,
        )
    )
    session.flush()
    if not agrees:
        on.show(session, CONSENT, None, now=now)
        on.tell_customer(session, f"fix.asked.{kind.value}", now=now)


def follow_customer(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """The customer has agreed to a fix on its board, or taken that back."""
    if CONSENT in changed:
        consent(session, on, agrees=bool(changed[CONSENT]), at=told.changed_at.get(CONSENT, now), now=now)


def consent(session: Session, on: OnTicket, *, agrees: bool, at: datetime, now: datetime) -> None:
    """The customer agrees to a fix, or no longer does; also beforehand, where its agreement has fixes."""
    chosen = _open(session, on.ticket_id)
    found = entitlement(terms_of(session, on.customer.id), _ANY_FIX, at)
    if agrees and chosen is None and not found.is_included:
        refusals.refuse(session, on.asked(at), found, by=ByColumn(*on.theirs, CONSENT), now=now)
        mirror.write(session, *on.desk, CONSENT, None, now=now)
        return
    on.show(session, CONSENT, True if agrees else None, now=now)
    if chosen is not None:
        chosen.consented_at = at if agrees else None
    on.tell_desk(session, "fix.agreed.desk" if agrees else "fix.not_agreed.desk", now=now)


def conclude(session: Session, on: OnTicket, *, at: datetime | None, now: datetime) -> None:
    """The ticket is solved, or what it came to was corrected since (``at`` None): it is shown."""
    values = mirror.coming(session, on.desk[0])
    work = _work(session, on, values)
    if work.fix is None and work.cause is None and work.summary is None:
        return
    finding = session.get(Finding, on.ticket_id)
    if finding is None:
        finding = Finding(ticket_id=on.ticket_id, customer_id=on.customer.id, solved_at=at or now)
        session.add(finding)
    finding.solved_at = at or finding.solved_at
    finding.fix = None if work.fix is None else work.fix.value
    finding.reproduction = work.reproduction
    # What somebody empties afterwards has been told all the same.
    if work.cause is not None:
        finding.cause = work.cause
        mirror.write(session, *on.theirs, CAUSE, work.cause, now=now)
    if work.summary is not None:
        finding.summary = work.summary
        mirror.write(session, *on.theirs, SUMMARY, work.summary, now=now)
    session.flush()


def findings(session: Session, customer_id: int, *, since: datetime, until: datetime) -> Sequence[Finding]:
    """What a customer's tickets that were solved in a stretch of time came to, in order."""
    query = select(Finding).where(
        Finding.customer_id == customer_id, Finding.solved_at >= since, Finding.solved_at < until
    )
    return session.execute(query.order_by(Finding.solved_at, Finding.ticket_id)).scalars().all()


def _work(session: Session, on: OnTicket, values: Mapping[str, Any]) -> Work:
    return Work(
        _kind(values.get(FIX)),
        _uses_access(session, on, values),
        bool(mirror.coming(session, on.theirs[0]).get(CONSENT)),
        values.get(REPRODUCTION),
        values.get(SUMMARY),
        values.get(CAUSE),
    )


def _uses_access(session: Session, on: OnTicket, values: Mapping[str, Any]) -> bool:
    """Whether technicians were in the customer's environment, or say so in what is being read."""
    says_so = (
        values.get(access_grants.ACCESS) == access_board.USED or values.get(access_board.USE) is not None
    )
    return says_so or access_grants.was_used(session, on.ticket_id)


def _kind(value: Any) -> Kind | None:
    return Kind(value) if value in tuple(Kind) else None


def _open(session: Session, ticket_id: int) -> Fix | None:
    query = select(Fix).where(Fix.ticket_id == ticket_id, Fix.withdrawn_at.is_(None))
    return session.execute(query).scalar_one_or_none()
