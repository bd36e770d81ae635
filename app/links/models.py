"""One row a customer's board of tickets or of feature requests."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Link(Base):
    """A board and the customer whose tickets, or feature requests, it shows."""

    __tablename__ = "links"
    __table_args__ = (Index("links_customer", "customer_id"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    board_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    #: ``own`` (each account's), ``further``, ``shared`` (in the partner's account), ``adopted``.
    origin: Mapped[str] = mapped_column(String(16))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
