"""How much an account may: what is refused beyond each limit, in which shape, and when it is over."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from monday_sandbox import admission
from monday_sandbox.api import Caller, Terms
from monday_sandbox.clock import SandboxClock
from monday_sandbox.limits import figures
from monday_sandbox.limits.days import seconds_to_midnight
from monday_sandbox.limits.gate import FieldLimits, Gate
from monday_sandbox.limits.quotas import Quotas
from monday_sandbox.limits.windows import Windows
from monday_sandbox.refusals import Refusal
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox
from tests.conformance.people import Board, Monday, Person, person
from tests.conformance.served import Desk, Heard, Receiver, advance, app_token, open_desk

ME = "{ me { name } }"
COST = "{ complexity { before after query reset_in_x_seconds } }"
CREATE_BOARD = 'mutation { create_board(board_name: "B", board_kind: public) { id } }'
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


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


def take_back(sandbox: RunningSandbox) -> None:
    requests.delete(f"{sandbox.url}/sandbox/limits", timeout=10).raise_for_status()


def code(answer: requests.Response) -> str | None:
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else None


def ask(sandbox: RunningSandbox, query: str = ME, slug: str = "customer-gold") -> requests.Response:
    return sandbox.graphql(sandbox.token(slug), query)


def left(answer: requests.Response, name: str) -> int:
    """What the header says is left of a limit."""
    parts = (part.strip().split(";") for part in answer.headers["RateLimit"].split(","))
    return next(int(part[1].removeprefix("r=")) for part in parts if part[0].strip('"') == name)


def told(answer: requests.Response, wait: int) -> None:
    """That the wait is told in the body and in the header."""
    assert answer.status_code == 429
    assert answer.json()["errors"][0]["extensions"]["retry_in_seconds"] == wait
    assert answer.headers["Retry-After"] == str(wait)
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("plan", "minute", "at_once", "day", "own_points"),
    [
        ("free", 1_000, 40, 200, 1_000_000),
        ("basic", 1_000, 40, 1_000, 10_000_000),
        ("standard", 1_000, 40, 1_000, 10_000_000),
        ("pro", 2_500, 100, 10_000, 10_000_000),
        ("enterprise", 5_000, 250, 25_000, 10_000_000),
    ],
)
def test_a_plan_has_its_figures(plan: str, minute: int, at_once: int, day: int, own_points: int) -> None:
    found = figures.of_plan(plan)
    assert (found.minute_rate, found.concurrency, found.daily) == (minute, at_once, day)
    assert (found.personal_complexity, found.app_complexity) == (own_points, 5_000_000)
    assert found.request_complexity == 5_000_000


@pytest.mark.parametrize(("slug", "minute"), [("customer-free", 1_000), ("customer-silver", 2_500)])
def test_the_headers_tell_the_plans_figures(limited: RunningSandbox, slug: str, minute: int) -> None:
    answer = ask(limited, slug=slug)
    assert f'"minuteRate";q={minute};w=60' in answer.headers["RateLimit-Policy"]
    assert left(answer, "minuteRate") == minute - 1
    assert '"complexityMinute";q=10000000;w=60;qu="content-bytes"' in answer.headers["RateLimit-Policy"]


def test_points_that_are_spent_are_refused_until_the_minute_is_over(limited: RunningSandbox) -> None:
    limited.limit(account="customer-gold", complexity_minute=60)
    assert [code(ask(limited)) for _ in range(3)] == [None, None, "COMPLEXITY_BUDGET_EXHAUSTED"]
    advance(limited, "20s")
    answer = ask(limited)
    told(answer, 40)
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "COMPLEXITY_BUDGET_EXHAUSTED",
        "retry_in_seconds": 40,
    }
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


def test_an_older_version_names_the_refused_permission_otherwise(limited: RunningSandbox) -> None:
    def refused(version: str) -> str | None:
        document = "mutation { archive_board(board_id: 123) { id } }"
        headers = {"API-Version": version}
        return code(limited.graphql(limited.token("customer-gold"), document, headers=headers))

    assert refused("2025-04") == "UserUnauthorizedException"
    assert refused("2025-07") == refused("2026-10") == "USER_UNAUTHORIZED"


def test_calls_of_a_minute_are_counted_failed_ones_too(limited: RunningSandbox) -> None:
    limited.limit(account="customer-gold", minute_rate=3)
    assert [code(ask(limited, query)) for query in (ME, ME)] == [None, None]
    assert "errors" in ask(limited, "{ nothing_of_this_name }").json()
    answer = ask(limited)
    assert code(answer) == "RATE_LIMIT_EXCEEDED"
    told(answer, 60)
    assert left(answer, "minuteRate") == 0
    advance(limited, "60s")
    assert code(ask(limited)) is None


def test_the_app_and_a_users_own_token_have_minutes_of_their_own(limited: RunningSandbox) -> None:
    token = app_token(limited, "customer-gold")
    limited.limit(account="customer-gold", minute_rate=1)
    assert [code(ask(limited)) for _ in range(2)] == [None, "RATE_LIMIT_EXCEEDED"]
    assert code(limited.graphql(token, ME)) is None


def while_one_is_under_way(receiver: Receiver, desk: Desk, then: Callable[[], Any]) -> list[Any]:
    """Do something while a mutation on the desk's board waits for a webhook's address to echo."""
    echo, seen = receiver.take, []

    def slow_echo(heard: Heard) -> tuple[int, bytes]:
        if "challenge" in heard.body:
            seen.append(then())
        return echo(heard)

    receiver.take = slow_echo  # type: ignore[method-assign]  # the peer's own behaviour, not the product's
    desk.subscribe(receiver.url(), "create_item")
    return seen


def test_one_call_too_many_at_once_is_refused(limited: RunningSandbox, receiver: Receiver) -> None:
    desk = open_desk(limited, "customer-gold")
    limited.limit(account="customer-gold", concurrency=1)
    (answer,) = while_one_is_under_way(receiver, desk, lambda: ask(limited))
    assert code(answer) == "maxConcurrencyExceeded"
    told(answer, 1)
    after = ask(limited)
    assert (code(after), left(after, "concurrency")) == (None, 0)


def test_a_board_that_is_being_written_is_locked_if_so_ordered(
    limited: RunningSandbox, receiver: Receiver
) -> None:
    desk, other = (open_desk(limited, "customer-gold") for _ in range(2))
    limited.limit(account="customer-gold", board_locks=True)
    create = 'mutation ($board: ID!) { create_item(board_id: $board, item_name: "x") { id } }'

    def write_both() -> list[requests.Response]:
        return [limited.graphql(desk.token, create, {"board": one.board_id}) for one in (desk, other)]

    ((locked, free),) = while_one_is_under_way(receiver, desk, write_both)
    assert locked.status_code == 423
    assert locked.json()["errors"] == [{"message": "Resource is currently locked, please try again later"}]
    assert free.json()["data"]["create_item"]["id"]
    desk.create_item()


def test_a_board_is_locked_by_its_items_too(limited: RunningSandbox, receiver: Receiver) -> None:
    desk = open_desk(limited, "customer-gold")
    item = desk.create_item()
    limited.limit(account="customer-gold", board_locks=True)
    archive = "mutation ($item: ID!) { archive_item(item_id: $item) { id } }"
    (locked,) = while_one_is_under_way(
        receiver, desk, lambda: limited.graphql(desk.token, archive, {"item": item})
    )
    assert locked.status_code == 423


def test_an_address_may_send_so_much_in_ten_seconds(limited: RunningSandbox) -> None:
    token = limited.token("customer-gold")
    limited.limit(ip_rate=2)
    for wrong in ("a wrong token", token):
        limited.graphql(wrong, ME)
    answer = limited.graphql(token, ME)
    assert answer.json()["errors"][0]["message"] == "IP rate limit exceeded"
    assert code(answer) == "IP_RATE_LIMIT_EXCEEDED"
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    advance(limited, "10s")
    assert code(limited.graphql(token, ME)) is None


def test_the_calls_of_a_day_end_at_midnight_utc(new_day: RunningSandbox) -> None:
    new_day.limit(account="customer-gold", daily=2)
    assert [code(ask(new_day)) for _ in range(3)] == [None, None, "DAILY_LIMIT_EXCEEDED"]
    now = datetime.fromisoformat(requests.get(f"{new_day.url}/sandbox/clock", timeout=10).json()["now"])
    answer = ask(new_day)
    wait = int(answer.headers["Retry-After"])
    told(answer, wait)
    assert abs(wait - seconds_to_midnight(now)) < 10
    advance(new_day, f"{wait}s")
    assert code(ask(new_day)) is None


def test_a_day_is_of_the_whole_account(new_day: RunningSandbox) -> None:
    token = app_token(new_day, "customer-gold")
    new_day.limit(account="customer-gold", daily=1)
    assert code(new_day.graphql(token, ME)) is None
    assert code(ask(new_day)) == "DAILY_LIMIT_EXCEEDED"


def test_a_lone_complexity_query_and_a_refused_call_are_a_tenth(new_day: RunningSandbox) -> None:
    new_day.limit(account="customer-gold", daily=2, minute_rate=12)
    for _ in range(8):
        assert code(ask(new_day, COST)) is None
    assert code(ask(new_day)) is None
    # 1.8 calls are used: two that are refused for another reason fill the rest.
    assert [code(ask(new_day, COST)) for _ in range(3)] == [None, None, "DAILY_LIMIT_EXCEEDED"]


def test_a_marketplace_apps_calls_are_none_of_the_day(tmp_path: Path) -> None:
    store = Store(tmp_path, SandboxClock())
    account, user = store_account(store)
    app = Caller(account, user, frozenset({"me:read"}), signed=True)
    own = Caller(account, user, None, signed=False)
    for is_marketplace, used in ((True, 10), (False, 20)):
        quotas = Quotas(store, is_marketplace_app=is_marketplace)
        day = NOON if is_marketplace else NOON.replace(day=24)
        for caller in (app, own):
            quotas.count_day(quotas.visit(caller), 10, day)
        assert quotas.days.used(account, day) == used
    store.close()


def store_account(store: Store) -> tuple[int, int]:
    with store.reading() as connection:
        row = connection.execute("SELECT account_id, id FROM users ORDER BY id").fetchone()
    return row["account_id"], row["id"]


def test_a_days_calls_survive_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path, SandboxClock())
    account, user = store_account(store)
    visit = Quotas(store).visit(Caller(account, user, None, signed=False))
    Quotas(store).count_day(visit, 10, NOON)
    assert Quotas(store).days.used(account, NOON) == 10
    store.close()


def test_the_api_tells_the_daily_limit_and_what_was_used(new_day: RunningSandbox) -> None:
    names = "customer-silver"
    for _ in range(3):
        ask(new_day, slug=names)
    document = (
        "{ platform_api { daily_limit { base total } daily_analytics { last_updated by_day { day usage }"
        " by_app { api_app_id usage } by_user { user { name } usage } } } }"
    )
    told_of = ask(new_day, document, names).json()["data"]["platform_api"]
    assert told_of["daily_limit"] == {"base": 10_000, "total": 10_000}
    today = told_of["daily_analytics"]["by_day"][-1]
    assert today == {"day": told_of["daily_analytics"]["last_updated"][:10], "usage": 3}
    by_user = {one["user"]["name"]: one["usage"] for one in told_of["daily_analytics"]["by_user"]}
    assert by_user["Anders Nyström"] >= 3
    assert sum(one["usage"] for one in told_of["daily_analytics"]["by_app"]) >= 3


def test_a_field_has_calls_a_minute_of_its_own(limited: RunningSandbox) -> None:
    limited.limit(account="customer-gold", endpoints={"create_board": 1})
    twice = CREATE_BOARD.replace("create_board", "a: create_board").replace(
        "} }", '} b: create_board(board_name: "C", board_kind: public) { id } }'
    )
    answer = ask(limited, twice)
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"]["a"]["id"]
    assert body["data"]["b"] is None
    (error,) = body["errors"]
    assert error["path"] == ["b"]
    assert error["extensions"] == {
        "code": "FIELD_MINUTE_RATE_LIMIT_EXCEEDED",
        "status_code": 429,
        "retry_in_seconds": error["extensions"]["retry_in_seconds"],
        "error_data": {"entity": "create_board"},
    }
    advance(limited, "1m")
    assert code(ask(limited, CREATE_BOARD)) is None


def test_forty_boards_a_minute_are_made_and_no_more(desk: Person) -> None:
    made = [desk.answer(CREATE_BOARD).body["data"]["create_board"] for _ in range(41)]
    assert [board is not None for board in made] == [True] * 40 + [False]


def test_requests_that_read_subitems_at_once_have_a_limit(monday: Monday, desk: Person) -> None:
    visit = monday.api.quotas.visit(desk.caller)
    most, limits = visit.figures.subitems_concurrency, FieldLimits()
    gates = [Gate(limits, visit, NOON, None) for _ in range(most + 1)]
    for gate in gates[:-1]:
        gate.enter("Item.subitems", "subitems")
        gate.enter("Item.subitems", "subitems")
    with pytest.raises(Refusal) as refused:
        gates[-1].enter("Item.subitems", "subitems")
    assert str(refused.value) == "Concurrency limit exceeded for the field"
    assert refused.value.extensions == {
        "code": "FIELD_LIMIT_EXCEEDED",
        "status_code": 429,
        "retry_in_seconds": 15,
        "error_data": {"entity": "subitems"},
    }
    gates[0].close()
    Gate(limits, visit, NOON, None).enter("Item.subitems", "subitems")


def test_more_than_a_hundred_items_are_not_given_by_id(desk: Person) -> None:
    error = desk.refusal("query ($ids: [ID!]) { items(ids: $ids) { id } }", ids=[str(n) for n in range(101)])
    assert error["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize(
    ("headers", "is_counted"),
    [
        ({}, True),
        ({"X-Sandbox-Page": "1"}, True),
        ({"X-Sandbox-Page": "1", "Sec-Fetch-Site": "cross-site"}, True),
        ({"X-Sandbox-Page": "1", "Sec-Fetch-Site": "same-origin"}, False),
    ],
)
def test_only_the_sandboxs_own_pages_are_not_counted(
    limited: RunningSandbox, headers: dict[str, str], is_counted: bool
) -> None:
    limited.limit(account="customer-gold", minute_rate=1, complexity_minute=30)
    token = limited.token("customer-gold")
    codes = [code(limited.graphql(token, ME, headers=headers)) for _ in range(3)]
    assert codes == ([None] + ["RATE_LIMIT_EXCEEDED"] * 2 if is_counted else [None] * 3)


def test_the_limits_are_told(limited: RunningSandbox) -> None:
    orders = {"account": "customer-gold", "minute_rate": 7, "endpoints": {"create_board": 2}}
    limited.limit(**orders)
    told_of = requests.get(f"{limited.url}/sandbox/limits", timeout=10).json()
    assert told_of["orders"] == [orders]
    gold, silver = (told_of["figures"][slug] for slug in ("customer-gold", "customer-silver"))
    assert (gold["minute_rate"], gold["endpoints"]["create_board"], gold["concurrency"]) == (7, 2, 250)
    assert (silver["minute_rate"], silver["endpoints"]["create_board"]) == (2_500, 40)
    take_back(limited)
    assert requests.get(f"{limited.url}/sandbox/limits", timeout=10).json()["orders"] == []


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ([], "JSON object"),
        ({"account": "nobody"}, "there are customer-free"),
        ({"minutes": 3}, "there are account, complexity_minute"),
        ({"minute_rate": -1}, "0 or more"),
        ({"minute_rate": 1.5}, "whole number"),
        ({"daily": True}, "whole number"),
        ({"endpoints": []}, "an object"),
        ({"endpoints": {"create_item": 3}}, "there are create_board"),
        ({"endpoints": {"create_board": "x"}}, "whole number"),
        ({"board_locks": 1.0}, "true or false"),
        ({"account": "customer-gold", "ip_rate": 3}, "without an account"),
    ],
)
def test_orders_that_are_not_understood_are_refused(limited: RunningSandbox, orders: Any, said: str) -> None:
    answer = requests.post(f"{limited.url}/sandbox/limits", json=orders, timeout=10)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert answer.json()["error"].endswith(".")
    assert requests.get(f"{limited.url}/sandbox/limits", timeout=10).json()["orders"] == []


def test_an_exempt_caller_is_told_the_cost_all_the_same(monday: Monday, board: Board) -> None:
    owner = board.owner
    terms = Terms(visit=monday.api.quotas.visit(owner.caller, is_exempt=True))
    answer = monday.api.execute(owner.caller, "{ boards { id } complexity { query } }", None, None, terms)
    assert answer.body["data"]["complexity"]["query"] > 1
    charged = answer.complexity
    assert charged is not None
    assert charged["query"] > 1


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=30), st.integers(1, 100))
def test_a_window_never_holds_more_than_it_may(calls: list[tuple[int, int]], most: int) -> None:
    windows, now = Windows(60), NOON.timestamp()
    for wait, amount in calls:
        now += wait
        moment = datetime.fromtimestamp(now, UTC)
        before = windows.look("key", moment)
        held = windows.add_within("key", amount, most, moment)
        after = windows.look("key", moment)
        assert 0 <= after.used <= most
        assert 1 <= after.resets_in <= 60
        assert (held is None) == (before.used + amount > most)


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


def test_users_of_an_account_share_its_minute(limited: RunningSandbox) -> None:
    limited.limit(account="customer-gold", minute_rate=1)
    own = [limited.token("customer-gold", name) for name in ("Eva", "Johan")]
    assert [code(limited.graphql(token, ME)) for token in own] == [None, "RATE_LIMIT_EXCEEDED"]
