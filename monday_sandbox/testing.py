"""A sandbox for tests: a real process on a free port, gone when the block ends.

with running_sandbox(tmp_path) as sandbox:
    sandbox.graphql(sandbox.token("synerity"), "query { me { name } }")

Its processes are forked from one that has imported everything: the first takes as long as
``python -m monday_sandbox`` to start, each further one a small part of that.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from monday_sandbox.nursery import Child, Nursery, Order

START_SECONDS = 20.0
_nursery = Nursery()


@dataclass
class RunningSandbox:
    """A sandbox that runs."""

    url: str
    process: Child

    @property
    def api_url(self) -> str:
        """Where GraphQL is."""
        return f"{self.url}/v2"

    def accounts(self) -> list[dict[str, Any]]:
        """Every account with its users, their tokens and its boards."""
        found: list[dict[str, Any]] = requests.get(f"{self.url}/sandbox/accounts", timeout=10).json()[
            "accounts"
        ]
        return found

    def token(self, slug: str, user_name: str | None = None) -> str:
        """The API token of a user: by (part of) the name, or the account's first."""
        users = next(account for account in self.accounts() if account["slug"] == slug)["users"]
        return str(next(u for u in users if user_name is None or user_name in u["name"])["api_token"])

    def graphql(
        self,
        token: str,
        query: str,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a document as the owner of a token."""
        return requests.post(
            self.api_url,
            json={"query": query, "variables": dict(variables or {})},
            headers={"Authorization": token, "API-Version": "2026-10", **(headers or {})},
            timeout=20,
        )

    def limit(self, **orders: Any) -> None:
        """Order other limits than monday.com's, as ``POST /sandbox/limits`` takes them."""
        requests.post(f"{self.url}/sandbox/limits", json=orders, timeout=10).raise_for_status()

    def lift_limits(self) -> None:
        """Let a suite do in a minute what people do in a month: no call is refused for its number."""
        many = 1_000_000_000
        self.limit(
            complexity_minute=many,
            minute_rate=many,
            daily=many,
            ip_rate=many,
            endpoints={"create_board": many},
        )

    def calm(self) -> None:
        """Forget all weather and limits that were ordered, and lift monday.com's own."""
        for order in ("faults", "limits"):
            requests.delete(f"{self.url}/sandbox/{order}", timeout=10).raise_for_status()
        self.lift_limits()

    def kill(self) -> None:
        """End it as a power cut would, with what it has forked."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running_sandbox(
    data_dir: Path,
    *,
    port: int = 0,
    clock_file: Path | None = None,
    retry_seconds: float | None = None,
    env: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
) -> Iterator[RunningSandbox]:
    """Run a sandbox until the block ends; its state stays in ``data_dir``.

    ``options`` are more of those that ``python -m monday_sandbox --help`` tells.
    """
    port = port or _free_port()
    arguments = ["--port", str(port), "--data", str(data_dir)]
    arguments += [] if clock_file is None else ["--clock-file", str(clock_file)]
    arguments += [] if retry_seconds is None else ["--retry-seconds", str(retry_seconds)]
    arguments += options
    process = _nursery.start(Order("monday_sandbox", arguments, {**os.environ, **(env or {})}))
    sandbox = RunningSandbox(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_it_answers(sandbox)
        yield sandbox
    finally:
        if process.poll() is None:
            # Nothing is lost: what was answered is committed.
            sandbox.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(sandbox: RunningSandbox) -> None:
    deadline = time.monotonic() + START_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        status = sandbox.process.poll()
        if status is not None:
            raise RuntimeError(f"The sandbox ended with {status} before it answered.")
        try:
            sandbox.accounts()
        except requests.ConnectionError:
            pause.wait(0.02)
        else:
            return
    raise RuntimeError(f"The sandbox did not answer within {START_SECONDS:g} s.")
