"""Consent and tokens: who is let in, for how long, and who is not."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from monday_sandbox.testing import RunningSandbox
from tests.conformance import served
from tests.conformance.served import (
    REDIRECT_URI,
    VERIFIER,
    advance,
    app_token,
    ask_for_tokens,
    code_for,
    consent_form,
    decide,
)

ME = "{ me { name account { slug } } }"
LEGACY = "/oauth2/token"


def page(sandbox: RunningSandbox, **other: str) -> requests.Response:
    """The consent page as the browser asks for it."""
    asked = {
        name: value for name, value in consent_form(sandbox).items() if name not in ("user_id", "decision")
    }
    return requests.get(
        f"{sandbox.url}/oauth2/authorize",
        params={**asked, "response_type": "code", **other},
        timeout=10,
    )


def grant(sandbox: RunningSandbox, slug: str = "synerity", **other: str) -> dict[str, Any]:
    """The tokens of a consent."""
    code = code_for(sandbox, slug, **other)
    given: dict[str, Any] = ask_for_tokens(sandbox, code=code, code_verifier=VERIFIER).json()
    return given


def refresh(sandbox: RunningSandbox, refresh_token: str) -> requests.Response:
    return ask_for_tokens(sandbox, grant_type="refresh_token", refresh_token=refresh_token, redirect_uri=None)


def works(sandbox: RunningSandbox, token: str) -> bool:
    return sandbox.graphql(token, ME).status_code == 200


def sent_back(answer: requests.Response) -> dict[str, str]:
    """What the browser brings back to the app."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(REDIRECT_URI)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_the_page_says_what_is_asked_and_who_may_agree(sandbox: RunningSandbox) -> None:
    text = page(sandbox).text
    for expected in ("boards:read", "webhooks:write", "Synerity Integration", "Karin Holm"):
        assert expected in text


def test_a_subdomain_chooses_the_account(sandbox: RunningSandbox) -> None:
    text = page(sandbox, subdomain="customer-silver").text
    assert "Sara Lundgren" in text
    assert "Karin Holm" not in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "<script>alert(1)</script>"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1.evil.example/"},
        {"redirect_uri": "http://["},
        {"redirect_uri": ""},
    ],
)
def test_a_wrong_request_is_refused_in_a_sentence(sandbox: RunningSandbox, wrong: dict[str, str]) -> None:
    asked, sent = page(sandbox, **wrong), decide(sandbox, consent_form(sandbox, **wrong))
    for answer in (asked, sent):
        assert answer.status_code == 400
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.text.endswith(".")


def asked(sandbox: RunningSandbox, **other: str) -> requests.Response:
    """As ``page``, where the browser is sent back at once."""
    given = {**consent_form(sandbox), "response_type": "code", **other}
    return requests.get(f"{sandbox.url}/oauth2/authorize", params=given, allow_redirects=False, timeout=10)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"scope": "boards:read everything:write"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"app_version_id": "17"}, "invalid_request"),
    ],
)
def test_an_app_hears_of_its_mistake_at_its_own_address(
    sandbox: RunningSandbox, wrong: dict[str, str], error: str
) -> None:
    for answer in (asked(sandbox, **wrong), decide(sandbox, consent_form(sandbox, **wrong))):
        back = sent_back(answer)
        assert (back["error"], back["state"]) == (error, "what was sent along")
        assert "code" not in back


def test_there_is_no_page_for_an_unknown_account(sandbox: RunningSandbox) -> None:
    assert page(sandbox, subdomain="nobody").status_code == 400


@pytest.mark.parametrize("user_id", ["", "1", "9" * 40, "٣", "82440115 OR 1"])
def test_nobody_can_not_agree(sandbox: RunningSandbox, user_id: str) -> None:
    assert decide(sandbox, consent_form(sandbox, user_id=user_id)).status_code == 400


def test_a_yes_brings_a_code_and_the_state(sandbox: RunningSandbox) -> None:
    back = sent_back(decide(sandbox, consent_form(sandbox)))
    assert set(back) == {"code", "state"}
    assert back["state"] == "what was sent along"


def test_a_no_brings_the_state_and_no_code(sandbox: RunningSandbox) -> None:
    back = sent_back(decide(sandbox, consent_form(sandbox, decision="deny")))
    assert (back["error"], back["state"]) == ("access_denied", "what was sent along")
    assert "code" not in back


def test_an_address_keeps_the_parameters_it_has(sandbox: RunningSandbox) -> None:
    back = sent_back(decide(sandbox, consent_form(sandbox, redirect_uri=f"{REDIRECT_URI}?own=1")))
    assert set(back) == {"own", "code", "state"}


def test_a_code_brings_tokens_of_who_agreed(sandbox: RunningSandbox) -> None:
    given = grant(sandbox, "customer-gold")
    assert set(given) == {"access_token", "refresh_token", "token_type", "scope"}
    assert (given["token_type"], given["scope"]) == ("Bearer", served.ALL_SCOPES)
    me = sandbox.graphql(given["access_token"], ME).json()["data"]["me"]
    assert me == {"name": "Eva Sjöberg", "account": {"slug": "customer-gold"}}


def test_a_form_does_as_well_as_json(sandbox: RunningSandbox) -> None:
    form = {
        "grant_type": "authorization_code",
        "client_id": served.CLIENT_ID,
        "client_secret": served.CLIENT_SECRET,
        "code": code_for(sandbox),
        "code_verifier": VERIFIER,
        "redirect_uri": REDIRECT_URI,
    }
    answer = requests.post(f"{sandbox.url}/oauth_ms/oauth/token", data=form, timeout=10)
    assert works(sandbox, answer.json()["access_token"])


