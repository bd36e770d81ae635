"""Files across: what people put on one side is copied to the other once, and taken away when it is.

Rows are noted as items are read (``note_seen``), whatever is to become of them. ``carry`` then compares
each file with what it should be by now and wants the next step; it may be called at any time and wants
nothing twice. A message's files hang on an update of our own beneath its copy, because that can be
deleted, and a file alone can't (docs/decisions/0012-files-hang-on-replies.md).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.boards import service as boards
from app.boards.service import BoardMap
from app.clock import lease_time
from app.conversation import service as conversation
from app.conversation.models import Message
from app.conversation.service import normalised_text
from app.db import Database
from app.files.models import File, FilePiece
from app.files.rules import CARRIED, Standing, State, Step, bearer_html, decide, safe_name, size_text
from app.ids import ItemKey, new_key
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.mirror import guard
from app.mirror import service as mirror
from app.mirror.models import Side
from app.mirror.seen import FileSeen, ItemSeen
from app.monday.events import BoardEvent, EventKind
from app.monday.transport import Upload
from app.outbox import service as outbox
from app.outbox.alone import FileMissingError, entries_of
from app.outbox.service import SettledChange
from app.priority import share_of
from app.texts import text

ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class FileTerms:
    """How files are carried."""

    #: Our own address, for links.
    base_url: str
    #: A larger one is told with a link.
    largest_bytes: int


@dataclass(frozen=True)
class Way:
    """From where a story's files come, and where they go."""

    here: Side
    there: Side
    there_board: BoardMap
    #: Spoken where they go.
    language: str


@dataclass(frozen=True)
class FetchTask:
    """A file whose content is to be fetched."""

    file_id: int
    account_id: str
    asset_id: str
    size: int
    #: Boards that it comes from and goes to, with their accounts.
    source: tuple[str, str]
    target: tuple[str, str]


def lane(file: File) -> LaneName:
    """The lane in which a file's content is fetched."""
    return LaneName(f"file:{file.id}", file.account_id, "file")


# What people have done


def unknown(session: Session, key: ItemKey, asset_ids: Collection[str]) -> set[str]:
    """Which of an item's files nothing is known of yet."""
    side = _side(session, key)
    if side is None:
        return set(asset_ids)
    known = {row.asset_id for row in _rows(session, side.story, side.role)}
    known |= {row.copy_asset_id for row in _copies_on(session, side) if row.copy_asset_id}
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
    for row in _rows(session, side.story, side.role):
        _note_taken_away(session, row, side, item, listed, is_back=is_back, now=now)
    for row in _copies_on(session, side):
        if _is_dismissed(row, item, listed):
            _take_back(session, row.copy_change_id, now)
            row.state = State.DISMISSED
            _forget_pieces(session, row.id)
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
    ours = {row.copy_asset_id for row in _copies_on(session, side)}
    rows = {(row.place, row.asset_id): row for row in _rows(session, side.story, side.role)}
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
        _reset(session, row)
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
        for row in _rows(session, side.story, side.role)
        if row.place == place and not row.is_gone
    }
    copies = [row for row in _copies_on(session, side) if row.place == place and row.state == State.COPIED]
    return own | {row.copy_asset_id for row in copies}


def _side(session: Session, key: ItemKey) -> Side | None:
    """The side that is an item, not locked."""
    return session.execute(
        select(Side).where(
            Side.account_id == key.account_id, Side.board_id == key.board_id, Side.item_id == key.item_id
        )
    ).scalar_one_or_none()


# What follows from it


def carry(session: Session, way: Way, terms: FileTerms, *, now: datetime) -> None:
    """Want the next step of every file of one side."""
    rows = [row for row in _rows(session, way.here.story, way.here.role) if row.side_id == way.here.id]
    rows = [row for row in rows if row.place != ELSEWHERE]
    if not rows:
        return
    messages = conversation.messages_of(session, way.here)
    roots = {row.id: _root(row, messages) for row in rows}
    for row in rows:
        match decide(_standing(way, row, messages, roots[row.id])):
            case Step.BEGIN_ANEW:
                _take_back(session, row.copy_change_id, now)
                _reset(session, row)
            case Step.RETRACT:
                _retract(session, way, row, now)
            case _:
                continue
    wanted = [row for row in rows if decide(_standing(way, row, messages, roots[row.id])) is Step.CARRY]
    if way.there.state == "active" and way.there.item_id is not None:
        _begin(session, way, terms, wanted, roots, now)
    session.flush()


