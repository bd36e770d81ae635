"""What the pages send to the API is of monday.com's own schema, and of the part that the sandbox serves."""

from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate
from playwright.sync_api import Page

from monday_sandbox.api import schema

OpenPage = Callable[..., Page]

OFFICIAL = Path(__file__).parents[3] / "shared" / "monday" / "schema-2026-10.graphql"
READ_DOCUMENTS = """
async () => {
  const documents = await import("/pages/static/js/documents.js");
  return Object.entries(documents).map(([name, made]) =>
    [name, typeof made === "string" ? made : made("5090000001", "a_column")]);
}
"""


@pytest.fixture
def documents(open_page: OpenPage) -> dict[str, str]:
    """Every document by its name in the script."""
    found = dict(open_page("/").evaluate(READ_DOCUMENTS))
    assert found
    return found


def test_every_document_is_served(documents: dict[str, str]) -> None:
    for name, document in documents.items():
        assert validate(schema.served_schema(), parse(document)) == [], name


def test_every_document_is_of_mondays_own_schema(documents: dict[str, str]) -> None:
    if not OFFICIAL.exists():
        pytest.skip("monday.com's own schema is not here")
    official = build_schema(OFFICIAL.read_text(encoding="utf-8"))
    for name, document in documents.items():
        assert validate(official, parse(document)) == [], name
