"""Lengths of time and sentences as an operator reads them."""

import pytest

from app.ops.pages.words import length, sentence


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "-"),
        (0.0, "0 s"),
        (0.31, "0.3 s"),
        (59.2, "59 s"),
        (60.0, "1 min"),
        (3599.0, "59 min 59 s"),
        (7380.0, "2 h 3 min"),
        (176_400.0, "2 d 1 h"),
    ],
)
def test_a_length_of_time_is_told_in_two_units_at_most(seconds: float | None, told: str) -> None:
    assert length(seconds) == told


def test_a_reason_becomes_a_sentence_whose_commands_stand_out() -> None:
    assert sentence("run `synerity provision`") == "Run <code>synerity provision</code>."


def test_what_people_wrote_into_a_reason_stays_text() -> None:
    assert sentence("<b>`<i>`") == "&lt;b&gt;<code>&lt;i&gt;</code>."
