"""What rules of a page ask of a cell, and how cells are ordered. Pure.

A rule that makes no sense matches nothing, without an error, as on monday.com.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from monday_sandbox import values


@dataclass(frozen=True)
class Seen:
    """What a rule compares: a cell, or one of the item's own properties."""

    type: str
    content: Any
    read_text: Callable[[], str]

    @cached_property
    def text(self) -> str:
        """The cell's text; empty where it has none."""
        return self.read_text()


def rule_matches(today: date, seen: Seen | None, rule: Mapping[str, Any]) -> bool:
    """Whether a rule lets a cell through: not where the column is not there, nor the rule makes sense."""
    if seen is None:
        return False
    operator, given = rule.get("operator") or "any_of", rule["compare_value"]
    wanted = given if isinstance(given, list) else [given]
    if operator in ("is_empty", "is_not_empty"):
        return _is_empty(seen) == (operator == "is_empty")
    if operator in ("any_of", "not_any_of"):
        return _is_any_of(seen, wanted) == (operator == "any_of")
    if operator in _TEXT_RULES:
        return _TEXT_RULES[operator](seen.text.casefold(), [str(one).casefold() for one in wanted])
    if operator in ("within_the_next", "within_the_last"):
        return _is_within(today, seen, wanted, forward=operator == "within_the_next")
    return _compares(seen, wanted, operator)


def _is_empty(seen: Seen) -> bool:
    if seen.type == "status" and seen.content is not None:
        return not seen.text
    return seen.content is None or seen.content == ""


def _is_any_of(seen: Seen, wanted: Sequence[Any]) -> bool:
    content = seen.content
    if seen.type == "status":
        label_id = content["index"] if content is not None else 5
        return any(not isinstance(one, bool) and one in (label_id, str(label_id)) for one in wanted)
    if seen.type == "people":
        people = content["personsAndTeams"] if content is not None else []
        return bool({f"{person['kind']}-{person['id']}" for person in people} & {str(one) for one in wanted})
    if seen.type == "dropdown":
        return bool({str(one) for one in wanted} & {str(one) for one in (content or {}).get("ids", ())})
    if seen.type == "board_relation":
        linked = {entry["linkedPulseId"] for entry in (content or {}).get("linkedPulseIds", ())}
        # Strings match nothing, silently.
        return bool(linked & {one for one in wanted if isinstance(one, int)})
    if seen.type == "checkbox":
        return any(str(one).lower() == ("true" if content is not None else "false") for one in wanted)
    if seen.type in ("date", "moment"):
        return _day(seen) in [str(one) for one in wanted if one != "EXACT"]
    kind = values.KINDS.get(seen.type)
    if kind is not None and kind.options is not None:
        options = kind.options(content) if content is not None else []
        return bool({str(one) for one in options} & {str(one) for one in wanted})
    return seen.text in [str(one) for one in wanted]


_TEXT_RULES: Mapping[str, Callable[[str, list[str]], bool]] = {
    "contains_text": lambda text, wanted: any(one in text for one in wanted),
    "not_contains_text": lambda text, wanted: all(one not in text for one in wanted),
    "contains_terms": lambda text, wanted: all(term in text for one in wanted for term in one.split()),
    "starts_with": lambda text, wanted: any(text.startswith(one) for one in wanted),
    "ends_with": lambda text, wanted: any(text.endswith(one) for one in wanted),
}


def _day(seen: Seen) -> str:
    """The date of a date cell or of a moment, in UTC."""
    if seen.type == "moment":
        return str(seen.content)[:10]
    if seen.type == "date" and seen.content is not None:
        return str(seen.content["date"])
    return ""


def _comparable(seen: Seen) -> float | str | None:
    if seen.content is None:
        return None
    if seen.type == "numbers":
        return float(seen.content)
    if seen.type == "status":
        return float(seen.content["index"])
    kind = values.KINDS.get(seen.type)
    if kind is not None and kind.number is not None:
        return kind.number(seen.content)
    return _day(seen) or None


def _compares(seen: Seen, wanted: Sequence[Any], operator: str) -> bool:
    found = _comparable(seen)
    bounds = [one for one in wanted if one != "EXACT"]
    if found is None or not bounds:
        return False
    try:
        given = [float(one) if isinstance(found, float) else str(one)[:10] for one in bounds]
    except (TypeError, ValueError, OverflowError):
        return False
    first: Any = given[0]
    comparisons: Mapping[str, Callable[[Any], bool]] = {
        "greater_than": lambda value: value > first,
        "greater_than_or_equals": lambda value: value >= first,
        "lower_than": lambda value: value < first,
        "lower_than_or_equal": lambda value: value <= first,
        "between": lambda value: len(given) > 1 and first <= value <= given[1],
    }
    return comparisons[operator](found)


_SPANS = {"TODAY": 0, "DAYS": 1, "WEEKS": 7, "MONTHS": 30}


def _is_within(today: date, seen: Seen, wanted: Sequence[Any], *, forward: bool) -> bool:
    day = _day(seen)
    numbers = [int(one) for one in wanted if str(one).isdecimal()]
    units = [_SPANS[str(one).upper()] for one in wanted if str(one).upper() in _SPANS]
    if not day or not numbers or not units:
        return False
    found = date.fromisoformat(day)
    try:
        edge = today + timedelta(days=numbers[0] * units[0] * (1 if forward else -1))
    except OverflowError:
        # Beyond the calendar lies everything on that side.
        edge = date.max if forward else date.min
    return min(today, edge) <= found <= max(today, edge)


def rank(seen: Seen | None) -> tuple[int, float, str]:
    """Empty cells first, numbers by size, the rest by text."""
    if seen is None or _is_empty(seen):
        return (0, 0.0, "")
    found = _comparable(seen)
    if isinstance(found, float):
        return (1, found, "")
    if seen.type == "date":
        return (1, 0.0, json.dumps([seen.content["date"], seen.content["time"] or ""]))
    return (1, 0.0, seen.text.casefold())
