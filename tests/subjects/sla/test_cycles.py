"""What a ticket's clocks show, whenever, however often and in whatever order its events are heard of."""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.sla.rules.cycles import Cycle, Metric, Status, Target, counted, next_change, read_cycles, shown
from app.sla.rules.history import SOLVED, Event, History, Kind, history, value_at
from tests.subjects.sla.histories import (
    HOUR,
    MINUTE,
    OPENED,
    PAUSES,
    SUPPORT,
    event,
    moments,
    opened,
    promises,
    tickets,
)


def clocks(events: list[Event], *, hours: float) -> dict[Metric, list[Cycle]]:
    """A ticket's clocks, read so many hours after it was opened."""
    read = read_cycles(history(events), promises, now=OPENED + hours * HOUR)
    return {metric: [cycle for cycle in read if cycle.metric is metric] for metric in Metric}


def first(events: list[Event], *, hours: float) -> Cycle:
    """The clock of its first response."""
    return clocks(events, hours=hours)[Metric.FIRST_RESPONSE][0]


def is_counted(ticket: History, at: datetime) -> bool:
    """Whether a minute counts, by the rules and not by the code."""
    status = value_at(ticket.statuses, at)
    excused = any(s.start <= at and s.end is not None and at < s.end for s in ticket.excused)
    return SUPPORT.is_open(at) and status != SOLVED and status not in PAUSES and not excused


@given(tickets(), st.randoms(use_true_random=False), moments)
def test_the_order_in_which_events_are_heard_of_changes_nothing(
    events: list[Event], random: Random, now: datetime
) -> None:
    heard = [*events, *random.choices(events, k=3)]
    random.shuffle(heard)
    assert read_cycles(history(heard), promises, now=now) == read_cycles(history(events), promises, now=now)


