"""What a sweep put right: an item is looked at before and after it is handled, and the difference kept.

Only items that no webhook told of are counted: what a webhook tells in the same moment was
late, not missed. Kept are column keys and kinds, never what anybody wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.rules.merge import Owner
from app.mirror.seen import ItemSeen
from app.sweeps.models import Healed, SweepRun


@dataclass(frozen=True)
class Before:
    """What was known of an item before it was handled."""

    is_known: bool
    state: str
    #: Column key → why it differs from what was known.
    columns: dict[str, str]
    #: Changes with every message and text that is known of the item's story.
    conversation: str


def look(session: Session, item: ItemSeen, board: BoardMap, conversation: str) -> Before:
    """What is known of an item that was read, and which of its columns differ."""
    side = _side(session, item)
    if side is None:
        return Before(is_known=False, state="", columns={}, conversation=conversation)
    columns = _differing(session, side, item, board) if item.state == "active" else {}
    return Before(is_known=True, state=side.state, columns=columns, conversation=conversation)


def record(
    session: Session, run_id: int, before: Before, item: ItemSeen, conversation: str, *, now: datetime
) -> int:
    """Keep what handling the item has put right for a sweep's report; return how many things."""
    side = _side(session, item)
    if side is None:
        return 0
    things: list[tuple[str, str | None, str]] = []
    if not before.is_known:
        things.append(("item", None, "missed_event"))
    elif before.state != side.state:
        things.append(("state", None, "missed_event"))
    things += [("column", key, why) for key, why in before.columns.items()]
    if before.is_known and before.conversation != conversation:
        things.append(("conversation", None, "missed_event"))
    session.add_all(
        Healed(run_id=run_id, item_id=item.key.item_id, what=what, column_key=key, why=why, at=now)
        for what, key, why in things
    )
    if things:
        added = SweepRun.healed + len(things)
        session.execute(update(SweepRun).where(SweepRun.id == run_id).values(healed=added))
    return len(things)


def existing_run(session: Session, run_ids: Iterable[int]) -> int | None:
    """The newest of these sweeps whose report is still kept; a board's first one finds nothing missed."""
    theirs = (SweepRun.id.in_(list(run_ids)), SweepRun.cause != "first")
    query = select(SweepRun.id).where(*theirs).order_by(SweepRun.id.desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def _side(session: Session, item: ItemSeen) -> Side | None:
    return mirror.find_side(session, item.key)


def _differing(session: Session, side: Side, item: ItemSeen, board: BoardMap) -> dict[str, str]:
    seen, known = mirror.readable(item, board), mirror.shadows(session, side)
    coming = mirror.pending(session, side)
    found = {}
    for rule in mirror.column_rules(board, side.role):
        if rule.key in seen and rule.key not in coming and seen[rule.key] != known.get(rule.key):
            ours = rule.owner in (Owner.THERE, Owner.APP)
            found[rule.key] = "lost_write" if ours and seen[rule.key] is None else "missed_event"
    return found
