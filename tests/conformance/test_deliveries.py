"""Webhooks as they are delivered: shapes, signature, patience, and bad weather."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance import served
from tests.conformance.served import Desk, Heard, Receiver, open_desk, order_weather

RECORDED = Path(__file__).parent.parent / "payloads"


def rename(desk: Desk, item: str) -> None:
    desk.ask(
        "mutation ($board: ID!, $item: ID!) { change_simple_column_value("
        'board_id: $board, item_id: $item, column_id: "name", value: "Another name") { id } }',
        item=item,
    )


def solve(desk: Desk, item: str) -> None:
    desk.write(item, "status", "Solved")


def clear_status(desk: Desk, item: str) -> None:
    solve(desk, item)
    desk.write(item, "status", "")


def archive(desk: Desk, item: str) -> None:
    desk.ask("mutation ($item: ID!) { archive_item(item_id: $item) { id } }", item=item)


def delete(desk: Desk, item: str) -> None:
    desk.ask("mutation ($item: ID!) { delete_item(item_id: $item) { id } }", item=item)


def post(desk: Desk, item: str) -> str:
    made = desk.ask(
        'mutation ($item: ID!) { create_update(item_id: $item, body: "<p>Hello</p>") { id } }', item=item
    )
    return str(made["id"])


def edit(desk: Desk, item: str) -> None:
    desk.ask('mutation ($id: ID!) { edit_update(id: $id, body: "Bye") { id } }', id=post(desk, item))


def take_back(desk: Desk, item: str) -> None:
    desk.ask("mutation ($id: ID!) { delete_update(id: $id) { id } }", id=post(desk, item))


def move(desk: Desk, item: str, title: str = "Open") -> None:
    board = desk.ask("query ($board: ID!) { boards(ids: [$board]) { groups { id title } } }")[0]
    group = next(group["id"] for group in board["groups"] if group["title"] == title)
    desk.ask(
        "mutation ($item: ID!, $group: String!) {"
        " move_item_to_group(item_id: $item, group_id: $group) { id } }",
        item=item,
        group=group,
    )


def create(desk: Desk, _: str) -> None:
    desk.create_item()


def add_column(desk: Desk, _: str) -> None:
    desk.ask(
        'mutation ($board: ID!) { create_column(board_id: $board, title: "More", column_type: text) { id } }'
    )


def restore(desk: Desk, item: str) -> None:
    archive(desk, item)
    requests.post(
        f"{desk.sandbox.url}/sandbox/items/restore", json={"account": "synerity", "item": item}
    ).raise_for_status()


@pytest.mark.parametrize(
    ("subscribed", "happens", "recorded"),
    [
        ("create_item", create, "create_pulse"),
        ("change_name", rename, "update_name"),
        ("change_column_value", solve, "update_column_value__status"),
        ("change_column_value", clear_status, "update_column_value__status_cleared"),
        ("item_archived", archive, "archive_pulse"),
        ("item_deleted", delete, "delete_pulse"),
        ("item_restored", restore, "restore_pulse"),
        ("item_moved_to_any_group", move, "move_pulse_into_group"),
        ("create_update", post, "create_update"),
        ("edit_update", edit, "edit_update"),
        ("delete_update", take_back, "delete_update"),
        ("create_column", add_column, "create_column"),
    ],
)
def test_an_event_has_the_recorded_fields(
    served_desk: Desk,
    receiver: Receiver,
    subscribed: str,
    happens: Callable[[Desk, str], Any],
    recorded: str,
) -> None:
    item = served_desk.create_item()
    webhook = served_desk.subscribe(receiver.url(), subscribed)
    happens(served_desk, item)
    event = receiver.wait(1)[-1].event
    expected = json.loads((RECORDED / f"{recorded}.json").read_text())["event"]
    assert set(event) == set(expected)
    assert list(event)[:5] == ["app", "type", "triggerTime", "subscriptionId", "isRetry"]
    assert (event["type"], event["subscriptionId"]) == (expected["type"], int(webhook))
    assert {n: type(v) for n, v in event.items() if n.endswith("Id")} == {
        n: type(v) for n, v in expected.items() if n.endswith("Id")
    }
    assert (len(event["triggerUuid"]), event["isRetry"]) == (32, False)


def switch_off(desk: Desk, webhook: str, slug: str = "synerity") -> requests.Response:
    """As a person does in the board's menu."""
    order = {"account": slug, "webhook": webhook}
    return requests.post(f"{desk.sandbox.url}/sandbox/webhooks/switch-off", json=order)


