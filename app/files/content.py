"""What files hold: fetched piece by piece into SQL, sent from there, and gone when the copy stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.boards import service as boards
from app.db import Database
from app.files.models import File, FilePiece
from app.files.rows import ask, by_copy_change, forget_pieces, reset
from app.files.rules import State
from app.mirror import service as mirror
from app.mirror.models import Side
from app.monday.transport import Upload
from app.outbox import service as outbox
from app.outbox.alone import FileMissingError
from app.outbox.service import SettledChange


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
        forget_pieces(session, file_id)
    session.add(FilePiece(file_id=file_id, place=place, content=content))


def on_fetched(session: Session, file_id: int, size: int, *, now: datetime) -> None:
    """All of a file's content is here: want its copy."""
    row = session.get_one(File, file_id, with_for_update=True)
    if row.state != State.FETCHING or row.copy_side_id is None:
        forget_pieces(session, file_id)
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
            reset(session, row)
            return
        column_id = column.id
    row.copy_change_id = outbox.want_file(
        session, mirror.target(there), content=content, column_id=column_id, now=now
    )
    row.state = State.SENDING


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
    row = by_copy_change(session, change.id)
    if row is not None and row.state == State.SENDING:
        row.copy_change_id = None
        ask(session, row)


def known_files(session: Session, change: SettledChange) -> set[str]:
    """All files of a change's account and story of which is known where they come from."""
    row = by_copy_change(session, change.id)
    if row is None:
        return set()
    rows = session.execute(select(File).where(File.story == row.story)).scalars().all()
    known = {one.asset_id for one in rows if one.account_id == change.account_id}
    return known | {one.copy_asset_id for one in rows if one.copy_asset_id and one.id != row.id}


def forget_loose_pieces(session: Session) -> None:
    """Drop content that nobody waits for any more."""
    waiting = select(File.id).where(File.state.in_((State.FETCHING, State.SENDING)))
    session.execute(delete(FilePiece).where(FilePiece.file_id.not_in(waiting)))
