"""Activity logs of boards and of users: what happened, in the log's own spelling, newest first."""

import json
import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import parse_moment
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.paging import bounds, make_cursor, read_cursor
from monday_sandbox.api.permissions import VISIBLE
from monday_sandbox.clock import iso_milliseconds

MOST_ENTRIES = 1000
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
#: What deliveries have and the log has not.
_LEFT_OUT = frozenset({"app", "type", "triggerTime", "userId", "originalTriggerUuid", "retryCount"})
#: The board that something happened on: of subitems their own.
_BOARD = "COALESCE(json_extract(payload, '$.boardId'), board_id)"
_ENTITY = "CASE WHEN item_id IS NULL THEN 'board' ELSE 'pulse' END"


class _Wanted:
    """Conditions on what happened, with their values."""

    def __init__(self, *conditions: str, given: Sequence[Any]) -> None:
        self._conditions = list(conditions)
        self._given = list(given)

    def require(self, condition: str, *given: Any) -> None:
        """Nothing that does not fulfil the condition."""
        self._conditions.append(condition)
        self._given += given

    def require_any(self, what: str, values: Sequence[Any] | None) -> None:
        """Nothing but what has one of the values; any when there is no list of them."""
        if values is not None:
            self.require(f"{what} IN ({', '.join('?' * len(values))})", *values)

    def require_times(self, arguments: Arguments) -> None:
        """Nothing before ``from`` or after ``to``."""
        for name, comparison in (("from", ">="), ("to", "<=")):
            if arguments.get(name):
                moment = parse_moment(arguments[name], name)
                aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
                self.require(f"at {comparison} ?", iso_milliseconds(aware))

    def read(self, context: Context, limit: int, offset: int = 0) -> list[Row]:
        """The rows, newest first."""
        return context.rows(
            f"SELECT * FROM happenings WHERE {' AND '.join(self._conditions)}"  # noqa: S608 - our own
            " ORDER BY id DESC LIMIT ? OFFSET ?",
            (*self._given, limit, offset),
        )


def _ids(given: Sequence[Any] | None) -> list[int] | None:
    return None if given is None else [refusals.read_id(one) for one in given]


def activity_logs(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """What happened on the board."""
    limit, page = bounds(arguments, most=MOST_ENTRIES)
    # What happens to subitems is recorded where it is subscribed to, and logged where they are.
    wanted = _Wanted(
        "account_id = ?",
        "board_id IN (?, ?)",
        f"{_BOARD} = ?",
        given=[context.account_id, board["id"], board["parent_board_id"], board["id"]],
    )
    wanted.require_times(arguments)
    wanted.require_any("item_id", _ids(arguments.get("item_ids")))
    wanted.require_any("user_id", _ids(arguments.get("user_ids")))
    wanted.require_any("column_id", arguments.get("column_ids"))
    wanted.require_any("json_extract(payload, '$.groupId')", arguments.get("group_ids"))
    return [_entry(row) for row in wanted.read(context, limit, (page - 1) * limit)]


def user_activity_logs(user: Row, context: Context, arguments: Arguments) -> Row:
    """What a user did, on boards that the caller may see.

    Raises:
        Refusal: it is another's and the caller is no admin, or the cursor is none or too old.
    """
    if user["id"] != context.caller.user_id:
        context.require_admin()
    limit, _ = bounds(arguments, most=MOST_ENTRIES)
    now = context.store.clock.now()
    cursor = {"started": now.timestamp(), "before": None}
    if arguments.get("cursor"):
        cursor = read_cursor(arguments["cursor"], now)
    wanted = _Wanted(
        "account_id = ?",
        "user_id = ?",
        f"board_id IN (SELECT id FROM boards WHERE account_id = ? AND {VISIBLE})",  # noqa: S608 - our own
        given=[context.account_id, user["id"], context.account_id, context.caller.user_id],
    )
    wanted.require_times(arguments)
    if cursor["before"] is not None:
        wanted.require("id < ?", cursor["before"])
    wanted.require_any(_BOARD, _ids(arguments.get("board_ids")))
    wanted.require_any("json_extract(payload, '$.type')", arguments.get("event_types"))
    wanted.require_any(_ENTITY, arguments.get("entities"))
    if arguments.get("correlation_ids") is not None:
        # Nothing here belongs to a session of an agent, which is what these ids tell.
        wanted.require("FALSE")
    rows = wanted.read(context, limit + 1)
    has_more = len(rows) > limit
    return {
        "logs": [{**_entry(row), "correlation_id": None} for row in rows[:limit]],
        "cursor": make_cursor({**cursor, "before": rows[limit - 1]["id"]}) if has_more else None,
    }


def _entry(row: Row) -> Row:
    payload = json.loads(row["payload"])
    data = {_snake(name): value for name, value in payload.items() if name not in _LEFT_OUT}
    moment = parse_moment(row["at"], "at").timestamp()
    return {
        "id": _uuid(row, 0x8000),
        "account_id": str(row["account_id"]),
        "user_id": str(row["user_id"]),
        # Seventeen digits: tenths of microseconds since 1970.
        "created_at": str(round(moment * 1000) * 10_000),
        "data": json.dumps(
            {**data, "is_undo_action": _is_undo(payload), "action_record_uuid": _uuid(row, 0x9000)},
            ensure_ascii=False,
        ),
        "entity": "board" if row["item_id"] is None else "pulse",
        "event": payload["type"],
    }


def _is_undo(payload: Row) -> bool:
    value = payload.get("value")
    return isinstance(value, dict) and bool(value.get("is_undo"))


def _uuid(row: Row, variant: int) -> str:
    """An id for what happened: the same at every reading."""
    return f"{row['id']:08x}-0000-4000-{variant:04x}-{row['account_id']:012x}"


def _snake(name: str) -> str:
    return _CAPITAL.sub("_", name).lower()


FIELDS: Fields = {
    "Board": {
        "activity_logs": activity_logs,
    },
    "User": {
        "activity_logs": user_activity_logs,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "User.activity_logs": "users:read",
}
