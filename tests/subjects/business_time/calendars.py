"""Calendars to try, each with the same rules applied minute by minute."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.business_time import BusinessCalendar

MINUTE = timedelta(minutes=1)
Ranges = list[tuple[str, str]]
Hours = Mapping[int, Ranges]

OFFICE: Hours = {weekday: [("08:00", "12:00"), ("13:00", "17:00")] for weekday in range(5)}
ALWAYS: Hours = {weekday: [("00:00", "24:00")] for weekday in range(7)}
NIGHT: Hours = {weekday: [("22:15", "06:30")] for weekday in (0, 2, 4, 6)}
#: Zones and days on which clocks changed there, a midnight that was skipped among them.
ODD_DAYS = [
    ("Europe/Stockholm", date(2026, 3, 29)),
    ("Europe/Stockholm", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Kolkata", date(2026, 1, 1)),
    ("UTC", date(2026, 12, 31)),
]


@st.composite
def ranges(draw: st.DrawFn) -> Ranges:
    marks = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    texts = [f"{mark // 4:02}:{mark % 4 * 15:02}" for mark in marks]
    return list(zip(texts[::2], texts[1::2], strict=False))


@st.composite
def weekly_hours(draw: st.DrawFn) -> Hours:
    return {weekday: draw(ranges()) for weekday in range(7)}


class Case:
    """A calendar, and the same rules applied minute by minute."""

    def __init__(
        self, hours: Hours, holidays: set[date], tz: str, around: date, special: Mapping[date, Ranges]
    ) -> None:
        self.hours, self.holidays, self.tz, self.special = hours, holidays, tz, special
        self.calendar = self.new_calendar()
        self.begins = datetime.combine(around, time(), UTC) - timedelta(days=2)

    def __repr__(self) -> str:
        return f"Case({self.hours}, {self.holidays}, {self.tz}, from {self.begins}, {self.special})"

    def new_calendar(self) -> BusinessCalendar:
        return BusinessCalendar(self.hours, self.holidays, self.tz, special_hours=self.special)

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.tz))
        clock, day, weekday = f"{local:%H:%M}", local.date(), local.weekday()
        if day in self.special:
            return any(opens <= clock < closes for opens, closes in self.special[day])
        if day in self.holidays:
            return False
        of_yesterday = self.hours.get((weekday - 1) % 7, [])
        return any(
            opens <= clock and (clock < closes or closes < opens)
            for opens, closes in self.hours.get(weekday, [])
        ) or any(clock < closes < opens for opens, closes in of_yesterday)

    def open_minutes(self, start: datetime, end: datetime) -> int:
        return sum(self.is_open(start + MINUTE * index) for index in range((end - start) // MINUTE))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, day = draw(st.sampled_from(ODD_DAYS))
    hours = draw(st.one_of(weekly_hours(), st.sampled_from([OFFICE, ALWAYS, NIGHT])))
    near = st.integers(-3, 3).map(lambda days: day + timedelta(days=days))
    special = draw(st.dictionaries(near, ranges(), max_size=2))
    return Case(hours, draw(st.sets(near, max_size=3)), zone, day, special)
