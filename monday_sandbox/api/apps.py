"""The app as the API tells of it: subscriptions, the mock one, counted operations, installations."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.paging import make_cursor, page_of, read_cursor
from monday_sandbox.apps import subscriptions
from monday_sandbox.apps.registration import API_APP_ID, APP_ID, VERSION_DATA
from monday_sandbox.apps.registration import SCOPES as SCOPES_OF_APPS
from monday_sandbox.apps.subscriptions import MOCK_LIFE, Subscription
from monday_sandbox.clock import iso_seconds

_MOST_SUBSCRIPTIONS = 100
_MOST_INSTALLS = 100
_LONGEST_KIND = 14
_KIND = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST_KIND}}}")
#: Characters of the signing secret that a mock subscription asks for.
_PARTIAL_SECRET = 10
_MOCK_PLAN = "mock_plan"


def app_subscription(_: Any, context: Context, __: Arguments) -> list[Row]:
    """What the account has of the app that asks; nothing for users' own tokens."""
    if not context.caller.signed:
        return []
    mock = _mock(context)
    if mock is not None:
        return [mock]
    with context.store.reading() as connection:
        held = subscriptions.find(connection, context.account_id)
    return [_shown(held, context)] if held is not None and held.is_active else []


def app_subscriptions(_: Any, context: Context, arguments: Arguments) -> Row:
    """All accounts' subscriptions, for the app's own people: admins of whichever account here."""
    _require_app(arguments["app_id"])
    context.require_admin()
    limit = arguments.get("limit") or _MOST_SUBSCRIPTIONS
    if not 0 < limit <= _MOST_SUBSCRIPTIONS:
        raise refusals.invalid_argument(f"limit must be between 1 and {_MOST_SUBSCRIPTIONS}", limit=limit)
    with context.store.reading() as connection:
        rows = connection.execute("SELECT * FROM app_subscriptions ORDER BY account_id").fetchall()
    found = [_details(row, context) for row in rows if row["plan_id"] != subscriptions.FREE_PLAN]
    if arguments.get("status"):
        found = [one for one in found if one["status"] == arguments["status"]]
    if arguments.get("account_id") is not None:
        found = [one for one in found if one["account_id"] == arguments["account_id"]]
    now = context.store.clock.now()
    given = arguments.get("cursor")
    begun: Row = read_cursor(given, now) if given else {"started": now.timestamp(), "offset": 0}
    end = begun["offset"] + limit
    return {
        "subscriptions": found[begun["offset"] : end],
        "total_count": len(found),
        "cursor": make_cursor({**begun, "offset": end}) if end < len(found) else None,
    }


def _details(row: sqlite3.Row, context: Context) -> Row:
    held = subscriptions.read(row)
    return {
        "account_id": row["account_id"],
        "plan_id": held.plan_id,
        "pricing_version_id": held.pricing_version,
        "monthly_price": held.monthly_price,
        "currency": held.currency,
        "period_type": held.billing_period or "monthly",
        "renewal_date": None if held.renewal_at is None else iso_seconds(held.renewal_at),
        "end_date": None if held.ended_at is None else iso_seconds(held.ended_at),
        "status": "active" if held.is_active else "inactive",
        "days_left": held.days_left(context.store.clock.now()),
        "max_units": held.max_units,
    }


def _shown(held: Subscription, context: Context) -> Row:
    now = context.store.clock.now()
    return {
        "billing_period": held.billing_period,
        "days_left": held.days_left(now),
        "is_trial": held.is_trial,
        "max_units": held.max_units,
        "plan_id": held.plan_id,
        "pricing_version": held.pricing_version,
        "renewal_date": iso_seconds(held.renewal_at or now),
    }


# The mock subscription


def set_mock_app_subscription(_: Any, context: Context, arguments: Arguments) -> Row:
    """Let the account have a made-up subscription for a day, which stands before the real one."""
    _require_developer(context, arguments)
    period = arguments.get("billing_period") or "monthly"
    if period not in subscriptions.PERIOD_DAYS:
        raise refusals.invalid_argument("billing_period must be monthly or yearly", billing_period=period)
    now = context.store.clock.now()
    renewal = _renewal(arguments.get("renewal_date"), now)
    with context.changing() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO mock_subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                context.account_id,
                arguments.get("plan_id") or _MOCK_PLAN,
                int(bool(arguments.get("is_trial"))),
                period,
                arguments.get("max_units"),
                arguments.get("pricing_version"),
                iso_seconds(renewal),
                iso_seconds(now + MOCK_LIFE),
            ),
        )
    return _required_mock(context)


def remove_mock_app_subscription(_: Any, context: Context, arguments: Arguments) -> Row:
    """End the made-up subscription and give what it was."""
    _require_developer(context, arguments)
    mock = _required_mock(context)
    with context.changing() as connection:
        connection.execute("DELETE FROM mock_subscriptions WHERE account_id = ?", (context.account_id,))
    return mock


def _mock(context: Context) -> Row | None:
    rows = context.rows(
        "SELECT * FROM mock_subscriptions WHERE account_id = ? AND good_until > ?",
        (context.account_id, context.now()),
    )
    if not rows:
        return None
    renewal = datetime.fromisoformat(rows[0]["renewal_at"])
    days = max(0, (renewal - context.store.clock.now()).days)
    return {
        **rows[0],
        "is_trial": bool(rows[0]["is_trial"]),
        "days_left": days,
        "renewal_date": rows[0]["renewal_at"],
    }


def _required_mock(context: Context) -> Row:
    mock = _mock(context)
    if mock is None:
        raise refusals.missing("mock subscription")
    return mock


