"""Telling an app what becomes of its installations: one address, thirteen events, the client secret.

Shapes as documented in May 2026. Whether monday.com tries again is written nowhere: here it does not,
unless ``MONDAY_LIFECYCLE_RETRIES`` says so.
"""

import json
import sqlite3
import threading
from typing import Any

import jwt

from monday_sandbox.apps import subscriptions
from monday_sandbox.apps.registration import (
    APP_ID,
    VERSION_DATA,
    AppSecrets,
    machine_seconds,
)
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.journal import Journal
from monday_sandbox.sender import Sender
from monday_sandbox.state import Store

PATIENCE_SECONDS = 10.0
#: How soon something new is noticed.
LOOK_SECONDS = 0.05
TOKEN_SECONDS = 300
_INSTALL_EVENTS = ("install", "uninstall")
_SEATS = {"free": 2, "basic": 10, "standard": 15, "pro": 40, "enterprise": 250}


class Lifecycle:
    """Sends events in the order in which they happened, from a thread of its own; a power cut loses none."""

    def __init__(self, store: Store, journal: Journal, app: AppSecrets, *, retry_seconds: float) -> None:
        self._store = store
        self._journal = journal
        self._app = app
        self._retry_seconds = retry_seconds
        self._sender = Sender()
        self._never = threading.Event()

    def start(self) -> None:
        """Begin to send, what was left from an earlier run first."""
        if self._app.lifecycle_url is not None:
            threading.Thread(target=self._send_forever, name="lifecycle", daemon=True).start()

    def tell(self, connection: sqlite3.Connection, event: str, account_id: int, user_id: int) -> None:
        """Write, within a change of the state, an event that the app is to hear of soon."""
        if self._app.lifecycle_url is None:
            return
        body = self._body(connection, event, account_id, user_id)
        connection.execute(
            "INSERT INTO app_letters (account_id, user_id, event, body, tries) VALUES (?, ?, ?, ?, 0)",
            (account_id, body["data"]["user_id"], event, json.dumps(body, ensure_ascii=False)),
        )

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
            "timestamp": subscriptions.with_offset(iso_milliseconds(now)),
            "subscription": subscriptions.told(held, now),
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
            "app_version_id": self._app.version_id,
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
            with self._store.reading() as connection:
                letter = connection.execute("SELECT * FROM app_letters ORDER BY id LIMIT 1").fetchone()
            if letter is None:
                self._never.wait(LOOK_SECONDS)
            elif not self._send(letter):
                self._never.wait(self._retry_seconds)

    def _send(self, letter: sqlite3.Row) -> bool:
        """Send an event; whether it is over and done with."""
        url, body = str(self._app.lifecycle_url), json.loads(letter["body"])
        with self._store.reading() as connection:
            token = self._token(connection, letter["account_id"], letter["user_id"])
        reply = self._sender.post(
            url, body, headers={"Authorization": token}, patience_seconds=PATIENCE_SECONDS
        )
        is_over = reply.is_good or letter["tries"] >= self._app.lifecycle_retries
        change = "DELETE FROM app_letters" if is_over else "UPDATE app_letters SET tries = tries + 1"
        with self._store.writing() as connection:
            connection.execute(f"{change} WHERE id = ?", (letter["id"],))
        self._journal.write(
            "lifecycle",
            iso_milliseconds(self._store.clock.now()),
            letter["account_id"],
            letter["user_id"],
            url=url,
            event=letter["event"],
            attempts=letter["tries"] + 1,
            status=reply.status,
            error=reply.error,
            payload=body,
            duration_ms=reply.duration_ms,
        )
        return is_over
