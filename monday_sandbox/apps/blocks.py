"""monday.com's automation engine towards an app's blocks: subscribe, fire, unsubscribe, ask for options.

Sources: developer.monday.com on triggers and remote options of workflows (2026). The engine does what a
person would make it do in the Workflow Builder: a test or a page orders it.
"""

import json
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from monday_sandbox.apps import actions
from monday_sandbox.apps.actions import RECIPE_ID, Action, Actions
from monday_sandbox.apps.calls import BlockError, Calls, Heard, Person
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

_FIRST_SUBSCRIPTION = 481_709_001

_TABLES = """
CREATE TABLE IF NOT EXISTS block_subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
    webhook_id TEXT NOT NULL, unsubscribe_url TEXT, state TEXT NOT NULL, action TEXT);
CREATE TABLE IF NOT EXISTS block_firings (
    id INTEGER PRIMARY KEY, subscription_id INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Trigger:
    """An app's trigger as somebody puts it into an automation."""

    person: Person
    url: str
    unsubscribe_url: str | None
    fields: Mapping[str, Any]
    credentials: Mapping[str, Any]
    #: ``url`` and ``fields`` of the action that follows; none: the trigger is only heard.
    action: Mapping[str, Any] | None


@dataclass(frozen=True)
class Page:
    """What of a list is asked for."""

    dependencies: Mapping[str, Any]
    credentials: Mapping[str, Any]
    #: What the page before it said to ask with; empty for the first.
    request: Mapping[str, Any]


