"""Lengths of time as people write them."""

from datetime import timedelta

import pytest

from app.lengths import LengthError, parse_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("3h", timedelta(hours=3)),
        ("2d", timedelta(days=2)),
        ("1h 30m", timedelta(minutes=90)),
        (" 1.5 H ", timedelta(minutes=90)),
    ],
)
def test_a_length_is_understood(text: str, length: timedelta) -> None:
    assert parse_length(text) == length


@pytest.mark.parametrize("text", ["", "soon", "3", "h", "3h later", "-3h", "3 weeks"])
def test_what_is_no_length_is_explained(text: str) -> None:
    with pytest.raises(LengthError, match="Write it like"):
        parse_length(text)
