"""Who may read what: the rule that keeps internal text inside, and the form messages travel in.

An update on the service desk is internal unless its own text begins with ``@kund`` or
``@customer``. Even of a public one nothing crosses that repeats an internal message of the
same ticket, or quotes text that is not known to be public. Whatever is doubtful stays
inside, and the technician is told how much was left out. Pure.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate, groupby

from app.conversation.markup import Line, read_lines, write_html

#: So many words in a row that stand in an internal message are no coincidence.
TELLING_WORDS = 6
#: A whole internal message of so many words is looked for inside longer passages too,
FEWEST_TELLING_WORDS = 4
#: and one of two words or more that has so many letters and digits.
FEWEST_TELLING_CHARACTERS = 16
#: A name in a heading is cut here.
LONGEST_NAME = 100

# What is joined to another word by these is a longer word: @kund-teamet, @kund.se, @customer's.
_MARK = re.compile(
    r"@(?:[kK][uU][nN][dD]|[cC][uU][sS][tT][oO][mM][eE][rR])(?![-.'\u2019\u2010\u2011/\\@&]\w)(?!:[sS]\b)"
)
_AFTER_MARK = re.compile(r"[\s:;,.!\u2013\u2014-]*")
_WORD = re.compile(r"(?:https?://|www\.)\S*\w|\w+")
_QUOTED_LINE = re.compile(r"^[ \t]*>", re.MULTILINE)

_WROTE = r"\b(?:wrote|skrev|schrieb|écrit|escribió|schreef|kirjoitti)\b"
_WHEN = r"\b(?:\d{1,2}[:.]\d{2}|(?:19|20)\d{2})\b"
_ON = r"^(?:on|den|am|le|el|op|på|il)\b"
_REPLY_HEADER = re.compile(
    rf"{_ON}.{{0,60}}{_WHEN}.{{0,200}}{_WROTE}.{{0,150}}:$"
    rf"|^.{{0,150}}<\S+@\S+>.{{0,60}}{_WROTE}.{{0,60}}:$"
    rf"|^\d{{4}}-\d\d-\d\d\b.{{0,100}}{_WROTE}.{{0,150}}:$"
    r"|^[-_*\s]{2,}(?:original message|ursprungligt meddelande|forwarded message"
    r"|vidarebefordrat meddelande|original appointment)\b",
    re.IGNORECASE,
)
_REPLY_HEADER_BEGINS = re.compile(rf"{_ON}.{{0,60}}{_WHEN}", re.IGNORECASE)
_FROM_FIELD = re.compile(r"^\W*(?:from|från|fra|von)\W*:", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"^\W*(?:sent|skickat|sendt|gesendet|date|datum|subject|ämne|emne|betreff)\W*:", re.IGNORECASE
)
#: So many lines after a sender's, one tells the date or the subject if it is a mail's header.
_HEADER_LINES = 4

#: What anybody writes to anybody: it tells nothing, wherever else it stands.
_COURTESIES = frozenset(
    _WORD.findall(
        "hej hejsan hallå tjena god morgon dag eftermiddag kväll tack så mycket för hjälpen ditt ert svar "
        "mvh vh med vänlig vänliga bästa hälsning hälsningar ok okej ja nej jo absolut visst självklart "
        "toppen perfekt bra klart hi hello hey dear good morning afternoon evening thanks thank you very "
        "much many for your help reply kind best regards cheers okay yes no sure great perfect done"
    )
)


@dataclass(frozen=True)
class PublicMessage:
    """What of a technician's message may cross."""

    #: Safe HTML without the mark; empty when nothing is left.
    html: str
    #: How many passages were held back.
    left_out: int


def is_public(body_html: str) -> bool:
    """Whether a technician's update is meant for the customer.

    Only when the first thing a reader sees of its own text, quotes and reply headers apart,
    is ``@kund`` or ``@customer`` in any case, and a space, punctuation or nothing after it.
    """
    first = _first_own(_with_quotes(read_lines(body_html)))
    return first is not None and _mark_length(first) > 0


def public_title(title: str) -> str | None:
    """What the customer may read of a title, in plain text without its mark; None when it is internal.

    The same rule as for an update; a title is one line.
    """
    first = _first_own(_with_quotes(read_lines(escape(" ".join(title.split())))))
    if first is None or not _mark_length(first):
        return None
    words = " ".join(_without_marks(first).text.split())
    return words or None