class Engine:
    """Calls an app's endpoints as the automations of an account would."""

    def __init__(self, calls: Calls, address: str, retry_seconds: float) -> None:
        self._store: Store = calls.store
        self._address = address
        self.calls = calls
        self.actions = Actions(calls, address, retry_seconds, self._disable)
        with self._store.writing() as connection:
            for statement in (*_TABLES.split(";"), actions.TABLES):
                connection.execute(statement)
            _bring_up_to_date(connection)

    def subscribe(self, trigger: Trigger) -> dict[str, Any]:
        """Somebody made an automation with the app's trigger: tell the app where to fire it.

        Raises:
            BlockError: the app did not take the subscription; monday.com then shows its error.
        """
        person = trigger.person
        with self._store.writing() as connection:
            made = connection.execute(
                "INSERT INTO block_subscriptions (account_id, user_id, webhook_id, unsubscribe_url, state,"
                " action) VALUES (?, ?, '', ?, 'asked', ?) RETURNING id",
                (
                    person.account_id,
                    person.user_id,
                    trigger.unsubscribe_url,
                    None if trigger.action is None else json.dumps(trigger.action),
                ),
            ).fetchone()
        number = int(made["id"])
        payload = {
            "webhookUrl": f"{self._address}/automations/apps-events/{number}",
            "subscriptionId": number,
            "inboundFieldValues": dict(trigger.fields),
            "inputFields": dict(trigger.fields),
            "credentialsValues": dict(trigger.credentials),
            "recipeId": RECIPE_ID,
            "integrationId": number,
        }
        heard = self.calls.call(person, trigger.url, {"payload": payload}, "subscribe")
        is_taken = heard.status == 200
        told = heard.body if isinstance(heard.body, dict) else {}
        webhook_id = str(told.get("webhookId") or number)
        with self._store.writing() as connection:
            connection.execute(
                "UPDATE block_subscriptions SET state = ?, webhook_id = ? WHERE id = ?",
                ("active" if is_taken else "refused", webhook_id, number),
            )
        if not is_taken:
            raise BlockError(f"The app did not take the subscription: {heard.told}.")
        return {"id": number, "webhook_id": webhook_id, "webhook_url": payload["webhookUrl"]}

    def unsubscribe(self, number: int, *, is_sentence_builder: bool = False) -> Heard:
        """The automation was removed or switched off: tell the app.

        Args:
            number: Of the subscription.
            is_sentence_builder: Whether the older builder made it, which does not heed the app's answer.

        Raises:
            BlockError: there is no such subscription; or the app's answer keeps it alive.
        """
        row = self._find(number, "active", "disabled")
        if row is None or not row["unsubscribe_url"]:
            raise BlockError("There is no active subscription of that number with an address to tell.")
        body = {"payload": {"webhookId": row["webhook_id"]}}
        heard = self.calls.call(_person(row), row["unsubscribe_url"], body, "unsubscribe")
        is_taken = heard.status is not None and 200 <= heard.status < 300
        if not is_taken and not is_sentence_builder:
            raise BlockError(f"The app's answer prevents it: {heard.told}.")
        self._set_state(number, "ended")
        return heard

    def may_fire(self, number: int, authorization: str | None) -> bool:
        """Whether the app's token and its subscription are good for firing a trigger."""
        is_bearer = (authorization or "").startswith("Bearer ")
        return (
            is_bearer
            and self.calls.is_apps_own(authorization)
            and self._find(number, "asked", "active", "disabled") is not None
        )

    def fired(self, number: int, body: Mapping[str, Any]) -> None:
        """Keep that a trigger was fired, and run the action that follows it."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO block_firings (subscription_id, at, body) VALUES (?, ?, ?)",
                (number, iso_seconds(self._store.clock.now()), json.dumps(body)),
            )
        row = self._find(number, "asked", "active", "disabled")
        if row is None:
            return
        self.calls.came(_person(row), f"{self._address}/automations/apps-events/{number}", "fired", body, 200)
        if row["action"] is not None and row["state"] != "disabled":
            following = json.loads(row["action"])
            fields = {**following["fields"], **body["trigger"]["outputFields"]}
            action = Action(_person(row), following["url"], fields, automation=number)
            threading.Thread(target=self.actions.run, args=(action,), name="block", daemon=True).start()

    def run(self, action: Action) -> dict[str, Any]:
        """Run an action, as ``Actions.run``; within an automation that is on, where it names one.

        Raises:
            BlockError: the automation is not there, or is switched off.
        """
        if action.automation is None:
            return self.actions.run(action)
        row = self._find(action.automation, "active")
        if row is None:
            raise BlockError("There is no automation of that number that is switched on.")
        return self.actions.run(replace(action, person=_person(row)))

    def options(self, person: Person, url: str, page: Page) -> Heard:
        """Somebody opens a list of the app's: ask for what is in it.

        Raises:
            BlockError: the app gave no list; monday.com then shows none.
        """
        payload = {
            "pageRequestData": dict(page.request),
            "credentialsValues": dict(page.credentials),
            "dependencyData": dict(page.dependencies),
        }
        heard = self.calls.call(person, url, {"payload": payload}, "options")
        if heard.status != 200 or not _is_list(heard.body):
            raise BlockError(f"Could not load fields: {heard.told}.")
        return heard

    def subscriptions(self) -> list[dict[str, Any]]:
        """All subscriptions of triggers, with their states."""
        with self._store.reading() as connection:
            rows = connection.execute("SELECT id, account_id, webhook_id, state FROM block_subscriptions")
            return [dict(row) for row in rows]

    def _disable(self, number: int) -> None:
        self._set_state(number, "disabled")

    def _set_state(self, number: int, state: str) -> None:
        with self._store.writing() as connection:
            connection.execute("UPDATE block_subscriptions SET state = ? WHERE id = ?", (state, number))

    def _find(self, number: int, *states: str) -> sqlite3.Row | None:
        with self._store.reading() as connection:
            row: sqlite3.Row | None = connection.execute(
                "SELECT * FROM block_subscriptions WHERE id = ?", (number,)
            ).fetchone()
        return row if row is not None and row["state"] in states else None


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Give the tables what older state files lack, and the first number."""
    for table, column in (("block_subscriptions", "action TEXT"), ("block_runs", "automation INTEGER")):
        names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if column.split()[0] not in names:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    counted = "SELECT 1 FROM sqlite_sequence WHERE name = 'block_subscriptions'"
    if connection.execute(counted).fetchone() is None:
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('block_subscriptions', ?)",
            (_FIRST_SUBSCRIPTION - 1,),
        )


def _person(row: sqlite3.Row) -> Person:
    return Person(row["account_id"], row["user_id"])


def _is_list(body: Any) -> bool:
    """Whether an answer is a list of options, or a page of one."""
    options = body.get("options") if isinstance(body, dict) else body
    return isinstance(options, list) and all(
        isinstance(option, dict) and isinstance(option.get("title"), str) and "value" in option
        for option in options
    )
