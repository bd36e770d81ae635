"""What the API tells of itself: versions, and what a request costs."""

from typing import Any

from monday_sandbox.api.context import Arguments, Context, Fields, Row
from monday_sandbox.limits import versions


def _complexity(_: Any, context: Context, __: Arguments) -> Row:
    return dict(context.complexity)


def version_list(_: Any, __: Context, ___: Arguments) -> list[Row]:
    """The API's versions, as they stood in November 2026."""
    return [versions.described(version) for version in versions.SERVED]


def version(_: Any, context: Context, __: Arguments) -> Row:
    """The version that serves."""
    return versions.described(context.version)


FIELDS: Fields = {
    "Query": {
        "complexity": _complexity,
        "version": version,
        "versions": version_list,
    },
    "Mutation": {
        "complexity": _complexity,
    },
}
