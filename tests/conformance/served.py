"""The local monday.com as it is served: people at its doors, the app's token, a webhook's address."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from monday_sandbox.testing import RunningSandbox

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret-of-this-machine"
SIGNING_SECRET = "sandbox-signing-secret-of-this-machine"
REDIRECT_URI = "http://127.0.0.1:8000/oauth/callback"
VERIFIER = "a-verifier-of-forty-three-characters-000000"
ALL_SCOPES = (
    "account:read boards:read boards:write me:read updates:read updates:write users:read"
    " webhooks:read webhooks:write"
)
#: Nothing takes that long, on a machine that does much else either.
DEADLINE_SECONDS = 60.0


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def consent_form(sandbox: RunningSandbox, slug: str = "synerity", **other: str) -> dict[str, str]:
    """What the browser sends when the account's admin agrees."""
    account = next(account for account in sandbox.accounts() if account["slug"] == slug)
    return {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "scope": ALL_SCOPES,
        "state": "what was sent along",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "user_id": account["users"][0]["id"],
        "decision": "allow",
        **other,
    }


def decide(sandbox: RunningSandbox, form: Mapping[str, str]) -> requests.Response:
    return requests.post(f"{sandbox.url}/oauth2/authorize", data=form, allow_redirects=False, timeout=10)


def code_for(sandbox: RunningSandbox, slug: str = "synerity", **other: str) -> str:
    """The code that the app is given."""
    answer = decide(sandbox, consent_form(sandbox, slug, **other))
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def ask_for_tokens(
    sandbox: RunningSandbox, path: str = "/oauth_ms/oauth/token", **given: Any
) -> requests.Response:
    """Ask the token service as the app would, with everything right but what is given otherwise."""
    body = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REDIRECT_URI,
        **given,
    }
    return requests.post(
        f"{sandbox.url}{path}", json={k: v for k, v in body.items() if v is not None}, timeout=10
    )


def app_token(sandbox: RunningSandbox, slug: str = "synerity", **other: str) -> str:
    """An access token of the app for the account."""
    code = code_for(sandbox, slug, **other)
    answer = ask_for_tokens(sandbox, code=code, code_verifier=VERIFIER)
    return str(answer.json()["access_token"])


@dataclass(frozen=True)
class Heard:
    """A request that came to a webhook's address."""

    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["event"]
        return found


def accept(_: Heard) -> int:
    return 200


