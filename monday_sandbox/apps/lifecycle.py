"""Telling an app what becomes of its installations: one address, thirteen events, the client secret.

Shapes as documented in May 2026. Whether monday.com tries again is written nowhere: here it does not,
unless ``MONDAY_LIFECYCLE_RETRIES`` says so.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import requests

from monday_sandbox.apps import subscriptions
from monday_sandbox.apps.registration import (
    APP_ID,
    APP_VERSION_ID,
    VERSION_DATA,
    AppSecrets,
    machine_seconds,
)
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.journal import Journal
from monday_sandbox.state import Store

PATIENCE_SECONDS = 10.0
TOKEN_SECONDS = 300
_INSTALL_EVENTS = ("install", "uninstall")
_SEATS = {"free": 2, "basic": 10, "standard": 15, "pro": 40, "enterprise": 250}


@dataclass(frozen=True)
class _News:
    event: str
    account_id: int
    user_id: int
    body: Mapping[str, Any]
    token: str


class Lifecycle:
    """Sends events in the order in which they happened, from a thread of its own."""

    def __init__(self, store: Store, journal: Journal, app: AppSecrets, *, retry_seconds: float) -> None:
        self._store = store
        self._journal = journal
        self._app = app
        self._retry_seconds = retry_seconds
        self._waiting: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._never = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False

    def start(self) -> None:
        """Begin to send."""
        if self._app.lifecycle_url is not None:
            threading.Thread(target=self._send_forever, name="lifecycle", daemon=True).start()

    def tell(self, event: str, account_id: int, user_id: int) -> None:
        """Tell the app of an event, soon."""
        if self._app.lifecycle_url is None:
            return
        with self._store.reading() as connection:
            body = self._body(connection, event, account_id, user_id)
            token = self._token(connection, account_id, user_id)
        self._waiting.put(_News(event, account_id, user_id, body, token))

    def _body(
        self, connection: sqlite3.Connection, event: str, account_id: int, user_id: int
    ) -> dict[str, Any]:
        account = connection.execute("SELECT * FROM accounts WHERE id = ?", (account_id,)).fetchone()
        # Of a subscription the first admin is told, of an installation who did it.
        chosen = (
            "SELECT * FROM users WHERE id = ?"
            if event in _INSTALL_EVENTS
            else "SELECT * FROM users WHERE account_id = (SELECT account_id FROM users WHERE id = ?)"
            " AND kind = 'admin' ORDER BY id"
        )
        user = connection.execute(chosen, (user_id,)).fetchone()
        now = self._store.clock.now()
        held = subscriptions.find(connection, account_id) or subscriptions.at_install(now)
        data: dict[str, Any] = {
            "app_id": APP_ID,
            "app_name": self._app.name,
            "user_id": user["id"],
            "user_email": user["email"],
            "user_name": user["name"],
            "user_cluster": "other",
            "account_tier": account["plan"],
            "account_max_users": _SEATS.get(account["plan"], 10),
            "account_id": account_id,
            "account_name": account["name"],
            "account_slug": account["slug"],
            "version_data": dict(VERSION_DATA),
            "timestamp": _with_offset(iso_milliseconds(now)),
            "subscription": {
                "plan_id": held.plan_id,
                "renewal_date": None
                if held.renewal_at is None
                else _with_offset(iso_milliseconds(held.renewal_at)),
                "is_trial": held.is_trial,
                "billing_period": held.billing_period,
                "days_left": held.days_left(now),
                "pricing_version": held.pricing_version,
                "max_units": held.max_units,
            },
        }
        if event in _INSTALL_EVENTS:
            data["user_country"] = account["country_code"]
        return {"type": event, "data": data}

    def _token(self, connection: sqlite3.Connection, account_id: int, user_id: int) -> str:
        kind = connection.execute("SELECT kind FROM users WHERE id = ?", (user_id,)).fetchone()["kind"]
        now = machine_seconds()
        dat = {
            "client_id": self._app.client_id,
            "app_id": APP_ID,
            "app_version_id": APP_VERSION_ID,
            "install_id": account_id,
            "account_id": account_id,
            "user_id": user_id,
            "user_kind": kind,
            "is_admin": kind == "admin",
            "is_guest": kind == "guest",
            "is_view_only": kind == "view_only",
        }
        claims = {"dat": dat, "iat": now, "exp": now + TOKEN_SECONDS}
        return jwt.encode(claims, self._app.client_secret, algorithm="HS256")

    def _send_forever(self) -> None:
        while True:
            news = self._waiting.get()
            for attempt in range(1 + self._app.lifecycle_retries):
                if attempt:
                    self._never.wait(self._retry_seconds)
                if self._send(news, attempt + 1):
                    break

    def _send(self, news: _News, attempt: int) -> bool:
        started = time.monotonic()
        status, error = None, ""
        try:
            status = self._session.post(
                str(self._app.lifecycle_url),
                json=news.body,
                headers={"Authorization": news.token},
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
            ).status_code
        except (requests.RequestException, ValueError) as failure:
            error = type(failure).__name__
        self._journal.write(
            "lifecycle",
            iso_milliseconds(self._store.clock.now()),
            news.account_id,
            news.user_id,
            url=self._app.lifecycle_url,
            event=news.event,
            attempts=attempt,
            status=status,
            error=error,
            payload=news.body,
            duration_ms=round((time.monotonic() - started) * 1000, 1),
        )
        return status is not None and 200 <= status < 300


def _with_offset(text: str) -> str:
    """A moment as these events write it: with an offset in place of Z."""
    return text.replace("Z", "+00:00")
