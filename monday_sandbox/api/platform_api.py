"""What the API tells of itself: versions, what a request costs, and calls a day."""

from collections import Counter
from typing import Any

from monday_sandbox.api.apps import registered_app
from monday_sandbox.api.context import Arguments, Context, Fields, Row
from monday_sandbox.apps.registration import API_APP_ID
from monday_sandbox.clock import iso_seconds
from monday_sandbox.limits import versions
from monday_sandbox.limits.days import Days, whole_calls
from monday_sandbox.limits.quotas import NO_APP, REGISTERED_APP

#: Ids of apps are monday.com's own; these two are the sandbox's: the registered app, and no app.
_APP_IDS = {REGISTERED_APP: str(API_APP_ID), NO_APP: "2"}


def _complexity(_: Any, context: Context, __: Arguments) -> Row:
    return dict(context.complexity)


def version_list(_: Any, __: Context, ___: Arguments) -> list[Row]:
    """The API's versions, as they stood in November 2026."""
    return [versions.described(version) for version in versions.SERVED]


def version(_: Any, context: Context, __: Arguments) -> Row:
    """The version that serves."""
    return versions.described(context.version)


def platform_api(_: Any, context: Context, __: Arguments) -> Row:
    """What the account may call a day, and what it has called."""
    quotas = context.quotas
    if quotas is None:
        return {"daily_limit": None, "daily_analytics": None}
    daily = quotas.figures_of(context.account_id).daily
    addon = {"is_active": False, "quantity": 0}
    return {
        "daily_limit": {"base": daily, "total": daily, "addon": addon},
        "daily_analytics": _analytics(quotas.days, context),
    }


def _analytics(days: Days, context: Context) -> Row:
    """Calls by day, by app and by user; a tenth of a call counts as a whole one in the sums."""
    by_day, by_app, by_user = Counter[str](), Counter[str](), Counter[int]()
    for usage in days.usage(context.account_id):
        by_day[usage.day] += usage.tenths
        by_app[usage.app] += usage.tenths
        by_user[usage.user_id] += usage.tenths
    counted_at = days.counted_at
    return {
        "last_updated": None if counted_at is None else iso_seconds(counted_at),
        "by_day": [{"day": day, "usage": whole_calls(tenths)} for day, tenths in by_day.items()],
        "by_app": [
            {
                "app": registered_app(context) if app == REGISTERED_APP else None,
                "api_app_id": _APP_IDS[app],
                "usage": whole_calls(tenths),
            }
            for app, tenths in by_app.items()
        ],
        "by_user": [
            {"user": context.users.get(user_id), "usage": whole_calls(tenths)}
            for user_id, tenths in by_user.items()
        ],
    }


FIELDS: Fields = {
    "Query": {
        "complexity": _complexity,
        "platform_api": platform_api,
        "version": version,
        "versions": version_list,
    },
    "Mutation": {
        "complexity": _complexity,
    },
}
