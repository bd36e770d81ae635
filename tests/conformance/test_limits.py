"""How many calls, and at once: what is refused beyond each limit, in which shape, and when it is over."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from monday_sandbox.limits import figures
from monday_sandbox.limits.gate import FieldLimits, Gate
from monday_sandbox.limits.windows import Windows
from monday_sandbox.refusals import Refusal
from monday_sandbox.testing import RunningSandbox
from tests.conformance.limited import CREATE_BOARD, ME, ask, code, left, take_back, told
from tests.conformance.people import Monday, Person
from tests.conformance.served import Desk, Heard, Receiver, advance, app_token, open_desk

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


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


def test_users_of_an_account_share_its_minute(limited: RunningSandbox) -> None:
    limited.limit(account="customer-gold", minute_rate=1)
    own = [limited.token("customer-gold", name) for name in ("Eva", "Johan")]
    assert [code(limited.graphql(token, ME)) for token in own] == [None, "RATE_LIMIT_EXCEEDED"]
