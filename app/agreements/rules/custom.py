"""Custom terms as people write them on the customers board: one line each. Pure.

``guaranteed response = 4 h from 2026-10-01 to 2026-12-31``, or ``svarstid = 4 tim från 2026-10-01
till 2026-12-31``. Both days are included, and either may be left out: without the first a line
holds from when it is written, without the last until it is taken away. Case and spare spaces do
not matter; ``:`` does for ``=``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from app.agreements.rules.table import (
    NOT_INCLUDED,
    RESPONSES,
    SECONDS_A_MINUTE,
    SECONDS_AN_HOUR,
    Capability,
    Cell,
    Level,
    Table,
    levels_of,
    table,
)
from app.agreements.rules.terms import CONSULTING_PRICE, PRICE, CustomTerm, end_of, midnight

#: A response of more than a year is a slip of the pen.
LONGEST_HOURS = 10_000
_WHOLE = 100

#: What people may call a row, besides its key.
NAMES: Mapping[str, Sequence[str]] = {
    Capability.GUARANTEED_RESPONSE: ("response time", "response", "svarstid", "garanterad svarstid"),
    Capability.VENDOR_REPORTING: ("reporting to monday.com", "rapportering", "rapportering till monday.com"),
    Capability.INTAKE: ("ärendemottagning", "mottagning"),
    Capability.SELF_HELP: ("advice", "rådgivning", "självhjälp"),
    Capability.WEBINARS: ("webinar", "vip webinar", "webbinarium", "webbinarier"),
    Capability.VIDEO: ("screen recording", "skärminspelning"),
    Capability.FEATURE_REQUESTS: ("feature request", "wishes", "önskemål"),
    Capability.TROUBLESHOOTING: ("felsökning",),
    Capability.BASIC_FIX: ("basic fixes", "enkel åtgärd", "enkla åtgärder"),
    Capability.ESCALATION: ("escalations", "eskalering"),
    Capability.REPORTS: ("report", "monthly report", "rapporter", "månadsrapport"),
    Capability.CONSULTING_DISCOUNT: ("discount", "konsultrabatt", "rabatt"),
    Capability.ADVANCED_FIX: ("advanced fixes", "avancerad åtgärd", "avancerade åtgärder"),
    Capability.ACUTE: ("acute response", "akut", "akut svar", "akut svarstid"),
    PRICE: ("monthly price", "pris", "månadspris"),
    CONSULTING_PRICE: ("hourly price", "konsultpris", "timpris"),
}
_LEVEL_WORDS: Mapping[str, Level] = {
    **dict.fromkeys(("yes", "included", "ja", "ingår"), Level.YES),
    **dict.fromkeys(
        ("no", "none", "not included", "nej", "ingen", "inga", "inget", "ingår inte", "ingår ej"), Level.NONE
    ),
    **dict.fromkeys(("on request", "på begäran"), Level.ON_REQUEST),
    **dict.fromkeys(("proactive", "proaktiv", "proaktivt"), Level.PROACTIVE),
}
_HOURS = ("h", "hour", "hours", "tim", "timme", "timmar")
_MINUTES = ("m", "min", "minute", "minutes", "minut", "minuter")
_KRONOR = re.compile(
    r"(?:kr|sek|kronor)?(?:\s*(?:/|per|a|i)?\s*(?:h|hour|tim|timme|month|mån|månad|månaden))?\.?"
)
_LINE = re.compile(r"(?P<name>[^=:]+?)\s*[=:]\s*(?P<rest>.*)")
_DATES = re.compile(
    r"(?P<value>.*?)"
    r"(?:\s+(?:from|från|fr\.?\s?o\.?\s?m\.?)\s+(?P<since>\S+))?"
    r"(?:\s+(?:to|until|till|t\.?\s?o\.?\s?m\.?)\s+(?P<until>\S+))?"
)
_NUMBER = re.compile(r"(?P<number>[-+]?\d[\d  ]*(?:[.,]\d+)?)\s*(?P<unit>.*)")
_BULLET = re.compile(r"^[-*\u2022\u2013]\s+")


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a line: the name of a sentence (``app.texts``: ``custom.…``) and its values."""

    reason: str
    line: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What a text of custom terms says, or what is wrong with it."""

    terms: Sequence[CustomTerm]
    complaints: Sequence[Complaint]


class _UnreadableError(Exception):
    """A part of a line is none: its reason and values."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def read_custom(
    text: str | None,
    *,
    at: datetime,
    standing: Mapping[str, datetime] | None = None,
    known: Table | None = None,
) -> Written:
    """Read the custom terms of a customer.

    ``at`` is when they were written; ``standing``: since when lines hold that stood there already.
    """
    terms: list[CustomTerm] = []
    complaints: list[Complaint] = []
    for line in _lines(text):
        try:
            term = _term(line, (standing or {}).get(line, at), known or table())
        except _UnreadableError as error:
            complaints.append(Complaint(error.reason, line, error.values))
            continue
        other = next((one for one in terms if _overlap(one, term)), None)
        if other is not None:
            complaints.append(Complaint("overlap", line, {"other": other.line}))
        else:
            terms.append(term)
    return Written(terms, complaints)


