"""The HTML of updates as lines of text with their place and look, and back again.

nh3 reads, as a browser would, and drops what is not text: scripts, pictures, comments. What is
ours is what it leaves to be told: which text is quoted, hidden or a mention, and where lines begin.
What is written is cleaned by nh3 once more. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import groupby

import nh3

from app.conversation.hiding import TELLING_STYLES, comparable, is_hidden


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Elements that text stands in, and what they are kept as.
_BLOCKS = {
    **{tag: tag for tag in _names("p h1 h2 h3 ul ol li blockquote")},
    **dict.fromkeys(_names("h4 h5 h6"), "h3"),
    **dict.fromkeys(_names("menu dir"), "ul"),
    "pre": "p",
}
_LISTS = frozenset({"ul", "ol"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3"})
#: What text may stand in.
_LEAVES = _PARAGRAPHS | {"li"}
#: Elements that begin and end a line without being kept.
_BREAKING = _names(
    "address article aside caption center dd details div dl dt fieldset figcaption figure footer form "
    "header hgroup hr legend main nav section summary table tbody td tfoot th thead tr"
)
_MARKS = {tag: tag for tag in _names("strong em u s")}
_MARKS |= {"b": "strong", "i": "em", "ins": "u", "strike": "s", "del": "s"}
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
#: Elements whose content is not text that a reader sees.
_UNSEEN = _names(
    "applet audio canvas datalist dialog embed frameset head iframe listing map math noembed noframes "
    "noscript object optgroup option plaintext script select style svg template textarea title video xmp"
)
_SCHEMES = frozenset({"http", "https", "mailto"})
_WRITTEN_TAGS = {*_BLOCKS.values(), *_MARKS.values(), "a", "br"}
#: Nesting beyond this is no writing; what is deeper is kept at this depth.
_DEEPEST = 12

_TAG_NAME = re.compile(r"<([a-z][a-z0-9:-]*)", re.IGNORECASE)
#: Where somebody of an account, or a team of theirs, is shown to the others of it.
_PROFILE = re.compile(r"https?://[\w-]+\.monday\.com/(?:users|teams)/", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
#: Zero-width joiner and non-joiner: emoji and some scripts are spelt with them.
_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True)
class Block:
    """An element that lines stand in; ``serial`` tells neighbours apart."""

    tag: str
    serial: int


@dataclass(frozen=True)
class Run:
    """Characters that look the same."""

    text: str
    marks: frozenset[str] = frozenset()
    href: str | None = None
    is_mention: bool = False


@dataclass(frozen=True)
class Line:
    """What stands on one line: from a break to the next.

    A line may hold single newlines: breaks of the source, which are not seen as breaks.
    """

    path: tuple[Block, ...]
    runs: tuple[Run, ...] = ()
    #: Stands in an element for quotes.
    is_quoted: bool = False

    @property
    def text(self) -> str:
        """Its characters."""
        return "".join(run.text for run in self.runs)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to be seen on it."""
        return not self.text.strip()

    def without_start(self, length: int) -> "Line":
        """The line less its first ``length`` characters."""
        runs = []
        for run in self.runs:
            cut = run.text[length:]
            length = max(0, length - len(run.text))
            if cut:
                runs.append(replace(run, text=cut))
        return replace(self, runs=_trimmed(runs))

    def split_at(self, position: int) -> tuple["Line", "Line"]:
        """The line's first ``position`` characters, and the rest, as two lines."""
        runs = []
        left = position
        for run in self.runs:
            if left > 0:
                runs.append(replace(run, text=run.text[:left]))
            left -= len(run.text)
        return replace(self, runs=_trimmed(runs)), self.without_start(position)


@lru_cache(maxsize=256)  # the same updates are read again with every event of their item
def read_lines(html: str) -> tuple[Line, ...]:
    """The lines a reader sees, blank ones within a paragraph included."""
    html = html.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    if "<" not in html:
        html = html.strip().replace("\r\n", "\n").replace("\n", "<br>")
    reader = _Reader()
    reader.feed(_well_formed(html))
    reader.close()
    reader.end_line()
    return tuple(reader.lines)


