"""How long to wait before a call is tried again. Pure: who calls rolls the dice."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 900.0
#: Share by which waits told by monday.com are stretched at most, lest all come back in one moment.
STRETCH = 0.1


def back_off(attempts: int, roll: float) -> float:
    """Seconds to wait after so many failed tries: a random part, at least half, of a doubling span.

    ``roll`` is a random number from 0 to 1.
    """
    span = min(FIRST_SECONDS * 2.0 ** min(attempts, 20), LONGEST_SECONDS)
    return span * (0.5 + roll / 2)


def as_told(seconds: float, roll: float) -> float:
    """Seconds to wait when monday.com has said how many: never less, a little more for some."""
    return seconds * (1 + STRETCH * roll)
