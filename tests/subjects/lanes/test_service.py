"""One at a time per lane, nothing forgotten, whoever dies."""

import threading

import pytest
from sqlalchemy import text

from app.db import Database
from app.lanes import service as lanes
from app.lanes.service import Bell, Claim, LaneLostError, LaneName
from app.priority import Priority, set_priority

NOW = 1_000_000.0
LEASE = 60.0
TICKET = LaneName("item:1:2:3", "1", "item")
OTHER = LaneName("item:1:2:4", "1", "item")


def want(database: Database, *names: LaneName, now: float = NOW, priority: Priority = Priority.LIVE) -> None:
    with database.transaction() as session:
        set_priority(session, priority)
        lanes.want(session, names, now=now)


def claim(database: Database, *, now: float = NOW, limit: int = 10) -> list[Claim]:
    with database.transaction() as session:
        return list(lanes.claim(session, "1", "item", now=now, lease_seconds=LEASE, limit=limit))


def finish(database: Database, held: Claim, *, now: float = NOW) -> None:
    with database.transaction() as session:
        lanes.finish(session, held, now=now)


def test_wanted_work_can_be_claimed(database: Database) -> None:
    want(database, TICKET)
    assert [held.key for held in claim(database)] == [TICKET.key]


def test_nothing_is_claimed_when_nothing_is_wanted(database: Database) -> None:
    assert claim(database) == []


def test_a_held_lane_is_nobody_elses(database: Database) -> None:
    want(database, TICKET)
    claim(database)
    assert claim(database) == []


def test_a_finished_lane_rests(database: Database) -> None:
    want(database, TICKET)
    finish(database, claim(database)[0])
    assert claim(database) == []


def test_what_is_wanted_while_working_is_not_forgotten(database: Database) -> None:
    want(database, TICKET)
    held = claim(database)[0]
    want(database, TICKET)
    finish(database, held)
    assert [again.key for again in claim(database)] == [TICKET.key]


def test_many_wishes_are_one_piece_of_work(database: Database) -> None:
    for _ in range(5):
        want(database, TICKET)
    finish(database, claim(database)[0])
    assert claim(database) == []


def test_a_dead_workers_lane_is_free_when_its_lease_ends(database: Database) -> None:
    want(database, TICKET)
    claim(database)
    assert claim(database, now=NOW + LEASE - 1) == []
    assert len(claim(database, now=NOW + LEASE)) == 1


def test_a_worker_that_lost_its_lease_can_not_finish(database: Database) -> None:
    want(database, TICKET)
    zombie = claim(database)[0]
    claim(database, now=NOW + LEASE)
    with pytest.raises(LaneLostError):
        finish(database, zombie, now=NOW + LEASE)


def test_a_worker_that_lost_its_lease_can_not_renew_it(database: Database) -> None:
    want(database, TICKET)
    zombie = claim(database)[0]
    claim(database, now=NOW + LEASE)
    with pytest.raises(LaneLostError), database.transaction() as session:
        lanes.renew(session, zombie, now=NOW + LEASE, lease_seconds=LEASE)


def test_a_renewed_lease_lasts_longer(database: Database) -> None:
    want(database, TICKET)
    held = claim(database)[0]
    with database.transaction() as session:
        lanes.renew(session, held, now=NOW + 50, lease_seconds=LEASE)
    assert claim(database, now=NOW + LEASE) == []


def test_a_snoozed_lane_waits_for_its_moment(database: Database) -> None:
    want(database, TICKET)
    with database.transaction() as session:
        held = lanes.claim(session, "1", "item", now=NOW, lease_seconds=LEASE, limit=1)[0]
        lanes.snooze(session, held, until=NOW + 5, failed=True)
    assert claim(database, now=NOW + 4) == []
    assert claim(database, now=NOW + 5)[0].attempts == 1


def test_waiting_for_a_budget_uses_no_attempt(database: Database) -> None:
    want(database, TICKET)
    with database.transaction() as session:
        held = lanes.claim(session, "1", "item", now=NOW, lease_seconds=LEASE, limit=1)[0]
        lanes.snooze(session, held, until=NOW, failed=False)
    assert claim(database)[0].attempts == 0


def test_connecting_an_account_again_ends_its_snoozes(database: Database) -> None:
    want(database, TICKET)
    with database.transaction() as session:
        held = lanes.claim(session, "1", "item", now=NOW, lease_seconds=LEASE, limit=1)[0]
        lanes.snooze(session, held, until=NOW + 9_999, failed=False)
        lanes.wake(session, "1")
    assert len(claim(database)) == 1


