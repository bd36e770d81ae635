"""Refusing what an agreement does not include: the customer is answered, the ask is kept and shown.

Whoever is asked for something looks at the ``Entitlement`` and, where it is not included, calls
``refuse``. A checkbox or status by which it was asked is set back with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.agreements.rules.table import Capability, Tier, table
from app.agreements.rules.terms import Entitlement
from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.mirror import service as mirror
from app.mirror.models import Side
from app.refusals.models import Ask
from app.texts import DESK_LANGUAGE, text


@dataclass(frozen=True)
class Asked:
    """Where a customer asked for something."""

    customer: Customer
    #: When, by monday.com's clock.
    at: datetime
    #: The ticket's number and the items on both boards, where it was on a ticket.
    ticket: str | None = None
    theirs: Side | None = None
    desk: Side | None = None
    #: A technician asked, who would need it for the customer's ticket.
    by_desk: bool = False


@dataclass(frozen=True)
class ByColumn:
    """The column by which it was asked, and what it is to hold again."""

    side: Side
    board: BoardMap
    key: str
    value: object = None


@dataclass(frozen=True)
class AskSeen:
    """An ask, for people."""

    customer: str
    capability: str
    tier: str
    ticket: str | None
    asked_at: datetime


def refuse(
    session: Session, asked: Asked, found: Entitlement, *, by: ByColumn | None = None, now: datetime
) -> str:
    """Answer the customer, keep the ask, tell the technician and the support manager; give the answer.

    The answer is posted on the customer's item, where there is one; a portal or a mail shows it itself.
    Asking again for the same on the same ticket is answered and kept again, and told to nobody else.
    """
    customer, language = asked.customer, asked.customer.language
    if by is not None:
        mirror.want_back(session, by.side, by.board, by.key, by.value, now=now)
    answer = words(language, found, is_on_ticket=asked.ticket is not None, by_desk=asked.by_desk)
    if asked.theirs is not None:
        conversation.notify(session, asked.theirs, answer, now=now)
    is_new = not _was_asked(session, customer.id, found.capability, asked.ticket)
    tier = found.clause.agreement.tier
    session.add(
        Ask(
            customer_id=customer.id,
            capability=found.capability.value,
            tier=tier,
            ticket=asked.ticket,
            asked_at=asked.at,
        )
    )
    session.flush()
    if is_new:
        _tell(session, asked, found, now)
    return answer


def words(language: str, found: Entitlement, *, is_on_ticket: bool = False, by_desk: bool = False) -> str:
    """What a customer reads who asks for what is not included, or whose ticket would need it."""
    having = [one for one in table().having(found.capability) if one.key != found.clause.agreement.tier]
    what = text(language, f"capability.{found.capability.value}")
    if not having or found.clause.custom is not None:
        return text(language, "refused.custom.needed" if by_desk else "refused.custom", what=what)
    key = "refused.needed" if by_desk else "refused.ticket" if is_on_ticket else "refused"
    return text(language, key, what=what, agreements=_agreements(language, having))


def list_asks(session: Session, *, customer_id: int | None = None) -> Sequence[AskSeen]:
    """What was asked for, the newest first."""
    query = select(Ask, Customer.name).join(Customer, Customer.id == Ask.customer_id)
    if customer_id is not None:
        query = query.where(Ask.customer_id == customer_id)
    rows = session.execute(query.order_by(Ask.asked_at.desc(), Ask.id.desc()))
    return [
        AskSeen(row.name, row.Ask.capability, row.Ask.tier, row.Ask.ticket, row.Ask.asked_at) for row in rows
    ]


def _tell(session: Session, asked: Asked, found: Entitlement, now: datetime) -> None:
    """The technician reads it on the ticket, the support manager on the customer's item."""
    what = text(DESK_LANGUAGE, f"capability.{found.capability.value}")
    agreement = text(DESK_LANGUAGE, "refused.agreement", tier=found.clause.agreement.tier.upper())
    told = {"what": what, "agreement": agreement}
    if asked.desk is not None:
        key = "refused.desk.needed" if asked.by_desk else "refused.desk"
        conversation.notify(session, asked.desk, text(DESK_LANGUAGE, key, **told), now=now)
    theirs = mirror.side_of(session, asked.customer.story, "desk")
    if theirs is not None:
        ticket = asked.ticket or text(DESK_LANGUAGE, "refused.no_ticket")
        key = "refused.manager.needed" if asked.by_desk else "refused.manager"
        notice = text(DESK_LANGUAGE, key, **told, ticket=ticket)
        conversation.notify(session, theirs, notice, now=now)


def _was_asked(session: Session, customer_id: int, capability: Capability, ticket: str | None) -> bool:
    if ticket is None:
        return False
    query = select(Ask.id).where(
        Ask.customer_id == customer_id, Ask.capability == capability.value, Ask.ticket == ticket
    )
    return session.execute(query.limit(1)).first() is not None


def _agreements(language: str, having: Sequence[Tier]) -> str:
    labels = [one.label for one in having]
    if len(labels) == 1:
        return text(language, "refused.agreement", tier=labels[0])
    return text(language, "refused.agreements", tiers=", ".join(labels[:-1]), tier=labels[-1])
