"""The product's processes: started, watched, started again when they die, stopped together.

Each program runs in a process group of its own, so that the terminal's Ctrl-C reaches
only the supervisor and nothing a program has forked is left behind. On Linux each is
tied to the supervisor: when that is killed outright, they end too.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

TETHER = Path(__file__).with_name("tether.py")
LOOK_EVERY_SECONDS = 0.2
GRACE_SECONDS = 4.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
#: A program that has run this long is taken to be well again.
HEALTHY_SECONDS = 60.0
#: After so many deaths in a row a program is not going to come up by being started again.
HOPELESS_DEATHS = 3
LARGEST_LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Program:
    """One process to run."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    #: Programs of a higher wave are stopped before those of a lower.
    wave: int = 0


class Process(Protocol):
    """What is known of a program's process, as of ``subprocess.Popen``."""

    @property
    def pid(self) -> int:
        """Its number, which its process group has, too."""

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""

    def terminate(self) -> None:
        """Ask it to leave."""


def spawn(program: Program, log: Path) -> Process:
    """Start a program's process, tied to this one; what it says is added to ``log``."""
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-S", "-E", str(TETHER), str(os.getpid()), *program.command],
            env=dict(program.environment),
            cwd=program.directory,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class _Child:
    """A program and its current process."""

    def __init__(self, program: Program, process: Process) -> None:
        self.program = program
        self.process = process
        self.started_at = time.monotonic()
        self.deaths = 0
        self.start_again_at: float | None = None


class Supervisor:
    """Runs programs until ``stop``.

    Args:
        logs: Folder for one log a program.
        say: Takes a sentence for the person at the terminal.
        restart: Whether a program that dies is started again.
        grace_seconds: How long a program may take to leave when asked, before it is killed.
        spawn: Starts a program's process.
    """

    def __init__(
        self,
        logs: Path,
        say: Callable[[str], None],
        *,
        restart: bool = True,
        grace_seconds: float = GRACE_SECONDS,
        spawn: Callable[[Program, Path], Process] = spawn,
    ) -> None:
        self._logs = logs
        self._say = say
        self._restart = restart
        self._grace_seconds = grace_seconds
        self._start = spawn
        self._children: dict[str, _Child] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        logs.mkdir(parents=True, exist_ok=True)
        if restart:
            self._watcher.start()

    def start(self, program: Program) -> None:
        """Start a program; one of the same name must not be running."""
        with self._lock:
            self._children[program.name] = _Child(program, self._spawn(program))

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._logs / f"{name}.log"

    def is_running(self, name: str) -> bool:
        """Whether the program's process is alive at this moment."""
        with self._lock:
            child = self._children.get(name)
            return child is not None and child.process.poll() is None

    def process_id(self, name: str) -> int:
        """The process id of a program that was started."""
        with self._lock:
            return self._children[name].process.pid

    def is_hopeless(self, name: str) -> bool:
        """Whether the program is down and starting it again has not helped, or is not done here."""
        with self._lock:
            child = self._children[name]
            return not self.is_running(name) and (not self._restart or child.deaths >= HOPELESS_DEATHS)

    def names(self) -> tuple[str, ...]:
        """The names of all programs started and not yet stopped, in order of their start."""
        with self._lock:
            return tuple(self._children)

    def kill(self, name: str) -> None:
        """End a program at once and for good, with all it has forked, as a power cut would."""
        with self._lock:
            child = self._children.pop(name)
        _signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def stop(self) -> None:
        """Stop everything, wave by wave; whoever does not go in time is killed."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        children = list(self._children.values())
        try:
            for wave in sorted({child.program.wave for child in children}, reverse=True):
                processes = [child.process for child in children if child.program.wave == wave]
                _stop_together(processes, self._grace_seconds)
        finally:
            for child in children:
                _signal_group(child.process.pid, signal.SIGKILL)
            self._children.clear()

    def _spawn(self, program: Program) -> Process:
        path = self.log(program.name)
        if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return self._start(program, path)

    def _watch(self) -> None:
        # Restarts happen on this thread: the tether of a process is tied to the thread that made it.
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            with self._lock:
                for child in self._children.values():
                    self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                child.start_again_at = None
                child.process = self._spawn(child.program)
                child.started_at = now
            return
        code = child.process.poll()
        if code is None:
            return
        _signal_group(child.process.pid, signal.SIGKILL)  # what it forked must not outlive it
        child.deaths = 1 if now - child.started_at > HEALTHY_SECONDS else child.deaths + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
        child.start_again_at = now + pause
        self._say(
            f"{child.program.name} stopped ({_how(code)}); it is started again in {pause:g} s. "
            f"Its log: {self.log(child.program.name)}"
        )


def _stop_together(processes: list[Process], grace_seconds: float) -> None:
    for process in processes:
        process.terminate()  # only the leader: it knows how to end its own children
    deadline = time.monotonic() + grace_seconds
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
