"""The promise of the agreement, seen on both boards while time passes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.business_time import calendar
from tests.support.standing import StandingEstate, standing_estate
from tests.support.tickets import PARTNER, TicketCase, open_ticket

CALENDAR = calendar("support")


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingEstate]:
    with standing_estate(tmp_path_factory.mktemp("estate")) as standing:
        yield standing


def now_of(estate: StandingEstate) -> datetime:
    return datetime.fromisoformat(estate.control("clock")["now"]).astimezone(UTC)


def open_in_business_hours(estate: StandingEstate, slug: str) -> TicketCase:
    """A ticket opened when a whole day's business time lies ahead."""
    now = now_of(estate)
    opening = CALENDAR.add(now, timedelta(seconds=1))
    if not CALENDAR.is_open(now) or CALENDAR.elapsed(now, now + timedelta(hours=1)) < timedelta(hours=1):
        estate.advance(opening - now + timedelta(minutes=1))
    return open_ticket(estate, slug)


def business_time_passes(estate: StandingEstate, business_seconds: float) -> None:
    now = now_of(estate)
    later = CALENDAR.add(now, timedelta(seconds=business_seconds))
    estate.advance(later - now + timedelta(seconds=2))


def shows(case: TicketCase, status: str) -> bool:
    return (case.theirs().texts["sla_status"], case.ours().texts["sla_status"]) == (
        case.label_theirs("sla_status", status),
        case.label_ours("sla_status", status),
    )


@pytest.mark.parametrize(("slug", "hours"), [("customer-silver", 8), ("customer-gold", 2)])
def test_an_unanswered_ticket_goes_from_on_track_to_breached(
    estate: StandingEstate, slug: str, hours: int
) -> None:
    case = open_in_business_hours(estate, slug)
    case.wait(lambda: shows(case, "on_track"), "On track on both boards")
    business_time_passes(estate, 0.76 * hours * 3600)
    case.wait(lambda: shows(case, "at_risk"), "At risk on both boards")
    business_time_passes(estate, 0.25 * hours * 3600)
    case.wait(lambda: shows(case, "breached"), "Breached on both boards")


def test_the_first_public_answer_meets_the_promise(estate: StandingEstate) -> None:
    case = open_in_business_hours(estate, "customer-gold")
    case.desk_writes("Only a note, it does not count")
    case.settle()
    assert shows(case, "on_track")
    case.desk_writes("@kund We are on it.")
    case.wait(lambda: shows(case, "met"), "Met on both boards")
    business_time_passes(estate, 9 * 3600)
    case.settle()
    assert shows(case, "met")


def test_an_answer_that_comes_late_does_not_mend_a_breach(estate: StandingEstate) -> None:
    case = open_in_business_hours(estate, "customer-gold")
    business_time_passes(estate, 3 * 3600)
    case.wait(lambda: shows(case, "breached"), "Breached on both boards")
    case.desk_writes("@kund Sorry for the wait.")
    case.wait(lambda: case.customer_sees("Sorry for the wait."), "the answer")
    case.settle()
    assert shows(case, "breached")


def test_a_better_agreement_tightens_open_clocks(estate: StandingEstate) -> None:
    case = open_in_business_hours(estate, "customer-silver")
    case.settle()
    before = case.ours().texts["response_due"]
    set_tier(estate, "customer-silver", "gold")
    try:
        case.wait(lambda: case.ours().texts["tier"] == "GOLD", "the new tier on the desk")
        case.wait(lambda: case.ours().texts["response_due"] < before, "the earlier due time")
        case.wait(lambda: case.theirs().texts["response_due"] < before, "the same for the customer")
    finally:
        set_tier(estate, "customer-silver", "silver")
        case.wait(lambda: case.ours().texts["tier"] == "SILVER", "the old tier again")


def set_tier(estate: StandingEstate, slug: str, tier: str) -> None:
    manager = estate.as_user(PARTNER, "Maria")
    board = estate.board(PARTNER, "customers")
    item = next(item for item in manager.items(board) if item.texts["account"] == slug)
    manager.change(board, item.id, {"tier": board.label("tier", tier)})


def test_a_length_of_time_that_is_none_is_explained(estate: StandingEstate) -> None:
    answer = estate.synerity("clock", "advance", "soon")
    assert answer.returncode == 1
    assert "no length of time" in answer.stderr
