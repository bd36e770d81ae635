"""Time can be moved forward in development, for every process at once, and never back."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.clock import ClockMovedBackError, DevelopmentClock, SystemClock
from monday_sandbox.clock import SandboxClock

THREE_HOURS = timedelta(hours=3)
REPOSITORY = Path(__file__).resolve().parents[2]
#: A process that tells the time once for every line it is given.
TELLING = """
import sys
from pathlib import Path
from app.clock import DevelopmentClock

clock = DevelopmentClock(Path(sys.argv[1]))
for _ in sys.stdin:
    print(clock.now().isoformat(), flush=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "clock.json"


def asked(process: "subprocess.Popen[str]") -> datetime:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("What time is it?\n")
    return datetime.fromisoformat(process.stdout.readline().strip())


def ahead(clock: DevelopmentClock | SandboxClock) -> timedelta:
    return clock.now() - SystemClock().now()


def test_a_clock_that_was_not_moved_tells_the_real_time(file: Path) -> None:
    assert abs(ahead(DevelopmentClock(file))) < timedelta(seconds=5)


def test_whoever_has_asked_before_sees_it_move(file: Path) -> None:
    mine, theirs = DevelopmentClock(file), DevelopmentClock(file)
    theirs.now()
    mine.advance(THREE_HOURS)
    assert abs(ahead(theirs) - THREE_HOURS) < timedelta(seconds=5)


def test_moving_it_moves_another_process(file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TELLING, str(file)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        before = asked(process)
        DevelopmentClock(file).advance(THREE_HOURS)
        after = asked(process)
        process.communicate()
    assert abs(after - before - THREE_HOURS) < timedelta(seconds=60)


def test_the_local_monday_moves_with_it(file: Path) -> None:
    sandbox = SandboxClock(file)
    sandbox.now()
    DevelopmentClock(file).advance(THREE_HOURS)
    sandbox.advance(3600)
    assert abs(ahead(DevelopmentClock(file)) - timedelta(hours=4)) < timedelta(seconds=5)


def test_it_is_never_moved_back(file: Path) -> None:
    clock = DevelopmentClock(file)
    clock.advance(THREE_HOURS)
    with pytest.raises(ClockMovedBackError):
        clock.advance(timedelta(seconds=-1))
    assert abs(ahead(clock) - THREE_HOURS) < timedelta(seconds=5)
