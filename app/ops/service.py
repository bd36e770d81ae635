"""What the operator wants to know, read from SQL: queues can lie about themselves, rows can't."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Account
from app.clock import lease_time
from app.db import Database
from app.errors import SupportError
from app.inbox import service as inbox
from app.lanes.models import Lane
from app.mail import upkeep as mail
from app.outbox import service as outbox
from app.timers import service as timers
from app.timers.models import Timer


@dataclass(frozen=True)
class Figures:
    """The state of the product at one moment."""

    #: Inbox events by state.
    events: Mapping[str, int]
    #: Outbox changes by state.
    changes: Mapping[str, int]
    #: Mail of ours, and mail that came, by state.
    mails: Mapping[str, int]
    incoming_mails: Mapping[str, int]
    #: Lanes with undone work.
    waiting_lanes: int
    #: For how long the oldest undone work has waited, in seconds.
    oldest_wait_seconds: float
    timers: int
    next_timer_at: datetime | None
    accounts: Sequence[Account]


class DatabaseAwayError(SupportError):
    """The database can't be read, so nothing can be promised."""

    code = "database_away"


def figures(database: Database) -> Figures:
    """Read the state of the product.

    Raises:
        DatabaseAwayError: the database does not answer.
    """
    try:
        with database.reading() as session:
            return read_figures(session)
    except SQLAlchemyError as error:
        raise DatabaseAwayError("The database can't be read.") from error


def read_figures(session: Session) -> Figures:
    """Read the state of the product in a transaction of the caller's."""
    waiting = session.execute(select(Lane.pending_since).where(Lane.wanted > Lane.done)).scalars().all()
    post = mail.counts(session)
    return Figures(
        events=inbox.count_by_state(session),
        changes=outbox.count_by_state(session),
        mails=post.outgoing,
        incoming_mails=post.incoming,
        waiting_lanes=len(waiting),
        oldest_wait_seconds=max(0.0, lease_time() - min(waiting)) if waiting else 0.0,
        timers=session.execute(select(func.count()).select_from(Timer)).scalar_one(),
        next_timer_at=timers.next_due(session),
        accounts=accounts.list_accounts(session),
    )
