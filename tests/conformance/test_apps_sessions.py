"""Tokens of views, and the short-lived ones that come with what monday.com calls."""

from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from monday_sandbox.apps.registration import APP_ID
from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.conformance.served import (
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    Receiver,
    advance,
    app_token,
    ask_for_tokens,
    code_for,
    open_desk,
)


def ask(sandbox: RunningSandbox, **given: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/sandbox/session-token", json=given, timeout=10)


def test_a_session_token_says_who_looks(sandbox: RunningSandbox) -> None:
    account = next(a for a in sandbox.accounts() if a["slug"] == "customer-gold")
    user = account["users"][-1]
    token = ask(sandbox, account="customer-gold", user=user["id"]).json()["token"]
    claims = jwt.decode(token, CLIENT_SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    dat = claims["dat"]
    assert (dat["user_id"], dat["account_id"], dat["slug"]) == (
        int(user["id"]),
        int(account["id"]),
        "customer-gold",
    )
    assert (dat["client_id"], dat["is_admin"], dat["is_guest"], dat["is_view_only"]) == (
        CLIENT_ID,
        user["kind"] == "admin",
        False,
        False,
    )
    assert 0 < claims["exp"] - claims["iat"] <= 300


def test_it_says_what_the_account_pays_for_and_the_mock_first(tmp_path: Path) -> None:
    def said(sandbox: RunningSandbox) -> Any:
        token = ask(sandbox, account="customer-gold", user="Eva").json()["token"]
        return jwt.decode(token, CLIENT_SECRET, algorithms=["HS256"])["dat"].get("subscription")

    with running_sandbox(tmp_path / "own") as sandbox:
        assert said(sandbox) is None
        token = app_token(sandbox, "customer-gold")
        assert (said(sandbox)["plan_id"], said(sandbox)["is_trial"]) == ("free", False)
        mock = (
            "mutation ($app: ID!, $secret: String!) { set_mock_app_subscription(app_id: $app,"
            ' partial_signing_secret: $secret, plan_id: "gold", is_trial: true) { plan_id } }'
        )
        made = sandbox.graphql(token, mock, {"app": APP_ID, "secret": SIGNING_SECRET[-10:]}).json()
        assert "errors" not in made
        assert (said(sandbox)["plan_id"], said(sandbox)["is_trial"]) == ("gold", True)


def test_each_is_another(sandbox: RunningSandbox) -> None:
    tokens = {ask(sandbox, account="synerity", user="Disa").json()["token"] for _ in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize(
    "given", [{"account": "nobody", "user": "Disa"}, {"account": "customer-gold", "user": "Disa"}]
)
def test_there_is_none_for_strangers(sandbox: RunningSandbox, given: dict[str, str]) -> None:
    answer = ask(sandbox, **given)
    assert (answer.status_code, answer.json()["error"]) == (400, "There is no such user in that account.")


def test_it_opens_no_api(sandbox: RunningSandbox) -> None:
    token = ask(sandbox, account="synerity", user="Disa").json()["token"]
    assert sandbox.graphql(token, "{ me { id } }").status_code == 401


def test_the_token_that_comes_with_a_webhook_works_for_five_minutes(
    tmp_path: Path, receiver: Receiver
) -> None:
    with running_sandbox(tmp_path / "own", clock_file=tmp_path / "clock.json") as sandbox:
        desk = open_desk(sandbox, token=app_token(sandbox))
        desk.subscribe(receiver.url(), "create_item")
        item = desk.create_item()
        [delivery] = receiver.wait(1)
        claims = jwt.decode(
            delivery.headers["Authorization"], SIGNING_SECRET, algorithms=["HS256"], audience=receiver.url()
        )
        short = claims["shortLivedToken"]
        query = f"{{ items(ids: [{item}]) {{ name }} teams {{ id }} }}"
        answer = sandbox.graphql(short, query).json()
        assert answer["data"]["items"] == [{"name": "A fault"}]
        # It may what the app may, and no more.
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
        advance(sandbox, "6m")
        assert sandbox.graphql(short, query).status_code == 401


def test_it_ends_with_the_installation(sandbox: RunningSandbox, receiver: Receiver) -> None:
    desk = open_desk(sandbox, "customer-free", app_token(sandbox, "customer-free"))
    desk.subscribe(receiver.url(), "create_item")
    desk.create_item()
    [delivery] = receiver.wait(1)
    claims = jwt.decode(delivery.headers["Authorization"], options={"verify_signature": False})
    requests.post(f"{sandbox.url}/sandbox/uninstall", json={"account": "customer-free"}, timeout=10)
    assert sandbox.graphql(claims["shortLivedToken"], "{ me { id } }").status_code == 401


def test_a_token_of_the_old_flow_is_migrated(sandbox: RunningSandbox) -> None:
    code = code_for(sandbox, "customer-silver", code_challenge="", code_challenge_method="")
    old = ask_for_tokens(sandbox, "/oauth2/token", code=code, grant_type=None).json()["access_token"]
    given = {"api_token": old, "grant_type": None, "redirect_uri": None}
    first = ask_for_tokens(sandbox, "/oauth_ms/oauth/migrate", **given).json()
    again = ask_for_tokens(sandbox, "/oauth_ms/oauth/migrate", **given).json()
    assert (first["expires_in"], first["already_migrated"], again["already_migrated"]) == (3600, False, True)
    for token in (old, first["access_token"], again["access_token"]):
        assert sandbox.graphql(token, "{ me { id } }").status_code == 200
    assert first["refresh_token"] != again["refresh_token"]


def test_only_tokens_of_the_old_flow_are_migrated(sandbox: RunningSandbox) -> None:
    given = {"api_token": app_token(sandbox), "grant_type": None, "redirect_uri": None}
    answer = ask_for_tokens(sandbox, "/oauth_ms/oauth/migrate", **given)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
