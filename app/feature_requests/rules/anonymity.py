"""Keeping customers and people out of what monday.com, and the whole world, may read. Pure.

A text that is filed stands in public, and other customers can read it there. What gives somebody away is
taken out of what we write ourselves, and looked for in what a technician has written: then nothing is filed.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

#: What stands after a company's name and is part of no sentence about it.
_FORMS = re.compile(
    r"[\s,]+(?:AB|HB|KB|Aktiebolag|Ltd|Limited|Inc|LLC|GmbH|A/S|AS|Oy|Group|\(publ\))\.?$", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"(?:https?://)?[\w-]+\.monday\.com(?:/[^\s<>\"]*)?", re.IGNORECASE)
#: Where everybody's own things do not stand.
_OF_ALL = frozenset({"www", "support", "community", "developer", "api", "auth", "status", "help"})
_PHONE = re.compile(r"(?<![\w.-])\+?\d[\d ()-]{7,}\d(?![\w.-])")
#: Between the words of a name, however it is written; and before the s of a genitive.
_BETWEEN = r"[\s_-]+"
_APOSTROPHE = "['\u2019]"
#: Parts of people's names that are shorter are also parts of too much else.
_SHORTEST_PART = 3


#: What may give somebody away.
KINDS = ("customer", "account", "person", "address")


@dataclass(frozen=True)
class Known:
    """Who must not be named."""

    #: Names of the customers whose request it is, and of all that are joined to it.
    customers: Sequence[str] = ()
    #: What stands before .monday.com in their addresses, and their accounts' numbers.
    accounts: Sequence[str] = ()
    people: Sequence[str] = ()
    #: Names of every other customer: found only as they are written.
    others: Sequence[str] = ()


@dataclass(frozen=True)
class Given:
    """Words that give somebody away, and what stands in their place."""

    words: str
    #: One of ``KINDS``.
    kind: str


def given_away(text: str, known: Known) -> Sequence[Given]:
    """Everything in a text that names a customer or a person, in the order in which it stands there."""
    plain = _plain(text)
    found: dict[str, tuple[int, Given]] = {}
    for pattern, kind in _patterns(known):
        for match in pattern.finditer(plain):
            words = match[0].strip()
            if kind != "account" or not _is_of_all(words):
                found.setdefault(words, (match.start(), Given(words, kind)))
    return [given for _, given in sorted(found.values(), key=lambda one: one[0])]


def without_names(text: str, known: Known, instead: Mapping[str, str]) -> str:
    """A text in which nobody is named; ``instead``: kind → what stands in the place of such words."""
    text = _plain(text)
    for pattern, kind in _patterns(known):
        text = pattern.sub(partial(_instead, kind, instead), text)
    return text


def _instead(kind: str, instead: Mapping[str, str], match: re.Match[str]) -> str:
    is_meant = kind == "account" and _is_of_all(match[0])
    return match[0] if is_meant else instead[kind]


def _patterns(known: Known) -> Iterator[tuple[re.Pattern[str], str]]:
    yield _ADDRESS, "address"
    yield _ACCOUNT, "account"
    for account in known.accounts:
        yield from _words(account, "account", re.IGNORECASE)
    for name in known.customers:
        yield from _words(name, "customer", re.IGNORECASE)
        yield from _words(_FORMS.sub("", _plain(name).strip()), "customer", re.IGNORECASE)
    for name in known.others:
        yield from _words(name, "customer", re.NOFLAG)
    for person in known.people:
        yield from _words(person, "person", re.IGNORECASE)
        for part in _plain(person).split():
            if len(part) >= _SHORTEST_PART and part[:1].isupper():
                yield from _words(part, "person", re.NOFLAG)
    yield _PHONE, "address"


def _words(words: str, kind: str, flags: re.RegexFlag) -> Iterator[tuple[re.Pattern[str], str]]:
    """Words as they may be written: with other spaces between them, in the genitive, hyphened."""
    parts = [re.escape(part) for part in re.split(r"[\s\-_]+", _plain(words)) if part]
    if parts:
        written = _BETWEEN.join(parts)
        yield re.compile(rf"(?<!\w){written}(?:{_APOSTROPHE}?s)?(?!\w)", flags), kind


def _is_of_all(address: str) -> bool:
    host = address.lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    return host.removesuffix(".monday.com") in _OF_ALL


def _plain(text: str) -> str:
    """Letters as they are usually composed, without what is not seen."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(char for char in composed if unicodedata.category(char) != "Cf")
