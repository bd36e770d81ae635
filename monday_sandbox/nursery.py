"""Processes for tests, forked from one that has loaded all that they need.

To start Python, to import and to build the schema is most of a sandbox's start; so it is done once a
process of tests. What is forked is as if it had been started by itself: it has a pid, a session, an
environment, output and a death of its own.

A nursery is ``python -m monday_sandbox.nursery``, or another module that ends in ``next_order``: it is asked
and answers in lines of JSON, and ends with its input, and so with whoever asks.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

HOME = Path(__file__).resolve().parent.parent
LOOK_EVERY_SECONDS = 0.01


@dataclass(frozen=True)
class Order:
    """What a process is to be: ``python -m MODULE ARGUMENT…``."""

    module: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    directory: str = str(HOME)
    #: Files to which it adds what it says; None for the nursery's own errors.
    output: str = os.devnull
    errors: str | None = None


class Nursery:
    """Starts processes; it is started itself when it is first asked."""

    def __init__(self, module: str = __name__) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def start(self, order: Order) -> "Child":
        """Start a process."""
        pid: int = self._ask(asdict(order))
        return Child(pid, self)

    def ended_with(self, pid: int) -> int | None:
        """With what a process that was started here has ended; None while it runs."""
        status: int | None = self._ask({"ended": pid})
        return status

    def _ask(self, question: Mapping[str, Any]) -> Any:
        with self._lock:
            if self._process is None:
                self._process = _begin(self._module)
                atexit.register(_end, self._process)
            asked, answered = _pipes(self._process)
            asked.write(json.dumps(question) + "\n")
            asked.flush()
            answer = answered.readline()
        if not answer:
            raise RuntimeError("The process that starts others for tests has ended.")
        return json.loads(answer)


@dataclass(frozen=True)
class Child:
    """A process of a nursery; to its user as one of ``subprocess``."""

    pid: int
    nursery: Nursery

    def poll(self) -> int | None:
        """What it has ended with: the number of the signal as a negative one; None while it runs."""
        return self.nursery.ended_with(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and tell with what.

        Raises:
            subprocess.TimeoutExpired: it runs still, ``timeout`` seconds later.
        """
        began, pause = time.monotonic(), threading.Event()
        while (status := self.poll()) is None:
            if timeout is not None and time.monotonic() - began > timeout:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            pause.wait(LOOK_EVERY_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to leave."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def next_order() -> Order | None:
    """Be a nursery; returns the order in each process that is forked for one, and None in the end."""
    # What is here now is never looked through again, and so remains shared by all processes.
    gc.collect()
    gc.freeze()
    ended: dict[int, int] = {}
    while line := sys.stdin.readline():
        question = json.loads(line)
        answer = _ended_with(question["ended"], ended) if "ended" in question else os.fork()
        if answer == 0 and "module" in question:
            order = Order(**question)
            _leave_nursery(order)
            return order
        print(json.dumps(answer), flush=True)  # noqa: T201 - this is how it answers
    return None


def _begin(module: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", module],
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise TypeError("The nursery was begun without pipes.")
    return process.stdin, process.stdout


def _end(process: "subprocess.Popen[str]") -> None:
    for pipe in _pipes(process):
        pipe.close()
    process.wait()


def _ended_with(pid: int, ended: dict[int, int]) -> int | None:
    if pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found == 0:
            return None
        ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]


def _leave_nursery(order: Order) -> None:
    os.setsid()
    os.chdir(order.directory)
    _redirect(sys.stdin.fileno(), os.devnull, os.O_RDONLY)
    _redirect(sys.stdout.fileno(), order.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if order.errors is not None:
        _redirect(sys.stderr.fileno(), order.errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.environ.clear()
    os.environ.update(order.environ)


def _redirect(descriptor: int, path: str, flags: int) -> None:
    target = os.open(path, flags, 0o644)
    os.dup2(target, descriptor)
    os.close(target)


def main() -> int:
    """Be a nursery of sandboxes and, in processes that it has forked, a sandbox."""
    from gunicorn.workers import gthread  # noqa: F401, PLC0415 - whoever asks needs none of this

    from monday_sandbox import __main__ as sandbox  # noqa: PLC0415
    from monday_sandbox.api.schema import served_schema  # noqa: PLC0415

    served_schema()
    order = next_order()
    return 0 if order is None else sandbox.main(order.arguments)


if __name__ == "__main__":
    sys.exit(main())
