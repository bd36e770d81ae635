"""A local monday.com that the official clients talk to."""

from collections.abc import Iterator

import pytest

from monday_sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="package")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        running.calm()
        yield running


@pytest.fixture
def clear_sky(one_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, whose weather and limits are as before when the test ends."""
    yield one_sandbox
    one_sandbox.calm()
