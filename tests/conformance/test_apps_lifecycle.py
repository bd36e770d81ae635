"""What an app hears of its installations and subscriptions, and what the API says of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

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
    consent_form,
    decide,
)

SUBSCRIPTION = "{ app_subscription { plan_id is_trial days_left max_units pricing_version renewal_date } }"
GOLD = "customer-gold"


@pytest.fixture
def app(tmp_path: Path, receiver: Receiver) -> Iterator[RunningSandbox]:
    """A sandbox whose app hears of its installations."""
    env = {"MONDAY_LIFECYCLE_URL": receiver.url("/lifecycle"), "MONDAY_APP_NAME": "Support SLA"}
    with running_sandbox(tmp_path / "monday", clock_file=tmp_path / "clock.json", env=env) as sandbox:
        yield sandbox


def heard(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    return [one.body for one in receiver.wait(count, "/lifecycle")]


def order(sandbox: RunningSandbox, path: str, **given: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/sandbox/{path}", json=given, timeout=10)


def subscription(sandbox: RunningSandbox, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.graphql(token, SUBSCRIPTION).json()["data"]["app_subscription"]
    return found


def test_an_install_is_told_with_who_did_it_and_the_free_plan(
    app: RunningSandbox, receiver: Receiver
) -> None:
    app_token(app, GOLD)
    account = next(a for a in app.accounts() if a["slug"] == GOLD)
    [told] = receiver.wait(1, "/lifecycle")
    data = told.body["data"]
    assert told.body["type"] == "install"
    assert (data["account_id"], data["account_slug"]) == (int(account["id"]), GOLD)
    assert data["user_email"] == account["users"][0]["email"]
    assert (data["app_id"], data["app_name"]) == (APP_ID, "Support SLA")
    assert (data["subscription"]["is_trial"], data["subscription"]["plan_id"]) == (False, "free")
    assert data["user_country"] == "SE"
    dat = jwt.decode(told.headers["Authorization"], CLIENT_SECRET, algorithms=["HS256"])["dat"]
    assert (dat["account_id"], dat["client_id"], dat["is_admin"]) == (data["account_id"], CLIENT_ID, True)


def test_a_second_consent_is_no_second_install(app: RunningSandbox, receiver: Receiver) -> None:
    app_token(app, GOLD)
    app_token(app, GOLD)
    app_token(app, "customer-free")
    assert [body["data"]["account_slug"] for body in heard(receiver, 2)] == [GOLD, "customer-free"]


def test_an_uninstall_is_told_twice_and_ends_the_tokens(app: RunningSandbox, receiver: Receiver) -> None:
    token = app_token(app, GOLD)
    assert order(app, "uninstall", account=GOLD).status_code == 200
    bodies = heard(receiver, 3)
    assert [body["type"] for body in bodies] == ["install", "uninstall", "app_subscription_cancelled"]
    assert "user_country" not in bodies[2]["data"]
    assert bodies[2]["data"]["subscription"]["renewal_date"] is None
    assert app.graphql(token, "{ me { id } }").status_code == 401


def test_who_comes_back_installs_anew(app: RunningSandbox, receiver: Receiver) -> None:
    app_token(app, GOLD)
    order(app, "uninstall", account=GOLD)
    app_token(app, GOLD)
    assert heard(receiver, 4)[3]["type"] == "install"


def test_a_member_can_agree_only_after_an_admin(app: RunningSandbox) -> None:
    users = next(a for a in app.accounts() if a["slug"] == GOLD)["users"]
    member = next(user for user in users if user["kind"] == "member")
    refused = decide(app, consent_form(app, GOLD, user_id=member["id"]))
    assert parse_qs(urlsplit(refused.headers["Location"]).query)["error"] == ["unauthorized_client"]
    app_token(app, GOLD)
    assert "code=" in decide(app, consent_form(app, GOLD, user_id=member["id"])).headers["Location"]


@pytest.mark.parametrize(
    ("event", "wishes", "plan", "is_trial", "days"),
    [
        ("app_trial_subscription_started", {"plan_id": "gold"}, "gold", True, 13),
        ("app_subscription_created", {"plan_id": "gold", "billing_period": "yearly"}, "gold", False, 364),
        ("app_subscription_changed", {"plan_id": "silver", "max_units": 25}, "silver", False, 29),
        ("app_subscription_renewed", {"days": 90}, "free", False, 89),
    ],
)
def test_events_move_the_subscription(
    app: RunningSandbox,
    receiver: Receiver,
    event: str,
    wishes: dict[str, Any],
    plan: str,
    is_trial: bool,
    days: int,
) -> None:
    token = app_token(app, GOLD)
    assert order(app, "subscription", account=GOLD, event=event, **wishes).status_code == 200
    [held] = subscription(app, token)
    assert (held["plan_id"], held["is_trial"], held["days_left"]) == (plan, is_trial, days)
    assert held["max_units"] == wishes.get("max_units")
    told = heard(receiver, 2)[1]
    assert told["type"] == event
    assert told["data"]["subscription"]["plan_id"] == plan


@pytest.mark.parametrize(
    ("begin", "event"),
    [
        ("app_subscription_created", "app_subscription_cancelled"),
        ("app_subscription_created", "app_subscription_renewal_failed"),
        ("app_trial_subscription_started", "app_trial_subscription_ended"),
    ],
)
def test_after_its_end_there_is_none(app: RunningSandbox, begin: str, event: str) -> None:
    token = app_token(app, GOLD)
    order(app, "subscription", account=GOLD, event=begin, plan_id="gold")
    order(app, "subscription", account=GOLD, event=event)
    assert subscription(app, token) == []


@pytest.mark.parametrize(
    "event",
    [
        "app_subscription_cancelled_by_user",
        "app_subscription_renewal_attempt_failed",
        "app_subscription_pricing_version_change_scheduled",
    ],
)
def test_what_is_only_announced_changes_nothing_yet(
    app: RunningSandbox, receiver: Receiver, event: str
) -> None:
    token = app_token(app, GOLD)
    order(
        app, "subscription", account=GOLD, event="app_subscription_created", plan_id="gold", pricing_version=3
    )
    before = subscription(app, token)
    order(app, "subscription", account=GOLD, event=event)
    assert subscription(app, token) == before
    assert heard(receiver, 3)[2]["data"]["subscription"]["pricing_version"] == 3


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"event": "app_subscription_exploded"}, "event must be one of app_subscription_created"),
        ({"event": "app_subscription_created", "billing_period": "weekly"}, "billing_period must be"),
        ({"event": "app_subscription_created", "days": -1}, "days must be"),
        ({"event": "app_subscription_created", "account": "nobody"}, "no account with that slug"),
        ({"event": "app_subscription_created", "account": "customer-free"}, "has not installed the app"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    app: RunningSandbox, given: dict[str, Any], why: str
) -> None:
    app_token(app, GOLD)
    answer = order(app, "subscription", **{"account": GOLD, **given})
    assert answer.status_code == 400
    assert why in answer.json()["error"]


def test_an_event_that_was_not_taken_is_not_sent_again(app: RunningSandbox, receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    app_token(app, GOLD)
    app_token(app, "customer-free")
    assert [body["data"]["account_slug"] for body in heard(receiver, 2)] == [GOLD, "customer-free"]


def test_it_is_sent_again_where_that_is_asked_for(tmp_path: Path, receiver: Receiver) -> None:
    env = {"MONDAY_LIFECYCLE_URL": receiver.url("/lifecycle"), "MONDAY_LIFECYCLE_RETRIES": "3"}
    answers = iter([500, 0, 200])
    receiver.answer = lambda _: next(answers)
    with running_sandbox(tmp_path / "monday", retry_seconds=0.05, env=env) as sandbox:
        app_token(sandbox, GOLD)
        assert [body["type"] for body in heard(receiver, 3)] == ["install"] * 3


def test_a_users_own_token_has_no_subscription(app: RunningSandbox) -> None:
    app_token(app, GOLD)
    assert subscription(app, app.token(GOLD)) == []


def test_a_mock_subscription_stands_before_the_real_one_for_a_day(app: RunningSandbox) -> None:
    token = app_token(app, GOLD)
    set_mock = (
        "mutation ($app: ID!, $secret: String!) { set_mock_app_subscription(app_id: $app,"
        ' partial_signing_secret: $secret, plan_id: "gold", is_trial: true, max_units: 5)'
        " { plan_id is_trial max_units days_left } }"
    )
    wrong = app.graphql(token, set_mock, {"app": APP_ID, "secret": "not the end"}).json()
    assert wrong["errors"][0]["extensions"]["code"] == "USER_UNAUTHORIZED"
    made = app.graphql(token, set_mock, {"app": APP_ID, "secret": SIGNING_SECRET[-10:]}).json()["data"]
    assert made["set_mock_app_subscription"] == {
        "plan_id": "gold",
        "is_trial": True,
        "max_units": 5,
        "days_left": 29,
    }
    assert subscription(app, token)[0]["plan_id"] == "gold"
    advance(app, "25h")
    assert subscription(app, app_token(app, GOLD))[0]["plan_id"] == "free"


def test_operations_are_counted_by_month(app: RunningSandbox) -> None:
    token = app_token(app, GOLD)
    increase = "mutation { increase_app_subscription_operations(increment_by: %d) { counter_value kind } }"
    app.graphql(token, increase % 2)
    counted = app.graphql(token, increase % 3).json()["data"]["increase_app_subscription_operations"]
    assert counted == {"counter_value": 5, "kind": "global"}
    advance(app, "32d")
    token = app_token(app, GOLD)
    now = app.graphql(token, "{ app_subscription_operations { counter_value } }").json()["data"]
    assert now["app_subscription_operations"]["counter_value"] == 0


def test_installations_and_subscriptions_are_listed_for_the_apps_people(app: RunningSandbox) -> None:
    app_token(app, GOLD)
    order(
        app,
        "subscription",
        account=GOLD,
        event="app_subscription_created",
        plan_id="gold",
        monthly_price=99.5,
    )
    admin = app.token("synerity")
    listed = app.graphql(
        admin,
        "query ($app: ID!) { app_installs(app_id: $app) { app_install_account { id }"
        " permissions { approved_scopes } app_version { text } } app_subscriptions(app_id: $app) {"
        " subscriptions { account_id plan_id monthly_price status period_type } } }",
        {"app": APP_ID},
    ).json()["data"]
    account = next(a for a in app.accounts() if a["slug"] == GOLD)
    [install] = listed["app_installs"]
    assert install["app_install_account"]["id"] == account["id"]
    assert "boards:read" in install["permissions"]["approved_scopes"]
    assert listed["app_subscriptions"]["subscriptions"] == [
        {
            "account_id": int(account["id"]),
            "plan_id": "gold",
            "monthly_price": 99.5,
            "status": "active",
            "period_type": "monthly",
        }
    ]
