"""Which of a board's wanted changes the next request carries out, and when; written down, not yet sent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.ids import new_key
from app.lanes import service as lanes
from app.lanes.service import Claim
from app.outbox.models import Change, Request
from app.outbox.rules import MUTATIONS_PER_REQUEST, Operation, WantedChange, in_turns, plan_request
from app.priority import Priority

#: How many wanted changes are looked at for one request.
PLANNING_WINDOW = 500
#: The longest that a request which is not full waits for what is about to be wanted, and when it is looked
#: for the first time whether it is.
GATHER_SECONDS, GATHER_STEP_SECONDS = 10.0, 1.0

_BUMP = text(
    """
    INSERT INTO written_items (account_id, board_id, item_id, revision, written_at)
    VALUES (:account_id, :board_id, :item_id, :first, :now)
    ON CONFLICT (account_id, board_id, item_id) DO UPDATE SET
        revision = written_items.revision + 1, written_at = excluded.written_at
    """
)
#: The start of 2026: revisions that begin at the seconds since then fit into 32 bits until 2060.
_REVISIONS_SINCE = 1_767_225_600

_WANTED_HERE = "account_id = :account_id AND board_id = :board_id AND state = 'wanted'"
_NEXT_PRIORITY = text(
    f"SELECT MIN(priority) FROM changes WHERE {_WANTED_HERE} AND priority > :priority"  # noqa: S608 - our own
)
_NEXT_READY = f"""
    SELECT id FROM changes
    WHERE {_WANTED_HERE} AND priority = :priority AND share = before.share AND id > before.id
      AND (item_id IS NOT NULL OR kind = 'create_item') AND not_before <= :now
    ORDER BY id LIMIT 1
"""  # noqa: S608 - our own
_NEXT_SHARE = f"SELECT share FROM changes WHERE {_WANTED_HERE} AND priority = :priority"  # noqa: S608 - our own
# Whose changes wait at a priority, found from one to the next by the board's index, however many each has.
_SHARES = f"""
    WITH RECURSIVE shares(share) AS (
        SELECT * FROM ({_NEXT_SHARE} ORDER BY share LIMIT 1) AS first
        UNION ALL
        SELECT ({_NEXT_SHARE} AND share > before.share ORDER BY share LIMIT 1)
        FROM shares AS before WHERE before.share IS NOT NULL
    )
"""  # noqa: S608 - our own
_COUNT_SHARES = text(f"{_SHARES} SELECT COUNT(share) FROM shares")  # noqa: S608 - our own
# The first so many changes of each share at a priority, found one after the other in the same index.
_WALK = text(
    f"""
    {_SHARES}, walk(share, id, turn) AS (
        SELECT before.share, ({_NEXT_READY}), 1
        FROM (SELECT share, 0 AS id FROM shares WHERE share IS NOT NULL) AS before
        UNION ALL
        SELECT before.share, ({_NEXT_READY}), before.turn + 1
        FROM walk AS before WHERE before.id IS NOT NULL AND before.turn < :turns
    )
    SELECT id, turn FROM walk WHERE id IS NOT NULL
    """  # noqa: S608 - our own
)


def _ready(account_id: str, board_id: str) -> tuple[ColumnElement[bool], ...]:
    """What of a board's changes could be sent now."""
    return (
        Change.account_id == account_id,
        Change.board_id == board_id,
        Change.state == "wanted",
        or_(Change.item_id.is_not(None), Change.kind == "create_item"),
        Change.not_before <= lease_time(),
    )


def next_moment(session: Session, account_id: str, board_id: str) -> float | None:
    """When the first of a board's changes that were put off may be tried again; None when there is none."""
    query = select(func.min(Change.not_before)).where(
        Change.account_id == account_id,
        Change.board_id == board_id,
        Change.state == "wanted",
        Change.not_before > lease_time(),
    )
    return session.execute(query).scalar_one_or_none()


def urgency(session: Session, held: Claim, board_id: str) -> Priority:
    """The most urgent of what a board still has to get."""
    query = select(func.min(Change.priority)).where(*_ready(held.account_id, board_id))
    found = session.execute(query).scalar_one_or_none()
    return held.priority if found is None else Priority(found)


def priority_of(session: Session, request: Request) -> Priority:
    """The most urgent of what a request carries out."""
    ids = [change_id for operation in request.operations for change_id in operation["change_ids"]]
    return Priority(session.execute(select(func.min(Change.priority)).where(Change.id.in_(ids))).scalar_one())


