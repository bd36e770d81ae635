"""What a mail in HTML says, as plain text: lines and lists kept, quotes marked, the rest dropped. Pure."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

_IN_LINES = frozenset({"article", "center", "dd", "div", "dl", "dt", "form", "hr", "li", "section", "tr"})
#: These stand apart by an empty line.
_APART = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"})
_BLOCKS = _IN_LINES | _APART
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")


def to_text(html: str) -> str:
    """The text that a reader sees; what is quoted has ``>`` before each line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Gathers lines; never fails, whatever the markup is like."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._quoted = self._hidden = self._pre = 0
        #: Where the link that is being read leads, and with which piece of the line its words begin.
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        """All lines, at most one empty one between two."""
        self._end_line()
        out: list[str] = []
        for depth, line in self._lines:
            if line or (out and out[-1].strip("> ")):
                out.append(f"{'> ' * depth}{line}".rstrip())
        while out and not out[-1].strip("> "):
            out.pop()
        return "\n".join(out)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self._end_line(always=True)
        elif tag in _BLOCKS:
            self._begin_block(tag)
        elif tag == "td" and self._line:
            self._line.append(" ")
        elif tag == "a":
            address = next((value or "" for name, value in attrs if name == "href"), "")
            self._link = (address, len(self._line))
        if tag == "li":
            self._line.append("- ")
        elif tag == "pre":
            self._pre += 1
        elif tag == "blockquote":
            self._quoted += 1

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._begin_block(tag)
        elif tag == "a" and self._link is not None:
            self._name_link(*self._link)
            self._link = None
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        if self._hidden:
            return
        if not self._pre:
            self._line.append(_SPACE.sub(" ", data))
            return
        first, *others = data.split("\n")
        self._line.append(first)
        for other in others:
            self._end_line(always=True)
            self._line.append(other)

    def _begin_block(self, tag: str) -> None:
        self._end_line()
        if tag in _APART and self._lines and self._lines[-1][1]:
            self._lines.append((self._quoted, ""))

    def _name_link(self, address: str, place: int) -> None:
        """A link whose words do not say where it leads has that behind it."""
        if address.startswith(("http://", "https://")) and address not in "".join(self._line[place:]):
            self._line.append(f" ({address})")

    def _end_line(self, *, always: bool = False) -> None:
        line = "".join(self._line)
        line = line.rstrip() if self._pre else _SPACE.sub(" ", line).strip()
        self._line = []
        if line or always:
            self._lines.append((self._quoted, line))
