"""The same story where the truth is kept in PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.support import servers, story
from tests.support.estate import Estate, running_estate


@pytest.fixture(scope="module")
def estate(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with (
        servers.postgresql_database(postgresql) as url,
        running_estate(tmp_path_factory.mktemp("estate"), env={"DATABASE_URL": url}, workers=2) as running,
    ):
        yield running


def test_a_ticket_travels(estate: Estate) -> None:
    item_id = story.begin(estate, "customer-gold", "On the large database")
    case = story.answer(estate, "customer-gold", "On the large database", item_id)
    story.prove(case, "On the large database")


def test_a_worker_killed_after_monday_has_answered_doubles_nothing(estate: Estate) -> None:
    for worker in estate.workers():
        estate.kill_worker(worker)
    doomed = estate.start_worker(env={"CRASH_AT": "outbox.after_call"})
    item_id = story.begin(estate, "customer-silver", "Killed on the large database")
    estate.wait_until(lambda: estate.has_died(doomed) or None, "the worker to die")
    estate.start_worker()
    case = story.answer(estate, "customer-silver", "Killed on the large database", item_id)
    story.prove(case, "Killed on the large database")