def _lines(text: str | None) -> Iterator[str]:
    for line in (text or "").splitlines():
        bare = _BULLET.sub("", " ".join(line.split()))
        if bare:
            yield bare


def _term(line: str, at: datetime, known: Table) -> CustomTerm:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise _UnreadableError("unreadable")
    subject = _subject(parts["name"])
    dates = _DATES.fullmatch(parts["rest"].strip())
    if dates is None or not dates["value"].strip():
        raise _UnreadableError("unreadable")
    first, last = _day(dates["since"]), _day(dates["until"])
    if first is not None and last is not None and last < first:
        raise _UnreadableError("backwards")
    since = at if first is None else midnight(first)
    until = None if last is None else end_of(last)
    if until is not None and until <= since:
        raise _UnreadableError("over")
    value = dates["value"].strip().lower().rstrip(".,;")
    if subject in (PRICE, CONSULTING_PRICE):
        return CustomTerm(subject, line, since, until, kronor=_kronor(value))
    return CustomTerm(subject, line, since, until, cell=_cell(Capability(subject), value, known))


def _subject(name: str) -> str:
    wanted = " ".join(name.lower().replace("_", " ").split())
    for subject, names in NAMES.items():
        if wanted == str(subject).replace("_", " ") or wanted in names:
            return str(subject)
    raise _UnreadableError("unknown", name=name.strip())


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written.rstrip(".,;"))
    except ValueError:
        raise _UnreadableError("no_date", written=written) from None


def _cell(capability: Capability, value: str, known: Table) -> Cell:
    level = _LEVEL_WORDS.get(value)
    if level is Level.NONE:
        return NOT_INCLUDED
    if level is Level.YES and level in levels_of(capability):
        # The least that has it says how much that is.
        return known.having(capability)[0].cells[capability] if known.having(capability) else Cell(level)
    if capability in RESPONSES:
        return Cell(Level.YES, business_seconds=_seconds(value))
    if capability is Capability.CONSULTING_DISCOUNT:
        return Cell(Level.YES, percent=_percent(value))
    if level is None or level not in levels_of(capability):
        raise _UnreadableError("no_level", value=value)
    return Cell(level)


def _seconds(value: str) -> int:
    number, unit = _amount(value, "no_length")
    if unit not in (*_HOURS, *_MINUTES):
        raise _UnreadableError("no_length", value=value)
    seconds = number * (SECONDS_AN_HOUR if unit in _HOURS else SECONDS_A_MINUTE)
    if seconds < 0:
        raise _UnreadableError("negative", value=value)
    if not 0 < seconds <= LONGEST_HOURS * SECONDS_AN_HOUR:
        raise _UnreadableError("no_length", value=value)
    return int(seconds)


def _percent(value: str) -> Decimal:
    number, unit = _amount(value, "no_percent")
    if unit not in ("%", "procent", "percent", "per cent"):
        raise _UnreadableError("no_percent", value=value)
    if number < 0:
        raise _UnreadableError("negative", value=value)
    if number > _WHOLE:
        raise _UnreadableError("no_percent", value=value)
    return number


def _kronor(value: str) -> Decimal:
    number, unit = _amount(value, "no_price")
    if _KRONOR.fullmatch(unit) is None:
        raise _UnreadableError("no_price", value=value)
    if number < 0:
        raise _UnreadableError("negative", value=value)
    return number


def _amount(value: str, reason: str) -> tuple[Decimal, str]:
    found = _NUMBER.fullmatch(value.replace("\u2212", "-"))
    if found is None:
        raise _UnreadableError(reason, value=value)
    digits = re.sub(r"\s", "", found["number"]).replace(",", ".")
    try:
        return Decimal(digits), found["unit"].strip()
    except InvalidOperation:
        raise _UnreadableError(reason, value=value) from None


def _overlap(one: CustomTerm, other: CustomTerm) -> bool:
    if one.subject != other.subject:
        return False
    first_ends_before = one.until is not None and one.until <= other.since
    second_ends_before = other.until is not None and other.until <= one.since
    return not (first_ends_before or second_ends_before)
