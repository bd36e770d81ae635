"""The same story under bad weather: exactly one ticket, each message once, the right clock."""

import itertools
from collections.abc import Iterator

import pytest

from app.crashpoints import PLACES
from tests.support import story
from tests.support.estate import Estate

_serial = itertools.count(1)
WORKER_PLACES = [place for place in PLACES if place.startswith(("inbox.", "outbox."))]


def new_title(weather: str) -> str:
    return f"Survives {weather} {next(_serial)}"


@pytest.fixture(autouse=True)
def fair_weather_afterwards(estate: Estate) -> Iterator[None]:
    yield
    estate.control_delete("faults")
    if not estate.workers():
        estate.start_worker()


@pytest.mark.parametrize("place", WORKER_PLACES)
def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(estate: Estate, place: str) -> None:
    for worker in estate.workers():
        estate.kill_worker(worker)
    doomed = estate.start_worker(env={"CRASH_AT": place})
    title = new_title(place)
    item_id = story.begin(estate, "customer-gold", title)
    estate.wait_until(lambda: estate.has_died(doomed) or None, f"the worker to die at {place}")
    estate.start_worker()
    case = story.answer(estate, "customer-gold", title, item_id)
    story.prove(case, title)


@pytest.mark.parametrize("times", [2, 5])
def test_a_worker_killed_later_on_its_way_loses_and_doubles_nothing(estate: Estate, times: int) -> None:
    for worker in estate.workers():
        estate.kill_worker(worker)
    estate.start_worker(env={"CRASH_AT": f"outbox.after_call:{times}"})
    title = new_title(f"the call number {times}")
    item_id = story.begin(estate, "customer-silver", title)
    estate.start_worker()
    case = story.answer(estate, "customer-silver", title, item_id)
    story.prove(case, title)


def test_webhooks_delivered_twice_and_out_of_order_change_nothing(estate: Estate) -> None:
    estate.control("faults", {"seed": 7, "webhooks": {"duplicate": 1, "shuffle_seconds": 0.7}})
    title = new_title("doubled and shuffled webhooks")
    item_id = story.begin(estate, "customer-gold", title)
    case = story.answer(estate, "customer-gold", title, item_id)
    story.prove(case, title)


def test_a_redis_that_forgets_everything_changes_nothing(estate: Estate) -> None:
    title = new_title("a forgetful Redis")
    estate.flush_redis()
    item_id = story.begin(estate, "customer-gold", title)
    estate.flush_redis()
    case = story.answer(estate, "customer-gold", title, item_id)
    estate.flush_redis()
    story.prove(case, title)


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "internal_500", "complexity", "locked"])
def test_a_monday_that_stumbles_changes_nothing(estate: Estate, kind: str) -> None:
    error = {"kind": kind, "times": 3, "retry_in_seconds": 1, "operation": "a0:"}
    title = new_title(kind)
    item_id = story.begin(estate, "customer-gold", title)
    estate.control("faults", {"account": "synerity", "seed": 3, "api": {"errors": [error]}})
    case = story.answer(estate, "customer-gold", title, item_id)
    story.prove(case, title)


#: Weather over the partner's account in which an answer says less than what was done, or only a part fails.
HALF_TRUTHS = {
    "a gateway that gives up when all is done": {
        "errors": [{"kind": "gateway_timeout", "done": True, "times": 3, "operation": "a0:"}]
    },
    "a field that fails": {"partial": [{"names": ["a0"], "times": 3}]},
    "a field that fails when its work is done": {"partial": [{"names": ["a0"], "times": 3, "done": True}]},
}


@pytest.mark.parametrize("weather", HALF_TRUTHS)
def test_an_answer_that_tells_half_the_truth_changes_nothing(estate: Estate, weather: str) -> None:
    title = new_title(weather)
    item_id = story.begin(estate, "customer-gold", title)
    estate.control("faults", {"account": "synerity", "seed": 3, "api": HALF_TRUTHS[weather]})
    case = story.answer(estate, "customer-gold", title, item_id)
    story.prove(case, title)


def test_webhooks_that_never_came_are_found_by_a_sweep(estate: Estate) -> None:
    estate.control("faults", {"seed": 1, "webhooks": {"drop": 1.0}})
    title = new_title("lost webhooks")
    item_id = story.begin(estate, "customer-silver", title)
    estate.control_delete("faults")
    answer = estate.synerity("reconcile", "--account", "customer-silver")
    assert answer.returncode == 0, answer.stderr
    case = story.answer(estate, "customer-silver", title, item_id)
    story.prove(case, title)


@pytest.mark.parametrize("place", ["timers.before_commit", "timers.committed"])
def test_timers_killed_at_any_step_fire_once_all_the_same(estate: Estate, place: str) -> None:
    title = new_title(place)
    item_id = story.begin(estate, "customer-gold", title)
    estate.wait_until(lambda: story.desk_items(estate, title), "the ticket")
    estate.wait_until_settled()
    estate.kill("timers")
    estate.start_timers(env={"CRASH_AT": place})
    estate.advance("4d")
    estate.wait_until(lambda: estate.has_died("timers") or None, f"the timers to die at {place}")
    estate.start_timers()
    customer = estate.as_user("customer-gold")
    breached = estate.board("customer-gold", "tickets").label("sla_status", "breached")["label"]
    estate.wait_until(
        lambda: customer.item(item_id).texts["sla_status"] == breached or None, "the breach on the board"
    )
