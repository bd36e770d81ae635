"""Wanting changes, and carrying them out: once each, whatever happens in between.

``want_*`` writes an intent in the caller's transaction. ``drain_board`` is the board's one
writer: it commits what it is about to send, sends it under an idempotency key, and records
the answer, each alias for itself. A request without a recorded answer is repeated as it
was while monday.com still remembers its key; after that each change is looked for first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from app.clock import Clock, elapsed_time, lease_time
from app.crashpoints import reach
from app.db import Database
from app.ids import ItemKey, board_lane, new_key
from app.lanes import service as lanes
from app.lanes.service import Claim, LaneName
from app.logs import get_logger
from app.monday import batch
from app.monday.client import MondayClient
from app.monday.errors import (
    MondayFaultError,
    MondayUncertainError,
    MondayUnreachableError,
)
from app.monday.faults import Fault, FaultKind
from app.outbox.models import Change, Request, WrittenItem
from app.outbox.rules import Operation, WantedChange, plan_request

#: monday.com answers a repeated key for 30 minutes; five are left for clocks that differ.
KEY_LIFE_SECONDS = 25 * 60
#: How many wanted changes are looked at for one request.
PLANNING_WINDOW = 500
LONGEST_WAIT_SECONDS = 3600.0
#: How long one job may write one board before others get their turn.
PATIENCE_SECONDS = 30.0
FIRST_WAIT_SECONDS = 1.0

log = get_logger("outbox")

_BUMP = text(
    """
    INSERT INTO written_items (account_id, board_id, item_id, revision)
    VALUES (:account_id, :board_id, :item_id, 1)
    ON CONFLICT (account_id, board_id, item_id) DO UPDATE SET revision = written_items.revision + 1
    """
)


@dataclass(frozen=True)
class Target:
    """The item a change is for: by its id, or by the change that will create it."""

    account_id: str
    board_id: str
    item_id: str | None = None
    after_id: int | None = None


@dataclass(frozen=True)
class SettledChange:
    """A change that was carried out or refused."""

    id: int
    kind: str
    account_id: str
    board_id: str
    item_id: str | None
    column_id: str | None
    content: Mapping[str, Any]


class Hooks(Protocol):
    """What the subjects do when monday.com has answered; called in the recording transaction."""

    def confirmed(self, session: Session, change: SettledChange, result_id: str, now: datetime) -> None:
        """The change stands on monday.com; ``result_id`` is the item's or update's id."""
        ...

    def refused(self, session: Session, change: SettledChange, fault: Fault, now: datetime) -> str:
        """monday.com will not make the change; return the sentence to park it with."""
        ...

    def recognise(
        self, session: Session, change: SettledChange, updates: Sequence[Mapping[str, Any]]
    ) -> str | None:
        """Which of an item's updates is the one this change posted, if any."""
        ...


@dataclass(frozen=True)
class BoardWriter:
    """What a drain works with."""

    database: Database
    clock: Clock
    client: MondayClient
    hooks: Hooks
    lease_seconds: float
    #: The hidden column that holds each created item's sync id.
    sync_column_id: str = "sync_id"


def want_item(
    session: Session, target: Target, *, group_id: str, name: str, content: Mapping[str, Any], now: datetime
) -> int:
    """Want a new item; return the change's id for those that depend on it.

    ``content`` must have ``values`` (column id → JSON to write), the sync id among them.
    """
    full = {"group_id": group_id, "name": name, **content}
    return _want(session, target, "create_item", full, now)


def want_column(
    session: Session, target: Target, column_id: str, *, content: Mapping[str, Any], now: datetime
) -> int:
    """Want a column's value; an earlier wanted value that was not sent yet is overtaken.

    ``content`` must have ``value`` (JSON to write) and ``expected`` (its canonical form).
    """
    drop_wanted_column(session, target, column_id, now=now)
    return _want(session, target, "set_column", content, now, column_id)


