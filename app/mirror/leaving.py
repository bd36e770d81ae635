"""Items that leave their board and come back, and items that take the place of others.

What is wanted of an item that is gone is held (``outbox.hold``), so nothing of it is lost and
nothing is sent in vain; when the item is back, it is wanted again, in its order.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.mirror import guard, tombstones
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.rules.merge import Owner
from app.mirror.seen import ItemSeen
from app.mirror.service import NAME, Role
from app.mirror.tombstones import Departure
from app.outbox import service as outbox


def follow(session: Session, side: Side, item: ItemSeen, departure: Departure, *, now: datetime) -> str:
    """Let a side have its item's state; return the state that it had before.

    ``departure`` is what is known about the item's leaving, for the case that it left.
    """
    was, side.state, side.unseen_since = side.state, item.state, None
    session.flush()
    if item.state != "active":
        if was == "active":
            guard.note_loss(session, side, now=now)
        tombstones.note(session, side, item.state, departure)
        outbox.hold(session, mirror.target(side))
    elif was != "active":
        tombstones.lift(session, side, now=now)
        outbox.release(session, mirror.target(side))
    return was


def keep_what_moving_lost(
    session: Session, side: Side, item: ItemSeen, board: BoardMap, *, now: datetime
) -> None:
    """After an item's way over another board, want back what its cells lost there.

    A cell that fits nowhere on the other board comes back empty; nobody has emptied it.
    """
    shown = mirror.readable(item, board)
    for key, value in mirror.shadows(session, side).items():
        if value is not None and key in shown and shown[key] is None:
            mirror.want_back(session, side, board, key, value, now=now)


def values_wait(session: Session, side: Side, board: BoardMap) -> bool:
    """Whether a value that a person set on the other side waits for this side's item, which is gone."""
    known = mirror.shadows(session, side)
    rules = mirror.column_rules(board, side.role)
    theirs = {rule.key for rule in rules if rule.owner in (Owner.THERE, Owner.BOTH)}
    return any(
        key in theirs and waiting.value != known.get(key)
        for key, waiting in mirror.pending(session, side).items()
    )


def replace(
    session: Session, side: Side, board: BoardMap, role: Role, *, group_id: str, now: datetime
) -> Side:
    """Want a new item in the place of one that is gone, with every value that is known or waits for it.

    monday.com has no mutation that restores an item (schema of 2026-10), so it can't be brought back.
    Other changes that waited for the old item are dropped.
    """
    values = mirror.shadows(session, side)
    waiting = mirror.pending(session, side)
    give_up(session, side, now=now)
    side.state = "replaced"
    session.flush()
    successor = mirror.create(
        session,
        side.story,
        role,
        board,
        group_id=group_id,
        name=str(values.pop(NAME, "")),
        values=values,
        now=now,
        generation=str(side.id),
    )
    for key, pending in waiting.items():
        mirror.write(session, successor, board, key, pending.value, now=now, made_at=pending.made_at)
    tombstones.replace(session, side, successor, now=now)
    return successor


def give_up(session: Session, side: Side, *, now: datetime) -> None:
    """Drop everything that is wanted of an item in whose place another stands."""
    outbox.drop(session, mirror.address(side), "another item has taken its item's place", now=now)
