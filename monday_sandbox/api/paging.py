"""Pages and cursors."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from monday_sandbox import refusals

Entry = TypeVar("Entry")

CURSOR_LIFE = timedelta(minutes=60)


def page_of(entries: Sequence[Entry], arguments: Mapping[str, Any], *, most: int = 10_000) -> list[Entry]:
    """The page that ``limit`` and ``page`` ask for."""
    limit, page = bounds(arguments, most=most)
    return list(entries[(page - 1) * limit : page * limit])


def bounds(arguments: Mapping[str, Any], *, most: int = 10_000) -> tuple[int, int]:
    """``limit`` and ``page``.

    Raises:
        Refusal: one of them is out of its bounds.
    """
    limit, page = arguments.get("limit"), arguments.get("page")
    limit = 25 if limit is None else limit
    page = 1 if page is None else page
    if not 0 < limit <= most:
        raise refusals.invalid_argument(f"limit must be between 1 and {most}", limit=limit)
    if page < 1:
        raise refusals.invalid_argument("page must be 1 or more", page=page)
    return limit, page


def make_cursor(content: Mapping[str, Any]) -> str:
    """A cursor that holds what the next page needs; opaque to whoever gets it."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def read_cursor(cursor: str, now: datetime) -> dict[str, Any]:
    """What a cursor holds.

    Raises:
        Refusal: it is not one, or its first page was asked for more than 60 minutes ago.
    """
    try:
        content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor))
        started = datetime.fromtimestamp(content["started"], UTC)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise refusals.Refusal("Invalid cursor", "CursorException") from error
    if now - started > CURSOR_LIFE:
        raise refusals.Refusal(
            "The cursor provided for pagination has expired. Please refresh your query and obtain a new"
            " cursor to continue fetching items",
            "CursorExpiredError",
        )
    return content
