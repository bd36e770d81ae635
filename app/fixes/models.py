"""Fixes that technicians chose, and what tickets that were solved came to: the month's report reads these."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Fix(Base):
    """A fix that was chosen on a ticket, and when the customer agreed. One at a time is open."""

    __tablename__ = "fixes"
    __table_args__ = (Index("fixes_ticket", "ticket_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    #: ``basic`` | ``advanced``
    kind: Mapped[str] = mapped_column(String(16))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chosen_by_user_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: None as long as the customer has not agreed, or has taken its word back.
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: When another took its place, or it was given up.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Finding(Base):
    """What a solved ticket came to, as its customer was told. Solved again, it says what it came to then."""

    __tablename__ = "findings"
    __table_args__ = (Index("findings_customer", "customer_id", "solved_at"),)

    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    solved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: See ``app.fixes.rules.Cause``.
    cause: Mapped[str | None] = mapped_column(String(32), default=None)
    #: ``basic`` | ``advanced`` | None: nothing was fixed
    fix: Mapped[str | None] = mapped_column(String(16), default=None)
    summary: Mapped[str | None] = mapped_column(Text, default=None)
    #: For an advanced fix: how it was reproduced apart from production.
    reproduction: Mapped[str | None] = mapped_column(Text, default=None)
