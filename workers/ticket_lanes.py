"""Events of our own: stories' clocks and promises, dates, mail. No call to monday.com is needed."""

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


def answer(product: Product, account_id: str, *, kind: str) -> None:
    """Handle the own events of an account's stories of a kind for a slice of time."""
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
                _handle(product, claim, events)
            except Exception as error:  # noqa: BLE001 - recorded, and the others go on
                holding.let_go(product, claim, events, error)
        reach("inbox.committed")


def _handle(product: Product, claim: Claim, events: list[StoredEvent]) -> None:
    now = product.clock.now()
    with product.database.transaction() as session:
        set_priority(session, claim.priority)
        for event in events:
            dispatch.handle_own(session, claim.kind, claim.key, event, now=now)
        inbox.settle(session, [event.id for event in events], now=now)
        lanes.finish(session, claim, now=lease_time())
        reach("inbox.before_commit")
