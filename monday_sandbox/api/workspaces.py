"""Workspaces."""

from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.paging import page_of
from monday_sandbox.state import next_id


def workspaces(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The account's workspaces; the main one first."""
    found = context.rows(
        "SELECT * FROM workspaces WHERE account_id = ? ORDER BY is_default DESC, id", (context.account_id,)
    )
    if arguments.get("ids") is not None:
        ids = {refusals.read_id(given) for given in arguments["ids"]}
        found = [row for row in found if row["id"] in ids]
    if arguments.get("kind"):
        found = [row for row in found if row["kind"] == arguments["kind"]]
    if arguments["state"] not in (None, "all"):
        found = [row for row in found if row["state"] == arguments["state"]]
    return page_of([workspace_row(row) for row in found], arguments)


def workspace_row(row: Row) -> Row:
    """A workspace as the API names its parts."""
    return {**row, "is_default_workspace": bool(row["is_default"])}


def create_workspace(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a workspace."""
    with context.changing() as connection:
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "workspace"),
            "name": arguments["name"],
            "kind": arguments["kind"],
            "description": arguments.get("description"),
            "state": "active",
            "is_default": 0,
            "created_at": context.now(),
        }
        connection.execute(
            "INSERT INTO workspaces (account_id, id, name, kind, description, state, is_default, created_at)"
            " VALUES (:account_id, :id, :name, :kind, :description, :state, :is_default, :created_at)",
            row,
        )
    return workspace_row(row)


FIELDS: Fields = {
    "Query": {
        "workspaces": workspaces,
    },
    "Mutation": {
        "create_workspace": create_workspace,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.create_workspace": "workspaces:write",
    "Query.workspaces": "workspaces:read",
}
