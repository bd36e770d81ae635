"""Accounts and users."""

import difflib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Resolver, Row, Scopes
from monday_sandbox.api.paging import page_of

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


def parse_moment(text: str, argument: str) -> datetime:
    """A moment in an argument, as a date or with a time.

    Raises:
        Refusal: it is neither.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise refusals.invalid_argument(f"{argument} is not an ISO 8601 date") from error


_USER_FIELDS = (
    "birthday",
    "country_code",
    "current_language",
    "is_deleted",
    "is_email_confirmed",
    "last_activity",
    "location",
    "mobile_phone",
    "phone",
    "photo_url",
    "status",
    "time_zone_identifier",
    "url",
    "utc_hours_diff",
)
_ACCOUNT_FIELDS = (
    "active_members_count",
    "first_day_of_the_week",
    "is_during_trial",
    "is_trial_expired",
    "logo",
    "plan",
    "show_timeline_weekends",
    "sign_up_product_kind",
    "tier",
)


def _user_field(name: str) -> Resolver:
    return lambda user, context, _: user_fields(context, user)[name]


def _account_field(name: str) -> Resolver:
    return lambda _, context, __: account_fields(context)[name]


FIELDS: Fields = {
    "Account": {name: _account_field(name) for name in _ACCOUNT_FIELDS},
    "Query": {
        "account": account,
        "me": me,
        "users": users,
    },
    "User": {
        "account": user_account,
        **{name: _user_field(name) for name in _USER_FIELDS},
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Query.account": "account:read",
    "Query.me": "me:read",
    "Query.users": "users:read",
    "User.account": "account:read",
}
