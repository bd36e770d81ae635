"""The same story under bad weather: exactly one ticket, each message once, the right clock."""

import itertools
from collections.abc import Iterator

import pytest

from app.crashpoints import PLACES
from tests.support import story
from tests.support.estate import Estate

_serial = itertools.count(1)
#: The steps of a ticket's way; a worker dies at each, in this order.
WAYS = {
    family: [place for place in PLACES if place.startswith(f"{family}.")] for family in ("inbox", "outbox")
}


def new_title(weather: str) -> str:
    return f"Survives {weather} {next(_serial)}"


@pytest.fixture(autouse=True)
def fair_weather_afterwards(estate: Estate) -> Iterator[None]:
    yield
    estate.control_delete("faults")
    if not estate.workers():
        estate.start_worker()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", WAYS)
def test_workers_killed_at_every_step_lose_and_double_nothing(estate: Estate, way: str) -> None:
    for worker in estate.workers():
        estate.kill_worker(worker)
    title = new_title(f"deaths in the {way}")
    item_id = story.begin(estate, "customer-gold", title)
    for place in WAYS[way]:
        wait_for_death(estate, estate.start_worker(env={"CRASH_AT": place}), place)
    # One dies later on its way, while another works beside it.
    estate.start_worker(env={"CRASH_AT": "outbox.after_call:3"})
    estate.start_worker()
    case = story.answer(estate, "customer-gold", title, item_id)
    story.prove(case, title)


def wait_for_death(estate: Estate, process: str, place: str) -> None:
    estate.wait_until(
        lambda: estate.has_died(process) or None,
        f"{process} to die at {place}",
        seconds=story.PATIENCE_SECONDS,
    )


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


def test_a_monday_that_stumbles_changes_nothing(estate: Estate) -> None:
    """Each kind of failure by itself: ``test_monday_stumbles``; here processes wait until they may go on."""
    errors = [
        {"kind": kind, "times": 1, "retry_in_seconds": 1, "operation": "a0:"}
        for kind in ("timeout_after", "internal_500", "complexity")
    ]
    title = new_title("one failure after another")
    item_id = story.begin(estate, "customer-gold", title)
    estate.control("faults", {"account": "synerity", "seed": 3, "api": {"errors": errors}})
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


def test_timers_killed_at_every_step_fire_once_all_the_same(estate: Estate) -> None:
    title = new_title("deaths of timers")
    item_id = story.begin(estate, "customer-gold", title)
    estate.wait_until(lambda: story.desk_items(estate, title), "the ticket")
    estate.wait_until_settled()
    estate.kill("timers")
    estate.advance("4d")
    for place in ("timers.before_commit", "timers.committed"):
        estate.start_timers(env={"CRASH_AT": place})
        wait_for_death(estate, "timers", place)
    estate.start_timers()
    customer = estate.as_user("customer-gold")
    breached = estate.board("customer-gold", "tickets").label("sla_status", "breached")["label"]
    estate.wait_until(
        lambda: customer.item(item_id).texts["sla_status"] == breached or None,
        "the breach on the board",
        seconds=story.PATIENCE_SECONDS,
    )
