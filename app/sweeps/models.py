"""Walks over boards, what they have listed, what was healed because of them."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class SweepRun(Base):
    """One sweep of one board: its progress while it runs, its report afterwards."""

    __tablename__ = "sweep_runs"
    __table_args__ = (
        Index(
            "sweep_runs_running",
            "account_id",
            "board_id",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index("sweep_runs_board", "account_id", "board_id", "id"),
        Index("sweep_runs_begun", "begun_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    board_id: Mapped[str] = mapped_column(String(32))
    #: ``quick`` (what changed since the last sweep) | ``full`` (every active item)
    kind: Mapped[str] = mapped_column(String(8))
    #: ``first`` | ``timer`` | ``daily`` | ``outage`` | ``count`` | ``asked``
    cause: Mapped[str] = mapped_column(String(16))
    #: ``running`` → ``done`` | ``guarded`` (too much is missing: an operator decides) | ``failed``
    #: | ``dropped`` (a fuller one took its place)
    state: Mapped[str] = mapped_column(String(16), default="running")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: A sentence for the operator; None where there is nothing to say.
    note: Mapped[str | None] = mapped_column(Text, default=None)
    #: monday.com's own count of the board's active items; None before the first page.
    expected: Mapped[int | None] = mapped_column(Integer, default=None)
    #: Known active items of the board when it ended.
    known: Mapped[int] = mapped_column(Integer, default=0)
    #: Items listed, asked to be read, found to differ, not listed though known, held back by the guard.
    items: Mapped[int] = mapped_column(Integer, default=0)
    asked: Mapped[int] = mapped_column(Integer, default=0)
    healed: Mapped[int] = mapped_column(Integer, default=0)
    missing: Mapped[int] = mapped_column(Integer, default=0)
    guarded: Mapped[int] = mapped_column(Integer, default=0)
    #: Requests made for it; the first of a quick one may have been made for other boards as well.
    requests: Mapped[int] = mapped_column(Integer, default=0)
    #: monday.com's cursor of the next page; None before the first page.
    cursor: Mapped[str | None] = mapped_column(Text, default=None)
    #: When this walk asked for its first page (real epoch seconds: cursors live 60 minutes of these).
    walk_began: Mapped[float] = mapped_column(Float, default=0.0)
    #: How often the walk was begun anew: its cursor was gone, or its list was not whole.
    restarts: Mapped[int] = mapped_column(Integer, default=0)
    #: The newest side when the walk began: younger ones can't be missing from it.
    last_side_id: Mapped[int] = mapped_column(Integer, default=0)


class SweepListed(Base):
    """An item that a full sweep has listed; gone when the sweep has ended."""

    __tablename__ = "sweep_listed"

    run_id: Mapped[int] = mapped_column(ForeignKey("sweep_runs.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(32), primary_key=True)


class ItemTrace(Base):
    """What an item and its updates looked like from afar when it was last read whole and handled."""

    __tablename__ = "item_traces"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    board_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: See ``app.mirror.seen.Trace``.
    trace: Mapped[str] = mapped_column(String(120))
    #: monday.com's moment of the newest change of an update; empty when there is no update.
    updates_at: Mapped[str] = mapped_column(String(40))


class Healed(Base):
    """One thing that a sweep found to differ and that was put right; never what anybody wrote."""

    __tablename__ = "sweep_healed"
    __table_args__ = (Index("sweep_healed_run", "run_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("sweep_runs.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(32))
    #: ``item`` (was not known) | ``column`` | ``state`` | ``conversation``
    what: Mapped[str] = mapped_column(String(16))
    #: For ``column``: its key in the template.
    column_key: Mapped[str | None] = mapped_column(String(64), default=None)
    #: ``missed_event`` | ``lost_write``
    why: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
