"""Calendars by name, as ``calendars.yaml`` describes them."""

from collections.abc import Container, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from app.business_time.calendar import BusinessCalendar
from app.business_time.swedish import SwedishHolidays
from app.errors import SupportError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SWEDEN = "sweden"


class CalendarError(SupportError):
    """A calendar is not described so that it can be counted in, or there is none of that name."""

    code = "calendar"
    permanent = True


class NamedDays(Container[date]):
    """Days off with their names: those of a country, and further ones."""

    def __init__(self, country: SwedishHolidays | None, further: Mapping[date, str]) -> None:
        self._country, self._further = country, further

    def __contains__(self, day: object) -> bool:
        return day in self._further or (self._country is not None and day in self._country)

    def get(self, day: date) -> str | None:
        """The name of a day off; None of any other day."""
        further = self._further.get(day)
        return further if further is not None or self._country is None else self._country.get(day)


_WRITTEN = validate.Regexp(r"\d\d:\d\d-\d\d:\d\d\Z", error="is not HH:MM-HH:MM")
_HOURS = fields.List(fields.String(validate=_WRITTEN))
_CalendarSchema = Schema.from_dict(
    {
        "zone": fields.String(
            required=True, validate=validate.OneOf(available_timezones(), error="is no time zone")
        ),
        "hours": fields.Dict(fields.String(validate=validate.OneOf(WEEKDAYS)), _HOURS, required=True),
        "holidays": fields.String(validate=validate.OneOf([SWEDEN]), load_default=None),
        "closed": fields.Dict(fields.Date(), fields.String(), load_default=dict),
        "special_hours": fields.Dict(fields.Date(), _HOURS, load_default=dict),
    },
    name="CalendarSchema",
)


@cache
def calendar(name: str) -> BusinessCalendar:
    """The calendar of that name.

    Raises:
        CalendarError: there is none, or it is not described as it should be.
    """
    described = read_calendars(files(__package__).joinpath("calendars.yaml").read_text())
    if name not in described:
        raise CalendarError(f"There is no calendar {name!r}; there are {', '.join(sorted(described))}.")
    return described[name]


def read_calendars(described: str) -> Mapping[str, BusinessCalendar]:
    """Every calendar of a description in YAML, by its name.

    Raises:
        CalendarError: one is not described as it should be.
    """
    try:
        # Every scalar is text: a day must not turn into a date, nor an hour into a number, unchecked.
        found = yaml.load(described, yaml.BaseLoader)  # noqa: S506 - it makes text only
    except yaml.YAMLError as error:
        raise CalendarError(f"The calendars are not right: {error}") from error
    if not isinstance(found, dict):
        raise CalendarError("The calendars are not right: they must be a list of calendars by name.")
    return {name: read_calendar(name, cells) for name, cells in found.items()}


def read_calendar(name: str, described: Mapping[str, Any]) -> BusinessCalendar:
    """Make a calendar of its description, all of whose scalars are text.

    Raises:
        CalendarError: it is not described as it should be; the sentence says where.
    """
    try:
        read: dict[str, Any] = _CalendarSchema().load(described)
        country = SwedishHolidays() if read["holidays"] == SWEDEN else None
        made = BusinessCalendar(
            {WEEKDAYS.index(day): _pairs(hours) for day, hours in read["hours"].items()},
            NamedDays(country, read["closed"]),
            read["zone"],
            special_hours={day: _pairs(hours) for day, hours in read["special_hours"].items()},
        )
        for day in read["special_hours"]:
            made.hours_of(day)
    except ValidationError as error:
        raise CalendarError(f"The calendar {name!r} is not right: {error.messages}.") from error
    except ValueError as error:
        raise CalendarError(f"The calendar {name!r} is not right: {error}") from error
    return made


def _pairs(hours: list[str]) -> list[tuple[str, str]]:
    return [(opens, closes) for opens, _, closes in (text.partition("-") for text in hours)]
