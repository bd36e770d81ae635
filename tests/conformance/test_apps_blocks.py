"""Automations with an app's blocks: triggers that fire, actions that run, lists that are filled."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import requests

from monday_sandbox.apps.registration import APP_ID
from monday_sandbox.testing import RunningSandbox
from tests.conformance.served import DEADLINE_SECONDS, SIGNING_SECRET, app_token, read_log

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


class App:
    """An app's endpoint: what came, and what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[tuple[str, dict[str, Any]]] = []
        self.answer: Answer = lambda _: (200, {})
        self._news = threading.Condition()

    def take(self, authorization: str, body: dict[str, Any]) -> tuple[int, Any]:
        with self._news:
            self.came.append((authorization, body))
            self._news.notify_all()
        return self.answer(body)

    def wait(self, count: int) -> None:
        with self._news:
            has_come = self._news.wait_for(lambda: len(self.came) >= count, DEADLINE_SECONDS)
            assert has_come, f"{len(self.came)} calls came"


@contextmanager
def running_app() -> Iterator[App]:
    app = App()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = app.take(self.headers["Authorization"], body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        app.url = f"http://127.0.0.1:{server.server_address[1]}/block"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield app
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def app() -> Iterator[App]:
    with running_app() as running:
        yield running


def order(sandbox: RunningSandbox, what: str, **given: Any) -> requests.Response:
    return requests.post(
        f"{sandbox.url}/sandbox/blocks/{what}", json={"account": "synerity", **given}, timeout=10
    )


def subscribe(sandbox: RunningSandbox, app: App, **fields: Any) -> dict[str, Any]:
    answer = order(sandbox, "subscribe", url=app.url, unsubscribe_url=app.url, fields=fields)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def token_of(secret: str = SIGNING_SECRET, **claims: Any) -> str:
    return jwt.encode({"appId": APP_ID, "exp": int(time.time()) + 60, **claims}, secret, algorithm="HS256")


def fire(
    url: str, body: Any, secret: str = SIGNING_SECRET, kind: str = "Bearer ", **claims: Any
) -> requests.Response:
    headers = {"Authorization": f"{kind}{token_of(secret, **claims)}"}
    return requests.post(url, json=body, headers=headers, timeout=10)


def run(sandbox: RunningSandbox, app: App, **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = order(sandbox, "run", url=app.url, fields=fields).json()
    return told


def state(sandbox: RunningSandbox, action_uuid: str) -> str:
    look = requests.get(f"{sandbox.url}/sandbox/blocks/runs/{action_uuid}", timeout=10)
    return str(look.json()["state"])


def test_a_subscription_tells_the_app_where_to_fire(sandbox: RunningSandbox, app: App) -> None:
    app_token(sandbox)
    app.answer = lambda _: (200, {"webhookId": "ours-1"})
    made = subscribe(sandbox, app, boardId=7)
    authorization, body = app.came[0]
    assert made["webhook_id"] == "ours-1"
    assert body["payload"]["webhookUrl"] == made["webhook_url"]
    assert body["payload"]["inputFields"] == body["payload"]["inboundFieldValues"] == {"boardId": 7}
    claims = jwt.decode(authorization, SIGNING_SECRET, algorithms=["HS256"], audience=app.url)
    assert claims["exp"] - claims["iat"] == 300
    assert sandbox.graphql(claims["shortLivedToken"], "{ me { id } }").status_code == 200


def test_a_fired_trigger_is_kept(sandbox: RunningSandbox, app: App) -> None:
    made = subscribe(sandbox, app)
    body = {"trigger": {"outputFields": {"itemId": 5}}}
    assert fire(made["webhook_url"], body).status_code == 200
    firings = requests.get(f"{sandbox.url}/sandbox/blocks/firings", timeout=10).json()["firings"]
    assert [one["body"] for one in firings if one["subscription_id"] == made["id"]] == [body]


@pytest.mark.parametrize(
    ("secret", "claims", "body", "status"),
    [
        ("another secret, long enough for a key", {}, {"trigger": {"outputFields": {}}}, 401),
        (SIGNING_SECRET, {"appId": 1}, {"trigger": {"outputFields": {}}}, 401),
        (SIGNING_SECRET, {"exp": 1}, {"trigger": {"outputFields": {}}}, 401),
        (SIGNING_SECRET, {"kind": ""}, {"trigger": {"outputFields": {}}}, 401),
        (SIGNING_SECRET, {}, {"trigger": {}}, 400),
        (SIGNING_SECRET, {}, [], 400),
    ],
)
def test_only_the_app_fires_and_in_the_right_form(
    sandbox: RunningSandbox, app: App, secret: str, claims: dict[str, Any], body: Any, status: int
) -> None:
    assert fire(subscribe(sandbox, app)["webhook_url"], body, secret, **claims).status_code == status


def test_what_the_app_does_not_take_is_not_subscribed(sandbox: RunningSandbox, app: App) -> None:
    app.answer = lambda _: (400, {"severityCode": 4000, "notificationErrorTitle": "No board"})
    answer = order(sandbox, "subscribe", url=app.url)
    assert answer.status_code == 400
    assert answer.json()["error"] == "The app did not take the subscription: 400 No board."


def test_an_app_that_fails_to_unsubscribe_keeps_the_subscription(sandbox: RunningSandbox, app: App) -> None:
    made = subscribe(sandbox, app)
    app.answer = lambda _: (500, {})
    assert order(sandbox, "unsubscribe", subscription=made["id"]).status_code == 400
    assert fire(made["webhook_url"], {"trigger": {"outputFields": {}}}).status_code == 200
    app.answer = lambda _: (200, {})
    assert order(sandbox, "unsubscribe", subscription=made["id"]).status_code == 200
    assert app.came[-1][1] == {"payload": {"webhookId": made["webhook_id"]}}
    assert fire(made["webhook_url"], {"trigger": {"outputFields": {}}}).status_code == 401


def test_an_action_runs_with_its_fields(sandbox: RunningSandbox, app: App) -> None:
    app.answer = lambda _: (200, {"outputFields": {"ticketId": "T-1"}})
    told = run(sandbox, app, itemId=1)
    body = app.came[0][1]
    assert (told["state"], told["answer"]) == ("done", {"outputFields": {"ticketId": "T-1"}})
    assert body["payload"]["inboundFieldValues"] == {"itemId": 1}
    assert body["runtimeMetadata"]["actionUuid"] == told["action_uuid"]


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (400, {}, "failed"),
        (500, {"severityCode": 4000}, "failed"),
        (500, {"severityCode": 6000}, "disabled"),
        (404, {"severityCode": 6000}, "disabled"),
    ],
)
def test_a_refusal_is_final(
    sandbox: RunningSandbox, app: App, status: int, answer: Any, expected: str
) -> None:
    app.answer = lambda _: (status, answer)
    assert run(sandbox, app)["state"] == expected
    assert len(app.came) == 1