def test_a_code_works_once(sandbox: RunningSandbox) -> None:
    code = code_for(sandbox)
    assert ask_for_tokens(sandbox, code=code, code_verifier=VERIFIER).status_code == 200
    again = ask_for_tokens(sandbox, code=code, code_verifier=VERIFIER)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_lives_ten_minutes(sandbox: RunningSandbox) -> None:
    code = code_for(sandbox)
    advance(sandbox, "11m")
    assert ask_for_tokens(sandbox, code=code, code_verifier=VERIFIER).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_secret": "gissningen är fel"}, 401, "invalid_client"),
        ({"code": "guessed"}, 400, "invalid_grant"),
        ({"code": {"not": "a text"}}, 400, "invalid_grant"),
        ({"code_verifier": "another" * 7}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8000/another"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_no_token_is_given_for(
    sandbox: RunningSandbox, wrong: dict[str, Any], status: int, error: str
) -> None:
    given = {"code": code_for(sandbox), "code_verifier": VERIFIER, **wrong}
    answer = ask_for_tokens(sandbox, **given)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error"] == error
    assert "access_token" not in answer.text


@pytest.mark.parametrize("content", [b"[]", b"{", b"", b'"text"'])
def test_a_body_that_is_no_object_is_refused(sandbox: RunningSandbox, content: bytes) -> None:
    answer = requests.post(
        f"{sandbox.url}/oauth_ms/oauth/token",
        data=content,
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("challenge", ["", "é" * 43])
def test_the_new_flow_needs_a_challenge(sandbox: RunningSandbox, challenge: str) -> None:
    code = code_for(sandbox, code_challenge=challenge)
    assert ask_for_tokens(sandbox, code=code, code_verifier=VERIFIER).json()["error"] == "invalid_grant"


def test_an_access_token_ends_after_an_hour_and_says_so(sandbox: RunningSandbox) -> None:
    token = app_token(sandbox)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600
    advance(sandbox, "59m")
    assert works(sandbox, token)
    advance(sandbox, "2m")
    assert not works(sandbox, token)


def test_a_refresh_brings_a_new_pair(sandbox: RunningSandbox) -> None:
    first = grant(sandbox)
    second = refresh(sandbox, first["refresh_token"]).json()
    assert set(second) == set(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert works(sandbox, second["access_token"])


def test_a_refresh_token_works_once(sandbox: RunningSandbox) -> None:
    token = grant(sandbox)["refresh_token"]
    assert refresh(sandbox, token).status_code == 200
    again = refresh(sandbox, token)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_consent_lasts_six_months_however_often_it_is_renewed(sandbox: RunningSandbox) -> None:
    token = grant(sandbox)["refresh_token"]
    for _ in range(3):
        advance(sandbox, "60d")
        token = refresh(sandbox, token).json()["refresh_token"]
    advance(sandbox, "3d")
    assert refresh(sandbox, token).json()["error"] == "invalid_grant"


def test_a_token_of_the_old_flow_has_no_end(sandbox: RunningSandbox) -> None:
    code = code_for(sandbox, code_challenge="", code_challenge_method="")
    given = ask_for_tokens(sandbox, LEGACY, code=code, grant_type=None).json()
    assert set(given) == {"access_token", "token_type", "scope"}
    advance(sandbox, "400d")
    assert works(sandbox, given["access_token"])


def test_the_old_flow_checks_a_challenge_that_was_given(sandbox: RunningSandbox) -> None:
    code = code_for(sandbox)
    assert ask_for_tokens(sandbox, LEGACY, code=code).json()["error"] == "invalid_grant"
    code = code_for(sandbox)
    assert ask_for_tokens(sandbox, LEGACY, code=code, code_verifier=VERIFIER).status_code == 200


def test_a_token_may_do_what_was_agreed_and_no_more(sandbox: RunningSandbox) -> None:
    token = app_token(sandbox, scope="me:read account:read")
    assert works(sandbox, token)
    answer = sandbox.graphql(token, "{ boards { id } }").json()
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"


def test_a_revoked_token_works_no_more(sandbox: RunningSandbox) -> None:
    given = grant(sandbox, "customer-silver")
    client = {"client_id": served.CLIENT_ID, "client_secret": served.CLIENT_SECRET}
    revoke = f"{sandbox.url}/oauth_ms/oauth/revoke"
    stranger = requests.post(revoke, json={"token": given["access_token"]}, timeout=10)
    assert (stranger.status_code, works(sandbox, given["access_token"])) == (401, True)
    answer = requests.post(revoke, json={**client, "token": given["access_token"]}, timeout=10)
    assert answer.json() == {"success": True}
    assert not works(sandbox, given["access_token"])
    assert refresh(sandbox, given["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_uninstalled_app_has_lost_its_tokens(sandbox: RunningSandbox) -> None:
    gold, free = app_token(sandbox, "customer-gold"), app_token(sandbox, "customer-free")
    requests.post(f"{sandbox.url}/sandbox/uninstall", json={"account": "customer-gold"}, timeout=10)
    assert (works(sandbox, gold), works(sandbox, free)) == (False, True)


def test_the_service_describes_itself(sandbox: RunningSandbox) -> None:
    found = requests.get(f"{sandbox.url}/oauth_ms/.well-known/oauth-authorization-server", timeout=10).json()
    assert found["token_endpoint"] == f"{sandbox.url}/oauth_ms/oauth/token"
    assert found["authorization_endpoint"] == f"{sandbox.url}/oauth2/authorize"
    assert found["revocation_endpoint"] == f"{sandbox.url}/oauth_ms/oauth/revoke"
    assert found["code_challenge_methods_supported"] == ["S256"]
