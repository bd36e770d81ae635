"""The same story under bad weather, told by real processes: one ticket, each message once, the right clock.

Every step and every kind of weather is tried on the stage (``test_crash_points``, ``test_what_monday_does``);
here stands what only real processes, sockets and SIGKILL can show.
"""

import itertools
from collections.abc import Iterator

import pytest

from tests.support import story
from tests.support.estate import Estate

_serial = itertools.count(1)
#: Before and after the two commits and the call that all hangs on.
WORKER_PLACES = ["inbox.before_commit", "outbox.before_call", "outbox.after_call", "outbox.committed"]


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


def test_a_worker_killed_later_on_its_way_loses_and_doubles_nothing(estate: Estate) -> None:
    for worker in estate.workers():
        estate.kill_worker(worker)
    estate.start_worker(env={"CRASH_AT": "outbox.after_call:5"})
    title = new_title("the fifth call")
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


@pytest.mark.parametrize("kind", ["timeout_after", "complexity"])
def test_a_monday_that_stumbles_changes_nothing(estate: Estate, kind: str) -> None:
    error = {"kind": kind, "times": 3, "retry_in_seconds": 1, "operation": "a0:"}
    title = new_title(kind)
    item_id = story.begin(estate, "customer-gold", title)
    estate.control("faults", {"account": "synerity", "seed": 3, "api": {"errors": [error]}})
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


@pytest.mark.parametrize("place", ["timers.before_commit"])
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
