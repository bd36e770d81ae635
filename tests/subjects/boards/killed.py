"""A provisioning in a process of its own, to be killed at a crash point.

The processes are forked from one that has loaded the product, which is most of what each would do.
"""

import multiprocessing
import os
import signal
from collections.abc import Mapping

from app.boards import provisioning
from app.factory import build
from app.settings import Settings

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def is_killed(environment: Mapping[str, str], account_id: str, place: str) -> bool:
    """Provision in a process that is to die at a crash point; whether it did."""
    own = {"PATH": os.environ["PATH"], "CRASH_AT": place}
    process = _FORKS.Process(target=_provision, args=({**own, **environment}, account_id))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == -signal.SIGKILL


def _provision(environ: Mapping[str, str], account_id: str) -> None:
    os.environ.clear()
    os.environ.update(environ)
    product = build(Settings.from_env())
    provisioning.provision(product, account_id, now=product.clock.now())
