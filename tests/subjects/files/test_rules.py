"""What becomes of a file's copy, and the words that go with it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversation.rules import normalised_text
from app.files.rules import (
    CARRIED,
    LONGEST_NAME,
    Standing,
    State,
    Step,
    bearer_html,
    decide,
    safe_name,
    size_text,
)

STANDINGS = [
    Standing(state, is_gone=gone, is_outside=outside, is_in_place=place)
    for state, gone, outside, place in product(State, (True, False), (True, False), (True, False))
]


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_copy_is_made_only_of_what_may_be_seen_and_is_there(standing: Standing) -> None:
    if decide(standing) is Step.CARRY:
        assert standing.is_outside
        assert not standing.is_gone
        assert standing.state is State.KNOWN


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_copy_of_what_may_not_be_seen_never_stays(standing: Standing) -> None:
    if standing.state in CARRIED and (standing.is_gone or not standing.is_outside):
        assert decide(standing) in (Step.RETRACT, Step.BEGIN_ANEW)


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_people_took_away_is_not_brought_back_where_it_was(standing: Standing) -> None:
    if standing.state is State.DISMISSED and standing.is_in_place:
        assert decide(standing) is Step.NOTHING


@given(st.text())
def test_a_name_can_be_given_on(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert 0 < len(safe) <= LONGEST_NAME
    assert safe.isprintable()
    assert not set(safe) & set('/\\:*?"<>|')


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("C:\\Users\\Anna\\bild.png", "bild.png"),
        ("../../etc/passwd", "passwd"),
        ("åäö.pdf", "åäö.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_names_that_are_no_names_become_some(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@given(st.lists(st.tuples(st.text(min_size=1), st.none() | st.just("https://x.example/files/k")), min_size=1))
def test_what_bears_files_is_text_and_links_whatever_they_are_called(
    files: list[tuple[str, str | None]],
) -> None:
    html = bearer_html("Attached:", files, "too large")
    assert html.count("<a ") == sum(address is not None for _, address in files)
    assert "<script" not in html
    assert normalised_text(html).count("too large") >= html.count("<a ")


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1_200, "1.2 kB"), (25_000_000, "25 MB"), (3_400_000_000, "3.4 GB")],
)
def test_sizes_are_told_as_people_say_them(size: int, words: str) -> None:
    assert size_text(size) == words
