"""A lane whose account is paused waits for the account, and not a moment longer."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from app.accounts import service as accounts
from app.accounts import vault
from app.accounts.models import Installation
from app.accounts.service import InstallationPausedError
from app.budgets.ledger import Ledger
from app.clock import SystemClock, lease_time
from app.db import Database
from app.doorbell import LONG_QUEUE, Doorbell
from app.factory import Product
from app.lanes import service as lanes
from app.lanes.models import Lane
from app.lanes.service import Bell, Claim, LaneName
from app.monday.errors import BudgetSpentError, MondayFaultError, MondayUnreachableError, fingerprint
from app.monday.faults import Fault, FaultKind
from app.onboarding import service as onboarding
from app.settings import Settings
from workers import holding, jobs

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


def refused(token: str) -> MondayFaultError:
    return MondayFaultError(Fault(FaultKind.AUTHENTICATION, "", "Not authenticated."), token=token)


def give(product: Product, token: str) -> None:
    """Let the account have this token, and none to renew it with."""
    installed(product.database, state="active")
    with product.database.transaction() as session:
        row = session.get_one(Installation, "42")
        row.access_token = vault.seal(product.settings.secret_keys, "42", "access", token)


def test_a_refused_token_that_can_not_be_replaced_pauses_the_account(product: Product) -> None:
    give(product, "old")
    holding.let_go(product, held_lane(product.database), [], refused("old"))
    with product.database.reading() as session:
        assert session.get_one(Installation, "42").state == "paused"
    assert waiting(product.database) == []


def test_an_old_tokens_refusal_that_comes_after_the_account_is_back_pauses_nothing(product: Product) -> None:
    give(product, "old")
    held = held_lane(product.database)
    give(product, "new")
    for attempts in range(10):
        holding.let_go(product, replace(held, attempts=attempts), [], refused("old"))
    with product.database.reading() as session:
        assert session.get_one(Installation, "42").state == "active"
    assert waiting(product.database) == [Bell("42", "item")]


def test_a_lane_that_failed_often_has_its_refused_token_renewed_all_the_same(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed: list[str | None] = []
    monkeypatch.setattr(accounts, "replace_refused", lambda *told, **_: renewed.append(told[3]))
    held = replace(held_lane(product.database), attempts=50)
    holding.let_go(product, held, [], refused("old"))
    assert renewed == [fingerprint("old")]
    assert waiting(product.database) == [Bell("42", "item")]


def test_a_token_that_can_not_be_renewed_now_is_asked_for_later(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise MondayUnreachableError("Not sent.")

    monkeypatch.setattr(accounts, "replace_refused", unreachable)
    installed(product.database, state="active")
    holding.let_go(product, held_lane(product.database), [], refused("old"))
    with product.database.reading() as session:
        lane = session.get_one(Lane, LANE.key)
        assert session.get_one(Installation, "42").state == "active"
    assert (lane.attempts, lane.lease_until) == (1, 0)
    assert lane.not_before > lease_time()


def test_what_waits_for_the_budget_has_not_failed(product: Product) -> None:
    held = held_lane(product.database)
    until = lease_time() + 30
    holding.let_go(product, held, [], BudgetSpentError("Used up.", until=until))
    with product.database.reading() as session:
        lane = session.get_one(Lane, LANE.key)
    assert lane.attempts == 0
    assert lane.not_before == pytest.approx(until, abs=0.5)


def test_where_an_item_waits_for_the_budget_the_accounts_other_items_do_too(product: Product) -> None:
    other = LaneName("item:42:77:6", "42", "item")
    held = held_lane(product.database)
    with product.database.transaction() as session:
        lanes.want(session, [other], now=lease_time())
    holding.wait_for_budget(product, [held], BudgetSpentError("Used up.", until=lease_time() + 30))
    assert waiting(product.database) == []


def test_what_used_up_its_slice_of_time_goes_behind_what_is_short(
    product: Product, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = replace(product, doorbell=Doorbell(redis_url))
    moments = iter((0.0, lanes.SLICE_SECONDS))
    monkeypatch.setattr(jobs, "_products", [rung])
    monkeypatch.setattr(jobs, "elapsed_time", lambda: next(moments))
    monkeypatch.setitem(jobs._LANES, "item", lambda *_: None)
    with product.database.transaction() as session:
        lanes.want(session, [LANE], now=lease_time())
    jobs.answer("42", "item", "")
    with redis.Redis.from_url(redis_url) as connection:
        assert Queue(LONG_QUEUE, connection=connection, serializer=JSONSerializer).count == 1
