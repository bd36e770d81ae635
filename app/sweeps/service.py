"""Asking for sweeps, and what each page that was listed leads to.

A sweep decides nothing about an item: it asks for every item that differs to be read and
handled like any other event, after everything that people wait for. So an error, a null or
an empty list can't destroy anything. Its progress stands in SQL: whoever dies, the next one
goes on where it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, exists, func, select, text
from sqlalchemy.orm import Session

from app.boards import service as boards
from app.boards import templates
from app.clock import lease_time
from app.ids import ItemKey, stable_key
from app.inbox import service as inbox
from app.inbox.service import NewEvent
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.rules.masses import is_mass
from app.mirror.seen import ItemSeen, Trace
from app.priority import Priority, under
from app.sweeps.models import ItemTrace, SweepListed, SweepRun
from app.sweeps.reading import Page
from app.sweeps.rules import (
    NEVER_SWEPT,
    SETTLED,
    Choice,
    Kind,
    LastSweeps,
    changed_since,
    choose,
    differing,
    is_whole,
    urgency,
)

#: No further page is asked for while so many items of an account wait to be looked at.
MOST_WAITING = 500
#: A cursor lives 60 minutes from its walk's first page; a few are left for the way.
CURSOR_LIFE_SECONDS = 55 * 60
#: A walk that had to be begun anew so often is given up.
MOST_RESTARTS = 5
#: Ended sweeps that tell what is known since when.
_TOLD = ("done", "guarded")

_LIST = text(
    "INSERT INTO sweep_listed (run_id, item_id) VALUES (:run_id, :item_id)"
    " ON CONFLICT (run_id, item_id) DO NOTHING"
)
_NOTE = text(
    """
    INSERT INTO item_traces (account_id, board_id, item_id, trace, updates_at)
    VALUES (:account_id, :board_id, :item_id, :trace, :updates_at)
    ON CONFLICT (account_id, board_id, item_id) DO UPDATE SET
        trace = excluded.trace, updates_at = excluded.updates_at
    """
)


@dataclass(frozen=True)
class Step:
    """What a sweep has to ask monday.com for next."""

    run_id: int
    #: None for the first page.
    cursor: str | None
    #: From which day on changes are asked for; None for all items.
    since: str | None
    #: Whether somebody waits for it, so that it need not be spread over time.
    is_urgent: bool
    #: Whether it also looks for items with subitems: these are read in any case.
    with_subitems: bool = False


def sweep_lane(account_id: str, board_id: str) -> LaneName:
    """The lane in which a board is swept."""
    return LaneName(f"sweep:{account_id}:{board_id}", account_id, "sweep")


def ask_board(
    session: Session, account_id: str, board_id: str, *, kind: Kind, cause: str, now: datetime
) -> None:
    """Ask for a sweep of a board. One that is under way and sees less is dropped; else it begins anew."""
    run = _running(session, account_id, board_id)
    if run is not None and run.kind == "quick" and kind == "full":
        _end(session, run, "dropped", now, "A full sweep was asked for.")
        run = None
    if run is None:
        last_side = session.execute(select(func.max(Side.id))).scalar_one_or_none()
        run = SweepRun(account_id=account_id, board_id=board_id, kind=kind, cause=cause, begun_at=now)
        run.last_side_id = last_side or 0
        session.add(run)
    elif cause == "asked" and run.cause != "first":
        # What changed on the pages that are behind it is wanted too.
        run.cause = cause
        _walk_anew(session, run)
    session.flush()
    with under(session, urgency(run.cause)):
        lanes.want(session, [sweep_lane(account_id, board_id)], now=lease_time())


def ask_account(
    session: Session, account_id: str, *, asked: bool, every: timedelta, full_every: timedelta, now: datetime
) -> None:
    """Ask for the sweeps that an account's boards are due; for full ones of all when somebody ``asked``."""
    held, swept = boards.held_boards(session, account_id), _last_sweeps(session, account_id)
    for board in boards.list_boards(session, account_id):
        if board.board_id in held:
            continue
        last = swept.get(board.board_id, NEVER_SWEPT)
        choice = choose(f"{account_id}:{board.board_id}", last, every=every, full_every=full_every, now=now)
        if asked and choice.cause != "first":
            choice = Choice("full", "asked")
        ask_board(session, account_id, board.board_id, kind=choice.kind, cause=choice.cause, now=now)


def last_sweeps(session: Session, account_id: str, board_id: str) -> LastSweeps:
    """When the board's last sweeps that ended well had begun."""
    return _last_sweeps(session, account_id, SweepRun.board_id == board_id).get(board_id, NEVER_SWEPT)


def _last_sweeps(session: Session, account_id: str, *which: ColumnElement[bool]) -> Mapping[str, LastSweeps]:
    """The same of an account's boards, by id; those never swept are not among them."""
    full = func.max(case((SweepRun.kind == "full", SweepRun.begun_at)))
    rows = session.execute(
        select(SweepRun.board_id, func.max(SweepRun.begun_at).label("any"), full.label("full"))
        .where(SweepRun.account_id == account_id, SweepRun.state.in_(_TOLD), *which)
        .group_by(SweepRun.board_id)
    )
    return {row.board_id: LastSweeps(row.any, row.full) for row in rows}


