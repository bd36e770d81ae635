"""What operators did: a row of each action, written in the action's own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operators.models import OperatorAction

_LONGEST_BY, _LONGEST_SUBJECT = 80, 255


@dataclass(frozen=True)
class Action:
    """One thing that was done."""

    id: int
    at: datetime
    by: str
    action: str
    subject: str
    detail: str


def note(session: Session, by: str, action: str, subject: str, *, now: datetime, detail: str = "") -> None:
    """Write down who does what to what, in the caller's transaction."""
    session.add(
        OperatorAction(
            at=now, by=by[:_LONGEST_BY], action=action, subject=subject[:_LONGEST_SUBJECT], detail=detail
        )
    )


def latest(session: Session, *, before: int | None = None, limit: int = 50) -> Sequence[Action]:
    """What was done, the latest first; ``before`` an action's id for further pages."""
    query = select(OperatorAction).order_by(OperatorAction.id.desc()).limit(limit)
    if before is not None:
        query = query.where(OperatorAction.id < before)
    return [
        Action(row.id, row.at, row.by, row.action, row.subject, row.detail)
        for row in session.execute(query).scalars()
    ]
