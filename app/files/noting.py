"""What an item's files tell: which are new, which people have taken away, on both sides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.files.models import File
from app.files.rows import ELSEWHERE, copies_on, files_of, leave_alone, reset, take_back
from app.files.rules import CARRIED, State, safe_name
from app.ids import ItemKey
from app.mirror import guard
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import FileSeen, ItemSeen
from app.monday.events import BoardEvent, EventKind
from app.outbox.alone import entries_of


def unknown(session: Session, key: ItemKey, asset_ids: Collection[str]) -> set[str]:
    """Which of an item's files nothing is known of yet."""
    side = _side(session, key)
    if side is None:
        return set(asset_ids)
    known = {row.asset_id for row in files_of(session, side.story, side.role)}
    known |= {row.copy_asset_id for row in copies_on(session, side) if row.copy_asset_id}
    return set(asset_ids) - known


def note_seen(
    session: Session, side: Side, item: ItemSeen, board: BoardMap, *, is_back: bool, now: datetime
) -> set[str]:
    """Note what an item's files tell; return the updates on which there are files that nobody knew.

    ``is_back``: the item has just come back to its board. What it lost on the way nobody has taken away.
    """
    if item.files is None or item.state != "active":
        return set()
    listed = _listed(item, board)
    added = _note_added(session, side, item.files, listed, item.files_of_updates)
    for row in files_of(session, side.story, side.role):
        _note_taken_away(session, row, side, item, listed, is_back=is_back, now=now)
    for row in copies_on(session, side):
        if _is_dismissed(row, item, listed):
            leave_alone(session, row, now)
    session.flush()
    return added


def _listed(item: ItemSeen, board: BoardMap) -> dict[str, list[str]]:
    """Column key → the ids of its files, of each column of files that was read."""
    return {
        key: [
            str(entry["assetId"]) for entry in entries_of(item.values[column.id].value) if "assetId" in entry
        ]
        for key, column in board.columns.items()
        if column.type == "file" and column.id in item.values
    }


def _note_added(
    session: Session,
    side: Side,
    seen: Mapping[str, FileSeen],
    listed: Mapping[str, Sequence[str]],
    of_updates: Mapping[str, Sequence[str]] | None,
) -> set[str]:
    ours = {row.copy_asset_id for row in copies_on(session, side)}
    rows = {(row.place, row.asset_id): row for row in files_of(session, side.story, side.role)}
    places = [(f"column:{key}", id_) for key, ids in listed.items() for id_ in ids]
    places += [(f"update:{update_id}", id_) for update_id, ids in (of_updates or {}).items() for id_ in ids]
    placed = {asset_id for _, asset_id in (*places, *rows)}
    if of_updates is not None:
        places += [(ELSEWHERE, asset_id) for asset_id in seen if asset_id not in placed]
    added = set()
    for place, asset_id in places:
        if asset_id in ours or (place, asset_id) in rows or asset_id not in seen:
            continue
        file = seen[asset_id]
        session.add(
            File(
                story=side.story,
                role=side.role,
                place=place,
                account_id=side.account_id,
                asset_id=asset_id,
                side_id=side.id,
                name=safe_name(file.name),
                size=file.size,
                state=State.KNOWN,
            )
        )
        if place.startswith("update:"):
            added.add(place.removeprefix("update:"))
    session.flush()
    return added


def _note_taken_away(
    session: Session,
    row: File,
    side: Side,
    item: ItemSeen,
    listed: Mapping[str, Sequence[str]],
    *,
    is_back: bool,
    now: datetime,
) -> None:
    kind, _, name = row.place.partition(":")
    if row.side_id != side.id or kind == ELSEWHERE or (kind == "column" and name not in listed):
        return
    is_there = row.asset_id in (listed[name] if kind == "column" else item.files or {})
    if row.is_gone is not is_there:
        return
    row.is_gone = not is_there
    if row.is_gone and is_back:
        leave_alone(session, row, now)
    elif row.is_gone and kind == "column" and row.state in CARRIED:
        guard.note_loss(session, side, now=now)


