"""What customers asked for that their agreements do not include."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Ask(Base):
    """A customer asked for what its agreement does not include."""

    __tablename__ = "asks"
    __table_args__ = (Index("asks_customer", "customer_id", "asked_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    capability: Mapped[str] = mapped_column(String(32))
    #: The agreement that held then.
    tier: Mapped[str] = mapped_column(String(16))
    #: The ticket on which it was asked, where it was one: its number.
    ticket: Mapped[str | None] = mapped_column(String(32), default=None)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
