"""The operator's page in a real browser: its policy stops nothing of its own, it fits, it keeps up."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.db import Database
from app.factory import create_app
from app.operators import service as operators
from app.outbox.models import Change
from app.settings import Settings
from tests.browser.conftest import PATIENCE_MILLISECONDS
from tests.support.passwords import cheap_hashes
from tests.support.servers import sqlite_with_schema

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(sqlite_with_schema(tmp_path_factory.mktemp("ops") / "synerity.db"))
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def address(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings.from_env(
        {"DATABASE_URL": database.url, "VAR_DIR": str(tmp_path_factory.mktemp("var"))}
    )
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ops"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def password(database: Database) -> Iterator[str]:
    with cheap_hashes():
        with database.transaction() as session:
            operators.add(session, "anna", "anna@synerity.example", by="test", now=NOW)
            given = operators.give_password(session, "anna", by="test", now=NOW, must_choose=False)
        yield given


@pytest.fixture
def page(browser: Browser, address: str, password: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A signed-in tab; a word of complaint in its console fails the test."""
    context = browser.new_context(
        viewport={"width": 360, "height": 700}, java_script_enabled=getattr(request, "param", True)
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Links").wait_for()
    yield page
    context.close()
    assert complaints == []


def park(database: Database, reason: str) -> None:
    with database.transaction() as session:
        session.add(
            Change(
                account_id="42",
                board_id="5090100001",
                kind="create_update",
                item_id="1",
                content={"body": "x" * 400},
                state="parked",
                reason=reason,
                wanted_at=NOW,
            )
        )


def test_the_pages_fit_on_a_phone(page: Page, address: str, database: Database) -> None:
    park(database, "averylongwordwithoutanyspaces" * 8)
    for path in ("/", "/parked/changes", "/tickets", "/adopt", "/actions", "/password"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_what_is_parked_meanwhile_appears_by_itself(page: Page, address: str, database: Database) -> None:
    page.clock.install()
    page.goto(f"{address}/parked/changes")
    park(database, "Something new went wrong.")
    page.clock.run_for(16_000)
    page.get_by_text("Something new went wrong.").wait_for()


def test_a_page_somebody_types_on_is_left_alone(page: Page, address: str, database: Database) -> None:
    park(database, "Here to be dropped.")
    page.clock.install()
    page.goto(f"{address}/parked/changes")
    card = page.locator("article", has_text="Here to be dropped.")
    card.get_by_text("Drop …").click()
    card.get_by_label("Why").fill("half a rea")
    page.clock.run_for(60_000)
    # Whatever the page asked for by itself has come before this.
    page.evaluate("fetch(location.href).then((answer) => answer.text())")
    assert card.get_by_label("Why").input_value() == "half a rea"


@pytest.mark.parametrize("page", [False], indirect=True, ids=["without scripts"])
def test_a_change_is_dropped_without_scripts(page: Page, address: str, database: Database) -> None:
    park(database, "Here to be dropped by hand.")
    page.goto(f"{address}/parked/changes?reason_part=by+hand")
    page.get_by_text("Drop …").click()
    page.get_by_label("Why").fill("not wanted")
    page.get_by_role("button", name="Drop it for good").click()
    page.get_by_text("Dropped: 1").wait_for()
