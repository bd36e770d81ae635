"""Consent pages and token addresses: the OAuth 2.1 flow with PKCE, and the legacy one.

Redirect addresses may be any on this machine (on monday.com they are configured in the Developer
Center). Sources: developer.monday.com, OAuth and the new OAuth flow (July and September 2026).
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from monday_sandbox.apps.installs import Installs
from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.apps.tokens import SCOPES, GrantError, Tokens
from monday_sandbox.state import Store

#: "An admin must have installed the app before members can authorise."
_INSTALL_FIRST = {
    "error": "unauthorized_client",
    "error_description": "An admin of the account has to install the app first.",
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_blueprint(store: Store, tokens: Tokens, installs: Installs, app: AppSecrets) -> Blueprint:
    """The pages and addresses under ``/oauth2`` and ``/oauth_ms``."""
    blueprint = Blueprint("oauth", __name__, template_folder="../pages/templates")

    @blueprint.get("/oauth2/authorize")
    def ask() -> AnyResponse:
        problem = _problem(request.args, app)
        consent = _consent(store, request.args)
        if problem is None and not consent["accounts"]:
            problem = "There is no account with that subdomain."
        if problem is not None:
            return _sentence(problem)
        return Response(render_template("pages/consent.html", **consent))

    @blueprint.post("/oauth2/authorize")
    def decide() -> AnyResponse:
        problem = _problem(request.form, app)
        if problem is not None:
            return _sentence(problem)
        back = request.form["redirect_uri"]
        state = {"state": request.form["state"]} if request.form.get("state") else {}
        if request.form.get("decision") != "allow":
            refusal = {"error": "access_denied", "error_description": "The user denied the request.", **state}
            return redirect(_with(back, refusal))
        user = _user(store, request.form.get("user_id", ""))
        if user is None:
            return _sentence("Choose who agrees; there is no such user.")
        scopes = " ".join(_scopes(request.form))
        reason = _refusal(user) or (
            None if installs.consented(user["account_id"], user, scopes) else _INSTALL_FIRST
        )
        if reason is not None:
            return redirect(_with(back, {**reason, **state}))
        code = tokens.new_code(user["id"], back, scopes, request.form.get("code_challenge", ""))
        return redirect(_with(back, {"code": code, **state}))

    @blueprint.post("/oauth_ms/oauth/token", defaults={"legacy": False})
    @blueprint.post("/oauth2/token", defaults={"legacy": True})
    def give(*, legacy: bool) -> tuple[Response, int]:
        try:
            return jsonify(tokens.exchange(_given(), legacy=legacy)), 200
        except GrantError as error:
            return jsonify(error=error.error, error_description=error.description), error.status

    @blueprint.post("/oauth_ms/oauth/migrate")
    def migrate() -> tuple[Response, int]:
        try:
            return jsonify(tokens.migrate(_given())), 200
        except GrantError as error:
            return jsonify(error=error.error, error_description=error.description), error.status

    @blueprint.post("/oauth_ms/oauth/revoke")
    def revoke() -> tuple[Response, int]:
        try:
            tokens.revoke(_given())
        except GrantError as error:
            return jsonify(error=error.error, error_description=error.description), error.status
        return jsonify(success=True), 200

    @blueprint.get("/oauth_ms/.well-known/oauth-authorization-server")
    def discover() -> Response:
        root = request.host_url.rstrip("/")
        return jsonify(
            issuer=root,
            authorization_endpoint=f"{root}/oauth2/authorize",
            token_endpoint=f"{root}/oauth_ms/oauth/token",
            revocation_endpoint=f"{root}/oauth_ms/oauth/revoke",
            response_types_supported=["code"],
            token_endpoint_auth_methods_supported=["client_secret_post"],
            code_challenge_methods_supported=["S256"],
            grant_types_supported=["authorization_code", "refresh_token"],
            scopes_supported=sorted(SCOPES),
        )

    return blueprint


def _problem(given: Mapping[str, str], app: AppSecrets) -> str | None:
    if given.get("client_id") != app.client_id:
        return f"There is no app with the client id {json.dumps(given.get('client_id'))}."
    if not _is_of_this_machine(given.get("redirect_uri") or ""):
        return "The redirect_uri must be an http address of this machine; the sandbox is for development."
    unknown = set(_scopes(given)) - SCOPES
    if unknown:
        return f"There are no scopes called {', '.join(sorted(unknown))}."
    if given.get("response_type", "code") not in ("code", "install"):
        return "The response_type must be code, or install for the link that shares the app."
    if given.get("code_challenge") and given.get("code_challenge_method") != "S256":
        return "The code_challenge_method must be S256."
    return None


def _is_of_this_machine(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme == "http" and address.hostname in _LOOPBACK


def _with(url: str, parameters: Mapping[str, str]) -> str:
    """An address with parameters after those it has."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parameters)}"


def _sentence(problem: str) -> Response:
    """A refusal as plain text: what the browser sent is in it."""
    return Response(problem, status=400, mimetype="text/plain")


def _given() -> Mapping[str, Any]:
    """The request's parameters, as JSON or as a form."""
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else request.form


def _user(store: Store, user_id: str) -> sqlite3.Row | None:
    with store.reading() as connection:
        row: sqlite3.Row | None = connection.execute(
            "SELECT * FROM users WHERE CAST(id AS TEXT) = ?", (user_id,)
        ).fetchone()
    return row


def _refusal(user: sqlite3.Row) -> Mapping[str, str] | None:
    """Why somebody can't agree, as it is told to the app; None when they can."""
    if user["status"] != "ACTIVE" or user["kind"] == "view_only":
        return {"error": "access_denied", "error_description": "The user may not authorize apps."}
    return None


def _scopes(given: Mapping[str, str]) -> list[str]:
    return (given.get("scope") or "me:read").split()


def _consent(store: Store, given: Mapping[str, str]) -> dict[str, Any]:
    with store.reading() as connection:
        accounts = connection.execute("SELECT * FROM accounts ORDER BY id").fetchall()
        users = connection.execute("SELECT * FROM users ORDER BY kind, id").fetchall()
    slug = given.get("subdomain")
    kept = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")
    return {
        "fields": {name: given[name] for name in kept if given.get(name)}
        | {"scope": " ".join(_scopes(given))},
        "scopes": _scopes(given),
        "accounts": [
            {"name": a["name"], "slug": a["slug"], "users": [u for u in users if u["account_id"] == a["id"]]}
            for a in accounts
            if slug is None or a["slug"] == slug
        ],
    }
