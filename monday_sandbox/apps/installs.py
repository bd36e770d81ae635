"""Who has installed the app, since when, by whose consent and to which scopes."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from monday_sandbox.apps import subscriptions
from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

#: Writes, within a change of the state, what the app is to hear: the event, the account, the user it is of.
Tell = Callable[[sqlite3.Connection, str, int, int], None]
#: How soon a clock that was moved is noticed.
LOOK_SECONDS = 0.5


class Installs:
    """The app's installations.

    Args:
        store: The state.
        app: What is installed.
        tell: Called with each event that the app hears of.
    """

    def __init__(self, store: Store, app: AppSecrets, tell: Tell) -> None:
        self._store = store
        self._app = app
        self._never = threading.Event()
        self._tell = tell
        subscriptions.make_tables(store)
        with store.writing() as connection:
            # State of before installations were kept: who has the app's tokens has installed it.
            connection.execute(
                "INSERT OR IGNORE INTO app_installs SELECT account_id, user_id, scopes, ? FROM oauth_tokens"
                " JOIN users ON users.id = user_id",
                (iso_seconds(store.clock.now()),),
            )

    def start(self) -> None:
        """Let trials end and subscriptions renew as the sandbox's clock goes."""
        threading.Thread(target=self._follow_clock, name="subscriptions", daemon=True).start()

    def _follow_clock(self) -> None:
        while not self._never.wait(LOOK_SECONDS):
            self.let_time_pass()

    def let_time_pass(self) -> None:
        """Let what is due befall each subscription once."""
        now = self._store.clock.now()
        due = "SELECT * FROM app_subscriptions JOIN app_installs USING (account_id) WHERE renewal_at <= ?"
        with self._store.reading() as connection:
            if connection.execute(f"{due} LIMIT 1", (iso_seconds(now),)).fetchone() is None:
                return
        with self._store.writing() as connection:
            for row in connection.execute(due, (iso_seconds(now),)).fetchall():
                held = subscriptions.read(row)
                event = subscriptions.due_event(held, now)
                if event is not None:
                    after = subscriptions.after(event, held, {}, now)
                    subscriptions.keep(connection, row["account_id"], after)
                    self._tell(connection, event, row["account_id"], row["user_id"])

    def is_installed(self, account_id: int) -> bool:
        """Whether an admin of the account has installed the app."""
        with self._store.reading() as connection:
            return _find(connection, account_id) is not None

    def consented(self, account_id: int, user: sqlite3.Row, scopes: str) -> bool:
        """A user agrees to the app's scopes; False when an admin has to install the app first."""
        now = self._store.clock.now()
        with self._store.writing() as connection:
            is_new = _find(connection, account_id) is None
            if is_new and user["kind"] != "admin":
                return False
            if is_new or user["kind"] == "admin":
                connection.execute(
                    "INSERT INTO app_installs (account_id, user_id, scopes, installed_at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET scopes = excluded.scopes",
                    (account_id, user["id"], scopes, iso_seconds(now)),
                )
            if is_new:
                self._begin(connection, account_id, user["id"], now)
        return True

    def _begin(self, connection: sqlite3.Connection, account_id: int, user_id: int, now: datetime) -> None:
        """Give an account its first subscription, and tell of the install; there is no second trial."""
        has_trial = self._app.trial_days > 0 and subscriptions.find(connection, account_id) is None
        begun = subscriptions.trial(self._app, now) if has_trial else subscriptions.at_install(now)
        subscriptions.keep(connection, account_id, begun)
        self._tell(connection, "install", account_id, user_id)
        if has_trial:
            self._tell(connection, "app_trial_subscription_started", account_id, user_id)

    def uninstall(self, account_id: int) -> bool:
        """The account's admin removes the app; whether it was there."""
        now = self._store.clock.now()
        with self._store.writing() as connection:
            found = _find(connection, account_id)
            if found is None:
                return False
            connection.execute("DELETE FROM app_installs WHERE account_id = ?", (account_id,))
            # Both come (FAQ of November 2025); the first with the subscription as it was.
            self._tell(connection, "uninstall", account_id, found["user_id"])
            held = subscriptions.find(connection, account_id)
            if held is not None and held.is_active:
                gone = subscriptions.after("app_subscription_cancelled", held, {}, now)
                subscriptions.keep(connection, account_id, gone)
                self._tell(connection, "app_subscription_cancelled", account_id, found["user_id"])
        return True

    def subscribe(self, account_id: int, event: str, wishes: dict[str, Any]) -> subscriptions.Subscription:
        """Let something happen to an account's subscription, and tell the app.

        Raises:
            SubscriptionError: the app is not installed there, or the order makes no sense.
        """
        now = self._store.clock.now()
        with self._store.writing() as connection:
            found = _find(connection, account_id)
            if found is None:
                raise subscriptions.SubscriptionError("The account has not installed the app.")
            held = subscriptions.find(connection, account_id)
            changed = subscriptions.after(event, held, wishes, now)
            subscriptions.keep(connection, account_id, changed)
            self._tell(connection, event, account_id, found["user_id"])
        return changed


def _find(connection: sqlite3.Connection, account_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM app_installs WHERE account_id = ?", (account_id,)
    ).fetchone()
    return row
