"""Tickets that may have happened, and promises to hold them against."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from app.business_time import calendar
from app.sla.rules.cycles import Metric, Target
from app.sla.rules.history import Event, Kind

SUPPORT = calendar("support")
#: A Monday, 10:00 in Stockholm.
OPENED = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
STATUSES = ("new", "in_progress", "waiting_customer", "waiting_vendor", "solved")
TIERS = ("free", "silver", "gold")

Promised = Mapping[tuple[str, Metric], float]
#: Tier and metric → business hours.
PROMISED: Promised = {
    ("silver", Metric.FIRST_RESPONSE): 8,
    ("silver", Metric.NEXT_RESPONSE): 8,
    ("silver", Metric.PERIODIC_UPDATE): 45,
    ("gold", Metric.ACUTE_RESPONSE): 0.5,
    ("gold", Metric.FIRST_RESPONSE): 2,
    ("gold", Metric.NEXT_RESPONSE): 2,
    ("gold", Metric.PERIODIC_UPDATE): 18,
    ("gold", Metric.RESOLUTION): 27,
}
PAUSES = frozenset({"waiting_customer"})


def promises(tier: str, priority: str, metric: Metric) -> Target | None:
    """An urgent ticket is promised an answer in half the time."""
    hours = PROMISED.get((tier, metric))
    if hours is None:
        return None
    return Target(int(hours * 3600 / (2 if priority == "urgent" else 1)), SUPPORT, PAUSES)


def opened(tier: str = "gold", at: datetime = OPENED) -> list[Event]:
    """What is known of a ticket when it is opened."""
    return [
        Event(Kind.OPENED, at, "opened"),
        Event(Kind.TIER, at, "tier", tier),
        Event(Kind.PRIORITY, at, "priority", "normal"),
        Event(Kind.STATUS, at, "status", "new"),
    ]


def event(kind: Kind, hours: float, value: str = "", *, key: str = "") -> Event:
    """Something that happened so many hours after the opening."""
    return Event(kind, OPENED + hours * HOUR, key or f"{kind}:{hours}:{value}", value)


_moments = st.integers(0, 12 * 24 * 60).map(lambda count: OPENED + count * MINUTE)


_OFTEN = [
    *[Kind.STATUS] * 4,
    *[Kind.QUESTION] * 3,
    *[Kind.ANSWER] * 3,
    Kind.TIER,
    Kind.PRIORITY,
    Kind.ACUTE,
    Kind.EXCUSED,
]
_VALUES = {
    Kind.TIER: TIERS,
    Kind.PRIORITY: ("normal", "urgent"),
    Kind.STATUS: STATUSES,
    Kind.ACUTE: ("claimed", "confirmed", "refused", "withdrawn"),
}


@st.composite
def _happenings(draw: st.DrawFn) -> list[Event]:
    kind, at = draw(st.sampled_from(_OFTEN)), draw(_moments)
    if kind is Kind.EXCUSED:
        until = at + draw(st.integers(0, 600)) * MINUTE
        return [Event(kind, at, f"excused:{at}:{until}", until=until, by="Maria", reason="No line")]
    value = draw(st.sampled_from(_VALUES.get(kind, ("1", "2", "3"))))
    happened = Event(kind, at, f"{kind}:{at}:{value}", value)
    if kind is Kind.ANSWER and draw(st.integers(0, 4)) == 0:
        return [happened, Event(Kind.WITHDRAWN, at + MINUTE, f"withdrawn:{at}:{value}", value)]
    return [happened]


@st.composite
def tickets(draw: st.DrawFn) -> list[Event]:
    """The events of a ticket, in no order."""
    happened = draw(st.lists(_happenings(), max_size=10))
    return [*opened(draw(st.sampled_from(TIERS))), *(one for some in happened for one in some)]


moments = _moments
