"""A ticket: what is true of it apart from any board."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime
from app.ids import ticket_number


class Ticket(Base):
    """One ticket of one customer."""

    __tablename__ = "tickets"
    __table_args__ = (Index("tickets_customer", "customer_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    #: ``board``, and later mail, portal, phone.
    channel: Mapped[str] = mapped_column(String(16))
    #: The agreement that holds for it.
    tier: Mapped[str] = mapped_column(String(16))
    #: A status label's key, as on the service desk.
    status: Mapped[str] = mapped_column(String(32))
    requester: Mapped[str] = mapped_column(String(255))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When a technician set that status, by monday.com's clock; None until one does.
    status_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    @property
    def number(self) -> str:
        """What people call it: SYN-1001 and up."""
        return ticket_number(self.id)

    @property
    def story(self) -> str:
        """The name under which the mirror knows its two items."""
        return f"ticket:{self.id}"
