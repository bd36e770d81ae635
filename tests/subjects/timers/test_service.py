"""A timer fires once, not before its moment, and not after it was cancelled."""

import threading
from datetime import UTC, datetime, timedelta

from app.db import Database
from app.timers import service as timers

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def arm(database: Database, subject: str, due_at: datetime) -> None:
    with database.transaction() as session:
        timers.arm(session, kind="response", subject=subject, account_id="1", due_at=due_at)


def fired(database: Database, now: datetime) -> list[str]:
    with database.transaction() as session:
        return [timer.subject for timer in timers.take_due(session, now=now)]


def test_a_timer_does_not_fire_early(database: Database) -> None:
    arm(database, "7", NOON)
    assert fired(database, NOON - timedelta(microseconds=1)) == []


def test_a_timer_fires_at_its_moment(database: Database) -> None:
    arm(database, "7", NOON)
    assert fired(database, NOON) == ["7"]


def test_a_timer_fires_once(database: Database) -> None:
    arm(database, "7", NOON)
    fired(database, NOON)
    assert fired(database, NOON + timedelta(days=1)) == []


def test_timers_missed_in_an_outage_fire_in_order(database: Database) -> None:
    arm(database, "late", NOON)
    arm(database, "later", NOON + timedelta(hours=1))
    arm(database, "early", NOON - timedelta(hours=1))
    assert fired(database, NOON + timedelta(days=2)) == ["early", "late", "later"]


def test_arming_again_moves_the_moment(database: Database) -> None:
    arm(database, "7", NOON)
    arm(database, "7", NOON + timedelta(hours=1))
    assert fired(database, NOON) == []
    assert fired(database, NOON + timedelta(hours=1)) == ["7"]


def test_a_cancelled_timer_does_not_fire(database: Database) -> None:
    arm(database, "7", NOON)
    with database.transaction() as session:
        timers.cancel(session, kind="response", subject="7")
    assert fired(database, NOON) == []


def test_a_timer_taken_in_a_transaction_that_fails_is_still_armed(database: Database) -> None:
    arm(database, "7", NOON)
    with database.transaction() as session:
        timers.take_due(session, now=NOON)
        session.rollback()
    assert fired(database, NOON) == ["7"]


def test_the_next_moment_is_known(database: Database) -> None:
    arm(database, "7", NOON)
    arm(database, "8", NOON - timedelta(hours=1))
    with database.reading() as session:
        assert timers.next_due(session) == NOON - timedelta(hours=1)


def test_each_timer_goes_to_one_of_several_processes(database: Database) -> None:
    with database.transaction() as session:
        for number in range(60):
            timers.arm(session, kind="response", subject=str(number), account_id="1", due_at=NOON)
    taken: list[str] = []

    def take() -> None:
        while True:
            with database.transaction() as session:
                due = timers.take_due(session, now=NOON, limit=7)
            if not due:
                return
            taken.extend([timer.subject for timer in due])

    processes = [threading.Thread(target=take) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(taken, key=int) == [str(number) for number in range(60)]
