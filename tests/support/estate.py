"""A whole running product for journeys: local monday.com, web, workers, timers, Valkey.

Real processes on free ports, with a folder and a clock of their own, the app installed in
every account by OAuth. Nothing is started again when it dies: tests decide who lives.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import redis
import requests
from sqlalchemy import Engine, create_engine, text

from local import product, scene
from local.install import install
from local.people import Board, Person, people_of
from local.ports import free_port
from local.processes import Supervisor, spawn
from local.product import ACCOUNTS, Place
from local.waits import LocalError, NotInTimeError, wait_for
from tests.support import nursery, servers
from tests.support.stage import PRODUCT_FILE, copy_of_stage
from workers import embedded_redis

T = TypeVar("T")

PARTNER = ACCOUNTS[0]
#: Short, so that a journey over a killed worker need not wait a minute for its lease to end.
TEST_ENVIRONMENT = {"MONDAY_TIMEOUT_SECONDS": "1", "LANE_LEASE_SECONDS": "3", "WEB_CONCURRENCY": "1"}
TIMEOUT_SECONDS = 10
#: What a product at rest has none of.
UNFINISHED = (
    "SELECT key, wanted, done, fence, lease_until, not_before, attempts FROM lanes WHERE wanted > done",
    "SELECT key, operations, first_sent FROM requests",
    "SELECT id, kind, item_id, column_id, state, reason FROM changes WHERE state NOT IN ('done', 'dropped')",
    "SELECT account_id, item_id, revision FROM written_items WHERE revision % 2 = 1",
    "SELECT id, lane_key, source, state, reason FROM inbox WHERE state IN ('new', 'parked')",
)
#: Looks (some 50 ms apart) without anything new that make a product settled.
CALM_LOOKS = 8


@dataclass
class Estate:
    """A running product and what a test may do to it."""

    place: Place
    variables: dict[str, str]
    supervisor: Supervisor
    people: dict[str, list[Person]] = field(default_factory=dict)
    _boards: dict[tuple[str, str], Board] = field(default_factory=dict)
    _engine: Engine | None = None
    _workers_started: int = 0

    # --- people and boards -------------------------------------------------------------

    def account(self, slug: str) -> dict[str, Any]:
        """The account as the local monday.com's control page tells it: users, tokens, boards."""
        answer = self.control("accounts")
        return next(account for account in answer["accounts"] if account["slug"] == slug)

    def as_user(self, slug: str, name: str | None = None) -> Person:
        """A person of the account: by (part of) their name, else one who is no admin."""
        if name is None:
            return self.people[slug][-1]
        return next(person for person in self.people[slug] if name in person.name)

    def with_title(self, slug: str, title: str) -> Person:
        """The first person of the account with that title, like ``Technician``."""
        return next(person for person in self.people[slug] if person.title == title)

    def as_admin(self, slug: str) -> Person:
        """An admin of the account."""
        return self.people[slug][0]

    def board(self, slug: str, key: str) -> Board:
        """The account's board made from that template, as it was first seen whole."""
        if (slug, key) not in self._boards:
            self._boards[slug, key] = scene.board_of(self.people[slug][0], key)
        return self._boards[slug, key]

    # --- the weather -------------------------------------------------------------------

    def advance(self, by: str) -> None:
        """Move the development clock forward for every process, like ``3h`` or ``15m``."""
        url = f"{self.place.app_url}/dev/clock"
        response = requests.post(url, json={"advance": by}, timeout=TIMEOUT_SECONDS)
        response.raise_for_status()

    def control(self, page: str, orders: Mapping[str, Any] | None = None) -> Any:
        """Read a control page of the local monday.com (``log``), or give it orders (``faults``)."""
        url = f"{self.place.sandbox_url}/sandbox/{page}"
        if orders is None:
            response = requests.get(url, timeout=TIMEOUT_SECONDS)
        else:
            response = requests.post(url, json=dict(orders), timeout=TIMEOUT_SECONDS)
        response.raise_for_status()
        return response.json()

    def control_delete(self, page: str) -> None:
        """Take back the orders given to a control page of the local monday.com."""
        requests.delete(
            f"{self.place.sandbox_url}/sandbox/{page}", timeout=TIMEOUT_SECONDS
        ).raise_for_status()

    def flush_redis(self) -> None:
        """Forget everything Redis knows."""
        with redis.Redis.from_url(self.variables["REDIS_URL"]) as client:
            client.flushall()

    # --- processes ---------------------------------------------------------------------

    def start_worker(self, *, env: Mapping[str, str] | None = None) -> str:
        """Start one more worker, with extra variables such as ``CRASH_AT``; give its name."""
        self._workers_started += 1
        name = f"worker-{self._workers_started}"
        self.supervisor.start(product.worker(name, {**self.variables, **(env or {})}))
        return name

    def workers(self) -> list[str]:
        """The names of the workers that run."""
        names = [name for name in self.supervisor.names() if name.startswith("worker-")]
        return [name for name in names if self.supervisor.is_running(name)]

    def kill_worker(self, name: str | None = None) -> None:
        """Kill a worker (the newest, if not named) with SIGKILL, and whatever it has forked."""
        workers = [program for program in self.supervisor.names() if program.startswith("worker-")]
        self.supervisor.kill(name or workers[-1])

    def kill(self, name: str) -> None:
        """Kill ``web``, ``timers`` or ``sandbox`` with SIGKILL."""
        self.supervisor.kill(name)

    def start_timers(self, *, env: Mapping[str, str] | None = None) -> None:
        """Start the timer process."""
        self.supervisor.start(product.timers({**self.variables, **(env or {})}))

    def start_web(self, *, env: Mapping[str, str] | None = None) -> None:
        """Start the web process and wait until it is ready."""
        self.supervisor.start(product.web({**self.variables, **(env or {})}))
        product.wait_until_ready(self.supervisor, "web", f"{self.place.app_url}/readyz")

    def start_sandbox(self) -> None:
        """Start the local monday.com and wait until it answers."""
        self.supervisor.start(product.sandbox(self.place, self.variables))
        product.wait_until_ready(self.supervisor, "sandbox", f"{self.place.sandbox_url}/sandbox/accounts")

    def has_died(self, name: str) -> bool:
        """Whether a process that was started is gone, as after its ``CRASH_AT``."""
        return not self.supervisor.is_running(name)

    def synerity(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line, as a person in this environment would."""
        if servers.is_open():
            return nursery.run("app.cli", arguments, self.variables)
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            env=self.variables,
            cwd=product.REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    # --- looking -----------------------------------------------------------------------

    def wait_until(self, condition: Callable[[], T | None], what: str, *, seconds: float = 20) -> T:
        """Wait for a condition and give what it gave; on failure show the end of every log."""
        try:
            return wait_for(condition, what, seconds=seconds)
        except NotInTimeError as error:
            logs = sorted((self.place.var / "log").glob("*.log"))
            told = [str(error), *map(product.last_words, logs), self.unfinished()]
            raise AssertionError("\n".join(told)) from error

    def unfinished(self) -> str:
        """What the product's database says is not done, for the message of a failed test."""
        lines = ["Not done:"]
        for query in UNFINISHED:
            lines += [f"  {query.partition(' FROM ')[2]}: {row}" for row in self.rows(query)]
        return "\n".join(lines)

    def wait_until_quiet(self, *, seconds: float = 20) -> None:
        """Wait until nothing is left to do: no delivery under way, no lane waiting."""
        self.wait_until(self.is_quiet, "the product to come to rest", seconds=seconds)

    def wait_until_settled(self, *, seconds: float = 20) -> None:
        """Wait until everything done so far has had its consequences, our own echoes included.

        A delivery of the local monday.com takes milliseconds, so a product that had nothing
        to do and heard of nothing new for a moment has nothing coming.
        """
        calm = 0
        last: list[tuple[Any, ...]] = []

        def has_settled() -> bool | None:
            nonlocal calm, last
            heard = self.rows("SELECT count(*), (SELECT max(id) FROM changes) FROM inbox")
            calm = calm + 1 if heard == last and self.is_quiet() else 0
            last = heard
            return calm >= CALM_LOOKS or None

        self.wait_until(has_settled, "the product to settle", seconds=seconds)

    def is_quiet(self) -> bool:
        """Whether every lane is done."""
        return not self.rows("SELECT key FROM lanes WHERE wanted > done")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Look into the product's database."""
        if self._engine is None:
            self._engine = create_engine(self.variables["DATABASE_URL"])
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def close(self) -> None:
        """Stop everything."""
        if self._engine is not None:
            self._engine.dispose()
        for people in self.people.values():
            for person in people:
                person.session.close()
        self.supervisor.stop()
        embedded_redis.stop(self.place.var / "valkey")


@contextmanager
def running_estate(
    directory: Path, *, env: Mapping[str, str] | None = None, workers: int = 1, agreements: bool = True
) -> Iterator[Estate]:
    """Run a whole product in ``directory`` until the block ends.

    In a run of tests it begins where a stage begins: the app was installed once, and others copy that. On
    PostgreSQL, without agreements and in a bench it is installed by the processes themselves.

    Args:
        directory: An empty folder for its state and logs.
        env: Variables on top of those of a test; ``DATABASE_URL`` chooses PostgreSQL.
        workers: How many worker processes to start.
        agreements: Whether the support manager notes each customer's tier and language before the
            customer installs the app.
    """
    is_copy = servers.is_open() and agreements and "DATABASE_URL" not in (env or {})
    estate = _prepare(directory, env or {}, is_copy=is_copy)
    try:
        _start(estate, workers)
        for account in ACCOUNTS:
            estate.people[account] = people_of(estate.place.sandbox_url, account)
        if not is_copy:
            _install(estate, agreements=agreements)
        for account in ACCOUNTS:
            estate.board(account, "service_desk" if account == PARTNER else "tickets")
        estate.wait_until_quiet()
        yield estate
    except LocalError as error:
        logs = sorted((estate.place.var / "log").glob("*.log"))
        raise AssertionError("\n".join([str(error), *map(product.last_words, logs)])) from error
    finally:
        estate.close()


def _prepare(directory: Path, env: Mapping[str, str], *, is_copy: bool) -> Estate:
    place = Place(directory / "var", *(free_port() for _ in range(4)))
    if is_copy:
        place.var.mkdir(parents=True)
        secret = copy_of_stage(place.var, ACCOUNTS[1:], place.app_url)
        (place.var / "monday").rename(place.var / "sandbox")
        env = {"SECRET_KEYS": secret, **env}
    redis_url = embedded_redis.ensure_running(place.var / "valkey")
    inherited = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
    variables = product.environment(place, redis_url, {**inherited, **TEST_ENVIRONMENT, **env})
    # A bench measures processes as they are in production.
    start = nursery.start if servers.is_open() else spawn
    supervisor = Supervisor(place.var / "log", print, restart=False, grace_seconds=0.2, spawn=start)
    return Estate(place, variables, supervisor)


def _start(estate: Estate, workers: int) -> None:
    estate.supervisor.start(product.sandbox(estate.place, estate.variables))
    if not (estate.place.var / PRODUCT_FILE).exists():
        _make_database(estate.variables)
    estate.supervisor.start(product.web(estate.variables))
    for _ in range(workers):
        estate.start_worker()
    estate.start_timers()
    sandbox, web = f"{estate.place.sandbox_url}/sandbox/accounts", f"{estate.place.app_url}/readyz"
    product.wait_until_ready(estate.supervisor, "sandbox", sandbox)
    product.wait_until_ready(estate.supervisor, "web", web)
    # People in tests look twenty times a second at what a person looks at once a day.
    estate.control("limits", {"daily": 1_000_000, "minute_rate": 1_000_000})


def _make_database(variables: Mapping[str, str]) -> None:
    """The newest schema; for SQLite a copy of the one that a run of tests has made once."""
    path = variables["DATABASE_URL"].removeprefix("sqlite:///")
    if path != variables["DATABASE_URL"] and servers.is_open():
        servers.sqlite_with_schema(Path(path))
    else:
        product.upgrade_database(variables)


def _install(estate: Estate, *, agreements: bool) -> None:
    for account in ACCOUNTS:
        install(estate.place.app_url, estate.as_admin(account))
        if account == PARTNER and agreements:
            scene.note_agreements(estate.people[account], lambda _: None)
