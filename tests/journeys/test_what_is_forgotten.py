"""What is settled is forgotten after its time; what waits for somebody never is."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as standing:
        yield standing


def age(stage: Stage, days: int) -> None:
    with stage.product.database.transaction() as session:
        for table, column in (("inbox", "handled_at"), ("changes", "settled_at")):
            session.execute(text(f"UPDATE {table} SET {column} = datetime({column}, '-{days} days')"))
        session.execute(text(f"UPDATE written_items SET written_at = written_at - {days * 86_400}"))


def test_a_ticket_outlives_the_events_that_made_it(stage: Stage) -> None:
    customer, technician = stage.people[GOLD][-1], stage.people[PARTNER][1]
    board, desk = stage.board(GOLD, "tickets"), stage.board(PARTNER, "service_desk")
    item = customer.create_item(board, "From long ago")
    customer.post(item, "Still open.")
    stage.settle()
    ((before,),) = stage.rows("SELECT max(id) FROM changes")
    age(stage, 91)
    stage.sweep()
    assert stage.rows(f"SELECT DISTINCT kind FROM changes WHERE id <= {before}") == [("create_item",)]
    assert stage.rows("SELECT * FROM written_items") == []
    customer.change(board, item, {"name": "Named anew"})
    customer.post(item, "And now?")
    stage.settle()
    ours = technician.items(desk)
    assert [one.name for one in ours] == ["Named anew"]
    assert ["Still open." in one.text for one in technician.updates(ours[0].id)].count(True) == 1
    assert len(technician.updates(ours[0].id)) == 2


def test_what_is_parked_waits_for_somebody(stage: Stage) -> None:
    customer = stage.people[GOLD][-1]
    customer.create_item(stage.board(GOLD, "tickets"), "Parked")
    stage.settle()
    with stage.product.database.transaction() as session:
        session.execute(text("UPDATE changes SET state = 'parked' WHERE kind = 'create_item'"))
        session.execute(text("UPDATE inbox SET state = 'parked' WHERE source = 'webhook'"))
    parked = " UNION ALL ".join(
        f"SELECT count(*) FROM {table} WHERE state = 'parked'" for table in ("changes", "inbox")
    )
    before = stage.rows(parked)
    assert all(count > 0 for (count,) in before)
    age(stage, 1000)
    stage.sweep()
    assert stage.rows(parked) == before


def test_what_was_settled_lately_is_kept(stage: Stage) -> None:
    stage.people[GOLD][-1].create_item(stage.board(GOLD, "tickets"), "Lately")
    stage.settle()
    settled = "SELECT count(*) FROM changes WHERE state = 'done'"
    ((before,),) = stage.rows(settled)
    age(stage, 89)
    stage.sweep()
    assert stage.rows(settled)[0][0] >= before > 0
