"""The product on one thread, towards a local monday.com: who moves next is for the test to say.

Deliveries wait in a tray until the test hands them over, in the order it likes; workers work
when told to; time passes when told to. A crash is an exception that nothing in the product
catches, at one of the product's own crash points; what follows it is a product started anew.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from app import crashpoints, dispatch
from app.accounts import service as accounts
from app.budgets.ledger import Ledger
from app.clock import DevelopmentClock, elapsed_time, lease_time
from app.db import UtcDateTime
from app.factory import Product, build, create_app
from app.lanes import service as lanes
from app.monday.retrying import PATIENCE
from app.onboarding import service as onboarding
from app.settings import Settings
from app.timers import service as moments
from local import scene
from local.people import Board, Person, people_of
from local.product import ACCOUNTS
from monday_sandbox.state import FILE_NAME
from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.support import servers
from workers import holding, jobs, timers

PARTNER = ACCOUNTS[0]
PRODUCT_FILE = "synerity.db"
LIFECYCLE = "/monday/lifecycle"
KEY_LIFE_SECONDS = 31 * 60.0
#: A product that is not at rest after so many rounds never will be.
MOST_ROUNDS = 60
#: What monday.com may take to deliver, on a machine that has much else to do.
PATIENCE_SECONDS = 60.0
#: So far away that no story gets there.
NEVER_SECONDS = 100 * 365 * 86_400.0
#: What monday.com still has to tell: deliveries under way, happenings not yet matched with webhooks.
_UNDELIVERED = (
    "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting')"
    " + (SELECT COALESCE(MAX(id), 0) FROM happenings) - (SELECT happening_id FROM told)"
)

#: What the timers and the workers would look for, each for itself and often.
_WAITS = text(
    "SELECT EXISTS (SELECT 1 FROM timers WHERE due_at <= :now) AS moments,"
    " EXISTS (SELECT 1 FROM installations WHERE told_state <> state) AS connections,"
    " EXISTS (SELECT 1 FROM lanes WHERE wanted > done) AS lanes,"
    " EXISTS (SELECT 1 FROM lanes WHERE wanted > done AND (lease_until > 0 OR not_before > 0))"
    " OR EXISTS (SELECT 1 FROM changes WHERE state = 'wanted' AND not_before > 0) AS later"
).bindparams(bindparam("now", type_=UtcDateTime))


class Killed(BaseException):
    """The process died here."""


@dataclass(frozen=True)
class Delivery:
    """A webhook delivery as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Kept:
    """What a stage can be again: what stands in its files, in memory, and what time it was."""

    contents: Mapping[Path, sqlite3.Connection]
    at: datetime


