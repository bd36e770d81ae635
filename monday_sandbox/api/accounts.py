"""Accounts and users."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Resolver, Row, Scopes, constant
from monday_sandbox.api.paging import page_of

_MOST_USERS = 1000
#: Of the kinds that the filter's group BASIC stands for, those that the sandbox has.
_BASIC_KINDS = ("admin", "member", "guest", "view_only")
_PLAN_SEATS = {"free": 2, "basic": 10, "standard": 15, "pro": 40, "enterprise": 250}


def me(_: Any, context: Context, __: Arguments) -> Row:
    """The caller."""
    return context.users[context.caller.user_id]


def account(_: Any, context: Context, __: Arguments) -> Row:
    """The caller's account."""
    return context.account


def users(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Users of the account, by any of several filters; an id of another account finds nobody."""
    found = choose_users(list(context.users.values()), arguments)
    kinds = _wanted_kinds(arguments.get("user_kind"))
    if kinds is not None:
        found = [user for user in found if user["kind"] in kinds]
    statuses = arguments.get("status") or ("ACTIVE", "PENDING")
    if arguments.get("non_active") is not None:
        statuses = ("INACTIVE",) if arguments["non_active"] else ("ACTIVE",)
    found = [user for user in found if user["status"] in statuses]
    for sort in arguments.get("sort") or ():
        found.sort(key=lambda user: (user["created_at"], user["id"]), reverse=sort["direction"] == "DESC")
    return page_of(found, arguments, most=_MOST_USERS)


def choose_users(found: list[Row], arguments: Arguments) -> list[Row]:
    """Of some users those that ``ids``, ``emails``, ``kind`` and ``name`` fit, in the order asked for."""
    if arguments.get("ids") is not None:
        ids = {refusals.read_id(given) for given in arguments["ids"]}
        found = [user for user in found if user["id"] in ids]
    if arguments.get("emails") is not None:
        emails = {email.lower() for email in arguments["emails"] if email is not None}
        found = [user for user in found if user["email"].lower() in emails]
    if arguments.get("kind") not in (None, "all"):
        found = [user for user in found if _is_of_kind(arguments["kind"], user)]
    if arguments.get("name"):
        is_exact = any(arguments.get(other) is not None for other in ("user_kind", "kind", "emails"))
        is_named = _is_named if is_exact else _is_like
        found = [user for user in found if is_named(arguments["name"], user["name"])]
    return found[::-1] if arguments.get("newest_first") else found


def _is_of_kind(kind: str, user: Row) -> bool:
    if kind == "non_pending":
        return bool(user["status"] != "PENDING")
    return bool((user["kind"] == "guest") is (kind == "guests"))


def _wanted_kinds(given: Mapping[str, Any] | None) -> set[str] | None:
    """The kinds of a ``UserKindFilterInput``; all that there are, when only some are excluded."""
    if not given:
        return None
    wanted = _kinds(given["in"]) if given.get("in") is not None else set(_BASIC_KINDS)
    return wanted - _kinds(given.get("not_in") or ())


def _kinds(given: Iterable[str]) -> set[str]:
    return {kind for one in given for kind in (_BASIC_KINDS if one == "BASIC" else (one.lower(),))}


def _is_named(wanted: str, name: str) -> bool:
    return wanted.casefold() == name.casefold()


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
    is_active = user["status"] == "ACTIVE"
    offset = context.store.clock.now().astimezone(zone).utcoffset()
    return {
        "account_products": [core_product(context)],
        "became_active_at": user["became_active_at"] or (user["created_at"] if is_active else None),
        "country_code": context.account["country_code"],
        "current_language": "sv",
        "is_deleted": False,
        "is_email_confirmed": user["status"] != "PENDING",
        "last_activity": None,
        "out_of_office": None,
        "photo_url": None,
        "serial_number": list(context.users).index(user["id"]) + 1,
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
        "active_members_count": len(seats_of(context, ("ACTIVE",))),
        "first_day_of_the_week": "monday",
        "is_during_trial": False,
        "is_trial_expired": False,
        "logo": None,
        "plan": {"max_users": most_seats(context), "period": "yearly", "tier": plan, "version": 10},
        "products": [core_product(context)],
        "show_timeline_weekends": False,
        "sign_up_product_kind": "core",
        "tier": plan,
    }


def core_product(context: Context) -> Row:
    """The product that every account here has, and the only one: work management."""
    (main,) = context.rows(
        "SELECT id FROM workspaces WHERE account_id = ? AND is_default", (context.account_id,)
    )
    return {
        "id": context.account_id % 1_000_000 + 2_000_000,
        "kind": "core",
        "tier": context.account["plan"],
        "default_workspace_id": main["id"],
    }


def require_core_product(context: Context, given: Any) -> None:
    """That an ``account_product_id``, if it is given, is the account's only product.

    Raises:
        Refusal: it is another.
    """
    if given is not None and refusals.read_id(given) != core_product(context)["id"]:
        raise refusals.missing("account_product", account_product_id=refusals.read_id(given))


def most_seats(context: Context) -> int:
    """How many members and admins the account's plan has room for."""
    return _PLAN_SEATS.get(context.account["plan"], 10)


def seats_of(context: Context, statuses: Sequence[str] = ("ACTIVE", "PENDING")) -> list[Row]:
    """The members and admins; guests and viewers take no seats."""
    return [
        user
        for user in context.users.values()
        if user["kind"] in ("admin", "member") and user["status"] in statuses
    ]


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
    *("account_products", "became_active_at", "country_code", "current_language", "is_deleted"),
    *("is_email_confirmed", "last_activity", "out_of_office", "photo_url", "serial_number"),
    *("time_zone_identifier", "url", "utc_hours_diff"),
)
_ACCOUNT_FIELDS = (
    *("active_members_count", "first_day_of_the_week", "is_during_trial", "is_trial_expired", "logo", "plan"),
    *("products", "show_timeline_weekends", "sign_up_product_kind", "tier"),
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
        "custom_field_metas": constant([]),
        "custom_field_values": constant([]),
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
