"""What people write on a customer's item, held against what was agreed before. Pure.

The columns say what holds now (``tier``, ``starts_on``, ``ends_on``) and what comes next (``next_tier``,
``next_from``). Days are days in Stockholm, the last one included. What makes no sense is named, so that it
can be set back with a reason; the rest becomes rows that are added to the history or taken back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.agreements.rules.table import FREE
from app.agreements.rules.terms import Agreed, day_of, end_of, midnight

TIER, LICENCES = "tier", "licence_customer"
STARTS, ENDS, NEXT_TIER, NEXT_FROM = "starts_on", "ends_on", "next_tier", "next_from"
#: In the order in which they are tried where they do not go together.
COLUMNS = (TIER, LICENCES, STARTS, ENDS, NEXT_TIER, NEXT_FROM)
EDIT, END, NEXT = "edit", "end", "next"
#: Before this an agreement's beginning is not known, and not shown.
LONG_AGO = datetime.fromisoformat("1971-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Row:
    """Something agreed that was noted and not taken back."""

    id: int
    since: datetime
    tier: str | None
    is_licence_customer: bool
    #: ``edit``: agreed then; ``end`` and ``next``: as the columns for the end and the next agreement say.
    origin: str = EDIT


@dataclass(frozen=True)
class Complaint:
    """Why a column is set back: the name of a sentence (``app.texts``: ``agreement.…``) and its values."""

    column: str
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Says:
    """What the columns say."""

    tier: str | None = None
    is_licence_customer: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    next_tier: str | None = None
    next_from: date | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is an agreement at all."""
        return self.tier is not None


@dataclass(frozen=True)
class Plan:
    """What follows from an edit."""

    withdraw: Sequence[int] = ()
    add: Sequence[tuple[Agreed, str]] = ()
    complaints: Sequence[Complaint] = ()
    #: The day on which what was written as holding now is to begin.
    begins_later: date | None = None


def says(columns: Mapping[str, Any]) -> Says:
    """What columns say, by their canonical values; of a moment only its day in Stockholm counts."""
    return Says(
        columns.get(TIER),
        bool(columns.get(LICENCES)),
        read_day(columns.get(STARTS)),
        read_day(columns.get(ENDS)),
        columns.get(NEXT_TIER),
        read_day(columns.get(NEXT_FROM)),
    )


def read_day(value: object) -> date | None:
    """The day of a date column."""
    if not isinstance(value, str):
        return None
    return day_of(datetime.fromisoformat(value)) if "T" in value else date.fromisoformat(value)


def plan(
    rows: Sequence[Row],
    before: Mapping[str, Any],
    edits: Mapping[str, Any],
    *,
    known: Sequence[str],
    subscribed: str | None = None,
    at: datetime,
    now: datetime,
) -> Plan:
    """Decide what people's edits of a customer's item do to what is agreed.

    Args:
        rows: What was agreed, in the order of its moments.
        before: What the columns said before.
        edits: The columns that were changed, with what they say now.
        known: The tiers that there are.
        subscribed: The tier that the account pays for through monday.com.
        at: When they were changed.
        now: What is later than this is still to come.
    """
    current = _current(rows, now)
    base = {**before, TIER: None if current is None else current.tier}
    if edits.get(STARTS) is not None and base[TIER] is None and before.get(TIER) == FREE:
        # Who says since when the FREE holds that stands there has agreed to it.
        edits = {TIER: FREE, **edits}
    history = _Known(rows, known, subscribed, now)
    good, complaints = _sort_out(history, base, edits)
    made = _follow(history, says(base), says({**base, **good}), good, at)
    return replace(made, complaints=complaints)


