"""The app is let in by monday.com's OAuth, in the flow of today and in the older one."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from app.monday import oauth
from app.monday.errors import MondayFaultError, MondayUncertainError, MondayUnreachableError
from app.settings import Settings
from tests.subjects.monday.scripted import Peer, Script, answers, hangs_up, scripted_peer

ENDS_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACCESS = jwt.encode(
    {"exp": int(ENDS_AT.timestamp())}, "monday-coms-own-secret-of-32-bytes", algorithm="HS256"
)
GIVEN = {
    "access_token": ACCESS,
    "refresh_token": "next",
    "token_type": "Bearer",
    "scope": "me:read boards:read",
}
ME = {"id": "7", "name": "Ada", "account": {"id": "42", "slug": "acme", "name": "Acme AB"}}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with scripted_peer(answers(GIVEN)) as running:
        yield running


@pytest.fixture
def settings(peer: Peer, tmp_path: Path) -> Settings:
    return Settings.from_env(
        {
            "VAR_DIR": str(tmp_path),
            "BASE_URL": "https://support.example",
            "MONDAY_AUTH_URL": peer.url,
            "MONDAY_API_URL": f"{peer.url}/v2",
            "MONDAY_CLIENT_ID": "client",
            "MONDAY_CLIENT_SECRET": "secret",
            "MONDAY_TIMEOUT_SECONDS": "2",
        }
    )


def consent_query(settings: Settings, **changes: Any) -> dict[str, str]:
    address = oauth.authorize_url(settings, state="s", verifier="v" * 43, **changes)
    assert address.startswith(f"{settings.monday_auth_url}/oauth2/authorize?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_consent_page_is_asked_for_all_scopes_and_the_way_back(settings: Settings) -> None:
    query = consent_query(settings)
    assert query["client_id"] == "client"
    assert query["redirect_uri"] == "https://support.example/oauth/callback"
    assert query["scope"].split() == list(oauth.SCOPES)
    assert query["state"] == "s"


def test_the_consent_page_learns_only_the_verifiers_hash(settings: Settings) -> None:
    query = consent_query(settings)
    digest = hashlib.sha256(b"v" * 43).digest()
    assert query["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert query["code_challenge_method"] == "S256"
    assert "v" * 43 not in str(query)


def test_an_account_can_be_chosen_beforehand(settings: Settings) -> None:
    assert consent_query(settings, subdomain="acme")["subdomain"] == "acme"
    assert "subdomain" not in consent_query(settings)


def test_no_two_verifiers_are_alike() -> None:
    verifiers = {oauth.new_verifier() for _ in range(100)}
    assert len(verifiers) == 100
    assert all(43 <= len(verifier) <= 128 for verifier in verifiers)


def test_a_code_becomes_tokens(settings: Settings, peer: Peer) -> None:
    tokens = oauth.exchange_code(settings, code="c", verifier="v")
    assert tokens == oauth.Tokens(ACCESS, "next", ENDS_AT, ("boards:read", "me:read"))
    (heard,) = peer.heard
    assert heard.path == "/oauth_ms/oauth/token"
    assert heard.body == {
        "grant_type": "authorization_code",
        "code": "c",
        "code_verifier": "v",
        "redirect_uri": "https://support.example/oauth/callback",
        "client_id": "client",
        "client_secret": "secret",
    }


def test_a_refresh_token_becomes_the_next_pair(settings: Settings, peer: Peer) -> None:
    assert oauth.refresh(settings, "last").refresh_token == "next"
    assert peer.heard[0].body["grant_type"] == "refresh_token"
    assert peer.heard[0].body["refresh_token"] == "last"


def test_the_older_flow_has_its_own_address_and_tokens_without_an_end(settings: Settings, peer: Peer) -> None:
    peer.script = answers({"access_token": "opaque", "token_type": "Bearer", "scope": "me:read,boards:read"})
    older = replace(settings, monday_oauth_flow="legacy")
    assert "code_challenge" not in consent_query(older)
    tokens = oauth.exchange_code(older, code="c", verifier="v")
    assert tokens == oauth.Tokens("opaque", None, None, ("boards:read", "me:read"))
    assert peer.heard[0].path == "/oauth2/token"
    assert "code_verifier" not in peer.heard[0].body


@pytest.mark.parametrize("end", [None, "soon", 1e30, -1e30, []])
def test_a_token_with_a_senseless_end_has_none(settings: Settings, peer: Peer, end: Any) -> None:
    token = jwt.encode({"exp2": 1}, "monday-coms-own-secret-of-32-bytes", algorithm="HS256")
    head, _, signature = token.split(".")
    body = (
        base64.urlsafe_b64encode(b'{"exp": %s}' % str(end).replace("None", "null").encode())
        .decode()
        .rstrip("=")
    )
    peer.script = answers({**GIVEN, "access_token": f"{head}.{body}.{signature}"})
    assert oauth.exchange_code(settings, code="c", verifier="v").expires_at is None


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"error": "invalid_grant", "error_description": "expired"}, "invalid_grant"),
        (401, {"error": "invalid_client"}, "invalid_client"),
        (403, {}, "status 403"),
        (400, {"error": "<script>alert(1)</script>"}, "status 400"),
        (200, {"token": "missing"}, "status 200"),
        (200, {"access_token": 5}, "status 200"),
    ],
)
def test_a_refusal_carries_mondays_word_for_it(
    settings: Settings, peer: Peer, status: int, body: Any, reason: str
) -> None:
    peer.script = answers(body, status=status)
    with pytest.raises(oauth.OAuthRefusedError) as refused:
        oauth.refresh(settings, "last")
    assert refused.value.reason == reason
    assert refused.value.permanent
    assert "last" not in refused.value.message


@pytest.mark.parametrize(
    "script", [answers({}, status=503), answers({}, status=429), answers(b"<html>", status=200), hangs_up]
)
def test_an_answer_that_is_none_leaves_the_refresh_token_perhaps_spent(
    settings: Settings, peer: Peer, script: Script
) -> None:
    peer.script = script
    with pytest.raises(MondayUncertainError):
        oauth.refresh(settings, "last")


def test_a_token_service_that_is_not_there_surely_spent_nothing(settings: Settings) -> None:
    with pytest.raises(MondayUnreachableError):
        oauth.refresh(replace(settings, monday_auth_url="http://127.0.0.1:1"), "last")


def test_monday_says_whose_a_token_is(settings: Settings, peer: Peer) -> None:
    peer.script = answers({"data": {"me": ME}})
    identity = oauth.identify(settings, "the-token")
    assert identity == oauth.Identity("42", "acme", "Acme AB", "7", "Ada")
    assert peer.heard[0].headers["Authorization"] == "the-token"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"errors": [{"message": "Not authenticated"}]}, MondayFaultError),
        (200, {"data": {"me": None}, "errors": [{"message": "No.", "path": ["me"]}]}, MondayFaultError),
        (200, {"data": {"me": None}}, MondayUncertainError),
        (500, {"error_code": "INTERNAL_SERVER_ERROR"}, MondayFaultError),
    ],
)
def test_a_token_of_nobody_is_refused(
    settings: Settings, peer: Peer, status: int, body: Any, error: type[Exception]
) -> None:
    peer.script = answers(body, status=status)
    with pytest.raises(error):
        oauth.identify(settings, "the-token")
