"""Which of a board's wanted changes the next request carries out, and when; written down, not yet sent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.ids import new_key
from app.lanes import service as lanes
from app.lanes.service import Claim
from app.outbox.models import Change, Request
from app.outbox.rules import MUTATIONS_PER_REQUEST, Operation, WantedChange, plan_request
from app.priority import Priority

#: How many wanted changes are looked at for one request.
PLANNING_WINDOW = 500
#: The longest that a request which is not full waits for what is about to be wanted, and when it is looked
#: for the first time whether it is.
GATHER_SECONDS, GATHER_STEP_SECONDS = 10.0, 1.0

_BUMP = text(
    """
    INSERT INTO written_items (account_id, board_id, item_id, revision)
    VALUES (:account_id, :board_id, :item_id, 1)
    ON CONFLICT (account_id, board_id, item_id) DO UPDATE SET revision = written_items.revision + 1
    """
)


def _ready(account_id: str, board_id: str) -> tuple[ColumnElement[bool], ...]:
    """What of a board's changes could be sent now."""
    return (
        Change.account_id == account_id,
        Change.board_id == board_id,
        Change.state == "wanted",
        or_(Change.item_id.is_not(None), Change.kind == "create_item"),
    )


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
    # The first change of each customer, then the second of each, and so on.
    turn = func.row_number().over(partition_by=(Change.priority, Change.share), order_by=Change.id)
    ready = select(Change.id, turn.label("turn")).where(*_ready(account_id, board_id)).subquery()
    query = select(Change).join(ready, ready.c.id == Change.id)
    order = (Change.priority, ready.c.turn, Change.id)
    rows = session.execute(query.order_by(*order).limit(PLANNING_WINDOW)).scalars().all()
    wanted = [
        WantedChange(row.id, row.kind, row.item_id, row.column_id, row.content, row.alone) for row in rows
    ]
    return Planned(
        operations=plan_request(board_id, wanted),
        priority=Priority(min((row.priority for row in rows), default=Priority.LIVE)),
        oldest=min((row.wanted_at for row in rows), default=None),
    )


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
    rows = [
        {"account_id": request.account_id, "board_id": request.board_id, "item_id": item} for item in items
    ]
    if rows:
        session.connection().execute(_BUMP, rows)
