"""Escalating a ticket: offered, asked for by either side, taken back, overtaken by the ticket's end.

Who calls these holds the ticket (its row is locked); an escalation's row is locked after it. Once open it
goes on whatever becomes of the agreement: only the ask is judged by it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import Entitlement, entitlement
from app.agreements.terms import terms_of
from app.escalations import calling, ending, items, log, roster
from app.escalations.items import COLUMN, ESCALATE, REASON
from app.escalations.log import Kind
from app.escalations.models import Escalation
from app.escalations.rules import Outcome, Shown
from app.ids import stable_key
from app.mirror import service as mirror
from app.mirror.told import Told
from app.refusals import service as refusals
from app.refusals.service import ByColumn
from app.texts import DESK_LANGUAGE, plain

#: What technicians choose in the desk's column to escalate.
ASK = "ask"


def offer(session: Session, on: OnTicket, reason: str, *, now: datetime) -> bool:
    """Let a technician escalate a ticket with one click; whether it is offered, or begun, now.

    ``reason`` says to technicians why, in their language. To offer again for the same reason changes
    nothing; another one is added to the log. Nothing is offered that the agreement does not include.
    """
    row = standing(session, on.ticket_id)
    if row is None and (on.is_solved or not _entitled(session, on, now).is_included):
        return False
    if row is None:
        row = _begin(session, on, "offer", reason, now, now)
        log.note(session, row, Kind.OFFERED, key=stable_key(reason), at=now, words=reason, now=now)
        on.tell_desk(session, "escalation.offered.desk", now=now, reason=reason)
        show(session, on, row, now=now)
    elif log.note(session, row, Kind.OFFERED, key=stable_key(reason), at=now, words=reason, now=now):
        if row.opened_at is None:
            row.reason = row.reason or reason
            on.tell_desk(session, "escalation.offered.desk", now=now, reason=reason)
        else:
            items.tell(session, row, "escalation.reason", now=now, reason=reason)
    return True


def follow_customer(
    session: Session, on: OnTicket, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """The customer has asked for an escalation on its board, said why, or taken it back.

    ``changed``: column key → the value that the customer set.
    """
    if ESCALATE in changed and not changed[ESCALATE]:
        withdraw(session, on, at=told.changed_at.get(ESCALATE, now), now=now)
        return
    reason = (mirror.coming(session, on.theirs[0]).get(REASON) or "").strip()
    if ESCALATE in changed:
        ask(session, on, reason=reason, at=told.changed_at.get(ESCALATE, now), now=now)
    elif changed.get(REASON):
        give_reason(session, on, reason, at=told.changed_at.get(REASON, now), now=now)


def follow_desk(
    session: Session,
    on: OnTicket,
    changed: Mapping[str, Any],
    told: Told,
    *,
    solved_at: datetime | None,
    now: datetime,
) -> None:
    """A technician has escalated the ticket, or solved it."""
    if changed.get(COLUMN) == ASK:
        ask_by_desk(session, on, at=told.changed_at.get(COLUMN, now), now=now)
    elif COLUMN in changed:
        # What else it shows follows from how it stands.
        show(session, on, _latest(session, on.ticket_id), now=now)
    if solved_at is not None:
        _on_solved(session, on, solved_at, now)


def ask(session: Session, on: OnTicket, *, reason: str, at: datetime, now: datetime) -> None:
    """The customer asks for its ticket to be escalated; without a reason it is asked for one.

    Boards, mail and a portal call the same. What is open already is asked for again: the reason is added.
    """
    row = standing(session, on.ticket_id)
    if row is not None and row.opened_at is not None:
        give_reason(session, on, reason, at=at, now=now)
        return
    if not _may_begin(session, on, at, by_desk=False, now=now):
        return
    if row is None:
        row = _begin(session, on, "customer", reason, at, now)
    if not (reason or row.reason):
        log.note(session, row, Kind.ASKED, at=at, now=now)
        on.tell_customer(session, "escalation.reason_missing", now=now)
        on.tell_desk(session, "escalation.reason_missing.desk", now=now)
        show(session, on, row, now=now)
        return
    _open(session, on, row, "customer", reason, at, now)


def give_reason(session: Session, on: OnTicket, reason: str, *, at: datetime, now: datetime) -> None:
    """The customer says why: what waited for that goes on, what is open has one reason more.

    Words before anything was asked for wait in their column.
    """
    row = standing(session, on.ticket_id)
    if row is None or not reason:
        return
    if row.opened_at is None:
        # One that is merely offered is not asked for by words alone.
        if row.origin == "customer":
            _open(session, on, row, "customer", reason, at, now)
        return
    if log.note(session, row, Kind.REASON, key=stable_key(reason), at=at, words=reason, now=now):
        items.tell(session, row, "escalation.reason", now=now, reason=reason)
        on.tell_desk(session, "escalation.reason.desk", now=now, number=row.number, reason=reason)
        on.tell_customer(session, "escalation.again", now=now, number=row.number)


def ask_by_desk(session: Session, on: OnTicket, *, at: datetime, now: datetime) -> None:
    """A technician escalates the ticket, also what was offered or waits for the customer's reason."""
    row = standing(session, on.ticket_id)
    if row is not None and row.opened_at is not None:
        if log.note(session, row, Kind.REASON, key=f"desk:{at.isoformat()}", at=at, now=now):
            items.tell(session, row, "escalation.again.item", now=now)
            on.tell_desk(session, "escalation.again.desk", now=now, number=row.number)
        show(session, on, row, now=now)
        return
    if not _may_begin(session, on, at, by_desk=True, now=now):
        return
    if row is None:
        row = _begin(session, on, "desk", "", at, now)
    reason = row.reason or plain(DESK_LANGUAGE, "escalation.by_desk")
    _open(session, on, row, "desk", reason, at, now)


