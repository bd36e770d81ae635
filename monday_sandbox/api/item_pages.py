"""Pages of a board's items: order, rules and cursors.

A rule that makes no sense matches nothing, without an error, as on monday.com. The order of
a page is the board's: by group, then by place in the group, unless another is asked for.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from monday_sandbox import refusals, values
from monday_sandbox.api.cells import shown_cell
from monday_sandbox.api.context import Arguments, Batch, Context, Fields, Row, Scopes
from monday_sandbox.api.paging import make_cursor, read_cursor

MOST_ITEMS = 500
#: What rules and orders may name beside the board's columns.
_OWN_COLUMNS = {
    "name": "name",
    "__creation_log__": "created_at",
    "__last_updated__": "updated_at",
    "creation_log": "created_at",
    "last_updated": "updated_at",
}


def board_items_page(board: Row, context: Context, arguments: Arguments) -> Row:
    """The first page of a board's active items, or a further one by its cursor."""
    query = {"board": board["id"], "query": arguments.get("query_params")}
    return _first_or_next(context, query, arguments)


def group_items_page(group: Row, context: Context, arguments: Arguments) -> Row:
    """As a board's, of one group's items."""
    query = {"board": group["board_id"], "group": group["id"], "query": arguments.get("query_params")}
    return _first_or_next(context, query, arguments)


def items_page_by_column_values(_: Any, context: Context, arguments: Arguments) -> Row:
    """Active items whose columns each have one of the values, compared by text."""
    if arguments.get("cursor") and arguments.get("columns"):
        raise refusals.invalid_argument("Give columns or a cursor, not both")
    board_id = refusals.read_id(arguments["board_id"])
    if context.board(board_id) is None:
        raise refusals.unauthorized()
    columns = arguments.get("columns")
    if not arguments.get("cursor"):
        if not columns:
            raise refusals.invalid_argument("columns must name at least one column")
        for wanted in columns:
            column = context.require_column(board_id, wanted["column_id"])
            if column["type"] == "board_relation":
                raise refusals.column_type("Items can't be searched by this column", column["type"])
    return _first_or_next(context, {"board": board_id, "columns": columns}, arguments)


def next_items_page(_: Any, context: Context, arguments: Arguments) -> Row:
    """A further page."""
    return _next(context, arguments)


def _first_or_next(context: Context, query: Row, arguments: Arguments) -> Row:
    if arguments.get("cursor"):
        return _next(context, arguments)
    started = context.store.clock.now().timestamp()
    return _page(context, {**query, "started": started, "offset": 0, "last": None}, arguments["limit"])


def _next(context: Context, arguments: Arguments) -> Row:
    query = read_cursor(arguments["cursor"], context.store.clock.now())
    return _page(context, query, arguments["limit"])


def _page(context: Context, query: Mapping[str, Any], limit: int) -> Row:
    if not 0 < limit <= MOST_ITEMS:
        raise refusals.invalid_argument(f"limit must be between 1 and {MOST_ITEMS}", limit=limit)
    board = context.board(query["board"])
    if board is None:
        raise refusals.unauthorized()
    found = _search(context, query)
    ids = [item["id"] for item in found]
    # Where the last page ended, if that item is still among them.
    start = ids.index(query["last"]) + 1 if query["last"] in ids else query["offset"]
    items = found[start : start + limit]
    Batch(context, items)
    cursor = None
    if start + limit < len(found):
        cursor = make_cursor({**query, "offset": start + limit, "last": items[-1]["id"]})
    return {"cursor": cursor, "items": items}


def _search(context: Context, query: Mapping[str, Any]) -> list[Row]:
    items = context.rows(
        "SELECT items.* FROM items JOIN board_groups ON board_groups.account_id = items.account_id"
        " AND board_groups.board_id = items.board_id AND board_groups.id = items.group_id"
        " WHERE items.account_id = ? AND items.board_id = ? AND items.state = 'active'"
        " ORDER BY board_groups.position, items.position, items.id",
        (context.account_id, query["board"]),
    )
    if query.get("group") is not None:
        items = [item for item in items if item["group_id"] == query["group"]]
    table = _Table(context, query["board"], items)
    if query.get("columns"):
        return [item for item in items if _has_values(table, item, query["columns"])]
    wanted = query.get("query")
    if not wanted:
        return items
    _refuse_mirrors(context, query["board"], wanted)
    if wanted.get("ids") is not None:
        ids = {refusals.read_id(given) for given in wanted["ids"]}
        items = [item for item in items if item["id"] in ids]
    items = [item for item in items if _matches(table, item, wanted)]
    for order in reversed(wanted.get("order_by") or ()):
        items.sort(
            key=lambda item, column_id=order["column_id"]: _rank(table.seen(item, column_id)),  # type: ignore[misc]
            reverse=order["direction"] == "desc",
        )
    return items


