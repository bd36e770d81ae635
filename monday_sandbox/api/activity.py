"""A board's activity log: what happened, in the log's own spelling."""

import json
import re
from datetime import UTC
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.accounts import parse_moment
from monday_sandbox.api.context import Arguments, Context, Fields, Row
from monday_sandbox.api.paging import page_of
from monday_sandbox.clock import iso_milliseconds

_MOST_ENTRIES = 1000
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
#: What deliveries have and the log has not.
_LEFT_OUT = frozenset({"app", "type", "triggerTime", "userId", "originalTriggerUuid", "retryCount"})


def activity_logs(board: Row, context: Context, arguments: Arguments) -> list[Row]:
    """What happened on the board, newest first."""
    # What happens to subitems is recorded where it is subscribed to, and logged where they are.
    conditions = [
        "account_id = ?",
        "board_id IN (?, ?)",
        "COALESCE(json_extract(payload, '$.boardId'), board_id) = ?",
    ]
    given: list[Any] = [context.account_id, board["id"], board["parent_board_id"], board["id"]]
    for name, comparison in (("from", ">="), ("to", "<=")):
        if arguments.get(name):
            moment = parse_moment(arguments[name], name)
            aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
            conditions.append(f"at {comparison} ?")
            given.append(iso_milliseconds(aware))
    for name, column in (("item_ids", "item_id"), ("user_ids", "user_id"), ("column_ids", "column_id")):
        if arguments.get(name) is not None:
            conditions.append(f"{column} IN ({', '.join('?' * len(arguments[name]))})")
            given += [one if column == "column_id" else refusals.read_id(one) for one in arguments[name]]
    rows = context.rows(
        f"SELECT * FROM happenings WHERE {' AND '.join(conditions)} ORDER BY id DESC",  # noqa: S608 - our own
        given,
    )
    if arguments.get("group_ids") is not None:
        rows = [row for row in rows if json.loads(row["payload"]).get("groupId") in arguments["group_ids"]]
    return [_entry(row) for row in page_of(rows, arguments, most=_MOST_ENTRIES)]


def _entry(row: Row) -> Row:
    payload = json.loads(row["payload"])
    data = {_snake(name): value for name, value in payload.items() if name not in _LEFT_OUT}
    moment = parse_moment(row["at"], "at").timestamp()
    return {
        "id": f"{row['id']:08x}-0000-4000-8000-{row['account_id']:012x}",
        "account_id": str(row["account_id"]),
        "user_id": str(row["user_id"]),
        # Seventeen digits: tenths of microseconds since 1970.
        "created_at": str(round(moment * 1000) * 10_000),
        "data": json.dumps(data, ensure_ascii=False),
        "entity": "board" if row["item_id"] is None else "pulse",
        "event": payload["type"],
    }


def _snake(name: str) -> str:
    return _CAPITAL.sub("_", name).lower()


FIELDS: Fields = {
    "Board": {
        "activity_logs": activity_logs,
    },
}
