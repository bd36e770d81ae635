"""Items: read many in one request, handle each in its own transaction.

A slice of time is too short for all that one request can read. What was read and is still to be handled
is put by, its lanes held for some seconds more, so that this process goes on with it in its next slice; is
it too late, or something new there, the item is read again. That an item was read some time ago does no
harm: whatever happens to it asks for its lane, and what we write ourselves counts its revision up.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from app import dispatch
from app.accounts import service as accounts
from app.boards import service as boards
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.db import Database
from app.dispatch import ItemWork
from app.errors import ParkedError, SupportError
from app.factory import Product
from app.inbox import filing
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Bell, Claim
from app.links import service as links
from app.logs import get_logger
from app.mirror import guard, reading, tombstones
from app.mirror import service as mirror
from app.mirror.guard import LinkHeldError
from app.mirror.seen import ItemSeen, absent_item
from app.monday.errors import MondayFaultError
from app.outbox import service as outbox
from app.priority import Priority, set_priority, set_share
from workers import holding
from workers.item_reading import PEN_SECONDS, Held, Read, event_ids, look_up, pace, read_all

#: How often other workers are told of what follows, while items are handled.
RING_SECONDS = 0.2
#: So many of the items that were read are handled in a turn at the least: slowness must not keep all from it.
LEAST_A_TURN = 10
#: For how long what was read and not handled stays this process's.
PUT_BY_SECONDS = 3.0

log = get_logger("workers")


class ItemUnreadableError(SupportError):
    """monday.com does not show an item that something happened to."""

    code = "item_unreadable"


class _UnderPenError(SupportError):
    """We wrote the item while it was being read: what was read may be half our own doing."""

    code = "item_under_pen"


#: What this process has put by, by the database in which its lanes stand and by account.
_put_by: WeakKeyDictionary[Database, dict[str, list[Read]]] = WeakKeyDictionary()


def answer(product: Product, account_id: str) -> None:
    """Handle an account's waiting items for a slice of time; longer only while no bell waits for a worker."""
    stop_at = elapsed_time() + SLICE_SECONDS
    ready = _take_up(product, account_id)
    while True:
        claims = _claim(product, account_id, ready)
        if not claims and not ready:
            return
        ready = _work(product, account_id, look_up(product, claims), ready, stop_at)
        reach("inbox.committed")
        holding.ring_what_waits(product)
        if elapsed_time() >= stop_at:
            if not product.doorbell.is_silent():
                break
            stop_at = elapsed_time() + SLICE_SECONDS
    if ready:
        _put_away(product, account_id, ready)


def _work(
    product: Product, account_id: str, held: Sequence[Held], ready: Sequence[Read], stop_at: float
) -> list[Read]:
    """Read what is held, and handle it with what was ready before; what there was no time for comes back."""
    left, has_moved = list(ready), False
    # What is less urgent is read by itself: it may have to wait for the budget.
    for priority in sorted({one.priority for one in held} | {one.held.priority for one in ready}):
        some = [one for one in held if one.priority is priority]
        if has_moved and elapsed_time() >= stop_at:
            _let_go(product, [one.claim for one in some])
        else:
            left += read_all(product, account_id, some)
            left = _handle_in_turn(product, left, stop_at)
            has_moved = True
    return left


def _claim(product: Product, account_id: str, ready: Sequence[Read]) -> Sequence[Claim]:
    """Hold lanes beside those of which the items are read: of those who have nothing among these."""
    room = min(pace.items_at_once(), reading.ITEMS_PER_READ - len(ready))
    if room <= 0:
        return []
    with product.database.transaction() as session:
        claims = lanes.claim(
            session,
            account_id,
            "item",
            now=lease_time(),
            lease_seconds=product.settings.lane_lease_seconds,
            limit=room,
            beside=[one.held.claim for one in ready],
        )
    if claims:
        reach("inbox.claimed")
    return claims


def _take_up(product: Product, account_id: str) -> list[Read]:
    """What was put by and is as it was then: its lane, its revision, and that its board is followed."""
    found = _put_by.get(product.database, {}).pop(account_id, [])
    if not found:
        return []
    claims = [one.held.claim for one in found]
    with product.database.transaction() as session:
        lease = product.settings.lane_lease_seconds
        same = lanes.take_up(session, claims, now=lease_time(), lease_seconds=lease)
        keys = {claim.key for claim in same}
        revisions = outbox.revisions(session, [one.held.key for one in found])
        paused = boards.held_boards(session, account_id)
        kept = [
            one
            for one in found
            if one.held.claim.key in keys
            and revisions[one.held.key] == one.held.revision
            and one.held.key.board_id not in paused
        ]
        ours = {one.held.claim.key for one in kept}
        lanes.keep(session, [claim for claim in same if claim.key not in ours], until=0.0)
    return kept


def _put_away(product: Product, account_id: str, ready: Sequence[Read]) -> None:
    """Keep what was read for this process's next slice; few are read again by whoever comes first."""
    claims = [one.held.claim for one in ready]
    if len(ready) <= LEAST_A_TURN:
        _let_go(product, claims)
        return
    with product.database.transaction() as session:
        lanes.keep(session, claims, until=lease_time() + PUT_BY_SECONDS)
    _put_by.setdefault(product.database, {})[account_id] = list(ready)
    bell = Bell(account_id, "item", priority=min(claim.priority for claim in claims))
    product.doorbell.note_long(bell)
    product.doorbell.ring([bell])


