"""What befalls a subscription by people and by time, and that the app hears of it whatever happens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monday_sandbox.testing import running_sandbox
from tests.conformance.apps import Life, living
from tests.conformance.served import Receiver, advance, app_token, running_receiver

TRIAL = "app_trial_subscription_started"
CREATED = "app_subscription_created"
CANCELLED_BY_USER = "app_subscription_cancelled_by_user"
REVOKED = "app_subscription_cancellation_revoked_by_user"
UNPAID = "app_subscription_renewal_attempt_failed"
PRICES = "app_subscription_pricing_version_change_scheduled"
RENEWED = "app_subscription_renewed"


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A sandbox whose app has trials of 14 days."""
    with living(tmp_path_factory.mktemp("life"), trial_days=14) as running:
        yield running


def paying(life: Life) -> str:
    """A new account that pays for the plan ``gold``, of which two events more were told than one."""
    slug = life.installed()
    assert life.befall(slug, CREATED, plan_id="gold").status_code == 200
    return slug


def carried(life: Life, slug: str, place: int) -> dict[str, Any]:
    """The subscription that an event carried, by its place among those of the account."""
    found: dict[str, Any] = life.told(slug, place + 1)[place].body["data"]["subscription"]
    return found


def test_an_account_begins_with_a_trial_where_the_app_has_them(life: Life) -> None:
    slug = life.installed()
    assert life.events(slug, 2) == ["install", TRIAL]
    assert carried(life, slug, 0)["is_trial"] is True
    assert carried(life, slug, 0)["days_left"] in (13, 14)


def test_who_installs_again_has_no_second_trial(life: Life) -> None:
    slug = life.installed()
    life.do("uninstall", account=slug).raise_for_status()
    app_token(life.sandbox, slug)
    assert life.events(slug, 5)[2:] == ["uninstall", "app_subscription_cancelled", "install"]
    assert (carried(life, slug, 4)["is_trial"], carried(life, slug, 4)["plan_id"]) == (False, "free")


def test_an_uninstall_is_told_with_the_subscription_as_it_was(life: Life) -> None:
    slug = paying(life)
    life.do("uninstall", account=slug).raise_for_status()
    assert carried(life, slug, 3)["plan_id"] == "gold"
    assert carried(life, slug, 3)["renewal_date"] is not None
    assert carried(life, slug, 4)["renewal_date"] is None


def test_removing_what_has_ended_already_is_told_once(life: Life) -> None:
    slug = life.installed()
    life.befall(slug, "app_trial_subscription_ended")
    life.do("uninstall", account=slug).raise_for_status()
    app_token(life.sandbox, slug)
    assert life.events(slug, 5)[2:] == ["app_trial_subscription_ended", "uninstall", "install"]


def test_a_trial_ends_by_itself(life: Life) -> None:
    slug = life.installed()
    advance(life.sandbox, "13d")
    assert life.befall(slug, RENEWED).status_code == 400
    advance(life.sandbox, "25h")
    assert life.events(slug, 3) == ["install", TRIAL, "app_trial_subscription_ended"]
    assert carried(life, slug, 2)["renewal_date"] is None


def test_what_is_paid_renews_by_itself_month_by_month(life: Life) -> None:
    slug = paying(life)
    first = carried(life, slug, 2)["renewal_date"]
    advance(life.sandbox, "61d")
    assert life.events(slug, 5)[3:] == [RENEWED, RENEWED]
    assert carried(life, slug, 4)["renewal_date"] > carried(life, slug, 3)["renewal_date"] > first


def test_what_was_cancelled_goes_on_until_it_would_renew(life: Life) -> None:
    slug = paying(life)
    life.befall(slug, CANCELLED_BY_USER)
    assert carried(life, slug, 3)["renewal_date"] == carried(life, slug, 2)["renewal_date"]
    advance(life.sandbox, "31d")
    assert life.events(slug, 5)[3:] == [CANCELLED_BY_USER, "app_subscription_cancelled"]


def test_a_cancellation_that_was_revoked_ends_nothing(life: Life) -> None:
    slug = paying(life)
    life.befall(slug, CANCELLED_BY_USER)
    life.befall(slug, REVOKED)
    advance(life.sandbox, "31d")
    assert life.events(slug, 6)[3:] == [CANCELLED_BY_USER, REVOKED, RENEWED]


def test_who_does_not_pay_for_forty_five_days_has_lost_it(life: Life) -> None:
    slug, other = paying(life), paying(life)
    life.befall(slug, UNPAID)
    advance(life.sandbox, "31d")
    assert life.events(other, 4)[-1] == RENEWED
    assert life.events(slug, 4)[-1] == UNPAID
    advance(life.sandbox, "45d")
    assert life.events(slug, 5)[-1] == "app_subscription_renewal_failed"


def test_new_prices_hold_from_the_next_renewal(life: Life) -> None:
    slug = paying(life)
    life.befall(slug, PRICES, pricing_version=9)
    assert carried(life, slug, 3)["pricing_version"] == 1
    advance(life.sandbox, "31d")
    assert carried(life, slug, 4)["pricing_version"] == 9


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ([], REVOKED),
        ([], UNPAID),
        ([], RENEWED),
        ([CREATED], "app_trial_subscription_ended"),
        ([CREATED], REVOKED),
        (["app_subscription_cancelled"], RENEWED),
        (["app_subscription_cancelled"], "app_subscription_changed"),
        (["app_subscription_cancelled"], "app_subscription_cancelled"),
        ([], "install"),
    ],
)
def test_what_can_not_be_is_refused_and_not_told(life: Life, before: list[str], event: str) -> None:
    slug = life.installed()
    for name in before:
        assert life.befall(slug, name, plan_id="gold").status_code == 200
    answer = life.befall(slug, event)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert life.befall(slug, CREATED, plan_id="silver").status_code == 200
    assert life.events(slug, 3 + len(before)) == ["install", TRIAL, *before, CREATED]


def refuse(receiver: Receiver) -> None:
    receiver.answer = lambda _: 500


def test_a_power_cut_loses_no_event(tmp_path: Path) -> None:
    with running_receiver() as receiver:
        refuse(receiver)
        env = {"MONDAY_LIFECYCLE_URL": receiver.url("/life"), "MONDAY_LIFECYCLE_RETRIES": "1000"}
        with running_sandbox(tmp_path / "state", retry_seconds=0.1, env=env) as sandbox:
            app_token(sandbox)
            receiver.wait(1, "/life")
            sandbox.kill()
        seen = len(receiver.events("/life"))
        receiver.answer = lambda _: 200
        with running_sandbox(tmp_path / "state", retry_seconds=0.1, env=env):
            heard = receiver.wait(seen + 1, "/life")
    assert {one.body["type"] for one in heard} == {"install"}
