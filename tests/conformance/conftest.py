"""A local monday.com, a desk and a customer in it, and the desk's board; and one that is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from monday_sandbox.api import Api
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.columns import open_board, widened
from tests.conformance.limited import take_back
from tests.conformance.people import Board, Monday, Person, person
from tests.conformance.served import Desk, Receiver, advance, open_desk, running_receiver


@pytest.fixture
def monday(tmp_path: Path) -> Iterator[Monday]:
    challenged: list[str] = []

    def challenge(url: str) -> bool:
        challenged.append(url)
        return "refuses" not in url

    store = Store(tmp_path / "monday", SandboxClock(tmp_path / "clock.json"))
    yield Monday(store, Api(store, challenge), challenged)
    store.close()


@pytest.fixture
def desk(monday: Monday) -> Person:
    return person(monday, "synerity")


@pytest.fixture
def customer(monday: Monday) -> Person:
    return person(monday, "customer-silver")


@pytest.fixture
def board(desk: Person) -> Board:
    return open_board(desk)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board with a column of every type, the same for all tests of a file: each makes items of its own."""
    folder = tmp_path_factory.mktemp("wide")
    store = Store(folder / "monday", SandboxClock(folder / "clock.json"))
    desk = person(Monday(store, Api(store, lambda _: True), []), "synerity")
    yield widened(open_board(desk))
    store.close()


@pytest.fixture(scope="session")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    with running_sandbox(folder / "state", clock_file=folder / "clock.json", retry_seconds=0.2) as running:
        yield running


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """A process that serves, the same for all tests, under a clear sky, that refuses no number of calls."""
    one_sandbox.lift_limits()
    yield one_sandbox
    requests.delete(f"{one_sandbox.url}/sandbox/faults", timeout=10).raise_for_status()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def served_desk(sandbox: RunningSandbox) -> Desk:
    """A new board at the served one, and its owner's own token."""
    return open_desk(sandbox)


@pytest.fixture
def limited(sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """A sandbox with monday.com's figures, in a new minute."""
    take_back(sandbox)
    advance(sandbox, "2m")
    yield sandbox
    take_back(sandbox)


@pytest.fixture
def new_day(limited: RunningSandbox) -> RunningSandbox:
    """On a day on which nobody has called yet."""
    advance(limited, "1d")
    return limited