def test_the_longest_waiting_comes_first(database: Database) -> None:
    want(database, TICKET, now=NOW)
    want(database, OTHER, now=NOW - 10)
    assert [held.key for held in claim(database, limit=1)] == [OTHER.key]


def test_what_waits_can_be_rung_for(database: Database) -> None:
    board = LaneName("board:1:2", "1", "board")
    want(database, TICKET, OTHER, board)
    with database.reading() as session:
        bells = lanes.waiting(session, now=NOW)
    assert set(bells) == {Bell("1", "item"), Bell("1", "board", "board:1:2")}


def test_lanes_that_wait_for_a_moment_are_passed_over_and_not_walked_through(database: Database) -> None:
    asked = text(
        f"EXPLAIN {'' if database.engine.dialect.name == 'postgresql' else 'QUERY PLAN'} {lanes._WAITING}"
    )
    with database.transaction() as session:
        lanes.want(session, [LaneName(f"item:1:2:{n}", "1", "item") for n in range(3_000)], now=NOW)
    with database.transaction() as session:
        session.execute(text("UPDATE lanes SET not_before = :later"), {"later": NOW + 60})
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    with database.reading() as session:
        plan = [str(row) for row in session.execute(asked, {"now": NOW, "limit": 500})]
        assert lanes.waiting(session, now=NOW) == []
    assert any("lanes_ready" in line for line in plan), plan


def test_one_lane_can_be_claimed_by_name(database: Database) -> None:
    want(database, TICKET, OTHER)
    with database.transaction() as session:
        held = lanes.claim_one(session, OTHER.key, now=NOW, lease_seconds=LEASE)
        assert held is not None
        assert lanes.claim_one(session, OTHER.key, now=NOW, lease_seconds=LEASE) is None


def test_many_workers_share_lanes_without_doubling(database: Database) -> None:
    names = [LaneName(f"item:1:2:{number}", "1", "item") for number in range(60)]
    want(database, *names)
    taken: list[str] = []
    guard = threading.Lock()

    def work() -> None:
        while held := claim(database, limit=4):
            with guard:
                taken.extend(one.key for one in held)
            for one in held:
                finish(database, one)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # PostgreSQL may skip a lane that another worker touches; it is claimed in the next round.
    while held := claim(database):
        taken.extend(one.key for one in held)
        for one in held:
            finish(database, one)
    assert sorted(taken) == sorted(name.key for name in names)


def test_what_is_urgent_goes_before_what_waits_longer(database: Database) -> None:
    want(database, OTHER, now=NOW - 100, priority=Priority.SWEEP)
    want(database, TICKET)
    assert [held.key for held in claim(database, limit=1)] == [TICKET.key]


def test_an_urgent_word_makes_a_waiting_lane_urgent(database: Database) -> None:
    want(database, TICKET, priority=Priority.SWEEP)
    want(database, TICKET, priority=Priority.LIVE)
    want(database, TICKET, priority=Priority.BACKFILL)
    assert claim(database)[0].priority is Priority.LIVE


def test_a_lane_at_rest_is_as_urgent_as_what_comes_next(database: Database) -> None:
    want(database, TICKET, priority=Priority.LIVE)
    finish(database, claim(database)[0])
    want(database, TICKET, priority=Priority.SWEEP)
    assert claim(database)[0].priority is Priority.SWEEP


def test_who_has_much_to_do_does_not_hold_up_who_has_little(database: Database) -> None:
    noisy = [LaneName(f"item:1:2:{number}", "1", "item") for number in range(100, 130)]
    quiet = [LaneName(f"item:1:2:{number}", "1", "item") for number in (7, 8)]
    with database.transaction() as session:
        for lane in noisy:
            lanes.assign(session, lane, "noisy")
        for lane in quiet:
            lanes.assign(session, lane, f"quiet {lane.key}")
    want(database, *noisy, now=NOW - 10)
    want(database, *quiet)
    first = [held.key for held in claim(database, limit=3)]
    assert sorted(first[1:]) == sorted(lane.key for lane in quiet)
    assert first[0].startswith("item:1:2:1")


def snooze(
    database: Database, held: Claim, *, until: float, priority: Priority, failed: bool = False
) -> None:
    with database.transaction() as session:
        lanes.snooze(session, held, until=until, failed=failed, priority=priority)


def test_urgent_work_does_not_wait_for_a_budget_that_only_the_rest_waits_for(database: Database) -> None:
    want(database, TICKET)
    snooze(database, claim(database)[0], until=NOW + 60, priority=Priority.BACKFILL)
    want(database, TICKET, priority=Priority.BACKFILL)
    assert not claim(database)
    want(database, TICKET, priority=Priority.LIVE)
    assert [held.key for held in claim(database)] == [TICKET.key]


