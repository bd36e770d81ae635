"""HTTP: the API at ``/v2`` with everything around it, the OAuth pages, the control, the boards."""

import logging
import math
import socket
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from monday_sandbox import control, oauth, pages
from monday_sandbox.acts import Doer
from monday_sandbox.api import Answer, Api, Caller, Terms
from monday_sandbox.clock import SandboxClock, iso_milliseconds
from monday_sandbox.deliveries import Deliverer
from monday_sandbox.fault_orders import WeatherError
from monday_sandbox.faults import Sky
from monday_sandbox.journal import Journal
from monday_sandbox.limits import answers, versions
from monday_sandbox.limits.answers import OverLimitError, Refused
from monday_sandbox.limits.days import TENTHS
from monday_sandbox.limits.idempotency import IdempotencyKeys, KeptAnswer, KeyInUseError
from monday_sandbox.limits.quotas import Quotas, Visit
from monday_sandbox.limits.versions import MalformedVersionError
from monday_sandbox.lookup import Stored
from monday_sandbox.oauth import AppSecrets, Tokens
from monday_sandbox.pages import host
from monday_sandbox.state import Store

LARGEST_BODY = 10_000_000
#: A request that costs more counts as one call a day for each of these.
POINTS_OF_A_CALL = 1_000_000
#: Sent by the sandbox's own pages: limits are not theirs to use up.
PAGE_HEADER = "X-Sandbox-Page"
_LOOPBACK = ("127.0.0.1", "::1")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where the sandbox keeps its state and time, and how it retries webhooks."""

    data_dir: Path
    clock_file: Path | None
    retry_seconds: float
    app: AppSecrets
    #: Whether the app is installed from the marketplace: its calls are none of an account's day then.
    is_marketplace_app: bool = False


def create_app(place: Place) -> Flask:
    """The whole sandbox as one web application; its deliveries run in threads beside it."""
    store = Store(place.data_dir, SandboxClock(place.clock_file))
    journal = Journal(Stored(store, "accounts", "slug"), Stored(store, "users", "name"))
    sky = Sky()
    deliverer = Deliverer(
        store, journal, sky, signing_secret=place.app.signing_secret, retry_seconds=place.retry_seconds
    )
    tokens = Tokens(store, place.app)
    quotas = Quotas(store, is_marketplace_app=place.is_marketplace_app)
    api = Api(store, deliverer.challenge, quotas)
    doer = Doer(store, api, tokens)
    door = _Door(
        store=store,
        api=api,
        doer=doer,
        tokens=tokens,
        journal=journal,
        sky=sky,
        keys=IdempotencyKeys(store),
        quotas=quotas,
    )
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.add_url_rule("/v2", view_func=door.answer, methods=["POST"])
    doors = control.create_blueprint(store, journal, sky, tokens, quotas, doer)
    doors.register_blueprint(host.create_blueprint(store))
    app.register_blueprint(doors)
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

    @property
    def document(self) -> tuple[str, str | None, str]:
        """By what it is told which operation is asked for: query, name and version."""
        return self.query, self.operation_name, self.version


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
    doer: Doer
    tokens: Tokens
    journal: Journal
    sky: Sky
    keys: IdempotencyKeys
    quotas: Quotas

    def answer(self) -> Response:
        """Answer one request, and write it in the journal."""
        started, now = time.monotonic(), self.store.clock.now()
        is_page = _is_own_page()
        caller = self.tokens.caller(_authorization())
        asked: _Asked | None = None
        try:
            if not is_page:
                self.quotas.let_in(request.remote_addr or "", now)
        except OverLimitError as error:
            told = _refused(answers.refused(error.kind, error.retry_in_seconds))
        else:
            if caller is None:
                told = _refused(answers.not_authenticated())
            else:
                asked, told = self._counted(caller, now, is_page=is_page)
        self._note(caller, asked, told, time.monotonic() - started)
        return _hang_up() if told.body is None else _response(told)

    def _counted(self, caller: Caller, now: datetime, *, is_page: bool) -> tuple[_Asked | None, _Told]:
        """Answer a caller within what the account may, and count the call."""
        visit = self.quotas.visit(caller, is_exempt=is_page)
        asked: _Asked | None = None
        try:
            with self.quotas.under_way(visit, now):
                asked = _read()
                told = self._with_limits(visit, self._weathered(caller, asked, visit))
        except OverLimitError as error:
            told = self._with_limits(visit, _refused(answers.refused(error.kind, error.retry_in_seconds)))
        except _MalformedRequestError as error:
            told = _refused(answers.bad_request(error.message, error.code))
        self.quotas.count_day(visit, self._tenths(asked, told), now)
        return asked, told

    def _tenths(self, asked: _Asked | None, told: _Told) -> int:
        """What a call counts of the day's, in tenths."""
        if told.status == 429:
            return 1
        operation = None if asked is None else self.api.asked(*asked.document)
        if operation is not None and operation.asks_only_its_cost:
            return 1
        points = 0 if told.complexity is None else told.complexity["query"]
        return TENTHS * max(1, math.ceil(points / POINTS_OF_A_CALL))

    def _weathered(self, caller: Caller, asked: _Asked, visit: Visit) -> _Told:
        """Answer as the weather over the account allows."""
        latency = self.sky.latency(visit.slug)
        if latency:
            _hold(latency)
        if self._is_changed_under(visit, asked) and self.tokens.caller(_authorization()) is None:
            return _refused(answers.not_authenticated())
        error = self.sky.strike(visit.slug, asked.query)
        if error is None:
            return self._once(caller, asked, visit)
        if error.kind == "timeout_before":
            return _Told(0, None)
        if error.done or error.kind == "timeout_after":
            self._once(caller, asked, visit)
        if error.kind == "timeout_after":
            return _Told(0, None)
        return _refused(answers.refused(error.kind, error.retry_in_seconds, version=asked.version))

    def _is_changed_under(self, visit: Visit, asked: _Asked) -> bool:
        """Do what is ordered to happen under this call, and tell whether anything did."""
        acts = self.sky.acts_due(visit.slug, asked.query)
        for act in acts:
            try:
                self.doer.do(visit.slug, act)
            except WeatherError:
                _log.warning("What was ordered for this call was not done", exc_info=True)
        return bool(acts)

    def _once(self, caller: Caller, asked: _Asked, visit: Visit) -> _Told:
        """Run the document, or answer again what a mutation under the same key was answered."""
        key = asked.key
        if key is None or not self.api.is_mutation(*asked.document):
            return _told(self._run(caller, asked, visit), asked.version)
        try:
            with self.keys.holding(caller, key):
                kept = self.keys.find(caller, key)
                if kept is not None:
                    replayed = {"API-Version": asked.version, "Idempotency-Replayed": "true"}
                    return _Told(kept.status, kept.body, replayed)
                answer = self._run(caller, asked, visit)
                if answer.served:
                    self.keys.keep(caller, key, KeptAnswer(answer.status, answer.body))
                return _told(answer, asked.version)
        except KeyInUseError:
            return _refused(answers.key_in_use())

    def _run(self, caller: Caller, asked: _Asked, visit: Visit) -> Answer:
        strike = partial(self.sky.strike_field, visit.slug) if self.sky.strikes_fields(visit.slug) else None
        terms = Terms(asked.version, visit, strike)
        return self.api.execute(caller, asked.query, asked.variables, asked.operation_name, terms)

    def _with_limits(self, visit: Visit, told: _Told) -> _Told:
        if isinstance(told.body, str):
            # A gateway's page knows nothing of limits.
            return told
        limits_told = self.quotas.headers(visit, self.store.clock.now(), told.complexity)
        return replace(told, headers={**limits_told, **told.headers})

    def _note(self, caller: Caller | None, asked: _Asked | None, told: _Told, seconds: float) -> None:
        errors = told.body.get("errors") if isinstance(told.body, Mapping) else None
        if not isinstance(told.body, Mapping):
            page = f"A page of HTML with status {told.status}."
            errors = [{"message": "No answer was given." if told.body is None else page}]
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
        version = versions.version_to_serve(request.headers.get("API-Version"))
    except MalformedVersionError as error:
        raise _MalformedRequestError("The API version is not valid.", "InvalidVersionException") from error
    return _Asked(given["query"], variables, name, version, request.headers.get("Idempotency-Key") or None)


def _told(answer: Answer, version: str) -> _Told:
    headers = {"API-Version": version} if answer.served else {}
    return _Told(answer.status, answer.body, {**headers, **answer.headers}, answer.complexity)


def _refused(refused: Refused) -> _Told:
    return _Told(refused.status, refused.page or refused.body, refused.headers)


def _authorization() -> str | None:
    return request.headers.get("Authorization")


def _is_own_page() -> bool:
    """Whether a page of the sandbox asks, as a browser on this machine tells it; scripts of others can't."""
    return (
        PAGE_HEADER in request.headers
        and request.headers.get("Sec-Fetch-Site") == "same-origin"
        and request.remote_addr in _LOOPBACK
    )


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
