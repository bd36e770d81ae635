"""Items: read many in one request, handle each in its own transaction.

A slice of time is too short for all that one request can read. What was read and is still to be handled
is put by, its lanes held for some seconds more, so that this process goes on with it in its next slice; is
it too late, or something new there, the item is read again. That an item was read some time ago does no
harm: whatever happens to it asks for its lane, and what we write ourselves counts its revision up.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from app import dispatch
from app.accounts import service as accounts
from app.boards import service as boards
from app.boards.service import BoardMap
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.db import Database
from app.dispatch import ItemWork
from app.errors import ParkedError, SupportError
from app.factory import Product
from app.files import service as files
from app.ids import ItemKey
from app.inbox import filing
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Bell, Claim, LaneLostError
from app.links import service as links
from app.logs import get_logger
from app.mirror import guard, reading, tombstones
from app.mirror import service as mirror
from app.mirror.guard import LinkHeldError
from app.mirror.seen import ItemSeen, absent_item
from app.monday.errors import BudgetSpentError, MondayFaultError
from app.outbox import service as outbox
from app.priority import Priority, set_priority, set_share
from workers import holding

#: How long an item that is under our own pen is left alone before it is looked at again.
PEN_SECONDS = 0.15
#: How often other workers are told of what follows, while items are handled.
RING_SECONDS = 0.2
#: So many items are read at once at the least, however long that takes: a call has its price.
LEAST_AT_ONCE = 15
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

    @property
    def priority(self) -> Priority:
        return self.claim.priority


@dataclass(frozen=True)
class _Read:
    """An item of a held lane as monday.com showed it, and the boards as they were then."""

    held: _Held
    #: None where it was not shown.
    item: ItemSeen | None
    boards: Mapping[str, BoardMap]
    #: Before monday.com was asked.
    read_at: datetime


@dataclass
class _Pace:
    """How long monday.com takes to show an item, lately; read and written by this process's jobs in turn."""

    seconds_each: float = 0.0

    def items_at_once(self) -> int:
        """How many items to read in one call: what comes within a slice of time."""
        fit = int(SLICE_SECONDS / max(self.seconds_each, 1e-4))
        return max(LEAST_AT_ONCE, min(reading.ITEMS_PER_READ, fit))

    def learn(self, count: int, seconds: float) -> None:
        """So many items took so long."""
        self.seconds_each += 0.5 * (seconds / count - self.seconds_each)


_pace = _Pace()
#: What this process has put by, by the database in which its lanes stand and by account.
_put_by: WeakKeyDictionary[Database, dict[str, list[_Read]]] = WeakKeyDictionary()


def answer(product: Product, account_id: str) -> None:
    """Handle an account's waiting items for a slice of time; longer only while no bell waits for a worker."""
    stop_at = elapsed_time() + SLICE_SECONDS
    ready = _take_up(product, account_id)
    while True:
        claims = _claim(product, account_id, ready)
        if not claims and not ready:
            return
        ready = _work(product, account_id, _look_up(product, claims), ready, stop_at)
        reach("inbox.committed")
        holding.ring_what_waits(product)
        if elapsed_time() >= stop_at:
            if not product.doorbell.is_silent():
                break
            stop_at = elapsed_time() + SLICE_SECONDS
    if ready:
        _put_away(product, account_id, ready)


def _work(
    product: Product, account_id: str, held: Sequence[_Held], ready: Sequence[_Read], stop_at: float
) -> list[_Read]:
    """Read what is held, and handle it with what was ready before; what there was no time for comes back."""
    left, has_moved = list(ready), False
    # What is less urgent is read by itself: it may have to wait for the budget.
    for priority in sorted({one.priority for one in held} | {one.held.priority for one in ready}):
        some = [one for one in held if one.priority is priority]
        if has_moved and elapsed_time() >= stop_at:
            _let_go(product, [one.claim for one in some])
        else:
            left += _read_all(product, account_id, some)
            left = _handle_in_turn(product, left, stop_at)
            has_moved = True
    return left


def _claim(product: Product, account_id: str, ready: Sequence[_Read]) -> Sequence[Claim]:
    """Hold lanes beside those of which the items are read: of those who have nothing among these."""
    room = min(_pace.items_at_once(), reading.ITEMS_PER_READ - len(ready))
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


def _take_up(product: Product, account_id: str) -> list[_Read]:
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


def _put_away(product: Product, account_id: str, ready: Sequence[_Read]) -> None:
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


def _look_up(product: Product, claims: Sequence[Claim]) -> list[_Held]:
    if not claims:
        return []
    account_id = claims[0].account_id
    keys = {claim.key: _item_key(claim) for claim in claims}
    with product.database.reading() as session:
        events = inbox.pending(session, keys)
        revisions = outbox.revisions(session, list(keys.values()))
        paused = boards.held_boards(session, account_id)
        known = _boards(session, account_id, {key.board_id for key in keys.values()})
        held = [_look_up_one(session, claim, known, events.get(claim.key, ()), revisions) for claim in claims]
    for one in held:
        if one.key.board_id in paused:
            # Following the board again wakes its account's lanes.
            holding.nap(product, one.claim, holding.PAUSED_SECONDS)
    return [one for one in held if one.key.board_id not in paused]


