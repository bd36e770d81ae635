"""Storing events with the asking for their lane, and settling them.

An event is stored in the same transaction that raises its lane's ``wanted``. A duplicate
(same ``dedupe_key``) is not stored again; that its lane is asked once more is harmless.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from app.db import UtcDateTime
from app.ids import new_key
from app.inbox.models import InboxEvent
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.monday.events import BoardEvent, parse_delivery

#: Why an event is ignored that tells what is known already, as our own writings do when they come back.
NOTHING_NEW = "It tells what is known already."

_STORE = text(
    """
    INSERT INTO inbox
        (dedupe_key, lane_key, lane_kind, account_id, source, content, received_at, state, reason)
    VALUES (:dedupe_key, :lane_key, :lane_kind, :account_id, :source, :content, :received_at, :state, :reason)
    ON CONFLICT (dedupe_key) DO NOTHING
    """
).bindparams(bindparam("received_at", type_=UtcDateTime))


@dataclass(frozen=True)
class NewEvent:
    """An event to store. ``parked_reason`` parks it at once: it is kept for the operator."""

    lane: LaneName
    source: str
    content: str
    dedupe_key: str
    received_at: datetime
    parked_reason: str | None = None


@dataclass(frozen=True)
class StoredEvent:
    """An event to handle."""

    id: int
    source: str
    content: Mapping[str, Any]
    received_at: datetime

    @cached_property
    def delivery(self) -> BoardEvent:
        """What it says, for one that monday.com delivered.

        Raises:
            MalformedEventError: it is none of monday.com's.
        """
        return parse_delivery(self.content)


@dataclass(frozen=True)
class ParkedEvent:
    """An event that waits for the operator."""

    id: int
    source: str
    lane_key: str
    account_id: str
    received_at: datetime
    reason: str


def store(session: Session, events: Sequence[NewEvent], *, lease_time: float) -> None:
    """Store events and ask for their lanes."""
    session.connection().execute(_STORE, [_row(event) for event in events])
    lanes.want(session, [event.lane for event in events if event.parked_reason is None], now=lease_time)


def put(
    session: Session,
    lane: LaneName,
    source: str,
    arguments: Mapping[str, Any],
    *,
    now: datetime,
    lease_time: float,
    dedupe_key: str | None = None,
) -> None:
    """Store an event of our own for a lane, in the caller's transaction."""
    event = NewEvent(lane, source, json.dumps(arguments), dedupe_key or own_key(), now)
    store(session, [event], lease_time=lease_time)


def own_key() -> str:
    """A key that no other event has."""
    return f"own:{new_key()}"


def content(arguments: Mapping[str, Any]) -> str:
    """An internal event's arguments as they are stored."""
    return json.dumps(arguments)


def pending(session: Session, lane_keys: Iterable[str]) -> dict[str, list[StoredEvent]]:
    """The unhandled events of lanes, oldest first."""
    rows = session.execute(
        select(
            InboxEvent.lane_key, InboxEvent.id, InboxEvent.source, InboxEvent.content, InboxEvent.received_at
        )
        .where(InboxEvent.lane_key.in_(list(lane_keys)), InboxEvent.state == "new")
        .order_by(InboxEvent.id)
    )
    found: dict[str, list[StoredEvent]] = {}
    for row in rows:
        event = StoredEvent(row.id, row.source, json.loads(row.content), row.received_at)
        found.setdefault(row.lane_key, []).append(event)
    return found


def settle(
    session: Session,
    event_ids: Iterable[int],
    *,
    now: datetime,
    state: str = "done",
    reason: str | None = None,
) -> None:
    """Record what became of events: ``done``, ``ignored`` or ``parked``, the latter two with a reason."""
    session.execute(
        update(InboxEvent)
        .where(InboxEvent.id.in_(list(event_ids)))
        .values(state=state, reason=reason, handled_at=now)
    )


def has_passed_over(session: Session, lane_key: str) -> bool:
    """Whether an event of a lane was ignored, and may have told more than what was known."""
    query = select(InboxEvent.id).where(
        InboxEvent.lane_key == lane_key, InboxEvent.state == "ignored", InboxEvent.reason != NOTHING_NEW
    )
    return session.execute(query.limit(1)).first() is not None


def parked(session: Session, *, limit: int = 100) -> Sequence[ParkedEvent]:
    """Events that wait for the operator, oldest first."""
    rows = session.execute(
        select(InboxEvent).where(InboxEvent.state == "parked").order_by(InboxEvent.id).limit(limit)
    ).scalars()
    return [
        ParkedEvent(row.id, row.source, row.lane_key, row.account_id, row.received_at, row.reason or "")
        for row in rows
    ]


def replay(session: Session, event_ids: Sequence[int] | None, *, lease_time: float) -> int:
    """Put parked events (all, or the given ones) back in their lanes; return how many."""
    query = select(InboxEvent).where(InboxEvent.state == "parked")
    if event_ids is not None:
        query = query.where(InboxEvent.id.in_(event_ids))
    events = session.execute(query).scalars().all()
    for event in events:
        event.state, event.reason, event.handled_at = "new", None, None
    lanes.want(session, {LaneName(e.lane_key, e.account_id, e.lane_kind) for e in events}, now=lease_time)
    return len(events)


def refile(session: Session, event_id: int, lane: LaneName, *, lease_time: float) -> None:
    """Move an event to another lane, and ask for that lane."""
    event = session.get_one(InboxEvent, event_id)
    event.lane_key, event.lane_kind = lane.key, lane.kind
    lanes.want(session, [lane], now=lease_time)


def count_by_state(session: Session) -> dict[str, int]:
    """How many events are in each state."""
    rows = session.execute(select(InboxEvent.state, func.count()).group_by(InboxEvent.state))
    return dict(rows.all())


def _row(event: NewEvent) -> dict[str, Any]:
    return {
        "dedupe_key": event.dedupe_key,
        "lane_key": event.lane.key,
        "lane_kind": event.lane.kind,
        "account_id": event.lane.account_id,
        "source": event.source,
        "content": event.content,
        "received_at": event.received_at,
        "state": "new" if event.parked_reason is None else "parked",
        "reason": event.parked_reason,
    }


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Forget up to ``limit`` events that were settled before a moment, and say how many; parked ones stay."""
    old = (
        select(InboxEvent.id)
        .where(InboxEvent.state.not_in(("new", "parked")), InboxEvent.handled_at < before)
        .order_by(InboxEvent.id)
        .limit(limit)
    )
    result = session.execute(delete(InboxEvent).where(InboxEvent.id.in_(old.scalar_subquery())))
    return int(result.rowcount)  # type: ignore[attr-defined]  # of a DELETE it has one