class Receiver:
    """An address for webhooks: echoes challenges, remembers events, answers them with a status."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.echoes_challenges = True
        #: Decides the status of the answer to an event; may take its time.
        self.answer: Callable[[Heard], int] = accept
        self.answer_headers: dict[str, str] = {}
        self.challenges: list[Heard] = []
        self._events: list[Heard] = []
        self._news = threading.Condition()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def events(self, path: str = "/hook") -> list[Heard]:
        with self._news:
            return [heard for heard in self._events if heard.path == path]

    def wait(self, count: int, path: str = "/hook", *, seconds: float = DEADLINE_SECONDS) -> list[Heard]:
        """The events that came, once there are as many as that."""

        def found() -> list[Heard]:
            return [heard for heard in self._events if heard.path == path]

        with self._news:
            has_come = self._news.wait_for(lambda: len(found()) >= count, seconds)
            assert has_come, f"{len(found())} of {count} events came to {path} within {seconds:g} s."
            return found()

    def until(self, has_come: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> None:
        """Wait until what came is enough; ``has_come`` may look at ``events``."""
        deadline = time.monotonic() + seconds
        while not has_come():
            with self._news:
                self._news.wait(0.05)
            assert time.monotonic() < deadline, f"What was waited for did not come within {seconds:g} s."

    def take(self, heard: Heard) -> tuple[int, bytes]:
        """What to answer: status and body."""
        if "challenge" in heard.body:
            self.challenges.append(heard)
            return 200, json.dumps(heard.body if self.echoes_challenges else {}).encode()
        with self._news:
            self._events.append(heard)
            self._news.notify_all()
        return self.answer(heard), b"{}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The answer's head and body are written apart; Nagle would wait with the body for an acknowledgement.
    disable_nagle_algorithm = True
    receiver: Receiver

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        status, body = self.receiver.take(Heard(self.path, dict(self.headers), json.loads(content)))
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in self.receiver.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(0 if status == 204 else len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """Serve an address for webhooks until the block ends."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    receiver = Receiver(server.server_address[1])
    handler.receiver = receiver  # type: ignore[attr-defined]  # the class made above has it
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Desk:
    """A board of an account with a status and a text column, and a token that works on it."""

    sandbox: RunningSandbox
    token: str
    board_id: str

    def ask(self, document: str, **variables: Any) -> Any:
        """Run a document of one field that must succeed, with ``$board``, and give the field."""
        body = self.sandbox.graphql(self.token, document, {"board": self.board_id, **variables}).json()
        assert "errors" not in body, body["errors"]
        (value,) = body["data"].values()
        return value

    def subscribe(self, url: str, event: str = "change_column_value", config: Any = None) -> str:
        made = self.ask(
            "mutation ($board: ID!, $url: String!, $event: WebhookEventType!, $config: JSON) {"
            " create_webhook(board_id: $board, url: $url, event: $event, config: $config) { id } }",
            url=url,
            event=event,
            config=None if config is None else json.dumps(config),
        )
        return str(made["id"])

    def create_item(self, name: str = "A fault") -> str:
        made = self.ask(
            "mutation ($board: ID!, $name: String!) {"
            " create_item(board_id: $board, item_name: $name) { id } }",
            name=name,
        )
        return str(made["id"])

    def write(self, item_id: str, column_id: str, value: str) -> None:
        self.ask(
            "mutation ($board: ID!, $item: ID!, $column: String!, $value: String) {"
            " change_simple_column_value(board_id: $board, item_id: $item, column_id: $column, value: $value)"
            " { id } }",
            item=item_id,
            column=column_id,
            value=value,
        )


def open_desk(sandbox: RunningSandbox, slug: str = "synerity", token: str | None = None) -> Desk:
    """Make a board in an account."""
    token = token or sandbox.token(slug)
    made = sandbox.graphql(
        token,
        "mutation ($name: String!) {"
        " create_board(board_name: $name, board_kind: public, empty: true) { id } }",
        {"name": f"Desk {secrets.token_hex(3)}"},
    ).json()
    desk = Desk(sandbox, token, made["data"]["create_board"]["id"])
    for group in ("Open", "Closed"):
        desk.ask(
            "mutation ($board: ID!, $name: String!) {"
            " create_group(board_id: $board, group_name: $name) { id } }",
            name=group,
        )
    desk.ask(
        'mutation ($board: ID!) { create_column(board_id: $board, id: "note", title: "Note",'
        " column_type: text) { id } }"
    )
    desk.ask(
        "mutation ($board: ID!, $defaults: CreateStatusColumnSettingsInput) { create_status_column("
        'board_id: $board, id: "status", title: "Status", defaults: $defaults) { id } }',
        defaults={
            "labels": [
                {"label": "New", "color": "bright_blue", "index": 0},
                {"label": "Solved", "color": "done_green", "index": 1},
            ]
        },
    )
    return desk


def order_weather(sandbox: RunningSandbox, **orders: Any) -> None:
    requests.post(f"{sandbox.url}/sandbox/faults", json=orders, timeout=10).raise_for_status()


def advance(sandbox: RunningSandbox, length: str) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/clock", json={"advance": length}, timeout=10)
    answer.raise_for_status()


def read_log(sandbox: RunningSandbox, **choice: Any) -> list[dict[str, Any]]:
    answer = requests.get(f"{sandbox.url}/sandbox/log", params=choice, timeout=10)
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries
