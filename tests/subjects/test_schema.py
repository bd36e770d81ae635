"""The migrations make what the models say, on both engines, however often they are run."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from app import schema
from app.agreements.rules.terms import in_force
from app.agreements.terms import terms_of
from app.db import Database
from app.sla import service as sla
from app.sla.rules.cycles import Status


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    assert not schema.is_current(database)
    schema.upgrade(database)
    assert schema.is_current(database)
    assert schema.differences(database) == []
    database.dispose()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.is_current(database)


def test_clocks_of_before_their_events_were_kept_go_on(database_url: str) -> None:
    database = Database(database_url)
    schema.upgrade(database, "0012")
    opened = datetime(2026, 11, 23, 9, tzinfo=UTC)
    moments = {"opened": _stored(opened), "replied": _stored(opened + timedelta(hours=3))}
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO customers (id, name, tier, language, shared_board)"
                " VALUES (1, 'Acme', 'gold', 'sv', :no)"
            ),
            {"no": False},
        )
        session.execute(
            text(
                "INSERT INTO tickets (id, customer_id, channel, tier, status, requester, opened_at)"
                " VALUES (1, 1, 'board', 'gold', 'in_progress', '', :opened)"
            ),
            {"opened": moments["opened"]},
        )
        session.execute(
            text(
                "INSERT INTO response_clocks (ticket_id, account_id, opened_at, business_seconds,"
                " replied_at, status) VALUES (1, '7', :opened, 7200, :replied, 'breached')"
            ),
            moments,
        )
    schema.upgrade(database)
    with database.transaction() as session:
        clock = sla.read(session, 1, now=opened + timedelta(days=9)).shown
    assert (clock.status, clock.breached_at) == (Status.BREACHED, opened + timedelta(hours=2))
    assert clock.stopped_at == opened + timedelta(hours=3)
    database.dispose()


def test_tiers_of_before_agreements_had_a_history_become_agreements(database_url: str) -> None:
    database = Database(database_url)
    schema.upgrade(database, "0014")
    with database.transaction() as session:
        for customer_id, tier in ((1, "gold"), (2, "silver"), (3, "free")):
            session.execute(
                text(
                    "INSERT INTO customers (id, name, tier, language, shared_board)"
                    " VALUES (:id, 'Acme', :tier, 'sv', :no)"
                ),
                {"id": customer_id, "tier": tier, "no": False},
            )
        session.execute(
            text(
                "INSERT INTO sides (id, story, role, account_id, board_id, sync_id, state)"
                " VALUES (1, 'customer:1', 'desk', '7', '8', 'x', 'active')"
            )
        )
        session.execute(
            text("INSERT INTO shadows (side_id, column_key, value) VALUES (1, 'licence_customer', 'true')")
        )
    schema.upgrade(database)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with database.reading() as session:
        held = [in_force(terms_of(session, customer_id), at) for customer_id in (1, 2, 3)]
    assert [(one.tier, one.is_made, one.is_licence_customer) for one in held] == [
        ("gold", True, True),
        ("silver", True, False),
        ("free", False, False),
    ]
    database.dispose()


def _stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
