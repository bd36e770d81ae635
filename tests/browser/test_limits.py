"""A person who looks at boards in the sandbox's own pages uses up none of the app's limits."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from monday_sandbox.testing import RunningSandbox
from tests.browser.demo import DemoBoard


@pytest.fixture
def spend(sandbox: RunningSandbox) -> Iterator[Callable[[], None]]:
    """Leaves nobody a call, until the test is over."""
    yield lambda: sandbox.limit(minute_rate=0, daily=0, complexity_minute=0, ip_rate=0, concurrency=0)
    sandbox.lift_limits()


def test_pages_work_when_all_calls_are_spent(
    spend: Callable[[], None],
    sandbox: RunningSandbox,
    open_page: Callable[..., Page],
    tickets: DemoBoard,
) -> None:
    tickets.create_item("Seen all the same")
    spend()
    assert sandbox.graphql(sandbox.token(tickets.slug), "{ me { name } }").status_code == 429
    page = open_page(tickets.path)
    expect(page.get_by_role("button", name="Item name: Seen all the same")).to_be_visible()
