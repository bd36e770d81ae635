"""A customer, as the agreements board describes it."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId


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
    tier: Mapped[str] = mapped_column(String(16), default="free")
    #: ``sv`` or ``en``: the language of everything this customer reads.
    language: Mapped[str] = mapped_column(String(8), default="sv")
    #: Whether it is to have a shareable board in the partner's own account.
    shared_board: Mapped[bool] = mapped_column(default=False)
    #: Users of the partner's account, like ``person-7``: who is on duty for this customer's tickets, and the
    #: support manager.
    duty: Mapped[list[str]] = mapped_column(JSON, default=list)
    manager: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: The customer's group on the service desk.
    desk_group_id: Mapped[str | None] = mapped_column(String(64), default=None)

    @property
    def story(self) -> str:
        """The name under which the mirror knows this customer's item."""
        return f"customer:{self.id}"
