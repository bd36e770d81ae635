"""Business time of many intervals at once, for reports and previews: the same answers, by numpy.

Moments are ``datetime64[us]`` in UTC, lengths ``timedelta64[us]``.
"""

from datetime import datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.business_time.calendar import BusinessCalendar, CalendarRangeError, microseconds

Moments: TypeAlias = npt.NDArray[np.datetime64]
Lengths: TypeAlias = npt.NDArray[np.timedelta64]


class BulkArithmetic:
    """A calendar laid out once for a span of time.

    Raises:
        CalendarRangeError: the span lies outside of the years that can be counted in.
    """

    def __init__(self, calendar: BusinessCalendar, first: datetime, last: datetime) -> None:
        periods = calendar.periods(microseconds(first), microseconds(last))
        self._begin, self._end = periods.begin, periods.end
        # A period of no length before all others: every moment of the span is at or after one.
        self._starts = np.array([periods.begin, *periods.starts], np.int64)
        self._before = np.array([0, *periods.before], np.int64)
        self._after = np.array([0, *periods.after], np.int64)
        self._lengths = self._after - self._before

    def elapsed(self, starts: Moments, ends: Moments) -> Lengths:
        """The business time of each interval; none where the end is not after the start.

        Raises:
            CalendarRangeError: a moment lies outside of the span's years.
        """
        first, last = self._ticks(starts), self._ticks(ends)
        passed = self._passed(last)
        passed -= self._passed(first)
        return np.maximum(passed, 0, out=passed).view("timedelta64[us]")

    def add(self, starts: Moments, lengths: Lengths) -> Moments:
        """For each start the earliest moment by which its length of business time has passed.

        Raises:
            ValueError: a length is negative.
            CalendarRangeError: a moment, or an answer, lies outside of the span's years.
        """
        first = self._ticks(starts)
        wanted = lengths.astype("timedelta64[us]").view(np.int64)
        if wanted.size and wanted.min() < 0:
            raise ValueError("Business time can't be counted backwards.")
        due = self._passed(first) + wanted
        index = np.searchsorted(self._after, due, side="left")
        if index.size and index.max() >= len(self._after):
            raise CalendarRangeError("An answer lies outside of the years that were laid out.")
        moments = self._starts[index] + due - self._before[index]
        return np.where(wanted == 0, first, moments).view("datetime64[us]")

    def _passed(self, ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        index = np.searchsorted(self._starts, ticks, side="right") - 1
        since = ticks - self._starts[index]
        np.minimum(since, self._lengths[index], out=since)
        since += self._before[index]
        return since

    def _ticks(self, moments: Moments) -> npt.NDArray[np.int64]:
        ticks = moments.astype("datetime64[us]").view(np.int64)
        if ticks.size and (ticks.min() < self._begin or ticks.max() >= self._end):
            raise CalendarRangeError("A moment lies outside of the years that were laid out.")
        return ticks
