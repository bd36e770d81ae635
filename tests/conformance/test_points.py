"""Points of complexity that are spent: who is refused, in which form, and until when."""

import threading

import pytest

from monday_sandbox import admission
from monday_sandbox.api import Terms
from monday_sandbox.testing import RunningSandbox
from tests.conformance.limited import COST, CREATE_BOARD, ME, ask, code, take_back, told
from tests.conformance.people import Board, Monday, Person, person
from tests.conformance.served import advance, app_token, open_desk


def test_points_that_are_spent_are_refused_until_the_minute_is_over(limited: RunningSandbox) -> None:
    limited.limit(account="customer-gold", complexity_minute=60)
    assert [code(ask(limited)) for _ in range(3)] == [None, None, "COMPLEXITY_BUDGET_EXHAUSTED"]
    advance(limited, "20s")
    answer = ask(limited)
    told(answer, 40)
    assert code(answer) == "COMPLEXITY_BUDGET_EXHAUSTED"
    assert set(answer.json()["errors"][0]["extensions"]) == {"code", "retry_in_seconds"}
    advance(limited, "40s")
    assert code(ask(limited)) is None


def test_what_is_spent_in_one_account_is_not_in_another(limited: RunningSandbox) -> None:
    limited.limit(complexity_minute=30)
    assert [code(ask(limited, slug=slug)) for slug in ("customer-gold", "customer-silver")] == [None, None]
    assert code(ask(limited)) == "COMPLEXITY_BUDGET_EXHAUSTED"


def test_an_apps_writes_are_refused_while_its_reads_are_not(limited: RunningSandbox) -> None:
    token = app_token(limited, "customer-gold")
    limited.limit(account="customer-gold", complexity_minute=10_500)
    assert code(limited.graphql(token, CREATE_BOARD)) is None
    assert code(limited.graphql(token, CREATE_BOARD)) == "COMPLEXITY_BUDGET_EXHAUSTED"
    assert code(limited.graphql(token, ME)) is None


def test_a_refused_request_has_no_effect_and_costs_nothing(limited: RunningSandbox) -> None:
    desk = open_desk(limited, "customer-gold")
    limited.limit(account="customer-gold", complexity_minute=1)
    advance(limited, "1m")
    create = 'mutation ($board: ID!) { create_item(board_id: $board, item_name: "x") { id } }'
    refused = limited.graphql(desk.token, create, {"board": desk.board_id})
    assert code(refused) == "COMPLEXITY_BUDGET_EXHAUSTED"
    take_back(limited)
    assert limited.graphql(desk.token, COST).json()["data"]["complexity"]["before"] == 10_000_000
    (board,) = desk.ask("query ($board: ID!) { boards(ids: [$board]) { items_count } }")
    assert board == {"items_count": 0}


def test_a_request_above_five_million_points_is_refused_for_good(limited: RunningSandbox) -> None:
    rows = "items { column_values { text } updates(limit: 100) { id } }"
    answer = ask(limited, f"{{ boards(limit: 500) {{ items_page(limit: 500) {{ {rows} }} }} }}")
    assert (answer.status_code, code(answer)) == (429, "REQUEST_MAX_COMPLEXITY_EXCEEDED")
    assert "Retry-After" not in answer.headers
    assert "retry_in_seconds" not in answer.json()["errors"][0]["extensions"]


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("2025-04", {"complexity", "complexity_budget_left", "complexity_budget_limit", "status_code"}),
        ("2025-07", set()),
        ("2026-10", set()),
    ],
)
def test_an_older_version_tells_the_budget_too(limited: RunningSandbox, version: str, more: set[str]) -> None:
    limited.limit(account="customer-gold", complexity_minute=3)
    token = limited.token("customer-gold")
    answer = limited.graphql(token, ME, headers={"API-Version": version})
    extensions = answer.json()["errors"][0]["extensions"]
    assert set(extensions) == {"code", "retry_in_seconds"} | more
    if more:
        figures_told = [extensions[f"complexity{name}"] for name in ("_budget_left", "_budget_limit")]
        assert figures_told == [3, 3]
        assert extensions["complexity"] > 3


def test_an_exempt_caller_is_told_the_cost_all_the_same(monday: Monday, board: Board) -> None:
    owner = board.owner
    terms = Terms(visit=monday.api.quotas.visit(owner.caller, is_exempt=True))
    answer = monday.api.execute(owner.caller, "{ boards { id } complexity { query } }", None, None, terms)
    assert answer.body["data"]["complexity"]["query"] > 1
    charged = answer.complexity
    assert charged is not None
    assert charged["query"] > 1


def test_calls_side_by_side_are_all_counted(desk: Person) -> None:
    before = desk.one(COST)["after"]
    threads = [threading.Thread(target=desk.answer, args=(COST,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.one(COST)["before"] == before - 20


def test_an_account_that_was_opened_later_has_its_plans_limits(monday: Monday) -> None:
    admission.open_account(monday.store, {"slug": "opened-later", "plan": "free"})
    assert person(monday, "opened-later").one(COST)["before"] == 1_000_000
