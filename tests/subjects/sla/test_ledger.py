"""The working of a clock adds up, and says of every stretch why it counted or not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given

from app.sla.rules import ledger
from app.sla.rules.cycles import counted, read_cycles
from app.sla.rules.history import Event, Kind, history
from app.sla.rules.ledger import Line, Party
from tests.subjects.sla.histories import HOUR, OPENED, SUPPORT, event, moments, opened, promises, tickets


def first_ledger(events: list[Event], *, hours: float) -> list[Line]:
    """The working of the first response's clock, so many hours after the opening."""
    now, ticket = OPENED + hours * HOUR, history(events)
    return ledger.ledger(ticket, read_cycles(ticket, promises, now=now)[0], now=now)


@given(tickets(), moments)
def test_the_lines_add_up_to_what_counts(events: list[Event], now: datetime) -> None:
    ticket = history(events)
    for cycle in read_cycles(ticket, promises, now=now):
        lines = ledger.ledger(ticket, cycle, now=now)
        end = cycle.stopped_at or now
        if cycle.target is not None:
            assert ledger.counted(lines) == counted(ticket, cycle.target, cycle.started_at, end)
            assert sum((line.length for line in lines), timedelta(0)) == max(
                end - cycle.started_at, timedelta(0)
            )
        assert all(one.end == two.start for one, two in pairwise(lines))


@given(tickets(), moments)
def test_everybodys_time_adds_up_to_all_of_it(events: list[Event], until: datetime) -> None:
    shares = ledger.whose_time(history(events), SUPPORT, until=until)
    assert sum(shares.values(), timedelta(0)) == until - OPENED


def test_a_ledger_names_nights_pauses_and_excuses() -> None:
    events = [
        *opened("silver"),
        event(Kind.STATUS, 2, "waiting_customer"),
        event(Kind.STATUS, 3, "in_progress"),
        Event(
            Kind.EXCUSED,
            OPENED + 4 * HOUR,
            "excused",
            until=OPENED + 5 * HOUR,
            by="Maria",
            reason="The line was down",
        ),
    ]
    told = [(line.end, line.counts, line.reason, line.detail) for line in first_ledger(events, hours=24)]
    morning = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert told == [
        (OPENED + 2 * HOUR, True, "open", ""),
        (OPENED + 3 * HOUR, False, "paused", "waiting_customer"),
        (OPENED + 4 * HOUR, True, "open", ""),
        (OPENED + 5 * HOUR, False, "excused", "Maria: The line was down"),
        (OPENED + 7 * HOUR, True, "open", ""),
        (morning, False, "outside_hours", ""),
        (OPENED + 24 * HOUR, True, "open", ""),
    ]


def test_nothing_is_counted_where_nothing_is_promised() -> None:
    assert first_ledger(opened("free"), hours=24) == []


def test_a_tickets_time_is_shared_out_by_who_it_waits_for() -> None:
    events = [
        *opened("silver"),
        event(Kind.STATUS, 1, "waiting_customer"),
        event(Kind.STATUS, 3, "waiting_vendor"),
        event(Kind.STATUS, 6, "in_progress"),
        event(Kind.STATUS, 8, "solved"),
    ]
    shares = ledger.whose_time(history(events), SUPPORT, until=OPENED + 10 * HOUR)
    assert shares == {
        Party.US: 2 * HOUR,
        Party.CUSTOMER: 2 * HOUR,
        Party.VENDOR: 3 * HOUR,
        Party.CLOSED: HOUR,
        Party.DONE: 2 * HOUR,
    }
