"""Workspaces and who belongs to them.

Closed workspaces are for the plan ``enterprise`` and seen by their members only. A workspace is
changed by its owners and by admins; that others may not is assumed. The main workspace is
everybody's, and none of this can be done with it.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import core_product, require_core_product
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.paging import page_of
from monday_sandbox.api.permissions import VISIBLE_WORKSPACE
from monday_sandbox.api.teams import team_ids
from monday_sandbox.state import next_id

_ICON_COLOUR = "#579bfc"
_TABLES = {"user_id": "workspace_users", "team_id": "workspace_teams"}


def workspaces(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The workspaces that the caller may see; the main one first, or the newest."""
    found = context.rows(
        f"SELECT * FROM workspaces WHERE account_id = ? AND {VISIBLE_WORKSPACE}"  # noqa: S608 - our own
        " ORDER BY is_default DESC, id",
        (context.account_id, context.caller.user_id),
    )
    if arguments.get("ids") is not None:
        ids = {refusals.read_id(given) for given in arguments["ids"]}
        found = [row for row in found if row["id"] in ids]
    if arguments.get("kind"):
        found = [row for row in found if row["kind"] == arguments["kind"]]
    if arguments["state"] not in (None, "all"):
        found = [row for row in found if row["state"] == arguments["state"]]
    if (arguments.get("query_params") or {}).get("account_product_kind", "core") not in (None, "core"):
        found = []
    if arguments.get("membership_kind") == "member":
        found = [row for row in found if row["is_default"] or _is_member(context, row["id"])]
    if arguments.get("order_by") == "created_at":
        found.sort(key=lambda row: (row["created_at"], row["id"]), reverse=True)
    return page_of([workspace_row(row) for row in found], arguments)


def workspace_row(row: Row) -> Row:
    """A workspace as the API names its parts."""
    return {**row, "is_default_workspace": bool(row["is_default"])}


def find_workspace(context: Context, given: Any) -> Row:
    """A workspace that the caller may see and that is there.

    Raises:
        Refusal: there is none with that id.
    """
    workspace_id = refusals.read_id(given)
    found = context.rows(
        "SELECT * FROM workspaces WHERE account_id = ? AND id = ? AND state = 'active'"  # noqa: S608 - our own
        f" AND {VISIBLE_WORKSPACE}",
        (context.account_id, workspace_id, context.caller.user_id),
    )
    if not found:
        raise refusals.missing("workspace", workspace_id=workspace_id)
    return found[0]


def place_of(context: Context, given: Any) -> int | None:
    """The workspace in an argument, as boards and folders keep it: None is the main one.

    Raises:
        Refusal: there is none with that id.
    """
    if given is None:
        return None
    row = find_workspace(context, given)
    return None if row["is_default"] else int(row["id"])


def places_asked_for(context: Context, given: Sequence[Any]) -> list[int]:
    """The workspaces in a filter, the main one as -1: it is asked for by null or by its id."""
    main = {
        row["id"]
        for row in context.rows(
            "SELECT id FROM workspaces WHERE account_id = ? AND is_default", (context.account_id,)
        )
    }
    ids = [None if one is None else refusals.read_id(one) for one in given]
    return [-1 if one is None or one in main else one for one in ids]


# Fields of a workspace


def account_product(_: Row, context: Context, __: Arguments) -> Row:
    """The product that the workspace is of."""
    return core_product(context)


def settings(_: Row, __: Context, ___: Arguments) -> Row:
    """The workspace's looks; images can't be given to it here."""
    return {"icon": {"color": _ICON_COLOUR, "image": None}}


def user_subscribers(workspace: Row, context: Context, arguments: Arguments) -> list[Row]:
    """Who belongs to the workspace: to the main one all but guests."""
    if workspace["is_default"]:
        inside = [user for user in context.users.values() if user["kind"] != "guest"]
        return page_of([user for user in inside if user["status"] != "INACTIVE"], arguments)
    ids = _belonging(context, workspace["id"], "user_id", None)
    return page_of([context.users[user_id] for user_id in ids], arguments)


