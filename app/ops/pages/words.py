"""Lengths of time, moments and states in the operator's words. Pure."""

import re
from datetime import datetime

from markupsafe import Markup, escape

_COMMAND = re.compile(r"`([^`]+)`")

#: What was done, for the page that follows; ``{n}`` is a figure.
TOLD = {
    "paused": "The link is paused. What happens on its board waits until it is resumed.",
    "paused_already": "The link was paused already; the first reason stands.",
    "resumed": "The link is followed again, and its boards are being compared.",
    "not_paused": "The link was not paused.",
    "swept": "A sweep was asked for. What it finds is handled within minutes.",
    "replayed": "Put back: {n}. What still fails comes here again, with its reason.",
    "dropped": "Dropped: {n}, counting what waited for it.",
    "excused": "That time does not count any more; the ticket shows who decided so, and why.",
    "adopted": "The board is followed. Its items become tickets within minutes.",
    "password": "Your new password holds from now on.",
}


def length(seconds: float | None) -> str:
    """A length of time in at most two units, like ``3 min 20 s``; a dash for none."""
    if seconds is None:
        return "-"
    if seconds < 1:
        return "0 s" if seconds < 0.05 else f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller_size, smaller in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def moment(at: datetime | None) -> str:
    """A moment in UTC, to the second; a dash for none."""
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def sentence(text: str) -> Markup:
    """With a capital letter and a full stop, commands between backticks as such; all else is escaped."""
    text = text.strip()
    if not text:
        return Markup()
    whole = text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
    parts = _COMMAND.split(whole)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