def _renewal(given: Any, now: datetime) -> datetime:
    if given is None:
        return now + timedelta(days=subscriptions.PERIOD_DAYS["monthly"])
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError as error:
        raise refusals.invalid_argument("renewal_date is not an ISO 8601 date") from error
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if moment <= now:
        raise refusals.invalid_argument("renewal_date must be in the future")
    return moment


def _require_app(given: Any) -> None:
    if refusals.read_id(given) != APP_ID:
        raise refusals.missing("app", app_id=refusals.read_id(given))


def _require_developer(context: Context, arguments: Arguments) -> None:
    _require_app(arguments["app_id"])
    if arguments["partial_signing_secret"] != context.app.signing_secret[-_PARTIAL_SECRET:]:
        raise refusals.unauthorized()


# Operations, money, installations


def app_subscription_operations(_: Any, context: Context, arguments: Arguments) -> Row:
    """How many operations of a kind were counted in the running period."""
    return _counter(context, arguments["kind"])


def increase_app_subscription_operations(_: Any, context: Context, arguments: Arguments) -> Row:
    """Count operations of a kind."""
    kind, by = arguments["kind"], arguments["increment_by"]
    if not _KIND.fullmatch(kind or ""):
        raise refusals.invalid_argument(
            f"kind must have 1 to {_LONGEST_KIND} characters: letters, digits, - and _"
        )
    if by is None or by < 1:
        raise refusals.invalid_argument("increment_by must be 1 or more")
    with context.changing() as connection:
        connection.execute(
            "INSERT INTO app_operations VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET counted = counted + excluded.counted",
            (context.account_id, kind, _period(context), by),
        )
    return _counter(context, kind)


def _counter(context: Context, kind: str | None) -> Row:
    found = context.rows(
        "SELECT counted FROM app_operations WHERE account_id = ? AND kind = ? AND period = ?",
        (context.account_id, kind, _period(context)),
    )
    subscribed = app_subscription(None, context, {})
    return {
        "kind": kind or "global",
        "counter_value": found[0]["counted"] if found else 0,
        "period_key": _period(context),
        "app_subscription": subscribed[0] if subscribed else None,
    }


def _period(context: Context) -> str:
    """The calendar month."""
    return context.now()[:7]


def apps_monetization_status(_: Any, context: Context, __: Arguments) -> Row:
    """Whether the account can pay for apps: those on a free plan of monday.com's own can't."""
    return {"is_supported": context.account["plan"] != "free"}


def apps_monetization_info(_: Any, context: Context, __: Arguments) -> Row:
    """The account's seats: its active people but guests and viewers."""
    seated = [
        u for u in context.users.values() if u["kind"] in ("admin", "member") and u["status"] == "ACTIVE"
    ]
    return {"seats_count": len(seated)}


def app_installs(_: Any, context: Context, arguments: Arguments) -> list[Row]:
    """Who has installed the app, for the app's own people."""
    _require_app(arguments["app_id"])
    context.require_admin()
    found = context.rows("SELECT * FROM app_installs ORDER BY installed_at, account_id")
    if arguments.get("account_id") is not None:
        wanted = refusals.read_id(arguments["account_id"])
        found = [row for row in found if row["account_id"] == wanted]
    return page_of([_install(row, context) for row in found], arguments, most=_MOST_INSTALLS)


def _install(row: Row, context: Context) -> Row:
    scopes = row["scopes"].split()
    required = scopes if context.app.scopes is None else list(context.app.scopes)
    numbers = {name: VERSION_DATA[name] for name in ("major", "minor", "patch", "type")}
    return {
        "app_id": APP_ID,
        "app_install_account": {"id": row["account_id"]},
        "app_install_user": {"id": row["user_id"]},
        "app_version": {**numbers, "text": "{major}.{minor}.{patch}".format(**numbers)},
        "permissions": {"approved_scopes": scopes, "required_scopes": required},
        "timestamp": row["installed_at"],
    }


def app(_: Any, context: Context, arguments: Arguments) -> Row | None:
    """The registered app, for its own people: admins of whichever account here; to others there is none."""
    is_its_own = context.me["kind"] == "admin" and str(arguments["id"]) == str(APP_ID)
    return registered_app(context) if is_its_own else None


def registered_app(context: Context) -> Row:
    """The registered app, as the Developer Center would show it."""
    registered = context.app
    versions = [{"id": registered.version_id, "status": "LIVE"}]
    if registered.draft_version_id is not None:
        versions.append({"id": registered.draft_version_id, "status": "DRAFT"})
    return {
        "id": APP_ID,
        "name": registered.name,
        "api_app_id": API_APP_ID,
        "client_id": registered.client_id,
        "kind": "PUBLIC",
        "versions": versions,
        "status": "LIVE",
        "version_type": VERSION_DATA["type"],
        "permissions": sorted(SCOPES_OF_APPS if registered.scopes is None else registered.scopes),
        "webhook_url": registered.lifecycle_url,
    }


FIELDS: Fields = {
    "Query": {
        "app": app,
        "app_installs": app_installs,
        "app_subscription": app_subscription,
        "app_subscription_operations": app_subscription_operations,
        "app_subscriptions": app_subscriptions,
        "apps_monetization_info": apps_monetization_info,
        "apps_monetization_status": apps_monetization_status,
    },
    "Mutation": {
        "increase_app_subscription_operations": increase_app_subscription_operations,
        "remove_mock_app_subscription": remove_mock_app_subscription,
        "set_mock_app_subscription": set_mock_app_subscription,
    },
}
#: The scope that a field needs of an app's token; that the app's own mutations need this one is assumed.
SCOPES: Scopes = {
    "Mutation.increase_app_subscription_operations": "account:read",
    "Mutation.remove_mock_app_subscription": "account:read",
    "Mutation.set_mock_app_subscription": "account:read",
    "Query.apps_monetization_info": "account:read",
}
