"""What an app's views keep at monday.com, for the page that hosts a view: storage, settings, created values.

The page ``/host`` (``static/js/host/``) answers a view's messages; what has to outlive the page is kept
here. monday.com has no such addresses: a view asks its host, not the API. Sources: monday-sdk-js 0.5.9
(types of the storage's answers), developer.monday.com, "monday.storage" (limits).
"""

import json
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from monday_sandbox.clock import iso_milliseconds
from monday_sandbox.state import Store

LONGEST_KEY = 256
LARGEST_VALUE_BYTES = 6 * 1024 * 1024
#: What the SDK calls the storage that all views of the app share in an account, and that of one view.
SEGMENTS = ("v2", "instance")

_TABLES = """
CREATE TABLE IF NOT EXISTS view_storage (
    account TEXT NOT NULL, instance TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    version TEXT NOT NULL, good_until TEXT, PRIMARY KEY (account, instance, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS view_settings (
    account TEXT NOT NULL, instance TEXT NOT NULL, settings TEXT NOT NULL,
    PRIMARY KEY (account, instance)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS view_values (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, account TEXT NOT NULL, user_id TEXT NOT NULL,
    view TEXT NOT NULL)
"""


class ViewRequestError(ValueError):
    """What a view asked for can't be done; the message says why."""


@dataclass(frozen=True)
class Place:
    """Where a value is kept: the account's slug, the view's instance ("" for all views), the key."""

    account: str
    instance: str
    key: str


