"""Adding operators; signing in and out.

Who signs in gets a random key; only its hash is stored, so a session ends by deleting a row.
Tries are counted before the password is looked at, in SQL, so that several web processes and
many tries at once count together. An unknown name, a wrong password and a disabled operator
are answered alike and take as long.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import SupportError
from app.ids import new_key
from app.operators import audit, passwords
from app.operators.models import Operator, OperatorSession, SignInTry

#: A session ends when nobody used it for so long, or when it is so old; in seconds.
IDLE_SECONDS = 60 * 60.0
LIFE_SECONDS = 12 * 60 * 60.0
#: So many tries that failed, of one name or from one address, within this time; then nobody is let in.
TRIES_SECONDS = 15 * 60.0
TRIES_BY_NAME = 8
TRIES_BY_ADDRESS = 24

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
#: How old ``seen`` may get before it is written again: not every page is a write.
_SEEN_EVERY_SECONDS = 60.0


class OperatorError(SupportError):
    """An operator can't be added or changed as asked."""

    code = "operator"
    permanent = True


class SignInRefusedError(SupportError):
    """Name and password do not belong together."""

    code = "sign_in_refused"
    permanent = True


class TooManyTriesError(SupportError):
    """Too many tries failed lately."""

    code = "too_many_tries"


@dataclass(frozen=True)
class OperatorSeen:
    """An operator as others see it."""

    id: int
    name: str
    email: str
    state: str
    must_choose: bool
    added_at: datetime


def add(session: Session, name: str, email: str, *, by: str, now: datetime) -> str:
    """Add an operator; return the password to sign in with once.

    Raises:
        OperatorError: the name is taken, or name or address have not the form of one.
    """
    if not _NAME.fullmatch(name):
        raise OperatorError("A name has small letters, digits, dots and hyphens only, like anna.berg.")
    if not _EMAIL.fullmatch(email):
        raise OperatorError(f"{email!r} is not an e-mail address.")
    if _find(session, name) is not None:
        raise OperatorError(f"There is an operator {name!r} already.")
    password = passwords.new_password()
    session.add(
        Operator(name=name, email=email, password_hash=passwords.make_hash(password, name), added_at=now)
    )
    audit.note(session, by, "operator added", name, now=now)
    return password


def list_operators(session: Session) -> Sequence[OperatorSeen]:
    """All operators by name."""
    return [_seen(row) for row in session.execute(select(Operator).order_by(Operator.name)).scalars()]


def disable(session: Session, name: str, *, by: str, now: datetime) -> None:
    """Let an operator in no more, and end all their sessions.

    Raises:
        OperatorError: there is none of that name.
    """
    operator = _require(session, name)
    operator.state = "disabled"
    _end_sessions(session, operator)
    audit.note(session, by, "operator disabled", name, now=now)


def give_password(session: Session, name: str, *, by: str, now: datetime, must_choose: bool = True) -> str:
    """Give an operator a new password, let them in (again), and end all their sessions.

    Args:
        session: The caller's transaction.
        name: Whose.
        by: Who does it.
        now: This moment, aware UTC.
        must_choose: Whether they have to choose another when they sign in.

    Raises:
        OperatorError: there is none of that name.
    """
    operator, password = _require(session, name), passwords.new_password()
    operator.password_hash, operator.must_choose = passwords.make_hash(password, name), must_choose
    operator.state = "active"
    _end_sessions(session, operator)
    audit.note(session, by, "password given", name, now=now)
    return password


def choose_password(session: Session, operator_id: int, old: str, new: str, *, now: datetime) -> None:
    """Take the password an operator chose, and end all their sessions.

    Raises:
        SignInRefusedError: the old one is wrong.
        PasswordUnfitError: the new one can't be taken.
    """
    operator = session.get_one(Operator, operator_id, with_for_update=True)
    if not passwords.is_right(old, operator.password_hash):
        raise SignInRefusedError("The present password is another one.")
    if old == new:
        raise passwords.PasswordUnfitError("Choose a password that you did not have before.")
    operator.password_hash, operator.must_choose = passwords.make_hash(new, operator.name), False
    _end_sessions(session, operator)
    audit.note(session, operator.name, "password chosen", operator.name, now=now)


