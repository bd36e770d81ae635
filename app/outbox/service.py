"""Wanting changes: each ``want_*`` writes an intent in the caller's transaction.

What is wanted is carried out by ``app.outbox.drain``, when the board's lane comes up. What
monday.com will not take is parked here, with its reason, until somebody replays it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.ids import ItemKey, board_lane
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.outbox.models import Change, WrittenItem
from app.priority import priority_of, share_of

#: States of a change that was not sent, or not taken, and may still come to be.
_UNSENT = ("wanted", "parked", "held")


@dataclass(frozen=True)
class Target:
    """The item a change is for: by its id, or by the change that will create it."""

    account_id: str
    board_id: str
    item_id: str | None = None
    after_id: int | None = None
    #: The item is gone from its board: what is wanted of it is held until it comes back.
    is_away: bool = False


@dataclass(frozen=True)
class ColumnWrites:
    """How often a column of an item was written."""

    column_id: str
    times: int


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


def want_item(
    session: Session, target: Target, *, group_id: str, name: str, content: Mapping[str, Any], now: datetime
) -> int:
    """Want a new item; return the change's id for those that depend on it.

    ``content`` must have ``values`` (column id → JSON to write), the sync id among them.
    """
    full = {"group_id": group_id, "name": name, **content}
    return _want(session, target, "create_item", full, now)


def want_column(
    session: Session,
    target: Target,
    column_id: str,
    *,
    content: Mapping[str, Any],
    now: datetime,
    overtakes: bool = True,
) -> int:
    """Want a column's value; an earlier wanted value that was not sent yet is overtaken.

    ``content`` must have ``value`` (JSON to write) and ``expected`` (its canonical form). Not ``overtakes``
    where the caller has seen in this transaction that there is none.
    """
    target = _known(session, target)
    if overtakes:
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
    target = _known(session, target)
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
    return [settled(change) for change in changes]


def drop_wanted_column(session: Session, target: Target, column_id: str, *, now: datetime) -> None:
    """Drop what is wanted (parked or held, too) for a column: a later value has overtaken it."""
    session.execute(
        update(Change)
        .where(
            *_same_item(target),
            Change.column_id == column_id,
            Change.state.in_(_UNSENT),
        )
        .values(state="dropped", reason="overtaken by a later value", settled_at=now)
    )


def want_update(session: Session, target: Target, *, content: Mapping[str, Any], now: datetime) -> int:
    """Want an update posted.

    ``content`` must have ``body`` (HTML); it may have ``parent_id``, and ``written_at``, the moment
    (``2026-11-23T08:00:00Z``) at which the update was written that it is a copy of.
    """
    return _want(session, target, "create_update", content, now)


def want_edit(session: Session, target: Target, *, content: Mapping[str, Any], now: datetime) -> int:
    """Want an update's text replaced; ``content`` must have ``update_id`` and ``body``."""
    return _want(session, target, "edit_update", content, now)


def want_deletion(session: Session, target: Target, *, content: Mapping[str, Any], now: datetime) -> int:
    """Want an update of ours removed; ``content`` must have ``update_id``."""
    return _want(session, target, "delete_update", content, now)


def want_notification(session: Session, target: Target, user_id: str, words: str, *, now: datetime) -> int:
    """Want a user of the item's account notified about it; ``words`` are plain text.

    It is told once, or, where nobody knows whether it was, not again after monday.com has forgotten it.
    """
    return _want(session, target, "notify", {"user_id": user_id, "text": words}, now)


def want_file(
    session: Session,
    target: Target,
    *,
    content: Mapping[str, Any],
    column_id: str | None = None,
    now: datetime,
) -> int:
    """Want a file of ours at an update (``content["update_id"]``), or in a column of the item.

    ``content`` must have ``file_id``, under which its content is found, ``name`` and ``size`` in bytes.
    """
    return _want(session, target, "add_file", content, now, column_id)


def want_file_removed(
    session: Session, target: Target, column_id: str, *, content: Mapping[str, Any], now: datetime
) -> int:
    """Want a file taken out of a column of the item; ``content`` must have its ``asset_id``."""
    return _want(session, target, "remove_file", content, now, column_id)


