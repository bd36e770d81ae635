"""The boards we made or took over, and the making of a board that is under way."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Board(Base):
    """One board of one account."""

    __tablename__ = "boards"
    __table_args__ = (UniqueConstraint("account_id", "slot", name="boards_slot"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    board_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: The template's key.
    key: Mapped[str] = mapped_column(String(32))
    #: What the board is in its account: the template's key for the one that every account has,
    #: ``key:name`` for further ones.
    slot: Mapped[str] = mapped_column(String(64))
    #: ``sv`` | ``en``
    language: Mapped[str] = mapped_column(String(2))
    #: ``provisioning`` | ``active`` | ``paused``
    state: Mapped[str] = mapped_column(String(16))
    #: A sentence for the operator; None unless paused.
    paused_reason: Mapped[str | None] = mapped_column(Text, default=None)
    #: Why nothing is to be read from it or written to it for now; None while it is followed.
    held_reason: Mapped[str | None] = mapped_column(Text, default=None)
    #: An operator's name, or the guard that stopped it.
    held_by: Mapped[str | None] = mapped_column(String(64), default=None)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: When it was last followed again.
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: Stands in the address that monday.com's webhooks call; nobody can guess it.
    webhook_key: Mapped[str] = mapped_column(String(64), unique=True)
    #: What stands where: see ``app.boards.rules.Structure``.
    structure: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Event subscribed to → webhook's id.
    webhooks: Mapped[dict[str, str]] = mapped_column(JSON)


class BoardRun(Base):
    """A provisioning that was begun and not finished: the root of its idempotency keys."""

    __tablename__ = "board_runs"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: Which of the account's boards: see ``Board.slot``.
    slot: Mapped[str] = mapped_column(String(64), primary_key=True)
    run_key: Mapped[str] = mapped_column(String(64))
    #: Real epoch seconds: monday.com remembers a key for 30 minutes of real time.
    started: Mapped[float] = mapped_column(Float)
