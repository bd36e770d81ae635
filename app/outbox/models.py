"""Wanted changes, the requests that carried them, and how often an item was written."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Change(Base):
    """One wanted change: a column value, a new item, an update."""

    __tablename__ = "changes"
    __table_args__ = (
        Index("changes_board", "account_id", "board_id", "state", "priority", "share", "id"),
        Index("changes_item", "account_id", "board_id", "item_id", "state"),
        Index("changes_after", "after_id"),
        Index("changes_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    #: ``create_item`` | ``move_item`` | ``set_column`` | ``create_update`` | ``edit_update``
    #: | ``delete_update`` | ``notify`` | ``add_file`` | ``remove_file``
    kind: Mapped[str] = mapped_column(String(24))
    #: The item the change is for; None while that item is still to be created (see ``after_id``).
    item_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: The ``create_item`` change that must be confirmed first.
    after_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id"), default=None)
    #: For ``set_column``: the column's id, or ``name``.
    column_id: Mapped[str | None] = mapped_column(String(64), default=None)
    #: What to send (JSON for monday.com) and what the confirming subject must know.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: ``wanted`` → ``sent`` → ``done`` | ``wanted`` again | ``parked``; ``dropped`` when overtaken.
    #: ``held`` while its item is gone.
    state: Mapped[str] = mapped_column(String(16), default="wanted")
    #: True once it failed in company: sent alone, so that it can't fail its neighbours.
    alone: Mapped[bool] = mapped_column(default=False)
    #: ``app.priority.Priority`` of the transaction that wanted it, and whose work it is.
    priority: Mapped[int] = mapped_column(Integer, default=0)
    share: Mapped[str] = mapped_column(String(80), default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    #: Real epoch seconds before which it is not tried again; its board's other changes go on.
    not_before: Mapped[float] = mapped_column(Float, default=0.0)
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    wanted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Request(Base):
    """One request on its way: kept until its answer is recorded, so that it can be repeated as it was."""

    __tablename__ = "requests"
    __table_args__ = (Index("requests_board", "account_id", "board_id"),)

    #: The idempotency key monday.com knows the request by.
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    #: ``[{"alias", "document", "variables", "change_ids", "item_id"}]``
    operations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: Real epoch seconds: monday.com's 30 minutes do not follow the development clock.
    first_sent: Mapped[float] = mapped_column(Float)


class WrittenItem(Base):
    """Our pen at an item: a number that grows with each step, odd while a write is under way, even at rest.

    Who reads an item compares the number before and after: when it differs or is odd, what
    was read may be half our own doing and is read again. So it must never come back to what it was: rows
    that are forgotten after a long rest begin anew by the time, beyond all they have been before.
    """

    __tablename__ = "written_items"
    __table_args__ = (Index("written_items_at", "written_at"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    board_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    #: When the last step was, in real epoch seconds.
    written_at: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
