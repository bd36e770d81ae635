"""Processes of sandboxes for tests, forked from one that has loaded all that a sandbox needs.

To start Python, to import and to build the schema is most of a sandbox's start; so it is done once a
run of tests. The nursery is ``python -m monday_sandbox.nursery``: it is asked and answers in lines of
JSON, and ends with its input. What it starts is as ``python -m monday_sandbox`` would be, but silent and
in a session of its own.
"""

import atexit
import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any


class Nursery:
    """Starts sandboxes; it is started itself when it is first asked, and ends with the asking process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def start(self, arguments: Sequence[str], environ: Mapping[str, str]) -> "Child":
        """Start a sandbox with arguments of the command line."""
        pid: int = self._ask({"start": list(arguments), "environ": dict(environ)})
        return Child(pid, self)

    def wait(self, pid: int, options: int) -> int | None:
        """With what a process that was started here has ended; None while it runs."""
        status: int | None = self._ask({"wait": pid, "options": options})
        return status

    def _ask(self, question: Mapping[str, Any]) -> Any:
        with self._lock:
            if self._process is None:
                self._process = _begin()
                atexit.register(_end, self._process)
            asked, answered = _pipes(self._process)
            asked.write(json.dumps(question) + "\n")
            asked.flush()
            answer = answered.readline()
        if not answer:
            raise RuntimeError("The process that starts sandboxes for tests has ended.")
        return json.loads(answer)


@dataclass(frozen=True)
class Child:
    """A sandbox's process."""

    pid: int
    nursery: Nursery

    def poll(self) -> int | None:
        """What it has ended with: the number of the signal as a negative one; None while it runs."""
        return self.nursery.wait(self.pid, os.WNOHANG)

    def wait(self) -> int | None:
        """Wait until it has ended, and tell with what."""
        return self.nursery.wait(self.pid, 0)


def _begin() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "monday_sandbox.nursery"],
        cwd=Path(__file__).resolve().parent.parent,
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


def _first_to_serve() -> list[str] | None:
    """Answer what is asked; returns in each process that is to be a sandbox, and in the end with None."""
    ended: dict[int, int] = {}
    while line := sys.stdin.readline():
        question = json.loads(line)
        if "start" in question:
            pid = os.fork()
            if pid == 0:
                _leave_nursery(question["environ"])
                arguments: list[str] = question["start"]
                return arguments
            answer: int | None = pid
        else:
            answer = _ended_with(question["wait"], question["options"], ended)
        print(json.dumps(answer), flush=True)  # noqa: T201 - this is how it answers
    return None


def _ended_with(pid: int, options: int, ended: dict[int, int]) -> int | None:
    if pid not in ended:
        found, status = os.waitpid(pid, options)
        if found == 0:
            return None
        ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]


def _leave_nursery(environ: Mapping[str, str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, sys.stdin.fileno())
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def main() -> int:
    """Be the nursery and, in processes that it has forked, a sandbox."""
    from gunicorn.workers import gthread  # noqa: F401, PLC0415 - whoever asks needs none of this

    from monday_sandbox import __main__ as sandbox  # noqa: PLC0415
    from monday_sandbox.api.schema import served_schema  # noqa: PLC0415

    served_schema()
    # What is here now is never looked through again, and so remains shared by all processes.
    gc.freeze()
    arguments = _first_to_serve()
    return 0 if arguments is None else sandbox.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