def user_owners(workspace: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The workspace's owners: of the main one the admins."""
    if workspace["is_default"]:
        return page_of([user for user in context.users.values() if user["kind"] == "admin"], arguments)
    ids = _belonging(context, workspace["id"], "user_id", "owner")
    return page_of([context.users[user_id] for user_id in ids], arguments)


def team_subscribers(workspace: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The teams that belong to the workspace."""
    return page_of(_teams(context, _belonging(context, workspace["id"], "team_id", None)), arguments)


def team_owners(workspace: Row, context: Context, arguments: Arguments) -> list[Row]:
    """The teams that own the workspace."""
    return page_of(_teams(context, _belonging(context, workspace["id"], "team_id", "owner")), arguments)


def _belonging(context: Context, workspace_id: int, column: str, kind: str | None) -> list[int]:
    rows = context.rows(
        f"SELECT {column} AS id, kind FROM {_TABLES[column]}"  # noqa: S608 - our own names
        f" WHERE account_id = ? AND workspace_id = ? ORDER BY {column}",
        (context.account_id, workspace_id),
    )
    return [row["id"] for row in rows if kind in (None, row["kind"])]


def _teams(context: Context, ids: Sequence[int]) -> list[Row]:
    return list(context.rows_of("SELECT * FROM teams", "id", ids, " ORDER BY id"))


def _is_member(context: Context, workspace_id: int) -> bool:
    own = context.rows(
        "SELECT team_id FROM team_users WHERE account_id = ? AND user_id = ?",
        (context.account_id, context.caller.user_id),
    )
    by_team = {row["team_id"] for row in own} & set(_belonging(context, workspace_id, "team_id", None))
    return context.caller.user_id in _belonging(context, workspace_id, "user_id", None) or bool(by_team)


# Mutations


def create_workspace(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a workspace, owned by the caller."""
    require_core_product(context, arguments.get("account_product_id"))
    with context.changing() as connection:
        context.require_maker()
        _check(context, arguments)
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
        _subscribe(connection, row, "user_id", [context.caller.user_id], "owner")
    return workspace_row(row)


def _check(context: Context, attributes: Arguments) -> None:
    """That a name and a kind can be given to a workspace of the account."""
    if attributes.get("name") is not None and not attributes["name"].strip():
        raise refusals.invalid_argument("Workspace name can't be blank")
    if attributes.get("kind") == "closed" and context.account["plan"] != "enterprise":
        raise refusals.unauthorized()


def update_workspace(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a workspace's name, description or kind."""
    attributes = arguments["attributes"]
    require_core_product(context, attributes.get("account_product_id"))
    changes = {
        name: attributes[name] for name in ("description", "kind", "name") if attributes.get(name) is not None
    }
    with context.changing() as connection:
        row = _require_own(context, arguments.get("id"))
        _check(context, attributes)
        for name, value in changes.items():
            connection.execute(
                f"UPDATE workspaces SET {name} = ? WHERE account_id = ? AND id = ?",  # noqa: S608
                (value, context.account_id, row["id"]),
            )
    return workspace_row({**row, **changes})


def delete_workspace(_: Any, context: Context, arguments: Arguments) -> Row:
    """Delete a workspace with the boards and folders in it."""
    with context.changing() as connection:
        row = _require_own(context, arguments["workspace_id"])
        key = (context.account_id, row["id"])
        connection.execute("UPDATE workspaces SET state = 'deleted' WHERE account_id = ? AND id = ?", key)
        connection.execute(
            "UPDATE boards SET state = 'deleted', updated_at = ? WHERE account_id = ? AND workspace_id = ?",
            (context.now(), *key),
        )
        connection.execute("DELETE FROM folders WHERE account_id = ? AND workspace_id = ?", key)
    return workspace_row({**row, "state": "deleted"})


def _require_own(context: Context, given: Any) -> Row:
    if given is None:
        raise refusals.invalid_argument("Give the id of the workspace")
    row = find_workspace(context, given)
    is_owner = context.caller.user_id in _belonging(context, row["id"], "user_id", "owner")
    if row["is_default"] or not (is_owner or context.me["kind"] == "admin"):
        raise refusals.unauthorized()
    return row


def add_users_to_workspace(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Make users members or owners; guests can be neither."""
    with context.changing() as connection:
        row = _require_own(context, arguments["workspace_id"])
        ids = [refusals.read_id(one) for one in arguments["user_ids"]]
        for user_id in ids:
            user = context.users.get(user_id)
            if user is None or user["kind"] == "guest" or user["status"] == "INACTIVE":
                raise refusals.user_missing(user_id)
        _subscribe(connection, row, "user_id", ids, arguments.get("kind"))
    return [context.users[user_id] for user_id in ids]


def delete_users_from_workspace(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Take users out of a workspace."""
    return [context.users[user_id] for user_id in _remove(context, arguments, "user_id")]


def add_teams_to_workspace(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Make teams members or owners."""
    with context.changing() as connection:
        row = _require_own(context, arguments["workspace_id"])
        ids = team_ids(context, arguments["team_ids"])
        _subscribe(connection, row, "team_id", ids, arguments.get("kind"))
    return _teams(context, ids)


def delete_teams_from_workspace(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Take teams out of a workspace."""
    return _teams(context, _remove(context, arguments, "team_id"))


def _subscribe(
    connection: sqlite3.Connection, workspace: Row, column: str, ids: Sequence[int], kind: str | None
) -> None:
    connection.executemany(
        f"INSERT INTO {_TABLES[column]} (account_id, workspace_id, {column}, kind)"  # noqa: S608 - our own
        " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind",
        [(workspace["account_id"], workspace["id"], one, kind or "subscriber") for one in ids],
    )


def _remove(context: Context, arguments: Arguments, column: str) -> list[int]:
    """Those who were in the workspace and are not any more."""
    with context.changing() as connection:
        row = _require_own(context, arguments["workspace_id"])
        inside = _belonging(context, row["id"], column, None)
        given = [refusals.read_id(one) for one in arguments[f"{column}s"]]
        removed = [one for one in given if one in inside]
        for one in removed:
            connection.execute(
                f"DELETE FROM {_TABLES[column]}"  # noqa: S608 - our own names
                f" WHERE account_id = ? AND workspace_id = ? AND {column} = ?",
                (context.account_id, row["id"], one),
            )
    return removed


FIELDS: Fields = {
    "Query": {
        "workspaces": workspaces,
    },
    "Mutation": {
        "add_teams_to_workspace": add_teams_to_workspace,
        "add_users_to_workspace": add_users_to_workspace,
        "create_workspace": create_workspace,
        "delete_teams_from_workspace": delete_teams_from_workspace,
        "delete_users_from_workspace": delete_users_from_workspace,
        "delete_workspace": delete_workspace,
        "update_workspace": update_workspace,
    },
    "Workspace": {
        "account_product": account_product,
        "owners_subscribers": user_owners,
        "settings": settings,
        "team_owners_subscribers": team_owners,
        "teams_subscribers": team_subscribers,
        "users_subscribers": user_subscribers,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.add_teams_to_workspace": "workspaces:write",
    "Mutation.add_users_to_workspace": "workspaces:write",
    "Mutation.create_workspace": "workspaces:write",
    "Mutation.delete_teams_from_workspace": "workspaces:write",
    "Mutation.delete_users_from_workspace": "workspaces:write",
    "Mutation.delete_workspace": "workspaces:write",
    "Mutation.update_workspace": "workspaces:write",
    "Query.workspaces": "workspaces:read",
    "Workspace.account_product": "account:read",
    "Workspace.owners_subscribers": "users:read",
    "Workspace.team_owners_subscribers": "teams:read",
    "Workspace.teams_subscribers": "teams:read",
    "Workspace.users_subscribers": "users:read",
}
