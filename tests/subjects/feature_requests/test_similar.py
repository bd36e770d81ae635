"""Two hundred wishes of which sixty are rewordings of twenty: who finds them, and how often it is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.feature_requests.rules.similar import Collected, Wish, suggestions

Pair = tuple[int, int]


@dataclass(frozen=True)
class Half:
    """A hundred of the wishes, and which of them are the same."""

    wishes: Sequence[Wish]
    same: frozenset[Pair]

    def suggested(self) -> frozenset[Pair]:
        """The pairs that a technician is shown, whichever of both comes second."""
        found = {(wish.id, other.id) for wish in self.wishes for other in suggestions(wish, self.wishes)}
        return frozenset((min(pair), max(pair)) for pair in found)


def _half(which: int) -> Half:
    written: Mapping[str, Sequence[Sequence[str] | str]] = yaml.safe_load(
        Path(__file__).with_name("wishes.yaml").read_text(encoding="utf-8")
    )
    groups = [list(group) for group in written["reworded"]] + [[str(one)] for one in written["distinct"]]
    wishes: list[Wish] = []
    same: set[Pair] = set()
    for group in groups[which::2]:
        ids = range(len(wishes) + 1, len(wishes) + 1 + len(group))
        wishes += [Wish(id_, words) for id_, words in zip(ids, group, strict=True)]
        same |= set(combinations(ids, 2))
    return Half(wishes, frozenset(same))


@pytest.mark.parametrize(
    ("name", "which", "precision", "recall"),
    [("tuned on", 0, 0.72, 0.70), ("held out", 1, 0.80, 0.75)],
)
def test_rewordings_are_found(name: str, which: int, precision: float, recall: float) -> None:
    half = _half(which)
    suggested = half.suggested()
    right = suggested & half.same
    exact, found = len(right) / len(suggested), len(right) / len(half.same)
    print(  # noqa: T201 - the figures are what the test is for
        f"{name}: {len(half.wishes)} wishes, {len(half.same)} pairs that are the same; suggested "
        f"{len(suggested)}, right {len(right)}: precision {exact:.2f}, recall {found:.2f}"
    )
    assert exact >= precision
    assert found >= recall


def test_a_wish_finds_its_swedish_twin() -> None:
    swedish = Wish(1, "Lås statuskolumnen så att gäster inte kan ändra den")
    others = [
        Wish(2, "Dark mode in the mobile app"),
        Wish(3, "Guests must not edit the status column: lock it"),
    ]
    assert [one.id for one in suggestions(swedish, others)] == [3]


_WORDS = st.sampled_from(
    (
        "lock",
        "låsa",
        "kolumn",
        "column",
        "gäst",
        "guests",
        "pdf",
        "statuskolumn",
        "mörkt",
        "the",
        "och",
        "365",
    )
)
_TEXTS = st.lists(_WORDS, max_size=12).map(" ".join) | st.text(max_size=60)
_COLLECTIONS = st.lists(_TEXTS, min_size=2, max_size=8).map(
    lambda texts: [Wish(id_, words) for id_, words in enumerate(texts, 1)]
)


@given(_COLLECTIONS)
def test_scores_are_symmetric_and_nothing_is_more_like_a_wish_than_itself(wishes: list[Wish]) -> None:
    collected = Collected(wishes)
    for one, other in combinations(wishes, 2):
        score = collected.score(one.id, other.id)
        assert score == collected.score(other.id, one.id)
        assert 0.0 <= score <= min(1.0, collected.score(one.id, one.id) + 1e-9) or other.words != one.words
        if one.words == other.words:
            assert score == collected.score(one.id, one.id)


@given(_COLLECTIONS)
def test_neither_the_order_of_wishes_nor_that_of_words_shows(wishes: list[Wish]) -> None:
    new, known = wishes[0], wishes[1:]
    backwards = [Wish(wish.id, " ".join(reversed(wish.words.split()))) for wish in reversed(known)]
    found = suggestions(new, known, at_least=0.0, most=8)
    assert found == suggestions(new, backwards, at_least=0.0, most=8)
    assert new.id not in {one.id for one in found}


@given(_COLLECTIONS, st.floats(0.0, 1.0), st.integers(0, 5))
def test_no_more_is_suggested_than_asked_for(wishes: list[Wish], at_least: float, most: int) -> None:
    found = suggestions(wishes[0], wishes, at_least=at_least, most=most)
    assert len(found) <= most
    assert all(one.score >= at_least for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
