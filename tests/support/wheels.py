"""Wheels built without a network, and environments that hold nothing but what a wheel says it needs."""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--no-input")


def tracked_files(*folders: str) -> list[Path]:
    """What the repository holds below some folders, relative to its root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", *folders], cwd=ROOT, capture_output=True, check=False
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    found = [Path(name) for name in listing.stdout.decode().split("\0") if name]
    return [path for path in found if (ROOT / path).is_file()]


def copy_tracked(target: Path, *folders: str) -> None:
    """Copy what the repository holds: building writes into the folder it builds from."""
    for path in tracked_files(*folders):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target / path)


def build(project: Path, target: Path) -> Path:
    """Build the wheel of a project; no index is asked for anything."""
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target))
    subprocess.run([*_PIP, "wheel", *options, str(project)], check=True)
    (wheel,) = target.glob("*.whl")
    return wheel


def names_in(wheel: Path) -> set[str]:
    """The files of a wheel, without what is said about it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def environment_of(folder: Path, wheel: Path, extra: str) -> Path:
    """An interpreter that can import a wheel, what it says it needs with an extra, and no more.

    What it needs is linked from the environment of the tests, so that nothing is fetched.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    install = ("--python", str(python), "install", "--no-index", "--no-deps", str(wheel))
    subprocess.run([*_PIP, *install], check=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=paths))
    (about,) = metadata.distributions(path=[str(packages)])
    for needed in _needed(about, {extra, ""}, set()):
        for top in {
            file.parts[0] for file in needed.files or () if file.parts[0] not in ("..", "__pycache__")
        }:
            link = packages / top
            if not link.exists():
                link.symlink_to(str(needed.locate_file(top)))
    return python


def _needed(
    about: metadata.Distribution, extras: set[str], seen: set[str]
) -> Iterator[metadata.Distribution]:
    for line in about.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        if requirement.name.lower() not in seen:
            seen.add(requirement.name.lower())
            needed = metadata.distribution(requirement.name)
            yield needed
            yield from _needed(needed, {*requirement.extras, ""}, seen)
