"""What the pages send to the API is of monday.com's own schema, and of the part that the sandbox serves."""

from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate
from playwright.sync_api import Page

from monday_sandbox.api import schema
from monday_sandbox.testing import RunningSandbox

OpenPage = Callable[..., Page]

OFFICIAL = Path(__file__).parents[3] / "shared" / "monday" / "schema-2026-10.graphql"
#: What a page lets a person do only where the schema has it.
OFFERED_WHERE_SERVED = {"CREATE_SUBITEM", "READ_ASSET", "fileToColumn", "fileToUpdate"}
#: Documents as they are written, and as they are sent: fitted to the schema that is served.
READ_DOCUMENTS = """
async () => {
  const documents = await import("/pages/static/js/documents.js");
  const { fitted } = await import("/pages/static/js/schema_fit.js");
  const written = Object.entries(documents).map(([name, made]) =>
    [name, typeof made === "string" ? made : made("5090000001", "a_column")]);
  return written.map(([name, document]) => ({ name, document, fitted: fitted(document) }));
}
"""


@pytest.fixture
def documents(open_page: OpenPage, sandbox: RunningSandbox) -> list[dict[str, str]]:
    page = open_page("/")
    account = sandbox.accounts()[0]["users"][0]["api_token"]
    # Any document with needs makes the page read the schema.
    page.evaluate(
        """async (token) => {
          const { callMonday } = await import("/pages/static/js/api.js");
          await callMonday(token, "{ version { value } } #needs Query.version");
        }""",
        account,
    )
    found: list[dict[str, str]] = page.evaluate(READ_DOCUMENTS)
    assert found
    return found


def test_every_document_is_served(documents: list[dict[str, str]]) -> None:
    for document in documents:
        if document["name"] not in OFFERED_WHERE_SERVED:
            assert validate(schema.served_schema(), parse(document["fitted"])) == [], document["name"]


def test_every_document_is_of_mondays_own_schema(documents: list[dict[str, str]]) -> None:
    if not OFFICIAL.exists():
        pytest.skip("monday.com's own schema is not here")
    official = build_schema(OFFICIAL.read_text(encoding="utf-8"))
    for document in documents:
        assert validate(official, parse(document["document"])) == [], document["name"]
