"""What all lanes have in common: letting go of what failed, and ringing for what follows."""

from collections.abc import Sequence
from datetime import datetime
from random import random

from app.accounts import service as accounts
from app.accounts.service import InstallationPausedError, NotInstalledError
from app.clock import lease_time
from app.errors import SupportError
from app.factory import Product
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import Claim, LaneLostError
from app.logs import get_logger
from app.monday import retrying
from app.monday.errors import BudgetSpentError, MondayFaultError
from app.monday.retrying import Failure, Setback, Step, Work

#: A paused account is left alone; connecting it again wakes its lanes.
PAUSED_SECONDS = 6 * 3600.0

log = get_logger("workers")


def claim(product: Product, account_id: str, kind: str, *, limit: int) -> Sequence[Claim]:
    """Hold an account's waiting lanes of a kind, the longest waiting first."""
    with product.database.transaction() as session:
        return lanes.claim(
            session,
            account_id,
            kind,
            now=lease_time(),
            lease_seconds=product.settings.lane_lease_seconds,
            limit=limit,
        )


def let_go(product: Product, held: Claim, events: Sequence[StoredEvent], error: Exception) -> None:
    """After a failure: park what can't succeed, let the rest wait and try again."""
    if isinstance(error, LaneLostError):
        log.warning("lane_lost", lane=held.key)
        return
    work = Work.EVENTS if events else Work.STANDING
    roll = random()  # noqa: S311 - it spreads load and guards nothing
    decision = retrying.decide(_failure(held, error), work, held.attempts, roll)
    if decision.step is Step.PARK:
        _park(product, held, events, error)
        return
    if not isinstance(error, SupportError):
        log.error("handling_failed", lane=held.key, attempts=held.attempts + 1, exc_info=error)
    if decision.step is Step.LEAVE_ALONE:
        _leave_alone(product, held)
        return
    if decision.step is Step.RENEW and isinstance(error, MondayFaultError):
        try:
            accounts.replace_refused(
                product.database,
                product.settings,
                held.account_id,
                error.token_print,
                now=product.clock.now(),
            )
        except SupportError as trouble:
            # Without a token of its own it fares as that says: the account is paused, or it is tried later.
            let_go(product, held, events, trouble)
            return
    _snooze(product, held, decision.seconds, failed=decision.counts)


def _failure(held: Claim, error: Exception) -> Failure:
    if isinstance(error, InstallationPausedError) and error.account_id != held.account_id:
        return Failure(Setback.OTHER_NOT_CONNECTED)
    if isinstance(error, (InstallationPausedError, NotInstalledError)):
        return Failure(Setback.NOT_CONNECTED)
    return retrying.failure_of(error, now=lease_time())


def ring_what_waits(product: Product) -> None:
    """Ring for every lane that may be worked on now, where somebody hears it."""
    if not product.doorbell.is_heard:
        return
    with product.database.reading() as session:
        bells = lanes.waiting(session, now=lease_time())
    product.doorbell.ring(bells)


def wait_for_budget(product: Product, held: Sequence[Claim], error: BudgetSpentError) -> None:
    """Let lanes of one account and kind wait until there is room for their call, and their like with them."""
    with product.database.transaction() as session:
        for one in held:
            lanes.snooze(session, one, until=error.until, failed=False, priority=one.priority)
        first = held[0]
        urgency = min(one.priority for one in held)
        lanes.put_off(session, first.account_id, first.kind, urgency, now=lease_time(), until=error.until)


def nap(product: Product, held: Claim, seconds: float) -> None:
    """Let a lane wait a moment for something that is under way."""
    _snooze(product, held, seconds, failed=False)


def wait_for_pen(product: Product, held: Claim, seconds: float) -> None:
    """Let a lane wait a moment until nothing of ours is under way to its item.

    While its account is paused nothing can end what is under way; connecting it again wakes its lanes.
    """
    with product.database.transaction() as session:
        wait = seconds if accounts.is_active(session, held.account_id) else PAUSED_SECONDS
        lanes.snooze(session, held, until=lease_time() + wait, failed=False)


def _leave_alone(product: Product, held: Claim) -> None:
    """Let a paused account's lane wait for the account to be connected again."""
    with product.database.transaction() as session:
        # It may have been since the failure: what wakes its lanes came too early for this one then.
        wait = 0.0 if accounts.is_active(session, held.account_id) else PAUSED_SECONDS
        lanes.snooze(session, held, until=lease_time() + wait, failed=False)


def _snooze(product: Product, held: Claim, seconds: float, *, failed: bool) -> None:
    with product.database.transaction() as session:
        lanes.snooze(session, held, until=lease_time() + seconds, failed=failed)


def _park(product: Product, held: Claim, events: Sequence[StoredEvent], error: Exception) -> None:
    if isinstance(error, SupportError):
        reason = error.message
    else:
        reason = (
            f"Handling failed {held.attempts + 1} times, last with {type(error).__name__}. The log has the "
            "details; replay it when the cause is mended."
        )
    log.error("events_parked", lane=held.key, events=len(events), exc_info=error)
    now: datetime = product.clock.now()
    with product.database.transaction() as session:
        inbox.settle(session, [event.id for event in events], now=now, state="parked", reason=reason)
        lanes.finish(session, held, now=lease_time())
