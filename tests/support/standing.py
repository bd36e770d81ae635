"""An estate that stands still: the same doors as the running one, without its processes.

What a journey waits for has happened once the stage has settled. Journeys whose matter is not the processes
themselves are played here, in a tenth of the time.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import requests
from click.testing import CliRunner

from app.cli import cli
from app.errors import SupportError
from local.people import Board, Person
from local.product import ACCOUNTS
from tests.support.stage import Stage, open_stage

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class StandingEstate:
    """A whole product on a stage, and what a test may do to it."""

    stage: Stage

    def account(self, slug: str) -> dict[str, Any]:
        """The account as the local monday.com's control page tells it: users, tokens, boards."""
        return next(account for account in self.control("accounts")["accounts"] if account["slug"] == slug)

    def as_user(self, slug: str, name: str | None = None) -> Person:
        """A person of the account: by (part of) their name, else one who is no admin."""
        if name is None:
            return self.stage.people[slug][-1]
        return next(person for person in self.stage.people[slug] if name in person.name)

    def as_admin(self, slug: str) -> Person:
        """An admin of the account."""
        return self.stage.people[slug][0]

    def board(self, slug: str, key: str) -> Board:
        """The account's board made from that template."""
        return self.stage.board(slug, key)

    def install(self, slug: str) -> None:
        """Let the account's admin agree to the app (again)."""
        self.stage.install(slug)

    def control(self, page: str, orders: Mapping[str, Any] | None = None) -> Any:
        """Read a control page of the local monday.com, or give it orders."""
        url = f"{self.stage.sandbox.url}/sandbox/{page}"
        response = (
            requests.get(url, timeout=10) if orders is None else requests.post(url, json=orders, timeout=10)
        )
        response.raise_for_status()
        return response.json()

    def control_delete(self, page: str) -> None:
        """Take back the orders given to a control page; what they concern has been done by then."""
        self.stage.collect()
        requests.delete(f"{self.stage.sandbox.url}/sandbox/{page}", timeout=10).raise_for_status()

    def advance(self, by: timedelta) -> None:
        """Let time pass for everybody."""
        self.stage.tick(by.total_seconds())

    def synerity(self, *arguments: str) -> Answer:
        """Run the command line, as a person in this environment would."""
        said = CliRunner().invoke(cli, arguments, env=dict(self.stage.environment))
        if isinstance(said.exception, SupportError):
            return Answer(1, said.stdout, said.exception.message)
        if said.exception is not None and not isinstance(said.exception, SystemExit):
            raise said.exception
        return Answer(said.exit_code, said.stdout, said.stderr)

    def wait_until(self, condition: Callable[[], T | None], what: str, *, seconds: float = 20) -> T:
        """Let everything have its consequences; what a condition gives then."""
        self.stage.settle()
        found = condition()
        assert found is not None, f"There is not {what}, and nothing is left to be done."
        return found

    def wait_until_settled(self, *, seconds: float = 20) -> None:
        """Let everything that was done have its consequences."""
        self.stage.settle()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Look into the product's database."""
        return self.stage.rows(query)


@contextmanager
def standing_estate(folder: Path, *, agreements: bool = True) -> Iterator[StandingEstate]:
    """All accounts have installed the app, each customer with the agreement that the manager has noted."""
    with open_stage(folder, ACCOUNTS[1:], has_agreements=agreements) as stage:
        yield StandingEstate(stage)
