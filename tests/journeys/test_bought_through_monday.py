"""A customer buys, changes and cancels the app in monday.com's marketplace, and its agreement follows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
import requests

from app.agreements.rules.fees import monthly_fee
from app.agreements.rules.terms import Source, in_force
from tests.journeys.test_agreements_on_the_board import GOLD, Desk
from tests.support.stage import LIFECYCLE, PARTNER, Delivery, open_stage


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as stage:
        stage.stop_sweeps()
        manager = next(person for person in stage.people[PARTNER] if person.title == "Support manager")
        desk = Desk(stage, manager, stage.people[GOLD][-1])
        desk.settle()
        (item,) = manager.items(stage.board(PARTNER, "customers"))
        desk.item = item.id
        stage.keep()
        yield desk


@pytest.fixture
def desk(standing: Desk) -> Desk:
    standing.stage.reset()
    standing.stage.letters.clear()
    return standing


def befalls(desk: Desk, event: str, **given: Any) -> list[Delivery]:
    """Something happens to the customer's subscription; what monday.com tells of it."""
    desk.stage.tick(2)
    order = {"account": GOLD, "event": event, **given}
    answer = requests.post(f"{desk.stage.sandbox.url}/sandbox/subscription", json=order, timeout=10)
    assert answer.status_code == 200, answer.text
    return desk.stage.collect_letters(event)


def hears(desk: Desk, letters: list[Delivery]) -> None:
    for letter in letters:
        desk.stage.hand_over(letter)
    desk.settle()


def test_what_a_customer_buys_is_its_agreement_until_it_is_cancelled(desk: Desk) -> None:
    hears(desk, befalls(desk, "app_subscription_created", plan_id="silver"))
    assert (desk.shows("tier"), desk.shows("agreement_source")) == ("SILVER", "Through monday.com")
    assert desk.shows("price") == "Paid through monday.com"
    hears(desk, befalls(desk, "app_subscription_changed", plan_id="gold"))
    assert desk.shows("tier") == "GOLD"
    hears(desk, befalls(desk, "app_subscription_cancelled_by_user"))
    assert desk.shows("tier") == "GOLD"
    hears(desk, befalls(desk, "app_subscription_cancelled"))
    assert (desk.shows("tier"), desk.shows("agreement_source")) == ("FREE", "Not agreed")
    today = desk.today()
    assert monthly_fee(desk.terms(), today.year, today.month).amount == 0


def test_a_payment_that_fails_takes_nothing_away_until_it_has_failed_for_good(desk: Desk) -> None:
    hears(desk, befalls(desk, "app_subscription_created", plan_id="silver"))
    hears(desk, befalls(desk, "app_subscription_renewal_attempt_failed"))
    assert desk.shows("tier") == "SILVER"
    hears(desk, befalls(desk, "app_subscription_renewal_failed"))
    assert desk.shows("tier") == "FREE"


def test_a_trial_gives_what_its_plan_gives(desk: Desk) -> None:
    hears(desk, befalls(desk, "app_trial_subscription_started", plan_id="gold"))
    assert desk.shows("tier") == "GOLD"
    hears(desk, befalls(desk, "app_trial_subscription_ended"))
    assert desk.shows("tier") == "FREE"


def test_events_come_twice_and_in_another_order_to_the_same(desk: Desk) -> None:
    letters = [
        *befalls(desk, "app_subscription_created", plan_id="silver"),
        *befalls(desk, "app_subscription_changed", plan_id="gold"),
        *befalls(desk, "app_subscription_cancelled"),
    ]
    hears(desk, [letters[2], letters[0], letters[1], *letters])
    assert desk.shows("tier") == "FREE"
    assert len(desk.stage.rows("SELECT id FROM subscription_events WHERE type_name <> 'install'")) == 3
    assert in_force(desk.terms(), desk.now() - timedelta(seconds=3)).source is Source.MARKETPLACE


def test_the_agreement_on_the_board_wins_and_the_item_says_so(desk: Desk) -> None:
    desk.edits(tier="gold")
    hears(desk, befalls(desk, "app_subscription_created", plan_id="silver"))
    assert (desk.shows("tier"), desk.shows("agreement_source")) == ("GOLD", "On this board")
    (told,) = desk.told()
    assert "pays for SILVER through monday.com, but the agreement GOLD on this board holds" in told
    desk.edits(ends_on=desk.day(3))
    desk.passes_to(desk.day(4))
    assert (desk.shows("tier"), desk.shows("agreement_source")) == ("SILVER", "Through monday.com")


