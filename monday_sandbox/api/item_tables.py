"""The cells of a board's active items, judged column by column.

What a rule says of a cell follows from the cell's content, and most of a board's items share their
contents with others: each content is read and judged once, which makes boards of 10,000 items quick.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from monday_sandbox import values
from monday_sandbox.api.context import Batch, Context, Row
from monday_sandbox.api.item_rules import Seen

Judgement = TypeVar("Judgement")
#: What rules and orders may name beside the board's columns.
_OWN_COLUMNS = {
    "name": "name",
    "__creation_log__": "created_at",
    "__last_updated__": "updated_at",
    "creation_log": "created_at",
    "last_updated": "updated_at",
}
_OF_BOARD = "items.account_id = ? AND items.board_id = ? AND items.state = 'active'"
_CELLS = (
    "SELECT items.id, json_remove(value, '$.changed_at') FROM items CROSS JOIN cells"  # noqa: S608 - our own
    " ON cells.account_id = items.account_id AND cells.item_id = items.id AND cells.column_id = ?"
    f" WHERE {_OF_BOARD}"
)


class Table:
    """The active items of a board."""

    def __init__(self, context: Context, board_id: int, ids: Sequence[int]) -> None:
        self.ids = ids
        self.today = context.store.clock.now().astimezone(context.reader.zone).date()
        self._context = context
        self._key = (context.account_id, board_id)
        self._columns = {column["id"]: column for column in context.columns(board_id)}

    def judged(self, column_id: str, judge: Callable[[Seen | None], Judgement]) -> dict[int, Judgement]:
        """What is said of each item's cell in a column, by the item's id.

        Args:
            column_id: The column; one that is not there has no cells.
            judge: From a cell, None where there is no such column.
        """
        if column_id in _OWN_COLUMNS and column_id not in self._columns.keys() - {"name"}:
            kind = "name" if column_id == "name" else "moment"
            return self._judge_own(_OWN_COLUMNS[column_id], kind, judge)
        if column_id == "group":
            return self._judge_own("group_id", "group", judge)
        column = self._columns.get(column_id)
        if column is None:
            return dict.fromkeys(self.ids, judge(None))
        if values.KINDS[column["type"]].computed is not None:
            return self._judge_computed(column, judge)
        return self._judge_stored(column, judge)

    def holding(self, column_id: str, texts: Collection[str]) -> set[int]:
        """The items whose cell in a column has one of the texts; no text is the empty one."""
        column = self._columns.get(column_id)
        if column is not None and column["type"] == "text" and "" not in texts:
            # Kept as they are: apps look their own ids up in such columns, at every event.
            kept = [values.stored(text, "") for text in texts]
            rows = self._pairs(
                f"{_CELLS} AND value IN ({', '.join('?' * len(kept))})", self._of(column) + kept
            )
            return {item_id for item_id, _ in rows}
        judged = self.judged(column_id, lambda seen: (seen.text if seen is not None else "") in texts)
        return {item_id for item_id, is_one in judged.items() if is_one}

    def _of(self, column: Row) -> list[Any]:
        return [column["id"], *self._key]

    def _judge_own(
        self, name: str, kind: str, judge: Callable[[Seen | None], Judgement]
    ) -> dict[int, Judgement]:
        rows = self._pairs(f"SELECT id, {name} FROM items WHERE {_OF_BOARD}", self._key)  # noqa: S608 - our own
        return _by_content(rows, lambda text: judge(Seen(kind, text, lambda: text)))

    def _judge_stored(self, column: Row, judge: Callable[[Seen | None], Judgement]) -> dict[int, Judgement]:
        rows = self._pairs(_CELLS, self._of(column))
        judged = dict.fromkeys(self.ids, judge(self._seen(column, None)))
        judged.update(_by_content(rows, lambda kept: judge(self._seen(column, kept))))
        return judged

    def _judge_computed(self, column: Row, judge: Callable[[Seen | None], Judgement]) -> dict[int, Judgement]:
        items = self._context.items(self.ids)
        Batch(self._context, items)
        return {
            item["id"]: judge(self._seen(column, values.kept_or_computed(column, item, None)))
            for item in items
        }

    def _pairs(self, statement: str, arguments: Sequence[Any]) -> list[tuple[int, Any]]:
        with self._context.store.reading() as connection:
            cursor = connection.cursor()
            cursor.row_factory = None
            return cursor.execute(statement, arguments).fetchall()

    def _seen(self, column: Row, kept: str | None) -> Seen:
        shown = values.Shown(column, values.content_of(kept), self._context.reader)
        kind = values.KINDS[column["type"]]
        return Seen(column["type"], shown.content, lambda: kind.text(shown) or "")


def _by_content(pairs: Sequence[tuple[int, Any]], judge: Callable[[Any], Judgement]) -> dict[int, Judgement]:
    """Judge each content once."""
    verdicts = {content: judge(content) for content in {content for _, content in pairs}}
    return {item_id: verdicts[content] for item_id, content in pairs}
