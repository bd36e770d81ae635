"""What answers teach about an account: its figures, prices, others who spend, what to leave alone. Pure."""

from dataclasses import replace

from app.budgets.rules import prices
from app.budgets.rules.books import (
    LARGEST_DEPOSIT,
    TENTHS,
    WINDOW_SECONDS,
    Asking,
    Books,
    Foreign,
    Moment,
    foreign_amount,
    side,
    used_calls,
    used_points,
)
from app.budgets.rules.hearing import Bound, Heard, Remaining

#: How long to wait when monday.com refuses and does not say for how long, in seconds.
UNTOLD_WAIT = 10.0
#: Calls a day of monday.com's smallest plans; a day on which fewer were counted here had other callers.
LEAST_DAILY = 200
#: How much more than what was free a call is taken to want that was refused for its points, and how much of
#: that is believed still after each like it that was let in.
DEPOSIT_STEP, DEPOSIT_FADE = 1.25, 0.9


def learn(books: Books, asking: Asking, heard: Heard, moment: Moment) -> Books:
    """The books after an answer to a call that has been settled."""
    books = _note_figures(books, heard)
    if heard.cost is not None and heard.refused is None:
        known = prices.learn(books.prices, asking.units, heard.cost, is_write=asking.is_write)
        books = replace(books, prices=known, deposits=_faded(books, asking))
    name = side(is_write=asking.is_write)
    if heard.points is not None:
        own = used_points(books, is_write=asking.is_write) - foreign_amount(books, name)
        books = _note_foreign(books, name, books.allowance.points, own, heard.points)
    if heard.calls is not None:
        own = used_calls(books) - foreign_amount(books, "calls")
        books = _note_foreign(books, "calls", books.allowance.calls, own, heard.calls)
    return books if heard.refused is None else _block(books, asking, heard, moment)


def _note_figures(books: Books, heard: Heard) -> Books:
    may = books.allowance
    daily = may.daily
    if daily is not None and heard.refused is None:
        # What was answered beyond the figure shows that there is more.
        daily = max(daily, books.day_tenths // TENTHS)
    known = replace(
        may,
        points=may.points if heard.points_a_minute is None else heard.points_a_minute,
        calls=may.calls if heard.calls_a_minute is None else heard.calls_a_minute,
        places=may.places if heard.places is None else heard.places,
        daily=daily,
    )
    return replace(books, allowance=known)


def _note_foreign(books: Books, name: str, limit: int, own: int, told: Remaining) -> Books:
    """Whatever monday.com has counted beyond our own count was somebody else's."""
    foreign = {other: one for other, one in books.foreign.items() if other != name}
    amount = limit - told.left - own
    if amount > 0:
        until = books.seen_at + (WINDOW_SECONDS if told.resets_in is None else told.resets_in)
        foreign[name] = Foreign(amount, until)
    return replace(books, foreign=foreign)


def _block(books: Books, asking: Asking, heard: Heard, moment: Moment) -> Books:
    wait = UNTOLD_WAIT if heard.wait is None else heard.wait
    names = ["all"]
    if heard.refused is Bound.POINTS:
        names = [side(is_write=asking.is_write)]
        books = _raise_deposit(books, asking)
    elif heard.refused is Bound.FIELD:
        names = list(asking.units)
    elif heard.refused is Bound.DAY:
        names = ["day"]
        wait = moment.day_left if heard.wait is None else heard.wait
        # From now on it is known that calls are counted.
        daily = max(LEAST_DAILY, books.day_tenths // TENTHS)
        books = replace(books, allowance=replace(books.allowance, daily=daily))
    until = books.seen_at + wait
    later = {name: max(until, books.blocked.get(name, 0.0)) for name in names}
    return replace(books, blocked={**books.blocked, **later})


def _faded(books: Books, asking: Asking) -> dict[str, float]:
    """The refusal may have had another cause: somebody else had spent, or the figure was another."""
    most = books.allowance.points * LARGEST_DEPOSIT / max(1, sum(asking.units.values()))
    faded = {
        kind: min(deposit, most) * DEPOSIT_FADE if kind in asking.units else deposit
        for kind, deposit in books.deposits.items()
    }
    return {kind: round(deposit, 2) for kind, deposit in faded.items() if deposit >= 1}


def _raise_deposit(books: Books, asking: Asking) -> Books:
    """monday.com estimates some calls at more than they cost, and refuses by that: leave it more room."""
    left = books.allowance.points - used_points(books, is_write=asking.is_write)
    wanted = left * DEPOSIT_STEP / max(1, sum(asking.units.values()))
    raised = {kind: max(round(wanted, 2), books.deposits.get(kind, 0.0)) for kind in asking.units}
    return replace(books, deposits={**books.deposits, **raised})