def test_people_switch_off_webhooks_that_people_made(served_desk: Desk, receiver: Receiver) -> None:
    webhook = served_desk.subscribe(receiver.url("/off"), "create_item")
    served_desk.subscribe(receiver.url("/on"), "create_item")
    assert switch_off(served_desk, webhook).status_code == 200
    served_desk.create_item()
    receiver.wait(1, "/on")
    assert receiver.events("/off") == []
    left = served_desk.ask("query ($board: ID!) { webhooks(board_id: $board) { id } }")
    assert webhook not in {one["id"] for one in left}


def test_people_can_not_switch_off_what_an_app_made(sandbox: RunningSandbox, receiver: Receiver) -> None:
    desk = open_desk(sandbox, "customer-gold", served.app_token(sandbox, "customer-gold"))
    webhook = desk.subscribe(receiver.url(), "create_item")
    refused = switch_off(desk, webhook, "customer-gold")
    assert refused.status_code == 400
    assert "app" in refused.json()["error"]
    desk.create_item()
    assert receiver.wait(1)[0].event["subscriptionId"] == int(webhook)


@pytest.mark.parametrize("webhook", ["1", "x", ""])
def test_a_webhook_that_is_not_there_is_not_switched_off(served_desk: Desk, webhook: str) -> None:
    assert switch_off(served_desk, webhook).status_code == 400


def test_the_apps_webhooks_are_signed(sandbox: RunningSandbox, receiver: Receiver) -> None:
    desk = open_desk(sandbox, "customer-gold", served.app_token(sandbox, "customer-gold"))
    desk.subscribe(receiver.url("/hook?key=1"), "create_item")
    desk.create_item()
    (heard,) = receiver.wait(1, "/hook?key=1")
    token = heard.headers["Authorization"]
    claims = jwt.decode(
        token, served.SIGNING_SECRET, algorithms=["HS256"], audience=receiver.url("/hook?key=1")
    )
    account = next(one for one in sandbox.accounts() if one["slug"] == "customer-gold")
    assert set(claims) == {"accountId", "userId", "aud", "iat", "exp", "shortLivedToken"}
    assert (claims["accountId"], claims["userId"]) == (int(account["id"]), int(account["users"][0]["id"]))
    assert claims["exp"] - claims["iat"] == 300


def test_a_persons_webhooks_are_not_signed(served_desk: Desk, receiver: Receiver) -> None:
    served_desk.subscribe(receiver.url(), "create_item")
    served_desk.create_item()
    assert "Authorization" not in receiver.wait(1)[0].headers


def test_an_address_is_challenged_before_it_is_subscribed(served_desk: Desk, receiver: Receiver) -> None:
    served_desk.subscribe(receiver.url())
    (challenge,) = receiver.challenges
    assert set(challenge.body) == {"challenge"}
    assert "Authorization" not in challenge.headers


@pytest.mark.parametrize("url", ["/hook", "http://127.0.0.1:1/", "http://[", "http://a b/"])
def test_an_address_that_echoes_nothing_is_refused(served_desk: Desk, receiver: Receiver, url: str) -> None:
    receiver.echoes_challenges = False
    answer = served_desk.sandbox.graphql(
        served_desk.token,
        "mutation ($b: ID!, $u: String!) {"
        " create_webhook(board_id: $b, url: $u, event: create_item) { id } }",
        {"b": served_desk.board_id, "u": receiver.url() if url == "/hook" else url},
    ).json()
    assert answer["data"] == {"create_webhook": None}
    assert "code" in answer["errors"][0]["extensions"]


