"""The HTML of updates: what monday.com keeps of it, and the text it derives. Pure."""

import html
import re

import nh3

_TAGS = {
    *("h1", "h2", "h3", "p", "div", "span", "br", "hr", "blockquote", "pre", "code"),
    *("strong", "em", "u", "s", "b", "i", "a", "ul", "ol", "li", "img"),
    *("table", "thead", "tbody", "tr", "td", "th"),
}
_ATTRIBUTES = {"a": {"href", "target"}, "span": {"style"}, "img": {"src", "alt"}, "ol": {"start"}}
_RENAMED = ((re.compile(r"<(/?)b>"), r"<\1strong>"), (re.compile(r"<(/?)i>"), r"<\1em>"))
_CHECKLIST = re.compile(r"<ul[^>]*\bclass=[\"']?checklist\b.*?</ul>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<br>|</(?:p|div|h[1-3]|li|ul|ol|blockquote|pre|tr|table)>")
_TAG = re.compile(r"<[^>]*>")


def stored_body(given: str) -> str:
    """An update's body as monday.com keeps it.

    Scripts, comments and unknown tags go, their text stays (but a script's); ``b`` and ``i``
    become ``strong`` and ``em``; of styles only the colour is left.
    """
    body = nh3.clean(
        _CHECKLIST.sub("", given),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        filter_style_properties={"color", "background-color"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    for pattern, replacement in _RENAMED:
        body = pattern.sub(replacement, body)
    return body


def text_of(body: str) -> str:
    """The text of a stored body: tags gone, a line for each block."""
    lines = _BREAK.sub("\n", body)
    return html.unescape(_TAG.sub("", lines)).replace("\xa0", " ").rstrip("\n")
