"""Items of held lanes: what waits is looked up, what need not be read passed over, the rest read at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
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
from app.errors import SupportError
from app.factory import Product
from app.files import service as files
from app.ids import ItemKey
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim, LaneLostError
from app.mirror import reading
from app.mirror.seen import ItemSeen
from app.monday.errors import BudgetSpentError
from app.outbox import service as outbox
from app.priority import Priority
from workers import holding

#: How long an item that is under our own pen is left alone before it is looked at again.
PEN_SECONDS = 0.15
#: So many items are read at once at the least, however long that takes: a call has its price.
LEAST_AT_ONCE = 15


@dataclass(frozen=True)
class Held:
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
        """How urgent it is."""
        return self.claim.priority


@dataclass(frozen=True)
class Read:
    """An item of a held lane as monday.com showed it, and the boards as they were then."""

    held: Held
    #: None where it was not shown.
    item: ItemSeen | None
    boards: Mapping[str, BoardMap]
    #: Before monday.com was asked.
    read_at: datetime


@dataclass
class Pace:
    """How long monday.com takes to show an item, lately; read and written by this process's jobs in turn."""

    seconds_each: float = 0.0

    def items_at_once(self) -> int:
        """How many items to read in one call: what comes within a slice of time."""
        fit = int(SLICE_SECONDS / max(self.seconds_each, 1e-4))
        return max(LEAST_AT_ONCE, min(reading.ITEMS_PER_READ, fit))

    def learn(self, count: int, seconds: float) -> None:
        """So many items took so long."""
        self.seconds_each += 0.5 * (seconds / count - self.seconds_each)


#: This process's.
pace = Pace()


def look_up(product: Product, claims: Sequence[Claim]) -> list[Held]:
    """What waits in lanes that are held, those of boards that are left alone excepted."""
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
) -> Held:
    key = _item_key(claim)
    board = known.get(key.board_id)
    is_echo = board is not None and dispatch.says_nothing_new(session, key, board, events)
    return Held(claim, key, events, revisions[key], board.key if board else None, is_echo=is_echo)


def _boards(session: Session, account_id: str, board_ids: Collection[str]) -> dict[str, BoardMap]:
    maps = {board_id: boards.board_map(session, account_id, board_id) for board_id in board_ids}
    return {board_id: board for board_id, board in maps.items() if board is not None}


def read_all(product: Product, account_id: str, held: Sequence[Held]) -> list[Read]:
    """Read the items of held lanes; what need not, or can't, be read is let go."""
    at_rest: list[Held] = []
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


def _pass_over(product: Product, held: Sequence[Held]) -> list[Held]:
    """Ignore events of which nothing can follow; the items that have to be read come back."""
    rest: list[Held] = []
    ignored: dict[str | None, list[Held]] = {}
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


def _reading_failed(
    product: Product, account_id: str, held: Sequence[Held], error: SupportError
) -> list[Read]:
    """One unreadable item must not hold back the others: read them one by one."""
    if error.permanent and len(held) > 1:
        return [found for one in held for found in read_all(product, account_id, [one])]
    for one in held:
        holding.let_go(product, one.claim, one.events, error)
    return []


def _read(product: Product, account_id: str, held: Sequence[Held]) -> list[Read]:
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
    pace.learn(len(held), elapsed_time() - began)
    seen |= _with_files_of_updates(product, seen, partial(reading.read_files_of_updates, client))
    return [Read(one, seen.get(one.key.item_id), known, read_at) for one in held]


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


def _ignore(product: Product, held: Sequence[Held], reason: str | None) -> list[Held]:
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
            ids = [event_id for one in same for event_id in event_ids(one)]
            inbox.settle(session, ids, now=product.clock.now(), state="ignored", reason=reason)
            for one in same:
                lanes.finish(session, one.claim, now=lease_time())
    except LaneLostError as error:
        if len(held) > 1:
            return [left for one in held for left in _ignore(product, [one], reason)]
        holding.let_go(product, held[0].claim, held[0].events, error)
        return []
    return [one for one in held if revisions[one.key] != one.revision]


def event_ids(one: Held) -> list[int]:
    """The ids of its events."""
    return [event.id for event in one.events]


def _item_key(claim: Claim) -> ItemKey:
    _, account_id, board_id, item_id = claim.key.split(":")
    return ItemKey(account_id, board_id, item_id)