def write_html(lines: Iterable[Line]) -> str:
    """Lines as safe HTML; paragraphs and lists without any text left in them vanish."""
    parts: list[str] = []
    standing: tuple[Block, ...] = ()
    for path, group in groupby(lines, key=lambda line: line.path):
        texts = [_write_runs(line.runs) for line in group]
        while texts and not texts[-1]:
            texts.pop()
        while texts and not texts[0]:
            texts.pop(0)
        if not texts:
            continue
        parts += ["<br>"] if path == standing else _step(standing, path)
        parts.append("<br>".join(texts))
        standing = path
    parts += _step(standing, ())
    return clean("".join(parts))


def clean(html: str) -> str:
    """HTML with nothing in it but the few elements that updates may have."""
    return nh3.clean(
        html.replace("\ufeff", ""),  # the parser takes one at the start for a byte order mark
        tags=_WRITTEN_TAGS,
        clean_content_tags=set(_UNSEEN),
        attributes={"a": {"href"}},
        url_schemes=set(_SCHEMES),
        url_relative="deny",
    )


def visible(text: str) -> str:
    """The text without characters that show nothing: zero-width ones, direction marks, soft hyphens."""
    if text.isascii():
        return text
    return "".join(c for c in text if c in _JOINERS or unicodedata.category(c) != "Cf")


