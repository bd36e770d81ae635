"""A local monday.com, a desk and a customer in it, and the desk's board; and one that is served."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from monday_sandbox.api import Api
from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox, running_sandbox
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


STATUS_LABELS = [
    {"label": "New", "color": "bright_blue", "index": 0},
    {"label": "Working", "color": "working_orange", "index": 1},
    {"label": "Solved", "color": "done_green", "index": 2, "is_done": True},
]
PLAIN_TYPES = (
    *("text", "long_text", "date", "people", "numbers", "checkbox"),
    *("link", "email", "phone", "timeline"),
)


@pytest.fixture
def board(desk: Person) -> Board:
    made = desk.one('mutation { create_board(board_name: "Desk", board_kind: public, empty: true) { id } }')
    board_id = made["id"]
    desk.ask('mutation ($b: ID!) { create_group(board_id: $b, group_name: "Tickets") { id } }', b=board_id)
    for column_type in PLAIN_TYPES:
        desk.ask(
            "mutation ($b: ID!, $id: String!, $type: ColumnType!) {"
            " create_column(board_id: $b, id: $id, title: $id, column_type: $type) { id } }",
            b=board_id,
            id=column_type,
            type=column_type,
        )
    desk.ask(
        "mutation ($b: ID!, $defaults: CreateStatusColumnSettingsInput) {"
        ' create_status_column(board_id: $b, id: "status", title: "Status", defaults: $defaults) { id } }',
        b=board_id,
        defaults={"labels": STATUS_LABELS},
    )
    desk.ask(
        'mutation ($b: ID!, $defaults: JSON) { create_column(board_id: $b, id: "dropdown", title: "D",'
        " column_type: dropdown, defaults: $defaults) { id } }",
        b=board_id,
        defaults=json.dumps({"labels": ["Mail", "Phone"]}),
    )
    return Board(desk, board_id, (*PLAIN_TYPES, "status", "dropdown"))


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
