"""Dates and timelines. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, raw, read_day


def _write_date(given: Any, target: Target) -> Content:
    if not isinstance(given, dict):
        raise target.refuse("expected a date")
    day, clock = given.get("date"), given.get("time")
    if not day:
        return None
    expected = "expected a date as YYYY-MM-DD and a time as HH:MM:SS"
    if clock and not (isinstance(clock, str) and _TIME.fullmatch(clock)):
        raise target.refuse(expected)
    if not isinstance(given.get("icon") or "", str):
        raise target.refuse("expected an icon as a string")
    return {
        "date": read_day(day, target, expected).isoformat(),
        "icon": given.get("icon") or None,
        "time": (clock if clock.count(":") == 2 else f"{clock}:00") if clock else None,
    }


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def _date_from_text(text: str) -> Any:
    day, _, clock = text.strip().partition(" ")
    return {"date": day, "time": clock or None}


def _date_shown(shown: Shown) -> tuple[str, str]:
    """Date and ``HH:MM`` in the reader's zone; a date without a time is the same everywhere."""
    content = shown.content
    if content is None:
        return "", ""
    if not content["time"]:
        return content["date"], ""
    moment = datetime.fromisoformat(f"{content['date']}T{content['time']}").replace(tzinfo=UTC)
    local = moment.astimezone(shown.reader.zone)
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")


def _write_timeline(given: Any, target: Target) -> Content:
    expected = "expected two dates, from and to, as YYYY-MM-DD"
    if not isinstance(given, dict):
        raise target.refuse(expected)
    if not given.get("from") and not given.get("to"):
        return None
    first, last = (read_day(given.get(name), target, expected) for name in ("from", "to"))
    if first > last:
        raise target.refuse("the timeline ends before it begins")
    return {"to": last.isoformat(), "from": first.isoformat()}


def _timeline_text(shown: Shown) -> str:
    return f"{shown.content['from']} - {shown.content['to']}" if shown.content is not None else ""


def _timeline_end(name: str) -> Callable[[Shown], str | None]:
    def read(shown: Shown) -> str | None:
        return f"{shown.content[name]}T00:00:00+00:00" if shown.content is not None else None

    return read


KINDS: Mapping[str, Kind] = {
    "date": Kind(
        event_type="date",
        type_name="DateValue",
        id_prefix="date",
        write=_write_date,
        from_text=_date_from_text,
        text=lambda shown: " ".join(part for part in _date_shown(shown) if part),
        event=raw,
        fields={
            "date": lambda shown: _date_shown(shown)[0],
            "time": lambda shown: _date_shown(shown)[1],
            "icon": part("icon"),
        },
    ),
    "timeline": Kind(
        event_type="timerange",
        type_name="TimelineValue",
        id_prefix="timerange",
        write=_write_timeline,
        from_text=None,
        text=_timeline_text,
        event=raw,
        fields={
            "from": _timeline_end("from"),
            "to": _timeline_end("to"),
            "visualization_type": lambda _: None,
        },
    ),
}
