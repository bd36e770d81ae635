"""The page's arithmetic with time zones, held against Python's own tables."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

OpenPage = Callable[..., Page]

STOCKHOLM = ZoneInfo("Europe/Stockholm")

#: Every half hour of the two nights on which the clocks change, and of a day in between.
MOMENTS = [
    start + timedelta(minutes=30 * step)
    for start in (
        datetime(2026, 3, 28, 21, tzinfo=UTC),
        datetime(2026, 6, 1, tzinfo=UTC),
        datetime(2026, 10, 24, 21, tzinfo=UTC),
    )
    for step in range(16)
]


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("/")


def test_a_stored_moment_is_shown_in_stockholm(page: Page) -> None:
    shown = page.evaluate(
        """async (moments) => {
          const { storedDateInZone } = await import("/pages/static/js/moments.js");
          return moments.map(([date, time]) => {
            const shown = storedDateInZone({ date, time }, "Europe/Stockholm");
            return `${shown.date} ${shown.time}`;
          });
        }""",
        [[f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}"] for moment in MOMENTS],
    )
    assert shown == [f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" for moment in MOMENTS]


def test_a_moment_typed_in_stockholm_is_stored_in_utc(page: Page) -> None:
    # Of the hour that comes twice in autumn the first is meant, as by Python's fold=0.
    local = [moment.astimezone(STOCKHOLM).replace(fold=0) for moment in MOMENTS]
    stored = page.evaluate(
        """async (typed) => {
          const { storedDateFromZone } = await import("/pages/static/js/moments.js");
          return typed.map(([date, time]) => {
            const stored = storedDateFromZone(date, time, "Europe/Stockholm");
            return `${stored.date} ${stored.time}`;
          });
        }""",
        [[f"{moment:%Y-%m-%d}", f"{moment:%H:%M}"] for moment in local],
    )
    assert stored == [f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for moment in local]


def test_a_time_that_spring_skips_is_read_an_hour_later(page: Page) -> None:
    stored = page.evaluate(
        """async () => {
          const { storedDateFromZone } = await import("/pages/static/js/moments.js");
          return storedDateFromZone("2026-03-29", "02:30", "Europe/Stockholm");
        }"""
    )
    assert stored == {"date": "2026-03-29", "time": "01:30:00"}


def test_a_day_without_a_time_stays_that_day(page: Page) -> None:
    stored = page.evaluate(
        """async () => {
          const { storedDateFromZone, storedDateInZone } = await import("/pages/static/js/moments.js");
          return storedDateInZone(storedDateFromZone("2026-11-23", "", "Europe/Stockholm"), "UTC");
        }"""
    )
    assert stored == {"date": "2026-11-23", "time": ""}
