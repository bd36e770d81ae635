"""What a view keeps at monday.com: its storage, its settings, the values its users gained.

The shapes are those that monday-sdk-js 0.5.9 declares for its storage.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from monday_sandbox.testing import RunningSandbox

Storage = Callable[..., Any]


@pytest.fixture
def account() -> str:
    """Accounts of their own for each test: nothing checks that they exist."""
    return f"account-{uuid.uuid4()}"


@pytest.fixture
def storage(sandbox: RunningSandbox, account: str) -> Storage:
    """Ask for the storage as a view's message does; `where` are parts of the message."""

    def ask(method: str, key: str = "notes", **where: Any) -> Any:
        message = {"account": account, "instance": "118000001", "segment": "v2", "method": method, "key": key}
        answer = requests.post(f"{sandbox.url}/sandbox/view/storage", json={**message, **where}, timeout=10)
        return answer.json()

    return ask


@pytest.mark.parametrize("value", ["text", 5, None, {"a": [1, "å"]}, ""])
def test_a_value_comes_back_as_it_was_kept(storage: Storage, value: Any) -> None:
    kept = storage("set", value=value)
    assert kept["success"] is True
    assert storage("get") == {"success": True, "value": value, "version": kept["version"]}


def test_what_was_never_kept_is_null(storage: Storage) -> None:
    assert storage("get", "nothing") == {"success": True, "value": None}


def test_a_deleted_value_is_gone(storage: Storage) -> None:
    storage("set", value=1)
    assert storage("delete")["success"] is True
    assert storage("get")["value"] is None


def test_the_storage_of_an_instance_is_its_own(storage: Storage) -> None:
    storage("set", segment="instance", value="here")
    assert storage("get", segment="instance")["value"] == "here"
    assert storage("get", segment="instance", instance="118000002")["value"] is None
    assert storage("get", segment="v2")["value"] is None


def test_the_storage_of_the_app_is_shared_by_its_instances(storage: Storage) -> None:
    storage("set", value="everywhere")
    assert storage("get", instance="118000002")["value"] == "everywhere"


def test_accounts_share_nothing(storage: Storage) -> None:
    storage("set", value="ours")
    assert storage("get", account="another")["value"] is None


def test_a_value_changed_meanwhile_is_not_overwritten(storage: Storage) -> None:
    first = storage("set", value=1)["version"]
    second = storage("set", value=2)["version"]
    refused = storage("set", value=3, options={"previous_version": first})
    assert (refused["success"], refused["reason"]) == (False, "version_conflict")
    assert storage("get")["value"] == 2
    assert storage("set", value=4, options={"previous_version": second})["success"] is True


def test_a_value_ends_with_its_time(storage: Storage, sandbox: RunningSandbox) -> None:
    storage("set", value=1, options={"ttl": 60})
    assert storage("get")["value"] == 1
    requests.post(
        f"{sandbox.url}/sandbox/clock", json={"advance": timedelta(seconds=61).total_seconds()}, timeout=10
    )
    assert storage("get")["value"] is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"key": "k" * 257}, "256"),
        ({"method": "set", "value": "x" * 6_300_000}, "6 MB"),
        ({"segment": "v1"}, "segment"),
        ({"method": "list"}, "get, set and delete"),
        ({"key": ""}, "key"),
    ],
)
def test_beyond_the_limits_the_storage_refuses(storage: Storage, message: dict[str, Any], said: str) -> None:
    assert said in storage(**{"method": "get", **message})["error"]


def test_settings_are_kept_by_instance(sandbox: RunningSandbox, account: str) -> None:
    door = f"{sandbox.url}/sandbox/view/settings"
    where = {"account": account, "instance": "118000001"}
    assert requests.get(door, params=where, timeout=10).json() == {"settings": {}}
    requests.post(door, json={**where, "settings": {"colour": "blue"}}, timeout=10)
    assert requests.get(door, params=where, timeout=10).json() == {"settings": {"colour": "blue"}}
    other = {**where, "instance": "118000002"}
    assert requests.get(door, params=other, timeout=10).json() == {"settings": {}}


def test_a_value_that_a_user_gained_is_recorded(sandbox: RunningSandbox, account: str) -> None:
    door = f"{sandbox.url}/sandbox/view/values"
    made = requests.post(door, json={"account": account, "user": "81020334", "view": "board"}, timeout=10)
    mine = [v for v in requests.get(door, timeout=10).json()["values"] if v["account"] == account]
    assert mine == [{"at": made.json()["at"], "account": account, "user_id": "81020334", "view": "board"}]


def test_a_foreign_page_can_not_ask(sandbox: RunningSandbox) -> None:
    door = f"{sandbox.url}/sandbox/view/values"
    assert requests.get(door, headers={"Host": "evil.example"}, timeout=10).status_code == 403


@pytest.mark.parametrize(
    ("address", "framed"),
    [
        ("http://127.0.0.1:5000/views/board?x=1", "http://127.0.0.1:5000"),
        ("https://view.example/path", "https://view.example"),
        ("javascript:alert(1)", "'none'"),
        ("http://127.0.0.1:99999/", "'none'"),
        ("http://a;script-src *", "'none'"),
        ("", "'none'"),
    ],
)
def test_the_host_page_frames_the_view_and_nothing_else(
    sandbox: RunningSandbox, address: str, framed: str
) -> None:
    answer = requests.get(f"{sandbox.url}/host", params={"url": address}, timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith(f"; frame-src {framed}")
    assert policy.startswith("default-src 'self'")
