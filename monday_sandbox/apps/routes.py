"""Doors of the app framework: what people do in monday.com's own windows, and what apps call back."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from monday_sandbox.apps.actions import Action
from monday_sandbox.apps.blocks import Engine, Page, Trigger
from monday_sandbox.apps.calls import BlockError, Person
from monday_sandbox.apps.installs import Installs
from monday_sandbox.apps.sessions import session_token
from monday_sandbox.apps.subscriptions import SubscriptionError
from monday_sandbox.apps.tokens import Tokens
from monday_sandbox.state import Store


class UnknownPlaceError(ValueError):
    """There is no such account or user."""


def create_doors(store: Store, tokens: Tokens, installs: Installs, engine: Engine) -> Blueprint:
    """The addresses under ``/sandbox`` that are for people and tests; whoever registers them guards them."""
    doors = Blueprint("apps", __name__)

    @doors.errorhandler(UnknownPlaceError)
    @doors.errorhandler(SubscriptionError)
    @doors.errorhandler(BlockError)
    def refuse(error: ValueError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @doors.post("/session-token")
    def new_session_token() -> Response:
        given = _given()
        slug, user = str(given.get("account") or ""), str(given.get("user") or "")
        token = session_token(store, engine.calls.app, slug, user)
        if token is None:
            raise UnknownPlaceError("There is no such user in that account.")
        return jsonify(token=token)

    @doors.post("/uninstall")
    def uninstall() -> Response:
        given = _given()
        account_id, _ = _place(store, given)
        tokens.revoke_account(account_id)
        installs.uninstall(account_id)
        return jsonify(account=given["account"])

    @doors.post("/subscription")
    def subscription() -> Response:
        given = _given()
        account_id, _ = _place(store, given)
        held = installs.subscribe(account_id, str(given.get("event")), given)
        return jsonify(
            account=given["account"],
            plan_id=held.plan_id,
            is_trial=held.is_trial,
            is_active=held.is_active,
            days_left=held.days_left(store.clock.now()),
        )

    @doors.post("/blocks/subscribe")
    def subscribe() -> Response:
        given = _given()
        unsubscribe_url = given.get("unsubscribe_url")
        action = _object(given, "action")
        trigger = Trigger(
            _person(store, given),
            _url(given),
            str(unsubscribe_url) if unsubscribe_url else None,
            _object(given, "fields"),
            _object(given, "credentials"),
            {"url": _url(action), "fields": _object(action, "fields")} if action else None,
        )
        return jsonify(engine.subscribe(trigger))

    @doors.post("/blocks/unsubscribe")
    def unsubscribe() -> Response:
        given = _given()
        is_sentence_builder = given.get("builder") == "sentence"
        heard = engine.unsubscribe(_number(given) or 0, is_sentence_builder=is_sentence_builder)
        return jsonify(status=heard.status)

    @doors.get("/blocks/subscriptions")
    def subscriptions() -> Response:
        return jsonify(subscriptions=engine.subscriptions())

    @doors.post("/blocks/run")
    def run() -> Response:
        given = _given()
        action = Action(
            _person(store, given),
            _url(given),
            _object(given, "fields"),
            _object(given, "credentials"),
            _number(given),
        )
        return jsonify(engine.run(action))

    @doors.get("/blocks/runs/<action_uuid>")
    def look(action_uuid: str) -> Response | tuple[Response, int]:
        with store.reading() as connection:
            row = connection.execute(
                "SELECT * FROM block_runs WHERE action_uuid = ?", (action_uuid,)
            ).fetchone()
        return (jsonify(error="There is no such run."), 404) if row is None else jsonify(dict(row))

    @doors.post("/blocks/options")
    def options() -> Response:
        given = _given()
        page = Page(*(_object(given, name) for name in ("dependencies", "credentials", "page")))
        heard = engine.options(_person(store, given), _url(given), page)
        return jsonify(status=heard.status, answer=heard.body)

    @doors.get("/blocks/firings")
    def firings() -> Response:
        with store.reading() as connection:
            rows = connection.execute("SELECT * FROM block_firings ORDER BY id").fetchall()
        return jsonify(firings=[{**dict(row), "body": json.loads(row["body"])} for row in rows])

    return doors


def create_callbacks(engine: Engine) -> Blueprint:
    """The addresses of monday.com's that apps call."""
    blueprint = Blueprint("automations", __name__, url_prefix="/automations")

    @blueprint.post("/apps-events/<int:number>")
    def fire(number: int) -> tuple[Response, int]:
        if not engine.may_fire(number, request.headers.get("Authorization")):
            return jsonify(error="Unauthorized"), 401
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not _is_firing(body):
            return jsonify(error="The body must have trigger.outputFields."), 400
        engine.fired(number, body)
        return jsonify(success=True), 200

    @blueprint.post("/callbacks/<action_uuid>")
    def call_back(action_uuid: str) -> tuple[Response, int]:
        if not engine.calls.is_apps_own(request.headers.get("Authorization")):
            return jsonify(error="Unauthorized"), 401
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not engine.actions.called_back(action_uuid, body):
            return jsonify(error="No block waits for this."), 404
        return jsonify(success=True), 200

    return blueprint


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _place(store: Store, given: dict[str, Any]) -> tuple[int, int]:
    """The account and the user of an order; without a user, the account's first."""
    slug, user = given.get("account"), str(given.get("user") or "")
    with store.reading() as connection:
        row = connection.execute(
            "SELECT account_id, users.id FROM users JOIN accounts ON accounts.id = account_id WHERE slug = ?"
            " AND (? = '' OR CAST(users.id AS TEXT) = ? OR instr(users.name, ?) > 0) ORDER BY users.id",
            (slug, user, user, user),
        ).fetchone()
    if row is None:
        raise UnknownPlaceError("There is no account with that slug, or no such user in it.")
    return row["account_id"], row["id"]


def _is_firing(body: dict[str, Any]) -> bool:
    trigger = body.get("trigger")
    return isinstance(trigger, dict) and isinstance(trigger.get("outputFields"), dict)


def _person(store: Store, given: dict[str, Any]) -> Person:
    return Person(*_place(store, given))


def _number(given: dict[str, Any]) -> int | None:
    """The ``subscription`` that an order is about."""
    number = given.get("subscription")
    return number if isinstance(number, int) else None


def _url(given: dict[str, Any]) -> str:
    url = given.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise BlockError("url must be an address of the app's.")
    return url


def _object(given: dict[str, Any], name: str) -> dict[str, Any]:
    value = given.get(name) or {}
    if not isinstance(value, dict):
        raise BlockError(f"{name} must be an object.")
    return value
