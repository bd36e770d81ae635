"""Who has installed the app, since when, by whose consent and to which scopes."""

import sqlite3
from collections.abc import Callable
from typing import Any

from monday_sandbox.apps import subscriptions
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

#: What to do with news of an account: the event's name, the account, the user it is told of.
Tell = Callable[[str, int, int], None]


class Installs:
    """The app's installations.

    Args:
        store: The state.
        tell: Called, after it is stored, with each event that the app hears of.
    """

    def __init__(self, store: Store, tell: Tell) -> None:
        self._store = store
        self._tell = tell
        subscriptions.make_tables(store)
        with store.writing() as connection:
            # State of before installations were kept: who has the app's tokens has installed it.
            connection.execute(
                "INSERT OR IGNORE INTO app_installs SELECT account_id, user_id, scopes, ? FROM oauth_tokens"
                " JOIN users ON users.id = user_id",
                (iso_seconds(store.clock.now()),),
            )

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
                subscriptions.keep(connection, account_id, subscriptions.at_install(now))
        if is_new:
            self._tell("install", account_id, user["id"])
        return True

    def uninstall(self, account_id: int) -> bool:
        """The account's admin removes the app; whether it was there."""
        now = self._store.clock.now()
        with self._store.writing() as connection:
            found = _find(connection, account_id)
            if found is None:
                return False
            connection.execute("DELETE FROM app_installs WHERE account_id = ?", (account_id,))
            held = subscriptions.find(connection, account_id)
            gone = subscriptions.after("app_subscription_cancelled", held, {}, now)
            subscriptions.keep(connection, account_id, gone)
        # Both come, in this order (FAQ of November 2025).
        self._tell("uninstall", account_id, found["user_id"])
        self._tell("app_subscription_cancelled", account_id, found["user_id"])
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
            # What is scheduled is told with what still holds.
            if event != "app_subscription_pricing_version_change_scheduled":
                subscriptions.keep(connection, account_id, changed)
        self._tell(event, account_id, found["user_id"])
        return changed


def _find(connection: sqlite3.Connection, account_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM app_installs WHERE account_id = ?", (account_id,)
    ).fetchone()
    return row
