"""Sweeps: a page at a time, so that whatever people wait for comes in between.

What merely asks what changed is asked for several of an account's boards in one call: calls a day are
scarce, and most of these find nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

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

#: So many boards are asked together what changed on them.
BOARDS_AT_ONCE = 10
#: Between two pages of a sweep that nobody waits for; a board of 10 000 items takes twenty of them.
PACE_SECONDS = 60.0
#: Until the items that were asked for are looked at.
BUSY_SECONDS = 2.0
#: After so many tries a board that monday.com does not show is left to the next sweep.
TRIES = 4

log = get_logger("workers")


@dataclass(frozen=True)
class _Turn:
    """A sweep whose lane we hold, and what it needs next."""

    held: Claim
    step: Step

    @property
    def board_id(self) -> str:
        return _board_of(self.held)

    @property
    def asks_what_changed(self) -> bool:
        """Whether it begins to ask what changed on its board, which is asked of several in one call."""
        return self.step.since is not None and self.step.cursor is None

    @property
    def likes_company(self) -> bool:
        """Whether other boards may be asked with it; one that failed goes alone, lest all fail with it."""
        return self.asks_what_changed and not self.held.attempts


def answer(product: Product, account_id: str) -> None:
    """Let an account's sweeps go on by a page: one, or together those that ask what changed."""
    turns = _take_turns(product, account_id, limit=1)
    if not turns:
        return
    with _letting_go(product, turns):
        if turns[0].likes_company:
            turns += _take_company(product, account_id)
        reach("sweep.before_call")
        if turns[0].asks_what_changed:
            _ask_what_changed(product, turns)
        else:
            _ask_for_page(product, turns[0])


def _take_company(product: Product, account_id: str) -> list[_Turn]:
    """Hold further sweeps that may be asked for in the same call; who goes alone is left for later."""
    others = _take_turns(product, account_id, limit=BOARDS_AT_ONCE - 1)
    alone = [turn.held for turn in others if not turn.likes_company]
    if alone:
        with product.database.transaction() as session:
            lanes.keep(session, alone, until=0.0)
    return [turn for turn in others if turn.likes_company]


def _take_turns(product: Product, account_id: str, *, limit: int) -> list[_Turn]:
    """Hold sweeps that have something to ask for; let go at once of those that have not, or not now."""
    claims = holding.claim(product, account_id, "sweep", limit=limit)
    turns = []
    for held in claims:
        try:
            with product.database.transaction() as session:
                step = _next_step(session, held)
        except Exception as error:  # noqa: BLE001 - recorded; the sweep waits, other work goes on
            holding.let_go(product, held, [], error)
        else:
            turns += [_Turn(held, step)] if step is not None else []
    return turns


def _next_step(session: Session, held: Claim) -> Step | None:
    if _board_of(held) in boards.held_boards(session, held.account_id):
        # Following the board again wakes its account's lanes.
        lanes.snooze(session, held, until=lease_time() + holding.PAUSED_SECONDS, failed=False)
        return None
    if sweeps.is_busy(session, held.account_id, held.priority):
        lanes.snooze(session, held, until=lease_time() + BUSY_SECONDS, failed=False)
        return None
    step = sweeps.next_step(session, held.account_id, _board_of(held))
    if step is None:
        lanes.finish(session, held, now=lease_time())
    return step


def _ask_what_changed(product: Product, turns: Sequence[_Turn]) -> None:
    account_id, priority = turns[0].held.account_id, min(turn.held.priority for turn in turns)
    since = min(turn.step.since for turn in turns if turn.step.since is not None)
    client = product.client(account_id, priority)
    changes = reading.changed_items(client, [turn.board_id for turn in turns], since)
    for turn in turns:
        with _letting_go(product, [turn]):
            _go_on(product, turn, partial(changes.page, turn.board_id))


def _ask_for_page(product: Product, turn: _Turn) -> None:
    step, client = turn.step, product.client(turn.held.account_id, turn.held.priority)
    page = partial(
        reading.read_page, client, turn.board_id, cursor=step.cursor, with_subitems=step.with_subitems
    )
    _go_on(product, turn, page)


def _go_on(product: Product, turn: _Turn, read: Callable[[], Page]) -> None:
    try:
        page = read()
    except BoardNotShownError as error:
        if turn.held.attempts < TRIES:
            raise
        _give_up(product, turn, error.message)
        return
    except MondayFaultError as error:
        if turn.step.cursor is None or not error.fault.permanent:
            raise
        # The cursor is too old for monday.com: the list begins anew.
        with product.database.transaction() as session:
            lanes.confirm_held(session, turn.held)
            sweeps.begin_anew(session, turn.step, now=product.clock.now())
            lanes.snooze(session, turn.held, until=0.0, failed=False)
        return
    _take(product, turn, page)


def _take(product: Product, turn: _Turn, page: Page) -> None:
    held, step = turn.held, turn.step
    with product.database.transaction() as session:
        lanes.confirm_held(session, held)
        is_last = sweeps.take_page(session, step, page, now=product.clock.now())
        if not is_last:
            pace = 0.0 if step.is_urgent else PACE_SECONDS
            lanes.snooze(session, held, until=lease_time() + pace, failed=False)
            reach("sweep.before_commit")
            return
        if not sweeps.count_is_due(session, step):
            _conclude(product, turn, None, session)
            return
    # Fewer were listed than counted: some may just have gone.
    count = reading.items_count(product.client(held.account_id, held.priority), turn.board_id)
    with product.database.transaction() as session:
        lanes.confirm_held(session, held)
        _conclude(product, turn, count, session)


def _conclude(product: Product, turn: _Turn, count: int | None, session: Session) -> None:
    if sweeps.conclude(session, turn.step, count, now=product.clock.now()):
        lanes.finish(session, turn.held, now=lease_time())
    else:
        lanes.snooze(session, turn.held, until=lease_time() + BUSY_SECONDS, failed=False)
    reach("sweep.before_commit")
    log.info("board_swept", lane=turn.held.key, run_id=turn.step.run_id)


def _give_up(product: Product, turn: _Turn, reason: str) -> None:
    with product.database.transaction() as session:
        lanes.confirm_held(session, turn.held)
        sweeps.fail(session, turn.step, reason, now=product.clock.now())
        lanes.finish(session, turn.held, now=lease_time())
    log.warning("sweep_failed", lane=turn.held.key, run_id=turn.step.run_id, reason=reason)


@contextmanager
def _letting_go(product: Product, turns: Sequence[_Turn]) -> Iterator[None]:
    """Let lanes wait when something fails; it is recorded, and other work goes on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - each lane is told of it
        for turn in turns:
            holding.let_go(product, turn.held, [], error)


def _board_of(held: Claim) -> str:
    return held.key.rsplit(":", 1)[-1]
