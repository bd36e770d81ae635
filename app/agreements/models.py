"""Customers as the customers board describes them, and what was agreed with them, with its history."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Customer(Base):
    """A customer: one item on the partner's customers board, at most one monday.com account."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: The slug of its monday.com account; what connects the agreement to the installation. None for a
    #: customer that only has a shareable board in the partner's account.
    slug: Mapped[str | None] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    #: The account in which the app is installed; None before.
    account_id: Mapped[str | None] = mapped_column(String(32), unique=True, default=None)
    #: The tier that held when anything last changed. The terms say what holds when (``agreements.terms``).
    tier: Mapped[str] = mapped_column(String(16), default="free")
    #: Until when notice can be given, and when the agreement is renewed: people are reminded before.
    notice_on: Mapped[date | None] = mapped_column(Date, default=None)
    renews_on: Mapped[date | None] = mapped_column(Date, default=None)
    #: ``sv`` or ``en``: the language of everything this customer reads.
    language: Mapped[str] = mapped_column(String(8), default="sv")
    #: Whether it is to have a shareable board in the partner's own account.
    shared_board: Mapped[bool] = mapped_column(default=False)
    #: Users of the partner's account, like ``person-7``: who is on duty for this customer's tickets, and the
    #: support manager.
    duty: Mapped[list[str]] = mapped_column(JSON, default=list)
    manager: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Where the customer is written to by mail, where nobody else is known.
    contact_email: Mapped[str | None] = mapped_column(String(320), default=None)
    #: The customer's group on the service desk.
    desk_group_id: Mapped[str | None] = mapped_column(String(64), default=None)

    @property
    def story(self) -> str:
        """The name under which the mirror knows this customer's item."""
        return f"customer:{self.id}"


class AgreedTerm(Base):
    """From a moment on another agreement holds. Rows are added and taken back, never rewritten."""

    __tablename__ = "agreed_terms"
    __table_args__ = (Index("agreed_terms_customer", "customer_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    #: None: the agreement before it has ended.
    tier: Mapped[str | None] = mapped_column(String(16))
    is_licence_customer: Mapped[bool] = mapped_column(default=False)
    #: ``edit``: agreed then; ``end`` and ``next``: as the columns for the end and the next agreement say.
    origin: Mapped[str] = mapped_column(String(16))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When it was corrected: it counts no more, from no moment on.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class CustomTermRow(Base):
    """A line of custom terms. One that people take away holds until then."""

    __tablename__ = "custom_terms"
    __table_args__ = (Index("custom_terms_customer", "customer_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    subject: Mapped[str] = mapped_column(String(32))
    line: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    level: Mapped[str | None] = mapped_column(String(16), default=None)
    business_seconds: Mapped[int | None] = mapped_column(BigInteger, default=None)
    percent: Mapped[Decimal | None] = mapped_column(Numeric(7, 4), default=None)
    kronor: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), default=None)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class SubscriptionEvent(Base):
    """Something that happened to what an account pays for the app through monday.com. Rows are only added."""

    __tablename__ = "subscription_events"
    __table_args__ = (Index("subscription_events_account", "account_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    #: The same each time that it is told.
    key: Mapped[str] = mapped_column(String(160), unique=True)
    type_name: Mapped[str] = mapped_column(String(64))
    #: monday.com's own moment.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    plan_id: Mapped[str | None] = mapped_column(String(120))
    #: The tier of the plan as it was configured when we heard of it; None where nothing is paid for.
    tier: Mapped[str | None] = mapped_column(String(16))
    is_trial: Mapped[bool] = mapped_column(default=False)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgreementReminder(Base):
    """That the support manager was reminded of a date of an agreement."""

    __tablename__ = "agreement_reminders"

    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"), primary_key=True)
    #: ``notice`` or ``renewal``.
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
