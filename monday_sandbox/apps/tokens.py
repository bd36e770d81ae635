"""Tokens: of users, of the app by consent (OAuth 2.1 and the legacy flow), and short-lived ones.

Sources: developer.monday.com, OAuth and the new OAuth flow (July and September 2026).
"""

import base64
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt

from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.caller import Caller
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=1)
SHORT_LIFE = timedelta(minutes=5)
#: From the consent, however often the refresh token is renewed.
GRANT_LIFE = timedelta(days=182)

_TABLES = """
CREATE TABLE IF NOT EXISTS oauth_codes (
    code TEXT PRIMARY KEY, user_id INTEGER NOT NULL, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
    challenge TEXT NOT NULL, good_until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS oauth_tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id INTEGER NOT NULL, scopes TEXT NOT NULL,
    good_until TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS oauth_migrated (token TEXT PRIMARY KEY) WITHOUT ROWID;
"""


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
        self._short_key = hashlib.sha256(f"short {app.client_secret}".encode()).hexdigest()
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
                row = self._short_lived_user(connection, token)
        if row is None:
            return None
        return Caller(row["account_id"], row["id"], frozenset(row["scopes"].split()), signed=True)

    def short_lived(self, user_id: int) -> str:
        """A token for five minutes with the app's scopes, as it comes with what monday.com calls."""
        until = self._store.clock.now() + SHORT_LIFE
        claims = {"short": user_id, "exp": int(until.timestamp()), "jti": secrets.token_hex(8)}
        return jwt.encode(claims, self._short_key, algorithm="HS256")

    def _short_lived_user(self, connection: sqlite3.Connection, token: str) -> sqlite3.Row | None:
        """Whose short-lived token it is, with the scopes that the account has approved."""
        try:
            claims = jwt.decode(token, self._short_key, algorithms=["HS256"], options={"verify_exp": False})
        except jwt.InvalidTokenError:
            return None
        if claims.get("exp", 0) <= self._store.clock.now().timestamp():
            return None
        row: sqlite3.Row | None = connection.execute(
            "SELECT users.id, users.account_id, app_installs.scopes FROM users"
            " JOIN app_installs ON app_installs.account_id = users.account_id WHERE users.id = ?",
            (claims.get("short"),),
        ).fetchone()
        return row

    def migrate(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Tokens of the new flow for one of the old, which goes on; asked again, others.

        Raises:
            GrantError: the client or its flow is not right, or the token is none of the old flow.
        """
        self._require_client(given)
        self._require_flow("2.1")
        token = str(given.get("api_token") or "")
        with self._store.writing() as connection:
            row = connection.execute(
                "SELECT user_id, scopes FROM oauth_tokens"
                " WHERE token = ? AND kind = 'access' AND good_until IS NULL",
                (token,),
            ).fetchone()
            if row is None:
                raise GrantError("invalid_grant", "The api_token is none of the old flow.")
            is_first = connection.execute(
                "INSERT INTO oauth_migrated VALUES (?) ON CONFLICT DO NOTHING", (token,)
            ).rowcount
        end = iso_seconds(self._store.clock.now() + GRANT_LIFE)
        made = self._give(row["user_id"], row["scopes"], end)
        return {
            **made,
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "already_migrated": not is_first,
        }

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
            GrantError: the client, its flow, the code, the verifier or the token is not right.
        """
        self._require_client(given)
        self._require_flow("legacy" if legacy else "2.1")
        if legacy or given.get("grant_type") == "authorization_code":
            user_id, scopes = self._take_code(given, challenge_required=not legacy)
            end = iso_seconds(self._store.clock.now() + GRANT_LIFE)
            return self._give(user_id, scopes, None if legacy else end)
        if given.get("grant_type") == "refresh_token":
            return self._give(*self._take_refresh_token(str(given.get("refresh_token") or "")))
        raise GrantError("unsupported_grant_type", "Use authorization_code or refresh_token.")

    def revoke(self, given: Mapping[str, Any]) -> dict[str, Any]:
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
        return {"success": True}

    def revoke_account(self, account_id: int) -> None:
        """Forget every grant of an account, as when its admin removes the app."""
        with self._store.writing() as connection:
            connection.execute(
                "DELETE FROM oauth_tokens WHERE user_id IN (SELECT id FROM users WHERE account_id = ?)",
                (account_id,),
            )

    def _require_client(self, given: Mapping[str, Any]) -> None:
        is_known = given.get("client_id") == self._app.client_id
        if not is_known or not is_same(str(given.get("client_secret") or ""), self._app.client_secret):
            raise GrantError("invalid_client", "The client id or secret is not right.", 401)

    def _require_flow(self, flow: str) -> None:
        if self._app.oauth_flow not in ("both", flow):
            raise GrantError("unauthorized_client", "The app's version is on the other OAuth flow.")

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
            if not row["challenge"] or not is_same(made, row["challenge"]):
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


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
