"""An account's books: what was spent lately, what is under way, what may be called now. Pure.

monday.com's minute begins with a call and ends 60 seconds later. Nobody here sees it begin, so what
was spent is counted over any 61 seconds, each call from the moment of its answer: whenever
monday.com's minute began, no more than the budget falls into it. A call is reserved with what it
will probably cost before it is made, and put right by what monday.com says it has cost.

Moments are real epoch seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.budgets.rules import prices
from app.budgets.rules.hearing import Heard
from app.priority import Priority

#: A second's spendings are whole seconds old at least when they are forgotten.
WINDOW_SECONDS = 61
#: The share of a limit that is left alone: what calls cost more than was thought must fit in it.
MARGIN = 0.04
#: How much of what is usable work of each priority may fill; the rest waits for more urgent work.
SHARES: Mapping[Priority, float] = {Priority.LIVE: 1.0, Priority.BACKFILL: 0.85, Priority.SWEEP: 0.7}
#: How long a call that waits for a place, or for others' answers, waits before it asks again, in seconds.
PLACE_WAIT, ANSWER_WAIT = 0.2, 1.0
#: A clock that goes back by more than this has been set; by less, another machine's differs, and time
#: stands still until it has caught up.
CLOCK_SLACK = 60.0
#: A day is counted in tenths of a call, as a refused one is a tenth (monday.com, rate limits).
TENTHS = 10
#: The most of a budget that monday.com is believed to want free beyond what a call costs.
LARGEST_DEPOSIT = 0.2
#: A request that costs more counts as one call a day for each of these; monday.com says "1+" and no figure.
POINTS_OF_A_CALL = 1_000_000


class Moment(NamedTuple):
    """When something is asked."""

    #: Real epoch seconds.
    at: float
    #: The day of the daily limit, UTC, like ``2026-11-23``.
    day: str
    #: Seconds until it ends.
    day_left: float


@dataclass(frozen=True)
class Allowance:
    """What an account may; monday.com's smallest figures for apps until an answer told others."""

    #: Points of complexity a minute, for reads and for writes each.
    points: int = 5_000_000
    #: Calls a minute.
    calls: int = 1_000
    #: Calls at once.
    places: int = 40
    #: Calls from midnight to midnight UTC; None while none is known to count (an app that was installed
    #: from the marketplace has no such limit).
    daily: int | None = None


@dataclass(frozen=True)
class Asking:
    """A call that somebody wants to make."""

    #: Kind → how many, as ``prices.units_of`` counts.
    units: Mapping[str, int]
    is_write: bool
    priority: Priority


@dataclass(frozen=True)
class Spent:
    """What was spent in one second."""

    reads: int = 0
    writes: int = 0
    calls: int = 0

    def points(self, *, is_write: bool) -> int:
        """Points of one side."""
        return self.writes if is_write else self.reads


@dataclass(frozen=True)
class Reserved:
    """A call that may be under way."""

    points: int
    is_write: bool
    #: From then on whoever made it is taken to have died: its place is free, what it cost is spent.
    until: float


@dataclass(frozen=True)
class Foreign:
    """What others than us have spent of a minute, by monday.com's count against ours."""

    amount: int
    until: float


@dataclass(frozen=True)
class Books:
    """Everything that is known of one account."""

    allowance: Allowance = Allowance()
    #: Epoch second → what was spent in it.
    spent: Mapping[int, Spent] = field(default_factory=dict)
    #: By the reservation's key.
    under_way: Mapping[str, Reserved] = field(default_factory=dict)
    #: ``reads``, ``writes``, ``calls``.
    foreign: Mapping[str, Foreign] = field(default_factory=dict)
    #: What monday.com has refused → until when it is not tried again: ``reads``, ``writes``, ``all``,
    #: ``day``, or a kind of call.
    blocked: Mapping[str, float] = field(default_factory=dict)
    #: Kind → points a unit.
    prices: Mapping[str, float] = field(default_factory=dict)
    #: Kind → points a unit that monday.com wanted free although less was spent in the end.
    deposits: Mapping[str, float] = field(default_factory=dict)
    day: str = ""
    day_tenths: int = 0
    seen_at: float = 0.0
    #: Priority → until when its latest refused asking was told to wait.
    waiting: Mapping[Priority, float] = field(default_factory=dict)


def side(*, is_write: bool) -> str:
    """The budget that a call is charged to."""
    return "writes" if is_write else "reads"