def sign_in(
    database: Database, name: str, password: str, *, address: str, now: datetime, real_time: float
) -> str:
    """Sign in; return the new session's key.

    Raises:
        SignInRefusedError: nobody who may sign in has that name and that password.
        TooManyTriesError: too many tries of that name, or from that address, failed lately.
    """
    name = name.strip().casefold()
    with database.transaction() as session:
        _count_try(session, name, address, real_time)
        operator = _find(session, name)
    stored = operator.password_hash if operator is not None and operator.state == "active" else None
    # Outside of any transaction: this takes a while, on purpose.
    right = passwords.is_right(password, stored)
    if operator is None or not right:
        with database.transaction() as session:
            audit.note(session, "nobody", "sign-in refused", f"from {address}", now=now)
        raise SignInRefusedError("No operator has that name and that password.")
    key = new_key(32)
    with database.transaction() as session:
        kept = session.get_one(Operator, operator.id, with_for_update=True)
        if (kept.password_hash, kept.state) != (stored, "active"):
            raise SignInRefusedError("No operator has that name and that password.")
        session.execute(delete(SignInTry).where(SignInTry.by.in_(_by(name, address))))
        session.execute(delete(OperatorSession).where(OperatorSession.begun < real_time - LIFE_SECONDS))
        session.add(
            OperatorSession(key_hash=_hash(key), operator_id=operator.id, begun=real_time, seen=real_time)
        )
        audit.note(session, operator.name, "signed in", f"from {address}", now=now)
    return key


def who(database: Database, key: str, *, real_time: float, touch: bool = True) -> OperatorSeen | None:
    """Who is signed in with a key; None when nobody is any more.

    Args:
        database: Where sessions are.
        key: As ``sign_in`` gave it.
        real_time: Epoch seconds.
        touch: Whether this is a person's doing, not a page refreshing itself: it keeps the session.
    """
    with database.reading() as session:
        row = session.get(OperatorSession, _hash(key))
        operator = None if row is None else session.get(Operator, row.operator_id)
    if row is None or operator is None or operator.state != "active":
        return None
    if real_time - row.begun > LIFE_SECONDS or real_time - row.seen > IDLE_SECONDS:
        return None
    if touch and real_time - row.seen > _SEEN_EVERY_SECONDS:
        with database.transaction() as session:
            kept = session.get(OperatorSession, _hash(key), with_for_update=True)
            if kept is not None:
                kept.seen = real_time
    return _seen(operator)


def sign_out(session: Session, key: str, *, by: str, now: datetime) -> None:
    """End the session of a key."""
    session.execute(delete(OperatorSession).where(OperatorSession.key_hash == _hash(key)))
    audit.note(session, by, "signed out", by, now=now)


def minutes_to_wait() -> int:
    """For how many minutes failed tries count."""
    return int(timedelta(seconds=TRIES_SECONDS) / timedelta(minutes=1))


def _count_try(session: Session, name: str, address: str, real_time: float) -> None:
    """Count a try as failed until it is known to be good, so that many at once are counted, too."""
    session.execute(delete(SignInTry).where(SignInTry.at < real_time - TRIES_SECONDS))
    by_name, by_address = _by(name, address)
    for by, most in ((by_name, TRIES_BY_NAME), (by_address, TRIES_BY_ADDRESS)):
        tries = session.execute(select(func.count()).select_from(SignInTry).where(SignInTry.by == by))
        if tries.scalar_one() >= most:
            raise TooManyTriesError(
                f"Too many tries failed. Wait {minutes_to_wait()} minutes, then try again; another operator "
                "can give you a new password with `synerity operator password`."
            )
    session.add_all([SignInTry(by=by_name, at=real_time), SignInTry(by=by_address, at=real_time)])


def _by(name: str, address: str) -> tuple[str, str]:
    return _hash(f"name:{name}"), _hash(f"address:{address}")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _find(session: Session, name: str) -> Operator | None:
    return session.execute(select(Operator).where(Operator.name == name)).scalar_one_or_none()


def _require(session: Session, name: str) -> Operator:
    operator = _find(session, name)
    if operator is None:
        raise OperatorError(f"There is no operator {name!r}. `synerity operator list` shows them.")
    return operator


def _end_sessions(session: Session, operator: Operator) -> None:
    session.execute(delete(OperatorSession).where(OperatorSession.operator_id == operator.id))


def _seen(row: Operator) -> OperatorSeen:
    return OperatorSeen(row.id, row.name, row.email, row.state, row.must_choose, row.added_at)
