"""Calls to monday.com keep within the budget, and learn from its answers what that is."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from app.budgets import ledger as ledgers
from app.budgets.gate import AccountGate
from app.budgets.ledger import Ledger
from app.budgets.usage import Usage, usage
from app.clock import SystemClock, lease_time
from app.monday.batch import Operation
from app.monday.client import BudgetSpentError, MondayClient
from app.priority import Priority
from monday_sandbox.testing import RunningSandbox, running_sandbox

CREATE_BOARD = 'mutation { create_board(board_name: "Counted", board_kind: public) { id } }'
CREATE_ITEM = 'mutation ($board: ID!) { create_item(board_id: $board, item_name: "One") { id } }'
POINTS_A_MINUTE = 30_000


@dataclass
class Account:
    """An account with one item, and calls that keep within its budget."""

    sandbox: RunningSandbox
    ledger: Ledger
    client: MondayClient
    item_id: str

    def post(self, count: int = 1) -> None:
        operations = [
            Operation(f"a{number}", "create_update", {"item_id": self.item_id, "body": "Hej"})
            for number in range(count)
        ]
        answer = self.client.execute_batch(operations, idempotency_key=None)
        assert answer.is_whole
        assert answer.results.keys() == {operation.alias for operation in operations}

    @property
    def used(self) -> Usage:
        return usage(self.ledger, ["1"])[0]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def account(sandbox: RunningSandbox) -> Account:
    sandbox.lift_limits()
    token = sandbox.token("synerity")
    board_id = sandbox.graphql(token, CREATE_BOARD).json()["data"]["create_board"]["id"]
    item = sandbox.graphql(token, CREATE_ITEM, {"board": board_id}).json()["data"]["create_item"]["id"]
    ledger = Ledger(None, SystemClock())
    gate = AccountGate(ledger, "1", Priority.LIVE, call_seconds=15.0)
    client = MondayClient(sandbox.api_url, token, timeout_seconds=5, gate=gate)
    requests.post(f"{sandbox.url}/sandbox/clock", json={"advance": "2m"}, timeout=10)
    return Account(sandbox, ledger, client, item)


def test_an_answer_is_the_same_as_if_its_cost_had_not_been_asked(account: Account) -> None:
    variables = {"ids": [account.item_id], "columns": [], "with_updates": False}
    assert account.client.execute("read_items", variables).keys() == {"items"}


def test_a_call_counts_what_monday_says_it_cost(account: Account) -> None:
    account.post(count=3)
    log = requests.get(f"{account.sandbox.url}/sandbox/log", params={"kind": "api"}, timeout=10).json()
    assert account.used.writes.used == log["entries"][-1]["complexity"]


def test_the_next_call_of_its_kind_is_estimated_by_the_last_ones(account: Account) -> None:
    for _ in range(12):
        account.post()
    with account.client.at(Priority.LIVE)._gate.passing({"create_update": 1}, is_write=True):  # type: ignore[union-attr]
        assert 12_000 < account.used.writes.used < 13_200


def test_an_answer_that_is_given_again_teaches_no_price(account: Account) -> None:
    operation = [Operation("a0", "create_update", {"item_id": account.item_id, "body": "Hej"})]
    first = account.client.execute_batch(operation, idempotency_key="the same")
    again = account.client.execute_batch(operation, idempotency_key="the same")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.results == first.results


def test_minutes_are_filled_and_none_is_refused(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox, passed, minutes = account.sandbox, 0.0, 4
    monkeypatch.setattr(ledgers, "lease_time", lambda: lease_time() + passed)
    sandbox.limit(complexity_minute=POINTS_A_MINUTE)
    account.post()
    posted = 1
    while passed < minutes * 60:
        try:
            account.post()
            posted += 1
        except BudgetSpentError as spent:
            wait = spent.until - lease_time() - passed
            requests.post(f"{sandbox.url}/sandbox/clock", json={"advance": f"{int(wait) + 1}s"}, timeout=10)
            passed += int(wait) + 1
    assert posted * 1_000 >= 0.9 * POINTS_A_MINUTE * minutes
