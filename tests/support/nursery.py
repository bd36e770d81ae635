"""Processes of the product that begin where importing it has ended.

To import the product takes a processor two seconds, and a run of tests starts hundreds of its processes:
here they are forks of one that has imported it.

The web process is no such fork: gevent has to patch the standard library before the product is imported.
"""

import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from local import tether
from local.processes import Process, Program, spawn
from monday_sandbox.nursery import Child, Nursery, Order, next_order

#: What can be started here, each with the module that has been imported for it.
MODULES = {
    "app.cli": "app.cli",
    "monday_sandbox": "monday_sandbox.__main__",
    "workers": "workers.__main__",
    "workers.mail_door": "workers.mail_door",
    "workers.timers": "workers.timers",
}
COMMAND_SECONDS = 60.0
_nursery = Nursery(__name__)


def start(program: Program, log: Path) -> Process:
    """Start a program, as a fork if it can be one; what it says is added to ``log``."""
    python, option, module, *arguments = (*program.command, "", "")
    if (python, option) != (sys.executable, "-m") or module not in MODULES:
        return spawn(program, log)
    arguments = list(program.command[3:])
    order = Order(module, arguments, dict(program.environment), str(program.directory), str(log), str(log))
    return _nursery.start(order)


def start_module(module: str, environment: Mapping[str, str], log: Path) -> Child:
    """Start ``python -m MODULE``; what it says is added to ``log``."""
    return _nursery.start(Order(module, [], dict(environment), output=str(log), errors=str(log)))


def run(
    module: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m MODULE ARGUMENT…`` to its end; what it said."""
    with tempfile.TemporaryDirectory(prefix="synerity-said-") as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        order = Order(module, arguments, dict(environment), output=str(output), errors=str(errors))
        code = _nursery.start(order).wait(COMMAND_SECONDS)
        return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())


def main() -> None:
    """Import everything; in each process that is forked, become what was ordered."""
    for module in MODULES.values():
        import_module(module)
    myself = os.getpid()
    order = next_order()
    if order is not None:
        tether.tie_to(myself)
        _become(order)


def _become(order: Order) -> None:
    sys.argv[1:] = order.arguments
    module = order.module
    is_package = hasattr(sys.modules[module], "__path__")
    # It will be ``__main__``, as which it has not been imported.
    sys.modules.pop(f"{module}.__main__" if is_package else module, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