def create_blueprint(store: Store) -> Blueprint:
    """The addresses under ``/view``; whoever registers them decides who may ask."""
    with store.writing() as connection:
        for statement in _TABLES.split(";"):
            connection.execute(statement)
    blueprint = Blueprint("view", __name__, url_prefix="/view")

    @blueprint.errorhandler(ViewRequestError)
    def refuse(error: ViewRequestError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @blueprint.post("/storage")
    def storage() -> Response:
        return jsonify(answer_storage(store, _given()))

    @blueprint.get("/settings")
    def settings() -> Response:
        with store.reading() as connection:
            return jsonify(settings=_settings(connection, *_instance(request.args)))

    @blueprint.post("/settings")
    def change_settings() -> Response:
        given = _given()
        wanted = given.get("settings")
        if not isinstance(wanted, dict):
            raise ViewRequestError("settings must be an object.")
        account, instance = _instance(given)
        with store.writing() as connection:
            _keep_settings(connection, account, instance, wanted)
        return jsonify(settings=wanted)

    @blueprint.get("/values")
    def values() -> Response:
        with store.reading() as connection:
            rows = connection.execute("SELECT at, account, user_id, view FROM view_values ORDER BY id")
            return jsonify(values=[dict(row) for row in rows])

    @blueprint.post("/values")
    def value_created() -> Response:
        given = _given()
        account, user_id, view = (_text(given, name) for name in ("account", "user", "view"))
        at = iso_milliseconds(store.clock.now())
        with store.writing() as connection:
            connection.execute(
                "INSERT INTO view_values (at, account, user_id, view) VALUES (?, ?, ?, ?)",
                (at, account, user_id, view),
            )
        return jsonify(at=at)

    @blueprint.get("/app")
    def app() -> Response:
        with store.reading() as connection:
            return jsonify(approved_scopes=_approved_scopes(connection, _text(request.args, "account")))

    return blueprint


def answer_storage(store: Store, given: Mapping[str, Any]) -> dict[str, Any]:
    """Get, set or delete a value, as a view's message asks for it.

    Args:
        store: The sandbox's database.
        given: ``method``, ``key``, ``segment``, ``value`` and ``options`` of the SDK's message, with the
            ``account`` (slug) and the view's ``instance``.

    Returns:
        What the SDK's promise gives as ``data``. A value that meanwhile has another version than
        ``options.previous_version`` stays as it is, with ``success`` false.

    Raises:
        ViewRequestError: the message has not the form of one, or is beyond monday.com's limits.
    """
    place, method = _place(given), given.get("method")
    options = given.get("options")
    now = store.clock.now()
    with store.writing() as connection:
        connection.execute("DELETE FROM view_storage WHERE good_until <= ?", (iso_milliseconds(now),))
        kept = _kept(connection, place)
        if method == "get":
            if kept is None:
                return {"success": True, "value": None}
            return {"success": True, "value": json.loads(kept["value"]), "version": kept["version"]}
        if method == "delete":
            _delete(connection, place)
            return {"success": True, "value": None}
        if method != "set":
            raise ViewRequestError("The storage knows get, set and delete.")
        asked = options if isinstance(options, dict) else {}
        previous = asked.get("previous_version")
        if previous is not None and previous != (kept["version"] if kept else None):
            return _version_conflict(kept)
        ttl = asked.get("ttl")
        until = now + timedelta(seconds=float(ttl)) if isinstance(ttl, (int, float)) else None
        version = _keep(connection, place, given.get("value"), iso_milliseconds(until) if until else None)
        return {"success": True, "version": version}


def _version_conflict(kept: sqlite3.Row | None) -> dict[str, Any]:
    return {
        "success": False,
        "reason": "version_conflict",
        "error": "The value was changed since that version was read.",
        "version": kept["version"] if kept else None,
    }


def _place(given: Mapping[str, Any]) -> Place:
    segment = given.get("segment")
    if segment not in SEGMENTS:
        raise ViewRequestError(f"segment must be one of {', '.join(SEGMENTS)}.")
    key = _text(given, "key")
    if len(key) > LONGEST_KEY:
        raise ViewRequestError(f"A key may have {LONGEST_KEY} characters at most, this one has {len(key)}.")
    account, instance = _instance(given)
    return Place(account, instance if segment == "instance" else "", key)


def _kept(connection: sqlite3.Connection, place: Place) -> sqlite3.Row | None:
    found: sqlite3.Row | None = connection.execute(
        "SELECT value, version FROM view_storage WHERE account = ? AND instance = ? AND key = ?",
        (place.account, place.instance, place.key),
    ).fetchone()
    return found


def _keep(connection: sqlite3.Connection, place: Place, value: Any, good_until: str | None) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text.encode()) > LARGEST_VALUE_BYTES:
        raise ViewRequestError("A value may have 6 MB at most.")
    version = uuid.uuid4().hex
    connection.execute(
        "INSERT OR REPLACE INTO view_storage VALUES (?, ?, ?, ?, ?, ?)",
        (place.account, place.instance, place.key, text, version, good_until),
    )
    return version


def _delete(connection: sqlite3.Connection, place: Place) -> None:
    connection.execute(
        "DELETE FROM view_storage WHERE account = ? AND instance = ? AND key = ?",
        (place.account, place.instance, place.key),
    )


def _settings(connection: sqlite3.Connection, account: str, instance: str) -> dict[str, Any]:
    row = connection.execute(
        "SELECT settings FROM view_settings WHERE account = ? AND instance = ?", (account, instance)
    ).fetchone()
    found: dict[str, Any] = json.loads(row["settings"]) if row else {}
    return found


def _keep_settings(
    connection: sqlite3.Connection, account: str, instance: str, settings: Mapping[str, Any]
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO view_settings VALUES (?, ?, ?)", (account, instance, json.dumps(settings))
    )


def _approved_scopes(connection: sqlite3.Connection, slug: str) -> list[str]:
    """What the account has agreed to when it last installed the app."""
    row = connection.execute(
        "SELECT scopes FROM app_installs JOIN accounts ON accounts.id = account_id WHERE slug = ?",
        (slug,),
    ).fetchone()
    return row["scopes"].split() if row else []


def _instance(given: Mapping[str, Any]) -> tuple[str, str]:
    return _text(given, "account"), _text(given, "instance")


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise ViewRequestError(f"{name} must be a text.")
    return value


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}
