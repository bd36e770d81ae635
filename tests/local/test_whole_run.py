"""`make run` itself: the scene is played once, Ctrl-C leaves nothing, the next run goes on."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from local.ports import free_port
from local.product import REPOSITORY
from local.waits import wait_for

pytestmark = [pytest.mark.processes, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

STARTED = "Ctrl-C stops everything; `make run` goes on"
START_SECONDS = 90.0


@contextmanager
def _running(var: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m local` until its panel is shown; interrupt it at the end of the block."""
    names = ("PORT", "SANDBOX_PORT", "MAIL_PORT", "MAILBOX_PORT")
    ports = {name: str(free_port()) for name in names}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            env={**os.environ, "VAR_DIR": str(var), **ports},
            cwd=REPOSITORY,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: _is_up(process, output), "the panel of make run", seconds=START_SECONDS)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _is_up(process: subprocess.Popen[bytes], output: Path) -> bool:
    assert process.poll() is None, output.read_text()
    return STARTED in output.read_text()


def _sign_in_as_printed(panel: str) -> None:
    """The operator's page lets in whom the panel names."""
    found = re.search(r"(http://\S+/ops/) .* name (\S+), password (\S+)", panel)
    assert found is not None, panel
    address, name, password = found.groups()
    with requests.Session() as browser:
        form = browser.get(address, timeout=10).text
        token = re.search(r'name="token" value="(\w+)"', form)
        assert token is not None
        fields = {"token": token[1], "name": name, "password": password}
        assert "<h1>Links</h1>" in browser.post(f"{address}sign-in", data=fields, timeout=10).text


def _processes_of(var: Path) -> list[str]:
    """The command lines of all processes that were given this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"VAR_DIR={var}".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
    return found


def test_a_run_plays_the_scene_and_the_next_goes_on_with_it(tmp_path: Path) -> None:
    var, first, second = tmp_path / "var", tmp_path / "first", tmp_path / "second"
    with _running(var, first) as process:
        _sign_in_as_printed(first.read_text())
        assert len(_processes_of(var)) >= len(("local", "sandbox", "web", "worker", "worker", "timers"))
    assert process.returncode == 0
    assert "takes SYN-" in first.read_text()
    assert "did not come to its end" not in first.read_text()
    assert _processes_of(var) == []
    with _running(var, second):
        pass
    assert "The opening scene was played in an earlier run" in second.read_text()
    assert "has installed the app" not in second.read_text()
    assert _processes_of(var) == []
