"""Who is called to escalations: taken over from the settings, and looked up in monday.com."""

from app.clock import lease_time
from app.escalations import roster
from app.factory import Product
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.lanes.service import Claim
from workers import holding

LANE = roster.LANE


def answer(product: Product, account_id: str) -> None:
    """Bring the roster up to date, where that was asked for."""
    while True:
        claims = holding.claim(product, account_id, LANE, limit=1)
        if not claims:
            break
        with product.database.reading() as session:
            events = inbox.pending(session, [claims[0].key]).get(claims[0].key, [])
        try:
            _handle(product, claims[0], [event.id for event in events])
        except Exception as error:  # noqa: BLE001 - recorded, and tried again
            holding.let_go(product, claims[0], events, error)


def _handle(product: Product, claim: Claim, event_ids: list[int]) -> None:
    now = product.clock.now()
    roster.refresh(product, claim.account_id, now=now)
    with product.database.transaction() as session:
        inbox.settle(session, event_ids, now=now)
        lanes.finish(session, claim, now=lease_time())