def count_files(session: Session, account_id: str, board_id: str) -> int:
    """How many files wait for their turn on a board."""
    here = (Change.account_id == account_id, Change.board_id == board_id, Change.kind == "add_file")
    query = select(func.count()).where(*here, Change.state.in_(("wanted", "sent")))
    return session.execute(query).scalar_one()


def want_move(session: Session, target: Target, group_id: str, *, now: datetime) -> bool:
    """Want an item moved to a group of its board; False when that is wanted (or parked) already."""
    query = select(Change.id).where(
        *_same_item(target), Change.kind == "move_item", Change.state.in_((*_UNSENT, "sent"))
    )
    if session.execute(query).first() is not None:
        return False
    _want(session, target, "move_item", {"group_id": group_id}, now)
    return True


def hold(session: Session, target: Target) -> None:
    """Hold what is wanted of an item that is gone. What could not even be sent stays with the operator."""
    query = select(Change).where(*_same_item(target), Change.state.in_(("wanted", "parked")))
    for change in session.execute(query.with_for_update()).scalars():
        if change.kind != "set_column" or "value" in change.content:
            change.state, change.reason, change.settled_at = "held", "its item is gone", None
    session.flush()


def held(session: Session, target: Target) -> Sequence[SettledChange]:
    """What is held for an item that is gone, oldest first."""
    query = select(Change).where(*_same_item(target), Change.state == "held").order_by(Change.id)
    return [settled(change) for change in session.execute(query).scalars()]


def release(session: Session, target: Target) -> None:
    """Want again what was held for an item that is back."""
    here = (*_same_item(target), Change.state == "held")
    session.execute(update(Change).where(*here).values(state="wanted", reason=None))
    _ask(session, target.account_id, target.board_id)


def drop(session: Session, target: Target, reason: str, *, now: datetime) -> None:
    """Drop everything that is wanted of an item and was not sent."""
    here = (*_same_item(target), Change.state.in_(_UNSENT))
    session.execute(update(Change).where(*here).values(state="dropped", reason=reason, settled_at=now))


def drop_about_missing(
    session: Session, target: Target, present: Collection[str], *, now: datetime
) -> Sequence[SettledChange]:
    """Drop, and return, what is wanted of updates that are not among the ``present`` ones of their item.

    Also replies to them: nothing can answer what is gone.
    """
    kinds = ("create_update", "edit_update", "delete_update", "add_file")
    query = select(Change).where(*_same_item(target), Change.kind.in_(kinds), Change.state.in_(_UNSENT))
    dropped = []
    for change in session.execute(query.with_for_update()).scalars():
        update_id = change.content.get("update_id") or change.content.get("parent_id")
        if update_id is not None and update_id not in present:
            change.state, change.reason, change.settled_at = "dropped", "its update is gone", now
            dropped.append(settled(change))
    session.flush()
    return dropped


def take_back(session: Session, change_id: int, *, now: datetime) -> bool:
    """Drop a change that was not sent yet; False when it is too late."""
    change = session.get_one(Change, change_id, with_for_update=True)
    if change.state not in _UNSENT:
        return False
    change.state, change.reason, change.settled_at = "dropped", "taken back", now
    return True


def are_sent(session: Session, change_ids: Sequence[int]) -> bool:
    """Whether any of some changes is on its way to monday.com just now."""
    query = select(Change.id).where(Change.id.in_(change_ids), Change.state == "sent")
    return bool(change_ids) and session.execute(query).first() is not None


def pending_values(session: Session, target: Target) -> dict[str, Mapping[str, Any]]:
    """Column id → content of the newest value still on its way to an item (parked and held ones, too)."""
    rows = session.execute(
        select(Change)
        .where(
            *_same_item(target),
            Change.kind == "set_column",
            Change.state.in_((*_UNSENT, "sent")),
        )
        .order_by(Change.id)
    ).scalars()
    return {row.column_id or "": row.content for row in rows}


