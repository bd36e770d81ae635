"""Carrying out what is wanted for one board: once each, whatever happens in between.

``drain_board`` is the board's one writer: it commits what it is about to send, sends it
under an idempotency key, and records the answer, each alias for itself. A request without
a recorded answer is repeated as it was while monday.com still remembers its key; after that
each change is looked for first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from random import random
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import Clock, elapsed_time, lease_time
from app.crashpoints import reach
from app.db import Database
from app.ids import new_key
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim
from app.logs import get_logger
from app.monday import batch, retrying
from app.monday.client import BatchAnswer, MondayClient
from app.monday.errors import (
    BudgetSpentError,
    MondayFaultError,
    MondayUncertainError,
    MondayUnreachableError,
)
from app.monday.faults import Fault
from app.monday.retrying import Decision, Step, Work
from app.monday.transport import Upload
from app.outbox import alone, planning
from app.outbox.alone import FileMissingError
from app.outbox.models import Change, Request
from app.outbox.rules import Operation
from app.outbox.service import SettledChange, settled
from app.priority import Priority, set_priority, set_share

#: monday.com answers a repeated key for 30 minutes; five are left for clocks that differ.
KEY_LIFE_SECONDS = 25 * 60

log = get_logger("outbox")


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
        """Which of an item's updates is the one this change posted, if any; replies have a ``parent_id``."""
        ...

    def upload(self, database: Database, change: SettledChange) -> Upload:
        """The content of the file that a change adds.

        Raises:
            FileMissingError: it is not kept here (any more).
        """
        ...

    def known_files(self, session: Session, change: SettledChange) -> Collection[str]:
        """The files where a change adds one of which is known where they come from."""
        ...

    def fetch_again(self, session: Session, change: SettledChange) -> None:
        """The content of a change's file is missing: another change will add it."""
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
    #: How long one board is written before others get their turn.
    slice_seconds: float = SLICE_SECONDS


def drain_board(writer: BoardWriter, held: Claim, board_id: str) -> bool:
    """Carry out everything wanted for one board; return whether the lane was finished.

    When there is no room in the account's budget, when monday.com asks to wait, or when nobody knows
    what became of a request, the lane is snoozed and False comes back.

    Raises:
        LaneLostError: another worker took the lane; nothing of this one's was recorded.
    """
    # However slow everything is, each turn brings one request further.
    stop_at, has_moved = elapsed_time() + writer.slice_seconds, False
    while True:
        with writer.database.transaction() as session:
            if has_moved and elapsed_time() > stop_at:
                # Other boards want their turn in this worker.
                left = planning.urgency(session, held, board_id)
                lanes.snooze(session, held, until=0.0, failed=False, priority=left)
                return False
            lanes.renew(session, held, now=lease_time(), lease_seconds=writer.lease_seconds)
            request = _open_request(session, held.account_id, board_id)
            repeated = request is not None
            if request is None:
                planned = planning.plan(session, held.account_id, board_id)
                if not planned.operations:
                    later = planning.next_moment(session, held.account_id, board_id)
                    if later is None:
                        lanes.finish(session, held, now=lease_time())
                        return True
                    # Whatever people want meanwhile is more urgent, and ends the waiting.
                    lanes.snooze(session, held, until=later, failed=False, priority=Priority.SWEEP)
                    return False
                gather = planning.gather_seconds(session, held, board_id, planned, writer.clock.now())
                if gather > 0:
                    lanes.snooze(
                        session, held, until=lease_time() + gather, failed=False, priority=planned.priority
                    )
                    return False
                request = planning.begin(session, held.account_id, board_id, planned.operations)
            priority = planning.priority_of(session, request)
        is_old = lease_time() - request.first_sent > KEY_LIFE_SECONDS
        if is_old and not alone.goes_alone(_operations(request)):
            _look_for_effects(writer, held, request)
        elif not _send(writer, held, request, priority, repeated=repeated):
            return False
        has_moved = True


def _open_request(session: Session, account_id: str, board_id: str) -> Request | None:
    return session.execute(
        select(Request)
        .where(Request.account_id == account_id, Request.board_id == board_id)
        .order_by(Request.first_sent, Request.key)
        .limit(1)
    ).scalar_one_or_none()


def _operations(request: Request) -> list[Operation]:
    return [
        Operation(o["alias"], o["document"], o["variables"], tuple(o["change_ids"]), o["item_id"])
        for o in request.operations
    ]