def withdraw(session: Session, on: OnTicket, *, at: datetime, now: datetime) -> None:
    """The customer takes its ask back; its owner is told. What is only offered is not the customer's."""
    row = standing(session, on.ticket_id)
    if row is None or (row.origin == "offer" and row.opened_at is None):
        return
    if row.opened_at is None:
        ending.drop(session, on, row, at=at, now=now)
        on.tell_customer(session, "escalation.not_begun", now=now)
        on.tell_desk(session, "escalation.not_begun.desk", now=now)
        return
    ending.end(session, on, row, Outcome.WITHDRAWN, None, at=at, now=now)
    items.close(session, row, Outcome.WITHDRAWN, now=now)
    items.tell(session, row, "escalation.withdrawn.item", now=now)
    calling.tell_owner(session, row, "escalation.withdrawn.owner", now=now, ticket=on.number)


def standing(session: Session, ticket_id: int) -> Escalation | None:
    """The escalation of a ticket that has not ended, held for the rest of the transaction."""
    query = select(Escalation).where(Escalation.ticket_id == ticket_id, Escalation.ended_at.is_(None))
    return session.execute(query.with_for_update()).scalar_one_or_none()


def show(session: Session, on: OnTicket, row: Escalation | None, *, now: datetime) -> None:
    """Let both boards show how it stands with the escalation; what is offered is shown on the desk only."""
    value = items.shown(row)
    mirror.write(session, *on.desk, COLUMN, value, now=now)
    mirror.write(session, *on.theirs, COLUMN, None if value == Shown.OFFERED else value, now=now)


def _begin(
    session: Session, on: OnTicket, origin: str, reason: str, at: datetime, now: datetime
) -> Escalation:
    account_id = on.desk[0].account_id
    row = Escalation(
        ticket_id=on.ticket_id,
        customer_id=on.customer.id,
        account_id=account_id,
        origin=origin,
        asked_at=at,
        reason=reason,
        level=0,
    )
    session.add(row)
    session.flush()
    # Who is to be called is made sure of while there is time.
    roster.ask(session, account_id, now=now)
    return row


def _open(
    session: Session, on: OnTicket, row: Escalation, by: str, reason: str, at: datetime, now: datetime
) -> None:
    if row.origin == "offer":
        row.asked_at = at
    row.opened_at, row.reason = at, reason or row.reason
    session.flush()
    log.note(session, row, Kind.OPENED, at=at, words=row.reason, now=now)
    items.make(session, on, row, now=now)
    mirror.write(session, *on.theirs, ESCALATE, value=True, now=now)
    show(session, on, row, now=now)
    on.tell_customer(session, f"escalation.opened.{by}", now=now, number=row.number)
    on.tell_desk(session, f"escalation.opened.{by}.desk", now=now, number=row.number, reason=row.reason)
    calling.follow(session, on, row, now=now)


def _may_begin(session: Session, on: OnTicket, at: datetime, *, by_desk: bool, now: datetime) -> bool:
    """Whether an escalation may begin; if not, that is answered, and the column set back."""
    row = _latest(session, on.ticket_id)
    by = ByColumn(*on.desk, COLUMN, items.shown(row)) if by_desk else ByColumn(*on.theirs, ESCALATE)
    found = _entitled(session, on, at)
    if not found.is_included:
        refusals.refuse(session, on.asked(at, by_desk=by_desk), found, by=by, now=now)
        return False
    if on.is_solved:
        mirror.want_back(session, by.side, by.board, by.key, by.value, now=now)
        if by_desk:
            on.tell_desk(session, "escalation.solved.desk", now=now)
        else:
            on.tell_customer(session, "escalation.solved", now=now)
        return False
    return True


def _entitled(session: Session, on: OnTicket, at: datetime) -> Entitlement:
    return entitlement(terms_of(session, on.customer.id), Capability.ESCALATION, at)


def _on_solved(session: Session, on: OnTicket, at: datetime, now: datetime) -> None:
    """What has not begun is over with its ticket; of what is open the owner decides."""
    row = standing(session, on.ticket_id)
    if row is None:
        return
    if row.opened_at is None:
        ending.drop(session, on, row, at=at, now=now)
    elif log.note(session, row, Kind.SOLVED, key=at.isoformat(), at=at, now=now):
        items.tell(session, row, "escalation.ticket_solved.item", now=now, ticket=on.number)
        calling.tell_owner(session, row, "escalation.ticket_solved.owner", now=now, ticket=on.number)


def _latest(session: Session, ticket_id: int) -> Escalation | None:
    query = select(Escalation).where(Escalation.ticket_id == ticket_id).order_by(Escalation.id.desc())
    return session.execute(query.limit(1)).scalar_one_or_none()