@given(tickets(), moments, moments)
def test_what_counts_is_what_a_stepper_counts(events: list[Event], start: datetime, end: datetime) -> None:
    ticket, target = history(events), Target(7_200, SUPPORT, PAUSES)
    assume(start < end < start + timedelta(days=3))
    minutes = (start + MINUTE * index for index in range((end - start) // MINUTE))
    stepped = sum((MINUTE for at in minutes if is_counted(ticket, at)), timedelta(0))
    assert counted(ticket, target, start, end) == stepped


@given(tickets(), moments)
def test_by_the_due_moment_just_the_promised_time_has_counted(events: list[Event], now: datetime) -> None:
    ticket = history(events)
    for cycle in read_cycles(ticket, promises, now=now):
        if cycle.due_at is not None and cycle.target is not None and cycle.stopped_at is None:
            promised = timedelta(seconds=cycle.target.business_seconds)
            assert counted(ticket, cycle.target, cycle.started_at, cycle.due_at) == promised


@given(tickets(), moments, moments)
def test_read_late_it_says_the_same(events: list[Event], one: datetime, other: datetime) -> None:
    now, later = sorted((one, other))
    ticket = history([event for event in events if event.at <= now])
    before, after = (read_cycles(ticket, promises, now=at) for at in (now, later))
    for earlier, cycle in zip(before, after, strict=True):
        if earlier.breached_at is not None:
            assert cycle.breached_at == earlier.breached_at
        if cycle.breached_at is not None:
            assert (earlier.breached_at is None) == (now < cycle.breached_at)


@given(tickets(), moments)
def test_nothing_changes_before_the_next_change_and_then_something_does(
    events: list[Event], now: datetime
) -> None:
    ticket = history([event for event in events if event.kind is not Kind.EXCUSED and event.at <= now])
    read = read_cycles(ticket, promises, now=now)
    change = next_change(read)
    if change is None:
        assert read_cycles(ticket, promises, now=now + timedelta(days=400)) == read
        return
    assert change > now
    assert read_cycles(ticket, promises, now=change - timedelta(microseconds=1)) == read
    assert read_cycles(ticket, promises, now=change) != read


def test_a_new_ticket_is_on_track() -> None:
    clock = first(opened(), hours=0)
    assert (clock.status, clock.due_at) == (Status.ON_TRACK, OPENED + 2 * HOUR)


def test_a_clock_is_at_risk_from_three_quarters_of_its_time() -> None:
    assert first(opened(), hours=1.499).status is Status.ON_TRACK
    assert first(opened(), hours=1.5).status is Status.AT_RISK


def test_an_answer_at_the_due_moment_is_in_time() -> None:
    assert first([*opened(), event(Kind.ANSWER, 2)], hours=3).status is Status.MET
    late = first([*opened(), event(Kind.ANSWER, 2.001)], hours=3)
    assert (late.status, late.breached_at) == (Status.BREACHED, OPENED + 2 * HOUR)


def test_what_pauses_after_the_answer_does_not_move_when_it_was_due() -> None:
    events = [*opened(), event(Kind.ANSWER, 1), event(Kind.STATUS, 1.5, "waiting_customer")]
    assert first(events, hours=9).due_at == OPENED + 2 * HOUR


def test_nothing_is_promised_to_free() -> None:
    read = read_cycles(history(opened("free")), promises, now=OPENED + 100 * HOUR)
    assert {cycle.status for cycle in read} == {Status.NONE}
    clock = shown(read)
    assert clock.status is Status.NONE


def test_what_was_solved_late_is_a_breach_though_it_is_looked_at_after() -> None:
    # 27 business hours are three working days.
    events = [*opened(), event(Kind.ANSWER, 1), event(Kind.STATUS, 24 * 4, SOLVED)]
    [clock] = clocks(events, hours=24 * 30)[Metric.RESOLUTION]
    assert (clock.status, clock.breached_at) == (Status.BREACHED, OPENED + timedelta(days=3))


def test_a_pause_is_not_forgotten_when_the_agreement_changes() -> None:
    events = [
        *opened("silver"),
        event(Kind.STATUS, 1, "waiting_customer"),
        event(Kind.STATUS, 4, "in_progress"),
    ]
    # The rest of Monday is 3 hours.
    assert first(events, hours=4.5).due_at == OPENED + timedelta(days=1, hours=2)
    better = [*events, event(Kind.TIER, 4.5, "gold")]
    assert first(better, hours=4.6).due_at == OPENED + 5 * HOUR


def test_a_promise_is_not_broken_before_it_is_given() -> None:
    clock = first([*opened("free"), event(Kind.TIER, 6, "gold")], hours=7)
    assert (clock.due_at, clock.breached_at) == (OPENED + 2 * HOUR, OPENED + 6 * HOUR)


def test_a_breach_stays_when_the_agreement_is_changed_afterwards() -> None:
    clock = first([*opened(), event(Kind.TIER, 3, "free")], hours=4)
    assert (clock.status, clock.breached_at) == (Status.BREACHED, OPENED + 2 * HOUR)


def test_an_urgent_ticket_has_less_time_from_its_opening_on() -> None:
    assert first([*opened(), event(Kind.PRIORITY, 0.5, "urgent")], hours=0.6).due_at == OPENED + HOUR


def test_thanks_for_a_solution_start_no_clock() -> None:
    events = [*opened(), event(Kind.ANSWER, 1), event(Kind.STATUS, 2, SOLVED), event(Kind.QUESTION, 3)]
    assert clocks(events, hours=50)[Metric.NEXT_RESPONSE] == []


def test_what_was_asked_after_a_solution_waits_from_when_the_ticket_is_open_again() -> None:
    events = [
        *opened(),
        event(Kind.ANSWER, 1),
        event(Kind.STATUS, 2, SOLVED),
        event(Kind.QUESTION, 3),
        event(Kind.STATUS, 4, "in_progress"),
    ]
    [clock] = clocks(events, hours=5)[Metric.NEXT_RESPONSE]
    assert (clock.started_at, clock.status) == (OPENED + 4 * HOUR, Status.ON_TRACK)


def test_a_question_and_an_answer_of_one_second_belong_together() -> None:
    events = [*opened(), event(Kind.ANSWER, 1), event(Kind.QUESTION, 1)]
    assert clocks(events, hours=9)[Metric.NEXT_RESPONSE] == []


def test_more_words_do_not_start_the_clock_anew() -> None:
    events = [*opened(), event(Kind.ANSWER, 1), event(Kind.QUESTION, 2), event(Kind.QUESTION, 3)]
    [clock] = clocks(events, hours=3.5)[Metric.NEXT_RESPONSE]
    assert (clock.started_at, clock.due_at) == (OPENED + 2 * HOUR, OPENED + 4 * HOUR)


def test_an_answer_that_is_taken_back_was_none_until_it_is_given_again() -> None:
    told = event(Kind.ANSWER, 1, "u1")
    taken = event(Kind.WITHDRAWN, 1.2, "u1")
    again = event(Kind.ANSWER, 1, "u1", key="again")
    assert first([*opened(), told], hours=1.5).status is Status.MET
    assert first([*opened(), told, taken], hours=1.5).status is Status.AT_RISK
    assert first([*opened(), told, taken, again], hours=1.5).status is Status.MET


def test_a_solved_ticket_breaks_no_promise_while_it_is() -> None:
    events = [*opened(), event(Kind.STATUS, 1, SOLVED)]
    clock = first(events, hours=24 * 30)
    assert (clock.status, clock.due_at, clock.next_change_at) == (Status.PAUSED, None, None)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([event(Kind.ACUTE, 1, "claimed")], Status.BREACHED),
        ([event(Kind.ACUTE, 1, "claimed"), event(Kind.ANSWER, 1.4)], Status.MET),
        ([event(Kind.ACUTE, 1, "claimed"), event(Kind.ACUTE, 1.1, "confirmed")], Status.BREACHED),
        ([event(Kind.ACUTE, 1, "claimed"), event(Kind.ACUTE, 1.7, "refused")], None),
        ([event(Kind.ACUTE, 1, "claimed"), event(Kind.ACUTE, 1.2, "withdrawn")], None),
        ([event(Kind.ANSWER, 0.5), event(Kind.ACUTE, 1, "claimed")], Status.BREACHED),
    ],
)
def test_what_is_acute_waits_from_the_customers_word(events: list[Event], status: Status | None) -> None:
    runs = clocks([*opened(), *events], hours=1.6)[Metric.ACUTE_RESPONSE]
    if status is None:
        runs = clocks([*opened(), *events], hours=1.8)[Metric.ACUTE_RESPONSE]
    assert [run.status for run in runs] == ([] if status is None else [status])


