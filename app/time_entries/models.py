"""Time entries, the trace of their corrections, and what was invoiced. Amounts are whole öre."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime

#: What an entry's number begins with.
NUMBER_PREFIX = "T-"


class TimeEntry(Base):
    """An item on the time board. What it last said readably stays while it is not readable."""

    __tablename__ = "time_entries"
    __table_args__ = (Index("time_entries_customer", "customer_id", "day"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: The item's name.
    note: Mapped[str] = mapped_column(String(255), default="")
    #: The names of who worked.
    person: Mapped[str] = mapped_column(String(255), default="")
    customer_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("customers.id"), default=None)
    #: A ticket's number.
    ticket: Mapped[str | None] = mapped_column(String(32), default=None)
    day: Mapped[date | None] = mapped_column(Date, default=None)
    minutes: Mapped[int | None] = mapped_column(default=None)
    is_billable: Mapped[bool] = mapped_column(default=True)
    #: ``counts`` | ``incomplete`` | ``unreadable`` | ``gone``
    standing: Mapped[str] = mapped_column(String(16), default="incomplete")
    #: The label of its status column.
    state: Mapped[str] = mapped_column(String(16), default="incomplete")
    #: Keys of what people were told is wrong with it, since it last counted.
    told: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: What it costs as it stands; None where it does not count.
    charged_minutes: Mapped[int | None] = mapped_column(default=None)
    price_ore: Mapped[int | None] = mapped_column(BigInteger, default=None)
    amount_ore: Mapped[int | None] = mapped_column(BigInteger, default=None)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When it first counted; what changes after that leaves a trace.
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: What its cells said when it was last looked at, since it first counted: changes are told from it.
    counted: Mapped[dict[str, str | None] | None] = mapped_column(JSON(none_as_null=True), default=None)
    #: When it was last changed after it had counted.
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    @property
    def number(self) -> str:
        """What people call it: T-1 and up."""
        return f"{NUMBER_PREFIX}{self.id}"

    @property
    def story(self) -> str:
        """The name under which the mirror knows its item."""
        return f"time:{self.id}"


class TimeEntryChange(Base):
    """That an entry which had counted was changed. Rows are only added."""

    __tablename__ = "time_entry_changes"
    __table_args__ = (Index("time_entry_changes_entry", "entry_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(RowId, ForeignKey("time_entries.id"))
    #: By monday.com's clock, as far as it told.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: monday.com's id of who did it; None where it did not say.
    by_user_id: Mapped[str | None] = mapped_column(String(32))
    #: ``customer`` | ``ticket`` | ``date`` | ``minutes`` | ``billable`` | ``standing``
    what: Mapped[str] = mapped_column(String(16))
    was: Mapped[str | None] = mapped_column(String(255))
    became: Mapped[str | None] = mapped_column(String(255))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatementItem(Base):
    """A customer's month that has an item on the time board."""

    __tablename__ = "statement_items"
    __table_args__ = (UniqueConstraint("customer_id", "month", name="statement_items_month"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    #: Its first day.
    month: Mapped[date] = mapped_column(Date)

    @property
    def story(self) -> str:
        """The name under which the mirror knows its item."""
        return f"statement:{self.id}"


class ClosedMonth(Base):
    """A month that was invoiced: what is corrected after that is invoiced with the next one."""

    __tablename__ = "closed_months"

    #: Its first day.
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))


class InvoicedLine(Base):
    """A line of a closed month's statement, as it was then. Rows are only added."""

    __tablename__ = "invoiced_lines"
    __table_args__ = (Index("invoiced_lines_customer", "customer_id", "month"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(RowId, ForeignKey("customers.id"))
    #: With which month it was invoiced, and which it is about, each by its first day.
    month: Mapped[date] = mapped_column(Date, ForeignKey("closed_months.month"))
    about: Mapped[date] = mapped_column(Date)
    #: ``fee`` | ``consulting``
    kind: Mapped[str] = mapped_column(String(16))
    is_correction: Mapped[bool] = mapped_column()
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    tier: Mapped[str] = mapped_column(String(16), default="")
    #: Whether monday.com takes the payment for that agreement.
    is_marketplace: Mapped[bool] = mapped_column(default=False)
    entry_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("time_entries.id"), default=None)
    ticket: Mapped[str | None] = mapped_column(String(32), default=None)
    person: Mapped[str] = mapped_column(String(255), default="")
    minutes: Mapped[int] = mapped_column()
    charged_minutes: Mapped[int] = mapped_column()
    price_ore: Mapped[int] = mapped_column(BigInteger)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
