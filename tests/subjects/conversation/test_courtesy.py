"""Thanks wait for nothing; what may ask for something is never taken for thanks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversation.courtesy import is_only_thanks


@pytest.mark.parametrize(
    "words",
    [
        "Tack!",
        "Tack så mycket för hjälpen 🙂",
        "Thanks",
        "Thank you so much, it works now!",
        "Perfekt, tusen tack.",
    ],
)
def test_thanks_are_thanks(words: str) -> None:
    assert is_only_thanks(words)


@pytest.mark.parametrize(
    "words",
    [
        "Tack, men det fungerar inte",
        "Thanks, does it work now?",
        "Tack, ring 0701234567",
        "It works now",
        "Tack! Jag provar i morgon.",
        "",
        "🙂",
        "tack " * 13,
    ],
)
def test_what_may_ask_for_something_is_no_thanks(words: str) -> None:
    assert not is_only_thanks(words)


@given(st.text())
def test_any_question_mark_asks(words: str) -> None:
    assert not is_only_thanks(f"Tack! {words}?")
