"""Keeping two items the same story: what was seen is decided, what is wanted goes to the outbox.

A side's shadow moves in two places only: when a person's change is accepted, together with
the intent that carries it across, and when monday.com has confirmed a write of ours.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.boards import service as boards
from app.boards import templates
from app.boards.service import BoardMap
from app.clock import lease_time
from app.errors import SupportError
from app.ids import ItemKey, stable_key
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.mirror import guard
from app.mirror.models import Shadow, Side
from app.mirror.rules.merge import (
    Accept,
    ColumnRule,
    Conflict,
    Cross,
    Owner,
    Pending,
    SetBack,
    decide_columns,
)
from app.mirror.seen import ItemSeen, moment
from app.monday.values import LabelMissingError, read_value, write_value
from app.outbox import service as outbox
from app.outbox.service import SettledChange, Target

Role = Literal["desk", "customer"]

#: The item's own name travels like a column that both may change.
NAME = "name"
#: Where a session keeps the shadows that it has read.
_SHADOWS = "shadows"
#: States of a side in whose item's place another one stands.
REPLACED = ("replaced", "set_aside")


class SideMissingError(SupportError):
    """A story has no such side."""

    code = "side_missing"
    permanent = True


class JustConfirmedError(SupportError):
    """An item of ours was confirmed while it was looked at; it is looked at once more."""

    code = "just_confirmed"


@dataclass(frozen=True)
class Outcome:
    """What became of an item that was read."""

    #: Column key → the value a person set here, accepted.
    accepted: Mapping[str, Any]
    #: Columns that were not theirs to change.
    set_back: Sequence[SetBack]
    conflicts: Sequence[Conflict]
    #: Columns whose change was refused: set back, too; whoever refused it says why.
    refused: Sequence[SetBack] = ()


def find_side(session: Session, key: ItemKey) -> Side | None:
    """The side that is this item, locked for the rest of the transaction."""
    return session.execute(
        select(Side)
        .where(Side.account_id == key.account_id, Side.board_id == key.board_id, Side.item_id == key.item_id)
        .with_for_update()
    ).scalar_one_or_none()


def side_of(session: Session, story: str, role: Role) -> Side | None:
    """A pair's side by its role; never one whose item another has replaced."""
    query = select(Side).where(Side.story == story, Side.role == role, Side.state.not_in(REPLACED))
    return session.execute(query).scalar_one_or_none()


def require_side(session: Session, story: str, role: Role) -> Side:
    """A pair's side by its role.

    Raises:
        SideMissingError: the pair has none.
    """
    side = side_of(session, story, role)
    if side is None:
        raise SideMissingError(f"{story} has no {role} side.")
    return side


def is_ours(session: Session, sync_id: str | None) -> bool:
    """Whether an item that was made with this sync id is one we made."""
    return _made_by_us(session, sync_id) is not None


def is_unconfirmed(session: Session, item: ItemKey, sync_id: str | None) -> bool:
    """Whether an item that is no side's is one we made, or bears the sync id of one.

    Raises:
        JustConfirmedError: it has become a side's in this very moment.
    """
    # Whoever confirms it waits for us, and then finds that something of the item was passed over.
    side = _made_by_us(session, sync_id, is_locked=True)
    if side is not None and side.item_id == item.item_id:
        raise JustConfirmedError(f"monday.com confirmed item {item.item_id} while it was being looked at.")
    return side is not None


def _made_by_us(session: Session, sync_id: str | None, *, is_locked: bool = False) -> Side | None:
    if not sync_id:
        return None
    query = select(Side).where(Side.sync_id == sync_id, Side.create_change_id.is_not(None))
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def adopt(session: Session, story: str, role: Role, item: ItemSeen, board: BoardMap) -> Side:
    """Take an item a person made as one side of a pair; what it shows now is its shadow."""
    side = Side(
        story=story,
        role=role,
        account_id=item.key.account_id,
        board_id=item.key.board_id,
        item_id=item.key.item_id,
        sync_id=stable_key("side", story, role),
    )
    session.add(side)
    session.flush()
    for key, value in readable(item, board).items():
        _set_shadow(session, side.id, key, value)
    return side


