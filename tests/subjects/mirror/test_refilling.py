"""A column that was made again gets its values back, whatever monday.com calls it now."""

from datetime import UTC, datetime

from sqlalchemy import select

from app.boards.rules import BoardMap, ColumnMap
from app.db import Database
from app.mirror import service as mirror
from app.mirror.models import Shadow, Side
from app.outbox.models import Change

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOARD = BoardMap(
    account_id="42",
    board_id="77",
    key="tickets",
    language="sv",
    state="active",
    columns={
        key: ColumnMap(column_id, "text", key, "app", None, {}, {}, {})
        for key, column_id in (("technician", "text_mkx1"), ("number", "number"))
    },
    groups={},
)


def test_a_column_is_known_by_its_key_when_it_was_made_again(database: Database) -> None:
    with database.transaction() as session:
        side = Side(
            story="ticket:1", role="customer", account_id="42", board_id="77", item_id="5", sync_id="s"
        )
        session.add(side)
        session.flush()
        for key, value in (("technician", "Disa"), ("number", "SYN-1001")):
            session.add(Shadow(side_id=side.id, column_key=key, value=value))
    with database.transaction() as session:
        mirror.refill(session, BOARD, ["technician", "group tickets"], now=NOW)
    with database.reading() as session:
        wanted = session.execute(select(Change.column_id, Change.content)).all()
    assert [(row.column_id, row.content["value"]) for row in wanted] == [("text_mkx1", "Disa")]