def test_an_action_that_stumbles_is_run_again_under_its_id(sandbox: RunningSandbox, app: App) -> None:
    statuses = iter([500, 503, 200])
    app.answer = lambda _: (next(statuses), {})
    told = run(sandbox, app)
    assert told["state"] == "retrying"
    app.wait(3)
    assert {body["runtimeMetadata"]["actionUuid"] for _, body in app.came} == {told["action_uuid"]}
    wait_for(lambda: state(sandbox, told["action_uuid"]) == "done")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"success": True, "outputFields": {}}, "done"),
        ({"success": False}, "failed"),
        ({"success": False, "severityCode": 4000}, "failed"),
        ({"success": False, "severityCode": 6000}, "disabled"),
    ],
)
def test_an_asynchronous_block_calls_back(
    sandbox: RunningSandbox, app: App, body: Any, expected: str
) -> None:
    app.answer = lambda _: (200, {"status": "received"})
    told = run(sandbox, app)
    assert told["state"] == "waiting"
    callback = app.came[0][1]["payload"]["callbackUrl"]
    assert requests.post(callback, json=body, timeout=10).status_code == 401
    assert fire(callback, body).status_code == 200
    assert state(sandbox, told["action_uuid"]) == expected
    assert fire(callback, body).status_code == 404


def test_a_list_is_filled_by_the_app(sandbox: RunningSandbox, app: App) -> None:
    app.answer = lambda _: (200, [{"title": "Red", "value": "red"}])
    told = order(sandbox, "options", url=app.url, dependencies={"boardId": {"value": 1}}).json()
    assert told == {"status": 200, "answer": [{"title": "Red", "value": "red"}]}
    assert app.came[0][1]["payload"]["dependencyData"] == {"boardId": {"value": 1}}


def test_calls_of_automations_are_in_the_log(sandbox: RunningSandbox, app: App) -> None:
    run(sandbox, app, itemId=9)
    entry = logged(sandbox, app.url)
    assert (entry["event"], entry["status"]) == ("action", 200)
    assert entry["payload"]["payload"]["inputFields"] == {"itemId": 9}


def logged(sandbox: RunningSandbox, url: str) -> dict[str, Any]:
    """The newest entry of an address; those of other tests' apps may still come."""
    return next(entry for entry in reversed(read_log(sandbox, kind="block")) if entry["url"] == url)


FIRING = {"trigger": {"outputFields": {"itemId": 5}}}


def automation(sandbox: RunningSandbox, app: App, **fields: Any) -> dict[str, Any]:
    """A trigger that an action of the same app follows."""
    action = {"url": app.url, "fields": fields}
    answer = order(sandbox, "subscribe", url=app.url, unsubscribe_url=app.url, action=action)
    made: dict[str, Any] = answer.json()
    app.came.clear()
    return made


