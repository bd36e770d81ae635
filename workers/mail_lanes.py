"""Mail is sent here: each thread's in order, each mail once, one that fails holds up only its thread.

Before a mail's content goes out it is committed that it does. What is known to be not sent is tried again;
what nobody knows is never tried again by itself.
"""

from random import random

from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.factory import Product
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim, LaneName
from app.logs import get_logger
from app.mail import sending, smtp
from app.mail import service as mail
from app.mail.rules import composing
from app.mail.rules import sending as rules
from app.mail.rules.sending import Delivery, State
from app.mail.sending import Task
from app.mail.smtp import BrokenOffError, MailRefusedError, ServerAwayError
from app.priority import Priority
from app.settings import MailServer
from workers import holding

#: A lane is held so long while a mail's content goes out and is looked through.
SENDING_LEASE_SECONDS = 600.0

log = get_logger("mail")


def answer(product: Product, account_id: str) -> None:
    """Send what waits for a slice of time."""
    stop_at = elapsed_time() + SLICE_SECONDS
    while elapsed_time() < stop_at:
        claims = holding.claim(product, account_id, mail.SENDING, limit=1)
        if not claims:
            break
        try:
            _follow(product, claims[0])
        except Exception as error:  # noqa: BLE001 - recorded, and other threads go on
            holding.let_go(product, claims[0], [], error)


def _follow(product: Product, claim: Claim) -> None:
    thread_id = int(claim.key.removeprefix(f"{mail.SENDING}:"))
    with product.database.transaction() as session:
        sending.give_up_unknown(session, thread_id, now=product.clock.now())
        task = sending.next_task(session, thread_id, product.settings.mail_from)
        if task is None:
            lanes.finish(session, claim, now=lease_time())
            return
    server = product.settings.mail_server
    if server is None:
        _wait_for_server(product, claim, thread_id)
        return
    try:
        _send(product, claim, task, server)
    except ServerAwayError as error:
        log.warning("mail_server_away", reason=error.message)
        _wait_for_all(product, claim, thread_id, error.message)


def _send(product: Product, claim: Claim, task: Task, server: MailServer) -> None:
    content = bytes(composing.compose(task.outgoing))
    sender = composing.answer_address(task.outgoing.sender, task.outgoing.token)
    with smtp.connection(server) as client:
        try:
            offered = rules.offered(task.delivery, smtp.offer(client, sender, task.delivery.waiting))
        except MailRefusedError as error:
            _record(product, claim, task, rules.refused_whole(task.delivery, error.reply))
            return
        if not offered.under_way:
            _record(product, claim, task, offered)
            return
        with product.database.transaction() as session:
            if not sending.begin(session, task, offered):
                lanes.finish(session, claim, now=lease_time())
                return
            lanes.renew(session, claim, now=lease_time(), lease_seconds=SENDING_LEASE_SECONDS)
        reach("mail.before_send")
        try:
            reply = smtp.send(client, content)
        except BrokenOffError as error:
            _record_unknown(product, claim, task, error)
            return
        except ServerAwayError as error:
            with product.database.transaction() as session:
                sending.record_not_sent(session, task.mail_id, error.message)
            raise
        reach("mail.sent_unrecorded")
        _record(product, claim, task, rules.answered(offered, reply))


def _record(product: Product, claim: Claim, task: Task, delivery: Delivery) -> None:
    """Note what is known. That stands even where the lane was lost meanwhile: so it is let go by itself."""
    with product.database.transaction() as session:
        state = sending.record(session, task.mail_id, delivery, now=product.clock.now())
        reach("mail.before_commit")
    log.info("mail_followed", mail_id=task.mail_id, state=state)
    if state is not State.WANTED:
        _go_on(product, claim)
        return
    with product.database.transaction() as session:
        lanes.snooze(session, claim, until=_next_try(claim), failed=True)


def _record_unknown(product: Product, claim: Claim, task: Task, error: BrokenOffError) -> None:
    with product.database.transaction() as session:
        sending.record_unknown(session, task.mail_id, error.message, now=product.clock.now())
        reach("mail.before_commit")
    log.warning("mail_uncertain", mail_id=task.mail_id, reason=error.message)
    _go_on(product, claim)


def _go_on(product: Product, claim: Claim) -> None:
    """The next mail of the thread is looked for, with nothing counted against it."""
    with product.database.transaction() as session:
        lanes.want(session, [LaneName(claim.key, claim.account_id, claim.kind)], now=lease_time())
        lanes.finish(session, claim, now=lease_time())


def _wait_for_server(product: Product, claim: Claim, thread_id: int) -> None:
    """Nothing can be sent as things are set up; when the product starts anew it is tried again."""
    with product.database.transaction() as session:
        sending.note_waiting(session, thread_id, sending.NO_SERVER)
    holding.nap(product, claim, holding.PAUSED_SECONDS)


def _wait_for_all(product: Product, claim: Claim, thread_id: int, reason: str) -> None:
    """The server is away: this thread tries again after a while, and none of the others before."""
    until = _next_try(claim)
    with product.database.transaction() as session:
        sending.note_waiting(session, thread_id, reason)
        lanes.snooze(session, claim, until=until, failed=True)
        lanes.put_off(session, claim.account_id, claim.kind, Priority.LIVE, now=lease_time(), until=until)


def _next_try(claim: Claim) -> float:
    roll = random()  # noqa: S311 - it spreads load and guards nothing
    return lease_time() + rules.wait_seconds(claim.attempts, roll)
