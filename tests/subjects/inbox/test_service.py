"""An event is stored once, handled once, and never dropped."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.db import Database
from app.inbox import service as inbox
from app.inbox.intake import Intake, IntakeError
from app.inbox.models import InboxEvent
from app.inbox.service import NewEvent
from app.lanes import service as lanes
from app.lanes.service import Bell, LaneName

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LANE = LaneName("item:1:2:3", "1", "item")


def event(key: str, *, parked_reason: str | None = None) -> NewEvent:
    return NewEvent(LANE, "webhook", '{"event": {}}', key, NOON, parked_reason)


def store(database: Database, *events: NewEvent) -> None:
    with database.transaction() as session:
        inbox.store(session, events, lease_time=1.0)


def pending_ids(database: Database) -> list[int]:
    with database.reading() as session:
        return [stored.id for stored in inbox.pending(session, [LANE.key]).get(LANE.key, [])]


def test_a_stored_event_waits_in_its_lane(database: Database) -> None:
    store(database, event("a"))
    assert len(pending_ids(database)) == 1
    with database.reading() as session:
        assert lanes.waiting(session, now=2.0) == [Bell("1", "item")]


def test_a_delivery_repeated_by_monday_is_one_event(database: Database) -> None:
    store(database, event("a"))
    store(database, event("a"))
    assert len(pending_ids(database)) == 1


def test_the_same_delivery_twice_in_one_commit_is_one_event(database: Database) -> None:
    store(database, event("a"), event("a"), event("b"))
    assert len(pending_ids(database)) == 2


def test_events_come_out_in_the_order_they_came_in(database: Database) -> None:
    store(database, event("a"), event("b"))
    store(database, event("c"))
    ids = pending_ids(database)
    assert ids == sorted(ids)


def test_a_settled_event_waits_no_more(database: Database) -> None:
    store(database, event("a"))
    ids = pending_ids(database)
    with database.transaction() as session:
        inbox.settle(session, ids, now=NOON)
    assert pending_ids(database) == []


def test_a_parked_event_keeps_its_reason(database: Database) -> None:
    store(database, event("a", parked_reason="No board is registered."))
    with database.reading() as session:
        assert [parked.reason for parked in inbox.parked(session)] == ["No board is registered."]
    assert pending_ids(database) == []


def test_a_replayed_event_waits_in_its_lane_again(database: Database) -> None:
    store(database, event("a", parked_reason="No board is registered."))
    with database.transaction() as session:
        assert inbox.replay(session, None, lease_time=1.0) == 1
    assert len(pending_ids(database)) == 1
    with database.reading() as session:
        assert lanes.waiting(session, now=2.0) == [Bell("1", "item")]


def test_only_the_events_named_are_replayed(database: Database) -> None:
    store(database, event("a", parked_reason="x"), event("b", parked_reason="y"))
    with database.transaction() as session:
        first = inbox.parked(session)[0]
        assert inbox.replay(session, [first.id], lease_time=1.0) == 1
    with database.reading() as session:
        assert [parked.reason for parked in inbox.parked(session)] == ["y"]


def test_deliveries_that_arrive_together_are_all_durable_when_acknowledged(database: Database) -> None:
    rung: list[Bell] = []
    intake = Intake(database, rung.extend)
    missing: list[int] = []

    def deliver(number: int) -> None:
        intake.store(event(f"event-{number}"))
        if f"event-{number}" not in stored_keys(database):
            missing.append(number)

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert missing == []
    assert len(pending_ids(database)) == 24
    assert set(rung) == {Bell("1", "item")}


def test_an_event_that_can_not_be_stored_is_never_acknowledged(database: Database) -> None:
    intake = Intake(database, lambda _: None)
    without_zone = replace(event("bad"), received_at=NOON.replace(tzinfo=None))
    with pytest.raises(IntakeError):
        intake.store(without_zone)
    intake.store(event("good"))
    assert stored_keys(database) == {"good"}


def stored_keys(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.execute(select(InboxEvent.dedupe_key)).scalars())
