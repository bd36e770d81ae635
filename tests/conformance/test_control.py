"""The sandbox's own doors: who is there, what happened, the time, the weather."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest
import requests

from monday_sandbox.testing import RunningSandbox
from tests.conformance import served
from tests.conformance.served import Desk, Receiver, read_log


def get(sandbox: RunningSandbox, page: str, **headers: str) -> requests.Response:
    return requests.get(f"{sandbox.url}/sandbox/{page}", headers=headers, timeout=10)


def post(sandbox: RunningSandbox, page: str, body: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/sandbox/{page}", json=body, timeout=10)


def newest(sandbox: RunningSandbox) -> int:
    entries = read_log(sandbox, limit=1)
    return int(entries[-1]["id"]) if entries else 0


def test_the_accounts_are_told_with_all_that_is_theirs(served_desk: Desk) -> None:
    accounts = {account["slug"]: account for account in served_desk.sandbox.accounts()}
    assert list(accounts) == ["synerity", "customer-free", "customer-silver", "customer-gold"]
    ours = accounts["synerity"]
    assert {"id", "slug", "name", "plan", "users", "workspaces", "boards"} <= set(ours)
    assert set(ours["users"][0]) == {"id", "name", "email", "kind", "status", "title", "api_token"}
    assert set(ours["workspaces"][0]) == {"id", "name"}
    board = next(board for board in ours["boards"] if board["id"] == served_desk.board_id)
    assert (board["kind"], board["state"]) == ("public", "active")
    assert set(board) == {"id", "name", "workspace_id", "kind", "state"}


def test_a_call_is_logged_with_who_and_what(sandbox: RunningSandbox) -> None:
    token, after = sandbox.token("customer-free"), newest(sandbox)
    sandbox.graphql(token, "query Whose($n: Int) { me { name } boards(limit: $n) { id } }", {"n": 2})
    (entry,) = read_log(sandbox, after=after, kind="api")
    assert (entry["kind"], entry["account"], entry["user"]) == ("api", "customer-free", "Karin Holm")
    assert entry["query"].startswith("query Whose")
    assert (entry["variables"], entry["status"], entry["errors"]) == ({"n": 2}, 200, None)
    assert entry["complexity"] > 0
    assert entry["duration_ms"] > 0


def test_no_token_is_logged(served_desk: Desk, receiver: Receiver) -> None:
    app = served.app_token(served_desk.sandbox)
    desk = Desk(served_desk.sandbox, app, served_desk.board_id)
    after = newest(desk.sandbox)
    desk.subscribe(receiver.url(), "create_item")
    desk.create_item()
    signature = receiver.wait(1)[0].headers["Authorization"]
    desk.sandbox.graphql("a wrong token", "{ me { name } }")
    told = json.dumps(read_log(desk.sandbox, after=after))
    for secret in (app, signature, served_desk.token, "a wrong token"):
        assert secret not in told


def test_a_delivery_is_logged_as_it_was_sent(served_desk: Desk, receiver: Receiver) -> None:
    receiver.answer = lambda heard: 200 if heard.event["isRetry"] else 500
    served_desk.subscribe(receiver.url(), "create_item")
    after = newest(served_desk.sandbox)
    # The journal is written after the answer: the events told of it say when.
    with events(served_desk.sandbox) as told:
        served_desk.create_item()
        url = receiver.url()
        seen = first(told, 2, lambda name, entry: name == "log" and entry.get("url") == url)
    sent = [heard.body for heard in receiver.wait(2)]
    assert [(entry["status"], entry["attempts"]) for entry in seen] == [(500, 1), (200, 2)]
    assert [entry["payload"] for entry in seen] == sent
    logged = read_log(served_desk.sandbox, after=after, kind="webhook")
    assert [entry for entry in logged if entry["url"] == url] == seen


@pytest.mark.parametrize("asked", ["after=x", "limit=x", "limit=-1", "kind=mail"])
def test_a_log_that_is_asked_for_wrongly_is_refused(sandbox: RunningSandbox, asked: str) -> None:
    answer = get(sandbox, f"log?{asked}")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_the_log_gives_the_newest_oldest_first(sandbox: RunningSandbox) -> None:
    token = sandbox.token("synerity")
    for number in range(5):
        sandbox.graphql(token, f"query Number{number} {{ me {{ name }} }}")
    entries = read_log(sandbox, kind="api", limit=2)
    assert [entry["query"][6:13] for entry in entries] == ["Number3", "Number4"]
    assert read_log(sandbox, after=entries[-1]["id"], kind="api") == []


class events:  # noqa: N801 - reads as the function it is used as
    """The server-sent events from now on, as name and content."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._answer = requests.get(
            f"{sandbox.url}/sandbox/events", stream=True, timeout=served.DEADLINE_SECONDS
        )

    def __enter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        assert self._answer.headers["Content-Type"].startswith("text/event-stream")
        lines = self._answer.iter_lines(chunk_size=1, decode_unicode=True)
        assert next(lines) == ": here"
        return self._read(lines)

    def __exit__(self, *_: object) -> None:
        self._answer.close()

    def _read(self, lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        name = ""
        for line in lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def first(
    told: Iterator[tuple[str, dict[str, Any]]], count: int, is_meant: Callable[[str, dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """The first contents that are meant; what is told of other tests' deliveries is passed over."""
    return list(islice((content for name, content in told if is_meant(name, content)), count))


def test_pages_are_told_of_changes_and_calls(served_desk: Desk) -> None:
    with events(served_desk.sandbox) as told:
        item = served_desk.create_item()

        def is_of_item(name: str, content: dict[str, Any]) -> bool:
            if name == "change":
                return bool(content["item_id"] == item)
            return content["kind"] == "api" and "create_item" in content["query"]

        heard = {"log" if "kind" in content else "change": content for content in first(told, 2, is_of_item)}
    account = next(one for one in served_desk.sandbox.accounts() if one["slug"] == "synerity")
    assert heard["change"] == {
        "account_id": account["id"],
        "board_id": served_desk.board_id,
        "item_id": item,
        "what": "create_item",
    }
    assert heard["log"]["account"] == "synerity"


@pytest.mark.parametrize(
    ("length", "seconds"),
    [("3h", 10_800), ("90m", 5_400), ("2d", 172_800), ("1h 30m", 5_400), ("45s", 45), (30, 30), (0.5, 0.5)],
)
def test_the_clock_moves_by(sandbox: RunningSandbox, length: str | float, seconds: float) -> None:
    before = get(sandbox, "clock").json()
    after = post(sandbox, "clock", {"advance": length}).json()
    assert after["offset_seconds"] - before["offset_seconds"] == pytest.approx(seconds)
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert moved >= timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "length", ["", "3", "h", "-3h", "3h later", "3x", 0, -1, True, None, [], "1e9d", "9999999999d", 1e300]
)
def test_the_clock_does_not_move_by(sandbox: RunningSandbox, length: Any) -> None:
    before = get(sandbox, "clock").json()["offset_seconds"]
    answer = post(sandbox, "clock", {"advance": length})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert get(sandbox, "clock").json()["offset_seconds"] == before


@pytest.mark.parametrize("body", [[], "3h", 3, None])
def test_the_clock_needs_an_object(sandbox: RunningSandbox, body: Any) -> None:
    assert post(sandbox, "clock", body).status_code == 400


def test_the_weather_is_told_as_it_was_ordered(sandbox: RunningSandbox) -> None:
    over_all = {"seed": 3, "webhooks": {"duplicate": 1}}
    over_one = {"account": "customer-free", "api": {"latency_seconds": 0.01}}
    later = {"account": "customer-free", "webhooks": {"drop": 0.1}}
    for orders in (over_all, over_one, later):
        assert post(sandbox, "faults", orders).status_code == 200
    assert get(sandbox, "faults").json() == {"orders": [over_all, later]}
    requests.delete(f"{sandbox.url}/sandbox/faults", timeout=10)
    assert get(sandbox, "faults").json() == {"orders": []}


@pytest.mark.parametrize(
    "orders",
    [
        [],
        {"account": "nobody"},
        {"account": ["synerity"]},
        {"wether": {}},
        {"seed": "x"},
        {"seed": 1.5},
        {"webhooks": []},
        {"webhooks": {"drp": 0.5}},
        {"webhooks": {"drop": 1.5}},
        {"webhooks": {"drop": -0.1}},
        {"webhooks": {"drop": True}},
        {"webhooks": {"duplicate": 0.5}},
        {"webhooks": {"duplicate": 10**9}},
        {"api": {"latency_seconds": "1"}},
        {"api": {"errors": {}}},
        {"api": {"errors": ["locked"]}},
        {"api": {"errors": [{"kind": "earthquake", "times": 1}]}},
        {"api": {"errors": [{"kind": "locked"}]}},
        {"api": {"errors": [{"kind": "locked", "times": 1, "probability": 0.5}]}},
        {"api": {"errors": [{"kind": "locked", "times": 1, "operation": 5}]}},
        {"api": {"errors": [{"kind": "locked", "times": 1, "often": True}]}},
    ],
)
def test_weather_that_is_not_understood_is_refused(sandbox: RunningSandbox, orders: Any) -> None:
    answer = post(sandbox, "faults", orders)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert get(sandbox, "faults").json() == {"orders": []}


@pytest.mark.parametrize("page", ["accounts", "log", "clock", "faults"])
def test_a_foreign_page_that_points_its_name_here_sees_nothing(sandbox: RunningSandbox, page: str) -> None:
    assert get(sandbox, page, Host="rebound.example").status_code == 403
