"""Column values: monday.com's raw JSON ↔ canonical values that can be compared.

Canonical values are plain JSON: text or None, True/False, lists of text. None is empty.
Read from the raw ``value`` only: the typed and the display forms are shifted to a user's
time zone, cut, or joined ambiguously. Two sides that hold the same thing have the same
canonical value whatever their raw forms are. Pure.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.errors import SupportError

#: Plain JSON; None is empty.
Canonical = Any

#: Numbers with more digits than this are left as they are.
LONGEST_NUMBER = 100
#: The status column's default empty label.
EMPTY_STATUS_ID = 5


class LabelMissingError(SupportError):
    """The board has no such label."""

    code = "label_missing"
    permanent = True

    def __init__(self, column: str, label: str) -> None:
        super().__init__(
            f"The column {column!r} has no label {label!r} on its board. "
            "Run `synerity provision`, then replay."
        )
        self.column = column
        self.label = label


def read_value(
    column_type: str, value: str | None, text: str | None, labels: Mapping[int, str] | None = None
) -> Canonical:
    """The canonical value of a cell, from the API's raw JSON.

    Args:
        column_type: As the API calls it (``status``, ``long_text``, …).
        value: The raw ``value``: JSON in a string, or None.
        text: The display text, for columns of other types that have no raw value.
        labels: Label id → our key, for status columns. A label that people added is given
            as ``#`` and its id, so that it is neither empty nor one of ours.
    """
    raw = _load(value)
    if column_type == "status":
        return _read_status(raw, labels or {})
    reader = _READERS.get(column_type)
    if reader is not None:
        return reader(raw)
    if raw is None:
        return text or None
    return json.dumps(raw, sort_keys=True)


def is_told(column_type: str, told: Any, value: Canonical, labels: Mapping[int, str] | None = None) -> bool:
    """Whether what a webhook tells of a cell certainly is a canonical value.

    False also where that can't be said: an emptied cell, and forms that nobody has documented. The forms
    of status, date and people cells were captured in February 2025; those of the others are assumed,
    which is safe: what is not as assumed is no value that we know.
    """
    if value is None or not isinstance(told, Mapping):
        return False
    if column_type == "status":
        return bool(_read_status(told.get("label"), labels or {}) == value)
    reader = _READERS.get(column_type)
    if reader is None:
        return False
    return bool(reader(told.get("value") if column_type in _TOLD_BY_VALUE else told) == value)


def write_value(column_type: str, value: Canonical, labels: Mapping[str, int] | None = None) -> Any:
    """What to put in ``column_values`` so that the cell holds a canonical value.

    Raises:
        LabelMissingError: the board has no label with that key.
        ValueError: values of this type can't be written.
    """
    if column_type == "status":
        return _write_status(value, labels or {})
    writer = _WRITERS.get(column_type)
    if writer is None:
        raise ValueError(f"Columns of the type {column_type!r} can't be written.")
    return writer(value)


def _load(value: str | None) -> Any:
    if value is None or value == "":
        return None
    try:
        return json.loads(value)
    except ValueError:
        # Some text columns have been seen with their bare text as the raw value.
        return value


def _read_status(raw: Any, labels: Mapping[int, str]) -> Canonical:
    index = raw.get("index") if isinstance(raw, Mapping) else None
    if isinstance(index, str) and index.isdecimal():
        index = int(index)
    if not isinstance(index, int):
        return None
    if index in labels:
        return labels[index]
    return None if index == EMPTY_STATUS_ID else f"#{index}"


def _write_status(value: Canonical, labels: Mapping[str, int]) -> Any:
    if value is None:
        return {}
    if isinstance(value, str) and value.startswith("#"):
        return {"index": int(value[1:])}
    if value not in labels:
        raise LabelMissingError("status", str(value))
    return {"index": labels[value]}


def _read_text(raw: Any) -> Canonical:
    text = raw.get("text") if isinstance(raw, Mapping) else raw
    return None if text is None or str(text) == "" else str(text)


def _read_number(raw: Any) -> Canonical:
    """As short as it can be written: 42 for 42.00."""
    if raw is None or raw == "":
        return None
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return str(raw)
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        return str(raw)
    whole, _, fraction = f"{number:f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole if number else "0"


def _read_date(raw: Any) -> Canonical:
    if not isinstance(raw, Mapping) or not raw.get("date"):
        return None
    return f"{raw['date']}T{_full_time(raw['time'])}Z" if raw.get("time") else str(raw["date"])


def _full_time(time: str) -> str:
    return time if time.count(":") == 2 else f"{time}:00"


def _write_date(value: Canonical) -> Any:
    if value is None:
        return {}
    date, _, time = value.removesuffix("Z").partition("T")
    return {"date": date, "time": time} if time else {"date": date}


def _read_people(raw: Any) -> Canonical:
    people = raw.get("personsAndTeams") if isinstance(raw, Mapping) else None
    return sorted({f"{person.get('kind', 'person')}-{person['id']}" for person in people or ()}) or None


def _write_people(value: Canonical) -> Any:
    if not value:
        return {}
    people = [person.partition("-") for person in value]
    return {"personsAndTeams": [{"id": int(number), "kind": kind} for kind, _, number in people]}


def _read_checkbox(raw: Any) -> Canonical:
    checked = raw.get("checked") if isinstance(raw, Mapping) else raw
    return True if str(checked).lower() == "true" else None


def _reader_of(*names: str) -> Callable[[Any], Canonical]:
    """Several named parts as a list; empty when the first part is."""

    def read(raw: Any) -> Canonical:
        if not isinstance(raw, Mapping) or not raw.get(names[0]):
            return None
        return [str(raw.get(name) or "") for name in names]

    return read


def _writer_of(*names: str) -> Callable[[Canonical], Any]:
    def write(value: Canonical) -> Any:
        return {} if value is None else dict(zip(names, value, strict=True))

    return write


def _read_dropdown(raw: Any) -> Canonical:
    ids = raw.get("ids") if isinstance(raw, Mapping) else None
    return sorted(ids) if ids else None


_LINK = ("url", "text")
_EMAIL = ("email", "text")
_PHONE = ("phone", "countryShortName")
_TIMELINE = ("from", "to")

_READERS: Mapping[str, Callable[[Any], Canonical]] = {
    "text": _read_text,
    "long_text": _read_text,
    "numbers": _read_number,
    "date": _read_date,
    "people": _read_people,
    "checkbox": _read_checkbox,
    "link": _reader_of(*_LINK),
    "email": _reader_of(*_EMAIL),
    "phone": _reader_of(*_PHONE),
    "timeline": _reader_of(*_TIMELINE),
    "dropdown": _read_dropdown,
}
#: Types of which webhooks give the bare value under this name.
_TOLD_BY_VALUE = frozenset({"text", "numbers"})
_WRITERS: Mapping[str, Callable[[Canonical], Any]] = {
    "text": lambda value: value or "",
    "long_text": lambda value: {"text": value} if value else {},
    "numbers": lambda value: value or "",
    "date": _write_date,
    "people": _write_people,
    # ``{"checked": "false"}`` does not uncheck.
    "checkbox": lambda value: {"checked": "true"} if value else None,
    "link": _writer_of(*_LINK),
    "email": _writer_of(*_EMAIL),
    "phone": _writer_of(*_PHONE),
    "timeline": _writer_of(*_TIMELINE),
    "dropdown": lambda value: {"ids": value} if value else {},
}
