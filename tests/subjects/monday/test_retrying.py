"""What follows from each failure: when to try again, and what becomes of what failed."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ParkedError, SupportError
from app.monday.errors import (
    BudgetSpentError,
    MondayFaultError,
    MondayUncertainError,
    MondayUnreachableError,
)
from app.monday.faults import PASSING, Fault, FaultKind, alias_faults, classify
from app.monday.retrying import (
    ALONE_PATIENCE,
    CLASSES,
    OUTAGE_PATIENCE,
    PATIENCE,
    Decision,
    Failure,
    RetryClass,
    Setback,
    Step,
    Work,
    decide,
    failure_of,
    failure_of_fault,
)
from tests.subjects.monday.test_faults import RECORDED

KINDS = (*FaultKind, *Setback)
TURNED_AWAY = (
    FaultKind.RATE_LIMITED,
    FaultKind.DAILY_LIMIT,
    FaultKind.BOARD_LOCKED,
    Setback.UNREACHABLE,
)
UNCLEAR = (FaultKind.SERVER_ERROR, Setback.UNCERTAIN)
REFUSED = (
    FaultKind.TOO_COMPLEX,
    FaultKind.FORBIDDEN,
    FaultKind.NOT_FOUND,
    FaultKind.INVALID,
    FaultKind.SCHEMA,
    Setback.HOPELESS,
)
ROLLS = st.floats(0, 1)


def decided(kind: FaultKind | Setback, work: Work, attempts: int = 0, told: float | None = None) -> Decision:
    return decide(Failure(kind, told), work, attempts, 0.0)


def retried(decision: Decision) -> tuple[bool, bool]:
    """Whether it counts as failed, and whether the request stays as it is."""
    assert decision.step is Step.RETRY
    return decision.counts, decision.keeps_request


@pytest.mark.parametrize("kind", KINDS)
def test_every_failure_has_its_class(kind: FaultKind | Setback) -> None:
    assert kind in CLASSES


@pytest.mark.parametrize("kind", FaultKind)
def test_what_time_can_mend_is_tried_again_and_nothing_else(kind: FaultKind) -> None:
    mends = decided(kind, Work.EVENTS).step is Step.RETRY
    assert mends == (kind in PASSING)


@pytest.mark.parametrize("kind", [*TURNED_AWAY, *UNCLEAR, FaultKind.IN_PROGRESS])
def test_an_outage_is_borne_for_a_day_then_the_events_are_parked(kind: FaultKind | Setback) -> None:
    assert retried(decided(kind, Work.EVENTS, OUTAGE_PATIENCE - 2)) == (True, False)
    assert decided(kind, Work.EVENTS, OUTAGE_PATIENCE - 1).step is Step.PARK


def test_what_is_not_understood_is_parked_after_a_few_tries() -> None:
    assert retried(decided(Setback.UNKNOWN, Work.EVENTS, PATIENCE - 2)) == (True, False)
    assert decided(Setback.UNKNOWN, Work.EVENTS, PATIENCE - 1).step is Step.PARK


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_is_parked_at_once(kind: FaultKind | Setback) -> None:
    assert all(decided(kind, work).step is Step.PARK for work in (Work.EVENTS, Work.REQUEST, Work.SETTING))


@pytest.mark.parametrize("kind", REFUSED)
def test_standing_work_goes_on_trying(kind: FaultKind | Setback) -> None:
    assert retried(decided(kind, Work.STANDING, 10_000)) == (True, False)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_repetition_that_is_refused_says_nothing_of_the_first_sending(kind: FaultKind | Setback) -> None:
    assert decided(kind, Work.REPETITION).step is Step.LOOK_FIRST


@pytest.mark.parametrize("kind", TURNED_AWAY)
def test_what_was_turned_away_had_no_effect_and_is_wanted_anew(kind: FaultKind | Setback) -> None:
    assert retried(decided(kind, Work.REQUEST)) == (True, False)
    assert decided(kind, Work.CREATION).step is Step.PUT_OFF


@pytest.mark.parametrize("kind", [*UNCLEAR, FaultKind.IN_PROGRESS])
def test_what_may_have_had_its_effect_is_repeated_under_its_key_or_looked_for(
    kind: FaultKind | Setback,
) -> None:
    assert retried(decided(kind, Work.REQUEST)) == (True, True)
    assert decided(kind, Work.CREATION).step is Step.LOOK_FIRST
    assert decided(kind, Work.SETTING).step is Step.PUT_OFF


@pytest.mark.parametrize("kind", [*UNCLEAR, FaultKind.IN_PROGRESS])
def test_what_goes_by_itself_is_put_off_for_hours_and_then_parked(kind: FaultKind | Setback) -> None:
    assert decided(kind, Work.ALONE, ALONE_PATIENCE - 2).step is Step.PUT_OFF
    assert decided(kind, Work.ALONE, ALONE_PATIENCE - 1).step is Step.PARK


@pytest.mark.parametrize("kind", [*TURNED_AWAY, *UNCLEAR, FaultKind.IN_PROGRESS, Setback.NO_ROOM])
def test_a_request_that_was_sent_before_stays_until_it_is_answered(kind: FaultKind | Setback) -> None:
    assert decided(kind, Work.REPETITION).keeps_request


@pytest.mark.parametrize("work", [Work.EVENTS, Work.STANDING, Work.REQUEST, Work.REPETITION])
def test_a_token_that_is_refused_is_renewed(work: Work) -> None:
    decision = decided(FaultKind.AUTHENTICATION, work, 10_000)
    assert (decision.step, decision.seconds) == (Step.RENEW, 0)
    assert decision.keeps_request == (work is Work.REPETITION)


def test_one_mutation_that_may_not_be_made_pauses_no_account() -> None:
    assert decided(FaultKind.AUTHENTICATION, Work.SETTING).step is Step.PARK


@pytest.mark.parametrize("work", Work)
def test_a_paused_accounts_lane_is_left_alone(work: Work) -> None:
    assert decided(Setback.NOT_CONNECTED, work, 10_000).step is Step.LEAVE_ALONE


def test_what_waits_for_another_account_is_never_parked() -> None:
    assert retried(decided(Setback.OTHER_NOT_CONNECTED, Work.EVENTS, 10_000)) == (True, False)


@pytest.mark.parametrize("work", Work)
def test_to_wait_for_room_is_no_failure(work: Work) -> None:
    decision = decided(Setback.NO_ROOM, work, 10_000, told=7)
    assert (decision.step, decision.seconds, decision.counts) == (Step.RETRY, 7, False)


@pytest.mark.parametrize("work", [Work.EVENTS, Work.STANDING])
def test_to_be_told_to_wait_uses_up_no_patience(work: Work) -> None:
    assert not decided(FaultKind.RATE_LIMITED, work, told=7).counts


@pytest.mark.parametrize("work", [Work.REQUEST, Work.REPETITION])
def test_a_boards_wait_that_was_told_is_not_ended_by_what_is_urgent(work: Work) -> None:
    assert decided(FaultKind.RATE_LIMITED, work, told=7).counts


@given(st.sampled_from(list(product(KINDS, Work))), st.integers(0, 10**6), ROLLS)
def test_whatever_happens_is_decided(
    case: tuple[FaultKind | Setback, Work], attempts: int, roll: float
) -> None:
    kind, work = case
    decision = decide(Failure(kind, None), work, attempts, roll)
    is_tried_again = decision.step in (Step.RETRY, Step.PUT_OFF)
    assert (decision.seconds > 0) == (is_tried_again and kind is not Setback.NO_ROOM)
    if work in (Work.CREATION, Work.SETTING):
        assert decision.step is not Step.RENEW


@given(st.sampled_from(sorted(PASSING)), st.sampled_from(Work), st.floats(0, 10**5), ROLLS)
def test_the_moment_that_monday_names_is_kept(kind: FaultKind, work: Work, told: float, roll: float) -> None:
    decision = decide(Failure(kind, told), work, 0, roll)
    if decision.step in (Step.RETRY, Step.PUT_OFF) and work is not Work.ALONE:
        assert told <= decision.seconds <= told * 1.1 + 1e-9


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (BudgetSpentError("Used up.", until=107), Failure(Setback.NO_ROOM, 7)),
        (BudgetSpentError("Used up.", until=99), Failure(Setback.NO_ROOM, 0)),
        (MondayUnreachableError("Not sent."), Failure(Setback.UNREACHABLE)),
        (MondayUncertainError("Nobody knows."), Failure(Setback.UNCERTAIN)),
        (
            MondayFaultError(Fault(FaultKind.BOARD_LOCKED, "", "Locked.", retry_in_seconds=3)),
            Failure(FaultKind.BOARD_LOCKED, 3),
        ),
        (ParkedError("Nobody's board."), Failure(Setback.HOPELESS)),
        (SupportError("Not yet."), Failure(Setback.UNKNOWN)),
        (KeyError("data"), Failure(Setback.UNKNOWN)),
    ],
)
def test_an_error_is_a_failure_of_a_kind(error: Exception, failure: Failure) -> None:
    assert failure_of(error, now=100) == failure


def test_no_result_and_no_error_is_uncertain() -> None:
    assert failure_of_fault(None) == Failure(Setback.UNCERTAIN)


def test_recorded_refusals_have_their_decisions() -> None:
    if not RECORDED.exists():
        pytest.skip("the recordings of real answers are not at hand")
    expected = {"Not authenticated": RetryClass.TOKEN, "Internal server error": RetryClass.UNCLEAR}
    for answer in json.loads(RECORDED.read_text()):
        body = answer["response"]
        found = [classify(answer["http_status"], {}, body), *alias_faults(body).values()]
        classes = {CLASSES[failure_of_fault(fault).kind] for fault in found if fault is not None}
        assert classes == {expected.get(body["errors"][0]["message"], RetryClass.REFUSED)}, body
