"""Items that left their boards: who took them away, when, on which side, why, and how that is known.

An item that monday.com merely does not show is unknown, not gone: a missing permission looks the
same. It counts as deleted when monday.com says so, or when two reads some hours apart found nothing
while its board was shown. Tombstones are kept for good: one short row for each time an item left.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import ItemKey
from app.mirror import service as mirror
from app.mirror.models import Side, Tombstone

#: How far apart two reads must be that both found nothing.
UNSEEN_FOR = timedelta(hours=6)

KnownBy = Literal["event", "read", "unseen"]


@dataclass(frozen=True)
class Departure:
    """What is known about an item's leaving."""

    at: datetime
    known_by: KnownBy
    #: monday.com's id of who did it, where it said so.
    by_user_id: str | None = None


def note(session: Session, side: Side, reason: str, departure: Departure) -> None:
    """Remember that a side's item left; the same reason told again changes nothing.

    ``reason`` is ``archived``, ``deleted`` or ``moved``. An archived item that is deleted has left anew.
    """
    standing = _standing(session, side)
    if side.item_id is None or (standing is not None and standing.reason == reason):
        return
    if standing is not None:
        standing.ended_at = departure.at
    session.add(
        Tombstone(
            side_id=side.id,
            story=side.story,
            role=side.role,
            account_id=side.account_id,
            board_id=side.board_id,
            item_id=side.item_id,
            reason=reason,
            by_user_id=departure.by_user_id,
            left_at=departure.at,
            known_by=departure.known_by,
        )
    )
    session.flush()


def lift(session: Session, side: Side, *, now: datetime) -> None:
    """Remember that a side's item is there again."""
    standing = _standing(session, side)
    if standing is not None:
        standing.ended_at = now


def replace(session: Session, side: Side, successor: Side, *, now: datetime) -> None:
    """Remember that another item has taken the place of one that is gone."""
    standing = _standing(session, side)
    if standing is not None:
        standing.ended_at, standing.replaced_by = now, successor.id


def note_not_shown(session: Session, key: ItemKey, *, now: datetime) -> bool:
    """Note that a direct read did not show an item; True once it was not shown for long enough."""
    side = mirror.find_side(session, key)
    if side is None:
        return False
    if side.unseen_since is None:
        side.unseen_since = now
    return now - side.unseen_since >= UNSEEN_FOR


def _standing(session: Session, side: Side) -> Tombstone | None:
    query = (
        select(Tombstone)
        .where(Tombstone.side_id == side.id, Tombstone.ended_at.is_(None))
        .order_by(Tombstone.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()
