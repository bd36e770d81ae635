"""Access that customers gave, and each use that technicians made of it. Uses are only added."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class AccessGrant(Base):
    """Access on one ticket: asked for, given, ended. One at a time is open."""

    __tablename__ = "access_grants"
    __table_args__ = (Index("access_grants_ticket", "ticket_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    #: When a technician asked for it; None where the customer gave it unasked.
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: When the customer gave it; None as long as it has not.
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: The moment at which it ends by itself.
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: What may be looked at or changed, as the customer wrote it.
    scope: Mapped[str | None] = mapped_column(Text, default=None)
    #: That those concerned were told that it soon ends.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: See ``app.access_grants.rules.End``.
    end: Mapped[str | None] = mapped_column(String(16), default=None)


class AccessUse(Base):
    """A technician was in the customer's environment."""

    __tablename__ = "access_uses"
    __table_args__ = (UniqueConstraint("ticket_id", "key", name="access_uses_key"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    #: The same each time that the use is told.
    key: Mapped[str] = mapped_column(String(160))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: monday.com's id of who noted it, and the name where it is known.
    by_user_id: Mapped[str | None] = mapped_column(String(32), default=None)
    by_name: Mapped[str | None] = mapped_column(String(255), default=None)
    #: In words that the customer may read.
    purpose: Mapped[str | None] = mapped_column(Text, default=None)
    #: The grant under which it was; None: there was none, or none that was valid.
    grant_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("access_grants.id"), default=None)
    #: When people were told that there was no valid grant; None where there was one.
    flagged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
