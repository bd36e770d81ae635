"""Messages that were written on either side, and the updates that are ours."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Message(Base):
    """An update a person wrote on one side, and its copy on the other.

    The text itself is not kept: it lives on the boards. An internal note is only known by
    its id and the hash of its text.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("account_id", "update_id", name="messages_update"),
        Index("messages_story", "story"),
        Index("messages_copy", "copy_change_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    story: Mapped[str] = mapped_column(String(40))
    #: Which side it was written on: ``desk`` or ``customer``.
    role: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(String(32))
    update_id: Mapped[str] = mapped_column(String(32))
    #: The update that it answers, on its own side; None when it begins a thread.
    parent_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: ``public`` or ``internal``; what a customer writes is public. An internal one that has a copy was
    #: withdrawn: its copy says so in its place.
    audience: Mapped[str] = mapped_column(String(16))
    #: Hash of the text when it was last handled; tells an edit.
    text_key: Mapped[str] = mapped_column(String(64))
    #: When the customer could first have seen it, by monday.com's clock.
    public_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: The outbox change that posts the copy, and the copy's id once monday.com gave it one.
    copy_change_id: Mapped[int | None] = mapped_column(Integer, default=None)
    copy_update_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: The update, on the copy's side, that the copy is a reply to; None when it begins a thread.
    copy_parent_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: Something about it had to wait for the copy; look again when it is there.
    waits_for_copy: Mapped[bool] = mapped_column(default=False)
    #: Removed by its author, or left behind with an item in whose place another stands.
    gone: Mapped[bool] = mapped_column(default=False)


class OwnUpdate(Base):
    """An update the product itself posted: a copy or a notice, never somebody's message."""

    __tablename__ = "own_updates"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    update_id: Mapped[str] = mapped_column(String(32), primary_key=True)
