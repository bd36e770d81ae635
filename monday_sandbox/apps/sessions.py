"""Tokens that say who looks at a view, and the short-lived ones that come with what monday.com calls.

Claims of session tokens as observed by developers (2025 and 2026); their life is documented nowhere.
"""

import secrets
from typing import Any

import jwt

from monday_sandbox.apps import subscriptions
from monday_sandbox.apps.registration import APP_ID, AppSecrets, machine_seconds
from monday_sandbox.state import Store

#: Short, so that nobody keeps one.
SESSION_SECONDS = 300
INTEGRATION_SECONDS = 300


def session_token(store: Store, app: AppSecrets, slug: str, user: str) -> str | None:
    """A fresh token for a user's look at a view, signed with the client secret; None: no such user.

    Args:
        store: The state.
        app: Whose view it is.
        slug: The account.
        user: The user's id, or a part of the name.
    """
    moment = store.clock.now()
    with store.reading() as connection:
        row = connection.execute(
            "SELECT users.*, slug FROM users JOIN accounts ON accounts.id = account_id"
            " WHERE slug = ? AND (CAST(users.id AS TEXT) = ? OR instr(users.name, ?) > 0) ORDER BY users.id",
            (slug, user, user),
        ).fetchone()
        held = None if row is None else subscriptions.effective(connection, row["account_id"], moment)
    if row is None:
        return None
    now = machine_seconds()
    kind = row["kind"]
    dat: dict[str, Any] = {
        "client_id": app.client_id,
        "user_id": row["id"],
        "account_id": row["account_id"],
        "slug": row["slug"],
        "app_id": APP_ID,
        "app_version_id": app.version_id,
        "install_id": row["account_id"],
        "is_admin": kind == "admin",
        "is_view_only": kind == "view_only",
        "is_guest": kind == "guest",
        "user_kind": kind,
    }
    if held is not None:
        dat["subscription"] = subscriptions.told(held, moment)
    claims = {"dat": dat, "iat": now, "exp": now + SESSION_SECONDS, "jti": secrets.token_hex(8)}
    return jwt.encode(claims, app.client_secret, algorithm="HS256")


def integration_token(app: AppSecrets, *, account_id: int, user_id: int, audience: str, short: str) -> str:
    """The token in the header of what monday.com's automations call, signed with the signing secret."""
    now = machine_seconds()
    claims = {
        "accountId": account_id,
        "userId": user_id,
        "aud": audience,
        "exp": now + INTEGRATION_SECONDS,
        "iat": now,
        "shortLivedToken": short,
    }
    return jwt.encode(claims, app.signing_secret, algorithm="HS256")