def columns(rows: Sequence[Row], shown: Mapping[str, Any], *, tier: str, now: datetime) -> dict[str, Any]:
    """What the columns are to say now; ``tier`` is the one in force, wherever it comes from.

    What people have begun to fill in and not finished stays as it is.
    """
    current, end, following = _current(rows, now), _coming(rows, END, now), _coming(rows, NEXT, now)
    told = says(shown)
    found: dict[str, Any] = {TIER: tier}
    if current is not None and current.tier is not None:
        begins = _run(rows, now)[0].since
        found[STARTS] = None if begins < LONG_AGO else day_of(begins).isoformat()
        found[ENDS] = None if end is None else (day_of(end.since) - timedelta(days=1)).isoformat()
    elif told.ends_on is not None and told.ends_on < day_of(now):
        found |= {STARTS: None, ENDS: None}
    elif told.starts_on is not None and following is not None and midnight(told.starts_on) == following.since:
        # An agreement that is to begin later stands under the next one.
        found |= {STARTS: None, ENDS: None}
    if following is not None:
        found |= {NEXT_TIER: following.tier, NEXT_FROM: day_of(following.since).isoformat()}
    elif told.next_tier is not None and told.next_from is not None:
        found |= {NEXT_TIER: None, NEXT_FROM: None}
    return {key: value for key, value in found.items() if shown.get(key) != value}


@dataclass(frozen=True)
class _Known:
    rows: Sequence[Row]
    tiers: Sequence[str]
    subscribed: str | None
    now: datetime


def _sort_out(
    known: _Known, base: Mapping[str, Any], edits: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Complaint]]:
    """The edits that make sense together, and what is wrong with the others."""
    changed = {key: edits[key] for key in COLUMNS if key in edits}
    if not list(_wrong(known, base, changed)):
        return changed, []
    good: dict[str, Any] = {}
    complaints: list[Complaint] = []
    for key, value in changed.items():
        tried = {**good, key: value}
        wrong = next(_wrong(known, base, tried), None)
        if wrong is None:
            good = tried
        else:
            complaints.append(replace(wrong, column=key))
    return good, complaints


def _wrong(known: _Known, base: Mapping[str, Any], edits: Mapping[str, Any]) -> Iterator[Complaint]:
    told = says({**base, **edits})
    for key in (TIER, NEXT_TIER):
        value = edits.get(key)
        if value is not None and value not in known.tiers:
            yield Complaint(key, "unknown", {"known": ", ".join(one.upper() for one in known.tiers)})
            return
    if TIER in edits and edits[TIER] is None:
        yield Complaint(TIER, "empty", {"known": ", ".join(one.upper() for one in known.tiers)})
    if edits.get(TIER) == FREE and known.subscribed is not None:
        yield Complaint(TIER, "subscribed", {"tier": known.subscribed.upper()})
    if STARTS in edits and told.starts_on is None and base.get(TIER) is not None:
        yield Complaint(STARTS, "no_start")
    changes_tier = edits.get(TIER, base.get(TIER)) != base.get(TIER)
    yield from _wrong_dates(known, told, changes_tier=changes_tier)
    if STARTS in edits and told.starts_on is not None:
        yield from _wrong_start(known, told.starts_on, changes_tier=changes_tier)


def _wrong_dates(known: _Known, told: Says, *, changes_tier: bool) -> Iterator[Complaint]:
    starts, ends, following = told.starts_on, told.ends_on, told.next_from
    if starts is not None and ends is not None and ends < starts:
        yield Complaint(ENDS, "end_before_start", {"start": starts.isoformat(), "end": ends.isoformat()})
    if told.next_tier is not None and following is not None:
        if ends is not None and following <= ends:
            yield Complaint(NEXT_FROM, "overlap", {"end": ends.isoformat(), "start": following.isoformat()})
        if starts is not None and following <= starts and not changes_tier:
            yield Complaint(NEXT_FROM, "next_too_early", {"start": starts.isoformat()})
        if starts is not None and starts > day_of(known.now):
            yield Complaint(STARTS, "two_to_come", {"start": following.isoformat()})


def _wrong_start(known: _Known, starts: date, *, changes_tier: bool) -> Iterator[Complaint]:
    """An agreement may take the place of the whole one before it, and of no more."""
    earlier = _before_run(known.rows, known.now, changes_tier=changes_tier)
    if earlier is not None and earlier.tier is not None and starts < day_of(earlier.since):
        values = {"tier": earlier.tier.upper(), "start": day_of(earlier.since).isoformat()}
        yield Complaint(STARTS, "overlap_before", values)


