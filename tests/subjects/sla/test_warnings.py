"""People are told in business time, in order, and only of clocks that run."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given

from app.sla.rules import warnings
from app.sla.rules.cycles import Status, read_cycles
from app.sla.rules.history import Event, history
from tests.subjects.sla.histories import HOUR, OPENED, SUPPORT, moments, opened, promises, tickets


@given(tickets(), moments)
def test_nobody_is_told_at_night(events: list[Event], now: datetime) -> None:
    ticket = history(events)
    for cycle in read_cycles(ticket, promises, now=now):
        for step in warnings.steps(ticket, cycle):
            # At closing time at the latest; what is acute is told at once.
            assert step.name == warnings.CLAIMED or SUPPORT.is_open(step.at - timedelta(microseconds=1))


@given(tickets(), moments)
def test_steps_come_one_after_the_other_for_clocks_that_run(events: list[Event], now: datetime) -> None:
    ticket = history(events)
    for cycle in read_cycles(ticket, promises, now=now):
        found = warnings.steps(ticket, cycle)
        assert all(one.at <= two.at for one, two in pairwise(found))
        if cycle.stopped_at is not None or cycle.status in (Status.PAUSED, Status.NONE):
            assert found == []


@given(tickets(), moments)
def test_what_was_reached_and_what_comes_next_meet(events: list[Event], now: datetime) -> None:
    ticket = history(events)
    for cycle in read_cycles(ticket, promises, now=now):
        found = warnings.steps(ticket, cycle)
        comes = warnings.next_step(found, now=now)
        reached = warnings.reached(found, now=now)
        assert (comes is None) == (len(reached) == len(found))
        assert comes is None or comes > now


def test_the_steps_of_a_gold_ticket() -> None:
    ticket = history(opened())
    cycle = read_cycles(ticket, promises, now=OPENED)[0]
    told = [(step.name, (step.at - OPENED) / HOUR) for step in warnings.steps(ticket, cycle)][:5]
    assert told == [("50", 1), ("75", 1.5), ("90", 1.8), ("breach", 2), ("breach+1", 3)]
