"""What to do about an item that was read: per column, against what was last known.

A value that differs from the shadow was changed by a person (our own writes move the
shadow when they are confirmed, and an item under our pen is not judged). Whether the
change stands, crosses, or is set back follows from the column's owner. A *true conflict*
is a person's change on one side while the other side's change is still on its way here;
the later moment wins, and what lost is reported so that it can be kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

#: A canonical value as ``app.monday.values`` reads it; None is empty.
Value = Any


class Owner(StrEnum):
    """Who may change a column, seen from the side that was read."""

    HERE = "here"
    THERE = "there"
    BOTH = "both"
    APP = "app"


@dataclass(frozen=True)
class ColumnRule:
    """How a column of the side that was read is treated."""

    key: str
    owner: Owner
    #: The column's key on the other side, where it crosses.
    counterpart: str | None = None


@dataclass(frozen=True)
class Pending:
    """A value on its way to a column, and when the change behind it was made."""

    value: Value
    made_at: datetime


@dataclass(frozen=True)
class Accept:
    """The person's change stands here."""

    key: str
    value: Value


@dataclass(frozen=True)
class Cross:
    """The value goes to the other side's column ``counterpart``."""

    key: str
    counterpart: str
    value: Value


@dataclass(frozen=True)
class SetBack:
    """The column is not theirs to change: it gets its value back, and they are told why."""

    key: str
    value: Value


@dataclass(frozen=True)
class Conflict:
    """Both sides changed the column; ``lost`` is kept in words."""

    key: str
    won: Value
    lost: Value
    won_here: bool


Decision = Accept | Cross | SetBack | Conflict


def decide_columns(
    rules: Sequence[ColumnRule],
    *,
    seen: Mapping[str, Value],
    shadow: Mapping[str, Value],
    pending_here: Mapping[str, Pending],
    changed_at: Mapping[str, datetime],
) -> list[Decision]:
    """Decide about every column that was read.

    ``seen`` holds only columns whose value is known: an unknown one is absent and nothing
    is decided about it. ``changed_at`` holds monday.com's own moments. A difference that
    monday.com told nothing of, in a column we are about to write, waits for the write: it
    may be a column that was just made again, empty.
    """
    decisions: list[Decision] = []
    for rule in rules:
        if rule.key not in seen or seen[rule.key] == shadow.get(rule.key):
            continue
        value = seen[rule.key]
        pending = pending_here.get(rule.key)
        if pending is not None and rule.key not in changed_at:
            continue
        if rule.owner in (Owner.HERE, Owner.BOTH):
            decisions += _changed_by_owner(rule, value, pending, changed_at.get(rule.key))
        elif pending is None:
            decisions.append(SetBack(rule.key, shadow.get(rule.key)))
    return decisions


def _changed_by_owner(
    rule: ColumnRule, value: Value, pending: Pending | None, changed_at: datetime | None
) -> list[Decision]:
    accepted: list[Decision] = [Accept(rule.key, value)]
    if pending is not None and pending.value == value:
        return accepted
    crossing: list[Decision] = []
    if rule.counterpart is not None:
        crossing.append(Cross(rule.key, rule.counterpart, value))
    if pending is None or changed_at is None:
        return accepted + crossing
    if changed_at >= pending.made_at:
        return [*accepted, *crossing, Conflict(rule.key, value, pending.value, won_here=True)]
    return [*accepted, Conflict(rule.key, pending.value, value, won_here=False)]
