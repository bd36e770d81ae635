"""Lengths of time as people write them: ``90s``, ``15m``, ``3h``, ``2d``. Pure."""

import re
from datetime import timedelta

from app.errors import SupportError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhd])")


class LengthError(SupportError):
    """The text is no length of time."""

    code = "length"
    permanent = True


def parse_length(text: str) -> timedelta:
    """A length of time from ``3h``, ``1h 30m`` and the like; real time, not business time.

    Raises:
        LengthError: the text is something else.
    """
    compact = text.strip().lower()
    parts = _LENGTH.findall(compact)
    if not parts or _LENGTH.sub("", compact).strip():
        raise LengthError(f"{text!r} is no length of time. Write it like 90s, 15m, 3h, 2d or 1h 30m.")
    return sum((timedelta(**{_UNITS[unit]: float(number)}) for number, unit in parts), timedelta())
