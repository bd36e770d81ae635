"""A local monday.com of the test's own, and a product that is installed in it by OAuth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet

from app.accounts import service as accounts
from app.accounts.service import Account, InstallationContext
from app.boards import models as board_models
from app.budgets.gate import AccountGate
from app.budgets.ledger import Ledger
from app.clock import SystemClock
from app.db import Base, Database
from app.monday import oauth
from app.priority import Priority
from app.settings import Settings
from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.subjects.monday.scripted import Handler, Peer, answers, scripted_peer

TABLES = ("installations", board_models.Board.__tablename__, board_models.BoardRun.__tablename__)


@dataclass(frozen=True)
class Site:
    """Everything a provisioning meets: the product's side and monday.com's."""

    sandbox: RunningSandbox
    #: Our own address, which echoes challenges.
    web: Peer
    database: Database
    settings: Settings
    #: The last entry in monday.com's log before the test.
    began_after: int

    def gate(self, account_id: str) -> AccountGate:
        return AccountGate(Ledger(None, SystemClock()), account_id, Priority.LIVE, 60.0)

    @property
    def now(self) -> datetime:
        return SystemClock().now()

    def install(self, slug: str) -> Account:
        """Let the account's admin agree to the app, as the browser does."""
        context = InstallationContext(self.database, self.settings, SystemClock(), lambda *_: None)
        return accounts.install(context, code=self.consent(slug), verifier="v" * 43)

    def consent(self, slug: str) -> str:
        """The code that monday.com gives when the admin agrees."""
        address = oauth.authorize_url(self.settings, state="s", verifier="v" * 43, subdomain=slug)
        form = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        admin = next(a for a in self.sandbox.accounts() if a["slug"] == slug)["users"][0]
        answer = requests.post(
            f"{self.sandbox.url}/oauth2/authorize",
            data={**form, "user_id": admin["id"], "decision": "allow"},
            allow_redirects=False,
            timeout=10,
        )
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def as_person(self, slug: str, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Do something at monday.com as the account's admin."""
        answer = self.sandbox.graphql(self.sandbox.token(slug), query, variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def boards(self, slug: str) -> list[dict[str, Any]]:
        """The account's active boards, with columns, groups and webhooks, as monday.com shows them."""
        query = (
            "query { boards(limit: 100) { id name description board_kind "
            "columns { id title type settings } groups { id title } } }"
        )
        found: list[dict[str, Any]] = self.as_person(slug, query)["boards"]
        return found

    def log(self) -> list[dict[str, Any]]:
        """What monday.com was asked since the test began."""
        return read_log(self.sandbox, after=self.began_after)

    def weather(self, **orders: Any) -> None:
        """Order weather at monday.com."""
        requests.post(f"{self.sandbox.url}/sandbox/faults", json=orders, timeout=10).raise_for_status()

    def advance(self, length: str) -> None:
        """Move monday.com's clock, and with it what it remembers."""
        requests.post(
            f"{self.sandbox.url}/sandbox/clock", json={"advance": length}, timeout=10
        ).raise_for_status()


def echo_challenges(handler: Handler) -> None:
    """What our webhook address answers when it is subscribed."""
    answers({"challenge": handler.peer.heard[-1].body.get("challenge")})(handler)


@pytest.fixture
def web() -> Iterator[Peer]:
    with scripted_peer(echo_challenges) as running:
        yield running


def read_log(sandbox: RunningSandbox, *, after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    """The calls in monday.com's log after an entry, the newest of them."""
    page = f"{sandbox.url}/sandbox/log?kind=api&limit={limit}&after={after}"
    entries: list[dict[str, Any]] = requests.get(page, timeout=10).json()["entries"]
    return entries


@pytest.fixture(scope="module")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        running.lift_limits()
        yield running


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    """The local monday.com, under a clear sky and without boards."""
    requests.delete(f"{one_sandbox.url}/sandbox/faults", timeout=10).raise_for_status()
    for account in one_sandbox.accounts():
        token = account["users"][0]["api_token"]
        for board in (board for board in account["boards"] if board["state"] != "deleted"):
            one_sandbox.graphql(
                token, "mutation ($b: ID!) { delete_board(board_id: $b) { id } }", {"b": board["id"]}
            )
    return one_sandbox


@pytest.fixture
def environment(sandbox: RunningSandbox, web: Peer, database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "BASE_URL": web.url,
        "MONDAY_API_URL": sandbox.api_url,
        "MONDAY_AUTH_URL": sandbox.url,
        "MONDAY_TIMEOUT_SECONDS": "10",
        "SECRET_KEYS": Fernet.generate_key().decode(),
    }


@pytest.fixture
def site(sandbox: RunningSandbox, web: Peer, environment: dict[str, str]) -> Iterator[Site]:
    settings = Settings.from_env(environment)
    database = Database(settings.database_url)
    Base.metadata.create_all(database.engine, tables=[Base.metadata.tables[name] for name in TABLES])
    last = max((entry["id"] for entry in read_log(sandbox, limit=1)), default=0)
    yield Site(sandbox, web, database, settings, began_after=last)
    database.dispose()