@dataclass
class Stage:
    """Everything, standing still."""

    sandbox: RunningSandbox
    settings: Settings
    #: The variables that give a command the same settings.
    environment: Mapping[str, str]
    monday_file: Path
    tray: list[Delivery]
    #: What monday.com has told of installations and subscriptions.
    letters: list[Delivery]
    people: dict[str, list[Person]] = field(default_factory=dict)
    _boards: dict[tuple[str, str], Board] = field(default_factory=dict)
    _kept: "Kept | None" = None

    def __post_init__(self) -> None:
        self.people = {slug: people_of(self.sandbox.url, slug) for slug in ACCOUNTS}
        self.web = create_app(self.settings).test_client()
        self.restart()

    def restart(self) -> None:
        """Another worker begins with what is on the disk."""
        self.product: Product = build(self.settings)
        jobs._products[:] = [self.product]

    def install(self, slug: str) -> None:
        """Let the account's admin agree to the app, as a browser does."""
        asked = parse_qs(urlsplit(self.web.get(f"/oauth/start?subdomain={slug}").headers["Location"]).query)
        form = {name: values[0] for name, values in asked.items()}
        agreed = requests.post(
            f"{self.sandbox.url}/oauth2/authorize",
            data={**form, "user_id": self.people[slug][0].id, "decision": "allow"},
            allow_redirects=False,
            timeout=10,
        )
        back = urlsplit(agreed.headers["Location"])
        answer = self.web.get(f"{back.path}?{back.query}")
        assert answer.status_code == 200, answer.text

    def board(self, slug: str, key: str) -> Board:
        """The account's board made from that template."""
        if (slug, key) not in self._boards:
            board = self.people[slug][0].board(key)
            assert board is not None, f"{slug} has no {key}"
            self._boards[slug, key] = board
        return self._boards[slug, key]

    def keep(self) -> None:
        """Remember all there is, on both sides of the wire, as what ``reset`` goes back to; the hour, too."""
        self._kept = self.as_it_is()

    def as_it_is(self) -> "Kept":
        """All there is, for ``reset`` to go back to when it is told to."""
        self.collect()
        contents = {path: _copy_of(path) for path in self._files()}
        return Kept(contents, self.product.clock.now())

    def reset(self, to: "Kept | None" = None) -> None:
        """Be again as when ``keep`` was called, or as it was then; quicker than a new stage by far."""
        kept = to or self._kept
        assert kept is not None, "Nothing was kept."
        self.collect()
        for path, content in kept.contents.items():
            with closing(sqlite3.connect(path, timeout=20)) as live:
                content.backup(live)
        self.settings.var_dir.joinpath("clock.json").unlink(missing_ok=True)
        # Nobody can move time before that of the machine. Written in any case: monday.com takes no missing
        # file for time that went back.
        self.tick(max(0.0, (kept.at - self.product.clock.now()).total_seconds()))

    def stop_sweeps(self) -> None:
        """From now on boards are compared only when somebody asks: for who tells of nothing that is missed.

        However much time is let pass then, no account looks through all of its boards.
        """
        self.settings = replace(self.settings, sweep_seconds=NEVER_SECONDS)
        self.restart()
        with self.product.database.transaction() as session:
            for account in accounts.list_accounts(session):
                moments.cancel(session, kind=dispatch.SWEEP_TIMER, subject=account.account_id)

    def _files(self) -> tuple[Path, ...]:
        return (self.monday_file, Path(self.settings.database_url.removeprefix("sqlite:///")))

    def tick(self, seconds: float = 1.0) -> None:
        """Let time pass for everybody."""
        clock = self.product.clock
        assert isinstance(clock, DevelopmentClock)
        clock.advance(timedelta(seconds=seconds))

    def collect(self) -> list[Delivery]:
        """Wait until monday.com has delivered all there is, and take it out of the tray.

        What came is in the order in which it happened: the tray's own is chance.
        """
        pause, deadline = threading.Event(), elapsed_time() + PATIENCE_SECONDS
        with sqlite3.connect(self.monday_file) as connection:
            while connection.execute(_UNDELIVERED).fetchone()[0]:
                assert elapsed_time() < deadline, "monday.com does not finish delivering."
                pause.wait(0.003)
        connection.close()
        taken, self.tray[:] = sorted(self.tray, key=_happened), []
        return taken

    def collect_letters(self, event: str) -> list[Delivery]:
        """Wait until monday.com has told of such a lifecycle event, and take out all that it told."""
        pause, deadline = threading.Event(), elapsed_time() + PATIENCE_SECONDS
        while not any(json.loads(letter.body)["type"] == event for letter in self.letters):
            assert elapsed_time() < deadline, f"monday.com does not tell of {event}."
            pause.wait(0.003)
        taken, self.letters[:] = list(self.letters), []
        return taken

    def hand_over(self, delivery: Delivery) -> None:
        """Give a delivery to the product's web process."""
        answer = self.web.post(delivery.path, data=delivery.body, headers=dict(delivery.headers))
        assert answer.status_code == 200, answer.text

    def work(self, *, crash: tuple[str, int] | None = None) -> bool:
        """Let a worker go round until nothing waits, or until it dies at a crash point; whether it died."""
        with _dying(crash):
            try:
                for _ in range(MOST_ROUNDS):
                    if not self._round():
                        return False
            except Killed:
                self.restart()
                return True
        raise AssertionError("The product does not come to rest.")

    def settle(self) -> None:
        """Deliver and work until nothing more happens."""
        self.work()
        while deliveries := self.collect():
            for delivery in deliveries:
                self.hand_over(delivery)
            self.work()

    def wait_out(self) -> None:
        """Let every back-off end, however often something failed; what is paused waits on."""
        with self.product.database.transaction() as session:
            _end_waits(session, "attempts >= 0")

    def has_work(self) -> bool:
        """Whether anything waits that a worker may do now, or after a wait."""
        soon = lease_time() + holding.PAUSED_SECONDS / 2
        return bool(self.rows(f"SELECT 1 FROM lanes WHERE wanted > done AND not_before < {soon} LIMIT 1"))

    def _round(self) -> bool:
        """Do what waits now; whether anything did."""
        with self.product.database.reading() as session:
            waits = session.execute(_WAITS, {"now": self.product.clock.now()}).one()
        if not any(waits):
            return False
        # Minutes go by in which budgets are filled anew.
        self.product = replace(self.product, ledger=Ledger(None, self.product.clock))
        jobs._products[:] = [self.product]
        fired = bool(waits.moments) and timers.fire_due(self.product) > 0
        if waits.connections:
            timers.tell_of_connections(self.product)
        if waits.later:
            with self.product.database.transaction() as session:
                # Leases of the dead have ended, and the first back-offs of what failed.
                session.execute(text("UPDATE lanes SET lease_until = 0 WHERE wanted > done"))
                _end_waits(session, "attempts <= :patience", patience=PATIENCE)
        with self.product.database.reading() as session:
            bells = lanes.waiting(session, now=lease_time())
        for bell in bells:
            jobs.answer(bell.account_id, bell.kind, bell.key)
        return bool(bells or fired)

    def let_time_pass(self) -> None:
        """Half an hour goes by: monday.com forgets what it answered to which key."""
        self.tick(KEY_LIFE_SECONDS)
        with self.product.database.transaction() as session:
            # Keys live by the machine's time, not by the clock that was moved.
            query = "UPDATE requests SET first_sent = first_sent - :seconds"
            session.execute(text(query), {"seconds": KEY_LIFE_SECONDS})
        self.wait_out()

    def weather(self, **orders: Any) -> None:
        """Order weather at monday.com; nothing clears it."""
        address = f"{self.sandbox.url}/sandbox/faults"
        if orders:
            requests.post(address, json=orders, timeout=10).raise_for_status()
        else:
            requests.delete(address, timeout=10).raise_for_status()

    def restore(self, slug: str, item_id: str) -> None:
        """Bring an archived or deleted item back, as people do in monday.com."""
        address = f"{self.sandbox.url}/sandbox/items/restore"
        requests.post(address, json={"account": slug, "item": item_id}, timeout=10).raise_for_status()

    def sweep(self, *slugs: str) -> None:
        """Compare every board (of some accounts) with what is known of it, as when something was missed."""
        now = self.product.clock.now()
        with self.product.database.transaction() as session:
            for account in accounts.list_accounts(session):
                if not slugs or account.slug in slugs:
                    onboarding.ask_to_sweep(session, account.account_id, now=now)
        self.work()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the product's database."""
        with self.product.database.reading() as session:
            return [tuple(row) for row in session.execute(text(query))]


