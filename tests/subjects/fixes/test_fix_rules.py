"""A ticket may be solved when nothing is missing, and what is missing is named."""

from hypothesis import given
from hypothesis import strategies as st

from app.fixes.rules import Kind, Lack, Work, lacking

words = st.sampled_from([None, "", "  \n", "Done"])
works = st.builds(
    Work,
    st.none() | st.sampled_from(Kind),
    st.booleans(),
    st.booleans(),
    words,
    words,
    st.sampled_from([None, "bug", "question"]),
)


@given(works)
def test_a_ticket_may_be_solved_when_what_was_done_is_accounted_for(work: Work) -> None:
    is_untouched = work.fix is None and not work.has_used_access
    is_explained = work.cause is not None and (work.fix is None or work.summary == "Done")
    is_agreed = work.fix is None or work.has_consent
    is_tried = work.fix is not Kind.ADVANCED or work.reproduction == "Done"
    assert (not lacking(work)) == (is_untouched or (is_explained and is_agreed and is_tried))


@given(works)
def test_each_thing_that_is_missing_is_named_once(work: Work) -> None:
    found = lacking(work)
    assert len(set(found)) == len(found)
    if Lack.REPRODUCTION in found:
        assert work.fix is Kind.ADVANCED
    if work.fix is None:
        assert set(found) <= {Lack.CAUSE}


@given(works)
def test_filling_in_what_is_missing_is_enough(work: Work) -> None:
    filled = Work(work.fix, work.has_used_access, True, "Done", "Done", "bug")
    assert lacking(filled) == []
