"""An address of the API over HTTP, with everything around it: tokens, limits, weather, keys, the journal."""

import logging
import math
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, jsonify, request

from monday_sandbox.acts import Doer
from monday_sandbox.api import Answer, Api, Caller, Terms
from monday_sandbox.apps.tokens import Tokens
from monday_sandbox.asked import Asked, MalformedRequestError, TooLargeRequestError
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.fault_orders import WeatherError
from monday_sandbox.faults import Sky
from monday_sandbox.files.storage import Upload
from monday_sandbox.journal import Journal
from monday_sandbox.limits import answers
from monday_sandbox.limits.answers import OverLimitError, Refused
from monday_sandbox.limits.days import TENTHS
from monday_sandbox.limits.idempotency import IdempotencyKeys, KeptAnswer, KeyInUseError
from monday_sandbox.limits.quotas import Quotas, Visit
from monday_sandbox.state import Store

#: A request that costs more counts as one call a day for each of these.
POINTS_OF_A_CALL = 1_000_000
#: Sent by the sandbox's own pages: limits are not theirs to use up.
PAGE_HEADER = "X-Sandbox-Page"
_LOOPBACK = ("127.0.0.1", "::1")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Told:
    """What is answered; without a body, the connection is closed and nothing is."""

    status: int
    body: Mapping[str, Any] | str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    complexity: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Door:
    """Answers what is asked of the API, at whatever address."""

    store: Store
    api: Api
    doer: Doer
    tokens: Tokens
    journal: Journal
    sky: Sky
    keys: IdempotencyKeys
    quotas: Quotas

    def answer(self, read: Callable[[], Asked], *, is_file_door: bool = False) -> Response:
        """Answer one request, and write it in the journal.

        Args:
            read: Tells what the present request asks for; may raise ``MalformedRequestError`` and
                ``TooLargeRequestError``.
            is_file_door: Whether to answer as ``/v2/file`` does.
        """
        started, now = time.monotonic(), self.store.clock.now()
        is_page = _is_own_page()
        caller = self.tokens.caller(_authorization())
        asked: Asked | None = None
        try:
            if not is_page:
                self.quotas.let_in(request.remote_addr or "", now)
        except OverLimitError as error:
            told = _refused(answers.refused(error.kind, error.retry_in_seconds))
        else:
            if caller is None:
                told = _refused(answers.not_authenticated())
            else:
                asked, told = self._counted(caller, read, now, is_page=is_page)
                told = _at_file_door(told, caller) if is_file_door else told
        self._note(caller, asked, told, time.monotonic() - started)
        return _hang_up() if told.body is None else _response(told)

    def _counted(
        self, caller: Caller, read: Callable[[], Asked], now: datetime, *, is_page: bool
    ) -> tuple[Asked | None, _Told]:
        """Answer a caller within what the account may, and count the call."""
        visit = self.quotas.visit(caller, is_exempt=is_page)
        asked: Asked | None = None
        try:
            with self.quotas.under_way(visit, now):
                asked = read()
                told = self._with_limits(visit, self._weathered(caller, asked, visit))
        except OverLimitError as error:
            told = self._with_limits(visit, _refused(answers.refused(error.kind, error.retry_in_seconds)))
        except MalformedRequestError as error:
            told = _refused(answers.bad_request(error.message, error.code))
        except TooLargeRequestError:
            told = _refused(answers.too_large())
        self.quotas.count_day(visit, self._tenths(asked, told), now)
        return asked, told

    def _tenths(self, asked: Asked | None, told: _Told) -> int:
        """What a call counts of the day's, in tenths."""
        if told.status == 429:
            return 1
        operation = None if asked is None else self.api.asked(*asked.document)
        if operation is not None and operation.asks_only_its_cost:
            return 1
        points = 0 if told.complexity is None else told.complexity["query"]
        return TENTHS * max(1, math.ceil(points / POINTS_OF_A_CALL))

    def _weathered(self, caller: Caller, asked: Asked, visit: Visit) -> _Told:
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

    def _is_changed_under(self, visit: Visit, asked: Asked) -> bool:
        """Do what is ordered to happen under this call, and tell whether anything did."""
        acts = self.sky.acts_due(visit.slug, asked.query)
        for act in acts:
            try:
                self.doer.do(visit.slug, act)
            except WeatherError:
                _log.warning("What was ordered for this call was not done", exc_info=True)
        return bool(acts)

    def _once(self, caller: Caller, asked: Asked, visit: Visit) -> _Told:
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

    def _run(self, caller: Caller, asked: Asked, visit: Visit) -> Answer:
        strike = partial(self.sky.strike_field, visit.slug) if self.sky.strikes_fields(visit.slug) else None
        terms = Terms(asked.version, visit, strike)
        return self.api.execute(caller, asked.query, asked.variables, asked.operation_name, terms)

    def _with_limits(self, visit: Visit, told: _Told) -> _Told:
        if isinstance(told.body, str):
            # A gateway's page knows nothing of limits.
            return told
        limits_told = self.quotas.headers(visit, self.store.clock.now(), told.complexity)
        return replace(told, headers={**limits_told, **told.headers})

    def _note(self, caller: Caller | None, asked: Asked | None, told: _Told, seconds: float) -> None:
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
            variables=None if asked is None else _without_files(asked.variables),
            status=told.status,
            errors=errors,
            complexity=None if told.complexity is None else told.complexity["query"],
            duration_ms=round(seconds * 1000, 1),
        )


def _told(answer: Answer, version: str) -> _Told:
    headers = {"API-Version": version} if answer.served else {}
    return _Told(answer.status, answer.body, {**headers, **answer.headers}, answer.complexity)


def _refused(refused: Refused) -> _Told:
    return _Told(refused.status, refused.page or refused.body, refused.headers)


def _at_file_door(told: _Told, caller: Caller) -> _Told:
    """As the address for files answers: with the account, and with status 500 where the API failed."""
    if not isinstance(told.body, Mapping) or told.status != 200:
        return told
    errors = told.body.get("errors") or ()
    codes = [(error.get("extensions") or {}).get("error_code") for error in errors]
    if "INTERNAL_SERVER_ERROR" in codes:
        failed = answers.internal_500()
        return replace(told, status=failed.status, body=failed.body)
    return told if errors else replace(told, body={**told.body, "account_id": caller.account_id})


def _without_files(variables: Any) -> Any:
    """Variables as the journal keeps them: of a file its name and size."""
    if isinstance(variables, Upload):
        return {"file": variables.name, "bytes": variables.size}
    if isinstance(variables, dict):
        return {name: _without_files(value) for name, value in variables.items()}
    return [_without_files(value) for value in variables] if isinstance(variables, list) else variables


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
