"""A new wish beside two thousand known ones, and the same asked of difflib.

The known wishes are those of the tests, each several times with words of others; difflib compares letters and
knows nothing of languages: what is measured is the time, not who is right.
"""

import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from random import Random

import yaml

from app.feature_requests.rules.similar import Wish, suggestions
from bench.rows import Row

WISHES = Path(__file__).parent.parent / "tests" / "subjects" / "feature_requests" / "wishes.yaml"
KNOWN, TINY_KNOWN = 2_000, 20
ROUNDS = 5


def run(*, tiny: bool) -> list[Row]:
    """Measure the first question of a process, which has read no wish yet, and the ones after it."""
    known = _wishes(TINY_KNOWN if tiny else KNOWN)
    new = Wish(0, "Låsa en enskild kolumn så att bara projektledare kan ändra i den")
    first = _seconds(lambda: suggestions(new, known))
    after = min(_seconds(lambda: suggestions(new, known)) for _ in range(ROUNDS))
    theirs = min(_seconds(lambda: _compare(new, known)) for _ in range(1 if tiny else 2))
    against = f"difflib {1000 * theirs:,.0f} ms"
    return [
        Row(f"{len(known):,} wishes, {what}", f"{1000 * ours:,.0f} ms", against, f"{theirs / ours:.1f}", "")
        for what, ours in (("the first time", first), ("known already", after))
    ]


def _compare(new: Wish, known: Sequence[Wish]) -> float:
    return max(SequenceMatcher(None, new.words, wish.words).ratio() for wish in known)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _wishes(count: int) -> list[Wish]:
    written = yaml.safe_load(WISHES.read_text(encoding="utf-8"))
    texts = [text for group in written["reworded"] for text in group] + written["distinct"]
    random = Random(7)
    return [
        Wish(
            number, f"{texts[number % len(texts)]} {' '.join(random.sample(random.choice(texts).split(), 4))}"
        )
        for number in range(1, count + 1)
    ]
