"""HTTP: the API at ``/v2`` with everything around it, the OAuth pages, the control, the boards."""

import socket
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from monday_sandbox import control, limits, oauth, pages
from monday_sandbox.api import Answer, Api, Caller
from monday_sandbox.clock import SandboxClock, iso_milliseconds
from monday_sandbox.deliveries import Deliverer
from monday_sandbox.faults import Sky
from monday_sandbox.journal import Journal
from monday_sandbox.limits import IdempotencyKeys, KeptAnswer, KeyInUseError, MalformedVersionError, Traffic
from monday_sandbox.lookup import Stored
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


def create_app(place: Place) -> Flask:
    """The whole sandbox as one web application; its deliveries run in threads beside it."""
    store = Store(place.data_dir, SandboxClock(place.clock_file))
    slugs = Stored(store, "accounts", "slug")
    journal = Journal(slugs, Stored(store, "users", "name"))
    sky = Sky()
    deliverer = Deliverer(
        store, journal, sky, signing_secret=place.app.signing_secret, retry_seconds=place.retry_seconds
    )
    tokens = Tokens(store, place.app)
    door = _Door(
        store=store,
        api=Api(store, deliverer.challenge),
        tokens=tokens,
        journal=journal,
        sky=sky,
        slugs=slugs,
        plans=Stored(store, "accounts", "plan"),
        keys=IdempotencyKeys(store),
        traffic=Traffic(),
    )
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.add_url_rule("/v2", view_func=door.answer, methods=["POST"])
    app.register_blueprint(control.create_blueprint(store, journal, sky, tokens))
    app.register_blueprint(oauth.create_blueprint(store, tokens, place.app))
    app.register_blueprint(pages.blueprint)
    deliverer.start()
    return app


class _MalformedRequestError(Exception):
    """A request that is no GraphQL request."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message, self.code = message, code


@dataclass(frozen=True)
class _Asked:
    """A request for the API that has the right form."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    #: Of the API, to be served.
    version: str
    key: str | None


@dataclass(frozen=True)
class _Told:
    """What is answered; without a body, the connection is closed and nothing is."""

    status: int
    body: Mapping[str, Any] | str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    complexity: Mapping[str, int] | None = None


@dataclass(frozen=True)
class _Door:
    """The address ``/v2``."""

    store: Store
    api: Api
    tokens: Tokens
    journal: Journal
    sky: Sky
    slugs: Mapping[int, str]
    plans: Mapping[int, str]
    keys: IdempotencyKeys
    traffic: Traffic

    def answer(self) -> Response:
        """Answer one request, and write it in the journal."""
        started = time.monotonic()
        caller = self.tokens.caller(request.headers.get("Authorization"))
        asked: _Asked | None = None
        if caller is None:
            told = _Told(401, limits.not_authenticated())
        else:
            try:
                asked = _read()
            except _MalformedRequestError as error:
                told = _Told(400, limits.bad_request(error.message, error.code))
            else:
                with self.traffic.counting(caller.account_id, self.store.clock.now()):
                    told = self._weathered(caller, asked)
        self._note(caller, asked, told, time.monotonic() - started)
        return _hang_up() if told.body is None else _response(told)

    def _weathered(self, caller: Caller, asked: _Asked) -> _Told:
        """Answer as the weather over the account allows."""
        slug = self.slugs[caller.account_id]
        weather = self.sky.over(slug)
        if weather is not None and weather.api_latency_seconds:
            _hold(weather.api_latency_seconds)
        error = self.sky.strike(slug, asked.query)
        if error is None:
            return self._with_limits(caller, self._once(caller, asked))
        if error.kind == "timeout_before":
            return _Told(0, None)
        if error.kind == "timeout_after":
            self._once(caller, asked)
            return _Told(0, None)
        if error.kind == "bad_gateway":
            return _Told(502, limits.BAD_GATEWAY_PAGE)
        return self._with_limits(caller, _Told(*limits.trouble(error.kind, error.retry_in_seconds)))

    def _once(self, caller: Caller, asked: _Asked) -> _Told:
        """Run the document, or answer again what a mutation under the same key was answered."""
        key = asked.key
        if key is None or not self.api.is_mutation(asked.query, asked.operation_name):
            return _told(self._run(caller, asked), asked.version)
        try:
            with self.keys.holding(caller, key):
                kept = self.keys.find(caller, key)
                if kept is not None:
                    replayed = {"API-Version": asked.version, "Idempotency-Replayed": "true"}
                    return _Told(kept.status, kept.body, replayed)
                answer = self._run(caller, asked)
                if answer.served:
                    self.keys.keep(caller, key, KeptAnswer(answer.status, answer.body))
                return _told(answer, asked.version)
        except KeyInUseError:
            return _Told(409, limits.key_in_use(), {"Retry-After": "1"})

    def _run(self, caller: Caller, asked: _Asked) -> Answer:
        return self.api.execute(caller, asked.query, asked.variables, asked.operation_name)

    def _with_limits(self, caller: Caller, told: _Told) -> _Told:
        limits_told = self.traffic.headers(
            caller, self.plans[caller.account_id], self.store.clock.now(), told.complexity
        )
        return _Told(told.status, told.body, {**limits_told, **told.headers}, told.complexity)

    def _note(self, caller: Caller | None, asked: _Asked | None, told: _Told, seconds: float) -> None:
        errors = told.body.get("errors") if isinstance(told.body, Mapping) else None
        if not isinstance(told.body, Mapping):
            errors = [{"message": "No answer was given." if told.body is None else "502 Bad Gateway"}]
        self.journal.write(
            "api",
            iso_milliseconds(self.store.clock.now()),
            None if caller is None else caller.account_id,
            None if caller is None else caller.user_id,
            operation=None if asked is None else asked.operation_name,
            query=None if asked is None else asked.query,
            variables=None if asked is None else asked.variables,
            status=told.status,
            errors=errors,
            complexity=None if told.complexity is None else told.complexity["query"],
            duration_ms=round(seconds * 1000, 1),
        )


def _read() -> _Asked:
    """What the request asks for.

    Raises:
        _MalformedRequestError: it has not the form of a request.
    """
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("query"), str):
        raise _MalformedRequestError("The body must be JSON with a query.", "JsonParseException")
    variables, name = given.get("variables"), given.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise _MalformedRequestError("variables must be an object.", "InvalidVariablesException")
    if name is not None and not isinstance(name, str):
        raise _MalformedRequestError("operationName must be a text.", "JsonParseException")
    try:
        version = limits.version_to_serve(request.headers.get("API-Version"))
    except MalformedVersionError as error:
        raise _MalformedRequestError("The API version is not valid.", "InvalidVersionException") from error
    return _Asked(given["query"], variables, name, version, request.headers.get("Idempotency-Key") or None)


def _told(answer: Answer, version: str) -> _Told:
    headers = {"API-Version": version} if answer.served else {}
    return _Told(answer.status, answer.body, headers, answer.complexity)


def _response(told: _Told) -> Response:
    if isinstance(told.body, Mapping):
        response = jsonify(told.body)
        request_id = (told.body.get("extensions") or {}).get("request_id")
    else:
        response, request_id = Response(told.body), None
    response.status_code = told.status
    response.headers["X-Request-Id"] = request_id or str(uuid.uuid4())
    response.headers.update(told.headers)
    return response


def _hang_up() -> Response:
    """Close the caller's connection; what is returned never arrives."""
    connection: socket.socket = request.environ["gunicorn.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def _hold(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - latency that was ordered is a length of time