def standing(sandbox: RunningSandbox, number: int) -> str:
    """Whether an automation is on."""
    found = requests.get(f"{sandbox.url}/sandbox/blocks/subscriptions", timeout=10).json()["subscriptions"]
    return str(next(one["state"] for one in found if one["id"] == number))


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.01)


def test_what_a_trigger_brings_goes_into_the_action_that_follows(sandbox: RunningSandbox, app: App) -> None:
    made = automation(sandbox, app, columnId="status")
    fire(made["webhook_url"], FIRING)
    app.wait(1)
    payload = app.came[0][1]["payload"]
    assert payload["inboundFieldValues"] == {"columnId": "status", "itemId": 5}
    assert (payload["blockKind"], payload["integrationId"]) == ("action", made["id"])


def test_an_action_with_severity_6000_switches_its_automation_off(sandbox: RunningSandbox, app: App) -> None:
    made = automation(sandbox, app)
    app.answer = lambda _: (400, {"severityCode": 6000})
    fire(made["webhook_url"], FIRING)
    wait_for(lambda: standing(sandbox, made["id"]) == "disabled")
    assert order(sandbox, "run", url=app.url, subscription=made["id"]).status_code == 400
    assert fire(made["webhook_url"], FIRING).status_code == 200
    assert len(app.came) == 1


def test_a_callback_with_severity_6000_switches_the_automation_off(sandbox: RunningSandbox, app: App) -> None:
    made = automation(sandbox, app)
    app.answer = lambda _: (200, {"status": "received"})
    order(sandbox, "run", url=app.url, subscription=made["id"])
    callback = app.came[0][1]["payload"]["callbackUrl"]
    fire(callback, {"success": False, "severityCode": 6000})
    assert standing(sandbox, made["id"]) == "disabled"


def test_severity_4000_leaves_the_automation_on(sandbox: RunningSandbox, app: App) -> None:
    made = automation(sandbox, app)
    app.answer = lambda _: (400, {"severityCode": 4000})
    assert order(sandbox, "run", url=app.url, subscription=made["id"]).json()["state"] == "failed"
    assert standing(sandbox, made["id"]) == "active"


def test_an_app_that_calls_back_before_it_answers_is_heard(sandbox: RunningSandbox, app: App) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        fire(body["payload"]["callbackUrl"], {"success": True, "outputFields": {}})
        return 200, {"status": "received"}

    app.answer = answer
    told = run(sandbox, app)
    assert state(sandbox, told["action_uuid"]) == "done"


def test_the_older_builder_removes_a_subscription_whatever_the_app_says(
    sandbox: RunningSandbox, app: App
) -> None:
    made = subscribe(sandbox, app)
    app.answer = lambda _: (500, {})
    answer = order(sandbox, "unsubscribe", subscription=made["id"], builder="sentence")
    assert (answer.status_code, answer.json()) == (200, {"status": 500})
    assert fire(made["webhook_url"], FIRING).status_code == 401


def test_credentials_go_to_the_app_and_not_into_the_log(sandbox: RunningSandbox, app: App) -> None:
    given = {"cred": {"userCredentialsId": 5, "accessToken": "of another service"}}
    order(sandbox, "run", url=app.url, credentials=given)
    assert app.came[0][1]["payload"]["credentialsValues"] == given
    assert "of another service" not in json.dumps(read_log(sandbox, kind="block"))


def test_a_firing_is_in_the_log(sandbox: RunningSandbox, app: App) -> None:
    made = subscribe(sandbox, app)
    fire(made["webhook_url"], FIRING)
    entry = logged(sandbox, made["webhook_url"])
    assert (entry["event"], entry["payload"]) == ("fired", FIRING)


def test_a_list_is_read_page_by_page(sandbox: RunningSandbox, app: App) -> None:
    answer = {"options": [{"title": "Red", "value": 1}], "isPaginated": True, "nextPageRequestData": None}
    app.answer = lambda _: (200, answer)
    told = order(sandbox, "options", url=app.url, page={"page": 2}).json()
    assert told["answer"] == answer
    assert app.came[0][1]["payload"]["pageRequestData"] == {"page": 2}


@pytest.mark.parametrize(
    ("status", "answer"), [(500, []), (404, {}), (200, {}), (200, [{"value": 1}]), (200, ["Red"])]
)
def test_what_is_no_list_is_not_shown(sandbox: RunningSandbox, app: App, status: int, answer: Any) -> None:
    app.answer = lambda _: (status, answer)
    told = order(sandbox, "options", url=app.url)
    assert (told.status_code, told.json()["error"]) == (400, f"Could not load fields: {status}.")
