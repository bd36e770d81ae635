"""Vendor cases, the tickets that joined them, whose turn it was when, and what customers have been told.

A case lives here and not on its board: its item may go, and is made again.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime

NUMBER_PREFIX = "V-"


class VendorCase(Base):
    """One fault of monday.com's own, as it is pressed there."""

    __tablename__ = "vendor_cases"
    __table_args__ = (Index("vendor_cases_state", "state"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: The partner's account, in which its item stands.
    account_id: Mapped[str] = mapped_column(String(32))
    #: The ticket for which it was made: its customer's account is named to monday.com.
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    #: ``app.vendor_cases.rules.steps.State``
    state: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How often it was sent, and how many reminders were: the next one has a key of its own.
    sendings: Mapped[int] = mapped_column(Integer, default=0)
    reminders: Mapped[int] = mapped_column(Integer, default=0)
    #: How many follow-ups of the present silence the technicians were told of.
    followed_up: Mapped[int] = mapped_column(Integer, default=0)
    #: When the present silence went past its limit.
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: When customers were told anything last.
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Language → what customers are told of how it ended.
    resolution_sv: Mapped[str | None] = mapped_column(Text, default=None)
    resolution_en: Mapped[str | None] = mapped_column(Text, default=None)

    @property
    def number(self) -> str:
        """What people call it: V-1 and up."""
        return f"{NUMBER_PREFIX}{self.id}"

    @property
    def story(self) -> str:
        """The name under which the mirror knows its item, and mail its thread."""
        return f"case:{self.id}"


class CaseTicket(Base):
    """A ticket of a case, from when it joined until it left; and how far its customer has been told."""

    __tablename__ = "vendor_case_tickets"
    __table_args__ = (
        Index("vendor_case_tickets_case", "case_id"),
        Index("vendor_case_tickets_ticket", "ticket_id"),
        Index("vendor_case_tickets_customer", "customer_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("vendor_cases.id"))
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: The last piece of news, and the last words of technicians, of which nothing is to be told any more.
    news_id: Mapped[int] = mapped_column(RowId, default=0)
    words_id: Mapped[int] = mapped_column(RowId, default=0)
    #: Whether the ticket's status was last made to say that monday.com has the ball.
    is_with_vendor: Mapped[bool] = mapped_column(default=False)
    #: When its escalation was offered in the present silence.
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class ReportOffer(Base):
    """That a customer was told that it may ask for a report: once a ticket."""

    __tablename__ = "vendor_report_offers"

    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"), primary_key=True)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Turn(Base):
    """That monday.com got the ball, or gave it back. Whose turn it was follows from all in order of time."""

    __tablename__ = "vendor_turns"
    __table_args__ = (UniqueConstraint("case_id", "key", name="vendor_turns_key"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("vendor_cases.id"))
    #: The same each time that it is told.
    key: Mapped[str] = mapped_column(String(120))
    #: ``app.vendor_cases.rules.clock.Kind``
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: It turned out not to have happened: the mail came back.
    is_void: Mapped[bool] = mapped_column(default=False)


class CaseNews(Base):
    """Something that every customer of a case is told, in its own language. Rows are only added."""

    __tablename__ = "vendor_case_news"
    __table_args__ = (Index("vendor_case_news_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("vendor_cases.id"))
    #: ``app.vendor_cases.rules.steps.News``
    what: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseWords(Base):
    """An update that a technician wrote on a case's item for its customers."""

    __tablename__ = "vendor_case_words"
    __table_args__ = (UniqueConstraint("case_id", "update_id", name="vendor_case_words_update"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("vendor_cases.id"))
    update_id: Mapped[str] = mapped_column(String(32))
    #: The item on which it stands: one in whose place another stands leaves its updates behind.
    side_id: Mapped[int] = mapped_column(ForeignKey("sides.id"))
    text_key: Mapped[str] = mapped_column(String(64))
    #: What of it may cross, as HTML; None when it was withdrawn.
    body: Mapped[str | None] = mapped_column(Text)
    #: Since when it has been for customers.
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseCopy(Base):
    """A copy of such an update on one customer's item."""

    __tablename__ = "vendor_case_copies"
    __table_args__ = (
        UniqueConstraint("words_id", "ticket_id", name="vendor_case_copies_ticket"),
        Index("vendor_case_copies_change", "change_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    words_id: Mapped[int] = mapped_column(RowId, ForeignKey("vendor_case_words.id"))
    ticket_id: Mapped[int] = mapped_column(RowId, ForeignKey("tickets.id"))
    #: The change that posts it, and its id once it stands.
    change_id: Mapped[int] = mapped_column(Integer)
    update_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: What was last wanted there.
    body_key: Mapped[str] = mapped_column(String(64))
    #: The customer is not to read it any more.
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
