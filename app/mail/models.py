"""Threads of mail, what was sent in them, and what came."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.db import Base, RowId, UtcDateTime


class MailThread(Base):
    """What is written about one story to the same addresses, and what they answer."""

    __tablename__ = "mail_threads"
    __table_args__ = (UniqueConstraint("story", "counterpart", name="mail_threads_counterpart"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: Whose mail it is: ``case:12``.
    story: Mapped[str] = mapped_column(String(40))
    #: The addresses that are written to, in lower case, in order, comma between.
    counterpart: Mapped[str] = mapped_column(Text)
    #: In whose lane the story hears of its mail: the partner's account.
    account_id: Mapped[str] = mapped_column(String(32))
    #: Stands in the address that is answered to, and in the subject; nobody can guess it.
    token: Mapped[str] = mapped_column(String(32), unique=True)


class Mail(Base):
    """One mail of ours."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("mails_thread", "thread_id", "state", "id"),
        Index("mails_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("mail_threads.id"))
    #: Asked for again under the same key, it is the same mail.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    #: What is left of the ``@`` in its Message-ID: made when it is wanted, and never another.
    ident: Mapped[str] = mapped_column(String(64), unique=True)
    #: The whole Message-ID, from when it is first sent.
    message_id: Mapped[str | None] = mapped_column(String(255), default=None)
    #: Those who have not got it, nor will not take it.
    waiting: Mapped[list[str]] = mapped_column(JSON)
    #: Those to whom it is being sent just now, or was when nobody knows what became of it.
    under_way: Mapped[list[str]] = mapped_column(JSON)
    #: Those who got it.
    reached: Mapped[list[str]] = mapped_column(JSON)
    #: Address → why it will not take it.
    refused: Mapped[dict[str, str]] = mapped_column(JSON)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    is_notice: Mapped[bool] = mapped_column(default=False)
    #: ``app.mail.rules.sending.State``
    state: Mapped[str] = mapped_column(String(16))
    #: How often it was put off by who should take it.
    put_off: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    wanted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class MailAttachment(Base):
    """A file that goes with a mail of ours."""

    __tablename__ = "mail_attachments"

    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class IncomingMail(Base):
    """One mail that came: as it came, and what was read out of it."""

    __tablename__ = "incoming_mails"
    __table_args__ = (
        Index("incoming_mails_thread", "thread_id", "received_at"),
        Index("incoming_mails_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: The same delivery once more, after an answer that was lost, has the same one.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: Who is told of it when it can't be delivered; empty in a bounce.
    envelope_from: Mapped[str] = mapped_column(Text)
    envelope_to: Mapped[list[str]] = mapped_column(JSON)
    #: All of it, until it is too old to be kept.
    raw: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: ``app.mail.rules.receiving.Standing``
    state: Mapped[str] = mapped_column(String(16))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("mail_threads.id"), default=None)
    #: Why it stands in no thread, or is not told of.
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    is_in_doubt: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str | None] = mapped_column(Text, default=None)
    from_address: Mapped[str] = mapped_column(Text, default="")
    from_name: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    full_text: Mapped[str] = mapped_column(Text, default="")
    #: ``[{"id", "name", "media_type", "size"}]``
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    is_automatic: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class MailFile(Base):
    """A file of a mail that came, hung on an update of an item."""

    __tablename__ = "mail_files"
    __table_args__ = (
        UniqueConstraint("update_change_id", "incoming_id", "attachment_id", name="mail_files_place"),
        Index("mail_files_change", "file_change_id"),
        Index("mail_files_incoming", "incoming_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming_mails.id"))
    #: Its place among the mail's attachments.
    attachment_id: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    #: The change that posts the update, and the update's id once it stands.
    update_change_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: The change that adds the file, and the file's id once it stands.
    file_change_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    asset_id: Mapped[str | None] = mapped_column(String(32), default=None)
