"""What a kind of column is made of. Pure.

A cell's *content* is the raw JSON that the API gives as ``value``, without ``changed_at``;
None is empty. Dates and times are kept in UTC and shown in the reader's time zone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from monday_sandbox import refusals

#: Plain JSON; None is empty.
Content = Any


def _none(_: list[int]) -> set[int]:
    return set()


@dataclass(frozen=True)
class Allowed:
    """What a cell may point at: each takes ids and gives those out of them that it may."""

    #: Users who belong to the board.
    users: Callable[[list[int]], set[int]] = _none
    #: Teams that are subscribed to the board.
    teams: Callable[[list[int]], set[int]] = _none
    #: Active items of the boards that the column is connected to.
    items: Callable[[list[int]], set[int]] = _none
    #: Tags that can be used on the board.
    tags: Callable[[list[int]], set[int]] = _none


@dataclass
class Target:
    """The cell that is written: what it holds, and what it may point at."""

    column: Mapping[str, Any]
    #: Replaced when a missing label was made.
    settings: dict[str, Any]
    content: Content
    #: The type's name in webhooks and in errors.
    event_type: str
    #: Who and what the cell may point at.
    allowed: "Allowed"
    create_labels: bool = False

    @property
    def may_create_labels(self) -> bool:
        """Whether a missing label is made: if asked for, and never on a managed column."""
        return self.create_labels and self.column.get("managed_column_id") is None

    def refuse(self, what: str) -> refusals.Refusal:
        """The refusal of a value of this column."""
        return refusals.column_value(what, self.event_type)


@dataclass(frozen=True)
class Reader:
    """Who reads: names to show, the zone to show moments in."""

    user_names: Mapping[int, str]
    zone: ZoneInfo
    item_name: Callable[[int], str | None] = field(default=lambda _: None)
    team_name: Callable[[int], str | None] = field(default=lambda _: None)
    tag_name: Callable[[int], str | None] = field(default=lambda _: None)
    #: The address of an asset, from its id and name.
    asset_url: Callable[[int, str], str] = field(default=lambda _, __: "")


@dataclass(frozen=True)
class Shown:
    """A cell with a content, or without, in its column."""

    column: Mapping[str, Any]
    content: Content
    reader: Reader


@dataclass(frozen=True)
class Kind:
    """The rules of one type of column."""

    #: The type's name in webhooks and in errors.
    event_type: str
    #: The type's name in the schema.
    type_name: str
    #: How monday.com begins the ids it makes up for such columns.
    id_prefix: str
    #: From what is given to content; None where nothing can be written, not even emptiness.
    write: Callable[[Any, Target], Content] | None
    #: From a plain string to what ``write`` takes; None where strings are refused.
    from_text: Callable[[str], Any] | None
    text: Callable[[Shown], str | None]
    event: Callable[[Shown], Any]
    #: The fields of the schema's type beside those that every value has.
    fields: Mapping[str, Callable[[Shown], Any]] = field(default_factory=dict)
    #: What webhooks give as the previous value of an empty cell.
    empty_event: Any = None
    #: Whether the raw value is shown; board relations keep theirs to themselves.
    shows_value: bool = True
    #: The content of a cell that follows from its item's row, and is never stored.
    computed: Callable[[Mapping[str, Any]], Content] | None = None
    #: What ``any_of`` compares a content with, where that is not its text.
    options: Callable[[Content], list[Any]] | None = None
    #: What ``greater_than`` and its like, and an order, compare a content by, where that is a number.
    number: Callable[[Content], float] | None = None
    #: Whether the API makes such columns.
    can_be_created: bool = True


#: No id and no count has more digits.
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def whole_number(given: Any, target: Target) -> int:
    """The number in a value, also as text.

    Raises:
        Refusal: it is none.
    """
    if isinstance(given, bool) or not isinstance(given, int | str) or not _WHOLE.fullmatch(str(given)):
        raise target.refuse("expected a whole number")
    return int(given)


def raw(shown: Shown) -> Any:
    """The content as it is."""
    return shown.content


def plain(shown: Shown) -> str:
    """The content as text."""
    return str(shown.content) if shown.content is not None else ""


def part(name: str, empty: str | None = None) -> Callable[[Shown], Any]:
    """A named part of the content."""

    def read(shown: Shown) -> Any:
        return shown.content.get(name) if shown.content is not None else empty

    return read


def whole_numbers(given: Any, key: str, target: Target) -> list[int]:
    """The different numbers in the list under a key, in their order.

    Raises:
        Refusal: there is no such list, or something else in it.
    """
    wanted = given.get(key) if isinstance(given, dict) else None
    if not isinstance(wanted, list):
        raise target.refuse(f"expected {key}")
    return list(dict.fromkeys(whole_number(entry, target) for entry in wanted))


def not_set(_: Any, target: Target) -> Content:
    """The ``write`` of a column that the API clears and never fills.

    Raises:
        Refusal: always.
    """
    raise target.refuse("this column type can be cleared but not set by the API")


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_day(given: Any, target: Target, expected: str) -> date:
    """The date in a value; ``expected`` is what the refusal says.

    Raises:
        Refusal: it is none.
    """
    if not (isinstance(given, str) and _DAY.fullmatch(given)):
        raise target.refuse(expected)
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise target.refuse(expected) from error
