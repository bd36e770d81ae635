"""An account's calls of a day: what counts, what is refused, what the API tells of it."""

from datetime import UTC, datetime
from pathlib import Path

import requests

from monday_sandbox.api import Caller
from monday_sandbox.clock import SandboxClock
from monday_sandbox.limits.days import seconds_to_midnight
from monday_sandbox.limits.quotas import Quotas
from monday_sandbox.state import Store
from monday_sandbox.testing import RunningSandbox
from tests.conformance.limited import COST, ME, ask, code, told
from tests.conformance.served import advance, app_token

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_calls_of_a_day_end_at_midnight_utc(new_day: RunningSandbox) -> None:
    new_day.limit(account="customer-gold", daily=2)
    assert [code(ask(new_day)) for _ in range(3)] == [None, None, "DAILY_LIMIT_EXCEEDED"]
    now = datetime.fromisoformat(requests.get(f"{new_day.url}/sandbox/clock", timeout=10).json()["now"])
    answer = ask(new_day)
    wait = int(answer.headers["Retry-After"])
    told(answer, wait)
    assert abs(wait - seconds_to_midnight(now)) < 10
    advance(new_day, f"{wait}s")
    assert code(ask(new_day)) is None


def test_a_day_is_of_the_whole_account(new_day: RunningSandbox) -> None:
    token = app_token(new_day, "customer-gold")
    new_day.limit(account="customer-gold", daily=1)
    assert code(new_day.graphql(token, ME)) is None
    assert code(ask(new_day)) == "DAILY_LIMIT_EXCEEDED"


def test_a_lone_complexity_query_and_a_refused_call_are_a_tenth(new_day: RunningSandbox) -> None:
    new_day.limit(account="customer-gold", daily=2, minute_rate=12)
    for _ in range(8):
        assert code(ask(new_day, COST)) is None
    assert code(ask(new_day)) is None
    # 1.8 calls are used: two that are refused for another reason fill the rest.
    assert [code(ask(new_day, COST)) for _ in range(3)] == [None, None, "DAILY_LIMIT_EXCEEDED"]


def test_a_marketplace_apps_calls_are_none_of_the_day(tmp_path: Path) -> None:
    store = Store(tmp_path, SandboxClock())
    account, user = store_account(store)
    app = Caller(account, user, frozenset({"me:read"}), signed=True)
    own = Caller(account, user, None, signed=False)
    for is_marketplace, used in ((True, 10), (False, 20)):
        quotas = Quotas(store, is_marketplace_app=is_marketplace)
        day = NOON if is_marketplace else NOON.replace(day=24)
        for caller in (app, own):
            quotas.count_day(quotas.visit(caller), 10, day)
        assert quotas.days.used(account, day) == used
    store.close()


def store_account(store: Store) -> tuple[int, int]:
    with store.reading() as connection:
        row = connection.execute("SELECT account_id, id FROM users ORDER BY id").fetchone()
    return row["account_id"], row["id"]


def test_a_days_calls_survive_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path, SandboxClock())
    account, user = store_account(store)
    visit = Quotas(store).visit(Caller(account, user, None, signed=False))
    Quotas(store).count_day(visit, 10, NOON)
    assert Quotas(store).days.used(account, NOON) == 10
    store.close()


def test_the_api_tells_the_daily_limit_and_what_was_used(new_day: RunningSandbox) -> None:
    names = "customer-silver"
    for _ in range(3):
        ask(new_day, slug=names)
    document = (
        "{ platform_api { daily_limit { base total } daily_analytics { last_updated by_day { day usage }"
        " by_app { api_app_id usage } by_user { user { name } usage } } } }"
    )
    told_of = ask(new_day, document, names).json()["data"]["platform_api"]
    assert told_of["daily_limit"] == {"base": 10_000, "total": 10_000}
    today = told_of["daily_analytics"]["by_day"][-1]
    assert today == {"day": told_of["daily_analytics"]["last_updated"][:10], "usage": 3}
    by_user = {one["user"]["name"]: one["usage"] for one in told_of["daily_analytics"]["by_user"]}
    assert by_user["Anders Nyström"] >= 3
    assert sum(one["usage"] for one in told_of["daily_analytics"]["by_app"]) >= 3
