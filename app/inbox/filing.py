"""Where a delivery belongs: the lane that handles it, or the sentence that says why none can.

Used when a delivery arrives, and again when one that was set aside is replayed: a newer
version of the product, or a repaired board, may know by then what to do with it.
"""

from app.ids import ItemKey
from app.lanes.service import LaneName
from app.monday.events import BoardEvent, EventKind

#: The kind of the lanes of what was set aside; handling it means judging it anew.
SET_ASIDE = "unusable"


def set_aside_lane(account_id: str) -> LaneName:
    """The lane of an account's deliveries that nothing could be done with when they came."""
    return LaneName(f"{SET_ASIDE}:{account_id}", account_id, SET_ASIDE)


def account_lane(account_id: str) -> LaneName:
    """The lane in which an account is set up, swept and paused."""
    return LaneName(f"account:{account_id}", account_id, "account")


def lane_of(account_id: str, event: BoardEvent) -> LaneName:
    """The lane that handles a usable event: its item's, of a subitem its parent's; or the account's."""
    if event.item_id is None:
        return account_lane(account_id)
    return LaneName(_item_of(account_id, event, event.item_id).lane, account_id, "item")


def _item_of(account_id: str, event: BoardEvent, item_id: str) -> ItemKey:
    """The item that an event is about; a subitem is a part of the item that it belongs to, or has left."""
    if event.kind is EventKind.SUBITEM_MOVED and event.left_item_id is not None:
        return ItemKey(account_id, event.board_id, event.left_item_id)
    if event.parent_item_id is not None:
        return ItemKey(account_id, event.parent_board_id or event.board_id, event.parent_item_id)
    return ItemKey(account_id, event.board_id, item_id)


def why_unusable(event: BoardEvent) -> str | None:
    """What keeps this version of the product from following an event, whatever its board."""
    if event.kind is EventKind.UNKNOWN:
        return f"The event type {event.type_name!r} is not known to this version of the product."
    if event.item_id is None and event.kind is not EventKind.COLUMN_CREATED:
        return f"The event {event.type_name!r} names no item."
    return None


def why_not_ours(account_id: str, board_id: str) -> str:
    """What to tell the operator of an event on a board that is not followed."""
    board = f"Board {board_id} of account {account_id}"
    return f"{board} is not one of ours. Run `synerity provision` if it should be."
