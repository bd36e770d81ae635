"""What `make run` leaves behind is enough for the command line in another terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import product
from local.product import Place

REPOSITORY = product.REPOSITORY


@pytest.fixture
def var(tmp_path: Path) -> Path:
    place = Place(tmp_path, 18090, 18000, 18025, 18026)
    product.write_environment(place, product.environment(place, "redis://127.0.0.1:1/0", {}))
    return tmp_path


def synerity(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=REPOSITORY,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_finds_the_product_that_runs_here(var: Path) -> None:
    assert synerity("db", "upgrade", VAR_DIR=str(var)).returncode == 0
    assert (var / "synerity.db").exists()
    answer = synerity("status", VAR_DIR=str(var))
    assert "http://127.0.0.1:18000/oauth/start" in answer.stdout


def test_a_terminal_that_says_what_it_wants_gets_that(var: Path, tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    synerity("db", "upgrade", VAR_DIR=str(var), DATABASE_URL=elsewhere)
    assert (tmp_path / "elsewhere.db").exists()
    assert not (var / "synerity.db").exists()