def public_rendition(
    body_html: str, *, internal_texts: Collection[str], public_texts: Collection[str] = ()
) -> PublicMessage:
    """What of a public update may cross, as safe HTML, and how much of it may not.

    Args:
        body_html: A public update as monday.com gives it.
        internal_texts: The internal messages of the same ticket, as ``normalised_text`` gives
            them.
        public_texts: What the customer wrote or can read already, likewise: quotes of it may
            cross, and it is no secret where an internal message repeats it.

    Raises:
        ValueError: the update is not public.
    """
    lines = _with_quotes(read_lines(body_html))
    first = _first_own(lines)
    if first is None or not _mark_length(first):
        raise ValueError("An internal update has no public rendition.")
    lines = _with_quotes([_without_marks(line) if line is first else line for line in lines])
    internal, public = _Said.of(internal_texts), _Said.of(public_texts)
    held_back = _repeats(lines, internal, public) | _foreign_quotes(lines, internal, public)
    kept = [line for index, line in enumerate(lines) if index not in held_back]
    return PublicMessage(write_html(kept), _count_passages(lines, held_back))


def message_from_customer(author: str, body_html: str, customer_word: str) -> str:
    """The HTML that puts a customer's message on the service desk: never a public one itself.

    ``customer_word`` is what a customer is called in the desk's language.
    """
    name, word = _plain_name(author), _plain_name(customer_word) or "customer"
    heading = f"<strong>{name}</strong> ({word}):" if name else f"<strong>{word}</strong>:"
    return f"<p>{heading}</p>{write_html(read_lines(body_html))}"


def message_from_technician(author: str, rendition: PublicMessage) -> str:
    """The HTML that puts a technician's public message on the customer's board."""
    return f"<p><strong>{_plain_name(author) or 'Support'}</strong>:</p>{rendition.html}"


def normalised_text(html: str) -> str:
    """What a reader reads of an update: the same before and after monday.com rewrote its HTML.

    Letter case and punctuation are kept; markup, kinds of space and unseen characters are not.
    """
    text = " ".join(line.text for line in read_lines(html))
    return " ".join(unicodedata.normalize("NFC", text).split())


def _first_own(lines: Iterable[Line]) -> Line | None:
    return next((line for line in lines if not line.is_quoted and not line.is_blank), None)


def _mark_length(line: Line) -> int:
    """How many characters the mark at the line's start has; 0 when there is none."""
    found = _MARK.match(line.text)
    if found is None or not _ends_word(line.text[found.end() :]):
        return 0
    return found.end() if _is_whole_mention(line, found.end()) else 0


def _ends_word(rest: str) -> bool:
    return not rest or rest[0].isspace() or (rest[0] != "_" and unicodedata.category(rest[0])[0] == "P")


def _is_whole_mention(line: Line, length: int) -> bool:
    """False when the mark is but the beginning of somebody's name, as of a team Customer Success."""
    ends = accumulate(len(run.text) for run in line.runs)
    run, end = next((run, end) for run, end in zip(line.runs, ends, strict=True) if end >= length)
    is_longer = len(line.text[:end].rstrip()) > length
    return not (is_longer and (run.is_mention or run.href))


def _without_marks(line: Line) -> Line:
    while length := _mark_length(line):
        line = line.without_start(length)
        after = _AFTER_MARK.match(line.text)
        line = line.without_start(after.end() if after else 0)
    return line


def _with_quotes(lines: Sequence[Line]) -> list[Line]:
    """The lines, those marked as quoted that say so in their text; a line that is both is cut in two.

    What stands below a reply header is somebody else's, to the end.
    """
    marked: list[Line] = []
    is_below = False
    for index, line in enumerate(lines):
        if line.is_quoted or is_below:
            marked.append(replace(line, is_quoted=True))
            continue
        header = _header_start(
            line.text, [following.text for following in lines[index + 1 :][:_HEADER_LINES]]
        )
        quoted = _QUOTED_LINE.search(line.text)
        starts = [start for start in (header, quoted.start() if quoted else None) if start is not None]
        if not starts:
            marked.append(line)
            continue
        own, others = line.split_at(min(starts))
        marked += [own] if own.runs else []
        marked.append(replace(others, is_quoted=True))
        is_below = header is not None
    return marked


