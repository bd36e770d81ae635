"""Files of mail that came, hung on updates: wanted with the update, sent when it stands, each once.

Their content is read out of the raw mail when it is sent; nothing is kept twice.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.mail.models import IncomingMail, MailFile
from app.mail.rules import parsing
from app.monday.transport import Upload
from app.outbox import service as outbox
from app.outbox.alone import FileMissingError
from app.outbox.service import SettledChange, Target

#: By this a change is known to be ours.
_MARK = "mail_file_id"


def post_attachments(
    session: Session, incoming_id: int, target: Target, update_change_id: int, *, now: datetime
) -> None:
    """Hang a mail's files on an update of an item, once that is posted.

    To be called in the transaction that wants the update; called again, nothing is hung twice.
    """
    del now  # They are wanted when the update stands.
    mail = session.get_one(IncomingMail, incoming_id)
    here = (MailFile.update_change_id == update_change_id, MailFile.incoming_id == incoming_id)
    known = set(session.execute(select(MailFile.attachment_id).where(*here)).scalars())
    for one in mail.attachments:
        if one["id"] not in known:
            session.add(
                MailFile(
                    incoming_id=incoming_id,
                    attachment_id=one["id"],
                    account_id=target.account_id,
                    board_id=target.board_id,
                    update_change_id=update_change_id,
                )
            )
    session.flush()


def is_ours(change: SettledChange) -> bool:
    """Whether a change adds a file of a mail."""
    return _MARK in change.content


def on_update_posted(session: Session, change: SettledChange, update_id: str, *, now: datetime) -> None:
    """An update stands: want the files that are to hang on it."""
    query = select(MailFile).where(MailFile.update_change_id == change.id).order_by(MailFile.id)
    for row in session.execute(query.with_for_update()).scalars().all():
        if row.file_change_id is not None:
            continue
        mail = session.get_one(IncomingMail, row.incoming_id)
        file = next(one for one in mail.attachments if one["id"] == row.attachment_id)
        content = {_MARK: row.id, "name": file["name"], "size": file["size"], "update_id": update_id}
        target = Target(row.account_id, row.board_id, change.item_id)
        row.update_id = update_id
        row.file_change_id = outbox.want_file(session, target, content=content, now=now)


def on_file_added(session: Session, change: SettledChange, asset_id: str) -> None:
    """A file hangs on its update."""
    session.get_one(MailFile, change.content[_MARK], with_for_update=True).asset_id = asset_id


def upload(database: Database, change: SettledChange) -> Upload:
    """The content of the file that a change adds.

    Raises:
        FileMissingError: the mail is not kept here any more.
    """
    with database.reading() as session:
        row = session.get_one(MailFile, change.content[_MARK])
        raw = session.get_one(IncomingMail, row.incoming_id).raw
    if raw is None:
        raise FileMissingError(f"Mail {row.incoming_id} is too old to be kept.")
    content = parsing.content_of(raw, row.attachment_id)

    def pieces() -> Iterator[bytes]:
        yield content

    return Upload(change.content["name"], len(content), pieces)


def known_files(session: Session, change: SettledChange) -> set[str]:
    """The files on a change's update of which is known where they come from."""
    query = select(MailFile.asset_id).where(
        MailFile.account_id == change.account_id,
        MailFile.update_id == change.content["update_id"],
        MailFile.asset_id.is_not(None),
    )
    return {str(asset_id) for asset_id in session.execute(query).scalars()}
