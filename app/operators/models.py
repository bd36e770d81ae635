"""Operators, their sessions, tries to sign in, and what was done by whom."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId, UtcDateTime


class Operator(Base):
    """A person who may sign in to the operator's page."""

    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: What they sign in with: small letters, digits, dot, hyphen.
    name: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(255))
    #: argon2id, with its parameters and salt.
    password_hash: Mapped[str] = mapped_column(Text)
    #: Somebody else knows the password: another must be chosen first.
    must_choose: Mapped[bool] = mapped_column(default=True)
    #: ``active`` | ``disabled``
    state: Mapped[str] = mapped_column(String(16), default="active")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OperatorSession(Base):
    """One browser that is signed in. Moments are real epoch seconds: people do not follow a moved clock."""

    __tablename__ = "operator_sessions"
    __table_args__ = (Index("operator_sessions_operator", "operator_id"),)

    #: Hash of the key in the browser's cookie: who reads the table can't sign in with it.
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    begun: Mapped[float] = mapped_column(Float)
    seen: Mapped[float] = mapped_column(Float)


class SignInTry(Base):
    """A try to sign in that was not, or not yet, a success; kept as long as it counts."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("sign_in_tries_by", "by", "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    #: ``address:…`` or ``name:…``, hashed: names that were mistyped may be passwords.
    by: Mapped[str] = mapped_column(String(64))
    #: Real epoch seconds.
    at: Mapped[float] = mapped_column(Float)


class OperatorAction(Base):
    """One thing an operator did, on the page or in a terminal."""

    __tablename__ = "operator_actions"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The operator's name, or ``terminal:`` and the machine's user.
    by: Mapped[str] = mapped_column(String(80))
    #: What, in few words, e.g. ``link paused``.
    action: Mapped[str] = mapped_column(String(40))
    #: What it was done to, e.g. ``board 123 of acme``.
    subject: Mapped[str] = mapped_column(String(255))
    #: A reason or a figure; empty where there is nothing to say.
    detail: Mapped[str] = mapped_column(Text, default="")
