"""A story's items that leave their boards and come back, and the desk's new item for one that is gone.

What a person has written is never lost for it: what waits for an item that is gone is held, and
where the customer goes on while the desk's item is gone, the desk gets another (docs/states.md).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app import texts
from app.boards import service as boards
from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.errors import ParkedError
from app.mirror import leaving
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import ItemSeen
from app.mirror.tombstones import Departure
from app.texts import text

#: The desk's own people read English.
DESK_LANGUAGE = texts.DESK_LANGUAGE
#: What the keys of the desk's groups for customers begin with.
CUSTOMER_GROUP = "customer:"

End = tuple[Side, BoardMap]


def end(session: Session, side: Side) -> End:
    """A side with its board.

    Raises:
        ParkedError: the board is not known any more.
    """
    board = boards.board_map(session, side.account_id, side.board_id)
    if board is None:
        raise ParkedError(
            f"Board {side.board_id} is not known any more. Run `synerity provision`, then replay."
        )
    return side, board


def follow(
    session: Session,
    here: End,
    there: End,
    item: ItemSeen,
    departure: Departure,
    *,
    now: datetime,
) -> bool:
    """Let a side be where its item is; whether the item has just come back, and catches up.

    Only the desk is told: what the technicians do with their items is nothing to the customer.
    """
    side, board = here
    was = leaving.follow(session, side, item, departure, now=now)
    is_theirs = side.role == "customer"
    if item.state != "active":
        if is_theirs and was != item.state:
            notice = _said(side, f"item_gone.{item.state}")
            conversation.notify(session, there[0], notice, now=now)
        return False
    if was == "active":
        return False
    if was == "moved":
        leaving.keep_what_moving_lost(session, side, item, board, now=now)
    mirror.align(session, there, here, now=now)
    if is_theirs:
        conversation.notify(session, there[0], _said(side, "item_back"), now=now)
    return True


def follow_replaced(session: Session, side: Side, item: ItemSeen, *, now: datetime) -> str:
    """Follow an item of the desk in whose place another stands; the reason why nothing follows from it."""
    if item.state != "active":
        # What was on its way when the other took its place.
        leaving.give_up(session, side, now=now)
    elif side.state == "replaced":
        side.state = "set_aside"
        conversation.notify_on(session, mirror.address(side), _said(side, "set_aside"), now=now)
    return "Another item of the desk has taken its place; nothing follows this one."


def replace_where_they_wait(
    session: Session, desk: End, theirs: End, *, group_id: str | None, now: datetime
) -> bool:
    """Make the desk another item when its own is gone and something of the customer waits for it; whether so.

    Not when the customer's item is gone, too: a story that both have put away stays away.
    """
    side, board = desk
    if side.state == "active" or theirs[0].state != "active" or group_id is None:
        return False
    if not (leaving.values_wait(session, side, board) or conversation.words_wait(session, side)):
        return False
    reason = side.state
    successor = leaving.replace(session, side, board, "desk", group_id=group_id, now=now)
    notice = _said(side, f"item_follows.{reason}")
    conversation.notify(session, successor, notice, now=now)
    conversation.tell_anew(session, theirs[0])
    # Its messages are read again, and told to the new item.
    mirror.look_again(session, theirs[0], now=now)
    return True


def keep_in_its_group(
    session: Session, desk: End, item: ItemSeen, group_id: str | None, *, now: datetime
) -> None:
    """Move the desk's item back from another customer's group; the technicians' own groups are theirs.

    A group is how a technician sees whose story it is: an answer must not go to another customer.
    """
    side, board = desk
    if group_id is None or item.group_id in (None, group_id):
        return
    if not (board.group_key(item.group_id or "") or "").startswith(CUSTOMER_GROUP):
        return
    if mirror.move(session, side, group_id, now=now):
        conversation.notify(session, side, _said(side, "group_set_back"), now=now)


def _said(side: Side, key: str) -> str:
    """What the desk is told, in the words of what the story is: a ticket, a request."""
    kind = side.story.partition(":")[0]
    return text(DESK_LANGUAGE, f"{kind}.{key}")
