"""Opening hours as people write them, read into lengths after midnight. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol

_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE

#: ``(from, to)`` in microseconds after midnight, in order and apart.
Hours = Sequence[tuple[int, int]]
WrittenHours = Collection[tuple[str, str]]
#: Weekday, 0 is Monday → opening hours.
WeeklyHours = Mapping[int, WrittenHours]


class SpecialHours(Protocol):
    """Days with opening hours of their own; a dict of them is one."""

    def get(self, day: date, /) -> WrittenHours | None:
        """The hours of a day, none where it is closed; None where it is a day like others."""
        ...


def read_week(weekly_hours: WeeklyHours) -> Sequence[Hours]:
    """The opening hours of each weekday; what goes on after midnight is the next day's.

    Raises:
        ValueError: there is no such weekday or time of day, or hours overlap.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for weekday, written in weekly_hours.items():
        if weekday not in range(7):
            raise ValueError(f"There is no weekday {weekday!r}; 0 is Monday and 6 is Sunday.")
        for opens, closes in _read(f"weekday {weekday}", written):
            if opens < closes:
                week[weekday].append((opens, closes))
                continue
            week[weekday].append((opens, _DAY))
            if closes:
                week[(weekday + 1) % 7].append((0, closes))
    return [_apart(f"weekday {weekday}", hours) for weekday, hours in enumerate(week)]


def read_day(day: date, written: WrittenHours) -> Hours:
    """The opening hours of one day.

    Raises:
        ValueError: there is no such time of day, hours overlap, or go on after midnight.
    """
    hours = _read(f"{day}", written)
    if any(opens > closes for opens, closes in hours):
        raise ValueError(f"Opening hours of {day} end before they begin; write 24:00 and the next day's.")
    return _apart(f"{day}", hours)


def _read(whose: str, written: WrittenHours) -> list[tuple[int, int]]:
    hours = [(_time_of_day(opens), _time_of_day(closes)) for opens, closes in written]
    if any(opens in (closes, _DAY) for opens, closes in hours):
        raise ValueError(f"Opening hours of {whose} end as they begin: {list(written)}.")
    return hours


def _apart(whose: str, hours: Collection[tuple[int, int]]) -> Hours:
    ordered = sorted(hours)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise ValueError(f"Opening hours of {whose} overlap.")
    return ordered


def _time_of_day(text: str) -> int:
    """Microseconds after midnight of ``HH:MM``, up to ``24:00``."""
    hour, colon, minute = text.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and hour.isdecimal() and minute.isdecimal()):
        raise ValueError(f"{text!r} is no time of day; write it like 08:00.")
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 24 * 60:
        raise ValueError(f"{text!r} is no time of day; write it like 08:00.")
    return total * _MINUTE
