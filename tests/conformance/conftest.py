"""A local monday.com, a desk and a customer in it, and the desk's board; and one that is served."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from monday_sandbox import __main__ as command
from monday_sandbox.api import Api
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.columns import open_board, widened
from tests.conformance.limited import take_back
from tests.conformance.people import Board, Monday, Person, person
from tests.conformance.served import Desk, Receiver, advance, open_desk, running_receiver


@pytest.fixture(scope="session")
def new_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a monday.com in which nobody has done anything yet."""
    folder = tmp_path_factory.mktemp("new") / "monday"
    Store(folder, SandboxClock()).close()
    return folder


@pytest.fixture(scope="session")
def state_with_board(new_state: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Board]:
    """The folder of one in which the desk has made its board, and that board."""
    folder = Path(shutil.copytree(new_state, tmp_path_factory.mktemp("with-board") / "monday"))
    store = Store(folder, SandboxClock())
    board = open_board(person(Monday(store, Api(store, lambda _: True), []), "synerity"))
    store.close()
    return folder, board


@pytest.fixture
def monday(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Monday]:
    """A monday.com of the test's own: a copy, which spares making its tables and its board anew."""
    challenged: list[str] = []

    def challenge(url: str) -> bool:
        challenged.append(url)
        return "refuses" not in url

    if "board" in request.fixturenames:
        begun, _ = request.getfixturevalue("state_with_board")
    else:
        begun = request.getfixturevalue("new_state")
    store = Store(Path(shutil.copytree(begun, tmp_path / "monday")), SandboxClock(tmp_path / "clock.json"))
    yield Monday(store, Api(store, challenge), challenged)
    store.close()


@pytest.fixture
def desk(monday: Monday) -> Person:
    return person(monday, "synerity")


@pytest.fixture
def customer(monday: Monday) -> Person:
    return person(monday, "customer-silver")


@pytest.fixture
def board(desk: Person, state_with_board: tuple[Path, Board]) -> Board:
    return replace(state_with_board[1], owner=desk)


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


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Start the sandbox with arguments that it can't serve with; gives what it says of them."""

    def start(*arguments: str) -> str:
        monkeypatch.setattr(command._Server, "run", lambda _: pytest.fail("It serves."))
        assert command.main(arguments) == 1
        said = capsys.readouterr()
        assert said.out == ""
        return said.err

    return start
