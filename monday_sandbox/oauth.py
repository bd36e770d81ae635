"""Consent and tokens: the OAuth 2.1 flow with PKCE and rotating refresh tokens, and the legacy one.

One app is registered, by the environment's client id and secrets. Its redirect addresses may
be any on this machine (on monday.com they are configured in the Developer Center).
Sources: developer.monday.com, OAuth and the new OAuth flow (July and September 2026).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from monday_sandbox.api import Caller
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=1)
#: From the consent, however often the refresh token is renewed.
GRANT_LIFE = timedelta(days=182)
SCOPES = frozenset(
    {
        "account:read",
        "assets:read",
        "boards:read",
        "boards:write",
        "departments:read",
        "departments:write",
        "docs:read",
        "docs:write",
        "me:read",
        "notifications:write",
        "tags:read",
        "teams:read",
        "teams:write",
        "updates:read",
        "updates:write",
        "users:read",
        "users:write",
        "webhooks:read",
        "webhooks:write",
        "workspaces:read",
        "workspaces:write",
    }
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_TABLES = """
CREATE TABLE IF NOT EXISTS oauth_codes (
    code TEXT PRIMARY KEY, user_id INTEGER NOT NULL, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
    challenge TEXT NOT NULL, good_until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS oauth_tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id INTEGER NOT NULL, scopes TEXT NOT NULL,
    good_until TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class AppSecrets:
    """The one registered app, as the Developer Center would show it."""

    client_id: str
    client_secret: str
    signing_secret: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "AppSecrets":
        """From ``MONDAY_CLIENT_ID``, ``MONDAY_CLIENT_SECRET`` and ``MONDAY_SIGNING_SECRET``."""
        return cls(
            environ.get("MONDAY_CLIENT_ID") or "sandbox-client-id",
            environ.get("MONDAY_CLIENT_SECRET") or "sandbox-client-secret-of-this-machine",
            environ.get("MONDAY_SIGNING_SECRET") or "sandbox-signing-secret-of-this-machine",
        )


class GrantError(Exception):
    """A token is not given; the names are those of OAuth."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


class Tokens:
    """Who a token belongs to, and the giving of tokens."""

    def __init__(self, store: Store, app: AppSecrets) -> None:
        self._store = store
        self._app = app
        with store.writing() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    def caller(self, authorization: str | None) -> Caller | None:
        """Whose token this is; None when it is nobody's (any more)."""
        token = (authorization or "").removeprefix("Bearer ").strip()
        if not token:
            return None
        now = iso_seconds(self._store.clock.now())
        with self._store.reading() as connection:
            own = connection.execute(
                "SELECT id, account_id FROM users WHERE api_token = ?", (token,)
            ).fetchone()
            if own is not None:
                return Caller(own["account_id"], own["id"], None, signed=False)
            row = connection.execute(
                "SELECT users.id, account_id, scopes FROM oauth_tokens JOIN users ON users.id = user_id"
                " WHERE token = ? AND oauth_tokens.kind = 'access'"
                " AND (good_until IS NULL OR good_until > ?)",
                (token, now),
            ).fetchone()
        if row is None:
            return None
        return Caller(row["account_id"], row["id"], frozenset(row["scopes"].split()), signed=True)

    def new_code(self, user_id: int, redirect_uri: str, scopes: str, challenge: str) -> str:
        """A code that can be exchanged once, within ten minutes."""
        code = secrets.token_urlsafe(24)
        good_until = iso_seconds(self._store.clock.now() + CODE_LIFE)
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO oauth_codes VALUES (?, ?, ?, ?, ?, ?)",
                (code, user_id, redirect_uri, scopes, challenge, good_until),
            )
        return code

    def exchange(self, given: Mapping[str, Any], *, legacy: bool) -> dict[str, Any]:
        """Tokens for a code or a refresh token.

        Raises:
            GrantError: the client, the code, the verifier or the token is not right.
        """
        self._require_client(given)
        if legacy or given.get("grant_type") == "authorization_code":
            user_id, scopes = self._take_code(given, challenge_required=not legacy)
            end = iso_seconds(self._store.clock.now() + GRANT_LIFE)
            return self._give(user_id, scopes, None if legacy else end)
        if given.get("grant_type") == "refresh_token":
            return self._give(*self._take_refresh_token(str(given.get("refresh_token") or "")))
        raise GrantError("unsupported_grant_type", "Use authorization_code or refresh_token.")

    def revoke(self, given: Mapping[str, Any]) -> None:
        """Forget a token, and with it its user's grants.

        Raises:
            GrantError: the client is not right. An unknown token is none of that.
        """
        self._require_client(given)
        token = str(given.get("token") or "")
        with self._store.writing() as connection:
            row = connection.execute("SELECT user_id FROM oauth_tokens WHERE token = ?", (token,)).fetchone()
            if row is not None:
                connection.execute("DELETE FROM oauth_tokens WHERE user_id = ?", (row["user_id"],))

    def revoke_account(self, account_id: int) -> None:
        """Forget every grant of an account, as when its admin removes the app."""
        with self._store.writing() as connection:
            connection.execute(
                "DELETE FROM oauth_tokens WHERE user_id IN (SELECT id FROM users WHERE account_id = ?)",
                (account_id,),
            )

    def _require_client(self, given: Mapping[str, Any]) -> None:
        is_known = given.get("client_id") == self._app.client_id
        if not is_known or not _is_same(str(given.get("client_secret") or ""), self._app.client_secret):
            raise GrantError("invalid_client", "The client id or secret is not right.", 401)

    def _take_code(self, given: Mapping[str, Any], *, challenge_required: bool) -> tuple[int, str]:
        with self._store.writing() as connection:
            row = connection.execute(
                "DELETE FROM oauth_codes WHERE code = ? RETURNING *", (str(given.get("code") or ""),)
            ).fetchone()
        if row is None or row["good_until"] <= iso_seconds(self._store.clock.now()):
            raise GrantError("invalid_grant", "The code is unknown, used or too old.")
        if given.get("redirect_uri") not in (None, row["redirect_uri"]):
            raise GrantError("invalid_grant", "The redirect_uri is not the one the code was given for.")
        if challenge_required or row["challenge"]:
            digest = hashlib.sha256(str(given.get("code_verifier") or "").encode()).digest()
            made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if not row["challenge"] or not _is_same(made, row["challenge"]):
                raise GrantError("invalid_grant", "The code_verifier does not fit the code_challenge.")
        return row["user_id"], row["scopes"]

    def _take_refresh_token(self, token: str) -> tuple[int, str, str]:
        """The token's user, scopes and the end of the grant; the token is used up."""
        with self._store.writing() as connection:
            row = connection.execute(
                "DELETE FROM oauth_tokens WHERE token = ? AND kind = 'refresh' RETURNING *", (token,)
            ).fetchone()
        now = self._store.clock.now()
        if row is None:
            raise GrantError("invalid_grant", "The refresh token is unknown or was used before.")
        # Rows of before grants had an end have none.
        grant_end = row["good_until"] or iso_seconds(now + GRANT_LIFE)
        if grant_end <= iso_seconds(now):
            raise GrantError("invalid_grant", "The consent is more than six months old; ask for it again.")
        return row["user_id"], row["scopes"], grant_end

    def _give(self, user_id: int, scopes: str, grant_end: str | None) -> dict[str, Any]:
        """Tokens of a grant that can be renewed until ``grant_end``; None: of the legacy flow."""
        now = self._store.clock.now()
        end = now + TOKEN_LIFE
        claims = {"uid": user_id, "iat": int(now.timestamp()), "jti": secrets.token_hex(8)}
        if grant_end is not None:
            claims["exp"] = int(end.timestamp())
        access = jwt.encode(claims, self._app.client_secret.ljust(32, "."), algorithm="HS256")
        answer = {"access_token": access, "token_type": "Bearer", "scope": scopes}
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO oauth_tokens VALUES (?, 'access', ?, ?, ?)",
                (access, user_id, scopes, None if grant_end is None else iso_seconds(end)),
            )
            if grant_end is not None:
                answer["refresh_token"] = secrets.token_urlsafe(48)
                connection.execute(
                    "INSERT INTO oauth_tokens VALUES (?, 'refresh', ?, ?, ?)",
                    (answer["refresh_token"], user_id, scopes, grant_end),
                )
            connection.execute("DELETE FROM oauth_tokens WHERE good_until <= ?", (iso_seconds(now),))
        return answer


