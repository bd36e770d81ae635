"""A local monday.com that the official clients talk to."""

from collections.abc import Iterator

import pytest
import requests

from monday_sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="package")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        running.lift_limits()
        yield running


@pytest.fixture
def clear_sky(one_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, whose weather and limits are as before when the test ends."""
    yield one_sandbox
    requests.delete(f"{one_sandbox.url}/sandbox/faults", timeout=10).raise_for_status()
    requests.delete(f"{one_sandbox.url}/sandbox/limits", timeout=10).raise_for_status()
    one_sandbox.lift_limits()
