"""Due timers become events of what they are about; a strange one holds up no other."""

from datetime import UTC, datetime

from sqlalchemy import select

from app import dispatch
from app.db import Database
from app.inbox.models import InboxEvent
from app.timers.service import DueTimer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_timer_of_a_kind_nobody_knows_is_parked_and_the_others_go_on(database: Database) -> None:
    due = [DueTimer("from the future", "1", "7", NOON), DueTimer("response", "2", "7", NOON)]
    with database.transaction() as session:
        dispatch.hand_on(session, due, now=NOON)
    with database.reading() as session:
        rows = session.execute(select(InboxEvent).order_by(InboxEvent.id)).scalars().all()
        assert [(row.lane_kind, row.state) for row in rows] == [("account", "parked"), ("ticket", "new")]
        assert "'from the future'" in (rows[0].reason or "")
