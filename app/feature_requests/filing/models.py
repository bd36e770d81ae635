"""What was filed, or is on its way."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Filing(Base):
    """The one filing of a wish: its row is what makes a second one impossible, whatever the channel."""

    __tablename__ = "filings"
    __table_args__ = (Index("filings_mail", "mail_id"), Index("filings_state", "state"))

    wish_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    #: The partner's, in whose lane the wish hears what became of it.
    account_id: Mapped[str] = mapped_column(String(32))
    #: ``mail`` | ``forum`` | ``hand``
    channel: Mapped[str] = mapped_column(String(8))
    #: As they are filed.
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    #: ``app.feature_requests.filing.rules.State``
    state: Mapped[str] = mapped_column(String(16))
    #: Grows each time a person lets it be filed again after a refusal.
    attempt: Mapped[int] = mapped_column(default=1)
    mail_id: Mapped[int | None] = mapped_column(RowId, default=None)
    #: By which the forum knows the topic: it takes no second one with the same.
    external_id: Mapped[str] = mapped_column(String(50), unique=True)
    reference: Mapped[str | None] = mapped_column(Text, default=None)
    link: Mapped[str | None] = mapped_column(Text, default=None)
    #: Why it was refused, is uncertain, or waits.
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    wanted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
