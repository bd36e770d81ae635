"""Accounts, users, workspaces and notifications."""

import difflib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Row
from monday_sandbox.api.paging import page_of
from monday_sandbox.state import next_id

_MOST_USERS = 1000
_PLAN_SEATS = {"free": 2, "basic": 10, "standard": 15, "pro": 40, "enterprise": 250}


def me(_: Any, context: Context, __: Arguments) -> Row:
    """The caller."""
    return context.users[context.caller.user_id]


def account(_: Any, context: Context, __: Arguments) -> Row:
    """The caller's account."""
    return context.account


def users(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Users of the account, by any of several filters; an id of another account finds nobody."""
    found = list(context.users.values())
    if arguments.get("ids") is not None:
        ids = {refusals.read_id(given) for given in arguments["ids"]}
        found = [user for user in found if user["id"] in ids]
    if arguments.get("emails") is not None:
        emails = {email.lower() for email in arguments["emails"]}
        found = [user for user in found if user["email"].lower() in emails]
    if arguments.get("name"):
        found = [user for user in found if _is_like(arguments["name"], user["name"])]
    if arguments.get("kind") == "guests":
        found = [user for user in found if user["kind"] == "guest"]
    if arguments.get("kind") == "non_guests":
        found = [user for user in found if user["kind"] != "guest"]
    if arguments.get("non_active") or "ACTIVE" not in (arguments.get("status") or ("ACTIVE",)):
        # Nobody of the sandbox's people has left or is still invited.
        found = []
    if arguments.get("newest_first"):
        found.reverse()
    return page_of(found, arguments, most=_MOST_USERS)


def _is_like(wanted: str, name: str) -> bool:
    folded = name.casefold()
    return (
        wanted.casefold() in folded or difflib.SequenceMatcher(None, wanted.casefold(), folded).ratio() > 0.75
    )


def user_account(_: Row, context: Context, __: Arguments) -> Row:
    """The account of a user: everybody one sees is of one's own."""
    return context.account


def user_fields(context: Context, user: Row) -> dict[str, Any]:
    """What the API says of a user beside what is stored."""
    zone = ZoneInfo(context.account["time_zone"])
    offset = context.store.clock.now().astimezone(zone).utcoffset()
    return {
        "birthday": None,
        "country_code": context.account["country_code"],
        "current_language": "sv",
        "is_deleted": False,
        "is_email_confirmed": True,
        "last_activity": None,
        "location": None,
        "mobile_phone": None,
        "phone": "",
        "photo_url": None,
        "status": "ACTIVE",
        "time_zone_identifier": context.account["time_zone"],
        "url": f"{account_url(context)}/users/{user['id']}",
        "utc_hours_diff": offset.total_seconds() / 3600 if offset is not None else 0.0,
    }


def account_url(context: Context) -> str:
    """Where the account's boards are looked at, on the real monday.com."""
    return f"https://{context.account['slug']}.monday.com"


def account_fields(context: Context) -> dict[str, Any]:
    """What the API says of an account beside what is stored."""
    plan = context.account["plan"]
    return {
        "active_members_count": len(context.users),
        "first_day_of_the_week": "monday",
        "is_during_trial": False,
        "is_trial_expired": False,
        "logo": None,
        "plan": {"max_users": _PLAN_SEATS.get(plan, 10), "period": "yearly", "tier": plan, "version": 10},
        "show_timeline_weekends": False,
        "sign_up_product_kind": "core",
        "tier": plan,
    }


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


def create_notification(_: Any, context: Context, arguments: Arguments) -> Row:
    """Notify a user of the account about a board, an item or an update."""
    user_id = refusals.read_id(arguments["user_id"])
    if user_id not in context.users:
        raise refusals.user_missing(user_id)
    target_id = refusals.read_id(arguments["target_id"])
    if not _is_target(context, arguments["target_type"], target_id):
        raise refusals.missing("target", target_id=target_id)
    with context.changing() as connection:
        row = {
            "account_id": context.account_id,
            "id": next_id(connection, context.account_id, "notification"),
            "user_id": user_id,
            "creator_id": context.caller.user_id,
            "target_type": arguments["target_type"],
            "target_id": target_id,
            "text": arguments["text"],
            "created_at": context.now(),
        }
        connection.execute(
            "INSERT INTO notifications (account_id, id, user_id, creator_id, target_type, target_id, text,"
            " created_at) VALUES (:account_id, :id, :user_id, :creator_id, :target_type, :target_id, :text,"
            " :created_at)",
            row,
        )
    return row


def _is_target(context: Context, target_type: str, target_id: int) -> bool:
    if target_type == "Project":
        return context.board(target_id) is not None or context.item(target_id) is not None
    return bool(
        context.rows("SELECT 1 FROM updates WHERE account_id = ? AND id = ?", (context.account_id, target_id))
    )


def version_list(_: Any, __: Context, ___: Arguments) -> list[Row]:
    """The API's versions, as they stood in November 2026."""
    return [
        {"value": value, "kind": kind, "display_name": value}
        for value, kind in (
            ("2025-04", "maintenance"),
            ("2025-07", "maintenance"),
            ("2025-10", "maintenance"),
            ("2026-01", "maintenance"),
            ("2026-04", "maintenance"),
            ("2026-07", "maintenance"),
            ("2026-10", "current"),
            ("2027-01", "release_candidate"),
        )
    ]


def version(_: Any, __: Context, ___: Arguments) -> Row:
    """The version that the sandbox serves, whichever is asked for."""
    return {"value": "2026-10", "kind": "current", "display_name": "2026-10"}


def parse_moment(text: str, argument: str) -> datetime:
    """A moment in an argument, as a date or with a time.

    Raises:
        Refusal: it is neither.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise refusals.invalid_argument(f"{argument} is not an ISO 8601 date") from error
