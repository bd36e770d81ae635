"""Text, long text and numbers. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, plain, raw

LONGEST_LONG_TEXT = 2000


def _write_text(given: Any, target: Target) -> Content:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise target.refuse("expected a string")
    return str(given)


def _write_long_text(given: Any, target: Target) -> Content:
    text = given.get("text") if isinstance(given, dict) else None
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise target.refuse("expected a text")
    if len(text) > LONGEST_LONG_TEXT:
        raise target.refuse(f"text is longer than {LONGEST_LONG_TEXT} characters")
    return {"text": text}


_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")


def _write_numbers(given: Any, target: Target) -> Content:
    text = str(given).strip() if isinstance(given, str | int | float) else ""
    if isinstance(given, bool) or not _NUMBER.fullmatch(text):
        raise target.refuse("expected a number")
    return text


def _numbers_event(shown: Shown) -> Any:
    number = float(shown.content)
    return {"value": int(number) if number.is_integer() else number, "unit": None}


def _unit(name: str) -> Callable[[Shown], str | None]:
    """A part of the unit that the column's settings name."""

    def read(shown: Shown) -> str | None:
        unit = shown.column["settings"].get("unit")
        return unit.get(name) if isinstance(unit, dict) else None

    return read


KINDS: Mapping[str, Kind] = {
    "text": Kind(
        event_type="text",
        type_name="TextValue",
        id_prefix="text",
        write=_write_text,
        from_text=lambda text: text,
        text=plain,
        event=lambda shown: {"value": shown.content},
    ),
    "long_text": Kind(
        event_type="long-text",
        type_name="LongTextValue",
        id_prefix="long_text",
        write=_write_long_text,
        from_text=lambda text: {"text": text},
        text=part("text", ""),
        event=raw,
    ),
    "numbers": Kind(
        event_type="numeric",
        type_name="NumbersValue",
        id_prefix="numeric",
        write=_write_numbers,
        from_text=lambda text: text,
        text=plain,
        event=_numbers_event,
        fields={
            "number": lambda shown: float(shown.content) if shown.content is not None else None,
            "symbol": _unit("symbol"),
            "direction": _unit("direction"),
        },
    ),
}