def most_written(session: Session, item: ItemKey, *, since: datetime) -> ColumnWrites | None:
    """The column of an item that was wanted the most often since a moment, overtaken wishes not counted."""
    row = session.execute(
        select(Change.column_id, func.count().label("times"))
        .where(
            Change.account_id == item.account_id,
            Change.board_id == item.board_id,
            Change.item_id == item.item_id,
            Change.state.in_(("wanted", "sent", "done")),
            Change.kind == "set_column",
            Change.wanted_at > since,
        )
        .group_by(Change.column_id)
        .order_by(func.count().desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else ColumnWrites(row.column_id, row.times)


def revisions(session: Session, items: Sequence[ItemKey]) -> dict[ItemKey, int]:
    """Where our pen is at each item; odd while a write is under way. Items at long rest are 0."""
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
        change.wanted_at, change.not_before = now, 0.0
        _ask(session, change.account_id, change.board_id)
    return len(changes)


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Forget up to ``limit`` changes that were settled before a moment; how many it was.

    What is parked or held stays, and so do creations: by them a search of a board is trusted.
    """
    old = (
        select(Change.id)
        .where(
            Change.state.in_(("done", "dropped")), Change.settled_at < before, Change.kind != "create_item"
        )
        .order_by(Change.id)
        .limit(limit)
    )
    result = session.execute(delete(Change).where(Change.id.in_(old.scalar_subquery())))
    return int(result.rowcount)  # type: ignore[attr-defined]  # of a DELETE it has one


def forget_rest(session: Session, *, before: float, limit: int) -> int:
    """Forget up to ``limit`` items at which our pen has been at rest since a moment; how many it was.

    ``before`` is in real epoch seconds, and must be longer ago than an item can take to be read.
    """
    at_rest = (WrittenItem.written_at < before, WrittenItem.revision % 2 == 0)
    key = tuple_(WrittenItem.account_id, WrittenItem.board_id, WrittenItem.item_id)
    old = select(WrittenItem.account_id, WrittenItem.board_id, WrittenItem.item_id).where(*at_rest)
    oldest = old.order_by(WrittenItem.written_at).limit(limit)
    # Again: meanwhile another process may have begun to write one.
    result = session.execute(delete(WrittenItem).where(key.in_(oldest), *at_rest))
    return int(result.rowcount)  # type: ignore[attr-defined]  # of a DELETE it has one


def count_by_state(session: Session) -> dict[str, int]:
    """How many changes are in each state."""
    rows = session.execute(select(Change.state, func.count()).group_by(Change.state))
    return dict(rows.all())


def _want(
    session: Session,
    target: Target,
    kind: str,
    content: Mapping[str, Any],
    now: datetime,
    column_id: str | None = None,
) -> int:
    target = _known(session, target)
    change = Change(
        account_id=target.account_id,
        board_id=target.board_id,
        item_id=target.item_id,
        after_id=target.after_id if target.item_id is None else None,
        kind=kind,
        column_id=column_id,
        content=dict(content),
        state="held" if target.is_away else "wanted",
        alone=False,
        priority=int(priority_of(session)),
        share=share_of(session),
        attempts=0,
        wanted_at=now,
    )
    session.add(change)
    session.flush()
    _ask(session, target.account_id, target.board_id)
    return change.id


def _known(session: Session, target: Target) -> Target:
    """The target by its item's id, if monday.com has made the item by now.

    The creation is locked: whoever confirms it waits until what is wanted here stands, and gives it the
    id. Otherwise a change wanted in the very moment of the confirmation would wait for ever.
    """
    if target.item_id is not None or target.after_id is None:
        return target
    creation = session.get_one(Change, target.after_id, with_for_update=True)
    return replace(target, item_id=creation.item_id)


def _ask(session: Session, account_id: str, board_id: str) -> None:
    lane = LaneName(board_lane(account_id, board_id), account_id, "board")
    lanes.want(session, [lane], now=lease_time())


def _same_item(target: Target) -> tuple[Any, ...]:
    here = (Change.account_id == target.account_id, Change.board_id == target.board_id)
    if target.item_id is not None:
        return (*here, Change.item_id == target.item_id)
    return (*here, Change.item_id.is_(None), Change.after_id == target.after_id)


def settled(change: Change) -> SettledChange:
    """A change as the subjects get it."""
    return SettledChange(
        change.id,
        change.kind,
        change.account_id,
        change.board_id,
        change.item_id,
        change.column_id,
        change.content,
    )
