"""One row an account that has installed the app."""

from datetime import datetime

from sqlalchemy import Float, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Installation(Base):
    """An account's installation: who it is, what it granted, whether it may be called."""

    __tablename__ = "installations"
    __table_args__ = (
        Index(
            "installations_untold",
            "account_id",
            sqlite_where=text("told_state <> state"),
            postgresql_where=text("told_state <> state"),
        ),
    )

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: What stands before ``.monday.com``; it can be changed by the account's owner.
    slug: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    #: ``partner`` | ``customer``
    role: Mapped[str] = mapped_column(String(16))
    #: The user in whose name the app acts there.
    user_id: Mapped[str] = mapped_column(String(32))
    #: Ciphertexts; what they hold is bound to this account and to their kind.
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str | None] = mapped_column(Text)
    #: None: the token has no end (legacy flow).
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What was granted, separated by spaces.
    scopes: Mapped[str] = mapped_column(Text)
    #: ``active`` | ``paused`` | ``revoked``
    state: Mapped[str] = mapped_column(String(16))
    #: A sentence for the operator; None while active.
    pause_reason: Mapped[str | None] = mapped_column(Text)
    installed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Who renews the token now, and until when (real epoch seconds) nobody else may.
    refresh_claim: Mapped[str | None] = mapped_column(String(64), default=None)
    refresh_claimed_until: Mapped[float] = mapped_column(Float, default=0.0)
    #: How many tokens in a row were renewed because monday.com refused the one before.
    refused_tokens: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    #: The state that the technicians have been told of last.
    told_state: Mapped[str] = mapped_column(String(16), default="active", server_default="active")
