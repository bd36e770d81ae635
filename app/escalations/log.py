"""An escalation's log: what happened to it, each thing once. Internal; customers are told apart from it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.escalations.models import Escalation, EscalationEntry


class Kind(StrEnum):
    """What happened."""

    OFFERED = "offered"
    ASKED = "asked"
    OPENED = "opened"
    #: It was asked for again, or the customer said more.
    REASON = "reason"
    CALLED = "called"
    EXHAUSTED = "exhausted"
    ACKNOWLEDGED = "acknowledged"
    #: What the customer was told.
    NOTE = "note"
    CONTACT = "contact"
    REMINDED = "reminded"
    SOLVED = "solved"
    #: Its item was taken away, and another stands in its place.
    REPLACED = "replaced"
    ENDED = "ended"


def note(
    session: Session,
    row: Escalation,
    kind: Kind,
    *,
    key: str = "",
    at: datetime,
    words: str = "",
    now: datetime,
) -> bool:
    """Add a line; False where that was noted before. Without ``key`` there is one line of its kind."""
    full_key = f"{kind.value}:{key}" if key else kind.value
    known = select(EscalationEntry.id).where(
        EscalationEntry.escalation_id == row.id, EscalationEntry.key == full_key
    )
    if session.execute(known).first() is not None:
        return False
    session.add(
        EscalationEntry(escalation_id=row.id, key=full_key, at=at, kind=kind.value, words=words, noted_at=now)
    )
    session.flush()
    return True


def entries(session: Session, escalation_id: int) -> Sequence[EscalationEntry]:
    """The log, in the order of what happened."""
    query = select(EscalationEntry).where(EscalationEntry.escalation_id == escalation_id)
    return session.execute(query.order_by(EscalationEntry.at, EscalationEntry.id)).scalars().all()
