"""Versions of the API: which one serves a request, and how its errors differ from the newest's.

Every version answers by the schema of 2026-10, those before it with the fields that it took
away; the form of errors follows the version too.
"""

import re
from collections.abc import Mapping
from typing import Any

CURRENT = "2026-10"
#: Served as asked for, with their kind as ``versions`` tells it.
SERVED: Mapping[str, str] = {
    "2025-04": "maintenance",
    "2025-07": "maintenance",
    "2025-10": "maintenance",
    "2026-01": "maintenance",
    "2026-04": "maintenance",
    "2026-07": "maintenance",
    CURRENT: "current",
    "2027-01": "release_candidate",
}
#: Asked for, these are served the oldest that is maintained, silently; other months the current one.
DEPRECATED = ("2023-10", "2024-01", "2024-04", "2024-07", "2024-10", "2025-01")
_DEVELOPMENT = "dev"
_FIELDS_RETIRED_SINCE = "2026-10"
#: Since this version an error of the budget has only its code and the wait, and codes of permission
#: are written in capitals.
_TRIMMED_SINCE = "2025-07"


class MalformedVersionError(ValueError):
    """The API-Version header is no version at all."""


def version_to_serve(asked: str | None) -> str:
    """The version that serves a request.

    Raises:
        MalformedVersionError: what was asked for has not the form of a version.
    """
    if not asked:
        return CURRENT
    if asked in SERVED or asked == _DEVELOPMENT:
        return asked
    if not re.fullmatch(r"\d{4}-\d{2}", asked):
        raise MalformedVersionError(asked)
    return next(iter(SERVED)) if asked in DEPRECATED else CURRENT


def described(version: str) -> dict[str, str]:
    """A version as the schema's ``Version``."""
    return {"value": version, "kind": SERVED.get(version, _DEVELOPMENT), "display_name": version}


def is_before(version: str, other: str) -> bool:
    """Whether a version is older than another; ``dev`` is the newest of all."""
    return version != _DEVELOPMENT and version < other


def has_retired_fields(version: str) -> bool:
    """Whether a version still has the fields that later ones took away."""
    return is_before(version, _FIELDS_RETIRED_SINCE)


def in_its_form(version: str, errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Errors of fields with their codes as the version writes them."""
    if not is_before(version, _TRIMMED_SINCE):
        return errors
    return [_of_old(error) for error in errors]


def tells_budget(version: str) -> bool:
    """Whether an error of the complexity budget tells the figures too."""
    return is_before(version, _TRIMMED_SINCE)


def _of_old(error: dict[str, Any]) -> dict[str, Any]:
    extensions = error.get("extensions") or {}
    if extensions.get("code") != "USER_UNAUTHORIZED":
        return error
    return {**error, "extensions": {**extensions, "code": "UserUnauthorizedException"}}
