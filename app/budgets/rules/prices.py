"""What a call will cost, by what the last ones of its kind cost. Pure.

monday.com publishes no formula of its points of complexity. A call is counted in units by kind
(``app.monday.costs``), and each kind has a price a unit. It follows what monday.com says that calls
have cost: at once when it rises, slowly when it falls.
"""

import math
from collections.abc import Mapping

#: Points of a mutation of which nothing is known: what monday.com once gave for ``create_item``
#: (its old best-practices page).
UNKNOWN_MUTATION = 10_000
#: Points of an item (or another unit) read; those with many columns were measured at about 80 to 120.
UNKNOWN_UNIT = 150
#: How much of the difference a price falls by with each cheaper call.
FALL = 0.3


def estimate(prices: Mapping[str, float], units: Mapping[str, int], *, is_write: bool) -> int:
    """Points that a call will cost, at the last ones' prices."""
    return max(
        1, math.ceil(sum(count * _price(prices, kind, is_write=is_write) for kind, count in units.items()))
    )


def learn(
    prices: Mapping[str, float], units: Mapping[str, int], cost: int, *, is_write: bool
) -> dict[str, float]:
    """The prices after a call of these units cost so many points.

    Of a call of several kinds nobody knows which was dear: all their prices move alike.
    """
    expected = sum(count * _price(prices, kind, is_write=is_write) for kind, count in units.items())
    if expected <= 0 or cost < 0:
        return dict(prices)
    ratio = cost / expected
    moved = ratio if ratio > 1 else 1 - FALL * (1 - ratio)
    changed = {kind: _price(prices, kind, is_write=is_write) * moved for kind in units}
    return {**prices, **{kind: round(max(price, 0.01), 2) for kind, price in changed.items()}}


def _price(prices: Mapping[str, float], kind: str, *, is_write: bool) -> float:
    known = prices.get(kind)
    return known if known is not None else float(UNKNOWN_MUTATION if is_write else UNKNOWN_UNIT)
