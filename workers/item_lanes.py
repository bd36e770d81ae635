"""Items: read many in one request, handle each in its own transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from app import dispatch
from app.accounts import service as accounts
from app.boards import service as boards
from app.boards.service import BoardMap
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.dispatch import ItemWork
from app.errors import ParkedError, SupportError
from app.factory import Product
from app.files import service as files
from app.ids import ItemKey
from app.inbox import filing
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim, LaneLostError
from app.links import service as links
from app.logs import get_logger
from app.mirror import guard, reading, tombstones
from app.mirror import service as mirror
from app.mirror.guard import LinkHeldError
from app.mirror.seen import ItemSeen, absent_item
from app.monday.errors import BudgetSpentError, MondayFaultError
from app.outbox import service as outbox
from app.priority import set_priority, set_share
from workers import holding

#: How long an item that is under our own pen is left alone before it is looked at again.
PEN_SECONDS = 0.15
#: How often other workers are told of what follows, while items are handled.
RING_SECONDS = 0.2
#: So many items are read at once at the least, however long it takes to handle them: a call has its price.
LEAST_AT_ONCE = 15

log = get_logger("workers")


class ItemUnreadableError(SupportError):
    """monday.com does not show an item that something happened to."""

    code = "item_unreadable"


class _UnderPenError(SupportError):
    """We wrote the item while it was being read: what was read may be half our own doing."""

    code = "item_under_pen"


@dataclass(frozen=True)
class _Held:
    """A lane held, what waits in it, and how often we had written its item when we looked."""

    claim: Claim
    key: ItemKey
    events: Sequence[StoredEvent]
    revision: int
    #: The key of its board's template; None of a board that is none of ours.
    board_key: str | None
    #: Everything that they tell was known then.
    is_echo: bool


@dataclass
class _Pace:
    """How long this process takes to handle an item, lately; read and written by its jobs, one at a time."""

    seconds_each: float = 0.0

    def items_at_once(self) -> int:
        """How many items to read in one call: what can be handled in a slice of time."""
        fit = int(SLICE_SECONDS / max(self.seconds_each, 1e-4))
        return max(LEAST_AT_ONCE, min(reading.ITEMS_PER_READ, fit))

    def learn(self, count: int, seconds: float) -> None:
        """So many items took so long."""
        self.seconds_each += 0.5 * (seconds / count - self.seconds_each)


_pace = _Pace()


def answer(product: Product, account_id: str) -> None:
    """Handle an account's waiting items for a slice of time."""
    stop_at = elapsed_time() + SLICE_SECONDS
    while elapsed_time() < stop_at:
        claims = holding.claim(product, account_id, "item", limit=_pace.items_at_once())
        if not claims:
            break
        reach("inbox.claimed")
        began = elapsed_time()
        held = _look_up(product, claims)
        # What is less urgent is read by itself: it may have to wait for the budget.
        for priority in sorted({one.claim.priority for one in held}):
            _work(product, account_id, [one for one in held if one.claim.priority is priority])
        _pace.learn(len(claims), elapsed_time() - began)
        reach("inbox.committed")
        holding.ring_what_waits(product)


def _look_up(product: Product, claims: Sequence[Claim]) -> list[_Held]:
    keys = {claim.key: _item_key(claim) for claim in claims}
    with product.database.reading() as session:
        events = inbox.pending(session, keys)
        revisions = outbox.revisions(session, list(keys.values()))
        paused = boards.held_boards(session, claims[0].account_id)
        held = [
            _look_up_one(session, claim, keys[claim.key], events.get(claim.key, ()), revisions)
            for claim in claims
        ]
    for one in held:
        if one.key.board_id in paused:
            # Following the board again wakes its account's lanes.
            holding.nap(product, one.claim, holding.PAUSED_SECONDS)
    return [one for one in held if one.key.board_id not in paused]


def _look_up_one(
    session: Session,
    claim: Claim,
    key: ItemKey,
    events: Sequence[StoredEvent],
    revisions: Mapping[ItemKey, int],
) -> _Held:
    board = boards.board_map(session, key.account_id, key.board_id)
    is_echo = board is not None and dispatch.says_nothing_new(session, key, board, events)
    return _Held(claim, key, events, revisions[key], board.key if board else None, is_echo=is_echo)


