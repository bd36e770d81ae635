"""An automation comes to an app's action: it is run, run again, waited for, or switches the automation off.

Sources: developer.monday.com on actions, errors and asynchronous blocks of workflows (2026).
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from monday_sandbox.apps.calls import SWITCHES_OFF, Calls, Heard, Person, severity_of
from monday_sandbox.clock import iso_seconds

#: Tries after the first: once a minute for half an hour.
MOST_RETRIES = 30
#: Of an asynchronous block's answer: noted only, not shown to anybody.
_ONLY_NOTED = 2000
RECIPE_ID = 629_280

TABLES = """
CREATE TABLE IF NOT EXISTS block_runs (
    action_uuid TEXT PRIMARY KEY, account_id INTEGER NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL, outcome TEXT NOT NULL, automation INTEGER)
"""


@dataclass(frozen=True)
class Action:
    """An app's action as somebody has put it into an automation."""

    person: Person
    url: str
    fields: Mapping[str, Any]
    credentials: Mapping[str, Any] = field(default_factory=dict)
    #: The subscription of the automation's trigger; None: the action is run alone.
    automation: int | None = None
    trigger_uuid: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Actions:
    """Runs actions."""

    calls: Calls
    #: This sandbox's own address, which apps call back.
    address: str
    retry_seconds: float
    #: Switches an automation off.
    disable: Callable[[int], None]

    def run(self, action: Action) -> dict[str, Any]:
        """Run an action, and try again in the background as monday.com does.

        Returns:
            ``action_uuid``, ``state`` (``done``, ``failed``, ``disabled``, ``retrying`` or ``waiting`` for an
            asynchronous block), and ``status`` and ``answer`` of the first try.
        """
        uuid = secrets.token_hex(16)
        body = self._body(action, uuid)
        with self.calls.store.writing() as connection:
            connection.execute(
                "INSERT INTO block_runs VALUES (?, ?, ?, 'running', 0, '', ?)",
                (
                    uuid,
                    action.person.account_id,
                    iso_seconds(self.calls.store.clock.now()),
                    action.automation,
                ),
            )
        heard, state = self._try(action, uuid, body, 1)
        if state == "retrying":
            again = (action, uuid, body)
            threading.Thread(target=self._try_again, args=again, name="block", daemon=True).start()
        return {"action_uuid": uuid, "state": state, "status": heard.status, "answer": heard.body}

    def called_back(self, uuid: str, body: Mapping[str, Any]) -> bool:
        """An asynchronous block is over; whether one was waited for."""
        severity = severity_of(body)
        if body.get("success") is True:
            state = "done"
        else:
            state = "disabled" if severity == SWITCHES_OFF else "failed"
        outcome = "noted" if severity == _ONLY_NOTED else str(severity or "")
        with self.calls.store.writing() as connection:
            changed = connection.execute(
                # An app may be done before its answer to the call has been heard.
                "UPDATE block_runs SET state = ?, outcome = ?"
                " WHERE action_uuid = ? AND state IN ('running', 'retrying', 'waiting') RETURNING automation",
                (state, outcome, uuid),
            ).fetchone()
        if changed is not None and state == "disabled" and changed["automation"] is not None:
            self.disable(changed["automation"])
        return changed is not None

    def _body(self, action: Action, uuid: str) -> dict[str, Any]:
        payload = {
            "blockKind": "action",
            "credentialsValues": dict(action.credentials),
            "inboundFieldValues": dict(action.fields),
            "inputFields": dict(action.fields),
            "recipeId": RECIPE_ID,
            "integrationId": action.automation or RECIPE_ID,
            "callbackUrl": f"{self.address}/automations/callbacks/{uuid}",
        }
        metadata = {"actionUuid": uuid, "triggerUuid": action.trigger_uuid}
        return {"payload": payload, "runtimeMetadata": metadata}

    def _try(self, action: Action, uuid: str, body: Mapping[str, Any], attempt: int) -> tuple[Heard, str]:
        heard = self.calls.call(action.person, action.url, body, "action", attempt)
        state = _state_after(heard)
        if state == "retrying" and attempt > MOST_RETRIES:
            state = "failed"
        with self.calls.store.writing() as connection:
            connection.execute(
                "UPDATE block_runs SET tries = tries + 1, outcome = ?,"
                " state = iif(? = 'waiting' AND state IN ('done', 'failed', 'disabled'), state, ?)"
                " WHERE action_uuid = ?",
                (heard.told, state, state, uuid),
            )
        if state == "disabled" and action.automation is not None:
            self.disable(action.automation)
        return heard, state

    def _try_again(self, action: Action, uuid: str, body: Mapping[str, Any]) -> None:
        pause = threading.Event()
        for attempt in range(2, MOST_RETRIES + 2):
            pause.wait(self.retry_seconds)
            _, state = self._try(action, uuid, body, attempt)
            if state != "retrying":
                return


def _state_after(heard: Heard) -> str:
    if heard.status == 200:
        is_asynchronous = isinstance(heard.body, dict) and heard.body.get("status") == "received"
        return "waiting" if is_asynchronous else "done"
    if heard.severity == SWITCHES_OFF:
        return "disabled"
    return "failed" if heard.is_final else "retrying"
