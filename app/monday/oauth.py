"""How an account lets the app in: monday.com's OAuth, in both flows it has, and who a token is.

``2.1`` is the flow of new apps: PKCE, access tokens that live about an hour, and refresh
tokens of which each may be used once. ``legacy`` gives tokens without an end. Which one an
app uses is set per app version in monday.com's Developer Center.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import jwt

from app.errors import SupportError
from app.monday import documents, faults, transport
from app.monday.errors import MondayFaultError, MondayUncertainError
from app.settings import Settings

#: What the app asks for; the reason of each is in ``monday_manifest/scopes.yaml``.
SCOPES = (
    "account:read",
    "assets:read",
    "boards:read",
    "boards:write",
    "me:read",
    "notifications:write",
    "updates:read",
    "updates:write",
    "users:read",
    "webhooks:read",
    "webhooks:write",
)

_TOKEN_PATHS = {"2.1": "/oauth_ms/oauth/token", "legacy": "/oauth2/token"}


class OAuthRefusedError(SupportError):
    """monday.com refused to give a token; the account must authorise the app again."""

    code = "oauth_refused"
    permanent = True

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"monday.com gave no token ({reason}). Somebody of the account must install the app again."
        )
        #: monday.com's word for it, such as ``invalid_grant``.
        self.reason = reason


@dataclass(frozen=True)
class Tokens:
    """What monday.com gave for a code or a refresh token."""

    access_token: str
    #: To be used once; the answer brings the next. None in the legacy flow.
    refresh_token: str | None
    #: None: the token says of no end.
    expires_at: datetime | None
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Identity:
    """Whose token it is, in monday.com's own words."""

    account_id: str
    account_slug: str
    account_name: str
    user_id: str
    user_name: str


def redirect_uri(settings: Settings) -> str:
    """Where monday.com sends the browser back to; registered with the app, character for character."""
    return f"{settings.base_url}/oauth/callback"


def new_verifier() -> str:
    """A fresh PKCE verifier: 43 characters nobody can guess."""
    return secrets.token_urlsafe(32)


def authorize_url(settings: Settings, *, state: str, verifier: str, subdomain: str | None = None) -> str:
    """The page at monday.com where an admin of the account lets the app in."""
    query = {
        "client_id": settings.monday_client_id,
        "redirect_uri": redirect_uri(settings),
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "state": state,
    }
    if settings.monday_oauth_flow == "2.1":
        query |= {"code_challenge": _challenge(verifier), "code_challenge_method": "S256"}
    if subdomain is not None:
        query["subdomain"] = subdomain
    return f"{settings.monday_auth_url}/oauth2/authorize?{urlencode(query)}"


def exchange_code(settings: Settings, *, code: str, verifier: str) -> Tokens:
    """Turn the code of a callback into tokens; a code lives ten minutes and works once.

    Raises:
        OAuthRefusedError: the code is spent, forged or too old.
        MondayUnreachableError, MondayUncertainError: no answer to that.
    """
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri(settings)}
    if settings.monday_oauth_flow == "2.1":
        grant["code_verifier"] = verifier
    return _ask_for_tokens(settings, grant)


def refresh(settings: Settings, refresh_token: str) -> Tokens:
    """Turn a refresh token into the next pair; the one given is spent by it.

    Raises:
        OAuthRefusedError: the token is spent or too old.
        MondayUnreachableError: surely not spent.
        MondayUncertainError: perhaps spent.
    """
    return _ask_for_tokens(settings, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def identify(settings: Settings, access_token: str) -> Identity:
    """Ask monday.com whose token it is; neither the browser nor the token's answer is believed.

    Raises:
        MondayFaultError: monday.com refused to say.
        MondayUnreachableError, MondayUncertainError: no answer to that.
    """
    call = transport.Call(
        api_url=settings.monday_api_url,
        token=access_token,
        document=documents.load("me"),
        variables={},
        timeout_seconds=settings.monday_timeout_seconds,
    )
    answer = transport.send(call)
    fault = faults.classify(answer.status, answer.headers, answer.body)
    fault = fault or next(iter(faults.alias_faults(answer.body).values()), None)
    if fault is not None:
        raise MondayFaultError(fault)
    me = answer.body["data"]["me"]
    if me is None:
        raise MondayUncertainError("monday.com did not say whose token it is.", status=answer.status)
    return Identity(
        account_id=str(me["account"]["id"]),
        account_slug=me["account"]["slug"],
        account_name=me["account"]["name"],
        user_id=str(me["id"]),
        user_name=me["name"],
    )


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _ask_for_tokens(settings: Settings, grant: Mapping[str, str]) -> Tokens:
    answer = transport.post_json(
        settings.monday_auth_url + _TOKEN_PATHS[settings.monday_oauth_flow],
        {
            **grant,
            "client_id": settings.monday_client_id,
            "client_secret": settings.monday_client_secret,
        },
        timeout_seconds=settings.monday_timeout_seconds,
    )
    if answer.status >= 500 or answer.status == 429:
        raise MondayUncertainError(
            f"monday.com's token service answered with status {answer.status}.", status=answer.status
        )
    access_token = answer.body.get("access_token")
    if answer.status != 200 or not isinstance(access_token, str):
        raise OAuthRefusedError(_refusal(answer))
    refresh_token = answer.body.get("refresh_token")
    return Tokens(
        access_token=access_token,
        refresh_token=refresh_token if isinstance(refresh_token, str) else None,
        expires_at=_end_of(access_token),
        scopes=_scopes(answer.body.get("scope")),
    )


def _refusal(answer: transport.Answer) -> str:
    reason = answer.body.get("error")
    return reason if isinstance(reason, str) and reason.isidentifier() else f"status {answer.status}"


def _end_of(access_token: str) -> datetime | None:
    """The token's own ``exp``; it is monday.com's to verify, we only read when to renew."""
    try:
        claims: dict[str, Any] = jwt.decode(access_token, options={"verify_signature": False})
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _scopes(granted: object) -> tuple[str, ...]:
    return tuple(sorted(granted.replace(",", " ").split())) if isinstance(granted, str) else ()
