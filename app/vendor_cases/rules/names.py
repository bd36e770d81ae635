"""Whether words that go to one customer name another one. Pure.

A case is shared by customers who must not learn of each other. Whatever is doubtful is held back, and the
technician is told: a name that is also a common word is written in other words.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

#: Shorter ones are no names that anybody would know somebody by.
SHORTEST = 3


def named(words: str, names: Iterable[str]) -> list[str]:
    """Which of some names stand in words, whole, however they are cased."""
    said = _plain(words)
    return [name for name in names if len(_plain(name)) >= SHORTEST and _stands_in(_plain(name), said)]


def foreign(words: str, own: Collection[str], others: Iterable[str]) -> list[str]:
    """Which names of others stand in words for somebody whose ``own`` names these are.

    What is a part of one's own name is nobody else's.
    """
    mine = [_plain(name) for name in own]
    rest = _plain(words)
    for name in sorted(mine, key=len, reverse=True):
        if len(name) >= SHORTEST:
            rest = re.sub(_whole(name), " ", rest)
    return named(rest, (name for name in others if _plain(name) not in mine))


def _stands_in(name: str, words: str) -> bool:
    return re.search(_whole(name), words) is not None


def _whole(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())