def _send(writer: BoardWriter, held: Claim, request: Request, priority: Priority, *, repeated: bool) -> bool:
    """Send a request and record its answer; False when the lane was snoozed instead."""
    operations = _operations(request)
    reach("outbox.before_call")
    client = writer.client.at(priority)
    try:
        if alone.goes_alone(operations):
            answer = _call_alone(writer, client, held, operations[0], repeated=repeated)
        else:
            answer = client.execute_batch(
                [batch.Operation(o.alias, o.document, o.variables) for o in operations],
                idempotency_key=request.key,
            )
    except FileMissingError:
        _fetch_again(writer, held, request)
        return True
    except (MondayUnreachableError, MondayUncertainError, MondayFaultError) as error:
        decision = _decide(writer, held, operations, error, repeated=repeated)
        return _turned_away(writer, held, request, priority, error, decision)
    reach("outbox.after_call")
    with writer.database.transaction() as session:
        set_priority(session, priority)
        lanes.confirm_held(session, held)
        decisions = [_record(writer, session, operation, answer) for operation in operations]
        unclear = [
            operation
            for operation, decision in zip(operations, decisions, strict=True)
            if decision is not None and decision.step is Step.LOOK_FIRST
        ]
        _close(session, request, unclear)
        reach("outbox.before_commit")
    reach("outbox.committed")
    return True


def _call_alone(
    writer: BoardWriter, client: MondayClient, held: Claim, operation: Operation, *, repeated: bool
) -> BatchAnswer:
    """Carry out what goes by itself; a file that may have been sent before is looked for first."""
    with writer.database.reading() as session:
        [row] = _changes(session, operation)
        change, attempts = settled(row), row.attempts
        known = writer.hooks.known_files(session, change)
    if change.kind == "remove_file":
        alone.take_out(client, operation, change.content["asset_id"])
        return BatchAnswer({operation.alias: {"id": change.content["asset_id"]}}, {}, replayed=False)
    asset_id = alone.find_file(client, operation, change, known) if repeated or attempts else None
    if asset_id is None:
        upload = writer.hooks.upload(writer.database, change)
        with writer.database.transaction() as session:
            lanes.renew(session, held, now=lease_time(), lease_seconds=writer.lease_seconds)
        asset_id = alone.add_file(client, operation, upload)
    return BatchAnswer({operation.alias: {"id": asset_id}}, {}, replayed=False)


def _decide(
    writer: BoardWriter, held: Claim, operations: Sequence[Operation], error: Exception, *, repeated: bool
) -> Decision:
    """What to do about a request that failed whole."""
    failure = retrying.failure_of(error, now=lease_time())
    if alone.goes_alone(operations):
        decision = retrying.decide(failure, Work.ALONE, _attempts(writer, operations[0]), _roll())
        # That it was sent before is told by its request.
        is_kept = repeated and decision.step in (Step.RETRY, Step.RENEW)
        return replace(decision, keeps_request=is_kept or decision.keeps_request)
    work = Work.REPETITION if repeated else Work.REQUEST
    return retrying.decide(failure, work, held.attempts, _roll())


def _attempts(writer: BoardWriter, operation: Operation) -> int:
    with writer.database.reading() as session:
        query = select(func.max(Change.attempts)).where(Change.id.in_(operation.change_ids))
        return session.execute(query).scalar_one() or 0


def _fetch_again(writer: BoardWriter, held: Claim, request: Request) -> None:
    with writer.database.transaction() as session:
        lanes.confirm_held(session, held)
        for operation in _operations(request):
            for change in _changes(session, operation):
                change.state, change.settled_at = "dropped", writer.clock.now()
                change.reason = "its file is fetched again"
                writer.hooks.fetch_again(session, settled(change))
        _close(session, request, [])


def _record(
    writer: BoardWriter, session: Session, operation: Operation, answer: BatchAnswer
) -> Decision | None:
    """Record what became of one alias; what is to be done about it, where it did not take effect."""
    now = writer.clock.now()
    data, fault = answer.results.get(operation.alias), answer.faults.get(operation.alias)
    if fault is None and data is not None:
        _confirm(writer.hooks, session, operation, str(data["id"]), now)
        return None
    work = Work.CREATION if operation.document in ("create_item", "create_update") else Work.SETTING
    attempts = max(change.attempts for change in _changes(session, operation))
    decision = retrying.decide(retrying.failure_of_fault(fault), work, attempts, _roll())
    if decision.step is Step.PARK and fault is not None:
        _refuse(writer.hooks, session, operation, fault, now)
    elif decision.step is Step.PUT_OFF:
        reason = fault.message if fault else "monday.com gave no result."
        _want_again(session, operation, reason, seconds=decision.seconds)
    return decision


def _close(session: Session, request: Request, unclear: Sequence[Operation]) -> None:
    """End a request; what is unclear stays open, to be looked for before it is repeated."""
    planning.bump(session, request)
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
        planning.bump(session, rest)