def _refuse_mirrors(context: Context, board_id: int, wanted: Mapping[str, Any]) -> None:
    """That no rule asks for a mirror, whose cells are not the board's own."""
    mirrors = {column["id"] for column in context.columns(board_id) if column["type"] == "mirror"}
    for rule in wanted.get("rules") or ():
        if rule["column_id"] in mirrors:
            raise refusals.column_type("Mirror columns can't be filtered by", "lookup")
    for group in wanted.get("groups") or ():
        _refuse_mirrors(context, board_id, group)


@dataclass(frozen=True)
class _Seen:
    """What a rule compares: a cell, or one of the item's own properties."""

    type: str
    content: Any
    text: str


class _Table:
    """The cells of the items that are searched, read at the first question."""

    def __init__(self, context: Context, board_id: int, items: Sequence[Row]) -> None:
        self._context = context
        self._columns = {column["id"]: column for column in context.columns(board_id)}
        self._batch = Batch(context, items)
        self.today = context.store.clock.now().astimezone(context.reader.zone).date()

    def seen(self, item: Row, column_id: str) -> _Seen | None:
        """The item's cell in a column; None when there is no such column."""
        if column_id in _OWN_COLUMNS and column_id not in self._columns.keys() - {"name"}:
            text = item[_OWN_COLUMNS[column_id]]
            return _Seen("name" if column_id == "name" else "moment", text, text)
        if column_id == "group":
            return _Seen("group", item["group_id"], item["group_id"])
        column = self._columns.get(column_id)
        if column is None:
            return None
        row = self._batch.cells[item["id"]].get(column_id)
        kept = values.kept_or_computed(column, item, row["value"] if row is not None else None)
        cell = {"column": column, "kept": kept}
        shown = shown_cell(cell, self._context)
        return _Seen(column["type"], shown.content, values.KINDS[column["type"]].text(shown) or "")


def _has_values(table: _Table, item: Row, columns: Sequence[Mapping[str, Any]]) -> bool:
    for wanted in columns:
        seen = table.seen(item, wanted["column_id"])
        text = seen.text if seen is not None else ""
        # Null and the empty string both stand for an empty cell.
        if text not in {value or "" for value in wanted["column_values"]}:
            return False
    return True


def _matches(table: _Table, item: Row, query: Mapping[str, Any]) -> bool:
    rules = [_rule_matches(table, item, rule) for rule in query.get("rules") or ()]
    groups = [_matches(table, item, group) for group in query.get("groups") or ()]
    answers = rules + groups
    if not answers:
        return True
    return any(answers) if query.get("operator") == "or" else all(answers)


def _rule_matches(table: _Table, item: Row, rule: Mapping[str, Any]) -> bool:
    seen = table.seen(item, rule["column_id"])
    if seen is None:
        return False
    operator, given = rule.get("operator") or "any_of", rule["compare_value"]
    wanted = given if isinstance(given, list) else [given]
    if operator in ("is_empty", "is_not_empty"):
        return _is_empty(seen) == (operator == "is_empty")
    if operator in ("any_of", "not_any_of"):
        return _is_any_of(seen, wanted) == (operator == "any_of")
    if operator in _TEXT_RULES:
        return _TEXT_RULES[operator](seen.text.casefold(), [str(one).casefold() for one in wanted])
    if operator in ("within_the_next", "within_the_last"):
        return _is_within(table.today, seen, wanted, forward=operator == "within_the_next")
    return _compares(seen, wanted, operator)


def _is_empty(seen: _Seen) -> bool:
    if seen.type == "status" and seen.content is not None:
        return not seen.text
    return seen.content is None or seen.content == ""