def test_acute_is_nothing_to_an_agreement_without_it() -> None:
    [run] = clocks([*opened("silver"), event(Kind.ACUTE, 1, "claimed")], hours=3)[Metric.ACUTE_RESPONSE]
    assert run.status is Status.NONE


def test_time_that_was_excused_does_not_count() -> None:
    excused = Event(
        Kind.EXCUSED, OPENED, "excused", until=OPENED + HOUR, by="Maria", reason="The line was down"
    )
    assert first([*opened(), excused], hours=2).due_at == OPENED + 3 * HOUR


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([event(Kind.ANSWER, 1)], Status.MET),
        ([event(Kind.ANSWER, 3)], Status.BREACHED),
        ([event(Kind.ANSWER, 1), event(Kind.QUESTION, 3)], Status.ON_TRACK),
        ([event(Kind.ANSWER, 3), event(Kind.QUESTION, 3.5)], Status.ON_TRACK),
        ([event(Kind.ANSWER, 3), event(Kind.QUESTION, 3.5), event(Kind.ANSWER, 3.6)], Status.BREACHED),
        ([event(Kind.ANSWER, 1), event(Kind.STATUS, 1.5, "waiting_customer")], Status.MET),
        ([event(Kind.STATUS, 1, "waiting_customer")], Status.PAUSED),
    ],
)
def test_boards_show_what_runs_and_else_how_it_went(events: list[Event], status: Status) -> None:
    clock = shown(read_cycles(history([*opened(), *events]), promises, now=OPENED + 4 * HOUR))
    assert clock.status is status


def test_a_ticket_that_was_never_opened_has_no_clock() -> None:
    with pytest.raises(ValueError, match="opened"):
        history([event(Kind.ANSWER, 1)])
