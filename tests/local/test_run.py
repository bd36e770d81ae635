"""`make run` where it can't: a sentence that says what to do, never a traceback."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.ports import free_port
from local.product import REPOSITORY


@pytest.fixture
def var(tmp_path: Path) -> Path:
    var = tmp_path / "var"
    var.mkdir()
    return var


def _run(var: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    names = ("PORT", "SANDBOX_PORT", "MAIL_PORT", "MAILBOX_PORT")
    ports = {name: str(free_port()) for name in names}
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        env={**os.environ, "VAR_DIR": str(var), **ports, **variables},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_port_in_use_is_named_and_nothing_is_started(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = _run(var, PORT=str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().startswith(f"Port {port} is taken by")


def test_a_second_run_from_the_same_folder_names_the_first(var: Path) -> None:
    with (var / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        done = _run(var)
    assert (done.returncode, done.stdout) == (1, "")
    assert "already runs from this folder (process 4711)" in done.stderr
    assert "or: kill 4711" in done.stderr


def test_a_port_that_is_none_is_refused_by_name(var: Path) -> None:
    done = _run(var, PORT="http")
    assert done.returncode == 1
    assert done.stderr == "PORT is 'http'; it must be a port, a number from 1 to 65535.\n"


def test_stopping_where_nothing_runs_is_no_error(var: Path) -> None:
    assert _run(var, "--stop").returncode == 0
