"""Events of our own: tickets' clocks and promises, agreements' dates. No call to monday.com is needed."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app import dispatch
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.factory import Product
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim
from app.priority import set_priority
from workers import holding

AT_ONCE = 100

#: From a lane's key and an event to what follows from it.
_Handler = Callable[[Session, str, StoredEvent, datetime], None]


def answer(product: Product, account_id: str) -> None:
    """Handle the events of an account's tickets for a slice of time."""
    _answer(product, account_id, "ticket", _handle_ticket)


def answer_agreements(product: Product, account_id: str) -> None:
    """Handle the events of an account's agreements for a slice of time."""
    _answer(product, account_id, dispatch.AGREEMENT, _handle_agreement)


def _answer(product: Product, account_id: str, kind: str, handler: _Handler) -> None:
    stop_at = elapsed_time() + SLICE_SECONDS
    while elapsed_time() < stop_at:
        claims = holding.claim(product, account_id, kind, limit=AT_ONCE)
        if not claims:
            break
        with product.database.reading() as session:
            waiting = inbox.pending(session, [claim.key for claim in claims])
        for claim in claims:
            events = waiting.get(claim.key, [])
            try:
                _handle(product, claim, events, handler)
            except Exception as error:  # noqa: BLE001 - recorded, and the others go on
                holding.let_go(product, claim, events, error)
        reach("inbox.committed")


def _handle_ticket(session: Session, lane_key: str, event: StoredEvent, now: datetime) -> None:
    dispatch.handle_ticket_event(session, int(lane_key.removeprefix("ticket:")), event, now=now)


def _handle_agreement(session: Session, lane_key: str, event: StoredEvent, now: datetime) -> None:
    dispatch.handle_agreement_event(session, lane_key, event, now=now)


def _handle(product: Product, claim: Claim, events: list[StoredEvent], handler: _Handler) -> None:
    now = product.clock.now()
    with product.database.transaction() as session:
        set_priority(session, claim.priority)
        for event in events:
            handler(session, claim.key, event, now)
        inbox.settle(session, [event.id for event in events], now=now)
        lanes.finish(session, claim, now=lease_time())
        reach("inbox.before_commit")
