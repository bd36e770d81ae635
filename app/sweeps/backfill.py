"""How far the items that stood on a board before it was connected have come.

Nothing is counted up while they come: every figure is read from what is left to do, so that it
is right whoever died on the way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.inbox.models import InboxEvent
from app.lanes import service as lanes
from app.outbox.models import Change
from app.priority import Priority
from app.sweeps.models import SweepRun

#: The rate is that of this last while: an interruption does not lower it for ever.
LATELY = timedelta(minutes=5)


@dataclass(frozen=True)
class Backfill:
    """One board's backfill at a moment."""

    account_id: str
    board_id: str
    begun_at: datetime
    #: ``under_way`` | ``done`` | ``failed`` (the list could not be read; the next sweep tries anew)
    state: str
    #: Items whose copy stands on the other side, items that wait for an operator, and all.
    done: int
    parked: int
    total: int
    #: Copies made a minute, lately.
    a_minute: float
    #: When it will be done at that rate; None where nothing moves, or nothing is left.
    expected_end: datetime | None


def backfill(
    session: Session, account_id: str, board_id: str, *, copies_on: tuple[str, str], now: datetime
) -> Backfill | None:
    """How far a board's backfill has come; None where there was none.

    ``copies_on``: the account and the board on which the copies stand.
    """
    query = select(SweepRun).where(
        SweepRun.account_id == account_id, SweepRun.board_id == board_id, SweepRun.cause == "first"
    )
    run = session.execute(query.order_by(SweepRun.id.desc()).limit(1)).scalar_one_or_none()
    if run is None:
        return None
    waiting, parked = _unhandled(session, account_id, board_id)
    not_made, not_makable, lately = _copies(session, copies_on, f"{account_id}:{board_id}", now)
    left, parked = waiting + not_made, parked + not_makable
    total = max(run.expected or 0, run.items)
    a_minute = lately / (max(1.0, min(LATELY, now - run.begun_at).total_seconds()) / 60)
    state = _state(run, left)
    remaining = max(total - run.items, 0) + left if run.state == "running" else left
    return Backfill(
        account_id,
        board_id,
        run.begun_at,
        state,
        max(0, run.items - left - parked),
        parked,
        total,
        a_minute,
        expected_end(remaining, a_minute, now) if state == "under_way" else None,
    )


def _state(run: SweepRun, left: int) -> str:
    if run.state == "failed":
        return "failed"
    return "under_way" if run.state == "running" or left else "done"


def expected_end(remaining: int, a_minute: float, now: datetime) -> datetime | None:
    """When what remains will be done; None where nothing remains or nothing moves."""
    if remaining == 0 or a_minute == 0:
        return None
    return now + timedelta(minutes=remaining / a_minute)


def _unhandled(session: Session, account_id: str, board_id: str) -> tuple[int, int]:
    """The board's items that wait to be looked at, and those whose looking was parked."""
    prefix = f"item:{account_id}:{board_id}:"
    waiting = lanes.count_waiting(session, account_id, "item", Priority.BACKFILL, prefix=prefix)
    parked = session.execute(
        select(func.count(InboxEvent.lane_key.distinct())).where(
            InboxEvent.state == "parked",
            InboxEvent.source == "look",
            InboxEvent.lane_key.startswith(prefix, autoescape=True),
        )
    ).scalar_one()
    return waiting, parked


def _copies(session: Session, copies_on: tuple[str, str], share: str, now: datetime) -> tuple[int, int, int]:
    """How many copies are still to be made, can't be made, and were made lately."""

    def count(*conditions: ColumnElement[bool]) -> int:
        return int(
            session.execute(
                select(func.count(Change.id)).where(
                    Change.account_id == copies_on[0],
                    Change.board_id == copies_on[1],
                    Change.priority == int(Priority.BACKFILL),
                    Change.share == share,
                    Change.kind == "create_item",
                    *conditions,
                )
            ).scalar_one()
        )

    return (
        count(Change.state.in_(("wanted", "sent"))),
        count(Change.state == "parked"),
        count(Change.state == "done", Change.settled_at > now - LATELY),
    )
