"""An app as it is configured in the Developer Center: scopes, addresses, versions, the flow of OAuth."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from monday_sandbox.apps.registration import APP_VERSION_ID
from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.served import (
    CLIENT_ID,
    REDIRECT_URI,
    VERIFIER,
    app_token,
    ask_for_tokens,
    code_for,
    consent_form,
    decide,
)

MIGRATE = "/oauth_ms/oauth/migrate"


@contextmanager
def registered(folder: Path, **app: Any) -> Iterator[RunningSandbox]:
    """A sandbox with an app of that registration."""
    (folder / "app.json").write_text(json.dumps(app))
    with running_sandbox(folder / "state", options=("--app", str(folder / "app.json"))) as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One whose app has an address, three scopes, a draft and the new flow."""
    scopes, addresses = ["me:read", "boards:read", "boards:write"], [REDIRECT_URI]
    app = {"scopes": scopes, "redirect_uris": addresses, "draft_version_id": 77, "oauth_flow": "2.1"}
    with registered(tmp_path_factory.mktemp("strict"), **app) as running:
        yield running


def form(sandbox: RunningSandbox, **other: str) -> dict[str, str]:
    return consent_form(sandbox, **{"scope": "me:read", **other})


def told(answer: requests.Response) -> dict[str, list[str]]:
    """What the app hears at its address."""
    assert answer.headers["Location"].startswith(REDIRECT_URI)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_only_configured_scopes_can_be_asked_for(strict: RunningSandbox) -> None:
    assert "code" in told(decide(strict, form(strict, scope="me:read boards:write")))
    assert told(decide(strict, form(strict, scope="me:read users:read")))["error"] == ["invalid_scope"]


def test_without_a_scope_all_configured_ones_are_asked_for(strict: RunningSandbox) -> None:
    code = code_for(strict, scope="")
    tokens = ask_for_tokens(strict, code=code, code_verifier=VERIFIER).json()
    assert set(tokens["scope"].split()) == {"me:read", "boards:read", "boards:write"}


@pytest.mark.parametrize("address", [f"{REDIRECT_URI}/", f"{REDIRECT_URI}?own=1", "http://127.0.0.1:1/"])
def test_nobody_is_sent_to_an_address_that_is_not_configured(strict: RunningSandbox, address: str) -> None:
    answer = decide(strict, form(strict, redirect_uri=address))
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_the_only_configured_address_need_not_be_told(strict: RunningSandbox) -> None:
    assert "code" in told(decide(strict, form(strict, redirect_uri="")))


@pytest.mark.parametrize(
    ("version", "key"), [(str(APP_VERSION_ID), "code"), ("77", "code"), ("78", "error"), ("x", "error")]
)
def test_a_version_that_is_asked_for_must_be_there(strict: RunningSandbox, version: str, key: str) -> None:
    assert key in told(decide(strict, form(strict, app_version_id=version)))


def test_an_app_on_the_new_flow_needs_a_challenge_at_once(strict: RunningSandbox) -> None:
    answer = told(decide(strict, form(strict, code_challenge="", code_challenge_method="")))
    assert answer["error"] == ["invalid_request"]
    assert answer["error_description"] == ["code_challenge is required"]


def test_an_app_on_the_new_flow_gets_no_tokens_of_the_old(strict: RunningSandbox) -> None:
    code = code_for(strict, scope="me:read")
    answer = ask_for_tokens(strict, "/oauth2/token", code=code, code_verifier=VERIFIER)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_an_app_on_the_old_flow_gets_no_tokens_of_the_new(tmp_path: Path) -> None:
    with registered(tmp_path, oauth_flow="legacy") as sandbox:
        answer = ask_for_tokens(sandbox, code=code_for(sandbox), code_verifier=VERIFIER)
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
        code = code_for(sandbox)
        old = ask_for_tokens(sandbox, "/oauth2/token", code=code, code_verifier=VERIFIER).json()
        assert "refresh_token" not in old
        moved = ask_for_tokens(sandbox, MIGRATE, api_token=old["access_token"])
        assert (moved.status_code, moved.json()["error"]) == (400, "unauthorized_client")


def test_an_install_link_installs_and_brings_no_code(strict: RunningSandbox) -> None:
    admin, member = next(a for a in strict.accounts() if a["slug"] == "customer-gold")["users"][:2]
    link = {"client_id": CLIENT_ID, "response_type": "install"}
    page = requests.get(f"{strict.url}/oauth2/authorize", params=link, timeout=10)
    assert (page.status_code, "boards:write" in page.text) == (200, True)
    by_member = decide(strict, {**link, "user_id": member["id"], "decision": "allow"})
    assert by_member.status_code == 400
    as_member = form(strict, user_id=member["id"])
    assert told(decide(strict, as_member))["error"] == ["unauthorized_client"]
    by_admin = decide(strict, {**link, "user_id": admin["id"], "decision": "allow"})
    assert (by_admin.status_code, "Location" in by_admin.headers) == (200, False)
    assert "code" in told(decide(strict, as_member))


def test_a_scope_that_the_app_gained_is_not_in_older_tokens(tmp_path: Path) -> None:
    with registered(tmp_path, scopes=["me:read"]) as sandbox:
        token = app_token(sandbox, scope="me:read")
    with registered(tmp_path, scopes=["me:read", "boards:read"]) as sandbox:
        answer = sandbox.graphql(token, "{ me { id } boards { id } }")
        assert answer.status_code == 200
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
        again = app_token(sandbox, scope="me:read boards:read")
        assert "errors" not in sandbox.graphql(again, "{ boards { id } }").json()


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"client_idd": "x"}',
        '{"scopes": "me:read"}',
        '{"scopes": ["everything:write"]}',
        '{"oauth_flow": "3"}',
        '{"trial_days": "14"}',
        '{"client_id": null}',
    ],
)
def test_a_wrong_registration_is_refused_in_a_sentence(
    refused: Callable[..., str], tmp_path: Path, content: str
) -> None:
    (tmp_path / "app.json").write_text(content)
    said = refused("--app", str(tmp_path / "app.json"), "--data", str(tmp_path / "state"))
    assert said.strip().endswith(".")