def _root(row: File, messages: Mapping[str, Message]) -> str | None:
    """The update, on the other side, that begins the thread of a message's copy."""
    message = messages.get(row.place.partition(":")[2])
    return None if message is None else message.copy_parent_id or message.copy_update_id


def _standing(way: Way, row: File, messages: Mapping[str, Message], root: str | None) -> Standing:
    kind, _, name = row.place.partition(":")
    if kind == "column":
        is_outside = name in way.there_board.columns
        is_in_place = row.copy_side_id == way.there.id
    else:
        message = messages.get(name)
        is_outside = (
            message is not None
            and message.audience == "public"
            and not message.gone
            and message.copy_update_id is not None
        )
        is_in_place = row.copy_side_id == way.there.id and root in (None, row.bearer_parent_id)
    return Standing(State(row.state), row.is_gone, is_outside, is_in_place)


def _begin(
    session: Session,
    way: Way,
    terms: FileTerms,
    rows: Sequence[File],
    roots: Mapping[int, str | None],
    now: datetime,
) -> None:
    by_place: dict[str, list[File]] = {}
    for row in rows:
        row.copy_side_id = way.there.id
        is_large = row.size > terms.largest_bytes
        if is_large:
            row.link_key = new_key()
        if row.place.startswith("update:") or is_large:
            by_place.setdefault(row.place, []).append(row)
        else:
            _ask(session, row)
    for together in by_place.values():
        parent = roots[together[0].id]
        body = _body(way, terms, together)
        content = {"body": body, "match": normalised_text(body), "parent_id": parent}
        change_id = outbox.want_update(session, mirror.target(way.there), content=content, now=now)
        for row in together:
            row.state, row.bearer_change_id, row.bearer_parent_id = State.POSTING, change_id, parent


def _body(way: Way, terms: FileTerms, rows: Sequence[File]) -> str:
    files = [(row.name, _address(terms, row)) for row in rows]
    sizes = {row.size for row in rows if row.link_key}
    reason = text(way.language, "file_linked", size=size_text(max(sizes))) if sizes else ""
    return bearer_html(text(way.language, "file_borne"), files, reason)


def _address(terms: FileTerms, row: File) -> str | None:
    return None if row.link_key is None else f"{terms.base_url}/files/{row.link_key}"


def _ask(session: Session, row: File) -> None:
    row.state = State.FETCHING
    session.flush()
    lanes.assign(session, lane(row), share_of(session))
    lanes.want(session, [lane(row)], now=lease_time())


def _retract(session: Session, way: Way, row: File, now: datetime) -> None:
    """Take a copy away; what is on its way just now is taken away when it has come."""
    together = [row]
    if row.bearer_change_id is not None:
        together = list(
            session.execute(select(File).where(File.bearer_change_id == row.bearer_change_id)).scalars()
        )
    if outbox.are_sent(session, [one.copy_change_id for one in together if one.copy_change_id is not None]):
        return
    if row.bearer_id is None and row.bearer_change_id is not None:
        if not outbox.take_back(session, row.bearer_change_id, now=now):
            return
    elif row.bearer_id is not None:
        content = {"update_id": row.bearer_id}
        outbox.want_deletion(session, mirror.target(way.there), content=content, now=now)
    elif row.state == State.COPIED:
        column = way.there_board.columns.get(row.place.partition(":")[2])
        if column is not None:
            asset = {"asset_id": row.copy_asset_id}
            outbox.want_file_removed(session, mirror.target(way.there), column.id, content=asset, now=now)
    for one in together:
        if one.state == State.SENDING:
            _take_back(session, one.copy_change_id, now)
        _reset(session, one)


def _take_back(session: Session, change_id: int | None, now: datetime) -> None:
    if change_id is not None:
        outbox.take_back(session, change_id, now=now)


def _reset(session: Session, row: File) -> None:
    row.state = State.KNOWN
    row.copy_side_id = row.bearer_change_id = row.copy_change_id = None
    row.bearer_id = row.bearer_parent_id = row.copy_account_id = row.copy_asset_id = row.link_key = None
    _forget_pieces(session, row.id)


# Its content, fetched and sent


def fetch_task(session: Session, file_id: int) -> FetchTask | None:
    """What is to be fetched; None when it is not wanted any more."""
    row = session.get(File, file_id)
    if row is None or row.state != State.FETCHING or row.copy_side_id is None:
        return None
    source, target = session.get_one(Side, row.side_id), session.get_one(Side, row.copy_side_id)
    return FetchTask(
        row.id,
        row.account_id,
        row.asset_id,
        row.size,
        (source.account_id, source.board_id),
        (target.account_id, target.board_id),
    )


def keep_piece(session: Session, file_id: int, place: int, content: bytes) -> None:
    """Keep a piece of a file's content; the first one takes the place of what an earlier try has left."""
    if place == 0:
        _forget_pieces(session, file_id)
    session.add(FilePiece(file_id=file_id, place=place, content=content))


def on_fetched(session: Session, file_id: int, size: int, *, now: datetime) -> None:
    """All of a file's content is here: want its copy."""
    row = session.get_one(File, file_id, with_for_update=True)
    if row.state != State.FETCHING or row.copy_side_id is None:
        _forget_pieces(session, file_id)
        return
    there = session.get_one(Side, row.copy_side_id)
    content = {"file_id": row.id, "name": row.name, "size": size}
    column_id = None
    if row.bearer_id is not None:
        content["update_id"] = row.bearer_id
    else:
        board = boards.board_map(session, there.account_id, there.board_id)
        column = None if board is None else board.columns.get(row.place.partition(":")[2])
        if column is None:
            # The column is gone: provisioning makes it again, and the item is looked at then.
            _reset(session, row)
            return
        column_id = column.id
    row.copy_change_id = outbox.want_file(
        session, mirror.target(there), content=content, column_id=column_id, now=now
    )
    row.state = State.SENDING


def link_instead(session: Session, file_id: int, terms: FileTerms, language: str, *, now: datetime) -> None:
    """A file can't be copied: tell a link in its place."""
    row = session.get_one(File, file_id, with_for_update=True)
    _forget_pieces(session, file_id)
    if row.copy_side_id is None or row.state not in (State.FETCHING, State.SENDING):
        return
    there = session.get_one(Side, row.copy_side_id)
    row.link_key = new_key()
    reason = text(language, "file_unfetched")
    if row.bearer_id is None:
        body = bearer_html(text(language, "file_borne"), [(row.name, _address(terms, row))], reason)
        content = {"body": body, "match": normalised_text(body)}
        row.bearer_change_id = outbox.want_update(session, mirror.target(there), content=content, now=now)
        row.state = State.POSTING
        return
    together = session.execute(select(File).where(File.bearer_id == row.bearer_id)).scalars()
    told = [(one.name, _address(terms, one)) for one in together]
    body = bearer_html(text(language, "file_borne"), told, reason)
    content = {"update_id": row.bearer_id, "body": body}
    outbox.want_edit(session, mirror.target(there), content=content, now=now)
    row.state = State.LINKED


def upload(database: Database, change: SettledChange) -> Upload:
    """The content of the file that a change adds.

    Raises:
        FileMissingError: it is not kept here any more.
    """
    file_id, size = change.content["file_id"], change.content["size"]
    with database.reading() as session:
        kept = select(func.coalesce(func.sum(func.length(FilePiece.content)), 0))
        found = session.execute(kept.where(FilePiece.file_id == file_id)).scalar_one()
    if found != size:
        raise FileMissingError(f"Of file {file_id} {found} of {size} bytes are kept here.")
    return Upload(change.content["name"], size, partial(_pieces, database, file_id))


