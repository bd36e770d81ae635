"""A monday.com whose tokens are scripted, and a product beside it."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from app.accounts.service import InstallationContext
from app.db import Base, Database
from app.settings import Settings
from tests.subjects.monday.scripted import Handler, Peer, answers, hangs_up, scripted_peer

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOKEN_LIFE = timedelta(hours=1)
OLD_KEY, NEW_KEY = (Fernet.generate_key().decode() for _ in range(2))


@dataclass
class TokenService:
    """Gives tokens as monday.com does: refresh tokens work once, each for the next pair."""

    now: datetime = START
    account: dict[str, str] = field(default_factory=lambda: {"id": "42", "slug": "acme", "name": "Acme <AB>"})
    #: What to do instead of answering, request by request.
    unkindness: deque[str] = field(default_factory=deque)
    #: Renewals wait while this is cleared; ``renewing`` is set when one arrived.
    may_renew: threading.Event = field(default_factory=threading.Event)
    renewing: threading.Event = field(default_factory=threading.Event)
    renewals: int = 0
    valid_refresh_token: str = ""
    _given: int = 0

    def __call__(self, handler: Handler) -> None:
        """Answer one request."""
        heard = handler.peer.heard[-1]
        if self.unkindness:
            trouble = self.unkindness.popleft()
            (hangs_up if trouble == "hangs_up" else answers({}, status=503))(handler)
        elif heard.path == "/v2":
            answers({"data": {"me": {"id": "7", "name": "Ada", "account": self.account}}})(handler)
        elif heard.body["grant_type"] == "authorization_code":
            good = heard.body["code"] == "good"
            answers(*self._tokens() if good else ({"error": "invalid_grant"},))(handler)
        else:
            self._renew(handler, heard.body["refresh_token"])

    def _renew(self, handler: Handler, refresh_token: str) -> None:
        self.renewals += 1
        self.renewing.set()
        self.may_renew.wait(10)
        if refresh_token == self.valid_refresh_token:
            answers(*self._tokens())(handler)
        else:
            answers({"error": "invalid_grant"}, status=400)(handler)

    def _tokens(self) -> tuple[dict[str, Any]]:
        self._given += 1
        self.valid_refresh_token = f"refresh-{self._given}"
        ends_at = int((self.now + TOKEN_LIFE).timestamp())
        access = jwt.encode({"exp": ends_at, "n": self._given}, "monday-coms-own-secret-of-32-bytes")
        return ({"access_token": access, "refresh_token": self.valid_refresh_token, "scope": "me:read"},)


@dataclass
class Product:
    """The product's side: settings, database, and who was told of an installation."""

    context: InstallationContext
    database: Database
    settings: Settings
    installed: list[str]


@pytest.fixture
def tokens() -> TokenService:
    service = TokenService()
    service.may_renew.set()
    return service


@pytest.fixture
def monday(tokens: TokenService) -> Iterator[Peer]:
    with scripted_peer(tokens) as running:
        yield running


class _FixedClock:
    """Stands still; a test that needs another moment says so by argument."""

    def now(self) -> datetime:
        return START


@pytest.fixture
def product(database_url: str, monday: Peer, tmp_path: Path) -> Iterator[Product]:
    settings = Settings.from_env(
        {
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "BASE_URL": "https://support.example",
            "MONDAY_AUTH_URL": monday.url,
            "MONDAY_API_URL": f"{monday.url}/v2",
            "MONDAY_TIMEOUT_SECONDS": "2",
            "SECRET_KEYS": OLD_KEY,
        }
    )
    database = Database(settings.database_url)
    with ExitStack() as stack:
        stack.callback(database.dispose)
        Base.metadata.create_all(database.engine, tables=[Base.metadata.tables["installations"]])
        installed: list[str] = []

        def on_installed(session: Session, account_id: str) -> None:
            assert session.in_transaction()
            installed.append(account_id)

        context = InstallationContext(database, settings, _FixedClock(), on_installed)
        yield Product(context, database, settings, installed)
