"""Business time counted by prefix sums: the cost of a question does not grow with its interval.

The opening hours of a span of years are laid out once as periods on the time line, in whole
microseconds since 1970, each with the business time before it; a question is then two
binary searches. The span starts with the year first asked about and grows, a year at a
time and on either side, when a question leaves it.

What counts is real time during which the wall clock shows opening hours: on the night when
clocks go forward an hour of it does not exist, and when they go back an hour counts twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from app.errors import SupportError

#: Years that can be counted in. Outside of them a moment is surely a mistake.
FIRST_YEAR = 1900
LAST_YEAR = 2300

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 86_400 * _SECOND


class CalendarRangeError(SupportError):
    """A moment, or the answer to a question, lies outside of the years that can be counted in."""

    code = "calendar_range"
    permanent = True


@dataclass(frozen=True)
class _Periods:
    """The open periods of the years ``first`` to ``last``, in order and apart.

    ``starts`` and ``ends`` are microseconds since 1970; ``before[i]`` is the business time
    from an arbitrary fixed moment to ``starts[i]``, ``after[i]`` to ``ends[i]``.
    """

    first: int
    last: int
    begin: int
    end: int
    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]
    after: Sequence[int]

    def passed(self, at: int) -> int:
        """The business time from the fixed moment to ``at``, which lies within the years."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return self.before[0] if self.before else 0
        return self.after[index] if at >= self.ends[index] else self.before[index] + at - self.starts[index]