def turn_to(books: Books, moment: Moment) -> Books:
    """The books at a moment: what is too old is forgotten, what was never answered is spent.

    A clock that was set back makes nothing older or newer than it was when last seen.
    """
    if moment.at < books.seen_at - CLOCK_SLACK:
        books = _shifted(books, moment.at - books.seen_at)
    now = max(moment.at, books.seen_at)
    spent = dict(books.spent)
    under_way = {}
    for key, reserved in books.under_way.items():
        if reserved.until > now:
            under_way[key] = reserved
        else:
            _add(spent, reserved.until, reserved.points, is_write=reserved.is_write)
    is_new_day = moment.day > books.day
    return replace(
        books,
        spent={second: amounts for second, amounts in spent.items() if second + WINDOW_SECONDS > now},
        under_way=under_way,
        foreign={name: foreign for name, foreign in books.foreign.items() if foreign.until > now},
        blocked={
            name: until
            for name, until in books.blocked.items()
            if until > now and not (is_new_day and name == "day")
        },
        waiting={priority: until for priority, until in books.waiting.items() if until > now},
        deposits={} if is_new_day else books.deposits,
        day=moment.day if is_new_day else books.day,
        day_tenths=0 if is_new_day else books.day_tenths,
        seen_at=now,
    )


def find_room(books: Books, asking: Asking, moment: Moment, *, share: float = 1.0) -> float | None:
    """Until when a call has to wait, or None when it may be made now.

    ``books`` have been turned to the moment. ``share`` of everything is this process's, when it can't
    share with the others.
    """
    portion = share * SHARES[asking.priority]
    waits = [
        *_blocks(books, asking),
        _wait_for_points(books, asking, portion),
        _wait_for_calls(books, portion),
        _wait_for_place(books, portion),
        _wait_for_day(books, asking.priority, moment),
    ]
    told = [until for until in waits if until is not None]
    return max(told, default=None)


def reserve(books: Books, asking: Asking, key: str, *, seconds: float) -> Books:
    """Write down a call that is about to be made and ends, one way or another, within some seconds."""
    points = estimate(books, asking)
    reserved = Reserved(points, asking.is_write, books.seen_at + seconds)
    waiting = {priority: until for priority, until in books.waiting.items() if priority != asking.priority}
    return replace(books, under_way={**books.under_way, key: reserved}, waiting=waiting)


def note_waiting(books: Books, priority: Priority, until: float) -> Books:
    """Write down that work of a priority was told to wait."""
    return replace(books, waiting={**books.waiting, priority: until})


def give_back(books: Books, key: str) -> Books:
    """A call was not made after all: nothing of it was spent."""
    return replace(books, under_way={k: v for k, v in books.under_way.items() if k != key})