def create_blueprint(store: Store, tokens: Tokens, app: AppSecrets) -> Blueprint:
    """The pages and addresses under ``/oauth2`` and ``/oauth_ms``."""
    blueprint = Blueprint("oauth", __name__, template_folder="pages/templates")

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
        user_id = _user(store, request.form.get("user_id", ""))
        if user_id is None:
            return _sentence("Choose who agrees; there is no such user.")
        code = tokens.new_code(
            user_id, back, " ".join(_scopes(request.form)), request.form.get("code_challenge", "")
        )
        return redirect(_with(back, {"code": code, **state}))

    @blueprint.post("/oauth_ms/oauth/token", defaults={"legacy": False})
    @blueprint.post("/oauth2/token", defaults={"legacy": True})
    def give(*, legacy: bool) -> tuple[Response, int]:
        try:
            return jsonify(tokens.exchange(_given(), legacy=legacy)), 200
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
    if given.get("response_type", "code") != "code":
        return "The response_type must be code."
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


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _sentence(problem: str) -> Response:
    """A refusal as plain text: what the browser sent is in it."""
    return Response(problem, status=400, mimetype="text/plain")


def _given() -> Mapping[str, Any]:
    """The request's parameters, as JSON or as a form."""
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else request.form


def _user(store: Store, user_id: str) -> int | None:
    with store.reading() as connection:
        row = connection.execute("SELECT id FROM users WHERE CAST(id AS TEXT) = ?", (user_id,)).fetchone()
    return None if row is None else int(row["id"])


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
