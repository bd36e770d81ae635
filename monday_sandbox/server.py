"""HTTP: the API at ``/v2`` with everything around it, the OAuth pages, the control, the boards."""

import socket
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, request

from monday_sandbox import control, limits, oauth, pages
from monday_sandbox.api import Answer, Api, Caller
from monday_sandbox.clock import SandboxClock, iso_milliseconds
from monday_sandbox.deliveries import Deliverer
from monday_sandbox.faults import ApiError, Sky
from monday_sandbox.journal import Journal
from monday_sandbox.limits import IdempotencyKeys, KeyInUseError, MalformedVersionError
from monday_sandbox.oauth import AppSecrets, Tokens
from monday_sandbox.state import Store

LARGEST_BODY = 10_000_000


@dataclass(frozen=True)
class Place:
    """Where the sandbox keeps its state and time, and how it retries webhooks."""

    data_dir: Path
    clock_file: Path | None
    retry_seconds: float
    app: AppSecrets


class _LostAnswerError(Exception):
    """The weather wants the caller to get no answer."""


def create_app(place: Place) -> Flask:
    """The whole sandbox as one web application; its deliveries run in threads beside it."""
    store = Store(place.data_dir, SandboxClock(place.clock_file))
    journal, sky = Journal(), Sky()
    deliverer = Deliverer(
        store, journal, sky, signing_secret=place.app.signing_secret, retry_seconds=place.retry_seconds
    )
    tokens = Tokens(store, place.app)
    door = _Door(store, Api(store, deliverer.challenge), tokens, journal, sky)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.add_url_rule("/v2", view_func=door.answer, methods=["POST"])
    app.register_blueprint(control.create_blueprint(store, journal, sky, tokens))
    app.register_blueprint(oauth.create_blueprint(store, tokens, place.app))
    app.register_blueprint(pages.blueprint)
    deliverer.start()
    return app


class _Door:
    """The address ``/v2``."""

    def __init__(self, store: Store, api: Api, tokens: Tokens, journal: Journal, sky: Sky) -> None:
        self._store = store
        self._api = api
        self._tokens = tokens
        self._journal = journal
        self._sky = sky
        self._keys = IdempotencyKeys(store)
        with store.reading() as connection:
            rows = connection.execute("SELECT id, slug, plan FROM accounts").fetchall()
        self._slugs = {row["id"]: row["slug"] for row in rows}
        self._plans = {row["id"]: row["plan"] for row in rows}

    def answer(self) -> Response:
        """Answer one request, and write it in the journal."""
        started = time.monotonic()
        g.asked = {}
        caller = self._tokens.caller(request.headers.get("Authorization"))
        try:
            status, body, headers = self._work(caller)
        except _LostAnswerError:
            self._note(
                caller, 0, {"errors": [{"message": "The answer was lost."}]}, time.monotonic() - started
            )
            return _hang_up()
        response = jsonify(body)
        response.status_code = status
        request_id = (body.get("extensions") or {}).get("request_id") or str(uuid.uuid4())
        response.headers["X-Request-Id"] = request_id
        response.headers.update(headers)
        self._note(caller, status, body, time.monotonic() - started)
        return response

    def _work(self, caller: Caller | None) -> tuple[int, dict[str, Any], dict[str, str]]:
        if caller is None:
            return 401, limits.not_authenticated(), {}
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            return 400, limits.bad_request("The body must be JSON with a query.", "JsonParseException"), {}
        g.asked = asked
        variables = asked.get("variables")
        if variables is not None and not isinstance(variables, dict):
            return 400, limits.bad_request("variables must be an object.", "InvalidVariablesException"), {}
        try:
            version = limits.version_to_serve(request.headers.get("API-Version"))
        except MalformedVersionError:
            return 400, limits.bad_request("The API version is not valid.", "InvalidVersionException"), {}
        slug = self._slugs[caller.account_id]
        weather = self._sky.over(slug)
        if weather is not None and weather.api_latency_seconds:
            _hold(weather.api_latency_seconds)
        error = self._sky.strike(slug, asked["query"])
        if error is not None and error.kind != "timeout_after":
            return _struck(error)
        status, body, headers = self._execute(caller, asked, variables, version)
        if error is not None:
            # The effect stands; the answer is lost.
            raise _LostAnswerError
        return status, body, {**limits.rate_headers(self._plans[caller.account_id]), **headers}

    def _execute(
        self, caller: Caller, asked: dict[str, Any], variables: dict[str, Any] | None, version: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        query, name = asked["query"], asked.get("operationName")
        key = request.headers.get("Idempotency-Key")
        if not key or not self._api.is_mutation(query, name):
            return _told(self._api.execute(caller, query, variables, name), version)
        try:
            with self._keys.holding(caller.user_id, key):
                kept = self._keys.find(caller.user_id, key)
                if kept is not None:
                    return kept.status, kept.body, {"API-Version": version, "Idempotency-Replayed": "true"}
                answer = self._api.execute(caller, query, variables, name)
                if answer.served:
                    self._keys.keep(caller.user_id, key, answer.status, answer.body)
                return _told(answer, version)
        except KeyInUseError:
            return 409, limits.key_in_use(), {"Retry-After": "1"}

    def _note(self, caller: Caller | None, status: int, body: dict[str, Any], seconds: float) -> None:
        asked = g.asked
        self._journal.write(
            "api",
            iso_milliseconds(self._store.clock.now()),
            None if caller is None else caller.account_id,
            user_id=None if caller is None else str(caller.user_id),
            operation=asked.get("operationName"),
            query=asked.get("query"),
            variables=asked.get("variables"),
            status=status,
            errors=body.get("errors"),
            duration_ms=round(seconds * 1000, 1),
        )


def _told(answer: Answer, version: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    return answer.status, answer.body, {"API-Version": version} if answer.served else {}


def _struck(error: ApiError) -> tuple[int, dict[str, Any], dict[str, str]]:
    if error.kind == "timeout_before":
        raise _LostAnswerError
    if error.kind == "bad_gateway":
        return 502, {"error": "Bad gateway"}, {}
    return limits.trouble(error.kind, error.retry_in_seconds)


def _hang_up() -> Response:
    """Close the caller's connection; what is returned never arrives."""
    connection: socket.socket = request.environ["gunicorn.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def _hold(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - latency that was ordered is a length of time
