"""Files across: what people put on one side is copied to the other once, and taken away when it is.

Rows are noted as items are read (``note_seen``), whatever is to become of them. ``carry`` then compares
each file with what it should be by now and wants the next step; it may be called at any time and wants
nothing twice. A message's files hang on an update of our own beneath its copy, because that can be
deleted, and a file alone can't (docs/decisions/0012-files-hang-on-replies.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.conversation.models import Message
from app.conversation.service import normalised_text
from app.files.content import (
    FetchTask,
    fetch_again,
    fetch_task,
    forget_loose_pieces,
    keep_piece,
    known_files,
    on_fetched,
    upload,
)
from app.files.models import File
from app.files.noting import bearing, fingerprint, is_of_files, note_seen, refill, says_nothing_new, unknown
from app.files.rows import (
    ELSEWHERE,
    are_there,
    ask,
    by_copy_change,
    files_of,
    forget_pieces,
    reset,
    take_back,
)
from app.files.rules import Standing, State, Step, bearer_html, decide, size_text
from app.ids import new_key
from app.mirror import service as mirror
from app.mirror.models import Side
from app.outbox import service as outbox
from app.outbox.service import SettledChange
from app.texts import text

__all__ = [
    "FetchTask",
    "FileTerms",
    "Way",
    "are_there",
    "bearing",
    "carry",
    "fetch_again",
    "fetch_task",
    "find_link",
    "fingerprint",
    "forget_loose_pieces",
    "is_of_files",
    "keep_piece",
    "known_files",
    "link_instead",
    "note_seen",
    "on_fetched",
    "on_file_added",
    "on_update_posted",
    "refill",
    "says_nothing_new",
    "unknown",
    "upload",
]


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


def carry(session: Session, way: Way, terms: FileTerms, *, now: datetime) -> None:
    """Want the next step of every file of one side."""
    rows = [row for row in files_of(session, way.here.story, way.here.role) if row.side_id == way.here.id]
    rows = [row for row in rows if row.place != ELSEWHERE]
    if not rows:
        return
    messages = conversation.messages_of(session, way.here)
    roots = {row.id: _root(row, messages) for row in rows}
    for row in rows:
        match decide(_standing(way, row, messages, roots[row.id])):
            case Step.BEGIN_ANEW:
                take_back(session, row.copy_change_id, now)
                reset(session, row)
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
            # It has changed since its copy was sent, and may not be meant for the other side any more.
            and not message.waits_for_copy
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
            ask(session, row)
    for together in by_place.values():
        parent = roots[together[0].id]
        body = _body(way, terms, together)
        content = {"body": body, "match": normalised_text(body), "parent_id": parent}
        change_id = outbox.want_update(session, mirror.target(way.there), content=content, now=now)
        for row in together:
            row.state, row.bearer_change_id, row.bearer_parent_id = State.POSTING, change_id, parent


def _body(way: Way, terms: FileTerms, rows: Sequence[File]) -> str:
    files = [(row.name, address(terms, row)) for row in rows]
    sizes = {row.size for row in rows if row.link_key}
    reason = text(way.language, "file_linked", size=size_text(max(sizes))) if sizes else ""
    return bearer_html(text(way.language, "file_borne"), files, reason)


def address(terms: FileTerms, row: File) -> str | None:
    return None if row.link_key is None else f"{terms.base_url}/files/{row.link_key}"


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
            take_back(session, one.copy_change_id, now)
        reset(session, one)


def link_instead(session: Session, file_id: int, terms: FileTerms, language: str, *, now: datetime) -> None:
    """A file can't be copied: tell a link in its place."""
    row = session.get_one(File, file_id, with_for_update=True)
    forget_pieces(session, file_id)
    if row.copy_side_id is None or row.state not in (State.FETCHING, State.SENDING):
        return
    there = session.get_one(Side, row.copy_side_id)
    row.link_key = new_key()
    reason = text(language, "file_unfetched")
    if row.bearer_id is None:
        body = bearer_html(text(language, "file_borne"), [(row.name, address(terms, row))], reason)
        content = {"body": body, "match": normalised_text(body)}
        row.bearer_change_id = outbox.want_update(session, mirror.target(there), content=content, now=now)
        row.state = State.POSTING
        return
    together = session.execute(select(File).where(File.bearer_id == row.bearer_id)).scalars()
    told = [(one.name, address(terms, one)) for one in together]
    body = bearer_html(text(language, "file_borne"), told, reason)
    content = {"update_id": row.bearer_id, "body": body}
    outbox.want_edit(session, mirror.target(there), content=content, now=now)
    row.state = State.LINKED


def on_file_added(session: Session, change: SettledChange, asset_id: str) -> str | None:
    """monday.com has taken a file; the story that it belongs to."""
    row = by_copy_change(session, change.id)
    if row is None:
        return None
    row.state, row.copy_account_id, row.copy_asset_id = State.COPIED, change.account_id, asset_id
    forget_pieces(session, row.id)
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
            ask(session, row)
    session.flush()
    if rows:
        return rows[0].story
    message = session.execute(select(Message).where(Message.copy_change_id == change.id)).scalar_one_or_none()
    if message is None:
        return None
    here = (File.story == message.story, File.place == f"update:{message.update_id}")
    return message.story if session.execute(select(File.id).where(*here)).first() else None


def find_link(session: Session, key: str) -> File | None:
    """The file that a link tells of, as long as it may be read."""
    query = select(File).where(File.link_key == key, File.state.in_((State.LINKED, State.POSTING)))
    row = session.execute(query).scalar_one_or_none()
    return None if row is None or row.is_gone else row