def park_column(
    session: Session,
    target: Target,
    column_id: str,
    *,
    content: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> None:
    """Keep a column's value that can't even be sent, with the reason; ``content`` has no ``value``."""
    drop_wanted_column(session, target, column_id, now=now)
    change_id = _want(session, target, "set_column", content, now, column_id)
    change = session.get_one(Change, change_id)
    change.state, change.reason, change.settled_at = "parked", reason, now


def take_unsendable(
    session: Session, change_ids: Sequence[int] | None, *, now: datetime
) -> Sequence[SettledChange]:
    """Take parked values that could not be sent (all, or the given ones) out, to be wanted anew."""
    query = select(Change).where(Change.state == "parked", Change.kind == "set_column").order_by(Change.id)
    if change_ids is not None:
        query = query.where(Change.id.in_(change_ids))
    changes = [change for change in session.execute(query).scalars() if "value" not in change.content]
    for change in changes:
        change.state, change.reason, change.settled_at = "dropped", "wanted anew", now
    session.flush()
    return [_settled(change) for change in changes]


def drop_wanted_column(session: Session, target: Target, column_id: str, *, now: datetime) -> None:
    """Drop what is wanted (or parked) for a column: a later value has overtaken it."""
    session.execute(
        update(Change)
        .where(*_same_item(target), Change.column_id == column_id, Change.state.in_(("wanted", "parked")))
        .values(state="dropped", reason="overtaken by a later value", settled_at=now)
    )


def want_update(session: Session, target: Target, *, content: Mapping[str, Any], now: datetime) -> int:
    """Want an update posted; ``content`` must have ``body`` (HTML) and may have ``parent_id``."""
    return _want(session, target, "create_update", content, now)


def want_edit(session: Session, target: Target, *, content: Mapping[str, Any], now: datetime) -> int:
    """Want an update's text replaced; ``content`` must have ``update_id`` and ``body``."""
    return _want(session, target, "edit_update", content, now)


def want_deletion(session: Session, target: Target, *, content: Mapping[str, Any], now: datetime) -> int:
    """Want an update of ours removed; ``content`` must have ``update_id``."""
    return _want(session, target, "delete_update", content, now)


def take_back(session: Session, change_id: int, *, now: datetime) -> bool:
    """Drop a change that was not sent yet; False when it is too late."""
    change = session.get_one(Change, change_id, with_for_update=True)
    if change.state not in ("wanted", "parked"):
        return False
    change.state, change.reason, change.settled_at = "dropped", "taken back", now
    return True


def pending_values(session: Session, target: Target) -> dict[str, Mapping[str, Any]]:
    """Column id → content of the newest value still on its way to an item (parked ones included)."""
    rows = session.execute(
        select(Change)
        .where(
            *_same_item(target), Change.kind == "set_column", Change.state.in_(("wanted", "sent", "parked"))
        )
        .order_by(Change.id)
    ).scalars()
    return {row.column_id or "": row.content for row in rows}


def revisions(session: Session, items: Sequence[ItemKey]) -> dict[ItemKey, int]:
    """How often each item was written; odd while a write is under way. Unwritten items are 0."""
    found = dict.fromkeys(items, 0)
    by_board: dict[tuple[str, str], list[str]] = {}
    for item in items:
        by_board.setdefault((item.account_id, item.board_id), []).append(item.item_id)
    for (account_id, board_id), ids in by_board.items():
        rows = session.execute(
            select(WrittenItem.item_id, WrittenItem.revision).where(
                WrittenItem.account_id == account_id,
                WrittenItem.board_id == board_id,
                WrittenItem.item_id.in_(ids),
            )
        )
        found.update({ItemKey(account_id, board_id, row.item_id): row.revision for row in rows})
    return found


def parked(session: Session, *, limit: int = 100) -> Sequence[Change]:
    """Changes that wait for the operator, oldest first."""
    return (
        session.execute(select(Change).where(Change.state == "parked").order_by(Change.id).limit(limit))
        .scalars()
        .all()
    )


def replay(session: Session, change_ids: Sequence[int] | None, *, now: datetime) -> int:
    """Want parked changes (all, or the given ones) again; return how many."""
    query = select(Change).where(Change.state == "parked")
    if change_ids is not None:
        query = query.where(Change.id.in_(change_ids))
    changes = session.execute(query).scalars().all()
    for change in changes:
        change.state, change.reason, change.attempts, change.settled_at = "wanted", None, 0, None
        change.wanted_at = now
        _ask(session, change.account_id, change.board_id)
    return len(changes)


def count_by_state(session: Session) -> dict[str, int]:
    """How many changes are in each state."""
    rows = session.execute(select(Change.state, func.count()).group_by(Change.state))
    return dict(rows.tuples().all())


def drain_board(writer: BoardWriter, held: Claim, board_id: str) -> bool:
    """Carry out everything wanted for one board; return whether the lane was finished.

    When monday.com asks to wait, or nobody knows what became of a request, the lane is
    snoozed and False comes back.

    Raises:
        LaneLostError: another worker took the lane; nothing of this one's was recorded.
    """
    stop_at = elapsed_time() + PATIENCE_SECONDS
    while True:
        with writer.database.transaction() as session:
            if elapsed_time() > stop_at:
                # Other boards want their turn in this worker.
                lanes.snooze(session, held, until=0.0, failed=False)
                return False
            lanes.renew(session, held, now=lease_time(), lease_seconds=writer.lease_seconds)
            request = _open_request(session, held.account_id, board_id)
            repeated = request is not None
            if request is None:
                request = _plan(session, held.account_id, board_id)
            if request is None:
                lanes.finish(session, held, now=lease_time())
                return True
        if lease_time() - request.first_sent > KEY_LIFE_SECONDS:
            _look_for_effects(writer, held, request)
        elif not _send(writer, held, request, repeated=repeated):
            return False


def _want(
    session: Session,
    target: Target,
    kind: str,
    content: Mapping[str, Any],
    now: datetime,
    column_id: str | None = None,
) -> int:
    change = Change(
        account_id=target.account_id,
        board_id=target.board_id,
        item_id=target.item_id,
        after_id=target.after_id if target.item_id is None else None,
        kind=kind,
        column_id=column_id,
        content=dict(content),
        state="wanted",
        alone=False,
        attempts=0,
        wanted_at=now,
    )
    session.add(change)
    session.flush()
    _ask(session, target.account_id, target.board_id)
    return change.id


def _ask(session: Session, account_id: str, board_id: str) -> None:
    lane = LaneName(board_lane(account_id, board_id), account_id, "board")
    lanes.want(session, [lane], now=lease_time())


def _same_item(target: Target) -> tuple[Any, ...]:
    here = (Change.account_id == target.account_id, Change.board_id == target.board_id)
    if target.item_id is not None:
        return (*here, Change.item_id == target.item_id)
    return (*here, Change.item_id.is_(None), Change.after_id == target.after_id)


def _open_request(session: Session, account_id: str, board_id: str) -> Request | None:
    return session.execute(
        select(Request)
        .where(Request.account_id == account_id, Request.board_id == board_id)
        .order_by(Request.first_sent, Request.key)
        .limit(1)
    ).scalar_one_or_none()


def _plan(session: Session, account_id: str, board_id: str) -> Request | None:
    rows = session.execute(
        select(Change)
        .where(
            Change.account_id == account_id,
            Change.board_id == board_id,
            Change.state == "wanted",
            or_(Change.item_id.is_not(None), Change.kind == "create_item"),
        )
        .order_by(Change.id)
        .limit(PLANNING_WINDOW)
    ).scalars()
    wanted = [
        WantedChange(row.id, row.kind, row.item_id, row.column_id, row.content, row.alone) for row in rows
    ]
    operations = plan_request(board_id, wanted)
    if not operations:
        return None
    request = Request(
        key=new_key(),
        account_id=account_id,
        board_id=board_id,
        operations=[asdict(operation) for operation in operations],
        first_sent=lease_time(),
    )
    session.add(request)
    _mark(session, operations, "sent")
    _bump(session, request)
    return request


def _operations(request: Request) -> list[Operation]:
    return [
        Operation(o["alias"], o["document"], o["variables"], tuple(o["change_ids"]), o["item_id"])
        for o in request.operations
    ]


def _mark(session: Session, operations: Sequence[Operation], state: str) -> None:
    ids = [change_id for operation in operations for change_id in operation.change_ids]
    session.execute(update(Change).where(Change.id.in_(ids)).values(state=state))


def _bump(session: Session, request: Request) -> None:
    items = sorted({o["item_id"] for o in request.operations if o["item_id"] is not None})
    rows = [
        {"account_id": request.account_id, "board_id": request.board_id, "item_id": item} for item in items
    ]
    if rows:
        session.connection().execute(_BUMP, rows)


def _send(writer: BoardWriter, held: Claim, request: Request, *, repeated: bool) -> bool:
    """Send a request and record its answer; False when the lane was snoozed instead."""
    operations = _operations(request)
    reach("outbox.before_call")
    try:
        answer = writer.client.execute_batch(
            [batch.Operation(o.alias, o.document, o.variables) for o in operations],
            idempotency_key=request.key,
        )
    except MondayUncertainError as error:
        _wait(writer, held, error.message, _backoff(held.attempts))
        return False
    except (MondayUnreachableError, MondayFaultError) as error:
        return _record_refusal(writer, held, request, error, repeated=repeated)
    reach("outbox.after_call")
    with writer.database.transaction() as session:
        lanes.confirm_held(session, held)
        unclear = [
            _record(
                writer,
                session,
                operation,
                answer.results.get(operation.alias),
                answer.faults.get(operation.alias),
            )
            for operation in operations
        ]
        _close(session, request, [operation for operation in unclear if operation is not None])
        reach("outbox.before_commit")
    reach("outbox.committed")
    return True


def _record(
    writer: BoardWriter,
    session: Session,
    operation: Operation,
    data: Mapping[str, Any] | None,
    fault: Fault | None,
) -> Operation | None:
    """Record one alias; return it when nobody can say whether it took effect."""
    now = writer.clock.now()
    creates = operation.document in ("create_item", "create_update")
    if fault is None and data is not None:
        _confirm(writer.hooks, session, operation, str(data["id"]), now)
        return None
    if creates and (fault is None or fault.kind is FaultKind.SERVER_ERROR):
        return operation
    if fault is not None and fault.permanent:
        _refuse(writer.hooks, session, operation, fault, now)
        return None
    _want_again(session, operation, fault.message if fault else "monday.com gave no result.")
    return None


def _close(session: Session, request: Request, unclear: Sequence[Operation]) -> None:
    """End a request; what is unclear stays open, to be looked for before it is repeated."""
    _bump(session, request)
    session.delete(session.get_one(Request, request.key))
    if unclear:
        rest = Request(
            key=new_key(),
            account_id=request.account_id,
            board_id=request.board_id,
            operations=[asdict(operation) for operation in unclear],
            first_sent=0.0,
        )
        session.add(rest)
        _bump(session, rest)


def _confirm(hooks: Hooks, session: Session, operation: Operation, result_id: str, now: datetime) -> None:
    for change in _changes(session, operation):
        change.state, change.reason, change.settled_at = "done", None, now
        if change.kind == "create_item":
            session.execute(update(Change).where(Change.after_id == change.id).values(item_id=result_id))
        hooks.confirmed(session, _settled(change), result_id, now)


def _refuse(hooks: Hooks, session: Session, operation: Operation, fault: Fault, now: datetime) -> None:
    changes = _changes(session, operation)
    if len(changes) > 1:
        # One of them is at fault; alone, each gets its own answer.
        for change in changes:
            change.state, change.alone = "wanted", True
        return
    for change in changes:
        change.state, change.settled_at = "parked", now
        change.reason = hooks.refused(session, _settled(change), fault, now)
        log.warning("change_parked", change_id=change.id, kind=change.kind, code=fault.code)


def _want_again(session: Session, operation: Operation, reason: str) -> None:
    for change in _changes(session, operation):
        change.state, change.reason, change.attempts = "wanted", reason, change.attempts + 1


def _record_refusal(
    writer: BoardWriter,
    held: Claim,
    request: Request,
    error: MondayUnreachableError | MondayFaultError,
    *,
    repeated: bool,
) -> bool:
    """The whole request was turned away. A first sending then had no effect at all."""
    fault = error.fault if isinstance(error, MondayFaultError) else None
    if fault is not None and fault.kind is FaultKind.SCHEMA and not repeated:
        return _split(writer, held, request, fault)
    if not repeated and not (fault is not None and fault.kind is FaultKind.IN_PROGRESS):
        with writer.database.transaction() as session:
            lanes.confirm_held(session, held)
            for operation in _operations(request):
                _want_again(session, operation, error.message)
            _close(session, request, [])
    if fault is not None and fault.kind is FaultKind.AUTHENTICATION:
        raise error
    wait = fault.retry_in_seconds if fault is not None else None
    _wait(writer, held, error.message, _backoff(held.attempts) if wait is None else wait)
    return False


def _split(writer: BoardWriter, held: Claim, request: Request, fault: Fault) -> bool:
    """A request that monday.com calls invalid: send its changes alone, park one that is so alone."""
    with writer.database.transaction() as session:
        lanes.confirm_held(session, held)
        operations = _operations(request)
        for operation in operations:
            if len(operations) > 1:
                for change in _changes(session, operation):
                    change.state, change.alone = "wanted", True
            else:
                _refuse(writer.hooks, session, operation, fault, writer.clock.now())
        _close(session, request, [])
    return True


def _look_for_effects(writer: BoardWriter, held: Claim, request: Request) -> None:
    """Nobody remembers the request's key: find what it did, and want again what it did not."""
    effects = {o.alias: _find_effect(writer, request, o) for o in _operations(request)}
    with writer.database.transaction() as session:
        lanes.confirm_held(session, held)
        for operation in _operations(request):
            effect = effects[operation.alias]
            if effect.result_id is not None:
                _confirm(writer.hooks, session, operation, effect.result_id, writer.clock.now())
            elif effect.certain:
                _want_again(session, operation, "It was not found on the board, so it is made again.")
            else:
                _park_unclear(session, operation, writer.clock.now())
        _close(session, request, [])


def _find_effect(writer: BoardWriter, request: Request, operation: Operation) -> "_Effect":
    """What an operation made, if anything; values and edits may simply be repeated."""
    with writer.database.reading() as session:
        changes = [_settled(change) for change in _changes(session, operation)]
        witnesses = _witnesses(session, request, writer.sync_column_id)
    if operation.document == "create_item":
        sync_id = changes[0].content["values"][writer.sync_column_id]
        return _find_item(writer, request.board_id, sync_id, witnesses)
    if operation.document == "create_update":
        items = writer.client.execute(
            "read_items", {"ids": [operation.item_id], "columns": [], "with_updates": True}
        )["items"]
        updates = [u for item in items for top in item["updates"] for u in (top, *(top["replies"] or ()))]
        with writer.database.reading() as session:
            return _Effect(writer.hooks.recognise(session, changes[0], updates), certain=bool(items))
    return _Effect(None, certain=True)


@dataclass(frozen=True)
class _Effect:
    """What a look at the board told: what was made, or (for certain, or not) that nothing was."""

    result_id: str | None
    certain: bool


def _find_item(writer: BoardWriter, board_id: str, sync_id: str, witnesses: Sequence[str]) -> _Effect:
    """Search by sync id. An empty page proves nothing unless items known to exist are on it."""
    page = writer.client.execute(
        "find_by_column",
        {
            "board_id": board_id,
            "column_id": writer.sync_column_id,
            "values": [sync_id, *witnesses],
            "limit": 10 + len(witnesses),
        },
    )["items_page_by_column_values"]
    found: dict[str, str] = {}
    for item in sorted(page["items"], key=lambda item: int(item["id"]), reverse=True):
        for column in item["column_values"]:
            found[column["text"] or ""] = str(item["id"])
    trusted = not witnesses or any(witness in found for witness in witnesses)
    return _Effect(found.get(sync_id), certain=trusted)


def _witnesses(session: Session, request: Request, sync_column_id: str) -> list[str]:
    """Sync ids of items that were made on the board before."""
    rows = session.execute(
        select(Change.content)
        .where(
            Change.account_id == request.account_id,
            Change.board_id == request.board_id,
            Change.kind == "create_item",
            Change.state == "done",
        )
        .order_by(Change.id.desc())
        .limit(5)
    ).scalars()
    return [content["values"][sync_column_id] for content in rows]


def _park_unclear(session: Session, operation: Operation, now: datetime) -> None:
    for change in _changes(session, operation):
        change.state, change.settled_at = "parked", now
        change.reason = (
            "Nobody can say whether this was made: monday.com's answer was lost and a search of the "
            "board finds none of our items. Look at the board; replay it only if it is missing there."
        )


def _changes(session: Session, operation: Operation) -> Sequence[Change]:
    return (
        session.execute(select(Change).where(Change.id.in_(operation.change_ids)).order_by(Change.id))
        .scalars()
        .all()
    )


def _settled(change: Change) -> SettledChange:
    return SettledChange(
        change.id,
        change.kind,
        change.account_id,
        change.board_id,
        change.item_id,
        change.column_id,
        change.content,
    )


def _wait(writer: BoardWriter, held: Claim, reason: str, seconds: float) -> None:
    log.warning("board_waits", lane=held.key, reason=reason, seconds=seconds)
    with writer.database.transaction() as session:
        lanes.snooze(session, held, until=lease_time() + seconds, failed=True)


def _backoff(attempts: int) -> float:
    return min(FIRST_WAIT_SECONDS * 2.0**attempts, LONGEST_WAIT_SECONDS)


#: Gives the writer for an account, or raises when the account can't be written to.
FindWriter = Callable[[str], BoardWriter]
