"""Pairs of items, and what each side was last known to say."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Side(Base):
    """One item of a pair. It has no ``item_id`` until monday.com has confirmed its creation."""

    __tablename__ = "sides"
    __table_args__ = (
        UniqueConstraint("account_id", "board_id", "item_id", name="sides_item"),
        Index("sides_story", "story"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: What both sides tell, e.g. ``ticket:7``.
    story: Mapped[str] = mapped_column(String(40))
    #: ``desk`` (partner account) or ``customer``.
    role: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    item_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: The outbox change that creates the item, for sides we create.
    create_change_id: Mapped[int | None] = mapped_column(Integer, default=None)
    sync_id: Mapped[str] = mapped_column(String(64), unique=True)
    #: ``active`` | ``archived`` | ``deleted`` | ``moved`` to another board | ``replaced`` by another item
    #: | ``set_aside``: replaced, and back on the board, where nothing follows it
    state: Mapped[str] = mapped_column(String(16), default="active")
    #: Since when monday.com has not shown the item, without saying what became of it.
    unseen_since: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Shadow(Base):
    """A column's value as this side last had it, and as everything decided since rests on."""

    __tablename__ = "shadows"

    side_id: Mapped[int] = mapped_column(ForeignKey("sides.id"), primary_key=True)
    column_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)


class Tombstone(Base):
    """That an item left its board: kept beyond its side's state, so that it can be told afterwards."""

    __tablename__ = "tombstones"
    __table_args__ = (Index("tombstones_side", "side_id"), Index("tombstones_story", "story"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    side_id: Mapped[int] = mapped_column(ForeignKey("sides.id"))
    story: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    item_id: Mapped[str] = mapped_column(String(32))
    #: ``archived`` | ``deleted`` | ``moved``
    reason: Mapped[str] = mapped_column(String(16))
    #: monday.com's id of who did it; None when it did not say.
    by_user_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: When it left, by monday.com's clock; when we saw it, where monday.com did not say.
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: ``event``, ``read`` (the item itself said so) or ``unseen`` (twice, a time apart, not shown)
    known_by: Mapped[str] = mapped_column(String(16))
    #: When the item came back, or another took its place; None while it is gone.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: The side whose item took its place.
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("sides.id"), default=None)


class Loss(Base):
    """A person's act that takes something away, lately: an item left, or a shared column was emptied."""

    __tablename__ = "losses"
    __table_args__ = (Index("losses_link", "account_id", "board_id", "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: The customer's board of the story, on whichever side it happened.
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    story: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
