"""What people write in an entry's cells, and what they are told of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.texts import LANGUAGES, text
from app.time_entries.rules.charges import Invoicing, Per
from app.time_entries.rules.written import Complaint, Known, Reading, Written, read

RULES = Invoicing(15, Per.ENTRY, 7, 366)
TODAY = date(2026, 11, 20)
GOOD = Written("SYN-1001", None, "2026-11-19", "90", None)


def reading(written: Written = GOOD, known: Known | None = None, settled: date | None = None) -> Reading:
    return read(written, known or Known(1, None), RULES, today=TODAY, settled=settled)


def test_a_ticket_a_day_and_minutes_are_enough() -> None:
    assert reading() == Reading(1, date(2026, 11, 19), 90, is_billable=True, complaints=[])
    assert reading().counts


def test_a_customer_is_enough_in_place_of_a_ticket() -> None:
    found = reading(Written(None, "customer-gold", "2026-11-19", "90", "no"), Known(None, 2))
    assert (found.customer_id, found.is_billable, found.counts) == (2, False, True)


@pytest.mark.parametrize("lacking", ["ticket", "day", "minutes"])
def test_what_is_not_filled_in_yet_is_no_mistake(lacking: str) -> None:
    cells = {"ticket": "SYN-1001", "day": "2026-11-19", "minutes": "90"} | {lacking: None}
    known = Known(None if lacking == "ticket" else 1, None)
    found = reading(Written(cells["ticket"], None, cells["day"], cells["minutes"], None), known)
    assert (found.complaints, found.counts) == ([], False)


@pytest.mark.parametrize(
    ("written", "known", "reason"),
    [
        (Written("SYN-9999", None, "2026-11-19", "90", None), Known(None, None), "ticket"),
        (Written(None, "Nobody", "2026-11-19", "90", None), Known(None, None), "customer"),
        (Written("SYN-1001", "Other", "2026-11-19", "90", None), Known(1, 2), "both"),
        (Written("SYN-1001", None, "2026-11-19", "0", None), None, "minutes"),
        (Written("SYN-1001", None, "2026-11-19", "-15", None), None, "minutes"),
        (Written("SYN-1001", None, "2026-11-19", "1441", None), None, "minutes"),
        (Written("SYN-1001", None, "2026-11-19", "7.5", None), None, "minutes"),
        (Written("SYN-1001", None, "2026-11-19", "an hour", None), None, "minutes"),
        (Written("SYN-1001", None, "2026-11-28", "90", None), None, "ahead"),
        (Written("SYN-1001", None, "2025-11-18", "90", None), None, "back"),
        (Written("SYN-1001", None, "2026-02-30", "90", None), None, "no_day"),
    ],
)
def test_a_mistake_has_its_sentence(written: Written, known: Known | None, reason: str) -> None:
    found = reading(written, known)
    assert [one.reason for one in found.complaints] == [reason]
    assert not found.counts
    for language in LANGUAGES:
        (complaint,) = found.complaints
        sentence = text(language, f"time.wrong.{complaint.reason}", **complaint.values)
        assert all(value in sentence for value in complaint.values.values())


@pytest.mark.parametrize("day", ["2026-11-27", "2025-11-19"])
def test_days_within_reach_are_believed(day: str) -> None:
    assert reading(Written("SYN-1001", None, day, "90", None)).counts


def test_a_day_that_counts_already_does_not_become_wrong_by_growing_old() -> None:
    old = Written("SYN-1001", None, "2024-03-01", "90", None)
    assert not reading(old).counts
    assert reading(old, settled=date(2024, 3, 1)).counts


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-18T22:59:00Z", date(2026, 11, 18)), ("2026-11-18T23:00:00Z", date(2026, 11, 19))],
)
def test_a_moment_is_on_the_day_that_it_is_in_stockholm(moment: str, day: date) -> None:
    assert reading(Written("SYN-1001", None, moment, "90", None)).day == day


@given(st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_written_is_read_or_complained_of(minutes: str, day: str) -> None:
    found = reading(Written("SYN-1001", None, day, minutes, None))
    assert found.counts == (not found.complaints)


def test_another_mistake_has_another_key() -> None:
    assert len({Complaint("minutes", {"written": value}).key for value in ("0", "-1", "0")}) == 2