def create(
    session: Session,
    story: str,
    role: Role,
    board: BoardMap,
    *,
    group_id: str,
    name: str,
    values: Mapping[str, Any],
    now: datetime,
    generation: str = "",
) -> Side:
    """Want a new item as one side of a pair. ``values``: column key → canonical value.

    ``generation`` tells an item that takes another's place from that one.
    """
    sync_id = stable_key("side", story, role, *([generation] if generation else []))
    side = Side(story=story, role=role, account_id=board.account_id, board_id=board.board_id, sync_id=sync_id)
    session.add(side)
    session.flush()
    known = {key: value for key, value in {**values, "sync_id": sync_id}.items() if key in board.columns}
    own_label = generation != ""
    waiting = {key for key, value in known.items() if _lacks_label(board, key, value, own_label=own_label)}
    expected = {key: value for key, value in known.items() if key not in waiting}
    written = {
        board.columns[key].id: _json_value(board, key, value)
        for key, value in expected.items()
        if value is not None
    }
    side.create_change_id = outbox.want_item(
        session,
        Target(board.account_id, board.board_id),
        group_id=group_id,
        name=name,
        content={"values": written, "expected": {**expected, NAME: name}, "side_id": side.id},
        now=now,
    )
    for key in sorted(waiting):
        _want_value(session, side, board, key, known[key], now=now, made_at=now)
    return side


def write(
    session: Session,
    side: Side,
    board: BoardMap,
    column_key: str,
    value: Any,
    *,
    now: datetime,
    made_at: datetime | None = None,
    pending_there: Mapping[str, Pending] | None = None,
) -> bool:
    """Want a column of a side to hold a value; False when it holds it, or soon will, already.

    ``made_at`` is when the person whose change this carries made it (now by default). ``pending_there`` is
    what is on its way to the side, where the caller knows it.
    """
    if column_key != NAME and column_key not in board.columns:
        # Nothing can be written there now; provisioning brings it up to date.
        return False
    on_its_way = (pending(session, side) if pending_there is None else pending_there).get(column_key)
    current = _shadow(session, side.id, column_key) if on_its_way is None else on_its_way.value
    if current == value:
        return False
    made_at = made_at or now
    overtakes = on_its_way is not None
    _want_value(session, side, board, column_key, value, now=now, made_at=made_at, overtakes=overtakes)
    return True


def apply(
    session: Session,
    side: Side,
    item: ItemSeen,
    board: BoardMap,
    other: tuple[Side, BoardMap] | None,
    *,
    changed_at: Mapping[str, datetime],
    now: datetime,
    refused: Collection[str] = (),
) -> Outcome:
    """Judge an item that was read against its shadow; accept, carry across or set back.

    ``changed_at``: column key → monday.com's moment of the latest change, as far as known. ``refused``:
    columns whose change can't stand now, whoever owns them.
    """
    shown = readable(item, board)
    if item.state != "active":
        # Of an item that is gone monday.com may have emptied what it still shows.
        shown = {key: value for key, value in shown.items() if value is not None}
    before = shadows(session, side)
    rules = column_rules(board, side.role)
    decisions = decide_columns(
        [replace(rule, owner=Owner.APP) if rule.key in refused else rule for rule in rules],
        seen=shown,
        shadow=before,
        pending_here=pending(session, side),
        changed_at=changed_at,
    )
    accepted: dict[str, Any] = {}
    set_back: list[SetBack] = []
    conflicts: list[Conflict] = []
    crosses = other is not None and any(isinstance(decision, Cross) for decision in decisions)
    # Of each column there is one decision, so what is wanted below is nothing that is asked for after it.
    pending_there = pending(session, other[0]) if crosses and other is not None else {}
    for decision in decisions:
        match decision:
            case Accept(key, value):
                _set_shadow(session, side.id, key, value)
                accepted[key] = value
            case Cross(key, counterpart, value) if other is not None:
                made_at = changed_at.get(key, now)
                if value is None and before.get(key) is not None:
                    guard.note_loss(session, side, now=now)
                guard.note_write(session, side)
                write(
                    session,
                    *other,
                    counterpart,
                    value,
                    now=now,
                    made_at=made_at,
                    pending_there=pending_there,
                )
            case SetBack(key, value):
                guard.note_write(session, side)
                want_back(session, side, board, key, value, now=now)
                set_back.append(decision)
            case Conflict(key):
                if decision.won_here:
                    _drop_pending(session, side, board, key, now)
                conflicts.append(decision)
            case _:  # nothing crosses where there is no other side
                continue
    turned_back = [back for back in set_back if back.key in refused]
    return Outcome(accepted, [b for b in set_back if b.key not in refused], conflicts, turned_back)


def refill(session: Session, board: BoardMap, made: Sequence[str], *, now: datetime) -> None:
    """Columns of a board (``made``: their keys) were made again, empty: want back what items held there."""
    keys = [key for key in board.columns if key in made]
    if not keys:
        return
    here = (Side.account_id == board.account_id, Side.board_id == board.board_id, Side.state == "active")
    for side in session.execute(select(Side).where(*here)).scalars():
        known = shadows(session, side)
        for key in keys:
            if known.get(key) is not None:
                _want_value(session, side, board, key, known[key], now=now, made_at=now)


