"""Rows of files: found, asked to be fetched, begun anew; shared by all that follows files."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.files.models import File, FilePiece
from app.files.rules import State
from app.lanes import service as lanes
from app.lanes.service import LaneName
from app.mirror.models import Side
from app.outbox import service as outbox
from app.priority import share_of

#: The place of files that stand on no update and in no column of ours.
ELSEWHERE = "elsewhere"


def lane(file: File) -> LaneName:
    """The lane in which a file's content is fetched."""
    return LaneName(f"file:{file.id}", file.account_id, "file")


def files_of(session: Session, story: str, role: str) -> Sequence[File]:
    """The files that people have put on one side of a story, the oldest first."""
    query = select(File).where(File.story == story, File.role == role).order_by(File.id)
    return session.execute(query).scalars().all()


def copies_on(session: Session, side: Side) -> Sequence[File]:
    """The files of the other side whose copies are on a side, or on their way there."""
    query = select(File).where(File.story == side.story, File.copy_side_id == side.id)
    return session.execute(query.order_by(File.id)).scalars().all()


def by_copy_change(session: Session, change_id: int) -> File | None:
    """The file whose copy a change adds, locked."""
    query = select(File).where(File.copy_change_id == change_id).with_for_update()
    return session.execute(query).scalar_one_or_none()


def are_there(session: Session, story: str) -> bool:
    """Whether anybody has put a file on either side of a story."""
    return session.execute(select(File.id).where(File.story == story).limit(1)).first() is not None


def ask(session: Session, row: File) -> None:
    """Ask for what a file holds to be fetched."""
    row.state = State.FETCHING
    session.flush()
    lanes.assign(session, lane(row), share_of(session))
    lanes.want(session, [lane(row)], now=lease_time())


def take_back(session: Session, change_id: int | None, now: datetime) -> None:
    """Drop a change that was not sent yet, if there is one."""
    if change_id is not None:
        outbox.take_back(session, change_id, now=now)


def leave_alone(session: Session, row: File, now: datetime) -> None:
    """From now on a file's copy is nobody's business: it stays where it is, or stays away."""
    take_back(session, row.copy_change_id, now)
    if row.state != State.KNOWN:
        row.state = State.DISMISSED
    forget_pieces(session, row.id)


def reset(session: Session, row: File) -> None:
    """Nothing of a file is on the other side, nor on its way there."""
    row.state = State.KNOWN
    row.copy_side_id = row.bearer_change_id = row.copy_change_id = None
    row.bearer_id = row.bearer_parent_id = row.copy_account_id = row.copy_asset_id = row.link_key = None
    forget_pieces(session, row.id)


def forget_pieces(session: Session, file_id: int) -> None:
    """Drop what is kept of a file's content."""
    session.execute(delete(FilePiece).where(FilePiece.file_id == file_id))
