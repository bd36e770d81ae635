"""monday.com's automation engine towards an app's blocks: subscribe, fire, run, ask for options.

Sources: developer.monday.com on triggers, actions and errors of workflows (2026). The engine does what a
person would make it do in the Workflow Builder: a test or a page orders it.
"""

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import requests

from monday_sandbox.apps.registration import APP_ID, AppSecrets
from monday_sandbox.apps.sessions import integration_token
from monday_sandbox.apps.tokens import Tokens
from monday_sandbox.clock import iso_milliseconds, iso_seconds
from monday_sandbox.journal import Journal
from monday_sandbox.state import Store

#: "or doesn't respond within a minute".
PATIENCE_SECONDS = 60.0
#: Tries after the first: once a minute for half an hour.
MOST_RETRIES = 30
RECIPE_ID = 629_280
_FIRST_SUBSCRIPTION = 481_709_001
#: Fails now, may work later; fails, and the automation is switched off.
MAY_WORK_LATER, SWITCHES_OFF = 4000, 6000

_TABLES = """
CREATE TABLE IF NOT EXISTS block_subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
    webhook_id TEXT NOT NULL, unsubscribe_url TEXT, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS block_firings (
    id INTEGER PRIMARY KEY, subscription_id INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS block_runs (
    action_uuid TEXT PRIMARY KEY, account_id INTEGER NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL, outcome TEXT NOT NULL)
"""


class BlockError(ValueError):
    """What was ordered of the engine can't be done; the message says why."""


@dataclass(frozen=True)
class Heard:
    """What an app's endpoint answered; without a status it did not."""

    status: int | None
    body: Any
    error: str = ""

    @property
    def severity(self) -> int | None:
        """The severity code of an error, if the app gave one."""
        code = self.body.get("severityCode") if isinstance(self.body, dict) else None
        return code if isinstance(code, int) else None

    @property
    def is_final(self) -> bool:
        """Whether monday.com will not try again: done, the caller's fault, or told so."""
        if self.status is None:
            return False
        return self.status == 200 or 400 <= self.status < 500 or self.severity is not None


