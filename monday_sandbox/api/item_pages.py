"""Pages of a board's items: order, rules and cursors.

A rule that makes no sense matches nothing, without an error, as on monday.com. The order of
a page is the board's: by group, then by place in the group, unless another is asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.api.context import Arguments, Context, Fields, Row, Scopes
from monday_sandbox.api.item_rules import rank, rule_matches
from monday_sandbox.api.item_tables import Table
from monday_sandbox.api.paging import make_cursor, read_cursor

MOST_ITEMS = 500
#: Types of columns that hold nothing of their own to be found by, as errors name them.
_UNSEARCHED = {"board_relation": "board_relation", "mirror": "lookup"}


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
            if column["type"] in _UNSEARCHED:
                raise refusals.column_type(
                    "Items can't be searched by this column", _UNSEARCHED[column["type"]]
                )
    return _first_or_next(context, {"board": board_id, "columns": columns}, arguments)


def next_items_page(_: Any, context: Context, arguments: Arguments) -> Row:
    """A further page."""
    return _next(context, arguments)


def _first_or_next(context: Context, query: Row, arguments: Arguments) -> Row:
    if arguments.get("cursor"):
        return _next(context, arguments)
    started = context.store.clock.now().timestamp()
    return _page(
        context, {**query, "started": started, "begun": 0, "last": None, "next": None}, arguments["limit"]
    )


def _next(context: Context, arguments: Arguments) -> Row:
    query = read_cursor(arguments["cursor"], context.store.clock.now())
    return _page(context, query, arguments["limit"])


def _page(context: Context, query: Mapping[str, Any], limit: int) -> Row:
    if not 0 < limit <= MOST_ITEMS:
        raise refusals.invalid_argument(f"limit must be between 1 and {MOST_ITEMS}", limit=limit)
    board = context.board(query["board"])
    if board is None:
        raise refusals.unauthorized()
    with context.store.reading():
        ids = _search(context, query)
        start = _start(ids, query)
        shown = ids[start : start + limit]
        found = {item["id"]: item for item in context.items(shown)}
    cursor = None
    if start + limit < len(ids):
        cursor = make_cursor({**query, "begun": start, "last": shown[-1], "next": ids[start + limit]})
    return {"cursor": cursor, "items": [found[item_id] for item_id in shown]}


def _start(ids: list[int], query: Mapping[str, Any]) -> int:
    """Where a page begins: at the item that was to come next, else after the one that came last.

    Where both are gone, it begins where the last page did: an item may then come twice, and none is left
    out.
    """
    places = {item_id: place for place, item_id in enumerate(ids)}
    if query["next"] in places:
        return places[query["next"]]
    if query["last"] in places:
        return places[query["last"]] + 1
    return min(int(query["begun"]), len(ids))


def _search(context: Context, query: Mapping[str, Any]) -> list[int]:
    """The ids of all that is asked for, in its order."""
    rows = context.rows(
        "SELECT items.id, items.group_id FROM board_groups CROSS JOIN items"
        " ON items.account_id = board_groups.account_id AND items.board_id = board_groups.board_id"
        " AND items.state = 'active' AND items.group_id = board_groups.id"
        " WHERE board_groups.account_id = ? AND board_groups.board_id = ?"
        " ORDER BY board_groups.position, items.position, items.id",
        (context.account_id, query["board"]),
    )
    ids = [row["id"] for row in rows if query.get("group") in (None, row["group_id"])]
    table = Table(context, query["board"], ids)
    if query.get("columns"):
        return _with_values(table, ids, query["columns"])
    wanted = query.get("query")
    if not wanted:
        return ids
    _refuse_mirrors(context, query["board"], wanted)
    if wanted.get("ids") is not None:
        chosen = {refusals.read_id(given) for given in wanted["ids"]}
        ids = [item_id for item_id in ids if item_id in chosen]
    matching = _matching(table, wanted)
    if matching is not None:
        ids = [item_id for item_id in ids if item_id in matching]
    for order in reversed(wanted.get("order_by") or ()):
        ranks = table.judged(order["column_id"], rank)
        ids.sort(key=ranks.__getitem__, reverse=order["direction"] == "desc")
    return ids


def _refuse_mirrors(context: Context, board_id: int, wanted: Mapping[str, Any]) -> None:
    """That no rule asks for a mirror, whose cells are not the board's own."""
    mirrors = {column["id"] for column in context.columns(board_id) if column["type"] == "mirror"}
    for rule in (*(wanted.get("rules") or ()), *(wanted.get("order_by") or ())):
        if rule["column_id"] in mirrors:
            raise refusals.column_type("Mirror columns can't be filtered by", "lookup")
    for group in wanted.get("groups") or ():
        _refuse_mirrors(context, board_id, group)


def _with_values(table: Table, ids: list[int], columns: Sequence[Mapping[str, Any]]) -> list[int]:
    for wanted in columns:
        # Null and the empty string both stand for an empty cell.
        texts = {value or "" for value in wanted["column_values"]}
        holding = table.holding(wanted["column_id"], texts)
        ids = [item_id for item_id in ids if item_id in holding]
    return ids


def _matching(table: Table, query: Mapping[str, Any]) -> set[int] | None:
    """The items that the rules let through; None when there are no rules."""
    answers: list[set[int]] = []
    for rule in query.get("rules") or ():
        judged = table.judged(
            rule["column_id"],
            lambda seen, rule=rule: rule_matches(table.today, seen, rule),  # type: ignore[misc]
        )
        answers.append({item_id for item_id, is_right in judged.items() if is_right})
    for group in query.get("groups") or ():
        found = _matching(table, group)
        answers.append(set(table.ids) if found is None else found)
    if not answers:
        return None
    return set.union(*answers) if query.get("operator") == "or" else set.intersection(*answers)


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
