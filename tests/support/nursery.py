"""Processes of the product that begin where importing it has ended.

To import the product takes a processor two seconds, and a run of tests starts hundreds of its processes.
Here one has imported it, and each other is a fork of that one which becomes ``python -m MODULE``: a process
with a pid, a session, an environment, output and a death of its own, as if it had been started by itself.

The web process is no such fork: gevent has to patch the standard library before the product is imported.
"""

import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from local import tether
from local.processes import Process, Program, spawn
from local.product import REPOSITORY

#: What can be started here, each with the module that has been imported for it.
MODULES = {
    "app.cli": "app.cli",
    "local": "local.__main__",
    "monday_sandbox": "monday_sandbox.__main__",
    "workers": "workers.__main__",
    "workers.mail_door": "workers.mail_door",
    "workers.timers": "workers.timers",
}
COMMAND_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.01


@dataclass
class Sprout:
    """A process of the nursery; its parent alone can tell how it ended."""

    pid: int
    _nursery: "Nursery"
    _code: int | None = None

    def poll(self) -> int | None:
        """How it ended, as ``subprocess`` tells it; None while it runs."""
        if self._code is None:
            self._code = self._nursery.ask({"pid": self.pid})
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it runs still.
        """
        deadline, pause = time.monotonic() + (timeout or 0), threading.Event()
        while (code := self.poll()) is None:
            if timeout is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            pause.wait(LOOK_EVERY_SECONDS)
        return code

    def terminate(self) -> None:
        """Ask it to leave."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


class Nursery:
    """Starts processes; all of them end with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair()
        with theirs:
            command = (sys.executable, "-u", "-m", __name__, str(os.getpid()), str(theirs.fileno()))
            self._process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(theirs.fileno(),),
            )
        with ours:
            self._wire = ours.makefile("rw")

    def spawn(self, program: Program, log: Path) -> Process:
        """Start a program, here if that can be; what it says is added to ``log``."""
        python, option, module, *arguments = (*program.command, "", "")
        if (python, option) != (sys.executable, "-m") or module not in MODULES:
            return spawn(program, log)
        arguments = list(program.command[3:])
        return self.start(module, arguments, program.environment, log, log, program.directory)

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        errors: Path,
        directory: Path = REPOSITORY,
    ) -> Sprout:
        """Start ``python -m MODULE ARGUMENT…``."""
        order = {
            "module": module,
            "arguments": list(arguments),
            "environment": dict(environment),
            "directory": str(directory),
            "output": str(output),
            "errors": str(errors),
        }
        return Sprout(self.ask(order), self)

    def run(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; what it said."""
        with tempfile.TemporaryDirectory(prefix="synerity-said-") as folder:
            output, errors = Path(folder) / "output", Path(folder) / "errors"
            code = self.start(module, arguments, environment, output, errors).wait(COMMAND_SECONDS)
            return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())

    def ask(self, request: Mapping[str, Any]) -> Any:
        """The answer of the process that all others are forks of."""
        with self._lock:
            self._wire.write(f"{json.dumps(request)}\n")
            self._wire.flush()
            return json.loads(self._wire.readline())

    def close(self) -> None:
        """End it."""
        self._wire.close()
        self._process.wait(COMMAND_SECONDS)


_nurseries: list[Nursery] = []


def nursery() -> Nursery:
    """The one of this process of the run, opened when it is first asked for."""
    if not _nurseries:
        _nurseries.append(Nursery())
    return _nurseries[0]


def close_nursery() -> None:
    """End it, if there is one."""
    while _nurseries:
        _nurseries.pop().close()


def main(parent: int, descriptor: int) -> None:
    """Import everything, then fork a process for each order, and become it."""
    tether.tie_to(parent)
    for module in MODULES.values():
        import_module(module)
    gc.collect()
    # What all share is not looked through by each: that would copy it.
    gc.freeze()
    order = _next_order(descriptor)
    if order is not None:
        _become(order)


def _next_order(descriptor: int) -> dict[str, Any] | None:
    """Answer until the tests have ended (None), or until this process is one that was ordered."""
    myself = os.getpid()
    with socket.socket(fileno=descriptor) as wire, wire.makefile("rw") as lines:
        for line in lines:
            request: dict[str, Any] = json.loads(line)
            answer = _ending(request["pid"]) if "pid" in request else os.fork()
            if os.getpid() != myself:
                tether.tie_to(myself)
                return request
            lines.write(f"{json.dumps(answer)}\n")
            lines.flush()
    return None


def _ending(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _become(order: Mapping[str, Any]) -> None:
    os.setsid()
    os.chdir(order["directory"])
    for number, path in ((1, order["output"]), (2, order["errors"])):
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(target, number)
        os.close(target)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv[1:] = order["arguments"]
    module = order["module"]
    is_package = hasattr(sys.modules[module], "__path__")
    # It will be ``__main__``, as which it has not been imported.
    sys.modules.pop(f"{module}.__main__" if is_package else module, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