def _is_any_of(seen: _Seen, wanted: Sequence[Any]) -> bool:
    content = seen.content
    if seen.type == "status":
        label_id = content["index"] if content is not None else 5
        return any(not isinstance(one, bool) and one in (label_id, str(label_id)) for one in wanted)
    if seen.type == "people":
        people = content["personsAndTeams"] if content is not None else []
        return bool({f"{person['kind']}-{person['id']}" for person in people} & {str(one) for one in wanted})
    if seen.type == "dropdown":
        return bool({str(one) for one in wanted} & {str(one) for one in (content or {}).get("ids", ())})
    if seen.type == "board_relation":
        linked = {entry["linkedPulseId"] for entry in (content or {}).get("linkedPulseIds", ())}
        # Strings match nothing, silently.
        return bool(linked & {one for one in wanted if isinstance(one, int)})
    if seen.type == "checkbox":
        return any(str(one).lower() == ("true" if content is not None else "false") for one in wanted)
    if seen.type in ("date", "moment"):
        return _day(seen) in [str(one) for one in wanted if one != "EXACT"]
    kind = values.KINDS.get(seen.type)
    if kind is not None and kind.options is not None:
        options = kind.options(content) if content is not None else []
        return bool({str(one) for one in options} & {str(one) for one in wanted})
    return seen.text in [str(one) for one in wanted]


_TEXT_RULES: Mapping[str, Callable[[str, list[str]], bool]] = {
    "contains_text": lambda text, wanted: any(one in text for one in wanted),
    "not_contains_text": lambda text, wanted: all(one not in text for one in wanted),
    "contains_terms": lambda text, wanted: all(term in text for one in wanted for term in one.split()),
    "starts_with": lambda text, wanted: any(text.startswith(one) for one in wanted),
    "ends_with": lambda text, wanted: any(text.endswith(one) for one in wanted),
}


def _day(seen: _Seen) -> str:
    """The date of a date cell or of a moment, in UTC."""
    if seen.type == "moment":
        return str(seen.content)[:10]
    if seen.type == "date" and seen.content is not None:
        return str(seen.content["date"])
    return ""


def _comparable(seen: _Seen) -> float | str | None:
    if seen.content is None:
        return None
    if seen.type == "numbers":
        return float(seen.content)
    if seen.type == "status":
        return float(seen.content["index"])
    kind = values.KINDS.get(seen.type)
    if kind is not None and kind.number is not None:
        return kind.number(seen.content)
    return _day(seen) or None


def _compares(seen: _Seen, wanted: Sequence[Any], operator: str) -> bool:
    found = _comparable(seen)
    bounds = [one for one in wanted if one != "EXACT"]
    if found is None or not bounds:
        return False
    try:
        given = [float(one) if isinstance(found, float) else str(one)[:10] for one in bounds]
    except (TypeError, ValueError):
        return False
    first: Any = given[0]
    comparisons: Mapping[str, Callable[[Any], bool]] = {
        "greater_than": lambda value: value > first,
        "greater_than_or_equals": lambda value: value >= first,
        "lower_than": lambda value: value < first,
        "lower_than_or_equal": lambda value: value <= first,
        "between": lambda value: len(given) > 1 and first <= value <= given[1],
    }
    return comparisons[operator](found)


_SPANS = {"TODAY": 0, "DAYS": 1, "WEEKS": 7, "MONTHS": 30}


def _is_within(today: date, seen: _Seen, wanted: Sequence[Any], *, forward: bool) -> bool:
    day = _day(seen)
    numbers = [int(one) for one in wanted if str(one).isdigit()]
    units = [_SPANS[str(one).upper()] for one in wanted if str(one).upper() in _SPANS]
    if not day or not numbers or not units:
        return False
    span = timedelta(days=numbers[0] * units[0])
    found = date.fromisoformat(day)
    return today <= found <= today + span if forward else today - span <= found <= today


def _rank(seen: _Seen | None) -> tuple[int, float, str]:
    """Empty cells first, numbers by size, the rest by text."""
    if seen is None or _is_empty(seen):
        return (0, 0.0, "")
    found = _comparable(seen)
    if isinstance(found, float):
        return (1, found, "")
    if seen.type == "date":
        return (1, 0.0, json.dumps([seen.content["date"], seen.content["time"] or ""]))
    return (1, 0.0, seen.text.casefold())


FIELDS: Fields = {
    "Query": {
        "items_page_by_column_values": items_page_by_column_values,
        "next_items_page": next_items_page,
    },
    "Board": {
        "items_page": board_items_page,
    },
    "Group": {
        "items_page": group_items_page,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {
    "Query.items_page_by_column_values": "boards:read",
    "Query.next_items_page": "boards:read",
}
