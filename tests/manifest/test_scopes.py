"""The app asks for what its documents need, and for nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import FieldNode, Visitor, visit

from app.monday import documents, oauth

MANIFEST = Path(__file__).resolve().parents[2] / "monday_manifest"

#: All that monday.com has.
KNOWN_SCOPES = {
    *("account:read", "assets:read", "boards:read", "boards:write", "departments:read", "departments:write"),
    *("docs:read", "docs:write", "me:read", "notifications:write", "tags:read", "teams:read", "teams:write"),
    *("updates:read", "updates:write", "users:read", "users:write", "webhooks:read", "webhooks:write"),
    *("workspaces:read", "workspaces:write"),
}

#: Which scope monday.com wants for a field, wherever it stands in a document.
SCOPE_OF_FIELD = {
    "me": "me:read",
    "account": "account:read",
    "assets": "assets:read",
    "boards": "boards:read",
    "items": "boards:read",
    "items_page": "boards:read",
    "next_items_page": "boards:read",
    "items_page_by_column_values": "boards:read",
    "updates": "updates:read",
    "replies": "updates:read",
    "creator": "users:read",
    "users": "users:read",
    "webhooks": "webhooks:read",
    "create_notification": "notifications:write",
    "create_webhook": "webhooks:write",
    "delete_webhook": "webhooks:write",
    "create_update": "updates:write",
    "edit_update": "updates:write",
    "delete_update": "updates:write",
    "add_file_to_update": "updates:write",
    "add_file_to_column": "boards:write",
    "update_assets_on_item": "boards:write",
    "create_board": "boards:write",
    "create_group": "boards:write",
    "update_group": "boards:write",
    "create_column": "boards:write",
    "create_status_column": "boards:write",
    "update_status_column": "boards:write",
    "create_item": "boards:write",
    "change_multiple_column_values": "boards:write",
    "archive_item": "boards:write",
    "move_item_to_group": "boards:write",
}


class _Fields(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.names.add(node.name.value)


def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((MANIFEST / "manifest.json").read_text())
    return content


def reasons() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = yaml.safe_load((MANIFEST / "scopes.yaml").read_text())
    return content


def scopes_needed(document: str) -> set[str]:
    fields = _Fields()
    visit(documents.load(document), fields)
    return {SCOPE_OF_FIELD[name] for name in fields.names if name in SCOPE_OF_FIELD}


def test_the_manifest_and_the_consent_page_ask_for_the_same() -> None:
    assert tuple(manifest()["app"]["oauth"]["scopes"]) == oauth.SCOPES


def test_every_scope_exists_at_monday() -> None:
    assert set(oauth.SCOPES) <= KNOWN_SCOPES


def test_every_scope_has_its_reason_and_no_reason_is_left_over() -> None:
    assert set(reasons()) == set(oauth.SCOPES)


@pytest.mark.parametrize("scope", oauth.SCOPES)
def test_a_scope_is_needed_by_a_document(scope: str) -> None:
    assert reasons()[scope]["documents"]


@pytest.mark.parametrize("document", documents.names())
def test_a_document_is_listed_under_the_scopes_it_needs(document: str) -> None:
    listed = {scope for scope, entry in reasons().items() if document in entry["documents"]}
    assert listed == scopes_needed(document) != set()


@pytest.mark.parametrize("scope", oauth.SCOPES)
def test_a_reason_is_a_sentence(scope: str) -> None:
    reason = reasons()[scope]["reason"]
    assert reason[0].isupper()
    assert reason.endswith(".")
