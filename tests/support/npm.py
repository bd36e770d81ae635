"""Packages of npm that tests run: fetched once, and none of their install scripts run, into ``var/``."""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "var" / "cache"
#: A slow registry is given up on, so that a run without a network goes on.
FETCH_SECONDS = 240.0
_FLAGS = ("--ignore-scripts", "--no-audit", "--no-fund")


def installed(name: str, arguments: Sequence[str], files: Sequence[Path] = ()) -> Path:
    """The folder with ``node_modules`` that npm makes; the test is skipped where it can't be had.

    Args:
        name: Of the folder under ``var/cache``: another version has another name.
        arguments: For ``npm``, exact in their versions: ``("ci",)`` or ``("install", "x@1.2.3")``.
        files: Copied into the folder first: ``package.json`` and its lock.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    folder = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(folder, arguments, files)
    return folder


def _install(folder: Path, arguments: Sequence[str], files: Sequence[Path]) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        for file in files:
            shutil.copy(file, temporary)
        try:
            done = subprocess.run(
                ["npm", *arguments, *_FLAGS],
                cwd=temporary,
                capture_output=True,
                text=True,
                timeout=FETCH_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"the package registry did not give {folder.name} in time")
        if done.returncode:
            pytest.skip(f"the package registry did not give {folder.name}: {done.stderr[-300:]}")
        Path(temporary).rename(folder)
        Path(temporary).mkdir()
