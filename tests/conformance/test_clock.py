"""The sandbox's time."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from monday_sandbox.clock import SandboxClock


def test_time_moves_forward_by_what_it_is_told(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json")
    before = clock.now()
    after = clock.advance(3 * 3600)
    assert timedelta(hours=3) <= after - before < timedelta(hours=3, minutes=1)
    assert after.tzinfo is UTC


def test_another_process_sees_the_moved_time(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    first, second = SandboxClock(path), SandboxClock(path)
    first.advance(10)
    assert second.offset_seconds == 10
    second.advance(5)
    assert first.offset_seconds == 15


def test_without_a_file_the_offset_is_kept_in_memory() -> None:
    clock = SandboxClock(None)
    clock.advance(7)
    assert clock.offset_seconds == 7


def test_time_does_not_go_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="back"):
        SandboxClock(tmp_path / "clock.json").advance(-1)
