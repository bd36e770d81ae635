"""What becomes of a file's copy, and the words that go with it. Pure.

A file on a message crosses when its message does, and goes when its message goes. A file in a shared
column crosses by itself. What is too large to be copied is told with a link instead.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape

#: A name is cut here, its ending kept.
LONGEST_NAME = 120
_UNITS = ("B", "kB", "MB", "GB", "TB")
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')


class State(StrEnum):
    """How far a file's copy is."""

    #: It is not to be copied, or not yet.
    KNOWN = "known"
    #: The update that is to bear it is on its way.
    POSTING = "posting"
    #: Its content is to be fetched.
    FETCHING = "fetching"
    #: Its content is here, and is to be sent.
    SENDING = "sending"
    COPIED = "copied"
    #: A link is told in its place.
    LINKED = "linked"
    #: People have taken the copy away where it was, and it stays away; or the file went by nobody's will,
    #: and its copy stays.
    DISMISSED = "dismissed"


#: While a copy is on its way or there.
CARRIED = frozenset({State.POSTING, State.FETCHING, State.SENDING, State.COPIED, State.LINKED})


class Step(StrEnum):
    """What is to be done about a file."""

    NOTHING = "nothing"
    CARRY = "carry"
    RETRACT = "retract"
    #: Its copy went with the item or the thread that bore it: it begins anew.
    BEGIN_ANEW = "begin_anew"


@dataclass(frozen=True)
class Standing:
    """What is true of a file, as far as its copy depends on it."""

    state: State
    #: People have taken it away.
    is_gone: bool
    #: It may be seen on the other side, and there is where to put it.
    is_outside: bool
    #: What bears its copy is still where it was: the same item, the same thread.
    is_in_place: bool


def decide(standing: Standing) -> Step:
    """The next step of a file."""
    is_carried = standing.state in CARRIED
    if standing.state is not State.KNOWN and not standing.is_in_place:
        return Step.BEGIN_ANEW
    if standing.is_outside and not standing.is_gone:
        return Step.CARRY if standing.state is State.KNOWN else Step.NOTHING
    return Step.RETRACT if is_carried else Step.NOTHING


def bearer_html(label: str, files: Sequence[tuple[str, str | None]], why_linked: str) -> str:
    """The update that bears copies: the files' names, and links where no copy is made.

    ``files``: name, and the address of its link, if it gets one. ``label`` and ``why_linked`` are HTML.
    """
    shown = [
        escape(name) if address is None else f'<a href="{escape(address)}">{escape(name)}</a> ({why_linked})'
        for name, address in files
    ]
    return f"<p>{label} {', '.join(shown)}</p>"


def safe_name(name: str) -> str:
    """A file's name that can be given on: no path, nothing unseen, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join("_" if c in _NOT_IN_NAMES else c for c in last if c.isprintable()).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if dot and len(ending) < 12:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return shown[:LONGEST_NAME] or "file"


def size_text(size: int) -> str:
    """A size for people, like ``25 MB``."""
    shown, unit = float(size), 0
    while shown >= 1000 and unit < len(_UNITS) - 1:
        shown, unit = shown / 1000, unit + 1
    return f"{shown:.0f} {_UNITS[unit]}" if shown >= 10 or unit == 0 else f"{shown:.1f} {_UNITS[unit]}"