def test_what_is_wanted_while_a_lane_is_held_does_not_wait_for_its_budget(database: Database) -> None:
    want(database, TICKET, priority=Priority.BACKFILL)
    held = claim(database)[0]
    want(database, TICKET, priority=Priority.LIVE)
    snooze(database, held, until=NOW + 60, priority=Priority.BACKFILL)
    assert claim(database)[0].priority is Priority.LIVE


def test_urgent_work_waits_for_an_account_that_fails(database: Database) -> None:
    want(database, TICKET, priority=Priority.BACKFILL)
    snooze(database, claim(database)[0], until=NOW + 60, priority=Priority.BACKFILL, failed=True)
    want(database, TICKET, priority=Priority.LIVE)
    assert not claim(database)


def test_where_one_lane_waits_for_the_budget_its_like_do_too(database: Database) -> None:
    want(database, TICKET, OTHER, priority=Priority.BACKFILL)
    with database.transaction() as session:
        lanes.put_off(session, "1", "item", Priority.BACKFILL, now=NOW, until=NOW + 60)
    assert not claim(database)
    assert len(claim(database, now=NOW + 60)) == 2


def test_lanes_that_are_more_urgent_are_not_put_off(database: Database) -> None:
    want(database, TICKET)
    with database.transaction() as session:
        lanes.put_off(session, "1", "item", Priority.BACKFILL, now=NOW, until=NOW + 60)
    assert [held.key for held in claim(database)] == [TICKET.key]


def test_a_bell_says_how_urgent_the_work_is(database: Database) -> None:
    want(database, TICKET, priority=Priority.SWEEP)
    with database.reading() as session:
        assert lanes.waiting(session, now=NOW) == [Bell("1", "item", "", Priority.SWEEP)]


def test_a_share_that_is_held_already_can_be_left_out(database: Database) -> None:
    want(database, TICKET, OTHER)
    with database.transaction() as session:
        lanes.assign(session, TICKET, "a")
        lanes.assign(session, OTHER, "b")
    [first] = claim(database, limit=1)
    third = LaneName("item:1:2:5", "1", "item")
    want(database, third)
    with database.transaction() as session:
        lanes.assign(session, third, first.share)
        found = lanes.claim(session, "1", "item", now=NOW, lease_seconds=LEASE, limit=10, beside=[first])
    assert [held.share for held in found] == [{"a": "b", "b": "a"}[first.share]]


def test_what_is_more_urgent_is_not_left_out(database: Database) -> None:
    want(database, TICKET, priority=Priority.SWEEP)
    [first] = claim(database)
    want(database, OTHER)
    with database.transaction() as session:
        found = lanes.claim(session, "1", "item", now=NOW, lease_seconds=LEASE, limit=10, beside=[first])
    assert [held.key for held in found] == [OTHER.key]


def test_a_kept_lane_is_anybodys_when_its_moment_has_come(database: Database) -> None:
    want(database, TICKET)
    held = claim(database)
    with database.transaction() as session:
        lanes.keep(session, held, until=NOW + 3)
    assert claim(database, now=NOW + 2) == []
    assert [again.key for again in claim(database, now=NOW + 3)] == [TICKET.key]


def take_up(database: Database, held: list[Claim], *, now: float = NOW) -> list[Claim]:
    with database.transaction() as session:
        return list(lanes.take_up(session, held, now=now, lease_seconds=LEASE))


def test_what_was_kept_is_taken_up_again_even_after_its_moment(database: Database) -> None:
    want(database, TICKET)
    held = claim(database)
    with database.transaction() as session:
        lanes.keep(session, held, until=NOW + 3)
    assert take_up(database, held, now=NOW + 10) == held
    assert claim(database, now=NOW + 11) == []
    finish(database, held[0], now=NOW + 12)


def test_what_somebody_else_has_claimed_is_not_taken_up(database: Database) -> None:
    want(database, TICKET)
    held = claim(database)
    [theirs] = claim(database, now=NOW + LEASE)
    assert take_up(database, held, now=NOW + LEASE) == []
    finish(database, theirs, now=NOW + LEASE)


def test_what_is_new_meanwhile_is_let_go_instead_of_taken_up(database: Database) -> None:
    want(database, TICKET, OTHER)
    held = claim(database)
    want(database, OTHER)
    assert [one.key for one in take_up(database, held)] == [TICKET.key]
    assert [again.key for again in claim(database)] == [OTHER.key]
