"""Time entries in SQL, on both databases: read, corrected, closed, corrected after that."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.agreements.rules.terms import Agreed, midnight
from app.agreements.terms import note_agreed
from app.boards import templates
from app.boards.rules import BoardMap, ColumnPlace, LabelPlace, Structure, map_board
from app.db import Database
from app.ids import ItemKey
from app.mirror.seen import ItemSeen, RawValue
from app.mirror.told import Told
from app.mirror.tombstones import Departure
from app.operators import audit
from app.outbox.models import Change
from app.time_entries import closing
from app.time_entries import service as time_entries
from app.time_entries.closing import MonthError
from app.time_entries.rules.statement import Statement

PARTNER, BOARD = "1", "77"
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
LATER = datetime(2026, 7, 2, 10, tzinfo=UTC)


def the_board() -> BoardMap:
    """The time board, as it stands when everything has its own id."""
    columns = {
        column.key: ColumnPlace(
            column.key,
            column.type,
            column.title.en,
            {label.key: LabelPlace(label.index, label.texts.en) for label in column.labels},
        )
        for column in templates.load_all()[time_entries.BOARD].columns
    }
    groups = {"entries": "entries", "statements": "statements"}
    return map_board(
        account_id=PARTNER,
        board_id=BOARD,
        key=time_entries.BOARD,
        language="en",
        state="active",
        structure=Structure(columns, groups),
    )


@dataclass
class Desk:
    """The time board as it is read, with two customers: Ale has SILVER, Bo has nothing."""

    database: Database
    board: BoardMap = field(default_factory=the_board)

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            for name in ("Ale", "Bo"):
                session.add(Customer(slug=name.lower(), name=name))
            session.flush()
            self.ale, self.bo = session.execute(select(Customer.id).order_by(Customer.name)).scalars()
            note_agreed(session, self.ale, Agreed(midnight(date(2026, 1, 1)), "silver"), now=NOW)

    def reads(
        self, item_id: str, *, state: str = "active", by: str = "9", now: datetime = NOW, **cells: Any
    ) -> str | None:
        """The item is read with these cells; the others are empty."""
        raw = {key: _raw(key, cells.get(key)) for key in self.board.columns}
        item = ItemSeen(
            ItemKey(PARTNER, BOARD, item_id),
            cells.get("name", "Some work"),
            state,
            NOW,
            "",
            "Maria",
            "entries",
            raw,
            None,
        )
        changed_at = dict.fromkeys(cells, now)
        told = Told(changed_at, Departure(now, "event", by), frozenset(), dict.fromkeys(cells, by))
        with self.database.transaction() as session:
            return time_entries.on_item(session, item, self.board, told=told, now=now)

    def statement(self, customer_id: int, month: date) -> Statement | None:
        with self.database.reading() as session:
            found = time_entries.statements(session, month, customer_id=customer_id)
        return found[0][1] if found else None

    def close(self, month: date, now: datetime = LATER) -> Sequence[tuple[Customer, Statement]]:
        with self.database.transaction() as session:
            return closing.close_month(session, month, by="anna", now=now)

    def wanted(self, column: str) -> list[Any]:
        """What is on its way to a column of the board, oldest first."""
        with self.database.reading() as session:
            return [
                change.content["expected"]
                for change in session.execute(select(Change).order_by(Change.id)).scalars()
                if change.column_id == column
            ]

    def notices(self) -> list[str]:
        with self.database.reading() as session:
            query = select(Change).where(Change.kind == "create_update").order_by(Change.id)
            return [change.content["body"] for change in session.execute(query).scalars()]

    def amounts(self) -> list[int | None]:
        with self.database.reading() as session:
            return [one.amount_ore for one in time_entries.list_entries(session)]


def _raw(key: str, value: Any) -> RawValue:
    column = next(c for c in templates.load_all()[time_entries.BOARD].columns if c.key == key)
    if value is None:
        return RawValue(column.type, None, "")
    if column.type == "date":
        return RawValue("date", json.dumps({"date": value}), value)
    if column.type == "status":
        index = next(label.index for label in column.labels if label.key == value)
        return RawValue("status", json.dumps({"index": index}), value)
    return RawValue(column.type, json.dumps(str(value)), str(value))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_an_entry_is_priced_and_its_month_summed_up(desk: Desk) -> None:
    desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    desk.reads("2", customer="Ale", date="2026-05-05", minutes=61)
    assert desk.amounts() == [130500, 163125]
    found = desk.statement(desk.ale, MAY)
    assert found is not None
    assert [found.consulting, found.fee, found.total] == [Decimal("2936.25"), 7500, Decimal("10436.25")]
    assert desk.wanted("amount")[:2] == ["1305", "1631.25"]
    assert desk.notices() == []


def test_a_mistake_is_told_once_whatever_else_is_read(desk: Desk) -> None:
    for _ in range(3):
        desk.reads("1", customer="nobody", date="2026-05-04", minutes=0)
    desk.reads("1", customer="nobody", date="2026-05-04", minutes=10)
    (notice,) = desk.notices()
    assert "no customer nobody" in notice
    assert "0 is no number of minutes" in notice
    desk.reads("1", customer="nowhere", date="2026-05-04", minutes=10)
    assert len(desk.notices()) == 2
    assert desk.statement(desk.bo, MAY) is None


def test_what_somebody_writes_is_text_in_an_update(desk: Desk) -> None:
    desk.reads("1", customer="<b>Ale</b>", date="2026-05-04", minutes=10)
    assert "&lt;b&gt;Ale&lt;/b&gt;" in desk.notices()[0]


def test_a_correction_says_who_when_from_what_to_what(desk: Desk) -> None:
    desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    desk.reads("1", customer="bo", date="2026-05-04", minutes=50, by="12")
    desk.reads("1", customer="bo", date="2026-05-04", minutes=-1, by="13")
    desk.reads("1", customer="bo", date="2026-05-04", minutes=50, by="14")
    with desk.database.reading() as session:
        found = [(one.by_user_id, one.what, one.was, one.became) for one in changes(session)]
        moments = {one.at for one in changes(session)}
    assert found == [
        ("12", "customer", "Ale", "Bo"),
        ("13", "standing", "counts", "unreadable"),
        ("14", "standing", "unreadable", "counts"),
    ]
    assert moments == {NOW}
    assert desk.amounts() == [145000]


def changes(session: Session) -> Sequence[time_entries.ChangeSeen]:
    return time_entries.changes_of(session, "T-1")


def test_an_item_read_twice_is_one_entry(desk: Desk) -> None:
    for _ in range(2):
        desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    assert desk.amounts() == [130500]
    with desk.database.reading() as session:
        assert changes(session) == []


def test_a_column_that_is_not_shown_empties_nothing(desk: Desk) -> None:
    desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    board = desk.board
    without = {key: column for key, column in board.columns.items() if key != "minutes"}
    desk.board = BoardMap(PARTNER, BOARD, board.key, "en", "active", without, board.groups)
    desk.reads("1", customer="ale", date="2026-05-04")
    assert desk.amounts() == [130500]


def test_what_was_put_away_before_it_was_read_is_no_entry(desk: Desk) -> None:
    assert desk.reads("1", state="deleted") == "It left the board before it was read."
    assert desk.amounts() == []


def test_months_are_closed_once_in_their_order_and_when_they_have_ended(desk: Desk) -> None:
    desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    with pytest.raises(MonthError, match="2026-05 has to be closed first"):
        desk.close(JUNE)
    with pytest.raises(MonthError, match="has not ended yet"):
        desk.close(MAY, now=midnight(JUNE).astimezone(UTC).replace(hour=21, minute=59))
    told = desk.close(MAY, now=midnight(JUNE))
    assert [(customer.name, one.total) for customer, one in told] == [("Ale", Decimal(8805))]
    with pytest.raises(MonthError, match="is closed already"):
        desk.close(MAY)
    with pytest.raises(MonthError, match="2026-06 has to be closed first"):
        desk.close(date(2026, 8, 1), now=datetime(2026, 10, 1, tzinfo=UTC))
    with desk.database.reading() as session:
        (action,) = audit.latest(session)
    assert (action.by, action.action, action.subject) == ("anna", "month closed", "2026-05")
    assert action.detail == "1 statements, 8805.00 SEK without VAT"


def test_a_closed_month_stays_and_the_next_one_is_corrected(desk: Desk) -> None:
    desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    desk.reads("2", customer="ale", date="2026-05-05", minutes=15)
    desk.close(MAY)
    before = desk.statement(desk.ale, MAY)
    desk.reads("1", customer="bo", date="2026-05-04", minutes=50)
    desk.reads("2", state="deleted")
    assert desk.statement(desk.ale, MAY) == before
    ale, bo = desk.statement(desk.ale, JUNE), desk.statement(desk.bo, JUNE)
    assert ale is not None
    assert bo is not None
    assert [(line.entry_id, line.about, line.amount) for line in ale.lines if line.is_correction] == [
        (1, MAY, Decimal(-1305)),
        (2, MAY, Decimal("-326.25")),
    ]
    assert [(line.entry_id, line.about, line.amount) for line in bo.lines] == [(1, MAY, Decimal(1450))]
    desk.close(JUNE)
    assert desk.statement(desk.bo, JULY) is None
    frozen = desk.statement(desk.ale, JUNE)
    assert frozen is not None
    assert (frozen.total, frozen.is_closed) == (ale.total, True)


def test_what_is_left_out_of_a_month_is_named(desk: Desk) -> None:
    desk.reads("1", customer="ale", date="2026-05-04", minutes=50)
    desk.reads("2", customer="ale", date="2026-05-04", minutes=-1)
    desk.reads("3", customer="ale", minutes=10)
    desk.reads("4", customer="ale", date="2026-05-27")
    with desk.database.reading() as session:
        assert [one.number for one in time_entries.left_out(session, MAY)] == ["T-2", "T-3", "T-4"]
        assert [one.number for one in time_entries.left_out(session, date(2026, 4, 1))] == ["T-3"]


def test_entries_read_at_the_same_time_make_one_statement_with_all_of_them(desk: Desk) -> None:
    def read(number: int) -> None:
        desk.reads(str(number), customer="ale", date="2026-05-04", minutes=60)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(read, range(1, 9)))
    with desk.database.reading() as session:
        made = session.execute(select(Change).where(Change.kind == "create_item")).scalars().all()
    assert len(made) == 1
    assert desk.wanted("total")[-1] == str(7500 + 8 * 1305)


def test_a_statement_has_one_item_however_often_it_changes(desk: Desk) -> None:
    for minutes in (15, 30, 45):
        desk.reads("1", customer="ale", date="2026-05-04", minutes=minutes)
    with desk.database.reading() as session:
        made = session.execute(select(Change).where(Change.kind == "create_item")).scalars().all()
    assert len(made) == 1
    assert desk.wanted("total")[-1] == "8478.75"
