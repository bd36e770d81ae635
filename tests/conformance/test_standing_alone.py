"""Another project uses the sandbox alone: installed from its folder, with nothing else of this one."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import wheels

OF_ANOTHER_PROJECT = """
import pytest
import requests


@pytest.fixture(scope="session")
def monday_sandbox_options():
    return {"retry_seconds": 0.5}


def test_the_api_answers(monday_sandbox):
    answer = monday_sandbox.graphql(monday_sandbox.token("synerity"), "{ me { name } }")
    assert answer.json()["data"]["me"]["name"]


def test_limits_are_as_the_test_orders_them(monday_sandbox):
    token = monday_sandbox.token("synerity")
    monday_sandbox.limit(minute_rate=1)
    statuses = [monday_sandbox.graphql(token, "{ me { id } }").status_code for _ in range(2)]
    assert statuses[-1] == 429


def test_the_next_test_knows_nothing_of_them(monday_sandbox):
    token = monday_sandbox.token("synerity")
    statuses = [monday_sandbox.graphql(token, "{ me { id } }").status_code for _ in range(2)]
    assert statuses == [200, 200]


def test_its_pages_are_there(monday_sandbox):
    assert "<html" in requests.get(monday_sandbox.url, timeout=10).text
    assert requests.get(f"{monday_sandbox.url}/pages/static/css/tokens.css", timeout=10).ok
"""


@dataclass(frozen=True)
class Alone:
    """The sandbox's wheel, and an environment that holds it and what it says it needs."""

    wheel: Path
    python: Path

    def run(self, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(self.python), *arguments],
            cwd=folder,
            env={"HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    folder = tmp_path_factory.mktemp("alone")
    wheels.copy_tracked(folder / "copy", "monday_sandbox")
    wheel = wheels.build(folder / "copy" / "monday_sandbox", folder / "wheels")
    return Alone(wheel, wheels.environment_of(folder / "environment", wheel, "test"))


def test_its_wheel_holds_every_file_of_its_folder(alone: Alone) -> None:
    expected = {str(path) for path in wheels.tracked_files("monday_sandbox")}
    assert wheels.names_in(alone.wheel) == expected - {"monday_sandbox/pyproject.toml"}


def test_the_product_is_not_there(alone: Alone, tmp_path: Path) -> None:
    tried = alone.run("-c", "import app", folder=tmp_path)
    assert "No module named 'app'" in tried.stderr


def test_it_tells_its_options(alone: Alone, tmp_path: Path) -> None:
    told = alone.run("-m", "monday_sandbox", "--help", folder=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "--retry-seconds" in told.stdout


def test_its_fixture_serves_the_tests_of_another_project(alone: Alone, tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(OF_ANOTHER_PROJECT)
    tested = alone.run("-m", "pytest", "-q", "-p", "no:randomly", str(tmp_path), folder=tmp_path)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "4 passed" in tested.stdout
