"""Whose turn it was when, how long monday.com has had the ball, and when its silence is followed up. Pure.

Moments are aware UTC datetimes; lengths are business time of the calendar. Turns follow from marks in the
order of their own moments, in whichever order they were heard of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from app.business_time import BusinessCalendar, calendar
from app.errors import SupportError

_AT_LEAST_ONE = validate.Range(min=1)
_FollowingSchema = Schema.from_dict(
    {
        "calendar": fields.String(required=True),
        "hours_a_day": fields.Integer(required=True, validate=validate.Range(min=1, max=24)),
        **{
            name: fields.Integer(required=True, validate=_AT_LEAST_ONE)
            for name in ("first_days", "each_days", "limit_days", "courtesy_days")
        },
    },
    name="FollowingSchema",
)


class FollowingError(SupportError):
    """``following.yaml`` does not say how silence is followed up."""

    code = "following"
    permanent = True


class Kind(StrEnum):
    """What a mark does; where moments are the same, in this order."""

    #: monday.com has the ball from here.
    SENT = "sent"
    #: It is ours again.
    ANSWERED = "answered"
    CLOSED = "closed"


_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Mark:
    """That the ball went over, at a moment."""

    at: datetime
    kind: Kind


@dataclass(frozen=True)
class Turn:
    """A stretch during which monday.com had the ball; ``end`` is None while it has it."""

    start: datetime
    end: datetime | None = None

    def within(self, since: datetime, until: datetime) -> tuple[datetime, datetime] | None:
        """What of it lies in a stretch of time."""
        start, end = max(self.start, since), min(self.end or until, until)
        return (start, end) if start < end else None


@dataclass(frozen=True)
class Following:
    """How silence is followed up."""

    calendar: BusinessCalendar
    day: timedelta
    first: timedelta
    each: timedelta
    limit: timedelta
    courtesy: timedelta


@dataclass(frozen=True)
class Silence:
    """What a silence has come to."""

    #: How many follow-ups have fallen due.
    follow_ups: int
    next_follow_up_at: datetime
    is_past_limit: bool
    limit_at: datetime


@cache
def following() -> Following:
    """What ``following.yaml`` says.

    Raises:
        FollowingError: it does not say it as it should.
    """
    return read_following(files("app.vendor_cases").joinpath("following.yaml").read_text())


def read_following(described: str) -> Following:
    """How silence is followed up, from its description in YAML.

    Raises:
        FollowingError: the description is not right; the sentence says where.
    """
    try:
        read: Mapping[str, Any] = _FollowingSchema().load(yaml.safe_load(described))
    except (ValidationError, yaml.YAMLError) as error:
        raise FollowingError(f"app/vendor_cases/following.yaml is not right: {error}") from error
    day = timedelta(hours=read["hours_a_day"])
    return Following(
        calendar(read["calendar"]),
        day,
        first=read["first_days"] * day,
        each=read["each_days"] * day,
        limit=read["limit_days"] * day,
        courtesy=read["courtesy_days"] * day,
    )


def turns(marks: Sequence[Mark]) -> list[Turn]:
    """The stretches during which monday.com had the ball, in order and apart."""
    found: list[Turn] = []
    since: datetime | None = None
    for mark in sorted(marks, key=lambda one: (one.at, _ORDER[one.kind])):
        if mark.kind is Kind.SENT:
            since = since or mark.at
        elif since is not None:
            found.append(Turn(since, mark.at))
            since = None
    return found if since is None else [*found, Turn(since)]


def with_vendor(
    found: Sequence[Turn], clock: BusinessCalendar, *, since: datetime, until: datetime
) -> timedelta:
    """The business time during which monday.com had the ball between two moments."""
    pieces = [piece for turn in found if (piece := turn.within(since, until)) is not None]
    return sum((clock.elapsed(start, end) for start, end in pieces), timedelta())


def silence(terms: Following, since: datetime, now: datetime) -> Silence:
    """What the silence since a moment has come to."""
    passed = terms.calendar.elapsed(since, now)
    due = 0 if passed < terms.first else 1 + (passed - terms.first) // terms.each
    next_at = terms.calendar.add(since, terms.first + due * terms.each)
    return Silence(due, next_at, passed >= terms.limit, terms.calendar.add(since, terms.limit))


def next_whole_day(terms: Following, since: datetime, now: datetime) -> datetime:
    """When the next whole business day with the ball is full: what is shown of it is another then."""
    passed = terms.calendar.elapsed(since, now)
    return terms.calendar.add(since, (passed // terms.day + 1) * terms.day)


def said(length: timedelta, day: timedelta) -> str:
    """Business time for people, like ``1 d 3 h``; what is left of an hour is left out."""
    days, rest = divmod(length, day)
    hours = rest // timedelta(hours=1)
    parts = [f"{days} d"] if days else []
    parts += [f"{hours} h"] if hours or not days else []
    return " ".join(parts)
