"""Every sentence exists in both languages, asks for the same values, and escapes them."""

import string

import pytest

from app.texts import LANGUAGES, UnknownTextError, catalogue, plain, text


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", catalogue())
def test_a_sentence_is_the_same_in_every_language(key: str) -> None:
    sentences = catalogue()[key]
    assert set(sentences) == set(LANGUAGES)
    assert len({frozenset(fields(sentence)) for sentence in sentences.values()}) == 1


def test_values_are_escaped() -> None:
    sentence = text("en", "conflict", column="<b>", won="a & b", lost="'")
    assert "<b>" not in sentence
    assert "a &amp; b" in sentence


def test_values_of_what_is_no_html_stay_as_they_are() -> None:
    assert "a & b" in plain("en", "conflict", column="c", won="a & b", lost="d")


def test_a_language_nobody_wrote_is_answered_in_swedish() -> None:
    assert text("fi", "empty") == text("sv", "empty")


def test_a_sentence_nobody_wrote_is_a_mistake() -> None:
    with pytest.raises(UnknownTextError):
        text("sv", "no such sentence")
