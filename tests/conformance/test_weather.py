"""Bad days on order: how calls and deliveries then go wrong, and what somebody does under the app."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from monday_sandbox import fault_orders
from monday_sandbox.fault_orders import WeatherError, read_weather
from monday_sandbox.faults import FIELD_CODES, Latency
from monday_sandbox.limits.answers import KINDS
from monday_sandbox.testing import RunningSandbox
from tests.conformance.served import Desk, Receiver, app_token, open_desk, order_weather

ME = "{ me { name } }"


def send(sandbox: RunningSandbox, query: str = ME, **headers: str) -> requests.Response:
    return sandbox.graphql(sandbox.token("customer-gold"), query, headers=headers)


def order(sandbox: RunningSandbox, *errors: dict[str, Any], **more: Any) -> None:
    """Errors of calls in one account."""
    order_weather(sandbox, account="customer-gold", seed=5, api={"errors": list(errors), **more})


def error(code: str | None, message: str, **extensions: Any) -> dict[str, Any]:
    told = {"code": code, **extensions} if code else extensions
    return {"message": message, **({"extensions": told} if told else {})}


WAIT = {"retry_in_seconds": 7}
LEGACY = (
    "Complexity budget exhausted, query cost 30001 budget remaining 19986 out of 1000000 reset in 7 seconds"
)
#: What each error of a whole call looks like: status, errors, and whether it tells to wait.
SHAPES: dict[str, tuple[int, Any, bool]] = {
    "complexity": (429, error("COMPLEXITY_BUDGET_EXHAUSTED", "Complexity budget exhausted", **WAIT), True),
    "minute": (429, error("RATE_LIMIT_EXCEEDED", "Minute limit rate exceeded", **WAIT), True),
    "concurrency": (429, error("maxConcurrencyExceeded", "Concurrency limit exceeded", **WAIT), True),
    "ip": (429, error("IP_RATE_LIMIT_EXCEEDED", "IP rate limit exceeded", **WAIT), True),
    "daily": (429, error("DAILY_LIMIT_EXCEEDED", "Daily limit exceeded", **WAIT), True),
    "complexity_legacy": (429, LEGACY, False),
    "too_complex": (
        429,
        error("REQUEST_MAX_COMPLEXITY_EXCEEDED", "Request max complexity exceeded", status_code=429),
        False,
    ),
    "locked": (423, error(None, "Resource is currently locked, please try again later"), False),
    "unauthorized": (401, error("NOT_AUTHENTICATED", "Not authenticated"), False),
    "ip_restricted": (401, error(None, "Your ip is restricted"), False),
    "access_denied": (403, error("USER_ACCESS_DENIED", "User access denied", status_code=403), False),
    "blocked": (200, error("API_TEMPORARILY_BLOCKED", "API temporarily blocked", status_code=200), False),
    "internal_200": (
        200,
        {
            "message": "Internal server error",
            "path": [],
            "extensions": {
                "status_code": 500,
                "error_code": "INTERNAL_SERVER_ERROR",
                "service": "monolith",
            },
        },
        False,
    ),
    "internal_500": (
        500,
        error(None, "Internal server error", status_code=500, error_code="INTERNAL_SERVER_ERROR"),
        False,
    ),
}
PAGES = {"bad_gateway": 502, "unavailable": 503, "gateway_timeout": 504}


def test_every_error_that_can_be_ordered_is_shown_here() -> None:
    assert SHAPES.keys() | PAGES.keys() == set(KINDS)


@pytest.mark.parametrize("kind", SHAPES)
def test_an_error_of_a_call_has_its_shape(sandbox: RunningSandbox, kind: str) -> None:
    status, shown, waits = SHAPES[kind]
    order(sandbox, {"kind": kind, "times": 1, "retry_in_seconds": 7})
    answer = send(sandbox)
    assert answer.status_code == status
    assert answer.json()["errors"] == [shown]
    assert answer.headers.get("Retry-After") == ("7" if waits else None)
    assert answer.json().get("data") is None
    assert send(sandbox).json()["data"]["me"]


@pytest.mark.parametrize("kind", PAGES)
def test_a_gateway_answers_with_a_page(sandbox: RunningSandbox, kind: str) -> None:
    order(sandbox, {"kind": kind, "times": 1})
    answer = send(sandbox)
    assert answer.status_code == PAGES[kind]
    assert answer.headers["Content-Type"].startswith("text/html")
    assert str(PAGES[kind]) in answer.text
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize("kind", fault_orders.AFTER_ALL)
@pytest.mark.parametrize("done", [True, False])
def test_a_failure_may_have_had_its_effect(desk: Desk, kind: str, done: bool) -> None:
    errors = [{"kind": kind, "times": 1, "operation": "create_item", "done": done}]
    order_weather(desk.sandbox, account="customer-gold", api={"errors": errors})
    create = 'mutation ($b: ID!) { create_item(board_id: $b, item_name: "A") { id } }'
    key = {"Idempotency-Key": f"{kind} {done} {desk.board_id}"}
    failed, again = (
        desk.sandbox.graphql(desk.token, create, {"b": desk.board_id}, headers=key) for _ in range(2)
    )
    assert failed.status_code >= 500 or failed.json()["data"] is None
    assert ("Idempotency-Replayed" in again.headers) is done
    assert board_names(desk) == ["A"]


def test_the_oldest_form_of_spent_points_has_no_extensions(sandbox: RunningSandbox) -> None:
    order(sandbox, {"kind": "complexity_legacy", "times": 1, "retry_in_seconds": 7})
    body = send(sandbox).json()
    assert (body["error_code"], body["status_code"]) == ("ComplexityException", 429)
    assert (body["error_message"], body["error_data"]) == (LEGACY, {})


def test_a_call_that_fails_otherwise_keeps_its_limits_in_the_headers(sandbox: RunningSandbox) -> None:
    order(sandbox, {"kind": "internal_500", "times": 1})
    assert "minuteRate" in send(sandbox).headers["RateLimit"]


def test_an_error_may_come_after_some_calls(sandbox: RunningSandbox) -> None:
    order(sandbox, {"kind": "locked", "times": 2, "after": 3})
    assert [send(sandbox).status_code for _ in range(6)] == [200, 200, 200, 423, 423, 200]


def board_names(desk: Desk) -> list[str]:
    """The names of the items on the desk."""
    query = "query ($b: ID!) { boards(ids: [$b]) { items_page { items { name } } } }"
    answer = desk.sandbox.graphql(desk.token, query, {"b": desk.board_id}).json()
    return [item["name"] for item in answer["data"]["boards"][0]["items_page"]["items"]]


@pytest.fixture
def desk(sandbox: RunningSandbox) -> Desk:
    return open_desk(sandbox, "customer-gold")


THREE = """mutation ($b: ID!) {
  a0: create_item(board_id: $b, item_name: "A") { id }
  a1: create_item(board_id: $b, item_name: "B") { id }
  a2: create_group(board_id: $b, group_name: "C") { id }
}"""


def send_three(desk: Desk, **headers: str) -> Any:
    return desk.sandbox.graphql(desk.token, THREE, {"b": desk.board_id}, headers).json()


def test_chosen_aliases_fail_while_others_stand(desk: Desk) -> None:
    partial = [{"names": ["a1"], "code": "USER_UNAUTHORIZED", "times": 1}]
    order_weather(desk.sandbox, account="customer-gold", api={"partial": partial})
    body = send_three(desk)
    assert body["data"]["a1"] is None
    assert body["data"]["a0"]["id"]
    assert body["data"]["a2"]["id"]
    (failed,) = body["errors"]
    assert (failed["path"], failed["extensions"]["code"]) == (["a1"], "USER_UNAUTHORIZED")
    assert board_names(desk) == ["A"]
    assert "errors" not in send_three(desk)


def test_fields_fail_by_their_name(desk: Desk) -> None:
    partial = [{"names": ["create_item"], "probability": 1}]
    order_weather(desk.sandbox, account="customer-gold", api={"partial": partial})
    body = send_three(desk)
    assert [body["data"][alias] is None for alias in ("a0", "a1", "a2")] == [True, True, False]
    assert {failed["extensions"]["code"] for failed in body["errors"]} == {"INTERNAL_SERVER_ERROR"}
    assert board_names(desk) == []


def test_a_field_that_failed_may_have_had_its_effect(desk: Desk) -> None:
    partial = [{"names": ["a1"], "times": 1, "done": True}]
    order_weather(desk.sandbox, account="customer-gold", api={"partial": partial})
    body = send_three(desk)
    assert body["data"]["a1"] is None
    assert [failed["path"] for failed in body["errors"]] == [["a1"]]
    assert board_names(desk) == ["A", "B"]


def test_the_same_seed_fails_the_same_fields(desk: Desk) -> None:
    def storm() -> list[bool]:
        partial = [{"names": ["create_item"], "probability": 0.5}]
        order_weather(desk.sandbox, account="customer-gold", seed=3, api={"partial": partial})
        bodies = [send_three(desk) for _ in range(6)]
        return [body["data"][alias] is None for body in bodies for alias in ("a0", "a1")]

    first = storm()
    assert set(first) == {True, False}
    assert storm() == first


@pytest.mark.parametrize("code", FIELD_CODES)
def test_a_field_can_fail_with_any_code_of_the_documentation(sandbox: RunningSandbox, code: str) -> None:
    partial = [{"names": ["me"], "code": code, "times": 1, "retry_in_seconds": 15}]
    order_weather(sandbox, account="customer-gold", api={"partial": partial})
    answer = send(sandbox)
    assert (answer.status_code, answer.json()["data"]) == (200, {"me": None})
    (failed,) = answer.json()["errors"]
    assert failed["path"] == ["me"]
    told = failed["extensions"]
    assert told["code"] == code
    if code.startswith("FIELD_"):
        assert (told["status_code"], told["retry_in_seconds"]) == (429, 15)
        assert told["error_data"] == {"entity": "me"}
    assert send(sandbox).json()["data"]["me"]


@given(st.floats(0, 5), st.floats(0, 5), st.integers())
def test_uniform_latency_is_between_its_bounds(one: float, other: float, seed: int) -> None:
    low, high = sorted((one, other))
    drawn = Latency("uniform", low, high).draw(random.Random(seed))
    assert low <= drawn <= high


@given(st.floats(0.001, 2), st.floats(1, 20), st.integers())
def test_lognormal_latency_has_its_median_and_its_last_hundredth(
    median: float, factor: float, seed: int
) -> None:
    latency, chance = Latency("lognormal", median, median * factor), random.Random(seed)
    drawn = sorted(latency.draw(chance) for _ in range(4_000))
    assert drawn[0] >= 0
    assert drawn[-1] <= 60
    at_most = sum(one <= median * (1 + 1e-9) for one in drawn)
    beyond = sum(one > median * factor * (1 + 1e-9) for one in drawn)
    assert 1_700 <= at_most <= (2_300 if factor > 1.001 else 4_000)
    assert beyond <= 90


@pytest.mark.parametrize(
    "latency",
    [
        {"distribution": "fixed", "seconds": 0.2},
        {"distribution": "uniform", "from": 0.2, "to": 0.21},
        {"distribution": "lognormal", "p50": 0.21, "p99": 0.211},
    ],
)
def test_every_distribution_is_felt(sandbox: RunningSandbox, latency: dict[str, Any]) -> None:
    order(sandbox, latency=latency)
    assert send(sandbox).elapsed.total_seconds() >= 0.2


def test_a_board_is_deleted_under_us_at_once(desk: Desk) -> None:
    act = {"do": "delete_board", "board": desk.board_id}
    order_weather(desk.sandbox, account="customer-gold", acts=[act])
    (board,) = desk.ask("query ($board: ID!) { boards(ids: [$board], state: all) { state } }")
    assert board == {"state": "deleted"}


def test_a_board_is_archived_under_the_third_call_of_a_kind(desk: Desk) -> None:
    act = {"do": "archive_board", "board": desk.board_id, "at_call": 3, "operation": "create_item"}
    order_weather(desk.sandbox, account="customer-gold", acts=[act])
    desk.create_item("A")
    desk.ask("query ($board: ID!) { boards(ids: [$board]) { id } }")
    desk.create_item("B")
    create = 'mutation ($b: ID!) { create_item(board_id: $b, item_name: "C") { id } }'
    body = desk.sandbox.graphql(desk.token, create, {"b": desk.board_id}).json()
    assert body["data"] == {"create_item": None}


def test_a_column_is_deleted_under_us_and_webhooks_hear_of_it_as_of_any_change(desk: Desk) -> None:
    act = {"do": "delete_column", "board": desk.board_id, "column": "note"}
    order_weather(desk.sandbox, account="customer-gold", acts=[act])
    (board,) = desk.ask("query ($board: ID!) { boards(ids: [$board]) { columns { id } } }")
    assert {"id": "note"} not in board["columns"]


def test_tokens_are_revoked_under_a_call(sandbox: RunningSandbox) -> None:
    token = app_token(sandbox, "customer-gold")
    order_weather(sandbox, account="customer-gold", acts=[{"do": "revoke_tokens", "at_call": 2}])
    assert [sandbox.graphql(token, ME).status_code for _ in range(3)] == [200, 401, 401]
    assert send(sandbox).status_code == 200


def test_an_act_that_can_not_be_done_is_refused(desk: Desk) -> None:
    orders = {"account": "customer-gold", "acts": [{"do": "delete_board", "board": "123"}]}
    answer = requests.post(f"{desk.sandbox.url}/sandbox/faults", json=orders, timeout=10)
    assert answer.status_code == 400
    assert "delete_board can't be done: The board does not exist" in answer.json()["error"]
    assert requests.get(f"{desk.sandbox.url}/sandbox/faults", timeout=10).json() == {"orders": []}


def test_a_delivery_says_it_is_a_second_try(desk: Desk, receiver: Receiver) -> None:
    order_weather(desk.sandbox, account="customer-gold", webhooks={"retried": 1})
    desk.subscribe(receiver.url(), "create_item")
    desk.create_item()
    (heard,) = receiver.wait(1)
    assert heard.event["isRetry"] is True


def test_deliveries_are_delayed(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.url("/delayed"), "create_item")
    order_weather(desk.sandbox, account="customer-gold", webhooks={"delay_seconds": 0.4})
    began = time.monotonic()
    desk.create_item("Delayed")
    receiver.wait(1, "/delayed")
    assert time.monotonic() - began >= 0.4


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"acts": {}}, "a list"),
    ({"acts": [{"do": "delete_board", "board": "1"}]}, "say which with account"),
    ({"account": "a", "acts": [{"do": "explode"}]}, "one of delete_board, archive_board"),
    ({"account": "a", "acts": [{"do": "delete_board"}]}, "delete_board needs board"),
    ({"account": "a", "acts": [{"do": "delete_column", "board": "1"}]}, "needs board and column"),
    ({"account": "a", "acts": [{"do": "revoke_tokens", "board": "1"}]}, "needs neither"),
    ({"account": "a", "acts": [{"do": "revoke_tokens", "when": 1}]}, "there are do, board"),
    ({"webhooks": {"retried": 2}}, "between 0 and 1"),
    ({"webhooks": {"reversed": 1}}, "there are duplicate, shuffle_seconds"),
    ({"api": {"partial": [{"names": ["a0"], "times": 1, "code": "Oops"}]}}, "INTERNAL_SERVER_ERROR, USER"),
    ({"api": {"partial": [{"times": 1}]}}, "needs names"),
    (
        {"api": {"partial": [{"names": ["a"], "times": 1, "code": "USER_UNAUTHORIZED", "done": True}]}},
        "true for INTERNAL_SERVER_ERROR only",
    ),
    ({"api": {"partial": [{"names": [], "times": 1}]}}, "needs names"),
    ({"api": {"partial": [{"names": ["a0"]}]}}, "either times or a probability"),
    ({"api": {"partial": [{"names": ["a0"], "times": 1, "kind": "x"}]}}, "there are names, code"),
    ({"api": {"errors": [{"kind": "hail", "times": 1}]}}, "one of complexity, minute"),
    ({"api": {"errors": [{"kind": "locked", "times": 1, "after": 0.5}]}}, "whole number"),
    ({"api": {"errors": [{"kind": "locked", "times": 1, "done": True}]}}, "true for internal_500"),
    ({"api": {"errors": [{"kind": "internal_500", "times": 1, "done": 1}]}}, "true or false"),
    ({"api": {"latency": 3}}, "one of fixed, uniform, lognormal"),
    ({"api": {"latency": {"distribution": "normal"}}}, "one of fixed, uniform, lognormal"),
    ({"api": {"latency": {"distribution": "fixed"}}}, "needs seconds"),
    ({"api": {"latency": {"distribution": "fixed", "p50": 1}}}, "there are distribution, seconds"),
    ({"api": {"latency": {"distribution": "uniform", "from": 2, "to": 1}}}, "from must not be above to"),
    ({"api": {"latency": {"distribution": "lognormal", "p50": 0, "p99": 1}}}, "above 0"),
    (
        {"api": {"latency_seconds": 1, "latency": {"distribution": "fixed", "seconds": 1}}},
        "either latency_seconds or latency",
    ),
]


@pytest.mark.parametrize(("orders", "said"), WRONG, ids=lambda given: json.dumps(given)[:60])
def test_orders_that_are_not_understood_are_answered_with_what_is_possible(
    orders: dict[str, Any], said: str
) -> None:
    with pytest.raises(WeatherError) as refused:
        read_weather(orders)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", [*fault_orders.API_ERRORS, *fault_orders.ACTS, *FIELD_CODES])
def test_all_that_can_be_ordered_is_in_the_readme(name: str) -> None:
    readme = Path(fault_orders.__file__).with_name("README.md")
    assert f"`{name}`" in readme.read_text(encoding="utf-8")
