"""A lane whose account is paused waits for the account, and not a moment longer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.accounts.models import Installation
from app.accounts.service import InstallationPausedError
from app.budgets.ledger import Ledger
from app.clock import SystemClock, lease_time
from app.db import Database
from app.doorbell import Doorbell
from app.factory import Product
from app.lanes import service as lanes
from app.lanes.service import Bell, Claim, LaneName
from app.onboarding import service as onboarding
from app.settings import Settings
from workers import holding

LANE = LaneName("item:42:77:5", "42", "item")
PAUSED = InstallationPausedError("42", "acme", "Its token was revoked.")


@pytest.fixture
def product(database: Database, tmp_path: Path) -> Product:
    settings = Settings.from_env({"VAR_DIR": str(tmp_path)})
    return Product(settings, database, SystemClock(), Doorbell(None), Ledger(None, SystemClock()))


def installed(database: Database, *, state: str) -> None:
    with database.transaction() as session:
        session.merge(
            Installation(
                account_id="42",
                slug="acme",
                name="Acme",
                role="customer",
                user_id="7",
                access_token="a ciphertext",
                refresh_token=None,
                expires_at=None,
                scopes="me:read",
                state=state,
                pause_reason=None if state == "active" else "Its token was revoked.",
                installed_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
            )
        )


def held_lane(database: Database) -> Claim:
    with database.transaction() as session:
        lanes.want(session, [LANE], now=lease_time())
    with database.transaction() as session:
        [held] = lanes.claim(session, "42", "item", now=lease_time(), lease_seconds=60, limit=1)
    return held


def waiting(database: Database) -> list[Bell]:
    with database.reading() as session:
        return list(lanes.waiting(session, now=lease_time()))


def test_a_paused_accounts_lane_is_left_alone(product: Product) -> None:
    installed(product.database, state="paused")
    holding.let_go(product, held_lane(product.database), [], PAUSED)
    assert waiting(product.database) == []


def test_connecting_the_account_again_wakes_its_lane(product: Product) -> None:
    installed(product.database, state="paused")
    holding.let_go(product, held_lane(product.database), [], PAUSED)
    with product.database.transaction() as session:
        onboarding.wake(session, "42")
    assert waiting(product.database) == [Bell("42", "item")]


def test_a_lane_let_go_just_after_the_account_was_connected_again_goes_on(product: Product) -> None:
    installed(product.database, state="paused")
    held = held_lane(product.database)
    installed(product.database, state="active")
    with product.database.transaction() as session:
        onboarding.wake(session, "42")
    holding.let_go(product, held, [], PAUSED)
    assert waiting(product.database) == [Bell("42", "item")]
