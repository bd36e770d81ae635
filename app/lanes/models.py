"""The lane's row: how much is wanted, how much is done, and who holds it until when."""

from sqlalchemy import Float, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Lane(Base):
    """One lane. Moments are real epoch seconds: leases must not follow the development clock."""

    __tablename__ = "lanes"
    __table_args__ = (
        Index(
            "lanes_waiting",
            "account_id",
            "kind",
            sqlite_where=text("wanted > done"),
            postgresql_where=text("wanted > done"),
        ),
        # What may be worked on now, past all that waits for a moment: asked for several times a second.
        Index(
            "lanes_ready",
            "not_before",
            sqlite_where=text("wanted > done"),
            postgresql_where=text("wanted > done"),
        ),
    )

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    #: Whose work it is among an account's lanes of a kind: each share gets its turn. The partner's desk has
    #: the items of all customers.
    share: Mapped[str] = mapped_column(String(80), default="")
    #: How often work was asked for, and up to which asking it is done.
    wanted: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    #: Grows with every claim; a holder whose fence is old has lost the lane.
    fence: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    not_before: Mapped[float] = mapped_column(Float, default=0.0)
    #: Since when the oldest undone work waits; what the operator's alarm looks at.
    pending_since: Mapped[float] = mapped_column(Float, default=0.0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    #: The most urgent of what waits (``app.priority.Priority``).
    priority: Mapped[int] = mapped_column(Integer, default=0)
