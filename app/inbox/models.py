"""A received event and what became of it."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class InboxEvent(Base):
    """One event: a webhook delivery, a fired timer, or a word from another part of the product."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_lane", "lane_key", "state", "id"),
        Index("inbox_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: Two deliveries with the same key are one event.
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    lane_key: Mapped[str] = mapped_column(String(200))
    lane_kind: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(String(32))
    #: What happened, e.g. ``webhook``, ``timer.response``, ``account.installed``.
    source: Mapped[str] = mapped_column(String(32))
    #: The delivery's own JSON, or the internal event's arguments.
    content: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: ``new`` → ``done`` | ``ignored`` | ``parked``; a parked one goes back to ``new`` by replay.
    state: Mapped[str] = mapped_column(String(16), default="new")
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