def next_step(session: Session, account_id: str, board_id: str) -> Step | None:
    """What the sweep that is under way needs next; None when none is."""
    run = _running(session, account_id, board_id)
    if run is None:
        return None
    if run.cursor is None or lease_time() - run.walk_began > CURSOR_LIFE_SECONDS:
        _walk_anew(session, run)
        run.walk_began = lease_time()
    last = last_sweeps(session, account_id, board_id).any
    since = changed_since(last) if run.kind == "quick" and last is not None else None
    board = boards.board_map(session, account_id, board_id)
    shows = board is not None and bool(templates.columns_of_subitems(board.key))
    return Step(
        run.id,
        run.cursor,
        since,
        is_urgent=run.cause != "daily",
        with_subitems=shows and run.kind == "full",
    )


def is_busy(session: Session, account_id: str, priority: Priority) -> bool:
    """Whether enough of an account's items wait to be looked at for the sake of sweeps so urgent."""
    return lanes.count_waiting(session, account_id, "item", priority) >= MOST_WAITING


def take_page(session: Session, step: Step, page: Page, *, now: datetime) -> bool:
    """Ask for what differs on a page; whether it was the last one."""
    run = session.get_one(SweepRun, step.run_id, with_for_update=True)
    run.requests += 1
    if page.count is not None:
        run.expected = page.count
    if run.kind == "full" and page.items:
        session.connection().execute(_LIST, [{"run_id": run.id, "item_id": item} for item in page.items])
    run.items += len(page.items)
    _ask(session, run, _to_read(session, run, page), now)
    run.cursor = page.cursor
    return page.cursor is None


def conclude(session: Session, step: Step, count_now: int | None, *, now: datetime) -> bool:
    """End a sweep whose last page was taken; False when it has to begin anew.

    ``count_now``: monday.com's count of the board's items after the last page; None when the
    count of before is enough.
    """
    run = session.get_one(SweepRun, step.run_id, with_for_update=True)
    if run.kind == "quick":
        _end(session, run, "done", now)
        if _lost_items(session, run):
            ask_board(session, run.account_id, run.board_id, kind="full", cause="count", now=now)
        return True
    run.items = _listed(session, run)
    counts = [count for count in (run.expected, count_now) if count is not None]
    if not is_whole(run.items, counts):
        if not begin_anew(session, step, now=now):
            return False
        run.note = (
            f"monday.com counts {min(counts)} items and listed {run.items}; nothing follows for the others."
        )
        return True
    _take_missing(session, run, now)
    return True


def count_is_due(session: Session, step: Step) -> bool:
    """Whether a full sweep listed fewer items than monday.com counted before."""
    run = session.get_one(SweepRun, step.run_id)
    return run.kind == "full" and run.expected is not None and _listed(session, run) < run.expected


def begin_anew(session: Session, step: Step, *, now: datetime) -> bool:
    """Begin a walk anew: its cursor is gone, or its list was not whole. True when it was given up instead."""
    run = session.get_one(SweepRun, step.run_id, with_for_update=True)
    if run.restarts >= MOST_RESTARTS:
        _end(session, run, "failed", now, "monday.com did not list the board as a whole.")
        return True
    run.restarts += 1
    _walk_anew(session, run)
    return False


def fail(session: Session, step: Step, reason: str, *, now: datetime) -> None:
    """End a sweep that can't be carried out, with a sentence for the operator."""
    _end(session, session.get_one(SweepRun, step.run_id, with_for_update=True), "failed", now, reason)


def go_on(session: Session, run_id: int, *, now: datetime) -> int:
    """An operator has looked: read what a guarded sweep found missing after all; return how many items."""
    run = session.get(SweepRun, run_id, with_for_update=True)
    if run is None or run.state != "guarded":
        return 0
    missing = _missing(session, run)
    _ask(session, run, dict.fromkeys(missing), now, is_meant=True)
    _end(session, run, "done", now, f"An operator let it go on with {len(missing)} missing items.")
    return len(missing)


def note_trace(session: Session, item: ItemSeen, *, read_at: datetime) -> None:
    """Remember what an item looked like when it was read whole and handled.

    Not when it changed just before it was read: monday.com's moments are whole seconds, and what came
    later in that second would look the same.
    """
    if item.trace is None or read_at - item.trace.changed_at < SETTLED:
        return
    row = {
        "account_id": item.key.account_id,
        "board_id": item.key.board_id,
        "item_id": item.key.item_id,
        "trace": item.trace.text,
        "updates_at": item.trace.updates_at,
    }
    session.connection().execute(_NOTE, row)


def _running(session: Session, account_id: str, board_id: str) -> SweepRun | None:
    return session.execute(
        select(SweepRun)
        .where(SweepRun.account_id == account_id, SweepRun.board_id == board_id, SweepRun.state == "running")
        .with_for_update()
    ).scalar_one_or_none()


