"""The supervisor: what dies is started again, what is stopped leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import Program, Supervisor
from local.waits import wait_for

SLEEPER = "import signal; print('up', flush=True); signal.pause()"
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while True:
    signal.pause()
"""
PARENT = """
import subprocess, sys, signal
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def sentences() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, sentences: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "log", sentences.append, grace_seconds=0.5)
    yield supervisor
    supervisor.stop()


def _program(code: str, tmp_path: Path, *, name: str = "program", wave: int = 0) -> Program:
    return Program(name, (sys.executable, "-c", code), dict(os.environ), tmp_path, wave)


def _wait_until_up(supervisor: Supervisor, name: str = "program") -> str:
    return wait_for(lambda: supervisor.log(name).read_text().strip(), f"{name} to speak", seconds=10)


def _is_gone(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_program_that_is_killed_is_started_again(
    supervisor: Supervisor, tmp_path: Path, sentences: list[str]
) -> None:
    supervisor.start(_program(SLEEPER, tmp_path))
    first = supervisor.process_id("program")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: supervisor.process_id("program") != first, "another process", seconds=10)
    assert "program stopped (killed by SIGKILL); it is started again in 0.5 s" in sentences[0]


def test_what_a_dead_program_had_forked_goes_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(_program(PARENT, tmp_path))
    child = int(_wait_until_up(supervisor))
    os.kill(supervisor.process_id("program"), signal.SIGKILL)
    wait_for(lambda: _is_gone(child), "the child to go", seconds=10)


def test_stopping_ends_a_program_that_will_not_listen(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(_program(STUBBORN, tmp_path))
    _wait_until_up(supervisor)
    process_id = supervisor.process_id("program")
    supervisor.stop()
    assert _is_gone(process_id)


def test_later_waves_stop_before_earlier_ones(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys\n"
        "def leave(*_):\n"
        "    with open({path!r}, 'a') as file: file.write({name!r})\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "print('up', flush=True)\n"
        "signal.pause()\n"
    )
    for name, wave in (("s", 0), ("w", 1), ("j", 2)):
        supervisor.start(_program(code.format(path=str(order), name=name), tmp_path, name=name, wave=wave))
    for name in "swj":
        _wait_until_up(supervisor, name)
    supervisor.stop()
    assert order.read_text() == "jws"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_programs_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
from local.processes import Program, Supervisor
supervisor = Supervisor(Path({str(tmp_path)!r}), print)
command = (sys.executable, "-c", {SLEEPER!r})
supervisor.start(Program("program", command, dict(os.environ), Path({str(tmp_path)!r})))
print(supervisor.process_id("program"), flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_for(lambda: "up" in (tmp_path / "program.log").read_text(), "the program to speak", seconds=10)
        parent.kill()
    wait_for(lambda: _is_gone(child), "the program to end", seconds=10)
