"""Mail that came is read here, each by itself: one that nobody can read holds up no other."""

from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.factory import Product
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim
from app.logs import get_logger
from app.mail import receiving
from app.mail import service as mail
from workers import holding

#: So often a mail is read before it is left to a person.
TRIES = 3

log = get_logger("mail")


def answer(product: Product, account_id: str) -> None:
    """Read what came for a slice of time."""
    stop_at = elapsed_time() + SLICE_SECONDS
    while elapsed_time() < stop_at:
        claims = holding.claim(product, account_id, mail.READING, limit=1)
        if not claims:
            break
        try:
            _read(product, claims[0])
        except Exception as error:  # noqa: BLE001 - recorded, and other mails go on
            _failed(product, claims[0], error)


def _read(product: Product, claim: Claim) -> None:
    with product.database.transaction() as session:
        standing = receiving.read(session, _incoming_id(claim), now=product.clock.now())
        lanes.finish(session, claim, now=lease_time())
        reach("mail.before_filing")
    log.info("mail_read", incoming_id=_incoming_id(claim), standing=standing)


def _failed(product: Product, claim: Claim, error: Exception) -> None:
    if claim.attempts + 1 < TRIES:
        holding.let_go(product, claim, [], error)
        return
    log.error("mail_unreadable", incoming_id=_incoming_id(claim), exc_info=error)
    reason = f"It can't be read ({type(error).__name__}). The log says more; it is kept as it came."
    with product.database.transaction() as session:
        receiving.give_up(session, _incoming_id(claim), reason, now=product.clock.now())
        lanes.finish(session, claim, now=lease_time())


def _incoming_id(claim: Claim) -> int:
    return int(claim.key.removeprefix(f"{mail.READING}:"))