def _work(product: Product, account_id: str, held: Sequence[_Held]) -> None:
    to_read: list[_Held] = []
    for one in held:
        if one.revision % 2:
            holding.wait_for_pen(product, one.claim, PEN_SECONDS)
        elif not _is_passed_over(product, one):
            to_read.append(one)
    if not to_read:
        return
    try:
        seen, known = _read(product, account_id, to_read)
    except BudgetSpentError as error:
        holding.wait_for_budget(product, [one.claim for one in to_read], error)
        return
    except SupportError as error:
        _reading_failed(product, account_id, to_read, error)
        return
    reach("inbox.read")
    rang = elapsed_time()
    for one in to_read:
        if elapsed_time() - rang > RING_SECONDS:
            holding.ring_what_waits(product)
            rang = elapsed_time()
        try:
            _handle(product, one, seen.get(one.key.item_id), known)
        except _UnderPenError:
            holding.wait_for_pen(product, one.claim, PEN_SECONDS)
        except LinkHeldError as error:
            _hold_link(product, one, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and its neighbours go on
            holding.let_go(product, one.claim, one.events, error)


def _is_passed_over(product: Product, one: _Held) -> bool:
    """Ignore events of which nothing can follow; False when the item has to be read."""
    if not dispatch.needs_reading(one.board_key, one.events):
        return _ignored(product, one, "Subitems are not followed." if one.events else None)
    return one.is_echo and _ignored(product, one, inbox.NOTHING_NEW)


def _hold_link(product: Product, one: _Held, error: LinkHeldError) -> None:
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


def _reading_failed(product: Product, account_id: str, held: Sequence[_Held], error: SupportError) -> None:
    """One unreadable item must not hold back the others: read them one by one."""
    if error.permanent and len(held) > 1:
        for one in held:
            _work(product, account_id, [one])
        return
    for one in held:
        holding.let_go(product, one.claim, one.events, error)


def _read(
    product: Product, account_id: str, held: Sequence[_Held]
) -> tuple[dict[str, ItemSeen], Mapping[str, BoardMap]]:
    with product.database.reading() as session:
        board_ids = {one.key.board_id for one in held}
        maps = {board_id: boards.board_map(session, account_id, board_id) for board_id in board_ids}
        may_read_files = accounts.may_read_files(session, account_id)
    known = {board_id: board for board_id, board in maps.items() if board is not None}
    columns = sorted({column.id for board in known.values() for column in board.columns.values()})
    client = product.client(account_id, min(one.claim.priority for one in held))
    seen = reading.read_items(
        client,
        account_id,
        [one.key.item_id for one in held],
        column_ids=columns,
        with_updates=any(dispatch.needs_updates(one.events) for one in held),
        with_files=may_read_files and any(dispatch.needs_files(one.events) for one in held),
        with_subitems=any(dispatch.needs_subitems(one.board_key, one.events) for one in held),
    )
    read_files = partial(reading.read_files_of_updates, client)
    return seen | _with_files_of_updates(product, seen, read_files), known


def _with_files_of_updates(
    product: Product,
    seen: Mapping[str, ItemSeen],
    read_files: Callable[[Sequence[str]], dict[str, dict[str, Sequence[str]]]],
) -> dict[str, ItemSeen]:
    """The items that have files nobody knows yet, with what their updates bear; one more call for all."""
    with product.database.reading() as session:
        strange = [
            item_id
            for item_id, item in seen.items()
            if item.files and item.updates and files.unknown(session, item.key, item.files)
        ]
    if not strange:
        return {}
    return {
        item_id: replace(seen[item_id], files_of_updates=found)
        for item_id, found in read_files(strange).items()
    }


def _handle(product: Product, one: _Held, item: ItemSeen | None, known: Mapping[str, BoardMap]) -> None:
    board = known.get(one.key.board_id)
    if board is None:
        raise ParkedError(filing.why_not_ours(one.key.account_id, one.key.board_id))
    now = product.clock.now()
    there = _gone(product, one) if item is None else item
    if there.is_known and there.updates is None and dispatch.needs_updates(one.events):
        raise ItemUnreadableError(f"monday.com left out messages of item {one.key.item_id}.")
    if there.is_known and there.subitems is None and dispatch.needs_subitems(one.board_key, one.events):
        # Unknown is not empty; it is read again when monday.com says so.
        if there.subitems_fault is not None:
            raise MondayFaultError(there.subitems_fault)
        raise ItemUnreadableError(f"monday.com left out subitems of item {one.key.item_id}.")
    with product.database.transaction() as session:
        set_priority(session, one.claim.priority)
        set_share(session, one.claim.share or f"{one.key.account_id}:{one.key.board_id}")
        _expect_untouched(session, one)
        here = _unless_moved(session, one, there, now)
        partner = accounts.find_partner(session)
        if partner is None:
            raise ParkedError("The partner's account has not installed the app.")
        work = ItemWork(here, board, one.events, partner.account_id, product.file_terms, now)
        reason = dispatch.handle_item(session, work)
        # Once more: the database may let another transaction's write in between two of our reads.
        _expect_untouched(session, one)
        inbox.settle(session, _ids(one), now=now, state="ignored" if reason else "done", reason=reason)
        lanes.finish(session, one.claim, now=lease_time())
        reach("inbox.before_commit")


def _expect_untouched(session: Session, one: _Held) -> None:
    if outbox.revisions(session, [one.key])[one.key] != one.revision:
        raise _UnderPenError(f"Item {one.key.item_id} was written by us while it was being read.")


def _unless_moved(session: Session, one: _Held, item: ItemSeen, now: datetime) -> ItemSeen:
    """The item as it is for the board of its lane: moved to another board, it is there no more."""
    if item.key.board_id == one.key.board_id:
        return item
    if boards.board_map(session, item.key.account_id, item.key.board_id) is not None:
        # monday.com tells the board that it came to nothing.
        mirror.look_at(session, item.key, now=now)
    return absent_item(one.key, "moved", now)


def _gone(product: Product, one: _Held) -> ItemSeen:
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


def _ignored(product: Product, one: _Held, reason: str | None) -> bool:
    """Ignore events, unless something of ours has reached their item since it was looked up.

    Nothing else can have changed what is known of it: its lane is held.
    """
    try:
        with product.database.transaction() as session:
            if outbox.revisions(session, [one.key])[one.key] != one.revision:
                return False
            inbox.settle(session, _ids(one), now=product.clock.now(), state="ignored", reason=reason)
            lanes.finish(session, one.claim, now=lease_time())
    except LaneLostError as error:
        holding.let_go(product, one.claim, one.events, error)
    return True


def _ids(one: _Held) -> list[int]:
    return [event.id for event in one.events]


def _item_key(claim: Claim) -> ItemKey:
    _, account_id, board_id, item_id = claim.key.split(":")
    return ItemKey(account_id, board_id, item_id)
