"""A sandbox whose app has an address for lifecycle events, and what is done to it there."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.served import Heard, Receiver, app_token, running_receiver

PATH = "/lifecycle"


@dataclass(frozen=True)
class Life:
    """A sandbox and the app's address."""

    sandbox: RunningSandbox
    receiver: Receiver
    folder: Path

    def open_account(self, plan: str = "pro", *others: dict[str, str]) -> str:
        """A new account that nobody has installed the app in; its slug. The first user is Ida, its admin."""
        slug = f"a-{secrets.token_hex(4)}"
        users = [{"name": "Ida Ek"}, *others]
        given = {"slug": slug, "name": "Ek AB", "plan": plan, "users": users}
        requests.post(f"{self.sandbox.url}/sandbox/accounts", json=given, timeout=10).raise_for_status()
        return slug

    def user(self, slug: str, name: str = "Ida") -> str:
        """A user's id."""
        account = next(account for account in self.sandbox.accounts() if account["slug"] == slug)
        return str(next(user["id"] for user in account["users"] if name in user["name"]))

    def installed(self, plan: str = "pro") -> str:
        """A new account in which the app is installed; its slug."""
        slug = self.open_account(plan)
        app_token(self.sandbox, slug)
        return slug

    def told(self, slug: str, count: int) -> list[Heard]:
        """What the app has heard of an account, once it is as much as that."""

        def mine() -> list[Heard]:
            heard = self.receiver.events(PATH)
            return [one for one in heard if one.body["data"]["account_slug"] == slug]

        self.receiver.until(lambda: len(mine()) >= count)
        return mine()

    def events(self, slug: str, count: int) -> list[str]:
        """The names of what the app has heard of an account, once there are as many as that."""
        return [heard.body["type"] for heard in self.told(slug, count)]

    def do(self, door: str, **given: Any) -> requests.Response:
        """Ask at one of the sandbox's doors."""
        return requests.post(f"{self.sandbox.url}/sandbox/{door}", json=given, timeout=30)

    def befall(self, slug: str, event: str, **given: Any) -> requests.Response:
        """Let something befall a subscription."""
        return self.do("subscription", account=slug, event=event, **given)


@contextmanager
def living(folder: Path, **registration: Any) -> Iterator[Life]:
    """Run a sandbox with the app's address beside it, and with more of its registration."""
    with running_receiver() as receiver:
        told = {"lifecycle_url": receiver.url(PATH), **registration}
        (folder / "app.json").write_text(json.dumps(told))
        with running_sandbox(
            folder / "state",
            clock_file=folder / "clock.json",
            retry_seconds=0.2,
            options=("--app", str(folder / "app.json")),
        ) as sandbox:
            sandbox.lift_limits()
            yield Life(sandbox, receiver, folder)