def _let_go(product: Product, claims: Sequence[Claim]) -> None:
    if claims:
        with product.database.transaction() as session:
            lanes.keep(session, claims, until=0.0)


def _handle_in_turn(product: Product, ready: Sequence[Read], stop_at: float) -> list[Read]:
    """Handle what is read, the first of each customer before anybody's second; what was not reached."""
    waiting = _in_turn(ready)
    rang = elapsed_time()
    for place, one in enumerate(waiting):
        if elapsed_time() > stop_at and place >= LEAST_A_TURN:
            return waiting[place:]
        if elapsed_time() - rang > RING_SECONDS:
            holding.ring_what_waits(product)
            rang = elapsed_time()
        try:
            _handle(product, one)
        except _UnderPenError:
            holding.wait_for_pen(product, one.held.claim, PEN_SECONDS)
        except LinkHeldError as error:
            _hold_link(product, one.held, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and its neighbours go on
            holding.let_go(product, one.held.claim, one.held.events, error)
    return []


def _in_turn(ready: Sequence[Read]) -> list[Read]:
    """The most urgent first, then the first of each share, the second of each, and so on."""
    places: Counter[tuple[Priority, str]] = Counter()
    ordered = []
    for number, one in enumerate(ready):
        whose = (one.held.priority, one.held.claim.share)
        places[whose] += 1
        ordered.append((one.held.priority, places[whose], number))
    return [ready[number] for *_, number in sorted(ordered)]


def _hold_link(product: Product, one: Held, error: LinkHeldError) -> None:
    """Leave a customer's board alone; the item that was one too many waits with the rest."""
    with product.database.transaction() as session:
        links.pause(
            session,
            error.account_id,
            error.board_id,
            reason=error.reason,
            by=guard.GUARD,
            now=product.clock.now(),
        )
    log.warning("link_held", account_id=error.account_id, board_id=error.board_id, reason=error.reason)
    holding.nap(product, one.claim, holding.PAUSED_SECONDS)


def _handle(product: Product, read: Read) -> None:
    one = read.held
    board = read.boards.get(one.key.board_id)
    if board is None:
        raise ParkedError(filing.why_not_ours(one.key.account_id, one.key.board_id))
    now = product.clock.now()
    there = _gone(product, one) if read.item is None else read.item
    if there.is_known and there.updates is None and dispatch.needs_updates(one.events):
        raise ItemUnreadableError(f"monday.com left out messages of item {one.key.item_id}.")
    if there.is_known and there.subitems is None and dispatch.needs_subitems(one.board_key, one.events):
        # Unknown is not empty; it is read again when monday.com says so.
        if there.subitems_fault is not None:
            raise MondayFaultError(there.subitems_fault)
        raise ItemUnreadableError(f"monday.com left out subitems of item {one.key.item_id}.")
    with product.database.transaction() as session:
        set_priority(session, one.priority)
        set_share(session, one.claim.share or f"{one.key.account_id}:{one.key.board_id}")
        _expect_untouched(session, one)
        here = _unless_moved(session, one, there, now)
        partner = accounts.find_partner(session)
        if partner is None:
            raise ParkedError("The partner's account has not installed the app.")
        work = ItemWork(
            here,
            board,
            one.events,
            partner.account_id,
            product.file_terms,
            product.channel,
            now,
            read.read_at,
            product.vendor_address,
        )
        reason = dispatch.handle_item(session, work)
        # Once more: the database may let another transaction's write in between two of our reads.
        _expect_untouched(session, one)
        inbox.settle(session, event_ids(one), now=now, state="ignored" if reason else "done", reason=reason)
        lanes.finish(session, one.claim, now=lease_time())
        reach("inbox.before_commit")


def _expect_untouched(session: Session, one: Held) -> None:
    if outbox.revisions(session, [one.key])[one.key] != one.revision:
        raise _UnderPenError(f"Item {one.key.item_id} was written by us while it was being read.")


def _unless_moved(session: Session, one: Held, item: ItemSeen, now: datetime) -> ItemSeen:
    """The item as it is for the board of its lane: moved to another board, it is there no more."""
    if item.key.board_id == one.key.board_id:
        return item
    if boards.board_map(session, item.key.account_id, item.key.board_id) is not None:
        # monday.com tells the board that it came to nothing.
        mirror.look_at(session, item.key, now=now)
    return absent_item(one.key, "moved", now)


def _gone(product: Product, one: Held) -> ItemSeen:
    """An item that monday.com does not show: deleted, where that is certain.

    It is when monday.com said so itself, or when it showed the board, but not the item, twice with
    hours between. A lost permission looks the same as a deletion, and must not pass for one.

    Raises:
        ItemUnreadableError: whether there is such an item is unknown.
    """
    now = product.clock.now()
    if dispatch.says_deleted(one.events):
        return absent_item(one.key, "deleted", one.events[0].received_at)
    with product.database.transaction() as session:
        is_unseen = tombstones.note_not_shown(session, one.key, now=now)
    client = product.client(one.claim.account_id, one.claim.priority)
    if is_unseen and reading.is_board_shown(client, one.key.board_id):
        return absent_item(one.key, "deleted", now)
    raise ItemUnreadableError(
        f"monday.com does not show item {one.key.item_id} of board {one.key.board_id}. Either the user who "
        "installed the app may not see it or its board, or it was deleted for good."
    )