@pytest.mark.parametrize("status", [0, 201, 204, 302, 401, 500])
def test_anything_but_200_is_tried_again(served_desk: Desk, receiver: Receiver, status: int) -> None:
    receiver.answer = lambda heard: 200 if heard.event["isRetry"] else status
    receiver.answer_headers = {"Location": "/elsewhere"} if status == 302 else {}
    served_desk.subscribe(receiver.url(), "create_item")
    served_desk.create_item()
    first, again = (heard.event for heard in receiver.wait(2))
    assert again == {**first, "isRetry": True}
    assert receiver.events("/elsewhere") == []


def test_a_delivery_is_given_up_after_thirty_more_tries(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = lambda heard: 500 if heard.event["pulseName"] == "Never" else 200
    with running_sandbox(tmp_path, retry_seconds=0.01) as sandbox:
        desk = open_desk(sandbox)
        desk.subscribe(receiver.url(), "create_item")
        desk.create_item("Never")
        receiver.wait(31)
        log = served.read_log(sandbox, kind="webhook", limit=1000)
        desk.create_item("At once")
        names = [heard.event["pulseName"] for heard in receiver.wait(32)]
    assert max(entry["attempts"] for entry in log) <= 31
    assert names == ["Never"] * 31 + ["At once"]


def test_what_was_not_delivered_survives_a_power_cut(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = lambda _: 503
    with running_sandbox(tmp_path, retry_seconds=0.5) as sandbox:
        desk = open_desk(sandbox)
        desk.subscribe(receiver.url(), "create_item")
        desk.create_item()
        first = receiver.wait(1)[0]
        sandbox.kill()
    seen = len(receiver.events())
    receiver.answer = served.accept
    with running_sandbox(tmp_path, retry_seconds=0.5):
        later = receiver.wait(seen + 1)[-1]
    assert later.event["triggerUuid"] == first.event["triggerUuid"]


def test_a_receiver_that_hangs_holds_up_no_other(served_desk: Desk, receiver: Receiver) -> None:
    release = threading.Event()

    def answer(heard: Heard) -> int:
        if heard.path == "/slow":
            release.wait(served.DEADLINE_SECONDS)
        return 200

    receiver.answer = answer
    served_desk.subscribe(receiver.url("/slow"), "create_item")
    served_desk.subscribe(receiver.url(), "create_item")
    try:
        for number in range(40):
            served_desk.create_item(f"Fault {number}")
        receiver.wait(40)
        assert len(receiver.events("/slow")) < 40
    finally:
        release.set()
    receiver.wait(40, "/slow")


def test_a_webhook_that_is_deleted_hears_no_more(served_desk: Desk, receiver: Receiver) -> None:
    receiver.answer = lambda heard: 500 if heard.path == "/hook" else 200
    webhook = served_desk.subscribe(receiver.url(), "create_item")
    served_desk.create_item()
    receiver.wait(1)
    served_desk.ask("mutation ($id: ID!) { delete_webhook(id: $id) { id } }", id=webhook)
    so_far = len(receiver.events())
    # Another that is tried three times more shows that time for it has passed.
    receiver.answer = lambda _: 200 if len(receiver.events("/other")) > 3 else 500
    served_desk.subscribe(receiver.url("/other"), "create_item")
    served_desk.create_item()
    receiver.wait(4, "/other")
    assert len(receiver.events()) <= so_far + 1


def test_a_status_webhook_hears_of_its_label_only(served_desk: Desk, receiver: Receiver) -> None:
    item = served_desk.create_item()
    for path, value in (("/solved", {"index": 1}), ("/any", {"$any$": True})):
        config = {"columnId": "status", "columnValue": value}
        served_desk.subscribe(receiver.url(path), "change_status_column_value", config)
    for label in ("New", "Solved"):
        served_desk.write(item, "status", label)
    served_desk.write(item, "note", "of no interest")
    assert len(receiver.wait(2, "/any")) == 2
    (heard,) = receiver.wait(1, "/solved")
    assert heard.event["value"]["label"]["text"] == "Solved"


def test_a_columns_webhook_hears_of_that_column_only(served_desk: Desk, receiver: Receiver) -> None:
    item = served_desk.create_item()
    served_desk.subscribe(receiver.url(), "change_specific_column_value", {"columnId": "note"})
    served_desk.write(item, "status", "Solved")
    served_desk.write(item, "note", "This")
    assert [heard.event["columnId"] for heard in receiver.wait(1)] == ["note"]


def test_a_groups_webhook_hears_of_that_group_only(served_desk: Desk, receiver: Receiver) -> None:
    item = served_desk.create_item()
    board = served_desk.ask("query ($board: ID!) { boards(ids: [$board]) { groups { id title } } }")[0]
    closed = next(group["id"] for group in board["groups"] if group["title"] == "Closed")
    served_desk.subscribe(receiver.url(), "item_moved_to_specific_group", {"groupId": closed})
    for title in ("Open", "Closed", "Open", "Closed"):
        move(served_desk, item, title)
    assert [heard.event["destGroupId"] for heard in receiver.wait(2)] == [closed, closed]


def test_another_companys_board_tells_nothing(
    sandbox: RunningSandbox, served_desk: Desk, receiver: Receiver
) -> None:
    charlie = open_desk(sandbox, "customer-free")
    charlie.subscribe(receiver.url("/charlie"), "create_item")
    served_desk.subscribe(receiver.url(), "create_item")
    served_desk.create_item("Ours")
    receiver.wait(1)
    charlie.create_item("Charlie's")
    (heard,) = receiver.wait(1, "/charlie")
    assert heard.event["pulseName"] == "Charlie's"


def test_a_receivers_cookie_does_not_come_back(served_desk: Desk, receiver: Receiver) -> None:
    receiver.answer_headers = {"Set-Cookie": "session=1; Path=/"}
    served_desk.subscribe(receiver.url(), "create_item")
    served_desk.create_item()
    receiver.wait(1)
    served_desk.create_item()
    assert all("Cookie" not in heard.headers for heard in receiver.wait(2))


def test_copies_of_a_delivery_have_its_trigger_id(served_desk: Desk, receiver: Receiver) -> None:
    order_weather(served_desk.sandbox, account="synerity", webhooks={"duplicate": 2})
    served_desk.subscribe(receiver.url(), "create_item")
    served_desk.create_item()
    assert len({heard.event["triggerUuid"] for heard in receiver.wait(3)}) == 1


def test_the_same_seed_loses_the_same_deliveries(served_desk: Desk, receiver: Receiver) -> None:
    served_desk.subscribe(receiver.url(), "create_item")

    def names(start: int) -> list[str]:
        return [heard.event["pulseName"] for heard in receiver.events()[start:]]

    def arrived(storm: str) -> list[str]:
        order_weather(served_desk.sandbox, account="synerity", seed=4, webhooks={"drop": 0.5})
        before = len(receiver.events())
        for number in range(12):
            served_desk.create_item(f"{storm} {number}")
        # Chance is asked in the order of happenings: the last is known when a later one arrives.
        later = 0
        while not any(" over " in name for name in names(before)):
            served_desk.create_item(f"{storm} over {later}")
            later += 1
        order_weather(served_desk.sandbox, account="synerity")
        return sorted(name.removeprefix(storm) for name in names(before) if " over " not in name)

    first = arrived("First")
    assert 1 < len(first) < 13
    assert arrived("Later") == first


def test_shuffled_deliveries_all_arrive(served_desk: Desk, receiver: Receiver) -> None:
    order_weather(served_desk.sandbox, account="synerity", seed=7, webhooks={"shuffle_seconds": 1})
    served_desk.subscribe(receiver.url(), "create_item")
    names = [f"Fault {number}" for number in range(10)]
    # In one call, so that they are made faster than they are shuffled, on a slow machine too.
    fields = " ".join(
        f'f{place}: create_item(board_id: $b, item_name: "{name}") {{ id }}'
        for place, name in enumerate(names)
    )
    began = time.monotonic()
    made = served_desk.sandbox.graphql(
        served_desk.token, f"mutation ($b: ID!) {{ {fields} }}", {"b": served_desk.board_id}
    )
    assert "errors" not in made.json()
    arrived = [heard.event["pulseName"] for heard in receiver.wait(10)]
    # With this seed one of them is held back that long; those that are not may overtake each other too.
    assert time.monotonic() - began >= 0.5
    assert arrived != names
    assert sorted(arrived) == names
