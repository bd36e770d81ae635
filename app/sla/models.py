"""The response clock of a ticket: what it rests on, and how it was last read."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class ClockRow(Base):
    """One ticket's response clock."""

    __tablename__ = "response_clocks"

    ticket_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Whose lane the clock's timer rings in.
    account_id: Mapped[str] = mapped_column(String(32))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Promised business seconds; None when the agreement promises none.
    business_seconds: Mapped[int | None] = mapped_column(Integer, default=None)
    #: When the first public reply was made, by monday.com's clock.
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    status: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
