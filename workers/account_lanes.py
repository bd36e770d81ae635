"""Accounts: connecting them, sweeping their boards."""

from datetime import timedelta

from app.accounts import service as accounts
from app.boards import service as boards
from app.clock import lease_time
from app.dispatch import SWEEP_TIMER
from app.factory import Product
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import Claim
from app.logs import get_logger
from app.mirror import sweep
from app.onboarding import further
from app.onboarding import service as onboarding
from app.priority import Priority
from app.timers import service as timers
from workers import holding

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
    holding.ring_what_waits(product)


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
    if sources & {"account.sweep", "account.connect"}:
        sweep_account(product, claim)
    now = product.clock.now()
    with product.database.transaction() as session:
        inbox.settle(session, [event.id for event in events], now=now)
        due_at = now + timedelta(seconds=product.settings.sweep_seconds)
        timers.arm(
            session, kind=SWEEP_TIMER, subject=claim.account_id, account_id=claim.account_id, due_at=due_at
        )
        lanes.finish(session, claim, now=lease_time())


def sweep_account(
    product: Product, claim: Claim | None, account_id: str = ""
) -> dict[str, sweep.SweepReport]:
    """Compare every board of an account with what we know; reports by board key."""
    account_id = claim.account_id if claim is not None else account_id
    reports: dict[str, sweep.SweepReport] = {}
    with product.database.reading() as session:
        account = accounts.find_account(session, account_id)
        found = boards.list_boards(session, account_id) if account is not None else []
        held = boards.held_boards(session, account_id)
    for board in found:
        if board.board_id in held:
            continue
        if claim is not None:
            with product.database.transaction() as session:
                lanes.renew(
                    session, claim, now=lease_time(), lease_seconds=product.settings.lane_lease_seconds
                )
        client = product.client(account_id, Priority.SWEEP)
        reports[board.key] = sweep.sweep_board(
            product.database, client, account_id, board.board_id, now=product.clock.now()
        )
        log.info("board_swept", account_id=account_id, board=board.key, to_read=reports[board.key].to_read)
    return reports
