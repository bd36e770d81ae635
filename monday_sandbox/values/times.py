"""Hours of a day, weeks, time zones, and tracked time. Pure."""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, raw, read_day, whole_number

_SUNDAY, _MONDAY = 7, 1


def _write_hour(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or "hour" not in given:
        raise target.refuse("expected an hour and a minute")
    if given["hour"] is None:
        return None
    hour = whole_number(given["hour"], target)
    minute = whole_number(given.get("minute") or 0, target)
    if not (0 <= hour < 24 and 0 <= minute < 60):
        raise target.refuse("expected an hour from 0 to 23 and a minute from 0 to 59")
    return {"hour": hour, "minute": minute}


def _hour_text(shown: Shown) -> str:
    if shown.content is None:
        return ""
    return time(shown.content["hour"], shown.content["minute"]).strftime("%I:%M %p")


def _write_week(given: Any, target: Target) -> Content:
    expected = "expected startDate and endDate of one week, as YYYY-MM-DD"
    # monday.com's raw values wrap the two once more; both forms are taken.
    week = given.get("week", given) if isinstance(given, dict) else None
    if not isinstance(week, dict):
        raise target.refuse(expected)
    first, last = (read_day(week.get(name), target, expected) for name in ("startDate", "endDate"))
    if last - first != timedelta(days=6) or first.isoweekday() not in (_SUNDAY, _MONDAY):
        raise target.refuse(expected)
    return {"week": {"startDate": first.isoformat(), "endDate": last.isoformat()}}


def _week_text(shown: Shown) -> str:
    if shown.content is None:
        return ""
    return f"{shown.content['week']['startDate']} - {shown.content['week']['endDate']}"


def _week_end(name: str) -> Callable[[Shown], str | None]:
    def read(shown: Shown) -> str | None:
        return f"{shown.content['week'][name]}T00:00:00+00:00" if shown.content is not None else None

    return read


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _write_world_clock(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or "timezone" not in given:
        raise target.refuse("expected a timezone")
    zone = given["timezone"]
    if zone is None or zone == "":
        return None
    if not isinstance(zone, str) or zone not in _zones():
        raise target.refuse("expected a timezone as Area/City")
    return {"timezone": zone}


def _duration_text(shown: Shown) -> str:
    """Hours, minutes and seconds of what was tracked."""
    if shown.content is None:
        return ""
    seconds = int(shown.content["duration"])
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _history(shown: Shown) -> list[dict[str, Any]]:
    return shown.content["additional_value"] if shown.content is not None else []


KINDS: Mapping[str, Kind] = {
    "hour": Kind(
        event_type="hour",
        type_name="HourValue",
        id_prefix="hour",
        write=_write_hour,
        from_text=None,
        text=_hour_text,
        event=raw,
        fields={"hour": part("hour"), "minute": part("minute")},
        number=lambda content: float(content["hour"] * 60 + content["minute"]),
    ),
    "week": Kind(
        event_type="week",
        type_name="WeekValue",
        id_prefix="week",
        write=_write_week,
        from_text=None,
        text=_week_text,
        event=raw,
        fields={"start_date": _week_end("startDate"), "end_date": _week_end("endDate")},
    ),
    "world_clock": Kind(
        event_type="timezone",
        type_name="WorldClockValue",
        id_prefix="world_clock",
        write=_write_world_clock,
        from_text=None,
        text=part("timezone", ""),
        event=raw,
        fields={"timezone": part("timezone")},
    ),
    "time_tracking": Kind(
        event_type="duration",
        type_name="TimeTrackingValue",
        id_prefix="duration",
        write=None,
        from_text=None,
        text=_duration_text,
        event=raw,
        fields={
            "duration": part("duration"),
            "history": _history,
            "running": part("running"),
            "started_at": part("started_at"),
        },
    ),
}