class BusinessCalendar:
    """Counts the time during which an office is open.

    Args:
        weekly_hours: Weekday (0 is Monday) → opening hours as ``(from, to)`` on the wall
            clock, ``HH:MM``; ``to`` may be ``24:00``. Absent days are closed.
        holidays: Days on which the office is closed. Asked once a day and year.
        tz: IANA name of the zone whose wall clock the office goes by.

    Moments are aware datetimes of any zone, and come back in UTC. A calendar may be shared
    by threads.
    """

    def __init__(
        self,
        weekly_hours: Mapping[int, Collection[tuple[str, str]]],
        holidays: Container[date],
        tz: str,
    ) -> None:
        self._hours = _read_hours(weekly_hours)
        self._holidays = holidays
        self._zone = ZoneInfo(tz)
        self._grown: _Periods | None = None

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment by which ``duration`` of business time has passed since ``start``.

        Raises:
            ValueError: ``start`` has no time zone, or ``duration`` is negative.
            CalendarRangeError: so much business time never passes.
        """
        at = _microseconds(start)
        length = duration.days * _DAY + duration.seconds * _SECOND + duration.microseconds
        if length <= 0:
            if length < 0:
                raise ValueError("Business time can't be counted backwards.")
            return _EPOCH + timedelta(microseconds=at)
        periods = self._covering(at, at)
        wanted = periods.passed(at) + length
        while not periods.after or periods.after[-1] < wanted:
            periods = self._grow_on(periods)
            wanted = periods.passed(at) + length
        index = bisect_left(periods.after, wanted)
        return _EPOCH + timedelta(microseconds=periods.starts[index] + wanted - periods.before[index])

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments; none when ``end`` is not after ``start``.

        Raises:
            ValueError: a moment has no time zone.
            CalendarRangeError: a moment lies outside of the years that can be counted in.
        """
        first, last = _microseconds(start), _microseconds(end)
        if last <= first:
            return timedelta(0)
        periods = self._covering(first, last)
        return timedelta(microseconds=periods.passed(last) - periods.passed(first))

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open; at its closing time it is not.

        Raises:
            ValueError: ``at`` has no time zone.
            CalendarRangeError: ``at`` lies outside of the years that can be counted in.
        """
        moment = _microseconds(at)
        periods = self._covering(moment, moment)
        index = bisect_right(periods.starts, moment) - 1
        return index >= 0 and moment < periods.ends[index]

    def _covering(self, first: int, last: int) -> _Periods:
        """The periods, grown so far that they hold the years of both moments."""
        grown = self._grown
        if grown is not None and grown.begin <= first and last < grown.end:
            return grown
        return self._grow(_year_of(first), _year_of(last))

    def _grow_on(self, periods: _Periods) -> _Periods:
        """Twice as many years, into the future."""
        if periods.last == LAST_YEAR:
            raise _out_of_range()
        return self._grow(periods.first, min(2 * periods.last - periods.first + 1, LAST_YEAR))

    def _grow(self, first: int, last: int) -> _Periods:
        """Lay out the years ``first`` to ``last`` beside those that are laid out already.

        Whoever reads meanwhile keeps the object it holds, so threads need no lock: at worst
        two of them do the same work.
        """
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise _out_of_range()
        known = self._grown
        if known is None:
            periods = self._years(first, last)
        else:
            first, last = min(first, known.first), max(last, known.last)
            periods = self._years(first, known.first - 1)
            periods += zip(known.starts, known.ends, strict=True)
            periods += self._years(known.last + 1, last)
        self._grown = grown = _lay_out(first, last, periods)
        return grown

    def _years(self, first: int, last: int) -> list[tuple[int, int]]:
        return [period for year in range(first, last + 1) for period in self._year(year)]

    def _year(self, year: int) -> list[tuple[int, int]]:
        """The open periods of a UTC year."""
        return [
            period
            for begin, end, offset in _spans(self._zone, _year_start(year), _year_start(year + 1))
            for period in self._open_periods(begin, end, offset)
        ]

    def _open_periods(self, begin: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
        """The open periods of a span during which the wall clock is ``offset`` ahead of UTC."""
        for day in range((begin + offset) // _DAY, (end + offset - 1) // _DAY + 1):
            local = date.fromordinal(_EPOCH_ORDINAL + day)
            hours = self._hours.get(local.weekday())
            if not hours or local in self._holidays:
                continue
            midnight = day * _DAY - offset
            for opens, closes in hours:
                start, stop = max(midnight + opens, begin), min(midnight + closes, end)
                if start < stop:
                    yield start, stop


def _out_of_range() -> CalendarRangeError:
    return CalendarRangeError(
        f"Business time is counted from {FIRST_YEAR} to {LAST_YEAR}, and the answer lies outside. "
        "Check the dates, and that the calendar has opening hours at all."
    )


def _lay_out(first: int, last: int, periods: Sequence[tuple[int, int]]) -> _Periods:
    starts = [start for start, _ in periods]
    ends = [end for _, end in periods]
    after = list(accumulate(end - start for start, end in periods))
    before = [total - (end - start) for total, (start, end) in zip(after, periods, strict=True)]
    return _Periods(first, last, _year_start(first), _year_start(last + 1), starts, ends, before, after)


def _spans(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut a stretch of whole days where the zone's offset from UTC changes: ``(begin, end, offset)``.

    Offsets are compared a day apart; no zone of tzdata has changed twice within a week.
    """
    since, offset = begin, _offset(zone, begin)
    for midnight in range(begin, end, _DAY):
        next_offset = _offset(zone, midnight + _DAY)
        if next_offset == offset:
            continue
        change = _change_between(zone, midnight, midnight + _DAY)
        yield since, change, offset
        since, offset = change, next_offset
    yield since, end, offset


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    """The second at which the offset at ``low`` gives way to the one at ``high``."""
    offset = _offset(zone, low)
    while high - low > _SECOND:
        middle = (low + high) // (2 * _SECOND) * _SECOND
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = (_EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset() or timedelta(0)
    return offset // timedelta(microseconds=1)


def _year_of(at: int) -> int:
    return (_EPOCH + timedelta(microseconds=at)).year


def _year_start(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY


def _microseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone, so it is no moment.")
    since = at - _EPOCH
    return since.days * _DAY + since.seconds * _SECOND + since.microseconds


def _read_hours(
    weekly_hours: Mapping[int, Collection[tuple[str, str]]],
) -> dict[int, list[tuple[int, int]]]:
    """Weekday → opening hours in microseconds after midnight, in order and apart."""
    hours: dict[int, list[tuple[int, int]]] = {}
    for weekday, pairs in weekly_hours.items():
        if weekday not in range(7):
            raise ValueError(f"There is no weekday {weekday!r}; 0 is Monday and 6 is Sunday.")
        read = sorted((_time_of_day(opens), _time_of_day(closes)) for opens, closes in pairs)
        if any(opens >= closes for opens, closes in read):
            raise ValueError(f"Opening hours of weekday {weekday} end before they begin: {list(pairs)}.")
        if any(later[0] < earlier[1] for earlier, later in pairwise(read)):
            raise ValueError(f"Opening hours of weekday {weekday} overlap: {list(pairs)}.")
        hours[weekday] = read
    return hours


def _time_of_day(text: str) -> int:
    """Microseconds after midnight of ``HH:MM``, up to ``24:00``."""
    hour, colon, minute = text.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and hour.isdecimal() and minute.isdecimal()):
        raise ValueError(f"{text!r} is no time of day; write it like 08:00.")
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 24 * 60:
        raise ValueError(f"{text!r} is no time of day; write it like 08:00.")
    return total * _MINUTE
