"""What a bell makes a worker do. A job carries names, never work: the work stands in SQL."""

from app import dispatch
from app.clock import elapsed_time
from app.factory import Product, build
from app.inbox import filing
from app.lanes.service import SLICE_SECONDS, Bell
from app.logs import get_logger
from app.priority import Priority
from app.settings import Settings
from workers import (
    account_lanes,
    board_lanes,
    holding,
    item_lanes,
    set_aside_lanes,
    sweep_lanes,
    ticket_lanes,
)

log = get_logger("workers")

_LANES = {
    "item": item_lanes.answer,
    "ticket": ticket_lanes.answer,
    dispatch.AGREEMENT: ticket_lanes.answer_agreements,
    "account": account_lanes.answer,
    "sweep": sweep_lanes.answer,
    filing.SET_ASIDE: set_aside_lanes.answer,
}


#: This process's product: one database, one session towards monday.com, for all its jobs.
_products: list[Product] = []


def prepare(redis_url: str) -> None:
    """Wire this process's product before its first job."""
    _products[:] = [build(Settings.from_env(), redis_url=redis_url)]


def answer(account_id: str, kind: str, key: str, priority: int = Priority.LIVE) -> None:
    """Work on what waits in an account's lanes of a kind, or in one board's lane; ring for what follows."""
    ours, bell = _products[0], Bell(account_id, kind, key, Priority(priority))
    # First of all: whoever rings from now on is not covered by this job any more.
    ours.doorbell.take_down(bell)
    began = elapsed_time()
    if kind == "board":
        board_lanes.answer(ours, account_id, key)
    elif kind in _LANES:
        _LANES[kind](ours, account_id)
    else:
        log.error("unknown_bell", kind=kind)
    if elapsed_time() - began >= SLICE_SECONDS:
        ours.doorbell.note_long(bell)
    holding.ring_what_waits(ours)