@dataclass(frozen=True)
class Planned:
    """What the next request would carry out."""

    operations: Sequence[Operation]
    #: The most urgent of it, and since when the oldest has been wanted.
    priority: Priority
    oldest: datetime | None


def gather_seconds(session: Session, held: Claim, board_id: str, planned: Planned, now: datetime) -> float:
    """How long a request that is not full waits, because more for its board is about to be wanted.

    So much is known where items of the customer still wait to be looked at, as after an outage or when
    somebody changes a hundred tickets at once. What is wanted by itself never waits.
    """
    missing = MUTATIONS_PER_REQUEST - len(planned.operations)
    if missing <= 0 or planned.oldest is None:
        return 0.0
    age = (now - planned.oldest).total_seconds()
    if age >= GATHER_SECONDS:
        return 0.0
    share = f"{held.account_id}:{board_id}"
    coming = lanes.count_coming(session, share, now=lease_time(), limit=missing)
    # Each look costs a turn of the board's lane: the longer it has waited, the rarer they are.
    step = max(GATHER_STEP_SECONDS, age)
    return min(GATHER_SECONDS - age, step) if coming == missing else 0.0


def plan(session: Session, account_id: str, board_id: str) -> Planned:
    """What the next request for a board would carry out; nothing is written."""
    query = select(Change.id).where(*_ready(account_id, board_id)).limit(PLANNING_WINDOW + 1)
    ids = set(session.execute(query).scalars())
    if len(ids) > PLANNING_WINDOW:
        ids = _first_of_each(session, account_id, board_id)
    # In a list that is empty the database need not look.
    found = session.execute(select(Change).where(Change.id.in_(ids))).scalars() if ids else ()
    rows = in_turns(found)[:PLANNING_WINDOW]
    wanted = [
        WantedChange(row.id, row.kind, row.item_id, row.column_id, row.content, row.alone) for row in rows
    ]
    return Planned(
        operations=plan_request(board_id, wanted),
        priority=Priority(min((row.priority for row in rows), default=Priority.LIVE)),
        oldest=min((row.wanted_at for row in rows), default=None),
    )


def _first_of_each(session: Session, account_id: str, board_id: str) -> set[int]:
    """The first changes of each customer, the most urgent ones', as many as are looked at and some more.

    Where very many wait for a board it takes as long as it takes to find these, not to rank them all.
    """
    found: set[int] = set()
    at = {"account_id": account_id, "board_id": board_id, "priority": -1, "now": lease_time()}
    while (missing := PLANNING_WINDOW - len(found)) > 0:
        priority = session.execute(_NEXT_PRIORITY, at).scalar_one()
        if priority is None:
            break
        at["priority"] = priority
        turns = ceil(missing / session.execute(_COUNT_SHARES, at).scalar_one())
        while True:
            rows = session.execute(_WALK, {**at, "turns": turns}).all()
            if len(rows) >= missing or all(row.turn < turns for row in rows):
                break
            # Some have less to do than their part; the others get what is left of it.
            turns *= 4
        found.update(row.id for row in rows)
    return found


def begin(session: Session, account_id: str, board_id: str, operations: Sequence[Operation]) -> Request:
    """Write down a request that is about to be sent."""
    request = Request(
        key=new_key(),
        account_id=account_id,
        board_id=board_id,
        operations=[asdict(operation) for operation in operations],
        first_sent=lease_time(),
    )
    session.add(request)
    mark(session, operations, "sent")
    bump(session, request)
    return request


def mark(session: Session, operations: Sequence[Operation], state: str) -> None:
    """Set the state of all changes that some operations carry out."""
    ids = [change_id for operation in operations for change_id in operation.change_ids]
    session.execute(update(Change).where(Change.id.in_(ids)).values(state=state))


def bump(session: Session, request: Request) -> None:
    """Count one step of the pen for each item that a request writes: it is under way, or at rest again."""
    items = sorted({o["item_id"] for o in request.operations if o["item_id"] is not None})
    now = lease_time()
    here = {"account_id": request.account_id, "board_id": request.board_id, "now": now}
    # Odd, and more than the item had before it was forgotten: nothing is written every second for days.
    first = 2 * max(int(now) - _REVISIONS_SINCE, 0) + 1
    rows = [{**here, "item_id": item, "first": first} for item in items]
    if rows:
        session.connection().execute(_BUMP, rows)
