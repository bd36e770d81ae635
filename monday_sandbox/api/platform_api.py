"""What the API tells of itself: versions, and what a request costs."""

from typing import Any

from monday_sandbox.api.context import Arguments, Context, Fields, Row


def _complexity(_: Any, context: Context, __: Arguments) -> Row:
    return dict(context.complexity)


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
