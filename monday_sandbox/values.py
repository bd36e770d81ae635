"""Column values: what is accepted in writing, how it is kept, and how it is shown. Pure.

A cell's *content* is the raw JSON that the API gives as ``value``, without ``changed_at``;
None is empty. Each kind of column has its rules in ``KINDS``: from what was given to
content (``write``), from content to text, to the typed fields and to a webhook's ``value``.
Dates and times are kept in UTC and shown in the reader's time zone.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monday_sandbox import labels, refusals

LONGEST_LONG_TEXT = 2000

#: Plain JSON; None is empty.
Content = Any


@dataclass
class Target:
    """The cell that is written: what it holds, and what its account has to point at."""

    column: Mapping[str, Any]
    #: Replaced when a missing label was made.
    settings: dict[str, Any]
    content: Content
    user_names: Mapping[int, str]
    #: Ids out of those given that are active items of a board the column is connected to.
    linkable: Callable[[list[int]], set[int]]
    create_labels: bool = False

    def refuse(self, what: str) -> refusals.Refusal:
        """The refusal of a value of this column."""
        return refusals.column_value(what, KINDS[self.column["type"]].event_type)


@dataclass(frozen=True)
class Reader:
    """Who reads: names to show, the zone to show moments in."""

    user_names: Mapping[int, str]
    zone: ZoneInfo
    item_name: Callable[[int], str | None] = field(default=lambda _: None)


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
    write: Callable[[Any, Target], Content]
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


def write(given: Any, target: Target) -> Content:
    """The content that a given value makes.

    Args:
        given: As it stands under the column's id in ``column_values``.
        target: The cell; its ``settings`` change when a missing label is made.

    Raises:
        Refusal: the column does not take the value.
    """
    kind = KINDS[target.column["type"]]
    if given is None or given in ({}, ""):
        return None
    if isinstance(given, str) and kind.from_text is not None:
        given = kind.from_text(given)
    return kind.write(given, target)


def write_simple(text: str | None, target: Target) -> Content:
    """The content that ``change_simple_column_value`` makes of its string.

    Raises:
        Refusal: the column does not take the value, or takes no plain strings.
    """
    kind = KINDS[target.column["type"]]
    if text is None or text == "":
        return None
    if kind.from_text is None:
        raise target.refuse("this column type does not support simple values")
    return kind.write(kind.from_text(text), target)


def stored(content: Content, changed_at: str) -> str | None:
    """The content as it is kept, with the moment of the change where monday.com adds one."""
    if content is None:
        return None
    if isinstance(content, dict):
        content = {**content, "changed_at": changed_at}
    return json.dumps(content, ensure_ascii=False)


def content_of(kept: str | None) -> Content:
    """The content of what is kept."""
    if kept is None:
        return None
    raw = json.loads(kept)
    if isinstance(raw, dict):
        raw.pop("changed_at", None)
    return raw


def event_value(shown: Shown, kept: str | None, *, is_previous: bool = False) -> Any:
    """A cell as webhooks give it, under ``value`` or ``previousValue``."""
    kind = KINDS[shown.column["type"]]
    if shown.content is None:
        return kind.empty_event if is_previous else None
    value = kind.event(shown)
    changed_at = json.loads(kept).get("changed_at") if kept is not None and kept.startswith("{") else None
    if changed_at is not None and isinstance(value, dict) and not {"label", "chosenValues"} & value.keys():
        return {**value, "changed_at": changed_at}
    return value


# Status


def _write_status(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or not given.keys() & {"index", "label"}:
        raise target.refuse("expected an index or a label")
    if given.get("index") is not None:
        label_id = _whole_number(given["index"], target)
    else:
        text = given.get("label")
        if text is None or text == "":
            return None
        if not isinstance(text, str | int):
            raise target.refuse("expected a label as a string")
        found = _label_named(str(text), target)
        if found is None:
            return {"index": _new_label(str(text), target), "post_id": None}
        label_id = found
    label = labels.status_label(target.settings, label_id)
    if label is None and label_id != labels.EMPTY_ID:
        raise target.refuse("label does not exist in column")
    if label is not None and label["is_deactivated"]:
        raise target.refuse("label is deactivated")
    return {"index": label_id, "post_id": None}


def _label_named(text: str, target: Target) -> int | None:
    """The id of the label with that text; a text of digits is taken for an id."""
    if text.isascii() and text.isdigit():
        return int(text)
    return next((label["id"] for label in target.settings["labels"] if label["label"] == text), None)


def _new_label(text: str, target: Target) -> int:
    if not target.create_labels:
        raise target.refuse("label does not exist in column")
    target.settings, label_id = labels.with_label(target.settings, text)
    return label_id


def _status_label(shown: Shown) -> Mapping[str, Any] | None:
    if shown.content is None:
        return None
    return labels.status_label(shown.column["settings"], shown.content["index"])


def _status_text(shown: Shown) -> str | None:
    label = _status_label(shown)
    return (label["label"] or None) if label is not None else None


def _status_event(shown: Shown) -> Any:
    label = _status_label(shown)
    color, border, var_name = labels.label_style(label)
    return {
        "label": {
            "index": shown.content["index"],
            "text": label["label"] if label is not None else "",
            "style": {"color": color, "border": border, "var_name": var_name},
            "is_done": bool(label and label["is_done"]),
        },
        "post_id": None,
    }


def _status_style(shown: Shown) -> dict[str, str] | None:
    label = _status_label(shown)
    if label is None:
        return None
    color, border, _ = labels.label_style(label)
    return {"color": color, "border": border}


def _status_is_done(shown: Shown) -> bool | None:
    label = _status_label(shown)
    return None if shown.content is None else bool(label and label["is_done"])


# Text and numbers


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


def _plain(shown: Shown) -> str:
    return str(shown.content) if shown.content is not None else ""


def _part(name: str, empty: str | None = None) -> Callable[[Shown], Any]:
    """A named part of the content."""

    def read(shown: Shown) -> Any:
        return shown.content.get(name) if shown.content is not None else empty

    return read


def _numbers_event(shown: Shown) -> Any:
    number = float(shown.content)
    return {"value": int(number) if number.is_integer() else number, "unit": None}


# Date and timeline


def _write_date(given: Any, target: Target) -> Content:
    if not isinstance(given, dict):
        raise target.refuse("expected a date")
    day, clock = given.get("date"), given.get("time")
    if not day:
        return None
    expected = "expected a date as YYYY-MM-DD and a time as HH:MM:SS"
    if clock and not (isinstance(clock, str) and _TIME.fullmatch(clock)):
        raise target.refuse(expected)
    return {
        "date": _day(day, target, expected).isoformat(),
        "icon": given.get("icon") or None,
        "time": (clock if clock.count(":") == 2 else f"{clock}:00") if clock else None,
    }


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def _day(given: Any, target: Target, expected: str) -> date:
    if not (isinstance(given, str) and _DAY.fullmatch(given)):
        raise target.refuse(expected)
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise target.refuse(expected) from error


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
    first, last = (_day(given.get(name), target, expected) for name in ("from", "to"))
    if first > last:
        raise target.refuse("the timeline ends before it begins")
    return {"to": last.isoformat(), "from": first.isoformat()}


def _timeline_text(shown: Shown) -> str:
    return f"{shown.content['from']} - {shown.content['to']}" if shown.content is not None else ""


def _timeline_end(name: str) -> Callable[[Shown], str | None]:
    def read(shown: Shown) -> str | None:
        return f"{shown.content[name]}T00:00:00+00:00" if shown.content is not None else None

    return read


# People


def _write_people(given: Any, target: Target) -> Content:
    entries = given.get("personsAndTeams") if isinstance(given, dict) else None
    if not isinstance(entries, list):
        raise target.refuse("expected personsAndTeams")
    people: list[dict[str, Any]] = []
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kind", "person") != "person":
            raise target.refuse("expected people with an id and the kind person")
        user_id = _whole_number(entry.get("id"), target)
        if user_id not in target.user_names:
            raise target.refuse(f"user {user_id} can not be assigned, invalidPersonAssignment")
        person = {"id": user_id, "kind": "person"}
        if person not in people:
            people.append(person)
    return {"personsAndTeams": people} if people else None


def _people_from_text(text: str) -> Any:
    return {"personsAndTeams": [{"id": part.strip(), "kind": "person"} for part in text.split(",")]}


def _people(shown: Shown) -> list[dict[str, Any]]:
    return shown.content["personsAndTeams"] if shown.content is not None else []


def _people_text(shown: Shown) -> str:
    names = shown.reader.user_names
    return ", ".join(names[person["id"]] for person in _people(shown) if person["id"] in names)


# Checkbox, link, email, phone


def _write_checkbox(given: Any, target: Target) -> Content:
    checked = given.get("checked") if isinstance(given, dict) else None
    if str(checked).lower() == "true":
        return {"checked": "true"}
    if str(checked).lower() == "false":
        # monday.com takes it and leaves the box as it is; only null unchecks (seen in 2026).
        return target.content
    raise target.refuse('expected {"checked": "true"} or null')


def _write_link(given: Any, target: Target) -> Content:
    url, text = _pair(given, "url", "text", target)
    if not url:
        return None
    if not re.match(r"[a-z][a-z0-9+.-]*://|mailto:|tel:", url, re.IGNORECASE):
        raise target.refuse("expected a url with its scheme")
    return {"url": url, "text": text or url}


def _link_text(shown: Shown) -> str:
    if shown.content is None:
        return ""
    url, text = shown.content["url"], shown.content["text"]
    return url if text == url else f"{text} - {url}"


def _write_email(given: Any, target: Target) -> Content:
    email, text = _pair(given, "email", "text", target)
    if not email:
        return None
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise target.refuse("expected an email address")
    return {"text": text or email, "email": email}


def _write_phone(given: Any, target: Target) -> Content:
    phone, country = _pair(given, "phone", "countryShortName", target)
    if not phone:
        return None
    if not re.fullmatch(r"\+?[\d\s().-]+", phone) or (country and not re.fullmatch("[A-Z]{2}", country)):
        raise target.refuse("expected a phone number and a country as two capitals")
    return {"phone": phone, "countryShortName": country}


def _pair(given: Any, first: str, second: str, target: Target) -> tuple[str, str]:
    if not isinstance(given, dict) or first not in given:
        raise target.refuse(f"expected {first} and {second}")
    one, other = given[first] or "", given.get(second) or ""
    if not isinstance(one, str) or not isinstance(other, str):
        raise target.refuse(f"expected {first} and {second} as strings")
    return one.strip(), other


def _two_words(first: str, second: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        one, _, rest = text.strip().partition(" ")
        return {first: one, second: rest}

    return read


def _phone_from_text(text: str) -> Any:
    phone, _, country = text.strip().rpartition(" ")
    if re.fullmatch("[A-Z]{2}", country):
        return {"phone": phone, "countryShortName": country}
    return {"phone": text, "countryShortName": ""}


# Dropdown and board relation


def _write_dropdown(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or not given.keys() & {"ids", "labels"}:
        raise target.refuse("expected ids or labels")
    if {"ids", "labels"} <= given.keys():
        raise target.refuse("ids and labels can not be mixed")
    wanted = given.get("ids", given.get("labels"))
    if not isinstance(wanted, list):
        raise target.refuse("expected a list")
    ids = [_option_id(entry, target, by_text="labels" in given) for entry in wanted]
    if target.settings.get("limit_select") and len(ids) > 1:
        raise target.refuse("only one label can be chosen")
    return {"ids": list(dict.fromkeys(ids))} if ids else None


def _option_id(entry: Any, target: Target, *, by_text: bool) -> int:
    options = target.settings["labels"]
    if by_text:
        found = next((option["id"] for option in options if option["label"] == entry), None)
        if found is None and target.create_labels and isinstance(entry, str) and entry:
            target.settings, found = labels.with_option(target.settings, entry)
        if found is None:
            raise target.refuse("label does not exist in column")
        return int(found)
    number = _whole_number(entry, target)
    if all(option["id"] != number for option in options):
        raise target.refuse("label id does not exist in column")
    return number


def _dropdown_from_text(text: str) -> Any:
    return {"labels": [part.strip() for part in text.split(",") if part.strip()]}


def _chosen(shown: Shown) -> list[dict[str, Any]]:
    if shown.content is None:
        return []
    texts = {option["id"]: option["label"] for option in shown.column["settings"]["labels"]}
    return [{"id": number, "label": texts.get(number, "")} for number in shown.content["ids"]]


def _dropdown_event(shown: Shown) -> Any:
    return {"chosenValues": [{"id": option["id"], "name": option["label"]} for option in _chosen(shown)]}


def _dropdown_text(shown: Shown) -> str | None:
    return ", ".join(option["label"] for option in _chosen(shown)) or None


def _write_relation(given: Any, target: Target) -> Content:
    wanted = given.get("item_ids") if isinstance(given, dict) else None
    if not isinstance(wanted, list):
        raise target.refuse("expected item_ids")
    ids = list(dict.fromkeys(_whole_number(entry, target) for entry in wanted))
    strangers = set(ids) - target.linkable(ids)
    if strangers:
        raise target.refuse(f"items {sorted(strangers)} are not on a connected board")
    return {"linkedPulseIds": [{"linkedPulseId": item_id} for item_id in ids]} if ids else None


def linked_ids(shown: Shown) -> list[int]:
    """The items that a board relation points at, in order."""
    if shown.content is None:
        return []
    return [entry["linkedPulseId"] for entry in shown.content["linkedPulseIds"]]


def _linked_names(shown: Shown) -> str:
    names = [shown.reader.item_name(item_id) for item_id in linked_ids(shown)]
    return ", ".join(name for name in names if name)


def _whole_number(given: Any, target: Target) -> int:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise target.refuse("expected a whole number")
    try:
        return int(given)
    except ValueError as error:
        raise target.refuse("expected a whole number") from error


def _raw(shown: Shown) -> Any:
    return shown.content


KINDS: Mapping[str, Kind] = {
    "status": Kind(
        event_type="color",
        type_name="StatusValue",
        id_prefix="color",
        write=_write_status,
        from_text=lambda text: {"label": text},
        text=_status_text,
        event=_status_event,
        fields={
            "index": _part("index"),
            "is_done": _status_is_done,
            "label": _status_text,
            "label_style": _status_style,
            "update_id": lambda _: None,
        },
    ),
    "text": Kind(
        event_type="text",
        type_name="TextValue",
        id_prefix="text",
        write=_write_text,
        from_text=lambda text: text,
        text=_plain,
        event=lambda shown: {"value": shown.content},
    ),
    "long_text": Kind(
        event_type="long-text",
        type_name="LongTextValue",
        id_prefix="long_text",
        write=_write_long_text,
        from_text=lambda text: {"text": text},
        text=_part("text", ""),
        event=_raw,
    ),
    "numbers": Kind(
        event_type="numeric",
        type_name="NumbersValue",
        id_prefix="numeric",
        write=_write_numbers,
        from_text=lambda text: text,
        text=_plain,
        event=_numbers_event,
        fields={
            "number": lambda shown: float(shown.content) if shown.content is not None else None,
            "symbol": lambda _: None,
            "direction": lambda _: None,
        },
    ),
    "date": Kind(
        event_type="date",
        type_name="DateValue",
        id_prefix="date",
        write=_write_date,
        from_text=_date_from_text,
        text=lambda shown: " ".join(part for part in _date_shown(shown) if part),
        event=_raw,
        fields={
            "date": lambda shown: _date_shown(shown)[0],
            "time": lambda shown: _date_shown(shown)[1],
            "icon": _part("icon"),
        },
    ),
    "timeline": Kind(
        event_type="timerange",
        type_name="TimelineValue",
        id_prefix="timerange",
        write=_write_timeline,
        from_text=None,
        text=_timeline_text,
        event=_raw,
        fields={
            "from": _timeline_end("from"),
            "to": _timeline_end("to"),
            "visualization_type": lambda _: None,
        },
    ),
    "people": Kind(
        event_type="multiple-person",
        type_name="PeopleValue",
        id_prefix="multiple_person",
        write=_write_people,
        from_text=_people_from_text,
        text=_people_text,
        event=_raw,
        fields={"persons_and_teams": _people},
        empty_event={},
    ),
    "checkbox": Kind(
        event_type="boolean",
        type_name="CheckboxValue",
        id_prefix="boolean",
        write=_write_checkbox,
        from_text=None,
        text=lambda shown: "v" if shown.content is not None else "",
        event=_raw,
        fields={"checked": lambda shown: shown.content is not None},
    ),
    "link": Kind(
        event_type="link",
        type_name="LinkValue",
        id_prefix="link",
        write=_write_link,
        from_text=_two_words("url", "text"),
        text=_link_text,
        event=_raw,
        fields={"url": _part("url"), "url_text": _part("text")},
    ),
    "email": Kind(
        event_type="email",
        type_name="EmailValue",
        id_prefix="email",
        write=_write_email,
        from_text=_two_words("email", "text"),
        text=_part("text", ""),
        event=_raw,
        fields={"email": _part("email"), "label": _part("text")},
    ),
    "phone": Kind(
        event_type="phone",
        type_name="PhoneValue",
        id_prefix="phone",
        write=_write_phone,
        from_text=_phone_from_text,
        text=_part("phone", ""),
        event=_raw,
        fields={"phone": _part("phone"), "country_short_name": _part("countryShortName")},
    ),
    "dropdown": Kind(
        event_type="dropdown",
        type_name="DropdownValue",
        id_prefix="dropdown",
        write=_write_dropdown,
        from_text=_dropdown_from_text,
        text=_dropdown_text,
        event=_dropdown_event,
        fields={"values": _chosen},
    ),
    "board_relation": Kind(
        event_type="board-relation",
        type_name="BoardRelationValue",
        id_prefix="board_relation",
        write=_write_relation,
        from_text=None,
        text=lambda _: None,
        event=_raw,
        fields={"linked_item_ids": linked_ids, "display_value": _linked_names},
        empty_event={},
        shows_value=False,
    ),
}
