"""``python -m workers.timers``: due moments, lost bells, sweeps that are due.

Several may run at once: a due timer goes to one of them, and a bell too many is harmless.
"""

import signal
import sys
import threading
from types import FrameType

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app import dispatch
from app.accounts import service as accounts
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.errors import SettingsError
from app.factory import Product, build
from app.lanes import service as lanes
from app.logs import get_logger
from app.mail import service as mail
from app.onboarding import connections
from app.settings import Settings
from app.timers import service as timers
from workers import holding
from workers.embedded_redis import EmbeddedRedisError, redis_url

POLL_SECONDS = 0.1
#: When nothing has waited for so long, it is looked less often: a process that waits costs nothing then.
QUIET_AFTER_SECONDS, QUIET_POLL_SECONDS = 1.0, 0.2
#: How often it is looked whether an account was paused, or is back.
CONNECTIONS_SECONDS = 2.0
TIMERS_AT_ONCE = 2_000
#: How long to wait when the database or Redis does not answer.
TROUBLE_SECONDS = 2.0

log = get_logger("timers")


def main() -> int:
    """Poll until stopped; 2 when the settings do not allow it."""
    try:
        settings = Settings.from_env()
        url = redis_url(settings)
    except (SettingsError, EmbeddedRedisError) as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    product = build(settings, redis_url=url)
    stop = threading.Event()

    def _stop(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    _ask_for_sweeps(product)
    quiet_since, looked_at = lease_time(), 0.0
    while not stop.is_set():
        began = elapsed_time()
        try:
            if poll(product):
                quiet_since = lease_time()
            if began - looked_at >= CONNECTIONS_SECONDS:
                looked_at = began
                tell_of_connections(product)
            wait = POLL_SECONDS if lease_time() - quiet_since < QUIET_AFTER_SECONDS else QUIET_POLL_SECONDS
        except (SQLAlchemyError, RedisError, OSError):
            log.exception("poll_failed")
            wait = TROUBLE_SECONDS
        stop.wait(max(0.0, wait - (elapsed_time() - began)))
    return 0


def poll(product: Product) -> bool:
    """Hand on what is due and ring for what waits; whether anything did."""
    # One look at both: this is done several times a second.
    with product.database.reading() as session:
        next_due, bells = timers.next_due(session), lanes.waiting(session, now=lease_time())
    if next_due is not None and next_due <= product.clock.now():
        while fire_due(product) == TIMERS_AT_ONCE:
            continue
        holding.ring_what_waits(product)
        return True
    product.doorbell.ring(bells)
    return bool(bells)


def tell_of_connections(product: Product) -> None:
    """Tell the technicians which accounts were paused or are back."""
    with product.database.reading() as session:
        if not accounts.has_untold(session):
            return
    with product.database.transaction() as session:
        connections.tell_technicians(session, product.settings, now=product.clock.now())


def fire_due(product: Product) -> int:
    """Hand on the first of what is due now; return how many timers were."""
    now = product.clock.now()
    with product.database.reading() as session:
        next_due = timers.next_due(session)
    if next_due is None or next_due > now:
        return 0
    with product.database.transaction() as session:
        due = timers.take_due(session, now=now, limit=TIMERS_AT_ONCE)
        dispatch.hand_on(session, due, now=now)
        reach("timers.before_commit")
    reach("timers.committed")
    return len(due)


def _ask_for_sweeps(product: Product) -> None:
    """After a start, whatever was missed while nobody listened is looked for."""
    now = product.clock.now()
    with product.database.transaction() as session:
        for account in accounts.list_accounts(session):
            timers.arm(
                session,
                kind=dispatch.SWEEP_TIMER,
                subject=account.account_id,
                account_id=account.account_id,
                due_at=now,
            )
        # A server that takes mail may have been named meanwhile.
        lanes.wake(session, mail.ACCOUNT)
    log.info("started", at=lease_time())


if __name__ == "__main__":
    sys.exit(main())