def _copy_of(path: Path) -> sqlite3.Connection:
    """A database's content, in memory."""
    kept = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path, timeout=20)) as live:
        live.backup(kept)
    return kept


def _happened(delivery: Delivery) -> tuple[str, int]:
    event = json.loads(delivery.body)["event"]
    return event["triggerTime"], event["subscriptionId"]


def _end_waits(session: Session, which: str, **parameters: int) -> None:
    soon = lease_time() + holding.PAUSED_SECONDS / 2
    session.execute(
        text(f"UPDATE lanes SET not_before = 0 WHERE wanted > done AND not_before < :soon AND {which}"),
        {"soon": soon, **parameters},
    )
    session.execute(text("UPDATE changes SET not_before = 0 WHERE not_before > 0 AND state = 'wanted'"))


@contextmanager
def _dying(crash: tuple[str, int] | None) -> Iterator[None]:
    """Die at the nth time that a crash point is reached."""
    if crash is None:
        yield
        return

    def kill(*_: int) -> None:
        raise Killed

    crashpoints._reached.clear()
    environment = {"CRASH_AT": f"{crash[0]}:{crash[1]}"}
    stand_in = SimpleNamespace(environ=environment, getpid=os.getpid, kill=kill)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crashpoints, "os", stand_in)
        yield


