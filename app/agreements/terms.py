"""The terms of customers in SQL: read whole, added to, taken back, never rewritten."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import AgreedTerm, Customer, CustomTermRow, SubscriptionEvent
from app.agreements.rules.board import EDIT
from app.agreements.rules.table import Cell, Level
from app.agreements.rules.terms import Agreed, CustomTerm, Subscribed, Terms


def terms_of(session: Session, customer_id: int) -> Terms:
    """Everything agreed with a customer, past, present and to come."""
    agreed = [
        Agreed(row.since, row.tier, row.is_licence_customer) for row in agreed_rows(session, customer_id)
    ]
    query = select(CustomTermRow).where(CustomTermRow.customer_id == customer_id).order_by(CustomTermRow.id)
    custom = [_custom(row) for row in session.execute(query).scalars()]
    return Terms(agreed, _subscribed(session, customer_id), [one for one in custom if _ever_holds(one)])


def agreed_rows(session: Session, customer_id: int) -> Sequence[AgreedTerm]:
    """What was agreed on the board and not taken back, in the order of its moments."""
    query = select(AgreedTerm).where(AgreedTerm.customer_id == customer_id, AgreedTerm.withdrawn_at.is_(None))
    return session.execute(query.order_by(AgreedTerm.since, AgreedTerm.id)).scalars().all()


def note_agreed(
    session: Session, customer_id: int, agreed: Agreed, *, origin: str = EDIT, now: datetime
) -> None:
    """Note that something holds from a moment on."""
    session.add(
        AgreedTerm(
            customer_id=customer_id,
            since=agreed.since,
            tier=agreed.tier,
            is_licence_customer=agreed.is_licence_customer,
            origin=origin,
            noted_at=now,
        )
    )
    session.flush()


def withdraw(session: Session, row_ids: Sequence[int], *, now: datetime) -> None:
    """Take back what was noted as agreed: it holds no more, from no moment on. The rows stay."""
    for row_id in row_ids:
        session.get_one(AgreedTerm, row_id).withdrawn_at = now
    session.flush()


def standing_custom(session: Session, customer_id: int) -> Sequence[CustomTermRow]:
    """The lines of custom terms that stand on the board."""
    query = select(CustomTermRow).where(
        CustomTermRow.customer_id == customer_id, CustomTermRow.withdrawn_at.is_(None)
    )
    return session.execute(query.order_by(CustomTermRow.id)).scalars().all()


def note_custom(
    session: Session, customer_id: int, written: Sequence[CustomTerm], *, at: datetime, now: datetime
) -> None:
    """Note the lines that stand on the board from ``at`` on; those that stand no more hold until then."""
    wanted = {one.line: one for one in written}
    for row in standing_custom(session, customer_id):
        if row.line in wanted:
            del wanted[row.line]
        else:
            row.withdrawn_at = at
    for one in wanted.values():
        session.add(_row(customer_id, one, now))
    session.flush()


def _row(customer_id: int, one: CustomTerm, now: datetime) -> CustomTermRow:
    row = CustomTermRow(
        customer_id=customer_id,
        subject=one.subject,
        line=one.line,
        since=one.since,
        until=one.until,
        kronor=one.kronor,
        noted_at=now,
    )
    if one.cell is not None:
        row.level, row.business_seconds, row.percent = (
            one.cell.level.value,
            one.cell.business_seconds,
            one.cell.percent,
        )
    return row


def _custom(row: CustomTermRow) -> CustomTerm:
    ends = [at for at in (row.until, row.withdrawn_at) if at is not None]
    cell = None if row.level is None else Cell(Level(row.level), row.business_seconds, row.percent)
    return CustomTerm(row.subject, row.line, row.since, min(ends, default=None), cell, row.kronor)


def _ever_holds(one: CustomTerm) -> bool:
    return one.until is None or one.since < one.until


def _subscribed(session: Session, customer_id: int) -> Sequence[Subscribed]:
    query = (
        select(SubscriptionEvent)
        .join(Customer, Customer.account_id == SubscriptionEvent.account_id)
        .where(Customer.id == customer_id)
        .order_by(SubscriptionEvent.id)
    )
    # Where one ends and one begins at the same moment, as a trial and what is bought then, that one counts.
    rows = sorted(session.execute(query).scalars(), key=lambda row: (row.at, row.tier is not None))
    return [Subscribed(row.at, row.tier) for row in rows]
