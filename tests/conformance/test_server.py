"""The address ``/v2``: tokens, bodies, versions, headers, errors of a bad day; and the process itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.limited import code
from tests.conformance.served import Desk, order_weather

ROOT = Path(__file__).parent.parent.parent
ME = "{ me { name } }"


def send(sandbox: RunningSandbox, body: Any, **headers: str) -> requests.Response:
    return requests.post(
        sandbox.api_url,
        json=body,
        headers={"Authorization": sandbox.token("synerity"), **headers},
        timeout=10,
    )


@pytest.mark.parametrize("authorization", [None, "", "guessed", "Bearer", "Bearer guessed"])
def test_nobody_is_not_authenticated(sandbox: RunningSandbox, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = requests.post(sandbox.api_url, json={"query": ME}, headers=headers, timeout=10)
    assert answer.status_code == 401
    error = {"message": "Not authenticated", "extensions": {"code": "NOT_AUTHENTICATED"}}
    assert answer.json()["errors"] == [error]


def test_a_token_may_come_as_bearer(sandbox: RunningSandbox) -> None:
    answer = send(sandbox, {"query": ME}, Authorization=f"Bearer {sandbox.token('synerity')}")
    assert answer.json()["data"] == {"me": {"name": "Synerity Integration"}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "JsonParseException"),
        ({}, "JsonParseException"),
        ({"query": 5}, "JsonParseException"),
        ({"query": ME, "operationName": 5}, "JsonParseException"),
        ({"query": ME, "variables": '{"n": 1}'}, "InvalidVariablesException"),
        ({"query": ME, "variables": []}, "InvalidVariablesException"),
    ],
)
def test_a_body_of_another_form_is_refused(sandbox: RunningSandbox, body: Any, code: str) -> None:
    answer = send(sandbox, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == code


def test_an_enormous_body_is_refused(sandbox: RunningSandbox) -> None:
    try:
        answer = send(sandbox, {"query": ME, "variables": {"x": "x" * 11_000_000}})
    except requests.ConnectionError:
        # It may hang up before all was sent.
        return
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "2026-10"),
        ("2026-10", "2026-10"),
        ("2026-07", "2026-07"),
        ("2027-01", "2027-01"),
        ("2025-04", "2025-04"),
        ("2024-10", "2025-04"),
        ("2031-02", "2026-10"),
    ],
)
def test_the_version_that_serves_is_told(sandbox: RunningSandbox, asked: str | None, given: str) -> None:
    answer = send(sandbox, {"query": ME}, **({"API-Version": asked} if asked else {}))
    assert answer.headers["API-Version"] == given


@pytest.mark.parametrize("asked", ["2023", "26-10", "2026-1", "latest", "2026-10-01"])
def test_a_malformed_version_is_refused(sandbox: RunningSandbox, asked: str) -> None:
    answer = send(sandbox, {"query": ME}, **{"API-Version": asked})
    assert answer.json()["errors"][0]["extensions"]["code"] == "InvalidVersionException"
    assert "data" not in answer.json()


def test_an_older_version_names_the_refused_permission_otherwise(sandbox: RunningSandbox) -> None:
    def refused(version: str) -> str | None:
        document = "mutation { archive_board(board_id: 123) { id } }"
        headers = {"API-Version": version}
        return code(sandbox.graphql(sandbox.token("customer-gold"), document, headers=headers))

    assert refused("2025-04") == "UserUnauthorizedException"
    assert refused("2025-07") == refused("2026-10") == "USER_UNAUTHORIZED"


def test_an_answer_has_its_number_in_the_header_too(sandbox: RunningSandbox) -> None:
    answer = send(sandbox, {"query": ME})
    assert answer.headers["X-Request-Id"] == answer.json()["extensions"]["request_id"]


def test_an_invalid_document_is_served_by_no_version(sandbox: RunningSandbox) -> None:
    answer = send(sandbox, {"query": "{ nothing_of_this_name }"})
    assert (answer.status_code, "API-Version" in answer.headers) == (200, False)
    assert set(answer.json()) == {"errors", "extensions"}


def test_what_is_left_is_told(limited: RunningSandbox) -> None:
    def left(answer: requests.Response) -> dict[str, int]:
        parts = (part.strip().split(";") for part in answer.headers["RateLimit"].split(","))
        return {part[0].strip('"'): int(part[1].removeprefix("r=")) for part in parts}

    token = limited.token("customer-silver")
    first, second = (left(limited.graphql(token, ME)) for _ in range(2))
    policy = limited.graphql(token, ME).headers["RateLimit-Policy"]
    assert '"minuteRate";q=2500;w=60' in policy
    assert first["concurrency"] == 99
    assert second["minuteRate"] == first["minuteRate"] - 1
    assert second["complexityMinute"] < first["complexityMinute"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("complexity", 429, "COMPLEXITY_BUDGET_EXHAUSTED"),
        ("minute", 429, "RATE_LIMIT_EXCEEDED"),
        ("concurrency", 429, "maxConcurrencyExceeded"),
    ],
)
def test_a_spent_limit_says_how_long_to_wait(
    sandbox: RunningSandbox, kind: str, status: int, code: str
) -> None:
    order_weather(
        sandbox,
        account="synerity",
        api={"errors": [{"kind": kind, "times": 1, "retry_in_seconds": 7}]},
    )
    answer = send(sandbox, {"query": ME})
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert answer.json()["errors"][0]["extensions"] == {"code": code, "retry_in_seconds": 7}
    assert send(sandbox, {"query": ME}).status_code == 200


def test_an_internal_error_has_two_shapes(sandbox: RunningSandbox) -> None:
    errors = [{"kind": "internal_500", "times": 1}, {"kind": "internal_200", "times": 1}]
    order_weather(sandbox, account="synerity", api={"errors": errors})
    loud, quiet = (send(sandbox, {"query": ME}) for _ in range(2))
    assert (loud.status_code, loud.json()["error_code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert (quiet.status_code, quiet.json()["data"]) == (200, None)
    for answer in (loud, quiet):
        assert answer.json()["errors"][0]["extensions"]["error_code"] == "INTERNAL_SERVER_ERROR"


@pytest.mark.parametrize(("kind", "status"), [("bad_gateway", 502), ("locked", 423), ("unauthorized", 401)])
def test_other_trouble_has_its_status(sandbox: RunningSandbox, kind: str, status: int) -> None:
    order_weather(sandbox, account="synerity", api={"errors": [{"kind": kind, "times": 1}]})
    assert [send(sandbox, {"query": ME}).status_code for _ in range(2)] == [status, 200]


@pytest.mark.parametrize(("kind", "items"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_lost_connection_may_have_had_its_effect(served_desk: Desk, kind: str, items: int) -> None:
    order_weather(
        served_desk.sandbox,
        account="synerity",
        api={"errors": [{"kind": kind, "times": 1, "operation": "create_item"}]},
    )
    with pytest.raises(requests.ConnectionError):
        served_desk.create_item()
    board = served_desk.ask("query ($board: ID!) { boards(ids: [$board]) { items_count } }")[0]
    assert board["items_count"] == items


def test_weather_hits_its_account_and_operation_only(sandbox: RunningSandbox) -> None:
    errors = [{"kind": "locked", "probability": 1.0, "operation": "boards"}]
    order_weather(sandbox, account="synerity", api={"errors": errors})
    charlie = sandbox.token("customer-free")
    assert send(sandbox, {"query": "{ boards { id } }"}).status_code == 423
    assert send(sandbox, {"query": ME}).status_code == 200
    assert sandbox.graphql(charlie, "{ boards { id } }").status_code == 200


def test_the_same_seed_strikes_the_same_calls(sandbox: RunningSandbox) -> None:
    def storm() -> list[int]:
        errors = [{"kind": "locked", "probability": 0.4}]
        order_weather(sandbox, account="synerity", seed=11, api={"errors": errors})
        return [send(sandbox, {"query": ME}).status_code for _ in range(20)]

    first = storm()
    assert set(first) == {200, 423}
    assert storm() == first


def test_ordered_latency_is_felt(sandbox: RunningSandbox) -> None:
    order_weather(sandbox, account="synerity", api={"latency_seconds": 0.2})
    assert send(sandbox, {"query": ME}).elapsed.total_seconds() >= 0.2


def test_a_port_in_use_is_said_in_a_sentence(sandbox: RunningSandbox, tmp_path: Path) -> None:
    port = sandbox.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "monday_sandbox", "--port", port, "--data", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} can't be used")
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--host", "0.0.0.0"), "only serves this machine"),
        (("--port", "99999"), "no port"),
        (("--retry-seconds", "0"), "above zero"),
        (("--port", "0"), "no port"),
        (("--clock-file", "{file}"), "no clock file"),
        (("--data", "{file}"), "another folder"),
    ],
)
def test_what_can_not_be_served_is_said_in_a_sentence(
    refused: Callable[..., str], tmp_path: Path, wrong: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "file"
    file.write_text("[]")
    arguments = [argument.format(file=file) for argument in wrong]
    assert said in refused("--port", "18734", "--data", str(tmp_path / "state"), *arguments)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_with_a_page_open(tmp_path: Path, sent: signal.Signals) -> None:
    with running_sandbox(tmp_path) as running:
        with requests.get(f"{running.url}/sandbox/events", stream=True, timeout=10) as page:
            assert next(page.iter_lines(chunk_size=1)) == b": here"
            os.kill(running.process.pid, sent)
            assert running.process.wait() == 0
        with pytest.raises(requests.ConnectionError):
            running.accounts()


def test_the_state_survives_a_power_cut(tmp_path: Path) -> None:
    create = 'mutation { create_board(board_name: "Kept", board_kind: public) { id } }'
    with running_sandbox(tmp_path) as running:
        token = running.token("customer-gold")
        running.graphql(token, create)
        running.kill()
    with running_sandbox(tmp_path) as running:
        assert running.token("customer-gold") == token
        boards = running.graphql(token, "{ boards { name } }").json()["data"]["boards"]
    assert boards == [{"name": "Kept"}]