def _well_formed(html: str) -> str:
    found = {name.lower() for name in _TAG_NAME.findall(html)}
    return nh3.clean(
        html,
        tags=(found | _BREAKING | _MARKS.keys() | _BLOCKS.keys()) - _UNSEEN,
        clean_content_tags=set(_UNSEEN),
        attributes={"*": {"class", "hidden", "id", "style"}, "a": {"href"}},
        attribute_filter=comparable,
        filter_style_properties=TELLING_STYLES,
        generic_attribute_prefixes={"data-mention"},
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


@dataclass(frozen=True)
class _Open:
    """An element that is open while the HTML is walked, and what it makes of its text."""

    tag: str
    path: tuple[Block, ...] = ()
    look: Run = Run("")
    is_hidden: bool = False
    is_quoted: bool = False
    is_pre: bool = False
    #: Begins and ends a line.
    breaks: bool = False


class _Reader(HTMLParser):
    """Walks well-formed HTML and gathers lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._open = [_Open("")]
        self._runs: list[Run] = []
        self._paragraph: Block | None = None
        self._serial = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._end_line_at_break()
        breaks = tag in _BLOCKS or tag in _BREAKING or _is_quote(tag, attributes)
        if breaks:
            self._begin_block()
        if tag not in _VOID:
            self._open.append(replace(self._inner(tag, attributes), breaks=breaks))

    def handle_endtag(self, tag: str) -> None:
        while True:
            if self._open[-1].breaks:
                self._begin_block()
            if self._open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        inner = self._open[-1]
        if inner.is_hidden:
            return
        if inner.is_pre:
            for index, text in enumerate(data.split("\n")):
                if index:
                    self._end_line_at_break()
                self._take(text)
        else:
            self._take(data)

    def end_line(self) -> None:
        """Close the line being gathered; one with nothing on it is none."""
        runs = _trimmed(self._runs)
        self._runs = []
        if runs:
            self.lines.append(Line(self._leaf(), runs, self._open[-1].is_quoted))

    def _inner(self, tag: str, attributes: dict[str, str]) -> _Open:
        outer = self._open[-1]
        look = outer.look
        if tag in _MARKS:
            look = replace(look, marks=look.marks | {_MARKS[tag]})
        if tag == "a":
            look = replace(look, href=attributes.get("href"), is_mention=_is_mention(attributes))
        return _Open(
            tag,
            self._inner_path(outer.path, tag, attributes),
            look,
            outer.is_hidden or is_hidden(attributes),
            outer.is_quoted or _is_quote(tag, attributes),
            outer.is_pre or tag == "pre",
        )

    def _inner_path(self, path: tuple[Block, ...], tag: str, attributes: dict[str, str]) -> tuple[Block, ...]:
        kept = "blockquote" if _is_quote(tag, attributes) else _BLOCKS.get(tag)
        if kept is None or len(path) >= _DEEPEST:
            return path
        while path and path[-1].tag in _PARAGRAPHS:
            path = path[:-1]
        parent = path[-1].tag if path else ""
        if kept == "li" and parent not in _LISTS:
            kept = "p"
        if kept != "li" and parent in _LISTS:
            path = (*path, self._new_block("li"))
            parent = "li"
        if kept == "p" and parent == "li":
            return path
        return (*path, self._new_block(kept))

    def _begin_block(self) -> None:
        self.end_line()
        self._paragraph = None

    def _end_line_at_break(self) -> None:
        if self._open[-1].is_hidden:
            return
        line = Line(self._leaf(), _trimmed(self._runs), self._open[-1].is_quoted)
        self._runs = []
        self.lines.append(line)

    def _take(self, text: str) -> None:
        if text := visible(text):
            self._runs.append(replace(self._open[-1].look, text=text))

    def _leaf(self) -> tuple[Block, ...]:
        """Where text stands now; text outside of any paragraph gets one of its own."""
        path = self._open[-1].path
        if path and path[-1].tag in _LEAVES:
            return path
        if self._paragraph is None:
            self._paragraph = self._new_block("li" if path and path[-1].tag in _LISTS else "p")
        return (*path, self._paragraph)

    def _new_block(self, tag: str) -> Block:
        self._serial += 1
        return Block(tag, self._serial)


def _is_mention(attributes: dict[str, str]) -> bool:
    return (
        "mention" in attributes.get("class", "")
        or any(name.startswith("data-mention") for name in attributes)
        or _PROFILE.match(attributes.get("href", "")) is not None
    )


def _is_quote(tag: str, attributes: dict[str, str]) -> bool:
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()
    return tag == "blockquote" or "quote" in names or "divrplyfwdmsg" in names


def _trimmed(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs with spaces as they are seen: single, none at either end; equal neighbours joined."""
    trimmed: list[Run] = []
    spaced = True
    for run in runs:
        text = _SPACE.sub(_one_space, run.text)
        if spaced:
            text = text.lstrip()
        if not text:
            continue
        spaced = text[-1].isspace()
        if trimmed and replace(run, text="") == replace(trimmed[-1], text=""):
            trimmed[-1] = replace(run, text=trimmed[-1].text + text)
        else:
            trimmed.append(replace(run, text=text))
    while trimmed and not (text := trimmed[-1].text.rstrip()):
        trimmed.pop()
    if trimmed:
        trimmed[-1] = replace(trimmed[-1], text=text)
    return tuple(trimmed)


def _one_space(spaces: re.Match[str]) -> str:
    return "\n" if "\n" in spaces[0] else " "


def _write_runs(runs: Iterable[Run]) -> str:
    return "".join(_write_run(run) for run in _trimmed([_named(run) for run in runs]))


def _named(run: Run) -> Run:
    """A mention as the name it is of: it would point at nobody in another account."""
    return Run(run.text.replace("@", "", 1), run.marks) if run.is_mention else run


def _write_run(run: Run) -> str:
    written = _marked(escape(run.text.replace("\n", " "), quote=False), run.marks)
    return f'<a href="{escape(run.href)}">{written}</a>' if run.href else written


def _marked(written: str, marks: frozenset[str]) -> str:
    for mark in sorted(marks):
        written = f"<{mark}>{written}</{mark}>"
    return written


def _step(standing: Sequence[Block], path: Sequence[Block]) -> Iterator[str]:
    """The tags that lead from one place to another."""
    common = 0
    while common < min(len(standing), len(path)) and standing[common] == path[common]:
        common += 1
    for block in reversed(standing[common:]):
        yield f"</{block.tag}>"
    for block in path[common:]:
        yield f"<{block.tag}>"
