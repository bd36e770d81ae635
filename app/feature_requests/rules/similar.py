"""Which known wishes a new one resembles, whether they are written in Swedish or in English.

A wish is taken as what it speaks of: words are cut to their stems, Swedish compounds to their parts, and what
means the same in both languages is one term (``vocabulary.yaml``). A term weighs by how rare it is among the
wishes at hand. Two wishes are as similar as their weighed terms point the same way, with a part for their
letters in threes, which forgives misspellings and words that no table knows. Scores go from 0 to 1. Pure: the
same wishes give the same scores, in whatever order they come.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import fsum, log, sqrt

import snowballstemmer

from app import yaml_text

#: From here on a person is shown a suggestion: most are right, and few are missed (see the tests).
THRESHOLD = 0.14
#: What words and letters give to a score; together one.
WORDS_SHARE, LETTERS_SHARE = 0.85, 0.15
#: What nearly every wish names counts for so much of what it would.
EVERYWHERE_SHARE = 0.4
#: What two wishes share has to say so much before their likeness is half believed: one word is chance.
DOUBT = 4.0
#: Who wishes rarely needs more words; longer texts are compared by their beginning.
MOST_WORDS = 400

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
#: Of the parts of a compound; and of one whose other part nobody knows.
_SHORTEST_PART, _SHORTEST_ALONE = 3, 5


@dataclass(frozen=True)
class Wish:
    """A wish as it is compared: title and use case together, in any of both languages."""

    id: int
    words: str


@dataclass(frozen=True)
class Suggestion:
    """A known wish that may be the same."""

    id: int
    score: float


class Collected:
    """Wishes that are compared with one another: how rare a term is, is told by all of them."""

    def __init__(self, wishes: Iterable[Wish]) -> None:
        known = {wish.id: wish for wish in wishes}
        self._words = _weighed({id_: _terms(wish.words) for id_, wish in known.items()})
        self._letters = _weighed({id_: _letters(wish.words) for id_, wish in known.items()})

    def score(self, one: int, other: int) -> float:
        """How similar two of the wishes are, from 0 to 1; the same from both sides."""
        words, said = _shared(self._words[one], self._words[other])
        letters, _ = _shared(self._letters[one], self._letters[other])
        likeness = WORDS_SHARE * words + LETTERS_SHARE * letters
        return min(1.0, likeness) * said / (said + DOUBT)


def suggestions(
    new: Wish, known: Collection[Wish], *, at_least: float = THRESHOLD, most: int = 3
) -> Sequence[Suggestion]:
    """The known wishes that the new one resembles, the most similar first; not itself."""
    others = {wish.id: wish for wish in known if wish.id != new.id}
    collected = Collected([*others.values(), new])
    scored = (Suggestion(id_, collected.score(new.id, id_)) for id_ in others)
    likely = [suggestion for suggestion in scored if suggestion.score >= at_least]
    return sorted(likely, key=lambda suggestion: (-suggestion.score, suggestion.id))[:most]


@dataclass(frozen=True)
class _Weighed:
    """A wish's terms, by how much each says."""

    weights: Mapping[str, float]
    length: float


def _weighed(counted: Mapping[int, Mapping[str, float]]) -> dict[int, _Weighed]:
    found_in = Counter(term for terms in counted.values() for term in terms)
    rare = {term: 1.0 + log((1 + len(counted)) / (1 + times)) for term, times in found_in.items()}
    weighed = {}
    for id_, terms in counted.items():
        weights = {term: share * rare[term] for term, share in terms.items()}
        weighed[id_] = _Weighed(weights, sqrt(fsum(weight * weight for weight in weights.values())))
    return weighed


def _shared(one: _Weighed, other: _Weighed) -> tuple[float, float]:
    """How far two point the same way, and how much is said in what they share."""
    fewer, more = sorted((one.weights, other.weights), key=len)
    shared = [(weight, more[term]) for term, weight in fewer.items() if term in more]
    if not shared:
        return 0.0, 0.0
    # Summed exactly: the order of the words must not show, not even in the last digit.
    likeness = fsum(mine * theirs for mine, theirs in shared) / (one.length * other.length)
    return likeness, fsum(min(pair) for pair in shared)


