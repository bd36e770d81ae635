"""What a bell makes a worker do. A job carries names, never work: the work stands in SQL."""

from collections.abc import Callable, Mapping
from functools import partial

from app import dispatch
from app.clock import elapsed_time
from app.factory import Product, build
from app.feature_requests.filing import service as posting
from app.inbox import filing
from app.lanes.service import SLICE_SECONDS, Bell
from app.logs import get_logger
from app.mail import service as mail
from app.priority import Priority
from app.settings import Settings
from workers import (
    account_lanes,
    board_lanes,
    file_lanes,
    forum_lanes,
    holding,
    item_lanes,
    mail_lanes,
    people_lanes,
    post_lanes,
    set_aside_lanes,
    sweep_lanes,
    ticket_lanes,
)

log = get_logger("workers")

_Answer = Callable[[Product, str], None]
_LANES: Mapping[str, _Answer] = {
    "item": item_lanes.answer,
    **{kind: partial(ticket_lanes.answer, kind=kind) for kind in dispatch.OWN_KINDS},
    "account": account_lanes.answer,
    people_lanes.LANE: people_lanes.answer,
    "sweep": sweep_lanes.answer,
    "file": file_lanes.answer,
    posting.KIND: forum_lanes.answer,
    mail.SENDING: mail_lanes.answer,
    mail.READING: post_lanes.answer,
    filing.SET_ASIDE: set_aside_lanes.answer,
}


#: This process's product: one database, one session towards monday.com, for all its jobs.
_products: list[Product] = []


def prepare(redis_url: str) -> None:
    """Wire this process's product before its first job."""
    _products[:] = [build(Settings.from_env(), redis_url=redis_url)]


def answer(
    account_id: str, kind: str, key: str, priority: int = Priority.LIVE, number: int | None = None
) -> None:
    """Work on what waits in an account's lanes of a kind, or in one board's lane; ring for what follows.

    Nothing of it where a later answer to the bell has covered this ringing, by its ``number``.
    """
    ours, bell = _products[0], Bell(account_id, kind, key, Priority(priority))
    # First of all: whoever rings from now on is not covered by this job any more.
    if not ours.doorbell.take_down(bell, number):
        return
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
