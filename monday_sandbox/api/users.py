"""Admitting users to the account, changing and dismissing them: for its admins only."""

import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import most_seats, seats_of
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.permissions import may_own
from monday_sandbox.state import next_id

#: Users in one mutation, as its arguments say.
MOST_AT_ONCE = 200
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: On these plans nobody from outside can be let in.
_PLANS_WITHOUT_GUESTS = ("free", "basic")
_KINDS = {"ADMIN": "admin", "MEMBER": "member", "GUEST": "guest", "VIEW_ONLY": "view_only"}
_TEXTS = ("location", "mobile_phone", "phone", "title")

#: Says why not, as an error code and a sentence; None lets the user pass.
Check = Callable[[Row], tuple[str, str] | None]


def invite_users(_: Any, context: Context, arguments: Arguments) -> Row:
    """Invite people by their addresses; they are pending until they accept."""
    kind = _KINDS[arguments.get("user_role") or "MEMBER"]
    if arguments.get("product") not in (None, "work_management"):
        raise refusals.invalid_argument("The account does not have this product")
    context.require_admin()
    invited: list[int] = []
    errors: list[Row] = []
    for email in arguments["emails"]:
        with context.changing() as connection:
            problem = _problem_of_guest(context, email) if kind == "guest" else None
            problem = problem or _problem_of_invitation(context, email, kind)
            if problem is None:
                invited.append(_insert(context, connection, email, kind))
            else:
                errors.append({"message": problem, "code": "ERROR", "email": email})
    return {"invited_users": [context.users[user_id] for user_id in invited], "errors": errors}


def _problem_of_invitation(context: Context, email: str, kind: str) -> str | None:
    if not _ADDRESS.fullmatch(email):
        return "The email address is invalid"
    if any(user["email"].lower() == email.lower() for user in context.users.values()):
        return "A user with this email already exists in the account"
    if kind in ("admin", "member") and len(seats_of(context)) >= most_seats(context):
        return "The account has no seats left"
    return None


def _problem_of_guest(context: Context, email: str) -> str | None:
    """A guest comes from outside: not from a domain of the account's own people."""
    if context.account["plan"] in _PLANS_WITHOUT_GUESTS:
        return "The account's plan has no guests"
    own = {_domain(user["email"]) for user in context.users.values() if user["kind"] in ("admin", "member")}
    return "A guest can not have an email of the account's domain" if _domain(email) in own else None


def _domain(email: str) -> str:
    return email.lower().rpartition("@")[2]


def _insert(context: Context, connection: sqlite3.Connection, email: str, kind: str) -> int:
    user_id = next_id(connection, 0, "user")
    connection.execute(
        "INSERT INTO users (id, account_id, name, email, title, kind, api_token, created_at, status)"
        " VALUES (?, ?, ?, ?, '', ?, ?, ?, 'PENDING')",
        (
            user_id,
            context.account_id,
            email.partition("@")[0],
            email,
            kind,
            secrets.token_urlsafe(48),
            context.now(),
        ),
    )
    return user_id


def update_users_role(_: Any, context: Context, arguments: Arguments) -> Row:
    """Give users another role; one who becomes a guest or viewer owns no board any more."""
    if arguments.get("role_id") is not None or arguments.get("new_role") is None:
        raise refusals.invalid_argument("Give new_role; the account has no roles of its own making")
    kind = _KINDS[arguments["new_role"]]

    def check(user: Row) -> tuple[str, str] | None:
        problem = _problem_of_guest(context, user["email"]) if kind == "guest" else None
        is_new_seat = kind in ("admin", "member") and user["kind"] not in ("admin", "member")
        if is_new_seat and len(seats_of(context)) >= most_seats(context):
            problem = "The account has no seats left"
        return ("FAILED", problem) if problem is not None else None

    def change(connection: sqlite3.Connection, user: Row) -> None:
        connection.execute("UPDATE users SET kind = ? WHERE id = ?", (kind, user["id"]))
        if not may_own(kind):
            for table in ("board_users", "workspace_users"):
                connection.execute(
                    f"UPDATE {table} SET kind = 'subscriber' WHERE account_id = ? AND user_id = ?",  # noqa: S608
                    (context.account_id, user["id"]),
                )

    done, errors = _each(context, arguments["user_ids"], check, change)
    return {"updated_users": done, "errors": errors}


