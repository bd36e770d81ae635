"""The sandbox's own doors, for people and tests: who is there, what happened, the weather, the time.

monday.com has none of this. Only this machine may ask.
"""

import json
import queue
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request

from monday_sandbox import admission
from monday_sandbox.acts import Doer
from monday_sandbox.api.webhooks import SwitchError, switch_off
from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.fault_orders import WeatherError, read_account, read_weather
from monday_sandbox.faults import Sky
from monday_sandbox.journal import KINDS, Journal
from monday_sandbox.limits.figures import LimitsOrderError
from monday_sandbox.limits.quotas import Quotas
from monday_sandbox.state import Store

MOST_ENTRIES_AT_ONCE = 1000
#: A comment now and then, so that a page notices when the sandbox has gone.
HEARTBEAT_SECONDS = 10.0
#: The clock goes no further at once: three years show every renewal and every report.
LONGEST_ADVANCE_SECONDS = 3 * 366 * 86400
_LOOPBACK = ("127.0.0.1", "::1")
#: Names of this machine; a foreign page that had its own name point here sends that one.
_OWN_NAMES = ("127.0.0.1", "localhost", "::1")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")


def create_blueprint(store: Store, journal: Journal, sky: Sky, quotas: Quotas, doer: Doer) -> Blueprint:
    """The addresses under ``/sandbox``."""
    blueprint = Blueprint("control", __name__, url_prefix="/sandbox")

    @blueprint.before_request
    def only_this_machine() -> None:
        if request.remote_addr not in _LOOPBACK or urlsplit(request.host_url).hostname not in _OWN_NAMES:
            abort(403)

    @blueprint.get("/accounts")
    def accounts() -> Response:
        return jsonify(accounts=_accounts(store))

    @blueprint.post("/accounts")
    def open_account() -> tuple[Response, int]:
        try:
            slug = admission.open_account(store, _given())
        except admission.AdmissionError as error:
            return _bad(str(error))
        return jsonify(next(account for account in _accounts(store) if account["slug"] == slug)), 201

    @blueprint.post("/invitations")
    def accept() -> Response | tuple[Response, int]:
        user_id = str(_given().get("user") or "")
        try:
            admission.accept_invitation(store, int(user_id) if user_id.isdecimal() else 0)
        except admission.AdmissionError as error:
            return _bad(str(error))
        return jsonify(user=user_id)

    @blueprint.post("/webhooks/switch-off")
    def switch_off_webhook() -> Response | tuple[Response, int]:
        given = _given()
        try:
            switch_off(store, str(given.get("account") or ""), given.get("webhook"))
        except SwitchError as error:
            return _bad(str(error))
        return jsonify(webhook=str(given["webhook"]))

    @blueprint.get("/log")
    def log() -> Response | tuple[Response, int]:
        try:
            after = int(request.args.get("after") or 0)
            limit = min(int(request.args.get("limit") or 200), MOST_ENTRIES_AT_ONCE)
        except ValueError:
            return _bad("after and limit must be whole numbers.")
        if limit < 0:
            return _bad("limit must be 0 or more.")
        kind = request.args.get("kind") or None
        if kind not in (None, *KINDS):
            return _bad(f"kind must be one of {', '.join(KINDS)}.")
        return jsonify(entries=journal.read(after=after, kind=kind, limit=limit))

    @blueprint.get("/events")
    def events() -> Response:
        return Response(_stream(journal), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @blueprint.get("/clock")
    def clock() -> Response:
        return _time(store)

    @blueprint.post("/clock")
    def advance() -> Response | tuple[Response, int]:
        seconds = _length(_given().get("advance"))
        if seconds is None:
            return _bad(
                'Send {"advance": "3h"}: a length above zero, in s, m, h or d, or a number of seconds.'
            )
        if seconds > LONGEST_ADVANCE_SECONDS:
            return _bad("The clock can be moved forward by at most three years at once.")
        store.clock.advance(seconds)
        return _time(store)

    @blueprint.get("/faults")
    def weather() -> Response:
        return jsonify(orders=sky.orders())

    @blueprint.post("/faults")
    def order() -> Response | tuple[Response, int]:
        orders = request.get_json(silent=True)
        if not isinstance(orders, dict):
            return _bad("Send a JSON object with webhooks, api, acts or several of them.")
        try:
            slug = read_account(orders, {account["slug"] for account in _accounts(store)})
            weather = read_weather(orders)
            for act in weather.acts:
                if slug is not None and act.at_call == 0:
                    doer.do(slug, act)
            sky.order(slug, weather, orders)
        except WeatherError as error:
            return _bad(str(error))
        return jsonify(orders=sky.orders())

    @blueprint.delete("/faults")
    def clear() -> Response:
        sky.clear()
        return jsonify(orders=[])

    @blueprint.post("/items/restore")
    def restore_item() -> Response | tuple[Response, int]:
        return _by_hand("item", act=lambda slug, ids: doer.restore_item(slug, *ids))

    @blueprint.post("/subitems/move")
    def move_subitem() -> Response | tuple[Response, int]:
        return _by_hand("item", "parent", act=lambda slug, ids: doer.move_subitem(slug, *ids))

    @blueprint.get("/limits")
    def limits() -> Response:
        return _limits(store, quotas)

    @blueprint.post("/limits")
    def limit() -> Response | tuple[Response, int]:
        orders = request.get_json(silent=True)
        if not isinstance(orders, dict):
            return _bad("Send a JSON object with figures, such as minute_rate.")
        try:
            quotas.order(orders)
        except LimitsOrderError as error:
            return _bad(str(error))
        return _limits(store, quotas)

    @blueprint.delete("/limits")
    def unlimit() -> Response:
        quotas.clear()
        return _limits(store, quotas)

    return blueprint


def _by_hand(*names: str, act: Callable[[str, list[int]], None]) -> Response | tuple[Response, int]:
    """Do something to items that are named by their ids."""
    given = {name: str(_given().get(name) or "") for name in ("account", *names)}
    if not all(given[name].isdecimal() for name in names):
        return _bad(f"Send {' and '.join(names)} as ids, and account as a slug.")
    try:
        act(given["account"], [int(given[name]) for name in names])
    except WeatherError as error:
        return _bad(str(error))
    return jsonify(given)


def _limits(store: Store, quotas: Quotas) -> Response:
    """The orders, and what each account may by them."""
    figures = {account["slug"]: asdict(quotas.figures_of(int(account["id"]))) for account in _accounts(store)}
    return jsonify(orders=quotas.orders(), figures=figures)


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _accounts(store: Store) -> list[dict[str, Any]]:
    with store.reading() as connection:

        def rows(query: str) -> list[dict[str, Any]]:
            return [dict(row) for row in connection.execute(query)]

        users = rows(
            "SELECT account_id, id, name, email, kind, status, title, api_token FROM users ORDER BY id"
        )
        workspaces = rows("SELECT account_id, id, name FROM workspaces WHERE state = 'active' ORDER BY id")
        boards = rows(
            "SELECT account_id, id, name, workspace_id, board_kind AS kind, state FROM boards ORDER BY id"
        )
        accounts = rows("SELECT id, slug, name, plan, time_zone FROM accounts ORDER BY id")
    return [
        {
            **account,
            "id": str(account["id"]),
            "users": _of(account, users),
            "workspaces": _of(account, workspaces),
            "boards": _of(account, boards),
        }
        for account in accounts
    ]


def _of(account: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An account's rows, with ids as text."""
    ids = ("id", "workspace_id")
    return [
        {
            name: str(value) if name in ids and value is not None else value
            for name, value in row.items()
            if name != "account_id"
        }
        for row in rows
        if row["account_id"] == account["id"]
    ]


def _stream(journal: Journal) -> Iterator[str]:
    with journal.listening() as messages:
        yield ": here\n\n"
        while True:
            try:
                name, content = messages.get(timeout=HEARTBEAT_SECONDS)
            except queue.Empty:
                yield ": still here\n\n"
                continue
            yield f"event: {name}\ndata: {json.dumps(content)}\n\n"


def _time(store: Store) -> Response:
    return jsonify(now=iso_milliseconds(store.clock.now()), offset_seconds=store.clock.offset_seconds)


def _length(given: Any) -> float | None:
    """A length of time in seconds; None when it is none, or not above zero."""
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return float(given) if given > 0 else None
    parts = _LENGTH.findall(given) if isinstance(given, str) else []
    if not parts or _LENGTH.sub("", given).strip():
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts) or None


def _bad(message: str) -> tuple[Response, int]:
    return jsonify(error=message), 400