def _confirm(hooks: Hooks, session: Session, operation: Operation, result_id: str, now: datetime) -> None:
    for change in _changes(session, operation):
        set_share(session, change.share)
        change.state, change.reason, change.settled_at = "done", None, now
        if change.kind == "create_item":
            session.execute(update(Change).where(Change.after_id == change.id).values(item_id=result_id))
        hooks.confirmed(session, settled(change), result_id, now)
        if change.kind == "create_item":
            # Who wanted something of the item meanwhile, and waited for this, reads its id here.
            change.item_id = result_id


def _refuse(hooks: Hooks, session: Session, operation: Operation, fault: Fault, now: datetime) -> None:
    changes = _changes(session, operation)
    if len(changes) > 1:
        # One of them is at fault; alone, each gets its own answer.
        for change in changes:
            change.state, change.alone = "wanted", True
        return
    for change in changes:
        set_share(session, change.share)
        change.state, change.settled_at = "parked", now
        change.reason = hooks.refused(session, settled(change), fault, now)
        log.warning("change_parked", change_id=change.id, kind=change.kind, code=fault.code)


def _want_again(session: Session, operation: Operation, reason: str, *, seconds: float = 0.0) -> None:
    """Want again what an operation was to carry out; put off for so long, its neighbours go on."""
    for change in _changes(session, operation):
        change.state, change.reason, change.attempts = "wanted", reason, change.attempts + 1
        change.not_before = lease_time() + seconds if seconds else 0.0


def _turned_away(
    writer: BoardWriter,
    held: Claim,
    request: Request,
    priority: Priority,
    error: MondayUnreachableError | MondayUncertainError | MondayFaultError,
    decision: Decision,
) -> bool:
    """The request failed as a whole: do what was decided; False when the lane was snoozed."""
    if decision.step is Step.LOOK_FIRST:
        _look_for_effects(writer, held, request)
        return True
    if decision.step is Step.PARK and isinstance(error, MondayFaultError):
        return _split(writer, held, request, error.fault)
    if decision.step in (Step.PARK, Step.PUT_OFF):
        _set_aside(writer, held, request, error.message, decision)
        return True
    with writer.database.transaction() as session:
        lanes.confirm_held(session, held)
        if not decision.keeps_request:
            operations = _operations(request)
            if isinstance(error, BudgetSpentError):
                planning.mark(session, operations, "wanted")
            else:
                for operation in operations:
                    _want_again(session, operation, error.message)
            _close(session, request, [])
        if decision.step is Step.RETRY:
            until = lease_time() + decision.seconds
            # What is wanted meanwhile, and is more urgent, ends a wait for room, but none that we were told.
            left = None if decision.counts else priority
            lanes.snooze(session, held, until=until, failed=decision.counts, priority=left)
    if decision.step is not Step.RETRY:
        raise error
    if decision.counts:
        log.warning("board_waits", lane=held.key, reason=error.message, seconds=decision.seconds)
    return False


def _set_aside(writer: BoardWriter, held: Claim, request: Request, reason: str, decision: Decision) -> None:
    """Nobody knows what became of what goes by itself: put it off, or park it after many tries."""
    with writer.database.transaction() as session:
        lanes.confirm_held(session, held)
        for operation in _operations(request):
            _want_again(session, operation, reason, seconds=decision.seconds)
            for change in _changes(session, operation) if decision.step is Step.PARK else ():
                change.state, change.settled_at = "parked", writer.clock.now()
                change.reason = f"monday.com did not take it {change.attempts} times. {reason}"
        _close(session, request, [])


def _split(writer: BoardWriter, held: Claim, request: Request, fault: Fault) -> bool:
    """A request that monday.com refuses: send its changes alone, park one that it refuses alone."""
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
        changes = [settled(change) for change in _changes(session, operation)]
        witnesses = _witnesses(session, request, writer.sync_column_id)
    if operation.document == "create_item":
        sync_id = changes[0].content["values"][writer.sync_column_id]
        return _find_item(writer, request.board_id, sync_id, witnesses)
    if operation.document == "create_update":
        items = writer.client.execute(
            "read_items", {"ids": [operation.item_id], "columns": [], "with_updates": True}
        )["items"]
        threads = [top for item in items for top in item["updates"]]
        replies = [{**one, "parent_id": top["id"]} for top in threads for one in top["replies"] or ()]
        updates = [*threads, *replies]
        with writer.database.reading() as session:
            return _Effect(writer.hooks.recognise(session, changes[0], updates), certain=bool(items))
    if operation.document == "create_notification":
        # Nobody can look for it, and a warning of half an hour ago helps nobody.
        return _Effect("", certain=True)
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
        session.execute(
            select(Change).where(Change.id.in_(operation.change_ids)).order_by(Change.id).with_for_update()
        )
        .scalars()
        .all()
    )


def _roll() -> float:
    return random()  # noqa: S311 - it spreads load and guards nothing
