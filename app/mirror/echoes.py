"""Our own writings as they come back, recognised by what was written and not by who wrote it.

A shadow is what a side was last known to hold. A delivery that tells the same says nothing new,
whoever made it: a person who sets what stands there already, or our own write. What stands
there by now may be something else, but then another delivery tells that, or has told it.
This holds while nothing of ours is under way to the item, whose shadow would be behind it: the
caller looks at the item's revision before and after (docs/decisions/0002-one-pen.md).
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.ids import ItemKey
from app.mirror import service as mirror
from app.mirror.models import Side
from app.monday.events import BoardEvent, EventKind
from app.monday.values import is_told


def says_nothing_new(session: Session, key: ItemKey, board: BoardMap, events: Collection[BoardEvent]) -> bool:
    """Whether what is told of an item's columns, name and creation is known already."""
    side = session.execute(
        select(Side).where(
            Side.account_id == key.account_id, Side.board_id == key.board_id, Side.item_id == key.item_id
        )
    ).scalar_one_or_none()
    if side is None:
        return all(_is_own_creation(session, board, event) for event in events)
    if side.state != "active" or side.unseen_since is not None:
        return False
    known = mirror.shadows(session, side)
    keys = {column.id: column_key for column_key, column in board.columns.items()}
    for event in events:
        if event.kind is EventKind.ITEM_RENAMED:
            is_known = isinstance(event.value, dict) and event.value.get("name") == known.get(mirror.NAME)
        elif event.kind is EventKind.COLUMN_CHANGED:
            column_key = keys.get(event.column_id or "")
            # A column that people added is none of ours, whatever it holds.
            is_known = column_key is None or _is_shadow(board, column_key, event.value, known.get(column_key))
        else:
            is_known = event.kind is EventKind.ITEM_CREATED and side.create_change_id is not None
        if not is_known:
            return False
    return True


def _is_shadow(board: BoardMap, column_key: str, told: object, shadow: object) -> bool:
    column = board.columns[column_key]
    return is_told(column.type, told, shadow, column.label_keys)


def _is_own_creation(session: Session, board: BoardMap, event: BoardEvent) -> bool:
    """Whether an item was made with a sync id of ours, which monday.com is still to confirm to us."""
    sync_id = board.columns.get("sync_id")
    if event.kind is not EventKind.ITEM_CREATED or sync_id is None:
        return False
    told = event.values.get(sync_id.id)
    return isinstance(told, dict) and mirror.is_ours(session, str(told.get("value")))
