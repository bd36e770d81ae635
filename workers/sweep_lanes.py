"""Sweeps: one page a turn, so that whatever people wait for comes in between."""

from sqlalchemy.orm import Session

from app.boards import service as boards
from app.clock import lease_time
from app.crashpoints import reach
from app.factory import Product
from app.lanes import service as lanes
from app.lanes.service import Claim
from app.logs import get_logger
from app.monday.errors import MondayFaultError
from app.sweeps import reading
from app.sweeps import service as sweeps
from app.sweeps.reading import BoardNotShownError, Page
from app.sweeps.service import Step
from workers import holding

#: Between two pages of a sweep that nobody waits for; a board of 10 000 items takes twenty of them.
PACE_SECONDS = 60.0
#: Until the items that were asked for are looked at.
BUSY_SECONDS = 2.0
#: After so many tries a board that monday.com does not show is left to the next sweep.
TRIES = 4

log = get_logger("workers")


def answer(product: Product, account_id: str) -> None:
    """Let one of an account's sweeps go on by a page."""
    claims = holding.claim(product, account_id, "sweep", limit=1)
    if claims:
        try:
            _turn(product, claims[0], claims[0].key.rsplit(":", 1)[-1])
        except Exception as error:  # noqa: BLE001 - recorded; the sweep waits, other work goes on
            holding.let_go(product, claims[0], [], error)


def _turn(product: Product, held: Claim, board_id: str) -> None:
    with product.database.transaction() as session:
        if board_id in boards.held_boards(session, held.account_id):
            # Following the board again wakes its account's lanes.
            lanes.snooze(session, held, until=lease_time() + holding.PAUSED_SECONDS, failed=False)
            return
        if sweeps.is_busy(session, held.account_id, held.priority):
            lanes.snooze(session, held, until=lease_time() + BUSY_SECONDS, failed=False)
            return
        step = sweeps.next_step(session, held.account_id, board_id)
        if step is None:
            lanes.finish(session, held, now=lease_time())
            return
    reach("sweep.before_call")
    client = product.client(held.account_id, held.priority)
    try:
        page = reading.read_page(
            client, board_id, cursor=step.cursor, since=step.since, with_subitems=step.with_subitems
        )
    except BoardNotShownError as error:
        if held.attempts < TRIES:
            raise
        _give_up(product, held, step, error.message)
        return
    except MondayFaultError as error:
        if step.cursor is None or not error.fault.permanent:
            raise
        # The cursor is too old for monday.com: the list begins anew.
        with product.database.transaction() as session:
            lanes.confirm_held(session, held)
            sweeps.begin_anew(session, step, now=product.clock.now())
            lanes.snooze(session, held, until=0.0, failed=False)
        return
    _take(product, held, step, page)


def _take(product: Product, held: Claim, step: Step, page: Page) -> None:
    board_id = held.key.rsplit(":", 1)[-1]
    with product.database.transaction() as session:
        lanes.confirm_held(session, held)
        is_last = sweeps.take_page(session, step, page, now=product.clock.now())
        if not is_last:
            pace = 0.0 if step.is_urgent else PACE_SECONDS
            lanes.snooze(session, held, until=lease_time() + pace, failed=False)
            reach("sweep.before_commit")
            return
        if not sweeps.count_is_due(session, step):
            _conclude(product, held, step, None, session)
            return
    # Fewer were listed than counted: some may just have gone.
    count = reading.items_count(product.client(held.account_id, held.priority), board_id)
    with product.database.transaction() as session:
        lanes.confirm_held(session, held)
        _conclude(product, held, step, count, session)


def _conclude(product: Product, held: Claim, step: Step, count: int | None, session: Session) -> None:
    if sweeps.conclude(session, step, count, now=product.clock.now()):
        lanes.finish(session, held, now=lease_time())
    else:
        lanes.snooze(session, held, until=lease_time() + BUSY_SECONDS, failed=False)
    reach("sweep.before_commit")
    log.info("board_swept", lane=held.key, run_id=step.run_id)


def _give_up(product: Product, held: Claim, step: Step, reason: str) -> None:
    with product.database.transaction() as session:
        lanes.confirm_held(session, held)
        sweeps.fail(session, step, reason, now=product.clock.now())
        lanes.finish(session, held, now=lease_time())
    log.warning("sweep_failed", lane=held.key, run_id=step.run_id, reason=reason)
