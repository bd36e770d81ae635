"""A call to monday.com is answered, refused, never sent, or of unknown outcome: one of the four."""

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import structlog

from app.clock import elapsed_time
from app.monday import transport
from app.monday.batch import Operation
from app.monday.client import MondayClient, MondayFaultError, MondayUncertainError, MondayUnreachableError
from app.monday.faults import FaultKind
from tests.subjects.monday.scripted import Handler, Peer, Script, answers, hangs_up, scripted_peer

TOKEN = "the-token-of-nobody-in-particular"
ME = {"me": {"id": "1", "name": "Ada", "account": {"id": "2", "name": "Acme", "slug": "acme"}}}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with scripted_peer(answers({"data": ME})) as running:
        yield running


def resets(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def says_nothing(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.settimeout(5)
    handler.rfile.read(1)


def drips(handler: Handler) -> None:
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            threading.Event().wait(0.02)
    except OSError:
        return


def stops_halfway(handler: Handler) -> None:
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": {"me"')


def client_of(peer: Peer, *, token: str = TOKEN, timeout_seconds: float = 2) -> MondayClient:
    return MondayClient(peer.url, token, timeout_seconds=timeout_seconds)


def error(
    code: str | None = None, *path: str | int, message: str = "No.", **extensions: Any
) -> dict[str, Any]:
    told = {"code": code, **extensions} if code else extensions
    return {"message": message, **({"path": list(path)} if path else {}), "extensions": told}


ARCHIVE_TWO = [
    Operation("a0", "archive_item", {"item_id": "1"}),
    Operation("a1", "archive_item", {"item_id": "2"}),
]


def test_an_answer_is_its_data(peer: Peer) -> None:
    assert client_of(peer).execute("me", {}) == ME


def test_a_call_says_who_and_for_which_version(peer: Peer) -> None:
    client_of(peer).execute("me", {})
    headers = peer.heard[0].headers
    assert (headers["Authorization"], headers["API-Version"]) == (TOKEN, "2026-10")
    assert "Idempotency-Key" not in headers


def test_a_mutation_carries_its_key(peer: Peer) -> None:
    peer.script = answers({"data": {"archive_item": {"id": "1"}}})
    client_of(peer).execute("archive_item", {"item_id": "1"}, idempotency_key="row-7")
    assert peer.heard[0].headers["Idempotency-Key"] == "row-7"


def test_values_travel_as_variables_only(peer: Peer) -> None:
    client_of(peer).execute("users", {"ids": ['"} evil { x']})
    assert "evil" not in peer.heard[0].body["query"]
    assert peer.heard[0].body["variables"] == {"ids": ['"} evil { x']}


def test_two_accounts_share_connections_and_nothing_else(peer: Peer) -> None:
    peer.script = answers({"data": ME}, headers={"Set-Cookie": "who=first; Path=/"})
    client_of(peer, token="first").execute("me", {})
    client_of(peer, token="second").execute("me", {})
    first, second = peer.heard
    assert (first.headers["Authorization"], second.headers["Authorization"]) == ("first", "second")
    assert "Cookie" not in second.headers
    assert transport.shared_session(peer.url) is transport.shared_session(peer.url)


def test_the_token_is_in_no_log_and_no_text(peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(peer)
    with structlog.testing.capture_logs() as logs:
        client.execute("me", {})
        peer.script = resets
        with pytest.raises(MondayUncertainError) as raised:
            client.execute("me", {})
    assert TOKEN not in repr(client) + str(raised.value) + repr(raised.value) + str(logs) + caplog.text


def test_another_version_is_reported_once(peer: Peer) -> None:
    peer.script = answers({"data": ME}, headers={"API-Version": f"2025-10 {peer.url}"})
    with structlog.testing.capture_logs() as logs:
        client_of(peer).execute("me", {})
        client_of(peer).execute("me", {})
    assert [log["event"] for log in logs] == ["another_api_version_served"]


@pytest.mark.parametrize("when", [resets, hangs_up, says_nothing, stops_halfway, drips])
def test_a_broken_exchange_is_of_unknown_outcome(peer: Peer, when: Script) -> None:
    peer.script = when
    with pytest.raises(MondayUncertainError):
        client_of(peer, timeout_seconds=0.3).execute("me", {})


def test_a_dripping_answer_ends_in_time(peer: Peer) -> None:
    peer.script = drips
    started = elapsed_time()
    with pytest.raises(MondayUncertainError):
        client_of(peer, timeout_seconds=0.2).execute("me", {})
    assert elapsed_time() - started < 60  # it drips for half an hour


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error_code": "INTERNAL_SERVER_ERROR", "error_message": "Internal server error"}),
        (502, b"<html>Bad gateway</html>"),
        (503, {}),
        (200, b"<html>Maintenance</html>"),
        (200, b"[]"),
        (200, b""),
        (302, b""),
        (200, {}),
        (200, {"data": None}),
        (200, {"data": None, "errors": [{"message": "Internal server error", "path": []}]}),
    ],
)
def test_a_failure_of_mondays_own_is_of_unknown_outcome(peer: Peer, status: int, body: Any) -> None:
    if isinstance(body, dict) and body.get("errors"):
        body["errors"][0]["extensions"] = {"status_code": 500, "error_code": "INTERNAL_SERVER_ERROR"}
    peer.script = answers(body, status=status)
    with pytest.raises(MondayUncertainError):
        client_of(peer).execute("me", {})
    with pytest.raises(MondayUncertainError):
        client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")


def test_a_refused_connection_surely_had_no_effect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = MondayClient(f"http://127.0.0.1:{port}/v2", TOKEN, timeout_seconds=1)
    with pytest.raises(MondayUnreachableError):
        client.execute("me", {})
    with pytest.raises(MondayUnreachableError):
        client.execute_batch(ARCHIVE_TWO, idempotency_key="k")


def test_a_connection_that_nobody_accepts_surely_had_no_effect() -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        client = MondayClient(f"http://127.0.0.1:{full.getsockname()[1]}/v2", TOKEN, timeout_seconds=0.2)
        with pytest.raises(MondayUnreachableError):
            client.execute("me", {})


@pytest.mark.parametrize(
    ("status", "body", "kind", "seconds"),
    [
        (401, {"errors": [error("NOT_AUTHENTICATED")]}, FaultKind.AUTHENTICATION, None),
        (429, {"errors": [error("RATE_LIMIT_EXCEEDED", retry_in_seconds=7)]}, FaultKind.RATE_LIMITED, 7),
        (200, {"errors": [error("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=9)]}, "rate_limited", 9),
        (409, {"errors": [error("IDEMPOTENCY_CONFLICT")]}, FaultKind.IN_PROGRESS, 3),
        (200, {"errors": [error(message='Cannot query field "x".')]}, FaultKind.SCHEMA, None),
    ],
)
def test_a_refusal_says_why_and_how_long_to_wait(
    peer: Peer, status: int, body: Any, kind: str, seconds: float | None
) -> None:
    peer.script = answers(body, status=status, headers={"Retry-After": "3"} if status == 409 else None)
    with pytest.raises(MondayFaultError) as one:
        client_of(peer).execute("me", {})
    with pytest.raises(MondayFaultError) as all_:
        client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")
    for raised in (one.value, all_.value):
        assert (raised.fault.kind, raised.fault.retry_in_seconds) == (kind, seconds)
        assert raised.permanent == raised.fault.permanent


def test_a_hole_in_an_answer_is_unknown_and_not_empty(peer: Peer) -> None:
    data = {"items": [{"id": "1"}, {"id": "2", "updates": None}]}
    fault = error("USER_UNAUTHORIZED", "items", 1, "updates")
    peer.script = answers({"data": data, "errors": [fault]})
    with pytest.raises(MondayFaultError) as raised:
        client_of(peer).execute("read_items", {"ids": ["1", "2"], "columns": [], "with_updates": True})
    assert raised.value.data == data
    assert raised.value.unknown == (("items", 1, "updates"),)
    assert raised.value.fault.kind is FaultKind.FORBIDDEN


def test_an_error_beside_whole_data_is_not_passed_over(peer: Peer) -> None:
    stray = error("FIELD_LIMIT_EXCEEDED", retry_in_seconds=15)
    peer.script = answers({"data": ME, "errors": [stray]})
    with pytest.raises(MondayFaultError) as raised:
        client_of(peer).execute("me", {})
    assert raised.value.fault.kind is FaultKind.RATE_LIMITED


def test_a_mutation_without_a_result_is_of_unknown_outcome(peer: Peer) -> None:
    peer.script = answers({"data": {"archive_item": None}})
    with pytest.raises(MondayUncertainError):
        client_of(peer).execute("archive_item", {"item_id": "1"}, idempotency_key="k")


def test_a_batch_has_a_result_for_each_alias(peer: Peer) -> None:
    peer.script = answers({"data": {"a0": {"id": "1"}, "a1": {"id": "2"}}})
    answer = client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")
    assert answer.results == {"a0": {"id": "1"}, "a1": {"id": "2"}}
    assert answer.is_whole
    assert not answer.replayed
    assert len(peer.heard) == 1


def test_one_alias_may_fail_alone(peer: Peer) -> None:
    fault = error("InvalidItemIdException", "a1", message="Item not found")
    peer.script = answers({"data": {"a0": {"id": "1"}, "a1": None}, "errors": [fault]})
    answer = client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")
    assert answer.results == {"a0": {"id": "1"}}
    assert answer.faults["a1"].kind is FaultKind.NOT_FOUND
    assert not answer.is_whole


def test_every_alias_may_fail_for_itself(peer: Peer) -> None:
    faults = [error("InvalidItemIdException", "a0"), error("USER_UNAUTHORIZED", "a1")]
    peer.script = answers({"data": {"a0": None, "a1": None}, "errors": faults})
    answer = client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")
    assert {alias: fault.kind for alias, fault in answer.faults.items()} == {
        "a0": FaultKind.NOT_FOUND,
        "a1": FaultKind.FORBIDDEN,
    }


def test_an_alias_that_takes_the_others_results_along_leaves_them_unknown(peer: Peer) -> None:
    operations = [ARCHIVE_TWO[0], Operation("a1", "edit_update", {"id": "9", "body": "x"})]
    fault = error("ResourceNotFoundException", "a1", status_code=404)
    peer.script = answers({"data": None, "errors": [fault]})
    answer = client_of(peer).execute_batch(operations, idempotency_key="k")
    assert answer.results == {"a0": None}
    assert answer.faults["a1"].kind is FaultKind.NOT_FOUND


def test_an_error_without_a_path_is_about_what_gave_nothing(peer: Peer) -> None:
    fault = error("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=4)
    peer.script = answers({"data": {"a0": {"id": "1"}, "a1": None}, "errors": [fault]})
    answer = client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")
    assert answer.results == {"a0": {"id": "1"}}
    assert answer.faults["a1"].retry_in_seconds == 4


def test_a_null_without_a_word_is_neither_done_nor_failed(peer: Peer) -> None:
    peer.script = answers({"data": {"a0": {"id": "1"}, "a1": None}})
    answer = client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k")
    assert answer.results["a1"] is None
    assert answer.faults == {}
    assert not answer.is_whole


def test_a_remembered_answer_is_told_as_one(peer: Peer) -> None:
    data = {"a0": {"id": "1"}, "a1": {"id": "2"}}
    peer.script = answers({"data": data}, headers={"Idempotency-Replayed": "true"})
    assert client_of(peer).execute_batch(ARCHIVE_TWO, idempotency_key="k").replayed


def test_an_answer_beyond_all_measure_is_not_read_to_its_end(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER_BYTES", 1000)
    peer.script = answers({"data": {"me": "x" * 5000}})
    with pytest.raises(MondayUncertainError, match="too large"):
        client_of(peer).execute("me", {})


def test_what_can_not_be_sent_is_the_callers_error(peer: Peer) -> None:
    with pytest.raises(TypeError):
        client_of(peer).execute("users", {"ids": [object()]})
    assert peer.heard == []
