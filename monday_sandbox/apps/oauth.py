"""Consent pages and token addresses: the OAuth 2.1 flow with PKCE, and the legacy one.

Sources: developer.monday.com, OAuth and the new OAuth flow (July and September 2026).
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from monday_sandbox.apps import asking
from monday_sandbox.apps.asking import NobodyToTellError, Problem, Wish
from monday_sandbox.apps.installs import Installs
from monday_sandbox.apps.registration import SCOPES, AppSecrets
from monday_sandbox.apps.tokens import GrantError, Tokens
from monday_sandbox.state import Store

#: Of a request for consent, what the form of the page sends along.
_KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "app_version_id",
    "force_install_if_needed",
    "code_challenge",
    "code_challenge_method",
)
#: "An admin must have installed the app before members can authorise."
_INSTALL_FIRST = Problem("unauthorized_client", "An admin of the account has to install the app first.")


def create_blueprint(store: Store, tokens: Tokens, installs: Installs, app: AppSecrets) -> Blueprint:
    """The pages and addresses under ``/oauth2`` and ``/oauth_ms``."""
    blueprint = Blueprint("oauth", __name__, template_folder="../pages/templates")

    @blueprint.errorhandler(NobodyToTellError)
    def tell_the_person(error: NobodyToTellError) -> Response:
        return _sentence(str(error))

    @blueprint.get("/oauth2/authorize")
    def ask() -> AnyResponse:
        wish, problem = asking.read(request.args, app)
        if problem is not None:
            return _refuse(wish, problem)
        consent = _consent(store, request.args, wish)
        if not consent["accounts"]:
            return _sentence("There is no account with that subdomain.")
        return Response(render_template("pages/consent.html", **consent))

    @blueprint.post("/oauth2/authorize")
    def decide() -> AnyResponse:
        wish, problem = asking.read(request.form, app)
        if problem is not None:
            return _refuse(wish, problem)
        if request.form.get("decision") != "allow":
            return _refuse(wish, Problem("access_denied", "The user denied the request."))
        user = _user(store, request.form.get("user_id", ""))
        if user is None:
            return _sentence("Choose who agrees; there is no such user.")
        scopes = " ".join(wish.scopes)
        problem = asking.problem_of_person(user)
        if problem is None and wish.is_link and user["kind"] != "admin":
            problem = _INSTALL_FIRST
        if problem is None and not installs.consented(user["account_id"], user, scopes):
            problem = _INSTALL_FIRST
        if problem is not None:
            return _refuse(wish, problem)
        if wish.is_link:
            return redirect(wish.way_back({})) if wish.redirect_uri else _installed()
        code = tokens.new_code(user["id"], wish.redirect_uri, scopes, wish.challenge)
        return redirect(wish.way_back({"code": code}))

    @blueprint.post("/oauth_ms/oauth/token", defaults={"legacy": False})
    @blueprint.post("/oauth2/token", defaults={"legacy": True})
    def give(*, legacy: bool) -> tuple[Response, int]:
        return _answered(lambda: tokens.exchange(_given(), legacy=legacy))

    @blueprint.post("/oauth_ms/oauth/migrate")
    def migrate() -> tuple[Response, int]:
        return _answered(lambda: tokens.migrate(_given()))

    @blueprint.post("/oauth_ms/oauth/revoke")
    def revoke() -> tuple[Response, int]:
        return _answered(lambda: tokens.revoke(_given()))

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


def _answered(act: Callable[[], Mapping[str, Any]]) -> tuple[Response, int]:
    try:
        return jsonify(act()), 200
    except GrantError as error:
        return jsonify(error=error.error, error_description=error.description), error.status


def _refuse(wish: Wish, problem: Problem) -> AnyResponse:
    """Tell the app at its address; where it has named none, the person."""
    if not wish.redirect_uri:
        return _sentence(problem.description)
    return redirect(wish.way_back({"error": problem.error, "error_description": problem.description}))


def _installed() -> Response:
    return Response("The app is installed.", mimetype="text/plain")


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


def _consent(store: Store, given: Mapping[str, str], wish: Wish) -> dict[str, Any]:
    with store.reading() as connection:
        accounts = connection.execute("SELECT * FROM accounts ORDER BY id").fetchall()
        users = connection.execute("SELECT * FROM users ORDER BY kind, id").fetchall()
    slug = given.get("subdomain")
    return {
        "fields": {name: given[name] for name in _KEPT if given.get(name)} | {"scope": " ".join(wish.scopes)},
        "scopes": wish.scopes,
        "accounts": [
            {"name": a["name"], "slug": a["slug"], "users": [u for u in users if u["account_id"] == a["id"]]}
            for a in accounts
            if slug is None or a["slug"] == slug
        ],
    }