@contextmanager
def open_stage(folder: Path, slugs: tuple[str, ...], *, has_agreements: bool = False) -> Iterator[Stage]:
    """A stage on which the partner and some customers have installed the app and have their boards.

    They install it once in a run of tests; another stage for the same ones is a copy of the first. Where it
    has agreements, the support manager has noted those of the opening scene before the customers came.
    """
    tray: list[Delivery] = []
    letters: list[Delivery] = []
    with ExitStack() as stack:
        folder = stack.enter_context(_in_memory(folder))
        base_url = stack.enter_context(_receiver(tray, letters))
        first = _first(slugs, has_agreements=has_agreements)
        secret = _copy_first(first, folder, base_url) if first.exists() else None
        clock_file = folder / "clock.json"
        registration = folder / "app.json"
        registration.write_text(json.dumps({"lifecycle_url": f"{base_url}{LIFECYCLE}"}))
        options = ("--app", str(registration))
        sandbox = stack.enter_context(
            running_sandbox(folder / "monday", clock_file=clock_file, retry_seconds=0.1, options=options)
        )
        sandbox.lift_limits()
        environment = {
            "VAR_DIR": str(folder),
            "DATABASE_URL": (
                f"sqlite:///{folder / PRODUCT_FILE}"
                if secret
                else servers.sqlite_with_schema(folder / PRODUCT_FILE)
            ),
            "BASE_URL": base_url,
            "MONDAY_API_URL": sandbox.api_url,
            "MONDAY_AUTH_URL": sandbox.url,
            "MONDAY_TIMEOUT_SECONDS": "5",
            "SECRET_KEYS": secret or Fernet.generate_key().decode(),
        }
        stage = Stage(
            sandbox, Settings.from_env(environment), environment, folder / "monday" / FILE_NAME, tray, letters
        )
        if secret is None:
            for slug in (PARTNER, *slugs):
                stage.install(slug)
                stage.collect_letters("install")
                stage.work()
                if slug == PARTNER and has_agreements:
                    for customer in scene.CUSTOMERS:
                        scene.note_agreement(
                            stage.people[PARTNER][0], stage.board(PARTNER, "customers"), customer
                        )
                    stage.settle()
            stage.settle()
            _keep_first(stage, first)
        yield stage


def copy_of_stage(folder: Path, slugs: tuple[str, ...], base_url: str) -> str:
    """Copy what a stage with agreements begins with, for a product at another address; its secret key."""
    first = _first(slugs, has_agreements=True)
    if not first.exists():
        with tempfile.TemporaryDirectory() as other, open_stage(Path(other), slugs, has_agreements=True):
            pass
    return _copy_first(first, folder, base_url)


def _first(slugs: tuple[str, ...], *, has_agreements: bool) -> Path:
    """Where the run's first stage for some customers is kept."""
    return servers.run_directory() / f"stage-{'-'.join(slugs)}{'-agreed' * has_agreements}"


def _keep_first(stage: Stage, first: Path) -> None:
    """Leave a stage as it is now to those who open one later in this run."""
    draft = first.with_name(f"{first.name}-{os.getpid()}")
    draft.mkdir()
    for path in stage._files():
        with closing(_copy_of(path)) as copied, closing(sqlite3.connect(draft / path.name)) as file:
            copied.backup(file)
    told = {"base_url": stage.settings.base_url, "secret": stage.settings.secret_keys[0]}
    (draft / "settings.json").write_text(json.dumps(told))
    # Another process may have been quicker; its stage is as good.
    with suppress(OSError):
        draft.rename(first)


def _copy_first(first: Path, folder: Path, base_url: str) -> str:
    """Copy the run's first stage into a folder, with another address of the product; its secret."""
    told = json.loads((first / "settings.json").read_text())
    (folder / "monday").mkdir()
    shutil.copyfile(first / PRODUCT_FILE, folder / PRODUCT_FILE)
    shutil.copyfile(first / FILE_NAME, folder / "monday" / FILE_NAME)
    with closing(sqlite3.connect(folder / "monday" / FILE_NAME)) as monday, monday:
        monday.execute("UPDATE webhooks SET url = replace(url, ?, ?)", (told["base_url"], base_url))
    return str(told["secret"])


@contextmanager
def _in_memory(folder: Path) -> Iterator[Path]:
    """A folder that lives in memory, where there is such a place: a stage need not survive a power cut."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="synerity-stage-", dir=memory) as quick:
        yield Path(quick)


@contextmanager
def _receiver(tray: list[Delivery], letters: list[Delivery]) -> Iterator[str]:
    """The product's address: it keeps what comes, and echoes challenges."""

    class Receiver(ThreadingHTTPServer):
        # Deliveries come in crowds, and one that is not let in has to be tried again.
        request_queue_size = 256

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            content = json.loads(body)
            if "challenge" not in content:
                kept = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
                place = letters if self.path == LIFECYCLE else tray
                place.append(Delivery(self.path, kept, body))
            answer = json.dumps({"challenge": content.get("challenge")}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with Receiver(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
