"""Business time counted by prefix sums: the cost of a question does not grow with its interval.

The opening hours of a span of years are laid out once as periods on the time line, in whole
microseconds since 1970, each with the business time before it; a question is then two
binary searches. The span starts with the year first asked about and grows, a year at a
time and on either side, when a question leaves it.

What counts is real time during which the wall clock shows opening hours: on the night when
clocks go forward an hour of it does not exist, and when they go back an hour counts twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from app.business_time.hours import Hours, SpecialHours, WeeklyHours, read_day, read_week
from app.errors import SupportError

#: Years that can be counted in. Outside of them a moment is surely a mistake.
FIRST_YEAR = 1900
LAST_YEAR = 2300

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


class CalendarRangeError(SupportError):
    """A moment, or the answer to a question, lies outside of the years that can be counted in."""

    code = "calendar_range"
    permanent = True


@dataclass(frozen=True)
class Periods:
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

    def within(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The open periods of an interval that lies within the years, cut to it."""
        for index in range(bisect_right(self.ends, first), bisect_left(self.starts, last)):
            yield max(self.starts[index], first), min(self.ends[index], last)


class BusinessCalendar:
    """Counts the time during which an office is open.

    Args:
        weekly_hours: Weekday (0 is Monday) → opening hours as ``(from, to)`` on the wall
            clock, ``HH:MM``; ``to`` may be ``24:00``. Absent days are closed. Hours that end before
            they begin go on after midnight, as the next day's.
        holidays: Days on which the office is closed. Asked once a day and year.
        tz: IANA name of the zone whose wall clock the office goes by.
        special_hours: Days that have opening hours of their own, holidays or not.

    Moments are aware datetimes of any zone, and come back in UTC. A calendar may be shared
    by threads.
    """

    def __init__(
        self,
        weekly_hours: WeeklyHours,
        holidays: Container[date],
        tz: str,
        *,
        special_hours: SpecialHours | None = None,
    ) -> None:
        self.zone = ZoneInfo(tz)
        self.holidays = holidays
        self._week = read_week(weekly_hours)
        self._special_hours: SpecialHours = special_hours or {}
        self._grown: Periods | None = None

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment by which ``duration`` of business time has passed since ``start``.

        Raises:
            ValueError: ``start`` has no time zone, or ``duration`` is negative.
            CalendarRangeError: so much business time never passes.
        """
        at = microseconds(start)
        length = duration.days * _DAY + duration.seconds * _SECOND + duration.microseconds
        if length <= 0:
            if length < 0:
                raise ValueError("Business time can't be counted backwards.")
            return EPOCH + timedelta(0, 0, at)
        periods = self._grown
        if periods is None or not periods.begin <= at < periods.end:
            periods = self.periods(at, at)
        index = bisect_right(periods.starts, at) - 1
        if index >= 0 and at + length <= periods.ends[index]:
            # Most promises end on the day on which they begin.
            return EPOCH + timedelta(0, 0, at + length)
        # Asked when it is closed, as mostly, it need not be looked for again.
        is_closed = index >= 0 and at >= periods.ends[index]
        wanted = (periods.after[index] if is_closed else periods.passed(at)) + length
        while not periods.after or periods.after[-1] < wanted:
            periods = self._grow_on(periods)
            wanted = periods.passed(at) + length
        index = bisect_left(periods.after, wanted, max(index, 0))
        return EPOCH + timedelta(0, 0, periods.starts[index] + wanted - periods.before[index])

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments; none when ``end`` is not after ``start``.

        Raises:
            ValueError: a moment has no time zone.
            CalendarRangeError: a moment lies outside of the years that can be counted in.
        """
        first, last = microseconds(start), microseconds(end)
        if last <= first:
            return timedelta(0)
        periods = self.periods(first, last)
        return timedelta(microseconds=periods.passed(last) - periods.passed(first))

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open; at its closing time it is not.

        Raises:
            ValueError: ``at`` has no time zone.
            CalendarRangeError: ``at`` lies outside of the years that can be counted in.
        """
        moment = microseconds(at)
        periods = self.periods(moment, moment)
        index = bisect_right(periods.starts, moment) - 1
        return index >= 0 and moment < periods.ends[index]

    def hours_of(self, day: date) -> Hours:
        """The opening hours of a day, as microseconds after its midnight, in order and apart."""
        special = self._special_hours.get(day)
        if special is not None:
            return read_day(day, special)
        return () if day in self.holidays else self._week[day.weekday()]

    def periods(self, first: int, last: int) -> Periods:
        """The open periods of the years of two moments, and of those between (microseconds since 1970).

        Raises:
            CalendarRangeError: a moment lies outside of the years that can be counted in.
        """
        grown = self._grown
        if grown is not None and grown.begin <= first and last < grown.end:
            return grown
        return self._grow(_year_of(first), _year_of(last))

    def _grow_on(self, periods: Periods) -> Periods:
        """Twice as many years, into the future."""
        if periods.last == LAST_YEAR:
            raise _out_of_range()
        return self._grow(periods.first, min(2 * periods.last - periods.first + 1, LAST_YEAR))

    def _grow(self, first: int, last: int) -> Periods:
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
            for begin, end, offset in _spans(self.zone, _year_start(year), _year_start(year + 1))
            for period in self._open_periods(begin, end, offset)
        ]

    def _open_periods(self, begin: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
        """The open periods of a span during which the wall clock is ``offset`` ahead of UTC."""
        for day in range((begin + offset) // _DAY, (end + offset - 1) // _DAY + 1):
            midnight = day * _DAY - offset
            for opens, closes in self.hours_of(date.fromordinal(_EPOCH_ORDINAL + day)):
                start, stop = max(midnight + opens, begin), min(midnight + closes, end)
                if start < stop:
                    yield start, stop


def _out_of_range() -> CalendarRangeError:
    return CalendarRangeError(
        f"Business time is counted from {FIRST_YEAR} to {LAST_YEAR}, and the answer lies outside. "
        "Check the dates, and that the calendar has opening hours at all."
    )


def _lay_out(first: int, last: int, periods: Sequence[tuple[int, int]]) -> Periods:
    starts = [start for start, _ in periods]
    ends = [end for _, end in periods]
    after = list(accumulate(end - start for start, end in periods))
    before = [total - (end - start) for total, (start, end) in zip(after, periods, strict=True)]
    return Periods(first, last, _year_start(first), _year_start(last + 1), starts, ends, before, after)


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
    offset = (EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset() or timedelta(0)
    return offset // timedelta(microseconds=1)


def _year_of(at: int) -> int:
    return (EPOCH + timedelta(microseconds=at)).year


def _year_start(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY


def microseconds(at: datetime) -> int:
    """A moment as whole microseconds since 1970.

    Raises:
        ValueError: it has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone, so it is no moment.")
    since = at - EPOCH
    return since.days * _DAY + since.seconds * _SECOND + since.microseconds