def _pieces(database: Database, file_id: int) -> Iterator[bytes]:
    """One at a time, so that a large file takes no more memory than a small one."""
    for place in count():
        with database.reading() as session:
            piece = session.get(FilePiece, (file_id, place))
        if piece is None:
            return
        yield piece.content


def fetch_again(session: Session, change: SettledChange) -> None:
    """A file's content is not kept here any more: fetch it anew."""
    row = _by_copy_change(session, change.id)
    if row is not None and row.state == State.SENDING:
        row.copy_change_id = None
        _ask(session, row)


def known_files(session: Session, change: SettledChange) -> set[str]:
    """All files of a change's account and story of which is known where they come from."""
    row = _by_copy_change(session, change.id)
    if row is None:
        return set()
    rows = session.execute(select(File).where(File.story == row.story)).scalars().all()
    known = {one.asset_id for one in rows if one.account_id == change.account_id}
    return known | {one.copy_asset_id for one in rows if one.copy_asset_id and one.id != row.id}


def on_file_added(session: Session, change: SettledChange, asset_id: str) -> str | None:
    """monday.com has taken a file; the story that it belongs to."""
    row = _by_copy_change(session, change.id)
    if row is None:
        return None
    row.state, row.copy_account_id, row.copy_asset_id = State.COPIED, change.account_id, asset_id
    _forget_pieces(session, row.id)
    session.flush()
    return row.story


def on_update_posted(session: Session, change: SettledChange, update_id: str) -> str | None:
    """An update of ours stands: the story whose files hang on it, or may hang beneath it now."""
    rows = session.execute(select(File).where(File.bearer_change_id == change.id)).scalars().all()
    for row in rows:
        row.bearer_id = update_id
        if row.link_key is not None:
            row.state = State.LINKED
        else:
            _ask(session, row)
    session.flush()
    if rows:
        return rows[0].story
    message = session.execute(select(Message).where(Message.copy_change_id == change.id)).scalar_one_or_none()
    if message is None:
        return None
    here = (File.story == message.story, File.place == f"update:{message.update_id}")
    return message.story if session.execute(select(File.id).where(*here)).first() else None


def are_there(session: Session, story: str) -> bool:
    """Whether anybody has put a file on either side of a story."""
    return session.execute(select(File.id).where(File.story == story).limit(1)).first() is not None


def find_link(session: Session, key: str) -> File | None:
    """The file that a link tells of, as long as it may be read."""
    query = select(File).where(File.link_key == key, File.state.in_((State.LINKED, State.POSTING)))
    row = session.execute(query).scalar_one_or_none()
    return None if row is None or row.is_gone else row


def bearing(session: Session, side: Side) -> set[str]:
    """The updates of a side on which there are files."""
    return {
        row.place.removeprefix("update:")
        for row in _rows(session, side.story, side.role)
        if row.place.startswith("update:") and not row.is_gone
    }


def fingerprint(session: Session, side: Side) -> str:
    """Changes with every file that is known of a side."""
    return " ".join(
        f"{row.place}:{row.asset_id}:{row.is_gone}" for row in _rows(session, side.story, side.role)
    )


def forget_loose_pieces(session: Session) -> None:
    """Drop content that nobody waits for any more."""
    waiting = select(File.id).where(File.state.in_((State.FETCHING, State.SENDING)))
    session.execute(delete(FilePiece).where(FilePiece.file_id.not_in(waiting)))


def _rows(session: Session, story: str, role: str) -> Sequence[File]:
    query = select(File).where(File.story == story, File.role == role).order_by(File.id)
    return session.execute(query).scalars().all()


def _copies_on(session: Session, side: Side) -> Sequence[File]:
    query = select(File).where(File.story == side.story, File.copy_side_id == side.id)
    return session.execute(query.order_by(File.id)).scalars().all()


def _by_copy_change(session: Session, change_id: int) -> File | None:
    query = select(File).where(File.copy_change_id == change_id).with_for_update()
    return session.execute(query).scalar_one_or_none()


def _forget_pieces(session: Session, file_id: int) -> None:
    session.execute(delete(FilePiece).where(FilePiece.file_id == file_id))
