"""An account's books as a line of text, which processes share. Pure."""

import json
from dataclasses import astuple
from typing import Any

from app.budgets.rules.books import Allowance, Books, Foreign, Reserved, Spent
from app.priority import Priority

#: Raised with the form: what an older process wrote is not read, but begun anew.
FORM = 1


def to_text(books: Books) -> str:
    """Write books down."""
    return json.dumps(
        {
            "form": FORM,
            "allowance": astuple(books.allowance),
            "spent": {second: astuple(spent) for second, spent in books.spent.items()},
            "under_way": {key: astuple(one) for key, one in books.under_way.items()},
            "foreign": {name: astuple(one) for name, one in books.foreign.items()},
            "blocked": dict(books.blocked),
            "prices": dict(books.prices),
            "deposits": dict(books.deposits),
            "day": books.day,
            "day_tenths": books.day_tenths,
            "seen_at": books.seen_at,
            "waiting": {int(priority): until for priority, until in books.waiting.items()},
        },
        separators=(",", ":"),
    )


def from_text(text: str) -> Books | None:
    """Read books; None when they are not such as this version of the product writes."""
    try:
        return _read(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _read(told: Any) -> Books | None:
    if told["form"] != FORM:
        return None
    return Books(
        allowance=Allowance(*told["allowance"]),
        spent={int(second): Spent(*amounts) for second, amounts in told["spent"].items()},
        under_way={key: Reserved(*one) for key, one in told["under_way"].items()},
        foreign={name: Foreign(*one) for name, one in told["foreign"].items()},
        blocked=told["blocked"],
        prices=told["prices"],
        deposits=told["deposits"],
        day=told["day"],
        day_tenths=told["day_tenths"],
        seen_at=told["seen_at"],
        waiting={Priority(int(priority)): until for priority, until in told["waiting"].items()},
    )
