"""Fixtures for the tests of any project that talks to monday.com.

Loaded by itself where the package ``monday-sandbox`` is installed; elsewhere by
``pytest_plugins = ["monday_sandbox.pytest_plugin"]`` in the topmost ``conftest.py``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from monday_sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="session")
def monday_sandbox_options() -> Mapping[str, Any]:
    """What ``running_sandbox`` is given beside its folder: override it to give more."""
    return {}


@pytest.fixture(scope="session")
def monday_sandbox_process(
    tmp_path_factory: pytest.TempPathFactory, monday_sandbox_options: Mapping[str, Any]
) -> Iterator[RunningSandbox]:
    """One process for the whole run, with monday.com's own limits."""
    folder = tmp_path_factory.mktemp("monday_sandbox")
    with running_sandbox(folder / "state", **monday_sandbox_options) as running:
        yield running


@pytest.fixture
def monday_sandbox(monday_sandbox_process: RunningSandbox) -> Iterator[RunningSandbox]:
    """A local monday.com without limits or weather but those that the test orders; its boards stay."""
    monday_sandbox_process.calm()
    yield monday_sandbox_process
    monday_sandbox_process.calm()
