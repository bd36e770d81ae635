"""Which updates on a case's item are meant for monday.com, and what of them is sent. Pure."""

import re

from app.conversation.markup import Line, read_lines

_MARK = re.compile(r"@(?:monday|vendor)(?![-.'\u2019/\\@&]?\w)[\s:;,.!\u2013\u2014-]*", re.IGNORECASE)


def for_vendor(body_html: str) -> str | None:
    """What goes to monday.com of an update that begins with ``@monday`` or ``@vendor``; None of any other.

    Plain text; empty when nothing is left. Quotes stay at home: they may be of internal notes.
    """
    own = [line for line in read_lines(body_html) if not line.is_quoted]
    first = next((place for place, line in enumerate(own) if line.text.strip()), None)
    if first is None:
        return None
    mark = _MARK.match(own[first].text.lstrip())
    if mark is None:
        return None
    texts = [own[first].text.lstrip()[mark.end() :], *(_text(line) for line in own[first + 1 :])]
    return "\n".join(texts).strip()


def _text(line: Line) -> str:
    return "" if line.is_blank else line.text
