"""Departments: each user is a member of one at most. Changed by admins only, which is assumed."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.state import next_id


def departments(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """The account's departments, or those with some ids."""
    found = context.rows("SELECT * FROM departments WHERE account_id = ? ORDER BY id", (context.account_id,))
    if arguments.get("ids") is None:
        return found
    ids = {refusals.read_id(given) for given in arguments["ids"]}
    return [row for row in found if row["id"] in ids]


def department_of_user(user: Row, context: Context, _: Arguments) -> Row | None:
    """The department that a user is a member of."""
    found = context.rows(
        "SELECT departments.* FROM departments JOIN department_users"
        " ON department_users.account_id = departments.account_id AND department_id = departments.id"
        " WHERE departments.account_id = ? AND user_id = ? AND kind = 'member'",
        (context.account_id, user["id"]),
    )
    return found[0] if found else None


def members(department: Row, context: Context, _: Arguments) -> list[Row]:
    """Who is in the department."""
    return _people(context, department, "member")


def owners(department: Row, context: Context, _: Arguments) -> list[Row]:
    """The department's owners; they need not be in it."""
    return _people(context, department, "owner")


def assigned_seats(department: Row, context: Context, _: Arguments) -> int:
    """How many are in the department."""
    return len(_people(context, department, "member"))


def _people(context: Context, department: Row, kind: str) -> list[Row]:
    rows = context.rows(
        "SELECT user_id FROM department_users WHERE account_id = ? AND department_id = ? AND kind = ?"
        " ORDER BY user_id",
        (context.account_id, department["id"], kind),
    )
    return [context.users[row["user_id"]] for row in rows]


def _require(context: Context, given: Any) -> Row:
    department_id = refusals.read_id(given)
    found = departments(None, context, {"ids": [department_id]})
    if not found:
        raise refusals.missing("department", department_id=department_id)
    return found[0]


def _require_user(context: Context, given: Any) -> int:
    user_id = refusals.read_id(given)
    if user_id not in context.users:
        raise refusals.user_missing(user_id)
    return user_id


# Mutations


def create_department(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a department of nobody."""
    given = arguments["data"]
    with context.changing() as connection:
        context.require_admin()
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "department"),
            "name": _checked_name(given["name"]),
            "reserved_seats": _checked_seats(given.get("reserved_seats") or 0),
        }
        connection.execute(
            "INSERT INTO departments (account_id, id, name, reserved_seats)"
            " VALUES (:account_id, :id, :name, :reserved_seats)",
            row,
        )
    return row


def update_department(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change a department's name or the number of its seats."""
    given = arguments.get("data") or {}
    with context.changing() as connection:
        context.require_admin()
        row = _require(context, arguments["department_id"])
        if given.get("name") is not None:
            row["name"] = _checked_name(given["name"])
        if given.get("reserved_seats") is not None:
            row["reserved_seats"] = _checked_seats(given["reserved_seats"])
        connection.execute(
            "UPDATE departments SET name = :name, reserved_seats = :reserved_seats"
            " WHERE account_id = :account_id AND id = :id",
            row,
        )
    return row


def delete_department(_: Any, context: Context, arguments: Arguments) -> Row:
    """End a department; its people are in none then."""
    with context.changing() as connection:
        context.require_admin()
        row = _require(context, arguments["department_id"])
        key = (context.account_id, row["id"])
        connection.execute("DELETE FROM department_users WHERE account_id = ? AND department_id = ?", key)
        connection.execute("DELETE FROM departments WHERE account_id = ? AND id = ?", key)
    return row


def assign_department_members(_: Any, context: Context, arguments: Arguments) -> Row:
    """Put users in a department, out of the one they were in; guests fail."""
    with context.changing() as connection:
        context.require_admin()
        row = _require(context, arguments["department_id"])
        ids = [_require_user(context, one) for one in arguments["user_ids"]]
        done = [user_id for user_id in ids if context.users[user_id]["kind"] != "guest"]
        _leave(context, connection, done)
        _insert(connection, row, done, "member")
    return {
        "successful_users": [context.users[user_id] for user_id in done],
        "failed_users": [context.users[user_id] for user_id in ids if user_id not in done],
    }


def assign_department_owner(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make a user one of a department's owners."""
    with context.changing() as connection:
        context.require_admin()
        row = _require(context, arguments["department_id"])
        user_id = _require_user(context, arguments["user_id"])
        _insert(connection, row, [user_id], "owner")
    return {"owner": context.users[user_id]}


def unassign_department_owners(_: Any, context: Context, arguments: Arguments) -> Row:
    """Make users owners of a department no more."""
    with context.changing() as connection:
        context.require_admin()
        row = _require(context, arguments["department_id"])
        owning = {user["id"] for user in _people(context, row, "owner")}
        ids = [_require_user(context, one) for one in arguments["user_ids"]]
        for user_id in ids:
            connection.execute(
                "DELETE FROM department_users"
                " WHERE account_id = ? AND department_id = ? AND user_id = ? AND kind = 'owner'",
                (context.account_id, row["id"], user_id),
            )
    return {"unassigned_users": [context.users[user_id] for user_id in ids if user_id in owning]}


def clear_users_department(_: Any, context: Context, arguments: Arguments) -> Row:
    """Take users out of the department they are in."""
    with context.changing() as connection:
        context.require_admin()
        ids = [_require_user(context, one) for one in arguments["user_ids"]]
        _leave(context, connection, ids)
    return {"cleared_users": [context.users[user_id] for user_id in ids]}


def _leave(context: Context, connection: sqlite3.Connection, user_ids: Sequence[int]) -> None:
    connection.executemany(
        "DELETE FROM department_users WHERE account_id = ? AND user_id = ? AND kind = 'member'",
        [(context.account_id, user_id) for user_id in user_ids],
    )


def _insert(connection: sqlite3.Connection, department: Row, user_ids: Sequence[int], kind: str) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO department_users (account_id, department_id, user_id, kind)"
        " VALUES (?, ?, ?, ?)",
        [(department["account_id"], department["id"], user_id, kind) for user_id in user_ids],
    )


def _checked_name(name: str) -> str:
    if not name.strip():
        raise refusals.invalid_argument("Department name can't be blank")
    return name


def _checked_seats(seats: int) -> int:
    if seats < 0:
        raise refusals.invalid_argument("reserved_seats can't be below 0")
    return seats


FIELDS: Fields = {
    "Query": {
        "departments": departments,
    },
    "Mutation": {
        "assign_department_members": assign_department_members,
        "assign_department_owner": assign_department_owner,
        "clear_users_department": clear_users_department,
        "create_department": create_department,
        "delete_department": delete_department,
        "unassign_department_owners": unassign_department_owners,
        "update_department": update_department,
    },
    "Department": {
        "assigned_seats": assigned_seats,
        "members": members,
        "owners": owners,
    },
    "User": {
        "department": department_of_user,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Department.members": "users:read",
    "Department.owners": "users:read",
    "Mutation.assign_department_members": "departments:write",
    "Mutation.assign_department_owner": "departments:write",
    "Mutation.clear_users_department": "departments:write",
    "Mutation.create_department": "departments:write",
    "Mutation.delete_department": "departments:write",
    "Mutation.unassign_department_owners": "departments:write",
    "Mutation.update_department": "departments:write",
    "Query.departments": "departments:read",
    "User.department": "departments:read",
}
