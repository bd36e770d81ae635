"""A sandbox with boards and a real browser, shared by all tests here; each test makes its own items."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from monday_sandbox.testing import RunningSandbox, running_sandbox
from tests.browser.demo import DemoBoard, create_board, create_demo_boards
from tests.browser.views import View, ViewServer
from tests.clients.node import install_clients

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Nothing takes that long, on a machine that does much else either.
PATIENCE_MILLISECONDS = 30_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)

OpenPage = Callable[..., Page]
OpenView = Callable[..., View]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser, and skip it where there is none."""
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=f"there is no chromium at {CHROMIUM}"))


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), retry_seconds=0.2) as running:
        running.lift_limits()
        yield running


@pytest.fixture(scope="session")
def boards(sandbox: RunningSandbox) -> tuple[DemoBoard, DemoBoard]:
    """The customer's tickets and the partner's service desk."""
    return create_demo_boards(sandbox)


@pytest.fixture
def tickets(boards: tuple[DemoBoard, DemoBoard]) -> DemoBoard:
    return boards[0]


@pytest.fixture
def desk(boards: tuple[DemoBoard, DemoBoard]) -> DemoBoard:
    return boards[1]


@pytest.fixture
def new_board(sandbox: RunningSandbox) -> DemoBoard:
    """A board of the test's own, to change as it likes."""
    return create_board(
        sandbox, "customer-silver", "A board of its own", (("text", "Text", "text"),), ("Items",)
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield launched
    launched.close()


@dataclass
class Tabs:
    """The tabs of these tests, used again from test to test, which spares making them.

    Each has a window of its own: one behind another in the same window would be drawn once a second.
    """

    browser: Browser
    pages: list[Page] = field(default_factory=list)
    used: int = 0
    #: What the consoles said that is an error.
    complaints: list[str] = field(default_factory=list)

    def take(self) -> Page:
        """A tab that the present test does not use yet."""
        if self.used == len(self.pages):
            context = self.browser.new_context(locale="en-GB", timezone_id="Europe/Stockholm")
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            page = context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            self.pages.append(page)
        self.used += 1
        return self.pages[self.used - 1]

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def clear(self) -> None:
        """Forget what the test left in them."""
        for page in self.pages[: self.used]:
            page.evaluate("localStorage.clear()")
            page.goto("about:blank")
        self.used = 0


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def open_page(tabs: Tabs, sandbox: RunningSandbox) -> Iterator[OpenPage]:
    """Open an address of the sandbox in a tab; a tab in which anything goes wrong fails the test."""

    def open_at(path: str, *, width: int = 1280, height: int = 800) -> Page:
        page = tabs.take()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(sandbox.url + path)
        page.locator(".live-state[data-state=live]").wait_for()
        return page

    yield open_at
    tabs.clear()
    complaints, tabs.complaints = tabs.complaints, []
    assert complaints == []


@pytest.fixture(scope="session")
def app() -> Iterator[ViewServer]:
    sdk: Path = install_clients() / "node_modules" / "monday-sdk-js" / "dist" / "main.js"
    with ViewServer(sdk.read_bytes()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def open_view(open_page: OpenPage, app: ViewServer, desk: DemoBoard) -> OpenView:
    """Open the app's view on the desk's board; ``where`` are parts of the host page's address."""

    def open_at(**where: str) -> View:
        asked = {"account": desk.slug, "board": desk.board_id, "url": app.url, **where}
        page = open_page(f"/host?{urlencode(asked)}")
        return View(page, app.url)

    return open_at


@pytest.fixture
def view(open_view: OpenView) -> View:
    return open_view()
