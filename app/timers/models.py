"""A due moment and what it is about."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Timer(Base):
    """One armed timer. Fired timers are deleted in the transaction that hands them on."""

    __tablename__ = "timers"
    __table_args__ = (Index("timers_due", "due_at"),)

    #: ``response``, … : which handler gets it.
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: What it is about, e.g. a ticket's id; one timer of a kind a subject.
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
