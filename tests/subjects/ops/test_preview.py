"""The quarter whose figures are told is the whole one before this."""

from datetime import UTC, datetime

import pytest

from app.ops.preview import last_quarter


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        ("2026-11-23T09:00", "2026-07-01", "2026-10-01"),
        ("2026-01-02T09:00", "2025-10-01", "2026-01-01"),
        # In Stockholm it is the new year already.
        ("2026-12-31T23:30", "2026-10-01", "2027-01-01"),
        ("2026-05-31T09:00", "2026-01-01", "2026-04-01"),
    ],
)
def test_the_quarter_before(now: str, begins: str, ends: str) -> None:
    first, last = last_quarter(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}") == (f"{begins} 00:00", f"{ends} 00:00")