def settle(books: Books, asking: Asking, key: str, heard: Heard | None) -> Books:
    """Put a call right by its answer; ``heard`` is None when there was none that could be read.

    A reservation that is not in the books (they were lost, or it took too long) is taken at its estimate.
    """
    reserved = books.under_way.get(key)
    points, tenths = estimate(books, asking) if reserved is None else reserved.points, TENTHS
    if heard is not None and heard.refused is not None:
        points, tenths = 0, 1
    elif heard is not None and heard.cost is not None:
        points = heard.cost
        tenths = TENTHS * max(1, -(-heard.cost // POINTS_OF_A_CALL))
    books = give_back(books, key)
    spent = dict(books.spent)
    _add(spent, books.seen_at, points, is_write=asking.is_write)
    return replace(books, spent=spent, day_tenths=books.day_tenths + tenths)


def used_points(books: Books, *, is_write: bool) -> int:
    """Points of one side that count now, those of calls under way among them."""
    own = sum(amounts.points(is_write=is_write) for amounts in books.spent.values())
    reserved = sum(one.points for one in books.under_way.values() if one.is_write == is_write)
    return own + reserved + foreign_amount(books, side(is_write=is_write))


def used_calls(books: Books) -> int:
    """Calls that count now, those under way among them."""
    return (
        sum(amounts.calls for amounts in books.spent.values())
        + len(books.under_way)
        + foreign_amount(books, "calls")
    )


def merged(books: Books, others: Books) -> Books:
    """What two who could not see each other's books know together, at the least."""
    seconds = books.spent.keys() | others.spent.keys()
    spent = {}
    for second in seconds:
        one, two = books.spent.get(second, Spent()), others.spent.get(second, Spent())
        spent[second] = Spent(*(max(a, b) for a, b in zip(_figures(one), _figures(two), strict=True)))
    newer = books if books.seen_at >= others.seen_at else others
    blocked = {
        name: max(books.blocked.get(name, 0.0), others.blocked.get(name, 0.0))
        for name in books.blocked.keys() | others.blocked.keys()
    }
    return replace(
        newer,
        spent=spent,
        under_way={**books.under_way, **others.under_way},
        blocked=blocked,
        prices={**others.prices, **books.prices},
        day_tenths=max(b.day_tenths for b in (books, others) if b.day == newer.day),
    )


def usable(limit: int) -> int:
    """What of a limit is used at most; of a limit that is not 0, at least 1."""
    return min(limit, max(1, int(limit * (1 - MARGIN))))


def _shifted(books: Books, by: float) -> Books:
    whole = -int(-by // 1)
    return replace(
        books,
        spent={second + whole: amounts for second, amounts in books.spent.items()},
        under_way={k: replace(one, until=one.until + by) for k, one in books.under_way.items()},
        foreign={name: replace(one, until=one.until + by) for name, one in books.foreign.items()},
        blocked={name: until + by for name, until in books.blocked.items()},
        waiting={priority: until + by for priority, until in books.waiting.items()},
        seen_at=books.seen_at + by,
    )


def _add(spent: dict[int, Spent], at: float, points: int, *, is_write: bool) -> None:
    # A part of a second counts as the whole: nothing is forgotten before its time.
    second = -int(-at // 1)
    was = spent.get(second, Spent())
    reads, writes = (0, points) if is_write else (points, 0)
    spent[second] = Spent(was.reads + reads, was.writes + writes, was.calls + 1)


def _figures(spent: Spent) -> tuple[int, int, int]:
    return spent.reads, spent.writes, spent.calls


def foreign_amount(books: Books, name: str) -> int:
    """What others have spent of ``reads``, ``writes`` or ``calls``."""
    foreign = books.foreign.get(name)
    return 0 if foreign is None else foreign.amount


def estimate(books: Books, asking: Asking) -> int:
    """Points that a call will probably cost, at most what there is."""
    # What costs more than there ever is waits for an empty minute, and is then tried.
    most = usable(books.allowance.points)
    return min(prices.estimate(books.prices, asking.units, is_write=asking.is_write), most)


def deposit(books: Books, asking: Asking, points: int) -> int:
    """Points that monday.com seems to want free for a call, beyond those that it costs."""
    wanted = sum(books.deposits.get(kind, 0.0) * count for kind, count in asking.units.items())
    return max(0, min(int(wanted), int(books.allowance.points * LARGEST_DEPOSIT)) - points)


def _blocks(books: Books, asking: Asking) -> list[float]:
    names = ("all", "day", side(is_write=asking.is_write), *asking.units)
    return [books.blocked[name] for name in names if name in books.blocked]


def _wait_for_points(books: Books, asking: Asking, portion: float) -> float | None:
    points = estimate(books, asking)
    most = int(usable(books.allowance.points) * portion)
    points = min(points, max(1, most))
    used = used_points(books, is_write=asking.is_write)
    # The deposit may stand on what is left alone; it is never spent.
    missing = max(
        used + points - most, used + points + deposit(books, asking, points) - books.allowance.points
    )
    if missing <= 0:
        return None
    coming = [
        (second + float(WINDOW_SECONDS), amounts.points(is_write=asking.is_write))
        for second, amounts in books.spent.items()
    ]
    return _when_free(books, side(is_write=asking.is_write), coming, missing)


def _wait_for_calls(books: Books, portion: float) -> float | None:
    missing = used_calls(books) + 1 - max(1, int(usable(books.allowance.calls) * portion))
    if missing <= 0:
        return None
    coming = [(second + float(WINDOW_SECONDS), amounts.calls) for second, amounts in books.spent.items()]
    return _when_free(books, "calls", coming, missing)


def _when_free(books: Books, name: str, coming: list[tuple[float, int]], missing: int) -> float:
    """When so much will have become free, if nothing more is spent."""
    foreign = books.foreign.get(name)
    if foreign is not None:
        coming = [*coming, (foreign.until, foreign.amount)]
    for until, amount in sorted(coming):
        missing -= amount
        if missing <= 0:
            return until
    # What is under way has to be answered first.
    return books.seen_at + ANSWER_WAIT


def _wait_for_place(books: Books, portion: float) -> float | None:
    most = max(1, int(usable(books.allowance.places) * portion))
    return books.seen_at + PLACE_WAIT if len(books.under_way) >= most else None


def _wait_for_day(books: Books, priority: Priority, moment: Moment) -> float | None:
    # Live work is only stopped by monday.com itself: the figure may be one of a day on which others called.
    if books.allowance.daily is None or priority is Priority.LIVE:
        return None
    most = int(books.allowance.daily * SHARES[priority]) * TENTHS
    taken = books.day_tenths + TENTHS * len(books.under_way)
    return books.seen_at + moment.day_left if taken + TENTHS > most else None
