"""The database: engine, transactions, column types.

SQL is the truth of the product. SQLite is held as `docs/decisions` says: every write
transaction begins IMMEDIATE (a plain BEGIN that later upgrades fails at once under
load), WAL, ``synchronous=FULL`` (an acknowledged webhook survives a power cut). A
transaction never spans an HTTP call or a visit to Redis.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, DateTime, Engine, Integer, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MILLISECONDS = 10_000
#: Errors are logged; what people wrote must not be in them.
HIDE_PARAMETERS = True

#: 64-bit everywhere; SQLite only numbers rows by itself when the type is spelt INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime with microseconds; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; SQLite keeps the digits without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; moments are stored as aware UTC datetimes.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all tables."""


class Database:
    """One database, and the only two ways to use it: ``transaction`` and ``reading``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _create_engine(url)
        self._writing = threading.Lock()
        self._lock_file = Path(f"{_sqlite_path(url)}.lock") if _sqlite_path(url) else None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write transaction: commits at the end, rolls back on any error."""
        with self._turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction that takes no write lock."""
        engine = self.engine.execution_options(read_only=True)
        with Session(engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Queue the writers of an SQLite file: its own busy handler lets some wait for seconds.

        The thread lock comes first, because a file lock would stop every greenlet of a process.
        """
        if self._lock_file is None:
            yield
            return
        with self._writing, self._lock_file.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def dispose(self) -> None:
        """Close every connection, as after a fork."""
        self.engine.dispose()


def _create_engine(url: str) -> Engine:
    path = _sqlite_path(url)
    if path is None:
        return create_engine(
            url, pool_pre_ping=True, pool_size=4, max_overflow=8, hide_parameters=HIDE_PARAMETERS
        )
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_MILLISECONDS / 1000},
        hide_parameters=HIDE_PARAMETERS,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    sqlite: Any = connection
    # The driver would begin (deferred) transactions on its own; ours begin explicitly below.
    sqlite.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        sqlite.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _sqlite_path(url: str) -> str | None:
    return url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else None
