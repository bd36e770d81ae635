"""Escalations with their logs, who was called to each, and who is configured to be called."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime

NUMBER_PREFIX = "E-"


class Escalation(Base):
    """An escalation of a ticket: offered, asked for, open, ended. One at a time has not ended."""

    __tablename__ = "escalations"
    __table_args__ = (
        Index(
            "escalations_standing",
            "ticket_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("escalations_customer", "customer_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    #: Whose account its item and its events are in: the partner's.
    account_id: Mapped[str] = mapped_column(String(32))
    #: ``customer`` | ``desk`` | ``offer``: who began it.
    origin: Mapped[str] = mapped_column(String(16))
    #: When it was offered or first asked for, by monday.com's clock.
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Since when it is open: asked for, with a reason. None: it is offered, or waits for the reason.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: The business minutes of each level, as they were configured when they were first known to it.
    level_minutes: Mapped[list[int] | None] = mapped_column(JSON, default=None)
    #: The level that has it, from 0; those up to it have been called.
    level: Mapped[int] = mapped_column(Integer, default=0)
    #: When people were told that no level is left, or that none is configured.
    exhausted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: When it was to be acknowledged at first: what was promised.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: How it goes on since: see ``app.escalations.rules.Status``.
    progress: Mapped[str | None] = mapped_column(String(16), default=None)
    #: The day or moment by which the customer is to hear more, as the date column holds it.
    next_contact: Mapped[str | None] = mapped_column(String(32), default=None)
    #: When the customer was last told something, and the owner last reminded that it was not.
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: See ``app.escalations.rules.Outcome``; None where it ended before it was open.
    outcome: Mapped[str | None] = mapped_column(String(16), default=None)
    commitment: Mapped[str | None] = mapped_column(Text, default=None)

    @property
    def number(self) -> str:
        """What people call it: E-1 and up."""
        return f"{NUMBER_PREFIX}{self.id}"

    @property
    def story(self) -> str:
        """The name under which the mirror, the mail and its own lane know it."""
        return f"escalation:{self.id}"


class EscalationEntry(Base):
    """A line of an escalation's log. Rows are only added."""

    __tablename__ = "escalation_entries"
    __table_args__ = (UniqueConstraint("escalation_id", "key", name="escalation_entries_key"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    escalation_id: Mapped[int] = mapped_column(RowId, ForeignKey("escalations.id"))
    #: The same each time that it is told.
    key: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: See ``app.escalations.log.Kind``.
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="")
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EscalationCall(Base):
    """Somebody of a level was called to an escalation: once in monday.com, once by mail."""

    __tablename__ = "escalation_calls"

    escalation_id: Mapped[int] = mapped_column(RowId, ForeignKey("escalations.id"), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    #: The user of the partner's account; None where it has none of that address, or that is not known yet.
    user_id: Mapped[str | None] = mapped_column(String(32), default=None)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    mail_id: Mapped[int | None] = mapped_column(RowId, default=None)
    #: ``wanted`` | ``sent`` | ``refused`` | ``uncertain``; None before it is wanted.
    mail_state: Mapped[str | None] = mapped_column(String(16), default=None)


class EscalationPerson(Base):
    """Who is called at a level, as configured, and who that is in the partner's account."""

    __tablename__ = "escalation_people"

    level: Mapped[int] = mapped_column(Integer, primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    #: Business minutes within which the level acknowledges.
    minutes: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[str | None] = mapped_column(String(32), default=None)
    name: Mapped[str] = mapped_column(String(255), default="")
    #: When monday.com was last asked who that is; None: not yet.
    sought_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class EscalationRoster(Base):
    """That the configured people have been taken over at all: one row."""

    __tablename__ = "escalation_roster"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: What was configured, to see whether it is another now.
    configured: Mapped[Any] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
