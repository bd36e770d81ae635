"""Accounts: connecting them, sweeping their boards."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import lease_time
from app.dispatch import SWEEP_TIMER
from app.factory import Product
from app.files import service as files
from app.ids import ItemKey
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import Claim
from app.logs import get_logger
from app.mail import upkeep as mail
from app.mirror import guard
from app.onboarding import further
from app.onboarding import service as onboarding
from app.outbox import service as outbox
from app.sweeps import report
from app.sweeps import service as sweeps
from app.timers import service as timers
from workers import holding

#: How many rows of a kind one turn forgets; more would hold up who writes.
PRUNED_AT_ONCE = 2_000

log = get_logger("workers")


def answer(product: Product, account_id: str) -> None:
    """Handle what waits for an account as a whole."""
    while True:
        claims = holding.claim(product, account_id, "account", limit=1)
        if not claims:
            break
        with product.database.reading() as session:
            events = inbox.pending(session, [claims[0].key]).get(claims[0].key, [])
        try:
            _handle(product, claims[0], events)
        except Exception as error:  # noqa: BLE001 - recorded, and other accounts go on
            holding.let_go(product, claims[0], _worth_parking(events, error), error)


def _worth_parking(events: list[StoredEvent], error: Exception) -> list[StoredEvent]:
    """A customer that waits for the partner's boards waits as long as it takes."""
    return [] if isinstance(error, onboarding.PartnerMissingError) else events


def _handle(product: Product, claim: Claim, events: list[StoredEvent]) -> None:
    sources = {event.source for event in events}
    if "account.connect" in sources:
        connected = onboarding.connect_account(product, claim.account_id, now=product.clock.now())
        for fault in connected.report.faults:
            log.warning("board_not_repaired", account_id=claim.account_id, reason=fault)
    for event in events:
        if event.source == "account.share":
            further.share_board(product, event.content["customer_id"], now=product.clock.now())
    told = [event.content for event in events if event.source == "account.subitems"]
    if told:
        items = [ItemKey(claim.account_id, place["board_id"], place["item_id"]) for place in told]
        onboarding.hear_subitems(product, items, now=product.clock.now())
    now = product.clock.now()
    every = timedelta(seconds=product.settings.sweep_seconds)
    with product.database.transaction() as session:
        if sources & {"account.sweep", "account.connect"}:
            sweeps.ask_account(
                session,
                claim.account_id,
                # A timer says when it was due.
                asked=any(
                    event.source == "account.sweep" and "due_at" not in event.content for event in events
                ),
                every=every,
                full_every=timedelta(seconds=product.settings.full_sweep_seconds),
                now=now,
            )
            _forget(product, session, now)
        inbox.settle(session, [event.id for event in events], now=now)
        due_at = now + every
        timers.arm(
            session, kind=SWEEP_TIMER, subject=claim.account_id, account_id=claim.account_id, due_at=due_at
        )
        lanes.finish(session, claim, now=lease_time())


def _forget(product: Product, session: Session, now: datetime) -> None:
    """Drop a part of what is too old to be worth its room: each account's turn drops some."""
    before = now - timedelta(days=product.settings.kept_days)
    inbox.prune(session, before=before, limit=PRUNED_AT_ONCE)
    outbox.prune(session, before=before, limit=PRUNED_AT_ONCE)
    kept_seconds = product.settings.kept_days * 86_400
    outbox.forget_rest(session, before=lease_time() - kept_seconds, limit=PRUNED_AT_ONCE)
    mail.prune(session, before=before, limit=PRUNED_AT_ONCE)
    report.prune(session, before=before)
    files.forget_loose_pieces(session)
    guard.forget_old(session, now=now)
