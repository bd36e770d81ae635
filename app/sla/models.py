"""What happened to tickets, as far as clocks rest on it, and how their clocks were last read."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class SlaEvent(Base):
    """One event of a ticket. Rows are only added: every clock follows from them."""

    __tablename__ = "sla_events"
    __table_args__ = (UniqueConstraint("ticket_id", "key", name="sla_events_key"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Integer)
    #: The same each time that the event is told.
    key: Mapped[str] = mapped_column(String(160))
    #: See ``app.sla.rules.history.Kind``.
    kind: Mapped[str] = mapped_column(String(16))
    #: When it happened, by monday.com's clock.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    value: Mapped[str] = mapped_column(String(64), default="")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: Who did it and why, for what people decide about a clock.
    by_whom: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    #: When we heard of it.
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SlaTicket(Base):
    """A ticket with clocks. Whoever reads or changes them locks this row."""

    __tablename__ = "sla_tickets"

    ticket_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Whose lane its timer rings in.
    account_id: Mapped[str] = mapped_column(String(32))


class SlaCycle(Base):
    """One run of a clock as it was last read."""

    __tablename__ = "sla_cycles"
    __table_args__ = (Index("sla_cycles_due", "status", "due_at"),)

    ticket_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    metric: Mapped[str] = mapped_column(String(24), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    status: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class SlaWarning(Base):
    """That people were told of a step of a clock."""

    __tablename__ = "sla_warnings"

    ticket_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    metric: Mapped[str] = mapped_column(String(24), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    step: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: When its moment was, and when it was told.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SlaRevision(Base):
    """That a promise which had been kept or broken reads otherwise since: never without a trace."""

    __tablename__ = "sla_revisions"
    __table_args__ = (Index("sla_revisions_ticket", "ticket_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Integer)
    metric: Mapped[str] = mapped_column(String(24))
    number: Mapped[int] = mapped_column(Integer)
    was: Mapped[str] = mapped_column(String(16))
    #: ``none`` where there is no such run any more.
    became: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The keys of the events that were heard of with it.
    because: Mapped[str] = mapped_column(Text)