def want_back(session: Session, side: Side, board: BoardMap, key: str, value: Any, *, now: datetime) -> None:
    """Want a column to hold again what it was last known to hold."""
    _want_value(session, side, board, key, value, now=now, made_at=now, own_label=True)


def column_rules(board: BoardMap, role: str) -> list[ColumnRule]:
    """How each column of a board is treated, seen from the side with this role."""
    owners = {"app": Owner.APP, "both": Owner.BOTH}
    owners["partner"] = Owner.HERE if role == "desk" else Owner.THERE
    owners["customer"] = Owner.HERE if role == "customer" else Owner.THERE
    rules = [ColumnRule(NAME, Owner.BOTH, NAME)]
    for key, column in board.columns.items():
        if column.type == "file":
            continue
        crosses = column.owner in ("partner", "customer", "both") and column.counterpart is not None
        rules.append(ColumnRule(key, owners[column.owner], column.counterpart if crosses else None))
    return rules


def readable(item: ItemSeen, board: BoardMap) -> dict[str, Any]:
    """Column key → canonical value, for every column whose value is known."""
    found: dict[str, Any] = {NAME: item.name}
    for key, column in board.columns.items():
        raw = item.values.get(column.id)
        # Files are no value: app.files follows them one by one.
        if raw is None or column.type == "file":
            continue
        found[key] = read_value(column.type, raw.value, raw.text, column.label_keys)
    return found


def shadows(session: Session, side: Side) -> dict[str, Any]:
    """Column key → the value this side was last known to hold."""
    return {key: row.value for key, row in _shadow_rows(session, side.id).items()}


def pending(session: Session, side: Side) -> dict[str, Pending]:
    """Column key → the value on its way to this side."""
    contents = outbox.pending_values(session, target(side)).values()
    return {c["column_key"]: Pending(c["expected"], moment(c["made_at"])) for c in contents}


def coming(session: Session, side: Side) -> dict[str, Any]:
    """Column key → what this side holds once all that is on its way to it has come."""
    return shadows(session, side) | {key: value.value for key, value in pending(session, side).items()}


def with_subitems_shown(
    session: Session, account_id: str, board_id: str, item_ids: Sequence[str]
) -> Sequence[str]:
    """Which of a board's items have, or had, subitems that the other side is shown, oldest first."""
    board = boards.board_map(session, account_id, board_id)
    keys = templates.columns_of_subitems(board.key) if board is not None else ()
    if not keys:
        return []
    there = aliased(Side)
    rows = session.execute(
        select(Side.item_id, Shadow.value)
        .join(there, (there.story == Side.story) & (there.role != Side.role))
        .join(Shadow, Shadow.side_id == there.id)
        .where(Side.account_id == account_id, Side.board_id == board_id, Side.state == "active")
        .where(Side.item_id.in_(item_ids), Shadow.column_key.in_(keys))
        .order_by(Side.id)
    )
    return [row.item_id for row in rows if row.value is not None]


def target(side: Side) -> Target:
    """Where changes for this side go; they are held while its item is gone."""
    return replace(address(side), is_away=side.state != "active")


def address(side: Side) -> Target:
    """Where changes for this side's item go, whatever has become of it."""
    return Target(side.account_id, side.board_id, side.item_id, side.create_change_id)


def move(session: Session, side: Side, group_id: str, *, now: datetime) -> bool:
    """Want a side's item moved to a group of its board; False when that is wanted already."""
    return outbox.want_move(session, target(side), group_id, now=now)


def look_again(session: Session, side: Side, *, now: datetime) -> None:
    """Ask for this side's item to be read, as after something that kept us from judging it."""
    if side.item_id is not None:
        look_at(session, ItemKey(side.account_id, side.board_id, side.item_id), now=now)


def look_at(session: Session, key: ItemKey, *, now: datetime) -> None:
    """Ask for an item to be read that nobody tells us of."""
    lane = LaneName(key.lane, key.account_id, "item")
    place = {"board_id": key.board_id, "item_id": key.item_id}
    inbox.put(session, lane, "look", place, now=now, lease_time=lease_time())


def on_item_created(session: Session, change: SettledChange, item_id: str, *, now: datetime) -> Side:
    """monday.com has made a side's item: it has an id and a shadow now."""
    side = session.get_one(Side, change.content["side_id"], with_for_update=True)
    side.item_id = item_id
    _share_lanes(session, side)
    for key, value in change.content["expected"].items():
        _set_shadow(session, side.id, key, value)
    key = ItemKey(side.account_id, side.board_id, item_id)
    if inbox.has_passed_over(session, key.lane):
        # A person has touched it before we knew its id.
        look_at(session, key, now=now)
    return side