def _follow(known: _Known, before: Says, told: Says, edits: Mapping[str, Any], at: datetime) -> Plan:
    """The rows to add and to take back."""
    licences = told.is_licence_customer
    begins = _begins(before, told, edits, at)
    run = _run(known.rows, known.now)
    wanted: list[tuple[Agreed, str]] = []
    withdrawn: set[int] = set()
    later: date | None = None
    if begins is not None and begins > known.now:
        # Until then holds what held before.
        later = day_of(begins)
        if told.tier == before.tier:
            withdrawn |= {row.id for row in run}
            told = replace(told, tier=None, next_tier=told.tier, next_from=later)
        else:
            ends = before.ends_on if before.ends_on is not None and before.ends_on < later else None
            told = replace(told, tier=before.tier, ends_on=ends, next_tier=told.tier, next_from=later)
    elif begins is not None:
        if told.tier == before.tier:
            withdrawn |= {row.id for row in run[:1]}
        wanted.append((Agreed(begins, told.tier, licences), EDIT))
    elif licences != before.is_licence_customer:
        wanted.append((Agreed(at, before.tier, licences), EDIT))
    added = wanted + _to_come(known, told, withdrawn)
    for agreed, _ in added:
        # What was agreed for a time that the new one covers gives way; what was before it stays.
        withdrawn |= {row.id for row in known.rows if agreed.since <= row.since <= known.now}
    return Plan(sorted(withdrawn), added, begins_later=later)


def _to_come(known: _Known, told: Says, withdrawn: set[int]) -> list[tuple[Agreed, str]]:
    """The end and the next agreement, where they are other ones than before."""
    licences = told.is_licence_customer
    end = following = None
    if told.ends_on is not None and told.is_made:
        end = Agreed(end_of(told.ends_on), None, licences)
    if told.next_tier is not None and told.next_from is not None:
        following = Agreed(midnight(told.next_from), told.next_tier, licences)
    added: list[tuple[Agreed, str]] = []
    for wanted, origin in ((end, END), (following, NEXT)):
        row = _coming(known.rows, origin, known.now)
        if wanted == (None if row is None else Agreed(row.since, row.tier, row.is_licence_customer)):
            continue
        if row is not None:
            withdrawn.add(row.id)
        if wanted is not None:
            added.append((wanted, origin))
    return added


def _begins(before: Says, told: Says, edits: Mapping[str, Any], at: datetime) -> datetime | None:
    """When what the columns call the agreement begins, where that is another moment than before."""
    says_when = told.starts_on is not None and (STARTS in edits or not before.is_made)
    if told.tier != before.tier:
        return midnight(told.starts_on) if says_when and told.starts_on is not None else at
    is_moved = STARTS in edits and before.is_made and told.starts_on != before.starts_on
    return midnight(told.starts_on) if is_moved and told.starts_on is not None else None


def _current(rows: Sequence[Row], now: datetime) -> Row | None:
    return next((row for row in reversed(rows) if row.since <= now), None)


def _coming(rows: Sequence[Row], origin: str, now: datetime) -> Row | None:
    return next((row for row in rows if row.since > now and row.origin == origin), None)


def _run(rows: Sequence[Row], now: datetime) -> list[Row]:
    """The rows of the agreement that holds now: those of one tier, without another in between."""
    found: list[Row] = []
    for row in reversed([row for row in rows if row.since <= now]):
        if found and row.tier != found[0].tier:
            break
        found.insert(0, row)
    return found


def _before_run(rows: Sequence[Row], now: datetime, *, changes_tier: bool) -> Row | None:
    """Where the agreement before the one that the columns tell of begins."""
    run = _run(rows, now)
    if changes_tier:
        return run[0] if run else None
    past = [row for row in rows if row.since <= now]
    earlier = past[: len(past) - len(run)]
    return _run(earlier, now)[0] if earlier else None
