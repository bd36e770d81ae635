"""One mutation a key: replayed for half an hour, refused while it is being worked on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance import served
from tests.conformance.served import Desk, advance, open_desk, order_weather

CREATE = 'mutation ($b: ID!) { create_item(board_id: $b, item_name: "Once") { id } }'


def create(desk: Desk, key: str, *, token: str | None = None, query: str = CREATE) -> requests.Response:
    return desk.sandbox.graphql(
        token or desk.token,
        query,
        {"b": desk.board_id},
        headers={"Idempotency-Key": f"{key} of {desk.board_id}"},
    )


def item_count(desk: Desk) -> int:
    board = desk.ask("query ($board: ID!) { boards(ids: [$board]) { items_count } }")[0]
    return int(board["items_count"])


def test_the_same_key_gives_the_same_answer_again(served_desk: Desk) -> None:
    first, again = create(served_desk, "k"), create(served_desk, "k")
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["X-Request-Id"] == first.json()["extensions"]["request_id"]
    assert item_count(served_desk) == 1


def test_another_key_is_another_mutation(served_desk: Desk) -> None:
    create(served_desk, "one")
    create(served_desk, "other")
    assert item_count(served_desk) == 2


def test_a_key_belongs_to_a_user(served_desk: Desk) -> None:
    create(served_desk, "k")
    other = served_desk.sandbox.token("synerity", "Disa")
    assert "Idempotency-Replayed" not in create(served_desk, "k", token=other).headers
    assert item_count(served_desk) == 2


def test_a_key_of_the_app_is_none_of_its_users(served_desk: Desk) -> None:
    create(served_desk, "k")
    app = served.app_token(served_desk.sandbox)
    assert "Idempotency-Replayed" not in create(served_desk, "k", token=app).headers
    assert item_count(served_desk) == 2


def test_a_key_is_forgotten_after_thirty_minutes(served_desk: Desk) -> None:
    create(served_desk, "k")
    advance(served_desk.sandbox, "29m")
    assert create(served_desk, "k").headers["Idempotency-Replayed"] == "true"
    advance(served_desk.sandbox, "2m")
    assert "Idempotency-Replayed" not in create(served_desk, "k").headers
    assert item_count(served_desk) == 2


def test_a_very_large_answer_is_not_kept(served_desk: Desk) -> None:
    item = served_desk.create_item()
    query = "mutation ($i: ID!, $body: String!) { create_update(item_id: $i, body: $body) { id body } }"
    given = {"i": item, "body": "x" * 1_000_100}

    def post() -> requests.Response:
        headers = {"Idempotency-Key": f"large of {item}"}
        return served_desk.sandbox.graphql(served_desk.token, query, given, headers)

    first, again = post(), post()
    assert "Idempotency-Replayed" not in again.headers
    assert again.json()["data"]["create_update"]["id"] != first.json()["data"]["create_update"]["id"]


def test_a_query_takes_no_key(served_desk: Desk) -> None:
    query = "query ($b: ID!) { boards(ids: [$b]) { items_count } }"
    create(served_desk, "k", query=query)
    served_desk.create_item()
    again = create(served_desk, "k", query=query)
    assert again.json()["data"]["boards"][0]["items_count"] == 1
    assert "Idempotency-Replayed" not in again.headers


def test_a_mutation_that_did_not_run_leaves_its_key_free(served_desk: Desk) -> None:
    assert (
        "errors" in create(served_desk, "k", query="mutation ($b: ID!) { create_itme(id: $b) { id } }").json()
    )
    order_weather(served_desk.sandbox, account="synerity", api={"errors": [{"kind": "locked", "times": 1}]})
    assert create(served_desk, "k").status_code == 423
    assert "Idempotency-Replayed" not in create(served_desk, "k").headers
    assert item_count(served_desk) == 1


def test_a_lost_answer_is_given_to_whoever_asks_again(served_desk: Desk) -> None:
    order_weather(
        served_desk.sandbox, account="synerity", api={"errors": [{"kind": "timeout_after", "times": 1}]}
    )
    with pytest.raises(requests.ConnectionError):
        create(served_desk, "k")
    assert create(served_desk, "k").headers["Idempotency-Replayed"] == "true"
    assert item_count(served_desk) == 1


def test_a_key_that_is_being_worked_on_is_a_conflict(served_desk: Desk, receiver: served.Receiver) -> None:
    # create_webhook waits for the address to echo, as long as both requests are on their way.
    query = (
        f'mutation ($b: ID!) {{ create_webhook(board_id: $b, url: "{receiver.url()}", event: create_item)'
        " { id } }"
    )
    echo, took = receiver.take, []

    def slow_echo(heard: served.Heard) -> tuple[int, bytes]:
        took.append(create(served_desk, "k", query=query))
        return echo(heard)

    receiver.take = slow_echo  # type: ignore[method-assign]  # the peer's own behaviour, not the product's
    assert create(served_desk, "k", query=query).status_code == 200
    (conflict,) = took
    assert (conflict.status_code, conflict.headers["Retry-After"]) == (409, "1")
    assert conflict.json()["errors"][0]["extensions"] == {"code": "IDEMPOTENCY_CONFLICT"}


def test_of_many_at_once_one_is_done(served_desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: create(served_desk, "k"), range(16)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert item_count(served_desk) == 1


def test_keys_survive_a_power_cut(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        desk = open_desk(sandbox)
        first: Any = create(desk, "k").json()
        sandbox.kill()
    with running_sandbox(tmp_path) as sandbox:
        again = create(Desk(sandbox, desk.token, desk.board_id), "k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first, "true")


def test_charlies_key_opens_nothing(sandbox: RunningSandbox, served_desk: Desk) -> None:
    create(served_desk, "k")
    answer = create(served_desk, "k", token=sandbox.token("customer-free"))
    assert answer.json()["data"] == {"create_item": None}