@dataclass(frozen=True)
class Engine:
    """Calls an app's endpoints as the automations of an account would."""

    store: Store
    journal: Journal
    tokens: Tokens
    app: AppSecrets
    #: This sandbox's own address, which apps call back.
    address: str
    retry_seconds: float

    def prepare(self) -> None:
        """Make the tables where they are missing."""
        with self.store.writing() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            if (
                connection.execute(
                    "SELECT 1 FROM sqlite_sequence WHERE name = 'block_subscriptions'"
                ).fetchone()
                is None
            ):
                connection.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES ('block_subscriptions', ?)",
                    (_FIRST_SUBSCRIPTION - 1,),
                )

    def subscribe(
        self, account_id: int, user_id: int, url: str, unsubscribe_url: str | None, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Somebody made an automation with the app's trigger: tell the app where to fire it.

        Raises:
            BlockError: the app did not take the subscription; monday.com then shows its error.
        """
        with self.store.writing() as connection:
            made = connection.execute(
                "INSERT INTO block_subscriptions (account_id, user_id, webhook_id, unsubscribe_url, state)"
                " VALUES (?, ?, '', ?, 'asked') RETURNING id",
                (account_id, user_id, unsubscribe_url),
            ).fetchone()
        number = int(made["id"])
        payload = {
            "webhookUrl": f"{self.address}/automations/apps-events/{number}",
            "subscriptionId": number,
            "inboundFieldValues": dict(fields),
            "inputFields": dict(fields),
            "credentialsValues": {},
            "recipeId": RECIPE_ID,
            "integrationId": number,
        }
        heard = self._call(account_id, user_id, url, {"payload": payload}, "subscribe")
        is_taken = heard.status == 200
        webhook_id = (
            str(heard.body.get("webhookId") or number) if isinstance(heard.body, dict) else str(number)
        )
        with self.store.writing() as connection:
            connection.execute(
                "UPDATE block_subscriptions SET state = ?, webhook_id = ? WHERE id = ?",
                ("active" if is_taken else "refused", webhook_id, number),
            )
        if not is_taken:
            raise BlockError(f"The app did not take the subscription: {_told(heard)}.")
        return {"id": number, "webhook_id": webhook_id, "webhook_url": payload["webhookUrl"]}

    def unsubscribe(self, number: int) -> Heard:
        """The automation was removed or switched off: tell the app.

        Raises:
            BlockError: there is no such subscription; or the app's answer keeps it alive.
        """
        with self.store.reading() as connection:
            row = connection.execute("SELECT * FROM block_subscriptions WHERE id = ?", (number,)).fetchone()
        if row is None or row["state"] != "active" or not row["unsubscribe_url"]:
            raise BlockError("There is no active subscription of that number with an address to tell.")
        body = {"payload": {"webhookId": row["webhook_id"]}}
        heard = self._call(row["account_id"], row["user_id"], row["unsubscribe_url"], body, "unsubscribe")
        if heard.status is None or not 200 <= heard.status < 300:
            raise BlockError(f"The app's answer prevents it: {_told(heard)}.")
        with self.store.writing() as connection:
            connection.execute("UPDATE block_subscriptions SET state = 'ended' WHERE id = ?", (number,))
        return heard

    def may_fire(self, number: int, authorization: str | None) -> bool:
        """Whether the app's token and its subscription are good for firing a trigger."""
        token = (authorization or "").removeprefix("Bearer ").strip()
        try:
            claims = jwt.decode(
                token, self.app.signing_secret, algorithms=["HS256"], options={"require": ["exp"]}
            )
        except jwt.InvalidTokenError:
            return False
        with self.store.reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM block_subscriptions WHERE id = ? AND state IN ('asked', 'active')", (number,)
            ).fetchone()
        return row is not None and claims.get("appId") == APP_ID

    def fired(self, number: int, body: str) -> None:
        """Keep that a trigger was fired."""
        with self.store.writing() as connection:
            connection.execute(
                "INSERT INTO block_firings (subscription_id, at, body) VALUES (?, ?, ?)",
                (number, iso_seconds(self.store.clock.now()), body),
            )

    def run(self, account_id: int, user_id: int, url: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """An automation comes to the app's action: run it, and try again as monday.com does.

        Returns:
            ``action_uuid``, ``state`` (``done``, ``failed``, ``disabled``, ``retrying`` or ``waiting`` for an
            asynchronous block) and what the app answered to the first try.
        """
        action = {"actionUuid": secrets.token_hex(16), "triggerUuid": secrets.token_hex(16)}
        callback = f"{self.address}/automations/callbacks/{action['actionUuid']}"
        payload = {
            "blockKind": "action",
            "credentialsValues": {},
            "inboundFieldValues": dict(fields),
            "inputFields": dict(fields),
            "recipeId": RECIPE_ID,
            "integrationId": RECIPE_ID,
            "callbackUrl": callback,
        }
        body = {"payload": payload, "runtimeMetadata": action}
        with self.store.writing() as connection:
            connection.execute(
                "INSERT INTO block_runs VALUES (?, ?, ?, 'running', 0, '')",
                (action["actionUuid"], account_id, iso_seconds(self.store.clock.now())),
            )
        heard = self._call(account_id, user_id, url, body, "action")
        state = self._note_run(action["actionUuid"], heard)
        if state == "retrying":
            again = (account_id, user_id, url, body)
            threading.Thread(target=self._try_again, args=again, name="block", daemon=True).start()
        return {
            "action_uuid": action["actionUuid"],
            "state": state,
            "status": heard.status,
            "answer": heard.body,
        }

    def called_back(self, action_uuid: str, body: Mapping[str, Any]) -> bool:
        """An asynchronous block is done; whether one was waited for."""
        state = "done" if body.get("success") is True else "failed"
        with self.store.writing() as connection:
            changed = connection.execute(
                "UPDATE block_runs SET state = ?, outcome = ? WHERE action_uuid = ? AND state = 'waiting'",
                (state, str(body.get("severityCode") or ""), action_uuid),
            )
        return changed.rowcount == 1

    def options(self, account_id: int, user_id: int, url: str, dependencies: Mapping[str, Any]) -> Heard:
        """Somebody opens a list of the app's: ask for what is in it."""
        payload = {"pageRequestData": {}, "credentialsValues": {}, "dependencyData": dict(dependencies)}
        return self._call(account_id, user_id, url, {"payload": payload}, "options")

    def _try_again(self, account_id: int, user_id: int, url: str, body: Mapping[str, Any]) -> None:
        pause = threading.Event()
        for _ in range(MOST_RETRIES):
            pause.wait(self.retry_seconds)
            heard = self._call(account_id, user_id, url, body, "action")
            if self._note_run(body["runtimeMetadata"]["actionUuid"], heard) != "retrying":
                return
        with self.store.writing() as connection:
            connection.execute(
                "UPDATE block_runs SET state = 'failed' WHERE action_uuid = ?",
                (body["runtimeMetadata"]["actionUuid"],),
            )

    def _note_run(self, action_uuid: str, heard: Heard) -> str:
        state = _state_after(heard)
        with self.store.writing() as connection:
            connection.execute(
                "UPDATE block_runs SET state = ?, tries = tries + 1, outcome = ? WHERE action_uuid = ?",
                (state, _told(heard), action_uuid),
            )
        return state

    def _call(self, account_id: int, user_id: int, url: str, body: Mapping[str, Any], what: str) -> Heard:
        short = self.tokens.short_lived(user_id)
        token = integration_token(self.app, account_id=account_id, user_id=user_id, audience=url, short=short)
        started = time.monotonic()
        try:
            answer = requests.post(
                url,
                json=body,
                headers={"Authorization": token},
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError) as failure:
            heard = Heard(None, None, type(failure).__name__)
        else:
            heard = Heard(answer.status_code, _json(answer))
        self.journal.write(
            "block",
            iso_milliseconds(self.store.clock.now()),
            account_id,
            user_id,
            url=url,
            event=what,
            attempts=1,
            status=heard.status,
            error=heard.error,
            payload=body,
            duration_ms=round((time.monotonic() - started) * 1000, 1),
        )
        return heard


def _state_after(heard: Heard) -> str:
    if heard.status == 200:
        is_asynchronous = isinstance(heard.body, dict) and heard.body.get("status") == "received"
        return "waiting" if is_asynchronous else "done"
    if heard.severity == SWITCHES_OFF:
        return "disabled"
    return "failed" if heard.is_final else "retrying"


def _told(heard: Heard) -> str:
    if heard.status is None:
        return heard.error
    title = heard.body.get("notificationErrorTitle") if isinstance(heard.body, dict) else None
    return f"{heard.status} {title}" if title else str(heard.status)


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
