"""The repository keeps its promises to whoever clones it."""

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.settings import Settings
from local import product

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
#: Read by gunicorn's configuration and by `make run`, not by the product's settings.
OF_PROCESSES = {"BIND", "MAILBOX_PORT", "MAIL_PORT", "PORT", "SANDBOX_PORT", "WEB_CONCURRENCY"}


class _Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        self.names.add(key)
        return default


def _settings_read() -> set[str]:
    environ = _Asked()
    Settings.from_env(environ)
    return environ.names


def _settings_documented() -> set[str]:
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def _tracked_files() -> Iterator[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    for name in listing.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and b"\0" not in path.read_bytes()[:1000]:
            yield path


def test_every_setting_is_documented() -> None:
    assert _settings_read() - _settings_documented() == set()


def test_every_documented_setting_exists() -> None:
    assert _settings_documented() - _settings_read() == OF_PROCESSES


def test_every_documented_setting_says_what_it_is_for() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    blocks = "\n".join(lines).split("\n\n")
    assert all("#" in block for block in blocks)


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE)) == set(phony.group(1).split())


def test_bare_make_lists_the_targets() -> None:
    listing = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [f"make {target}" in listing for target in ("run", "test", "lint", "bench", "clean")] == [True] * 5


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_name_no_index_and_no_host(lock: Path) -> None:
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_requirement_is_pinned_with_hashes(lock: Path) -> None:
    requirements = re.findall(r"^[a-z0-9].*(?:\n    --hash.*)*", lock.read_text(), re.MULTILINE)
    assert [r for r in requirements if not re.match(r"[a-z0-9._\[\],-]+==\S+.*\\\n +--hash=sha256:", r)] == []


def test_the_lock_names_every_extra_that_something_installed_asks_for() -> None:
    # Else pip 23 takes the newest release for the extra, and refuses it for its missing hash.
    lock = (ROOT / "requirements" / "dev.lock").read_text()
    missing = []
    for distribution in distributions():
        for line in distribution.requires or ():
            asked = Requirement(line)
            name = canonicalize_name(asked.name)
            pinned = re.search(rf"^{name}(\[.*\])?==", lock, re.MULTILINE)
            if pinned and asked.extras and (asked.marker is None or asked.marker.evaluate({"extra": ""})):
                missing += [(name, extra) for extra in asked.extras if extra not in (pinned[1] or "")]
    assert missing == []


def test_what_runs_is_pinned_the_same_for_developing() -> None:
    pins = re.compile(r"^[a-z0-9._\[\],-]+==[^\s;]+", re.MULTILINE)
    run, dev = (
        set(pins.findall((ROOT / "requirements" / name).read_text())) for name in ("run.lock", "dev.lock")
    )
    assert run - dev == set()


def test_no_tracked_file_names_a_path_of_somebodys_machine() -> None:
    somebodys = re.compile(r"(?<![\w.:/$}-])/(?:work|root|home|Users)/\w")
    found = [str(path.relative_to(ROOT)) for path in _tracked_files() if somebodys.search(path.read_text())]
    assert found == []


def test_ci_can_be_run_as_it_is() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_production_starts_the_processes_that_make_run_starts() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    programs = (product.web({}), product.worker("worker-1", {}), product.timers({}))
    local = [" ".join(program.command[1:]) for program in programs]
    production = [
        procfile[name].replace('"', "").replace("python ", "").replace("gunicorn", "-m gunicorn", 1)
        for name in ("web", "worker", "timers")
    ]
    assert production == local
