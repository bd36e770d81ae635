"""Mirror columns: cells of connected items, shown on the item that is connected to them.

A mirror's settings name the relation of its own board, under ``relation_column``, and the columns
of the other boards, under ``displayed_linked_columns``. Nothing is stored: what the linked items
hold is read when it is asked for, if the reader may see their board.
"""

from collections.abc import Iterator

from monday_sandbox import values
from monday_sandbox.api.cells import cell_of, shown_cell
from monday_sandbox.api.context import Arguments, Batch, Context, Fields, Row, Scopes

#: Mirrors of mirrors are followed so far.
_DEEPEST = 5


def mirrored_items(cell: Row, context: Context, _: Arguments) -> list[Row]:
    """The linked items, each with the cell that is mirrored."""
    return [
        {
            "linked_board_id": item["board_id"],
            "linked_board": context.board(item["board_id"]),
            "linked_item": item,
            "mirrored_value": mirrored,
        }
        for item, mirrored in _mirrored(cell, context)
    ]


def display_value(cell: Row, context: Context, _: Arguments) -> str:
    """The texts of the mirrored cells, joined as monday.com does: a comma inside one can't be told."""
    return _text(cell, context, _DEEPEST)


def _text(cell: Row, context: Context, depth: int) -> str:
    texts = [_text_of(mirrored, context, depth) for _, mirrored in _mirrored(cell, context)]
    return ", ".join(text for text in texts if text)


def _text_of(cell: Row, context: Context, depth: int) -> str | None:
    if cell["type"] == "mirror":
        return _text(cell, context, depth - 1) if depth else ""
    kind = values.KINDS[cell["type"]]
    text: str | None = kind.fields.get("display_value", kind.text)(shown_cell(cell, context))
    return text


def _mirrored(cell: Row, context: Context) -> Iterator[tuple[Row, Row]]:
    """Linked items and their mirrored cells, in the order of the links."""
    settings = cell["column"]["settings"]
    wanted: dict[str, list[str]] = settings.get("displayed_linked_columns") or {}
    relations = {column_id for column_id, is_on in (settings.get("relation_column") or {}).items() if is_on}
    own: Row = cell["item"]
    batch: Batch = own["batch"]
    for column in context.columns(own["board_id"]):
        if column["id"] not in relations or column["type"] != "board_relation":
            continue
        relation = cell_of(own, column, batch.cells[own["id"]].get(column["id"]))
        ids = values.linked_ids(shown_cell(relation, context))
        linked = {item["id"]: item for item in context.items(ids)}
        for item_id in ids:
            if item_id in linked and linked[item_id]["state"] == "active":
                item = linked[item_id]
                for mirrored in _cells(item, wanted.get(str(item["board_id"]), []), context):
                    yield item, mirrored


def _cells(item: Row, column_ids: list[str], context: Context) -> Iterator[Row]:
    batch: Batch = item["batch"]
    for column in context.columns(item["board_id"]):
        if column["id"] in column_ids and column["type"] in values.KINDS:
            yield cell_of(item, column, batch.cells[item["id"]].get(column["id"]))


FIELDS: Fields = {
    "MirrorValue": {
        "display_value": display_value,
        "mirrored_items": mirrored_items,
    },
}
#: The scope that a field needs of an app's token.
SCOPES: Scopes = {}
