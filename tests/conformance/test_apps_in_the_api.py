"""What the API tells of the registered app, and what it takes for its subscriptions."""

from typing import Any

import pytest

from monday_sandbox.apps.registration import API_APP_ID, APP_ID, APP_VERSION_ID
from tests.conformance.people import Person, person
from tests.conformance.served import SIGNING_SECRET

APP = "query ($id: ID!) { app(id: $id) { id name api_app_id client_id status versions { id status } } }"
INCREASE = (
    "mutation ($by: Int, $kind: String) {"
    " increase_app_subscription_operations(increment_by: $by, kind: $kind) { counter_value kind } }"
)
MOCK = (
    "mutation ($app: ID!, $secret: String!, $period: String, $renewal: Date) { set_mock_app_subscription("
    "app_id: $app, partial_signing_secret: $secret, billing_period: $period, renewal_date: $renewal)"
    " { billing_period days_left } }"
)
REMOVE = (
    "mutation ($app: ID!, $secret: String!) {"
    " remove_mock_app_subscription(app_id: $app, partial_signing_secret: $secret) { plan_id } }"
)
DEVELOPER: dict[str, Any] = {"app": APP_ID, "secret": SIGNING_SECRET[-10:]}


def test_the_apps_people_see_the_app_and_its_versions(desk: Person) -> None:
    found = desk.one(APP, id=str(APP_ID))
    assert (found["id"], found["api_app_id"]) == (str(APP_ID), str(API_APP_ID))
    assert found["versions"] == [{"id": str(APP_VERSION_ID), "status": "LIVE"}]


def test_for_others_there_is_no_app(desk: Person) -> None:
    assert desk.one(APP, id="1") is None
    assert person(desk.monday, "synerity", "Disa Lindqvist").one(APP, id=str(APP_ID)) is None


@pytest.mark.parametrize("kind", ["", "fifteen-letters", "two words", "åäö", "a.b"])
def test_operations_are_counted_under_short_plain_names(desk: Person, kind: str) -> None:
    assert desk.refusal(INCREASE, by=1, kind=kind)["extensions"]["code"] == "InvalidArgumentException"


@pytest.mark.parametrize("by", [0, -1])
def test_operations_are_counted_up(desk: Person, by: int) -> None:
    assert desk.refusal(INCREASE, by=by)["extensions"]["code"] == "InvalidArgumentException"


def test_each_kind_of_operation_has_its_own_count(desk: Person) -> None:
    desk.one(INCREASE, by=2, kind="mail_out-1")
    assert desk.one(INCREASE, by=3, kind="mail_out-1") == {"counter_value": 5, "kind": "mail_out-1"}
    assert desk.one(INCREASE, by=1)["counter_value"] == 1


@pytest.mark.parametrize(
    "wrong", [{"period": "weekly"}, {"renewal": "2020-01-01"}, {"renewal": "soon"}], ids=str
)
def test_a_mock_subscription_must_make_sense(desk: Person, wrong: dict[str, str]) -> None:
    assert desk.refusal(MOCK, **DEVELOPER, **wrong)["extensions"]["code"] == "InvalidArgumentException"


def test_a_mock_subscription_is_removed_once(desk: Person) -> None:
    assert desk.one(MOCK, **DEVELOPER, period="yearly")["billing_period"] == "yearly"
    assert desk.one(REMOVE, **DEVELOPER)["plan_id"]
    assert desk.refusal(REMOVE, **DEVELOPER)["extensions"]["code"] == "ResourceNotFoundException"
