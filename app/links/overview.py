"""How every link is doing: followed or paused and why, what waits and for how long, what is parked.

Work on the service desk stands in lanes and changes that say whose share they are; it is
counted with the customer's board. All is read from SQL in a handful of queries, however
many links there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Installation
from app.agreements.models import Customer
from app.boards.models import Board
from app.inbox.models import InboxEvent
from app.lanes.models import Lane
from app.links.models import Link
from app.links.service import LinkMissingError
from app.outbox.models import Change
from app.sweeps import report
from app.sweeps.report import SweepReport

#: Account's id and board's id.
BoardKey = tuple[str, str]


@dataclass(frozen=True)
class LinkState:
    """One link at one moment."""

    customer_id: int
    customer: str
    #: The account in which the customer's board stands.
    account_id: str
    slug: str
    board_id: str
    #: ``own`` | ``further`` | ``shared`` | ``adopted``
    origin: str
    linked_at: datetime
    #: ``running``; ``paused`` by an operator or a guard; ``stopped`` because monday.com refuses.
    state: str
    #: Why it is not running; None while it is.
    reason: str | None
    #: Who paused it; None when nobody did.
    by: str | None
    #: Since when it is paused; None when it is not, or it is not known.
    since: datetime | None
    #: For how long the oldest undone work has waited, in seconds; 0 when nothing waits.
    lag_seconds: float
    #: Received events that are not handled yet.
    events: int
    #: Wanted changes that monday.com has not confirmed yet.
    changes: int
    #: Events and changes that wait for an operator.
    parked: int
    #: The newest sweep of the board, under way or ended; None before the first.
    last_sweep: SweepReport | None

    @property
    def backlog(self) -> int:
        """Events in and changes out that wait."""
        return self.events + self.changes


@dataclass
class _Work:
    events: int = 0
    changes: int = 0
    parked: int = 0
    lag_seconds: float = 0.0


@dataclass
class _Tally:
    """Work by link; what belongs to no link is left out."""

    links: frozenset[BoardKey]
    work: dict[BoardKey, _Work] = field(default_factory=dict)

    def of(self, board: BoardKey, share: str) -> _Work:
        """Where to count work on a board, done for somebody's share."""
        account_id, _, board_id = share.partition(":")
        key = board if board in self.links else (account_id, board_id)
        return self.work.setdefault(key, _Work())


def overview(session: Session, *, now: datetime, lease_time: float) -> Sequence[LinkState]:
    """Every link by its customer's name.

    Args:
        session: The caller's transaction.
        now: This moment by the product's clock, aware UTC.
        lease_time: This moment in real epoch seconds.
    """
    rows = session.execute(
        select(Link, Customer, Board, Installation)
        .join(Customer, Customer.id == Link.customer_id)
        .join(Board, (Board.account_id == Link.account_id) & (Board.board_id == Link.board_id))
        .join(Installation, Installation.account_id == Link.account_id)
        .order_by(Customer.name, Link.linked_at, Link.board_id)
    ).all()
    tally = _Tally(frozenset((row.Link.account_id, row.Link.board_id) for row in rows))
    shares = _count_lanes(session, tally, lease_time)
    _count_events(session, tally, shares, now)
    _count_changes(session, tally, now)
    swept = report.newest(session)
    states = []
    for row in rows:
        key = (row.Link.account_id, row.Link.board_id)
        work = tally.work.get(key, _Work())
        states.append(_state(row.Link, row.Customer, row.Board, row.Installation, work, swept.get(key)))
    return states


def one(session: Session, account_id: str, board_id: str, *, now: datetime, lease_time: float) -> LinkState:
    """The link of a board.

    Raises:
        LinkMissingError: no customer's tickets stand on it.
    """
    for state in overview(session, now=now, lease_time=lease_time):
        if (state.account_id, state.board_id) == (account_id, board_id):
            return state
    raise LinkMissingError(
        f"Board {board_id}: no customer's tickets stand there. `synerity links` lists those followed."
    )


def _state(
    link: Link,
    customer: Customer,
    board: Board,
    account: Installation,
    work: _Work,
    last_sweep: SweepReport | None,
) -> LinkState:
    state, reason, by, since = _condition(board, account)
    return LinkState(
        customer_id=customer.id,
        customer=customer.name,
        account_id=link.account_id,
        slug=account.slug,
        board_id=link.board_id,
        origin=link.origin,
        linked_at=link.linked_at,
        state=state,
        reason=reason,
        by=by,
        since=since,
        lag_seconds=work.lag_seconds,
        events=work.events,
        changes=work.changes,
        parked=work.parked,
        last_sweep=last_sweep,
    )


def _condition(board: Board, account: Installation) -> tuple[str, str | None, str | None, datetime | None]:
    if board.held_reason is not None:
        return "paused", board.held_reason, board.held_by, board.held_at
    if account.state != "active":
        return "stopped", account.pause_reason or f"The account is {account.state}.", None, None
    if board.state != "active":
        return "stopped", board.paused_reason or "The board is still being made.", None, None
    return "running", None, None, None


def _count_lanes(session: Session, tally: _Tally, lease_time: float) -> dict[str, str]:
    """Note for how long lanes have waited; give the share of each."""
    waiting = session.execute(
        select(Lane.key, Lane.share, Lane.pending_since).where(Lane.wanted > Lane.done)
    ).all()
    for row in waiting:
        work = tally.of(_board_of(row.key), row.share)
        work.lag_seconds = max(work.lag_seconds, lease_time - row.pending_since)
    return {row.key: row.share for row in waiting}


def _count_events(session: Session, tally: _Tally, shares: Mapping[str, str], now: datetime) -> None:
    rows = session.execute(
        select(
            InboxEvent.lane_key,
            InboxEvent.state,
            func.count().label("number"),
            func.min(InboxEvent.received_at).label("oldest"),
        )
        .where(InboxEvent.state.in_(("new", "parked")))
        .group_by(InboxEvent.lane_key, InboxEvent.state)
    )
    for row in rows:
        work = tally.of(_board_of(row.lane_key), shares.get(row.lane_key, ""))
        if row.state == "parked":
            work.parked += row.number
        else:
            work.events += row.number
            work.lag_seconds = max(work.lag_seconds, (now - row.oldest).total_seconds())


def _count_changes(session: Session, tally: _Tally, now: datetime) -> None:
    rows = session.execute(
        select(
            Change.account_id,
            Change.board_id,
            Change.share,
            Change.state,
            func.count().label("number"),
            func.min(Change.wanted_at).label("oldest"),
        )
        .where(Change.state.in_(("wanted", "sent", "parked")))
        .group_by(Change.account_id, Change.board_id, Change.share, Change.state)
    )
    for row in rows:
        work = tally.of((row.account_id, row.board_id), row.share)
        if row.state == "parked":
            work.parked += row.number
        else:
            work.changes += row.number
            work.lag_seconds = max(work.lag_seconds, (now - row.oldest).total_seconds())


def _board_of(lane_key: str) -> BoardKey:
    """The board of an item's or a board's lane; of others nothing that is a board."""
    kind, account_id, board_id = (*lane_key.split(":"), "", "")[:3]
    return (account_id, board_id) if kind in ("item", "board", "sweep") else (account_id, "")
