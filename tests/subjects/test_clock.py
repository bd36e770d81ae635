"""Time can be moved forward in development, for every process at once, and never back."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import ClockMovedBackError, DevelopmentClock, SystemClock
from monday_sandbox.clock import SandboxClock

THREE_HOURS = timedelta(hours=3)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "clock.json"


def ahead(clock: DevelopmentClock | SandboxClock) -> timedelta:
    return clock.now() - SystemClock().now()


def test_a_clock_that_was_not_moved_tells_the_real_time(file: Path) -> None:
    assert abs(ahead(DevelopmentClock(file))) < timedelta(seconds=5)


def test_moving_it_moves_every_process(file: Path) -> None:
    mine, theirs = DevelopmentClock(file), DevelopmentClock(file)
    theirs.now()
    mine.advance(THREE_HOURS)
    assert abs(ahead(theirs) - THREE_HOURS) < timedelta(seconds=5)


def test_the_local_monday_moves_with_it(file: Path) -> None:
    sandbox = SandboxClock(file)
    sandbox.now()
    DevelopmentClock(file).advance(THREE_HOURS)
    sandbox.advance(3600)
    assert abs(ahead(DevelopmentClock(file)) - timedelta(hours=4)) < timedelta(seconds=5)


def test_it_is_never_moved_back(file: Path) -> None:
    with pytest.raises(ClockMovedBackError):
        DevelopmentClock(file).advance(timedelta(seconds=-1))
