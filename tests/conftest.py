"""What every test stands on: real databases, a real Valkey, a closed network, Hypothesis profiles."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from app.db import Database
from tests.support import servers
from tests.support.estate import Estate, running_estate
from tests.support.network import close_network
from workers import embedded_redis

close_network()
# What a story must prove is told in full when it fails.
pytest.register_assert_rewrite("tests.support.story")

settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile(
    "ci", deadline=None, max_examples=50, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deterministic", deadline=None, derandomize=True, database=None)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder for its servers; processes of pytest-xdist inherit it."""
    if not hasattr(config, "workerinput"):
        servers.open_run_directory()


#: Folders whose files take long, the slowest first: most of them start processes and wait for these.
SLOW = ("faults", "meta", "local", "journeys", "browser")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server's maintenance database; one server a run."""
    with servers.postgresql_server(servers.run_directory() / "postgresql") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the test's own, once on each engine the product supports."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with servers.postgresql_database(request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The product's database with its newest schema and nothing in it, once on each engine."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = servers.sqlite_with_schema(tmp_path / "test.db")
        else:
            url = stack.enter_context(servers.postgresql_with_schema(request.getfixturevalue("postgresql")))
        database = Database(url)
        stack.callback(database.dispose)
        yield database


@pytest.fixture(scope="session")
def valkey(worker_id: str) -> Iterator[str]:
    """The address of a Valkey server; one a process of the run."""
    directory = servers.run_directory() / f"valkey-{worker_id}"
    url = embedded_redis.ensure_running(directory)
    yield url
    embedded_redis.stop(directory)


@pytest.fixture
def redis_url(valkey: str) -> str:
    """The address of an empty Valkey database."""
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
    return valkey


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A running product with one worker, shared by the tests of a module."""
    with running_estate(tmp_path_factory.mktemp("estate")) as running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that start the product's own processes."""
    if isinstance(item, pytest.Function) and "estate" in item.fixturenames:
        item.add_marker(pytest.mark.processes)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let slow files begin first, so that at the end all processes of the run have something to do."""
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return SLOW.index(folder) if folder in SLOW else len(SLOW)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing of the run's servers behind, once the last process is done with them."""
    if not hasattr(config, "workerinput"):
        servers.remove_run_directory()
