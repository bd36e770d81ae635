"""Business time, one question after the other and many at once, beside the libraries that others use.

Support hours in Stockholm, with Swedish holidays, asked in UTC. ``businesstimedelta`` is asked the same,
``business-duration`` (which knows no zones) for the same days; whether they answer the same is not
what is measured here.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import cycle
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
from holidays import country_holidays

from app.business_time import BusinessCalendar, calendar
from app.business_time.bulk import BulkArithmetic
from bench.rows import Row

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
#: Business hours to add, and how many times as fast as businesstimedelta the design asks for.
ADDED: Sequence[tuple[int, float | None]] = ((2, 100), (8, None), (40, None), (400, 2_000))
ELAPSED: Sequence[tuple[str, timedelta, float | None]] = (
    ("a day", timedelta(days=1), None),
    ("a year", timedelta(days=365), 10_000),
)
SECONDS, TINY_SECONDS = 1.0, 0.01
AT_ONCE, TINY_AT_ONCE = 1_000_000, 1_000
REACH_BULK = 5_000_000
STARTS = 1_000


def run(*, tiny: bool) -> list[Row]:
    """Measure both operations over short and long intervals, and many at once."""
    seconds = TINY_SECONDS if tiny else SECONDS
    support, peers = calendar("support"), _Peers()
    starts = _moments(STARTS)
    rows = []
    for hours, reach in ADDED:
        length = timedelta(hours=hours)
        ours = _rate(partial(_add, support, length), starts, seconds)
        theirs = None
        if peers.delta is not None:
            theirs = _rate(peers.adder(hours), starts, seconds)
        rows.append(_row(f"add {hours} h", ours, "businesstimedelta", theirs, reach))
    for name, span, reach in ELAPSED:
        ours = _rate(partial(_elapsed, support, span), starts, seconds)
        for peer, function in (
            ("businesstimedelta", peers.difference(span)),
            ("business-duration", peers.duration(span)),
        ):
            theirs = None
            if function is not None:
                theirs = _rate(function, starts, seconds)
            asked = reach if peer == "businesstimedelta" else None
            rows.append(_row(f"elapsed over {name}", ours, peer, theirs, asked))
    return rows + _at_once(TINY_AT_ONCE if tiny else AT_ONCE)


class _Peers:
    """The libraries that are measured beside ours, where they are installed."""

    def __init__(self) -> None:
        self.delta: ModuleType | None = _found("businesstimedelta")
        self._duration: ModuleType | None = _found("business_duration")
        self._holidays = country_holidays("SE", years=range(2026, 2029), include_sundays=False)
        self._rules: Any = None
        if self.delta is not None:
            # Its rules know zones of this library only.
            zone = import_module("pytz").timezone("Europe/Stockholm")
            workday = self.delta.WorkDayRule(clock(8), clock(17), [0, 1, 2, 3, 4], tz=zone)
            self._rules = self.delta.Rules([workday, self.delta.HolidayRule(self._holidays, tz=zone)])

    def adder(self, hours: int) -> Callable[[datetime], object]:
        assert self.delta is not None
        delta = self.delta.BusinessTimeDelta(self._rules, hours=hours)
        return lambda start: start + delta

    def difference(self, span: timedelta) -> Callable[[datetime], object] | None:
        rules = self._rules
        return None if rules is None else lambda start: rules.difference(start, start + span)

    def duration(self, span: timedelta) -> Callable[[datetime], object] | None:
        if self._duration is None:
            return None
        function = self._duration.businessDuration
        known = {"starttime": clock(8), "endtime": clock(17), "holidaylist": self._holidays, "unit": "sec"}
        return lambda start: function(start, start + span, **known)


def _add(support: BusinessCalendar, length: timedelta, start: datetime) -> datetime:
    return support.add(start, length)


def _elapsed(support: BusinessCalendar, span: timedelta, start: datetime) -> timedelta:
    return support.elapsed(start, start + span)


def _found(name: str) -> ModuleType | None:
    return import_module(name) if find_spec(name) else None


def _moments(count: int) -> list[datetime]:
    """Moments of one year, always the same ones."""
    random = Random(5)
    return [FIRST + timedelta(seconds=random.randrange(365 * 86_400)) for _ in range(count)]


def _rate(function: Callable[[datetime], object], starts: Sequence[datetime], seconds: float) -> float:
    """How often a second a function answers, over so much time and at least once."""
    function(starts[0])
    # Looking at the clock must not be what is measured.
    asked, some = 0, cycle([starts[first : first + 10] for first in range(0, len(starts), 10)])
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for start in next(some):
            function(start)
        asked += 10
    return asked / (time.perf_counter() - began)


def _row(what: str, ours: float, peer: str, theirs: float | None, reach: float | None) -> Row:
    if theirs is None:
        return Row(what, f"{ours:,.0f}/s", f"{peer} is not installed", "-", "-")
    ratio = ours / theirs
    asked = "-" if reach is None else f"{reach:,.0f}"
    reached = None if reach is None else ratio >= reach
    return Row(what, f"{ours:,.0f}/s", f"{peer} {theirs:,.0f}/s", f"{ratio:,.0f}", asked, reached)


def _at_once(count: int) -> list[Row]:
    """Intervals of up to a month, and additions of up to two weeks' hours, in one call."""
    random = np.random.default_rng(5)
    begin = np.datetime64(FIRST.replace(tzinfo=None), "us")
    starts = begin + random.integers(0, 365 * 86_400 * 10**6, count).astype("timedelta64[us]")
    ends = starts + random.integers(0, 30 * 86_400 * 10**6, count).astype("timedelta64[us]")
    lengths = random.integers(0, 80 * 3_600 * 10**6, count).astype("timedelta64[us]")
    together = BulkArithmetic(calendar("support"), FIRST, LAST)
    rows = []
    for what, function in (
        ("elapsed", lambda: together.elapsed(starts, ends)),
        ("add", lambda: together.add(starts, lengths)),
    ):
        function()
        began = time.perf_counter()
        function()
        rate = count / (time.perf_counter() - began)
        ratio = rate / REACH_BULK
        rows.append(
            Row(
                f"{what}, {count:,} at once",
                f"{rate:,.0f}/s",
                f"{REACH_BULK:,}/s",
                f"{ratio:.2f}",
                "at least 1",
                ratio >= 1,
            )
        )
    return rows