def _look_up_one(
    session: Session,
    claim: Claim,
    known: Mapping[str, BoardMap],
    events: Sequence[StoredEvent],
    revisions: Mapping[ItemKey, int],
) -> _Held:
    key = _item_key(claim)
    board = known.get(key.board_id)
    is_echo = board is not None and dispatch.says_nothing_new(session, key, board, events)
    return _Held(claim, key, events, revisions[key], board.key if board else None, is_echo=is_echo)


def _boards(session: Session, account_id: str, board_ids: Collection[str]) -> dict[str, BoardMap]:
    maps = {board_id: boards.board_map(session, account_id, board_id) for board_id in board_ids}
    return {board_id: board for board_id, board in maps.items() if board is not None}


def _read_all(product: Product, account_id: str, held: Sequence[_Held]) -> list[_Read]:
    """Read the items of held lanes; what need not, or can't, be read is let go."""
    at_rest: list[_Held] = []
    for one in held:
        if one.revision % 2:
            holding.wait_for_pen(product, one.claim, PEN_SECONDS)
        else:
            at_rest.append(one)
    to_read = _pass_over(product, at_rest)
    if not to_read:
        return []
    try:
        found = _read(product, account_id, to_read)
    except BudgetSpentError as error:
        holding.wait_for_budget(product, [one.claim for one in to_read], error)
        return []
    except SupportError as error:
        return _reading_failed(product, account_id, to_read, error)
    reach("inbox.read")
    return found


def _handle_in_turn(product: Product, ready: Sequence[_Read], stop_at: float) -> list[_Read]:
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


def _in_turn(ready: Sequence[_Read]) -> list[_Read]:
    """The most urgent first, then the first of each share, the second of each, and so on."""
    places: Counter[tuple[Priority, str]] = Counter()
    ordered = []
    for number, one in enumerate(ready):
        whose = (one.held.priority, one.held.claim.share)
        places[whose] += 1
        ordered.append((one.held.priority, places[whose], number))
    return [ready[number] for *_, number in sorted(ordered)]


def _pass_over(product: Product, held: Sequence[_Held]) -> list[_Held]:
    """Ignore events of which nothing can follow; the items that have to be read come back."""
    rest: list[_Held] = []
    ignored: dict[str | None, list[_Held]] = {}
    for one in held:
        if not dispatch.needs_reading(one.board_key, one.events):
            ignored.setdefault("Subitems are not followed." if one.events else None, []).append(one)
        elif one.is_echo:
            ignored.setdefault(inbox.NOTHING_NEW, []).append(one)
        else:
            rest.append(one)
    for reason, some in ignored.items():
        rest += _ignore(product, some, reason)
    return rest


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


def _reading_failed(
    product: Product, account_id: str, held: Sequence[_Held], error: SupportError
) -> list[_Read]:
    """One unreadable item must not hold back the others: read them one by one."""
    if error.permanent and len(held) > 1:
        return [found for one in held for found in _read_all(product, account_id, [one])]
    for one in held:
        holding.let_go(product, one.claim, one.events, error)
    return []


def _read(product: Product, account_id: str, held: Sequence[_Held]) -> list[_Read]:
    with product.database.reading() as session:
        known = _boards(session, account_id, {one.key.board_id for one in held})
        may_read_files = accounts.may_read_files(session, account_id)
    columns = sorted({column.id for board in known.values() for column in board.columns.values()})
    client = product.client(account_id, min(one.priority for one in held))
    began, read_at = elapsed_time(), product.clock.now()
    seen = reading.read_items(
        client,
        account_id,
        [one.key.item_id for one in held],
        column_ids=columns,
        with_updates=any(dispatch.needs_updates(one.events) for one in held),
        with_files=may_read_files and any(dispatch.needs_files(one.events) for one in held),
        with_subitems=any(dispatch.needs_subitems(one.board_key, one.events) for one in held),
    )
    _pace.learn(len(held), elapsed_time() - began)
    seen |= _with_files_of_updates(product, seen, partial(reading.read_files_of_updates, client))
    return [_Read(one, seen.get(one.key.item_id), known, read_at) for one in held]


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


def _handle(product: Product, read: _Read) -> None:
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
        work = ItemWork(here, board, one.events, partner.account_id, product.file_terms, now, read.read_at)
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


def _ignore(product: Product, held: Sequence[_Held], reason: str | None) -> list[_Held]:
    """Ignore events, unless something of ours has reached their items since they were looked up.

    Nothing else can have changed what is known of them: their lanes are held. Those that have to be read
    after all come back.
    """
    if not held:
        return []
    try:
        with product.database.transaction() as session:
            revisions = outbox.revisions(session, [one.key for one in held])
            same = [one for one in held if revisions[one.key] == one.revision]
            ids = [event_id for one in same for event_id in _ids(one)]
            inbox.settle(session, ids, now=product.clock.now(), state="ignored", reason=reason)
            for one in same:
                lanes.finish(session, one.claim, now=lease_time())
    except LaneLostError as error:
        if len(held) > 1:
            return [left for one in held for left in _ignore(product, [one], reason)]
        holding.let_go(product, held[0].claim, held[0].events, error)
        return []
    return [one for one in held if revisions[one.key] != one.revision]


def _ids(one: _Held) -> list[int]:
    return [event.id for event in one.events]


def _item_key(claim: Claim) -> ItemKey:
    _, account_id, board_id, item_id = claim.key.split(":")
    return ItemKey(account_id, board_id, item_id)
