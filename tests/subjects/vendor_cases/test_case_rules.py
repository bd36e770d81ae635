"""What the package holds, who may be named to whom, what choices do, and what goes to monday.com."""

from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversation.rules import is_public
from app.vendor_cases.rules import names, package, steps
from app.vendor_cases.rules.clock import Kind, Mark
from app.vendor_cases.rules.package import FIELDS, REQUIRED, Package, SameFault
from app.vendor_cases.rules.steps import Act, Ball, State
from app.vendor_cases.rules.words import for_vendor

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
fields = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.none() | texts)
counts = st.builds(SameFault, st.integers(0, 9), st.integers(0, 9))
packages = st.builds(Package, st.just("V-1"), st.sampled_from([None, "31"]), st.none(), fields, counts)
plain_words = st.text("abcåäö ", min_size=1, max_size=12).filter(lambda words: words.strip())


@given(packages)
def test_a_package_goes_when_nothing_required_is_missing(one: Package) -> None:
    missing = [key for key in REQUIRED if not (one.fields.get(key) or "").strip()]
    assert one.lacks == missing + ([] if one.account_id else ["account"])
    if one.lacks:
        with pytest.raises(ValueError, match="lacks"):
            package.compose(one)
    else:
        said = package.compose(one)
        assert all(words.strip() in said for words in one.fields.values() if words)
        assert len(package.subject(one).splitlines()) == 1


@given(st.text(max_size=3000))
def test_what_is_filled_in_fits_its_column(words: str) -> None:
    kept = package.shortened(words)
    assert len(kept.encode("utf-16-le", "surrogatepass")) // 2 <= package.LONGEST_TEXT
    assert kept == words.strip() or kept.endswith("…")


@pytest.mark.parametrize(
    ("subject", "words", "found"),
    [
        ("[Request received] Request #7654321", "", "7654321"),
        ("Re: V-1", "Your ticket 123456 has been created.", "123456"),
        ("Re: V-1", "We look at it, case ID: 99887", "99887"),
        ("We got it (#4455)", "", "4455"),
        ("Re: V-12", "See you in 2026, call 0812345678", None),
        ("Out of office", "Back on day 12", None),
    ],
)
def test_the_vendors_own_number_is_read_out_of_its_receipt(
    subject: str, words: str, found: str | None
) -> None:
    assert package.reference(subject, words) == found


@pytest.mark.parametrize(
    ("words", "foreign"),
    [
        ("It is mended.", []),
        ("Hej Silver AB!", ["Silver AB"]),
        ("hej SILVER  ab!", ["Silver AB"]),
        ("Ask silver-ab.monday.com", ["silver-ab"]),
        ("Silverabc is a word", []),
        ("Dear Gold, it is mended.", []),
        ("Gold Silver AB is our own name", []),
    ],
)
def test_nobody_is_told_of_anybody_else(words: str, foreign: list[str]) -> None:
    own = ("Gold", "Gold Silver AB")
    assert names.foreign(words, own, ["Silver AB", "silver-ab", "AB", "Gold"]) == foreign


@given(plain_words, plain_words, st.sampled_from(["", ", ", "! ", " (", "\n"]))
def test_a_name_is_found_wherever_it_stands(before: str, after: str, mark: str) -> None:
    assert names.foreign(f"{before} {mark}Zebra AB{mark} {after}", ["Own"], ["zebra ab"]) == ["zebra ab"]


@given(st.sampled_from(State), st.none() | st.sampled_from([*State, *steps.Choice]))
def test_a_choice_never_sends_twice_nor_ends_what_is_on_its_way(state: State, chosen: str | None) -> None:
    act = steps.decide(state, chosen)
    if act in (Act.SEND, Act.SENT_BY_HAND):
        assert state is State.PREPARED
    if act is Act.REMIND:
        assert state in (State.SENT, State.WAITING)
    if state is State.SENDING:
        assert act in (Act.NOTHING, Act.REFUSE)
    assert (act is Act.NOTHING) == (chosen == steps.label(state))


@given(
    st.lists(st.builds(Mark, st.integers(0, 5).map(lambda m: AT + timedelta(hours=m)), st.sampled_from(Kind)))
)
def test_where_a_case_stands_follows_from_where_the_ball_is(marks: list[Mark]) -> None:
    now = steps.ball(marks)
    assert now == steps.ball(marks[::-1])
    for state in State:
        after = steps.settled(state, now)
        if state in steps.CLOSED:
            assert after is state
        elif now.is_there:
            assert after in (State.SENT, State.WAITING)
        else:
            assert after is State.ANSWERED if now.was_answered else after in (State.PREPARED, State.SENDING)
        assert steps.settled(after, now) in (after, State.WAITING)


def test_a_report_that_came_back_is_prepared_again() -> None:
    nowhere = Ball(is_there=False, was_answered=False)
    assert {steps.settled(state, nowhere) for state in (State.SENT, State.WAITING)} == {State.PREPARED}


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("<p>@monday It is 456.</p>", "It is 456."),
        ("<p>@Vendor: first</p><p>second</p>", "first\nsecond"),
        ("<p>@monday</p>", ""),
        ("<p>@monday.com says no</p>", None),
        ("<p>@mondays</p>", None),
        ("<p>It is @monday 456</p>", None),
        ("<p>@customer hello</p>", None),
        ("<blockquote>@monday quoted</blockquote><p>own</p>", None),
        ("<p>@monday yes</p><blockquote>an internal note</blockquote>", "yes"),
    ],
)
def test_only_what_is_marked_goes_to_monday_and_no_quote(body: str, sent: str | None) -> None:
    assert for_vendor(body) == sent
    assert not (sent is not None and is_public(body))


@given(texts)
def test_what_goes_to_monday_is_no_message_to_customers(words: str) -> None:
    body = f"<p>@monday {escape(words)}</p>"
    assert for_vendor(body) is not None
    assert not is_public(body)
