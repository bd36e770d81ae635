"""One call of monday.com's automations to an app's endpoint, and what the app answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from monday_sandbox.apps.registration import APP_ID, AppSecrets
from monday_sandbox.apps.sessions import integration_token
from monday_sandbox.apps.tokens import Tokens
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.journal import Journal
from monday_sandbox.sender import Reply, Sender
from monday_sandbox.state import Store

#: "or doesn't respond within a minute".
PATIENCE_SECONDS = 60.0
#: Fails now, may work later; fails, and the automation is switched off.
MAY_WORK_LATER, SWITCHES_OFF = 4000, 6000
_HIDDEN = "hidden"


class BlockError(ValueError):
    """What was ordered of the engine can't be done; the message says why."""


@dataclass(frozen=True)
class Person:
    """For whom an automation runs."""

    account_id: int
    user_id: int


@dataclass(frozen=True)
class Heard:
    """What an app's endpoint answered; without a status it did not."""

    status: int | None
    body: Any
    error: str = ""

    @property
    def severity(self) -> int | None:
        """The severity code of an error, if the app gave one."""
        return severity_of(self.body)

    @property
    def is_final(self) -> bool:
        """Whether monday.com will not try again: done, the caller's fault, or told so."""
        if self.status is None:
            return False
        return self.status == 200 or 400 <= self.status < 500 or self.severity is not None

    @property
    def told(self) -> str:
        """The answer in short: its status and the title of its error."""
        if self.status is None:
            return self.error
        title = self.body.get("notificationErrorTitle") if isinstance(self.body, dict) else None
        return f"{self.status} {title}" if title else str(self.status)


@dataclass(frozen=True)
class Calls:
    """Calls an app's endpoints with a token by the signing secret, and writes it down."""

    store: Store
    journal: Journal
    tokens: Tokens
    app: AppSecrets
    sender: Sender

    def call(self, person: Person, url: str, body: Mapping[str, Any], what: str, attempt: int = 1) -> Heard:
        """Post a body to an app's endpoint and wait for the answer, a minute at most."""
        token = integration_token(
            self.app,
            account_id=person.account_id,
            user_id=person.user_id,
            audience=url,
            short=self.tokens.short_lived(person.user_id),
        )
        reply = self.sender.post(
            url, body, headers={"Authorization": token}, patience_seconds=PATIENCE_SECONDS
        )
        self._note(person, url, what, body, reply, attempt)
        return Heard(reply.status, reply.body, reply.error)

    def came(self, person: Person, url: str, what: str, body: Mapping[str, Any], status: int) -> None:
        """Write down what an app has sent to one of monday.com's addresses, and how it was answered."""
        self._note(person, url, what, body, Reply(status, None, "", 0.0), 1)

    def is_apps_own(self, authorization: str | None) -> bool:
        """Whether a request comes with the app's token: its id, an end, and the signing secret."""
        token = (authorization or "").removeprefix("Bearer ").strip()
        try:
            claims = jwt.decode(
                token, self.app.signing_secret, algorithms=["HS256"], options={"require": ["exp"]}
            )
        except jwt.InvalidTokenError:
            return False
        return bool(claims.get("appId") == APP_ID)

    def _note(
        self, person: Person, url: str, what: str, body: Mapping[str, Any], reply: Reply, attempt: int
    ) -> None:
        self.journal.write(
            "block",
            iso_milliseconds(self.store.clock.now()),
            person.account_id,
            person.user_id,
            url=url,
            event=what,
            attempts=attempt,
            status=reply.status,
            error=reply.error,
            payload=_without_credentials(body),
            duration_ms=reply.duration_ms,
        )


def severity_of(body: Any) -> int | None:
    """The severity code in an app's answer."""
    code = body.get("severityCode") if isinstance(body, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _without_credentials(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A body as the journal may keep it: tokens are never in that."""
    payload = body.get("payload")
    if not isinstance(payload, dict) or not payload.get("credentialsValues"):
        return body
    hidden = dict.fromkeys(payload["credentialsValues"], _HIDDEN)
    return {**body, "payload": {**payload, "credentialsValues": hidden}}