def activate_users(_: Any, context: Context, arguments: Arguments) -> Row:
    """Let deactivated users in again."""

    def check(user: Row) -> tuple[str, str] | None:
        is_seat = user["kind"] in ("admin", "member") and user["status"] == "INACTIVE"
        if is_seat and len(seats_of(context)) >= most_seats(context):
            return "FAILED", "The account has no seats left"
        return None

    def change(connection: sqlite3.Connection, user: Row) -> None:
        # Who had not accepted yet still has to.
        status = "ACTIVE" if user["became_active_at"] else "PENDING"
        connection.execute("UPDATE users SET status = ? WHERE id = ?", (status, user["id"]))

    done, errors = _each(context, arguments["user_ids"], check, change)
    return {"activated_users": done, "errors": errors}


def deactivate_users(_: Any, context: Context, arguments: Arguments) -> Row:
    """Shut users out; what they made and own stays as it is."""

    def change(connection: sqlite3.Connection, user: Row) -> None:
        connection.execute("UPDATE users SET status = 'INACTIVE' WHERE id = ?", (user["id"],))

    done, errors = _each(context, arguments["user_ids"], lambda _: None, change)
    return {"deactivated_users": done, "errors": errors}


def _each(
    context: Context,
    given: Sequence[Any],
    check: Check,
    change: Callable[[sqlite3.Connection, Row], None],
) -> tuple[list[Row], list[Row]]:
    """Change users one by one, never the caller: those who were changed, and why others were not."""
    user_ids = [refusals.read_id(one) for one in given]
    errors: list[Row] = []
    done: list[int] = []
    with context.changing() as connection:
        context.require_admin()
        for place, user_id in enumerate(user_ids):
            problem = _problem_of_change(context, user_id, place) or check(context.users[user_id])
            if problem is not None:
                code, message = problem
                errors.append({"message": message, "code": code, "user_id": user_id})
                continue
            change(connection, context.users[user_id])
            context.forget()
            done.append(user_id)
    return [context.users[user_id] for user_id in done], errors


def _problem_of_change(context: Context, user_id: int, place: int) -> tuple[str, str] | None:
    if place >= MOST_AT_ONCE:
        return "EXCEEDS_BATCH_LIMIT", f"Up to {MOST_AT_ONCE} users can be changed at once"
    if user_id not in context.users:
        return "USER_NOT_FOUND", "User not found"
    if user_id == context.caller.user_id:
        return "CANNOT_UPDATE_SELF", "Users can't do this to themselves"
    return None


def update_multiple_users(_: Any, context: Context, arguments: Arguments) -> Row:
    """Change names, addresses and particulars of users; a field that is not taken leaves its user as is."""
    updates: Sequence[Mapping[str, Any]] = arguments["user_updates"]
    if len(updates) > MOST_AT_ONCE and not arguments.get("use_async_mode"):
        raise refusals.invalid_argument(f"Up to {MOST_AT_ONCE} users can be updated at once")
    context.require_admin()
    updated: list[int] = []
    errors: list[Row] = []
    for update in updates:
        user_id = refusals.read_id(update["user_id"])
        with context.changing() as connection:
            changes = {k: v for k, v in update["user_attribute_updates"].items() if v is not None}
            problem = _problem_of_attributes(context, user_id, changes)
            if problem is not None:
                errors.append({"message": problem, "code": "INVALID_FIELD", "user_id": user_id})
                continue
            if changes:
                names = ", ".join(f"{name} = ?" for name in changes)
                connection.execute(
                    f"UPDATE users SET {names} WHERE id = ?",  # noqa: S608 - names of the schema's
                    (*changes.values(), user_id),
                )
            updated.append(user_id)
    return {"updated_users": [context.users[user_id] for user_id in updated], "errors": errors}


def _problem_of_attributes(context: Context, user_id: int, changes: Mapping[str, Any]) -> str | None:
    if user_id not in context.users:
        return "User not found"
    unknown = set(changes) - {*_TEXTS, "birthday", "email", "name"}
    if unknown:
        return f"{min(unknown)} can't be updated"
    if "name" in changes and not changes["name"].strip():
        return "name can't be blank"
    if "birthday" in changes:
        try:
            date.fromisoformat(changes["birthday"])
        except ValueError:
            return "birthday is not a date"
    email = changes.get("email")
    others = {user["email"].lower() for user in context.users.values() if user["id"] != user_id}
    if email is not None and (not _ADDRESS.fullmatch(email) or email.lower() in others):
        return "email is invalid or already taken"
    return None


FIELDS: Fields = {
    "Mutation": {
        "activate_users": activate_users,
        "deactivate_users": deactivate_users,
        "invite_users": invite_users,
        "update_multiple_users": update_multiple_users,
        "update_users_role": update_users_role,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Mutation.activate_users": "users:write",
    "Mutation.deactivate_users": "users:write",
    "Mutation.invite_users": "users:write",
    "Mutation.update_multiple_users": "users:write",
    "Mutation.update_users_role": "users:write",
}