def _share_lanes(session: Session, side: Side) -> None:
    """On the desk stand the items of all customers: each customer's board gets its turn there."""
    theirs = side_of(session, side.story, "customer")
    if side.role == "desk" and side.item_id is not None and theirs is not None:
        key = ItemKey(side.account_id, side.board_id, side.item_id)
        lane = LaneName(key.lane, side.account_id, "item")
        lanes.assign(session, lane, f"{theirs.account_id}:{theirs.board_id}")


def on_column_written(session: Session, change: SettledChange) -> None:
    """monday.com has taken a value: the shadow may move."""
    _set_shadow(session, change.content["side_id"], change.content["column_key"], change.content["expected"])


def align(
    session: Session, source: tuple[Side, BoardMap], other: tuple[Side, BoardMap], *, now: datetime
) -> None:
    """Want the other side to hold what crosses from this one, as after it came back or missed something.

    A shared column that is empty here empties nothing there: it may never have been filled here, and had
    somebody emptied it, that would be on its way already.
    """
    side, board = source
    values = coming(session, side)
    for rule in column_rules(board, side.role):
        if rule.counterpart is None or rule.key not in values:
            continue
        if rule.owner is Owner.HERE or (rule.owner is Owner.BOTH and values[rule.key] is not None):
            write(session, *other, rule.counterpart or rule.key, values[rule.key], now=now)


def want_anew(session: Session, change_ids: Sequence[int] | None, *, now: datetime) -> int:
    """Want again what had no label to be written with (all, or the given changes); return how many."""
    changes = outbox.take_unsendable(session, change_ids, now=now)
    for change in changes:
        side = session.get_one(Side, change.content["side_id"])
        board = boards.board_map(session, side.account_id, side.board_id)
        key = change.content["column_key"]
        if board is not None and key in board.columns:
            made_at = moment(change.content["made_at"])
            _want_value(session, side, board, key, change.content["expected"], now=now, made_at=made_at)
    return len(changes)


def _want_value(
    session: Session,
    side: Side,
    board: BoardMap,
    key: str,
    value: Any,
    *,
    now: datetime,
    made_at: datetime,
    own_label: bool = False,
    overtakes: bool = True,
) -> None:
    content = {"expected": value, "side_id": side.id, "column_key": key, "made_at": made_at.isoformat()}
    if key == NAME:
        content["value"] = value
        outbox.want_column(session, target(side), NAME, content=content, now=now, overtakes=overtakes)
        return
    column = board.columns[key]
    if _lacks_label(board, key, value, own_label=own_label):
        # This column waits for the operator; everything else of the item goes on.
        reason = LabelMissingError(column.title, str(value)).message
        outbox.park_column(session, target(side), column.id, content=content, reason=reason, now=now)
        return
    content["value"] = _json_value(board, key, value)
    outbox.want_column(session, target(side), column.id, content=content, now=now, overtakes=overtakes)


def _lacks_label(board: BoardMap, key: str, value: Any, *, own_label: bool = False) -> bool:
    """Whether a status column has no label for a value.

    A label that people added has a number instead of a key, and the number means something
    on its own board only (``own_label``).
    """
    column = board.columns[key]
    if column.type != "status" or value is None or (own_label and str(value).startswith("#")):
        return False
    return value not in column.label_ids


def _json_value(board: BoardMap, key: str, value: Any) -> Any:
    column = board.columns[key]
    return write_value(column.type, value, column.label_ids)


def _drop_pending(session: Session, side: Side, board: BoardMap, key: str, now: datetime) -> None:
    column_id = NAME if key == NAME else board.columns[key].id
    outbox.drop_wanted_column(session, target(side), column_id, now=now)


def _shadow_rows(session: Session, side_id: int) -> dict[str, Shadow]:
    """A side's shadows by column key, read once a transaction; who adds one puts it in here."""
    kept: dict[int, dict[str, Shadow]] = session.info.setdefault(_SHADOWS, {})
    if side_id not in kept:
        rows = session.execute(select(Shadow).where(Shadow.side_id == side_id)).scalars()
        kept[side_id] = {row.column_key: row for row in rows}
    return kept[side_id]


def _shadow(session: Session, side_id: int, key: str) -> Any:
    row = _shadow_rows(session, side_id).get(key)
    return None if row is None else row.value


def _set_shadow(session: Session, side_id: int, key: str, value: Any) -> None:
    rows = _shadow_rows(session, side_id)
    if key in rows:
        rows[key].value = value
        return
    rows[key] = Shadow(side_id=side_id, column_key=key, value=value)
    session.add(rows[key])
