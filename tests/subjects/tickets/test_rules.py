"""What a ticket's status becomes when its customer writes."""

from datetime import UTC, datetime, timedelta

import pytest

from app.tickets.rules import moment_text, status_after_customer_wrote

SOLVED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = SOLVED_AT + timedelta(minutes=1)


def test_a_solved_ticket_reopens_when_its_customer_writes() -> None:
    assert status_after_customer_wrote("solved", wrote_at=LATER, status_at=SOLVED_AT) == "in_progress"


@pytest.mark.parametrize("status", ["solved", "waiting_customer"])
def test_what_was_written_before_the_status_was_set_does_not_change_it(status: str) -> None:
    earlier = SOLVED_AT - timedelta(seconds=1)
    assert status_after_customer_wrote(status, wrote_at=earlier, status_at=SOLVED_AT) is None


def test_a_message_of_the_same_second_reopens_it() -> None:
    solved_at = SOLVED_AT.replace(microsecond=319_000)
    assert status_after_customer_wrote("solved", wrote_at=SOLVED_AT, status_at=solved_at) == "in_progress"


def test_a_ticket_that_waited_for_its_customer_goes_on() -> None:
    assert status_after_customer_wrote("waiting_customer", wrote_at=LATER, status_at=None) == "in_progress"


@pytest.mark.parametrize("status", ["new", "in_progress", "waiting_vendor"])
def test_an_open_ticket_keeps_its_status(status: str) -> None:
    assert status_after_customer_wrote(status, wrote_at=LATER, status_at=None) is None


def test_moments_are_written_in_whole_seconds_of_utc() -> None:
    assert moment_text(datetime(2026, 11, 23, 12, 0, 0, 999_999, tzinfo=UTC)) == "2026-11-23T12:00:00Z"


def test_no_moment_is_an_empty_date() -> None:
    assert moment_text(None) is None