def _header_start(text: str, following: Sequence[str]) -> int | None:
    """Where in a line's text a reply header begins. The lines after it help to tell."""
    start = 0
    rows = text.split("\n")
    after = [row for line in following for row in line.split("\n") if row]
    for index, row in enumerate(rows):
        later = (rows[index + 1 :] + after)[:_HEADER_LINES]
        if _REPLY_HEADER.search(row):
            return start
        if later and _REPLY_HEADER_BEGINS.search(row) and _REPLY_HEADER.search(f"{row} {later[0]}"):
            return start
        if _FROM_FIELD.match(row) and any(_OTHER_FIELD.match(other) for other in later):
            return start
        start += len(row) + 1
    return None


@dataclass(frozen=True)
class _Said:
    """What a number of messages say, in a form that passages can be looked for in."""

    #: A message a line, its words with a space before and after each.
    text: str
    #: Their passages of ``TELLING_WORDS`` words, and those messages whole that are a little shorter.
    passages: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "_Said":
        messages = [_words(text) for text in texts]
        return cls(
            "\n".join(f" {' '.join(words)} " for words in messages),
            frozenset(
                passage
                for words in messages
                if _is_long(words)
                for passage in _passages(words, min(len(words), TELLING_WORDS))
            ),
        )

    def hold(self, words: Sequence[str]) -> bool:
        """Whether the words stand in one of the messages, in a row."""
        return f" {' '.join(words)} " in self.text


def _repeats(lines: Sequence[Line], internal: _Said, public: _Said) -> set[int]:
    """Which of the lines say something that only internal messages say."""
    own = [
        (word, index) for index, line in enumerate(lines) if not line.is_quoted for word in _words(line.text)
    ]
    words = [word for word, _ in own]
    found: set[int] = set()
    for size in range(2, TELLING_WORDS + 1):
        for start, passage in enumerate(_passages(words, size)):
            if passage in internal.passages and _is_secret(passage, public):
                found.update(index for _, index in own[start : start + size])
    for index, line in enumerate(lines):
        if any(_is_telling(text, internal, public) for text in _texts(line)):
            found.add(index)
    return found


def _is_telling(text: str, internal: _Said, public: _Said) -> bool:
    words = _words(text)
    return internal.hold(words) and _is_secret(words, public)


def _is_secret(words: Sequence[str], public: _Said) -> bool:
    return not _COURTESIES.issuperset(words) and not public.hold(words)


def _is_long(words: Sequence[str]) -> bool:
    """Whether a message is long enough that saying it again is no coincidence."""
    return len(words) >= FEWEST_TELLING_WORDS or (
        len(words) >= 2 and sum(map(len, words)) >= FEWEST_TELLING_CHARACTERS
    )


def _texts(line: Line) -> Iterator[str]:
    """What a line says, and where its links lead."""
    if not line.is_quoted:
        yield line.text
        yield from (run.href.removeprefix("mailto:") for run in line.runs if run.href and not run.is_mention)


def _foreign_quotes(lines: Sequence[Line], internal: _Said, public: _Said) -> set[int]:
    """The lines of quotes that are not known, as a whole, to be public.

    Few words that internal messages have too may be quoted from there: those stay.
    """
    foreign: set[int] = set()
    for is_quote, group in groupby(enumerate(lines), key=lambda numbered: numbered[1].is_quoted):
        quote = list(group)
        words = [word for _, line in quote for word in _words(line.text)]
        is_known = public.hold(words) and (_is_long(words) or not internal.hold(words))
        if is_quote and not (words and is_known):
            foreign.update(index for index, _ in quote)
    return foreign


def _count_passages(lines: Sequence[Line], held_back: Collection[int]) -> int:
    """A quote is one passage however long it is."""
    count = 0
    is_in_quote = False
    for index, line in enumerate(lines):
        if line.is_blank:
            continue
        is_held = index in held_back
        count += is_held and not (is_in_quote and line.is_quoted)
        is_in_quote = is_held and line.is_quoted
    return count


def _passages(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + size]) for start in range(len(words) - size + 1))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _plain_name(name: str) -> str:
    """A name for a heading, escaped; it begins with a letter or a digit, so it marks and quotes nothing."""
    shown = "".join(character for character in " ".join(name.split()) if character.isprintable())
    return escape(re.sub(r"^\W+", "", shown)[:LONGEST_NAME].rstrip())
