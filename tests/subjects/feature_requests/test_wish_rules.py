"""Requests take open steps only, use cases say everything, nobody is named, each quarter has its review."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.business_time import calendar
from app.feature_requests.rules import joining, reviews, steps
from app.feature_requests.rules.anonymity import KINDS, Known, given_away, without_names
from app.feature_requests.rules.joining import Candidate, Unfit, lead_for, read_number
from app.feature_requests.rules.steps import AT_MONDAY, Filing, Hindrance, Standing, Status, hindrance
from app.feature_requests.rules.use_case import FIELDS, answers_of, missing, use_case

OFFICE = calendar("support")
TOLD = dict.fromkeys(steps.RELEASE_TEXTS, "Told")
statuses = st.sampled_from([one for one in Status if one is not Status.NOT_INCLUDED])
filings = st.none() | st.sampled_from(Filing)
standings = st.builds(Standing, statuses, filings, follows=st.booleans())
values = st.fixed_dictionaries(
    {},
    optional={
        key: st.sampled_from(["", "  ", "Told"]) for key in (*steps.RELEASE_TEXTS, "reference", "link")
    },
)


# Steps


@given(standings, statuses, values)
def test_a_request_is_filed_once_and_never_unfiled(
    standing: Standing, to: Status, values: dict[str, str]
) -> None:
    if hindrance(standing, to, values) is not None:
        return
    if standing.filing is Filing.FILED:
        assert to in AT_MONDAY - {Status.FILED}
    elif to is Status.FILED:
        assert standing.filing in (Filing.BY_HAND, Filing.REFUSED, Filing.UNCERTAIN)
        assert values.get("reference") or values.get("link")
    else:
        assert to in (Status.DRAFT, Status.FOR_APPROVAL, Status.DECLINED)
        assert standing.filing not in (Filing.ASKED, Filing.UNCERTAIN)


@given(standings, statuses, values)
def test_who_follows_another_takes_no_step_of_its_own(
    standing: Standing, to: Status, values: dict[str, str]
) -> None:
    follower = Standing(standing.status, standing.filing, follows=True)
    assert hindrance(follower, to, values) is Hindrance.FOLLOWS


@given(st.sampled_from(sorted(steps.REVIEWED)), values)
def test_a_release_says_what_changed_and_how_to_use_it_in_each_language(
    status: Status, values: dict[str, str]
) -> None:
    filed = Standing(status, Filing.FILED, follows=False)
    lacks = steps.missing_of_release(values)
    expected = Hindrance.NO_RELEASE_TEXT if lacks else None
    assert hindrance(filed, Status.RELEASED, values) is expected
    assert hindrance(filed, Status.RELEASED, {**values, **dict.fromkeys(lacks, "Told")}) is None


@given(statuses)
def test_every_state_at_monday_can_still_become_any_later_one(status: Status) -> None:
    reached, new = {status}, {status}
    while new:
        new = {to for one in new for to in steps.steps(Standing(one, Filing.FILED, follows=False))} - reached
        reached |= new
    if status in AT_MONDAY:
        assert reached >= AT_MONDAY - {Status.FILED}


@pytest.mark.parametrize("label", [None, "", "#17", "nonsense"])
def test_an_unknown_label_is_no_step(label: str | None) -> None:
    assert steps.status_of(label) is None
    standing = Standing(Status.DRAFT, None, follows=False)
    assert hindrance(standing, steps.status_of(label), TOLD) is Hindrance.NO_SUCH_STEP


@pytest.mark.parametrize(
    ("filing", "to", "values", "why"),
    [
        (None, Status.FILED, {"link": "x"}, Hindrance.NOT_FILED),
        (Filing.ASKED, Status.DECLINED, {}, Hindrance.IS_FILING),
        (Filing.BY_HAND, Status.FILED, {}, Hindrance.NO_REFERENCE),
        (Filing.BY_HAND, Status.FILED, {"reference": "7"}, None),
        (Filing.BY_HAND, Status.DRAFT, {}, Hindrance.IS_FILING),
        (Filing.UNCERTAIN, Status.DECLINED, {}, Hindrance.IS_FILING),
        (Filing.UNCERTAIN, Status.FILED, {"link": "x"}, None),
        (Filing.REFUSED, Status.DRAFT, {}, None),
    ],
)
def test_what_may_be_filed_already_is_settled_first(
    filing: Filing | None, to: Status, values: dict[str, str], why: Hindrance | None
) -> None:
    standing = Standing(Status.FOR_APPROVAL, filing, follows=False)
    assert hindrance(standing, to, values) is why


# The use case

answers = st.dictionaries(st.sampled_from(FIELDS), st.text(min_size=1).map(str.strip).filter(bool))


@given(st.text(min_size=1), answers)
def test_a_use_case_says_everything_in_its_order(title: str, answers: dict[str, str]) -> None:
    headings = {key: f"<{key}>" for key in FIELDS}
    written = use_case(title, answers, headings)
    rest = written.removeprefix(title)
    for key in FIELDS:
        if key in answers:
            _, found, rest = rest.partition(f"<{key}>\n{answers[key]}")
            assert found


@given(answers, st.sampled_from(FIELDS))
def test_what_nobody_has_answered_is_missing(answers: dict[str, str], emptied: str) -> None:
    assert {*missing(answers), *answers} == set(FIELDS)
    assert not {*missing(answers)} & {*answers}
    assert emptied in missing(answers_of({**answers, emptied: " \n"}))


# Nobody is named

KNOWN = Known(
    customers=["Nordiska Trävaror AB", "Åkeri 5"],
    accounts=["nordiska-tra", "81020334"],
    people=["Kerstin Ek", "Östen af Boo"],
    others=["Other Company"],
)
INSTEAD = dict(zip(KINDS, ("the company", "the account", "a colleague", "an address"), strict=True))
NAMING = [
    *("Nordiska Trävaror AB", "NORDISKA  TRÄVARORS", "nordiska-trävaror", "Nordiska\nTrävaror", "Åkeri 5"),
    *(
        "A\u030akeri 5",
        "nordiska-tra",
        "Nordiska Tra",
        "81020334",
        "https://nordiska-tra.monday.com/boards/1",
    ),
    *("Kerstin Ek", "kerstin ek", "Kerstin", "Östens", "Other Company", "Nordi\u200bska Trävaror"),
    *("kerstin.ek@example.com", "+46 70 123 45 67", "someone.else.monday.com"),
]
HARMLESS = [
    "the planners",
    "moves 12 items",
    "on monday.com",
    "support.monday.com/hc",
    "every week:",
    "(2 h)",
    "ek",
]
words = st.lists(st.sampled_from(NAMING) | st.sampled_from(HARMLESS), max_size=8)


@given(words, st.sampled_from([" ", ", ", "\n"]))
def test_whoever_is_named_is_found_and_taken_out(words: list[str], between: str) -> None:
    text = between.join(words)
    found = given_away(text, KNOWN)
    assert bool(found) == any(word in NAMING for word in words)
    clean = without_names(text, KNOWN, INSTEAD)
    assert given_away(clean, KNOWN) == []
    for word in words:
        if word in HARMLESS:
            assert word in clean


def test_a_name_without_a_letter_names_nobody() -> None:
    assert given_away("- _ -", Known(customers=["-"], others=[""], people=[" "])) == []


@pytest.mark.parametrize("text", HARMLESS)
def test_common_words_name_nobody(text: str) -> None:
    assert given_away(text, KNOWN) == []


# Joining

candidates = st.builds(Candidate, st.integers(1, 4), st.none() | st.integers(1, 4), is_filed=st.booleans())


@given(candidates, st.none() | candidates)
def test_nobody_follows_itself_or_follows_when_it_was_filed(wish: Candidate, named: Candidate | None) -> None:
    lead = lead_for(wish, named)
    if isinstance(lead, Unfit):
        assert named is None or wish.is_filed or wish.id in (named.id, named.lead_id)
    else:
        assert named is not None
        assert lead == (named.lead_id or named.id) != wish.id
        assert not wish.is_filed


@given(st.integers(1, 10**12 - 1))
def test_a_number_is_read_as_it_is_written(wish_id: int) -> None:
    for written in (joining.number(wish_id), f" {joining.number(wish_id).lower()} ", str(wish_id)):
        assert read_number(written) == wish_id
    assert read_number(f"SYN-{wish_id}") is None


@pytest.mark.parametrize("is_filed", [True, False])
def test_two_part_until_the_lead_is_filed(is_filed: bool) -> None:
    unfit = joining.unfit_to_part(Candidate(1, None, is_filed=is_filed))
    assert unfit is (Unfit.LEAD_FILED if is_filed else None)


@given(st.lists(st.integers(1, 5)))
def test_a_customer_has_one_vote(customers: list[int]) -> None:
    assert joining.votes(customers) == joining.votes(customers * 2) <= len(customers)


# Reviews

_minutes = st.integers(0, 11 * 365 * 24 * 60)
moments = _minutes.map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(moments)
def test_a_review_is_due_as_the_next_quarter_opens(at: datetime) -> None:
    due = reviews.next_review(OFFICE, at)
    assert due > at
    assert due - at < timedelta(days=100)
    day = due.astimezone(OFFICE.zone).date()
    assert OFFICE.hours_of(day)
    assert day.month in (1, 4, 7, 10)
    # Between the quarter's first day and this one the office is closed.
    earlier = [day.replace(day=one) for one in range(1, day.day)]
    assert not any(OFFICE.hours_of(one) for one in earlier)
    assert reviews.review_due(OFFICE, day) == due
    assert not OFFICE.is_open(due - timedelta(microseconds=1))
    assert OFFICE.is_open(due)


@given(moments)
def test_each_quarter_has_one_review(at: datetime) -> None:
    first = reviews.next_review(OFFICE, at)
    second = reviews.next_review(OFFICE, first)
    assert reviews.quarter_of(OFFICE, first) != reviews.quarter_of(OFFICE, second)
    assert reviews.next_review(OFFICE, second - timedelta(microseconds=1)) == second


def test_new_years_day_is_no_day_of_reviews() -> None:
    due = reviews.next_review(OFFICE, datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert due == datetime(2027, 1, 4, 7, tzinfo=UTC)