def _is_dismissed(row: File, item: ItemSeen, listed: Mapping[str, Sequence[str]]) -> bool:
    """Whether people have taken a copy away that was on the item."""
    if row.bearer_id is not None and row.state in CARRIED:
        updates = item.updates
        is_whole = updates is not None and (
            sum(one.parent_id is None for one in updates) < conversation.UPDATES_READ
        )
        return is_whole and all(one.id != row.bearer_id for one in updates or ())
    kind, _, name = row.place.partition(":")
    is_copied = kind == "column" and row.state == State.COPIED
    return is_copied and name in listed and row.copy_asset_id not in listed[name]


def says_nothing_new(session: Session, key: ItemKey, board: BoardMap, events: Collection[BoardEvent]) -> bool:
    """Whether all that is told of columns of files is known already; by their assumed raw value."""
    side = _side(session, key)
    if side is None:
        return not events
    return all(_told(event) == _known_in(session, side, board, event) for event in events)


def is_of_files(board: BoardMap, event: BoardEvent) -> bool:
    """Whether an event tells of one of our columns of files."""
    key = board.column_key(event.column_id or "")
    return event.kind is EventKind.COLUMN_CHANGED and key is not None and board.columns[key].type == "file"


def _told(event: BoardEvent) -> set[str] | None:
    """The files that an event shows in a column; None when its form is not the one that is assumed."""
    files = event.value.get("files") if isinstance(event.value, dict) else None
    if not isinstance(files, list) or not all(isinstance(entry, dict) for entry in files):
        return None
    return {str(entry["assetId"]) for entry in files if "assetId" in entry}


def _known_in(session: Session, side: Side, board: BoardMap, event: BoardEvent) -> set[str | None]:
    """The files that are known to be in the column of an event."""
    place = f"column:{board.column_key(event.column_id or '')}"
    own = {
        row.asset_id
        for row in files_of(session, side.story, side.role)
        if row.place == place and not row.is_gone
    }
    copies = [row for row in copies_on(session, side) if row.place == place and row.state == State.COPIED]
    return own | {row.copy_asset_id for row in copies}


def _side(session: Session, key: ItemKey) -> Side | None:
    """The side that is an item, not locked."""
    return session.execute(
        select(Side).where(
            Side.account_id == key.account_id, Side.board_id == key.board_id, Side.item_id == key.item_id
        )
    ).scalar_one_or_none()


def refill(session: Session, board: BoardMap, made: Sequence[str], *, now: datetime) -> None:
    """Columns of a board (``made``: their keys) were made again, empty: nobody has taken their files away.

    What people had put there is gone, and its copies stay; copies that stood there are made anew.
    """
    places = [f"column:{key}" for key in made if key in board.columns and board.columns[key].type == "file"]
    here = (Side.account_id == board.account_id, Side.board_id == board.board_id, Side.state == "active")
    if not places:
        return
    for side in session.execute(select(Side).where(*here)).scalars():
        own = [row for row in files_of(session, side.story, side.role) if row.place in places]
        copies = [row for row in copies_on(session, side) if row.place in places]
        for row in own:
            row.is_gone = True
            leave_alone(session, row, now)
        for row in copies:
            take_back(session, row.copy_change_id, now)
            reset(session, row)
        if own or copies:
            mirror.look_again(session, side, now=now)


def bearing(session: Session, side: Side) -> set[str]:
    """The updates of a side on which there are files."""
    return {
        row.place.removeprefix("update:")
        for row in files_of(session, side.story, side.role)
        if row.place.startswith("update:") and not row.is_gone
    }


def fingerprint(session: Session, side: Side) -> str:
    """Changes with every file that is known of a side."""
    return " ".join(
        f"{row.place}:{row.asset_id}:{row.is_gone}" for row in files_of(session, side.story, side.role)
    )
