"""Deliveries that were set aside when they came, and that an operator replays: judged anew."""

from sqlalchemy.orm import Session

from app.boards import service as boards
from app.clock import lease_time
from app.factory import Product
from app.inbox import filing
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import Claim
from app.monday.events import MalformedEventError
from workers import holding


def answer(product: Product, account_id: str) -> None:
    """Send each replayed delivery to the lane it belongs in, or park it again with its reason."""
    for claim in holding.claim(product, account_id, filing.SET_ASIDE, limit=1):
        with product.database.reading() as session:
            events = inbox.pending(session, [claim.key]).get(claim.key, [])
        try:
            _judge(product, claim, events)
        except Exception as error:  # noqa: BLE001 - recorded, and other lanes go on
            holding.let_go(product, claim, events, error)


def _judge(product: Product, claim: Claim, events: list[StoredEvent]) -> None:
    now = product.clock.now()
    with product.database.transaction() as session:
        for event in events:
            reason = _file(session, claim.account_id, event)
            if reason is not None:
                inbox.settle(session, [event.id], now=now, state="parked", reason=reason)
        lanes.finish(session, claim, now=lease_time())


def _file(session: Session, account_id: str, event: StoredEvent) -> str | None:
    """Move an event to its lane; the reason when it still has none."""
    try:
        delivery = event.delivery
    except MalformedEventError as error:
        return error.message
    reason = filing.why_unusable(delivery)
    if reason is not None:
        return reason
    # A subitem stands on a board of its own; then its parent's board is the one that is ours.
    board_ids = [board_id for board_id in (delivery.board_id, delivery.parent_board_id) if board_id]
    if all(boards.board_map(session, account_id, board_id) is None for board_id in board_ids):
        return filing.why_not_ours(account_id, delivery.board_id)
    inbox.refile(session, event.id, filing.lane_of(account_id, delivery), lease_time=lease_time())
    return None
