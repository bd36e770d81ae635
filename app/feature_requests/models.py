"""Feature requests, and what was done about each."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime
from app.feature_requests.rules.joining import number
from app.feature_requests.rules.steps import AT_MONDAY, Filing


class Wish(Base):
    """One feature request of one customer."""

    __tablename__ = "wishes"
    __table_args__ = (
        Index("wishes_customer", "customer_id", "opened_at"),
        Index("wishes_lead", "lead_id"),
        Index("wishes_ticket", "ticket", unique=True),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    #: ``board``, ``ticket``, and later mail and portal.
    channel: Mapped[str] = mapped_column(String(16))
    #: The number of the ticket it was made of; a ticket is made one request.
    ticket: Mapped[str | None] = mapped_column(String(32), default=None)
    requester: Mapped[str] = mapped_column(String(255))
    #: Where the requester is written to, where that is known of it; else the customer's contact is.
    requester_email: Mapped[str | None] = mapped_column(String(320), default=None)
    title: Mapped[str] = mapped_column(String(255))
    #: Guided field → the customer's answer.
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    #: ``rules.steps.Status``
    status: Mapped[str] = mapped_column(String(16))
    status_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When the customer was asked for what was missing: once.
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: Since when its customer approves the use case; None while it does not.
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: Column → what the English title and text were filled in with: where they still say so, nobody has
    #: written others.
    prefilled: Mapped[dict[str, str | None]] = mapped_column(JSON, default=dict)
    #: ``rules.steps.Filing``; None while nobody has asked for it.
    filing: Mapped[str | None] = mapped_column(String(16), default=None)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reference: Mapped[str | None] = mapped_column(String(255), default=None)
    link: Mapped[str | None] = mapped_column(String(2000), default=None)
    #: The request that says the same, which this one follows.
    lead_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("wishes.id"), default=None)
    #: Requests that technicians were told of as similar to this one.
    suggested: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: The last quarter for which people were reminded to look how it is doing: ``2027-Q1``.
    reviewed_in: Mapped[str | None] = mapped_column(String(8), default=None)
    #: When its customer was told of the release: once.
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    @property
    def number(self) -> str:
        """What people call it: W-1 and up."""
        return number(self.id)

    @property
    def story(self) -> str:
        """The name under which the mirror knows its two items."""
        return f"wish:{self.id}"

    @property
    def is_handed_over(self) -> bool:
        """Whether it was filed, or may have been: what it says then can't be changed any more."""
        return self.filing in (Filing.ASKED, Filing.BY_HAND, Filing.UNCERTAIN, Filing.FILED)

    @property
    def is_at_monday(self) -> bool:
        """Whether monday.com has it."""
        return self.filing == Filing.FILED and self.status in AT_MONDAY
