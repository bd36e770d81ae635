"""What goes next on a board: the most urgent, and of it the first of each customer in turn."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.clock import lease_time
from app.db import Database
from app.ids import ItemKey
from app.outbox import planning
from app.outbox import service as outbox
from app.outbox.models import Change, Request

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ACCOUNT, BOARD = "42", "77"
#: So many are looked at in these tests.
WINDOW = 8

#: Priority, share, state, whether its item is there.
CHANGES = st.tuples(
    st.integers(0, 2),
    st.sampled_from(("", "a", "b", "c", "d:1", "ö")),
    st.sampled_from(("wanted", "wanted", "wanted", "sent", "done")),
    st.sampled_from((True, True, False)),
)


def store(session: Session, changes: list[tuple[int, str, str, bool]], board_id: str = BOARD) -> None:
    session.execute(
        insert(Change),
        [
            {
                "account_id": ACCOUNT,
                "board_id": board_id,
                "kind": "edit_update",
                "item_id": "5" if is_there else None,
                "content": {"update_id": "1", "body": ""},
                "state": state,
                "alone": False,
                "priority": priority,
                "share": share,
                "attempts": 0,
                "wanted_at": NOW,
            }
            for priority, share, state, is_there in changes
        ],
    )


def ranked(session: Session) -> list[int]:
    """All that is ready, ranked by the database: right, and slow where much waits."""
    turn = func.row_number().over(partition_by=(Change.priority, Change.share), order_by=Change.id)
    ready = (
        select(Change.id, Change.priority, turn.label("turn"))
        .where(Change.board_id == BOARD, Change.state == "wanted", Change.item_id.is_not(None))
        .subquery()
    )
    order = (ready.c.priority, ready.c.turn, ready.c.id)
    return list(session.execute(select(ready.c.id).order_by(*order).limit(WINDOW)).scalars())


def planned(session: Session) -> list[int]:
    found = planning.plan(session, ACCOUNT, BOARD)
    return [change_id for operation in found.operations for change_id in operation.change_ids]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, min_size=1, max_size=60))
def test_the_next_are_those_that_a_ranking_of_all_would_give(
    database: Database, changes: list[tuple[int, str, str, bool]]
) -> None:
    with pytest.MonkeyPatch.context() as patch, database.transaction() as session:
        patch.setattr(planning, "PLANNING_WINDOW", WINDOW)
        session.execute(delete(Change))
        store(session, changes)
        store(session, [(0, "a", "wanted", True)], board_id="another")
        assert planned(session) == ranked(session)


def test_one_who_wants_very_much_leaves_room_for_those_who_want_little(database: Database) -> None:
    with database.transaction() as session:
        store(session, [(0, "much", "wanted", True)] * 2_000)
        store(session, [(0, share, "wanted", True) for share in ("little", "less") for _ in range(3)])
        found = planning.plan(session, ACCOUNT, BOARD)
        ids = [change_id for operation in found.operations for change_id in operation.change_ids]
        shares = list(session.execute(select(Change.share).where(Change.id.in_(ids))).scalars())
    assert (shares.count("little"), shares.count("less")) == (3, 3)


def test_what_waits_for_its_items_creation_holds_up_nobody(database: Database) -> None:
    with database.transaction() as session:
        store(session, [(0, "a", "wanted", False)] * (planning.PLANNING_WINDOW * 2))
        store(session, [(1, "b", "wanted", True)] * (planning.PLANNING_WINDOW * 2))
        found = planning.plan(session, ACCOUNT, BOARD)
    assert len(found.operations) > 0
    assert found.priority == 1


ITEM = ItemKey(ACCOUNT, BOARD, "5")


def step(database: Database) -> int:
    """One step of the pen at an item: it begins to write, or rests again."""
    operation = {"item_id": ITEM.item_id}
    request = Request(key="k", account_id=ACCOUNT, board_id=BOARD, operations=[operation], first_sent=0.0)
    with database.transaction() as session:
        planning.bump(session, request)
    return revision(database)


def revision(database: Database) -> int:
    with database.reading() as session:
        return outbox.revisions(session, [ITEM])[ITEM]


def forget(database: Database, *, before: float) -> int:
    with database.transaction() as session:
        return outbox.forget_rest(session, before=before, limit=10)


def test_the_pen_is_odd_while_it_writes_and_even_at_rest(database: Database) -> None:
    steps = [step(database) for _ in range(4)]
    assert [number % 2 for number in steps] == [1, 0, 1, 0]
    assert steps == sorted(set(steps))


def test_a_pen_at_rest_is_forgotten_after_its_time_and_not_before(database: Database) -> None:
    began = lease_time()
    step(database)
    assert step(database) > 0
    assert forget(database, before=began) == 0
    assert revision(database) > 0
    assert forget(database, before=lease_time() + 1) == 1
    assert revision(database) == 0


def test_a_pen_that_writes_is_not_forgotten_however_long_it_takes(database: Database) -> None:
    under_way = step(database)
    assert forget(database, before=lease_time() + 10**9) == 0
    assert revision(database) == under_way


def test_a_pen_that_was_forgotten_never_comes_back_to_where_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = lease_time()
    seen = {revision(database)}
    for days in range(0, 400, 91):
        monkeypatch.setattr(planning, "lease_time", lambda days=days: now + days * 86_400)
        for _ in range(100):
            number = step(database)
            assert number not in seen
            seen.add(number)
        assert forget(database, before=now + days * 86_400 + 1) == 1
        assert revision(database) == 0