def _walk_anew(session: Session, run: SweepRun) -> None:
    run.cursor, run.walk_began, run.items = None, 0.0, 0
    session.execute(delete(SweepListed).where(SweepListed.run_id == run.id))


def _end(session: Session, run: SweepRun, state: str, now: datetime, note: str | None = None) -> None:
    run.state, run.ended_at, run.cursor = state, now, None
    run.note = note or run.note
    if state != "guarded":
        session.execute(delete(SweepListed).where(SweepListed.run_id == run.id))


def _to_read(session: Session, run: SweepRun, page: Page) -> dict[str, Trace | None]:
    """The items of a page to be read, each with the trace that says so."""
    ids = [*page.items, *(page.updates or ())]
    rows = session.execute(
        select(ItemTrace.item_id, ItemTrace.trace, ItemTrace.updates_at).where(
            ItemTrace.account_id == run.account_id,
            ItemTrace.board_id == run.board_id,
            ItemTrace.item_id.in_(ids),
        )
    ).all()
    listed = {item: trace.text if trace is not None else "" for item, trace in page.items.items()}
    found: dict[str, Trace | None] = {
        item: page.items[item] for item in differing(listed, {row.item_id: row.trace for row in rows})
    }
    updates_known = {row.item_id: row.updates_at for row in rows}
    for item, updates_at in (page.updates or {}).items():
        if item not in page.items and updates_at > updates_known.get(item, ""):
            found[item] = None
    if run.kind == "full":
        # Nobody says whether what happens to a subitem changes anything of its item.
        shown = mirror.with_subitems_shown(session, run.account_id, run.board_id, ids)
        found |= dict.fromkeys((item for item in (*shown, *page.with_subitems) if item not in found), None)
    return found


def _ask(
    session: Session,
    run: SweepRun,
    items: Mapping[str, Trace | None],
    now: datetime,
    *,
    is_meant: bool = False,
) -> None:
    """Ask for items to be read. What asked once for the same, settled trace is not asked again.

    ``is_meant``: an operator has said that what is found there is meant.
    """
    events = []
    for item_id, trace in items.items():
        lane = LaneName(ItemKey(run.account_id, run.board_id, item_id).lane, run.account_id, "item")
        settled = trace is not None and now - trace.changed_at >= SETTLED
        key = stable_key("sweep", lane.key, trace.text if settled and trace else f"run {run.id}")
        arguments = {"board_id": run.board_id, "item_id": item_id, "sweep": run.id, "is_meant": is_meant}
        events.append(NewEvent(lane, "look", inbox.content(arguments), key, now))
    if events:
        with under(session, urgency(run.cause)):
            inbox.store(session, events, lease_time=lease_time())
    run.asked += len(events)


def _listed(session: Session, run: SweepRun) -> int:
    query = select(func.count()).where(SweepListed.run_id == run.id)
    return int(session.execute(query).scalar_one())


def _active_sides(run: SweepRun) -> tuple[ColumnElement[bool], ...]:
    return (
        Side.account_id == run.account_id,
        Side.board_id == run.board_id,
        Side.item_id.is_not(None),
        Side.state == "active",
    )


def _count_known(session: Session, run: SweepRun) -> int:
    return int(session.execute(select(func.count(Side.id)).where(*_active_sides(run))).scalar_one())


def _missing(session: Session, run: SweepRun) -> Sequence[str]:
    """Known items that were not listed; those that we learned of since the walk began can't be missing."""
    listed = exists().where(SweepListed.run_id == run.id, SweepListed.item_id == Side.item_id)
    query = select(Side.item_id).where(*_active_sides(run), Side.id <= run.last_side_id, ~listed)
    return [item for item in session.execute(query.order_by(Side.id)).scalars() if item is not None]


def _take_missing(session: Session, run: SweepRun, now: datetime) -> None:
    """Ask for known items that are not listed to be read directly, unless they are too many."""
    missing, run.known = _missing(session, run), _count_known(session, run)
    run.missing = len(missing)
    if is_mass(len(missing), run.known):
        run.guarded = len(missing)
        reason = (
            f"{len(missing)} of {run.known} known items are not on the board any more. Nothing follows from "
            f"that yet: look at the board, then run `synerity sweeps go-on {run.id}`."
        )
        _end(session, run, "guarded", now, reason)
        return
    _ask(session, run, dict.fromkeys(missing), now)
    _end(session, run, "done", now)


def _lost_items(session: Session, run: SweepRun) -> bool:
    """Whether the board has fewer items than it should, by what it had when it was last listed whole."""
    last = session.execute(
        select(SweepRun.expected, SweepRun.known, SweepRun.missing)
        .where(
            SweepRun.account_id == run.account_id,
            SweepRun.board_id == run.board_id,
            SweepRun.kind == "full",
            SweepRun.state == "done",
        )
        .order_by(SweepRun.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.expected is None or run.expected is None:
        return False
    known = _count_known(session, run)
    if known == last.known:
        # What was not listed then was there after all, or nothing was missing.
        return bool(run.expected < last.expected)
    not_ours = last.expected - (last.known - last.missing)
    return bool(run.expected < known + not_ours)