@lru_cache(maxsize=8192)
def _terms(words: str) -> Mapping[str, float]:
    """What a text speaks of, each term with its share: said twice is little more than said once."""
    told = _WORD.findall(words.lower())[:MOST_WORDS]
    is_swedish = _is_swedish(told)
    counted = Counter(term for word in told for term in _terms_of(word, is_swedish=is_swedish))
    common = _vocabulary().everywhere
    return {
        term: (1.0 + log(times)) * (EVERYWHERE_SHARE if term in common else 1.0)
        for term, times in sorted(counted.items())
    }


@lru_cache(maxsize=8192)
def _letters(words: str) -> Mapping[str, float]:
    """The letters of a text in threes, word by word."""
    nothing = _vocabulary().nothing
    told = (word for word in _WORD.findall(words.lower())[:MOST_WORDS] if word not in nothing)
    threes = Counter(
        padded[place : place + 3] for word in told for padded in [f" {word} "] for place in range(len(word))
    )
    return {three: 1.0 + log(times) for three, times in sorted(threes.items())}


def _is_swedish(words: Sequence[str]) -> bool:
    known = _vocabulary()
    swedish = sum(word in known.swedish or not set(word).isdisjoint("åäö") for word in words)
    return swedish > sum(word in known.english for word in words)


@lru_cache(maxsize=65536)
def _terms_of(word: str, *, is_swedish: bool) -> tuple[str, ...]:
    """The terms in a word: one, none in a word that says nothing, several in a compound."""
    if word in _vocabulary().nothing or len(word) == 1:
        return ()
    known = _vocabulary().term(word, is_swedish=is_swedish)
    if known is not None:
        return (known,)
    if "-" in word:
        return tuple(term for part in word.split("-") for term in _terms_of(part, is_swedish=is_swedish))
    if is_swedish and (parts := _parts(word)):
        return parts
    return (_stem(word, is_swedish=is_swedish),)


def _parts(word: str) -> tuple[str, ...]:
    """The terms of a Swedish compound, of which at least one part is known; empty when it is none."""
    one_known: tuple[str, ...] = ()
    for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        first, last = word[:place], word[place:]
        before, after = _first_part(first), _vocabulary().term(last, is_swedish=True)
        if before and after:
            return (before, after)
        if after and len(last) >= _SHORTEST_ALONE and not one_known:
            one_known = (_stem(first, is_swedish=True), after)
        elif before and len(first) >= _SHORTEST_ALONE:
            one_known = (before, _stem(last, is_swedish=True))
    return one_known


def _first_part(word: str) -> str | None:
    """The term of a compound's first part: it may be joined by an s, or have lost its last a."""
    candidates = (word, word.removesuffix("s"), f"{word}a")
    known = (_vocabulary().term(one, is_swedish=True) for one in candidates if len(one) >= _SHORTEST_PART)
    return next((term for term in known if term is not None), None)


def _stem(word: str, *, is_swedish: bool) -> str:
    swedish, english = _stemmers()
    stemmed: str = (swedish if is_swedish else english).stemWord(word)
    return stemmed


class _Vocabulary:
    """Terms by the words that mean them."""

    def __init__(self, written: Mapping[str, Mapping[str, str]]) -> None:
        self.english, self.swedish = (
            frozenset(written["nothing"][language].split()) for language in ("english", "swedish")
        )
        self.nothing = self.english | self.swedish
        self.everywhere = frozenset(f"={name}" for name in written["everywhere"])
        self._words: dict[str, str] = {}
        self._stems: dict[tuple[bool, str], str] = {}
        for name, words in _entries(written):
            for word in words:
                self._words.setdefault(word, f"={name}")
                for is_swedish in (True, False):
                    self._stems.setdefault((is_swedish, _stem(word, is_swedish=is_swedish)), f"={name}")

    def term(self, word: str, *, is_swedish: bool) -> str | None:
        """The term that a word means, whatever its ending; people mix both languages."""
        found = self._words.get(word)
        for language in (is_swedish, not is_swedish):
            found = found or self._stems.get((language, _stem(word, is_swedish=language)))
        return found


def _entries(written: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Sequence[str]]]:
    for section in ("everywhere", "things"):
        for name, words in written[section].items():
            yield name, words.split()


@cache
def _vocabulary() -> _Vocabulary:
    text = files("app.feature_requests.rules").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    return _Vocabulary(yaml_text.read(text))


@cache
def _stemmers() -> tuple[snowballstemmer.stemmer, snowballstemmer.stemmer]:
    return snowballstemmer.stemmer("swedish"), snowballstemmer.stemmer("english")