def test_nobody_is_set_to_free_who_pays(desk: Desk) -> None:
    hears(desk, befalls(desk, "app_subscription_created", plan_id="silver"))
    desk.edits(tier="free")
    assert desk.shows("tier") == "SILVER"
    (told,) = desk.told()
    assert "pays for SILVER through monday.com" in told


def test_open_tickets_get_what_was_bought(desk: Desk) -> None:
    item = desk.customer.create_item(desk.stage.board(GOLD, "tickets"), "It is slow")
    desk.settle()
    assert desk.customer.item(item).texts["response_due"] == ""
    hears(desk, befalls(desk, "app_subscription_created", plan_id="gold"))
    assert desk.customer.item(item).texts["response_due"] != ""


def test_a_plan_nobody_has_named_waits_for_the_operator(desk: Desk) -> None:
    hears(desk, befalls(desk, "app_subscription_created", plan_id="platinum"))
    ((reason,),) = desk.stage.rows("SELECT reason FROM inbox WHERE state = 'parked'")
    assert "'platinum'" in reason
    assert desk.shows("tier") == "FREE"


def signed(desk: Desk, claims: Mapping[str, Any], *, secret: str | None = None) -> str:
    return jwt.encode(dict(claims), secret or desk.stage.settings.monday_client_secret, algorithm="HS256")


def test_what_monday_has_not_signed_for_this_account_is_refused(desk: Desk) -> None:
    (letter,) = befalls(desk, "app_subscription_created", plan_id="gold")
    held = desk.stage.settings
    said = jwt.decode(letter.headers["Authorization"], options={"verify_signature": False})
    of_charlie = {**said, "dat": {**said["dat"], "account_id": 4711}}
    forged = [
        "",
        "nonsense",
        signed(desk, said, secret=held.monday_signing_secret),
        signed(desk, of_charlie),
        signed(desk, {**said, "exp": 1}),
        signed(desk, {**said, "exp": "soon"}),
        signed(desk, {"exp": said["exp"]}),
        signed(desk, {**said, "dat": {**said["dat"], "client_id": "another app"}}),
    ]
    for token in forged:
        answer = desk.stage.web.post(LIFECYCLE, data=letter.body, headers={"Authorization": token})
        assert answer.status_code == 401, token
    assert desk.stage.rows("SELECT id FROM inbox WHERE source = 'subscription'") == []


@pytest.mark.parametrize(
    "body",
    ["{", "[]", '{"type": "install"}', '{"type": 3, "data": {"account_id": 3, "timestamp": "x"}}'],
)
def test_what_can_not_be_read_is_told_so(desk: Desk, body: str) -> None:
    (letter,) = befalls(desk, "app_subscription_created", plan_id="gold")
    answer = desk.stage.web.post(LIFECYCLE, data=body, headers=dict(letter.headers))
    assert answer.status_code == 400


def test_no_names_or_addresses_of_people_are_kept(desk: Desk) -> None:
    (letter,) = befalls(desk, "app_subscription_created", plan_id="gold")
    hears(desk, [letter, replace(letter, body=letter.body)])
    said = json.loads(letter.body)["data"]
    ((content,),) = desk.stage.rows("SELECT content FROM inbox WHERE source = 'subscription'")
    assert said["user_email"] not in content
    assert said["user_name"] not in content


@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [
        ({"query_string": {"lang": "sv"}}, "sv", "Garanterad svarstid"),
        ({"headers": {"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.5"}}, "sv", "10 000 kr"),
        ({"query_string": {"lang": "fi"}, "headers": {"Accept-Language": "fi"}}, "en", "SEK 15,000"),
    ],
)
def test_the_page_of_plans_speaks_both_languages(
    desk: Desk, asked: dict[str, Any], language: str, words: str
) -> None:
    answer = desk.stage.web.get("/plans", **asked)
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
    assert words in answer.text.replace("\u00a0", " ")
    assert "script" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'nonce-")
