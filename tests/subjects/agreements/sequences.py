"""Terms that may have been agreed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from app.agreements.rules.custom import read_custom
from app.agreements.rules.terms import Agreed, CustomTerm, Subscribed, Terms, midnight

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TIERS = ("free", "silver", "gold")
#: Kronor of a custom price.
AGREED_PRICE = Decimal(9_000)

moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
_tiers = st.sampled_from([*TIERS, None])
_lines = st.sampled_from(
    [
        "guaranteed_response = 4 h",
        "guaranteed_response = none",
        "acute = 1 h",
        "video = no",
        "discount = 12,5 %",
        "price = 9 000 kr",
    ]
)


@st.composite
def _custom(draw: st.DrawFn) -> CustomTerm:
    since = draw(moments)
    written = read_custom(draw(_lines), at=since).terms[0]
    length = draw(st.none() | st.integers(1, 400))
    until = None if length is None else since + timedelta(days=length)
    return CustomTerm(written.subject, written.line, since, until, written.cell, written.kronor)


sequences = st.builds(
    Terms,
    st.lists(st.builds(Agreed, moments, _tiers, st.booleans()), max_size=5),
    st.lists(st.builds(Subscribed, moments, _tiers), max_size=3),
    st.lists(_custom(), max_size=4),
)


def agreed(tier: str | None, day: str = "2026-01-01", *, licences: bool = False) -> Agreed:
    """What holds from a day on."""
    return Agreed(midnight(date.fromisoformat(day)), tier, licences)


def at(day: str) -> datetime:
    """Noon of a day in Stockholm."""
    return midnight(date.fromisoformat(day)) + timedelta(hours=12)
