"""All processes keep one account of what was spent, and none of them needs Redis to go on."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import redis
import structlog

from app.budgets.gate import AccountGate
from app.budgets.ledger import Ledger
from app.budgets.rules.books import Allowance, Books, Moment
from app.budgets.usage import usage
from app.clock import SystemClock, lease_time
from app.doorbell import connect
from app.monday.errors import BudgetSpentError, MondayUncertainError, MondayUnreachableError
from app.monday.faults import Fault, FaultKind
from app.priority import Priority

ACCOUNT = "42"
ONE = {"create_update": 1}
NOWHERE = "redis://127.0.0.1:1/0"


def process(redis_url: str | None) -> Ledger:
    """What another process of the product keeps its books with."""
    return Ledger(None if redis_url is None else connect(redis_url), SystemClock())


def gate(ledger: Ledger, priority: Priority = Priority.LIVE) -> AccountGate:
    return AccountGate(ledger, ACCOUNT, priority, call_seconds=30.0)


def allow(ledger: Ledger, **figures: int) -> None:
    """Let monday.com have said what the account may."""

    def told(books: Books, _: Moment, __: float) -> tuple[Books, None]:
        return replace(books, allowance=replace(Allowance(), **figures)), None

    ledger.change(ACCOUNT, told)


def call(ledger: Ledger, *, cost: int = 100, units: dict[str, int] | None = None) -> None:
    """A mutation that is made and answered."""
    complexity = {"query": cost, "after": None, "reset_in_x_seconds": 60}
    with gate(ledger).passing(units or ONE, is_write=True) as passage:
        passage.answered({}, complexity, None)


def written(ledger: Ledger) -> int:
    return usage(ledger, [ACCOUNT])[0].writes.used


def test_what_one_process_spends_another_can_not(redis_url: str) -> None:
    one, two = process(redis_url), process(redis_url)
    allow(one, points=20_000)
    call(one, cost=15_000)
    with pytest.raises(BudgetSpentError), gate(two).passing(ONE, is_write=True):
        pass


def test_places_are_shared_by_all_processes(redis_url: str) -> None:
    one, two = process(redis_url), process(redis_url)
    allow(one, places=1)
    with (
        gate(one).passing(ONE, is_write=True),
        pytest.raises(BudgetSpentError),
        gate(two).passing(ONE, is_write=True),
    ):
        pass
    call(two)


def test_processes_at_once_forget_no_call(redis_url: str) -> None:
    def work() -> None:
        ledger = process(redis_url)
        for _ in range(25):
            call(ledger, cost=10)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (used,) = usage(process(redis_url), [ACCOUNT])
    assert (used.writes.used, used.calls.used, used.places.used) == (1_000, 100, 0)


def test_a_budget_that_is_spent_tells_when_to_come_back(redis_url: str) -> None:
    ledger = process(redis_url)
    allow(ledger, points=20_000)
    call(ledger, cost=19_000)
    with pytest.raises(BudgetSpentError) as spent, gate(ledger).passing(ONE, is_write=True):
        pass
    assert 59 < spent.value.until - lease_time() <= 62
    assert usage(ledger, [ACCOUNT])[0].waiting == {Priority.LIVE: spent.value.until}


def test_a_call_that_never_left_costs_nothing(redis_url: str) -> None:
    ledger = process(redis_url)
    with pytest.raises(MondayUnreachableError), gate(ledger).passing(ONE, is_write=True):
        raise MondayUnreachableError("Nobody is there.")
    assert written(ledger) == 0


def test_a_call_of_which_nobody_knows_counts_as_estimated(redis_url: str) -> None:
    ledger = process(redis_url)
    with pytest.raises(MondayUncertainError), gate(ledger).passing(ONE, is_write=True):
        raise MondayUncertainError("No answer came.")
    assert written(ledger) == 10_000


def test_what_monday_refuses_no_process_tries_before_its_time(redis_url: str) -> None:
    fault = Fault(FaultKind.RATE_LIMITED, "RATE_LIMIT_EXCEEDED", "Too many.", retry_in_seconds=7)
    with gate(process(redis_url)).passing(ONE, is_write=True) as passage:
        passage.answered({}, None, fault)
    with pytest.raises(BudgetSpentError) as spent, gate(process(redis_url)).passing(ONE, is_write=True):
        pass
    assert 6 < spent.value.until - lease_time() <= 7


def test_the_headers_tell_what_an_account_may(redis_url: str) -> None:
    ledger = process(redis_url)
    headers = {
        "ratelimit-policy": '"minuteRate";q=2500;w=60, "concurrency";q=100;qu="concurrent-requests", '
        '"complexityMinute";q=7000000;w=60;qu="content-bytes"',
        "ratelimit": '"minuteRate";r=2000;t=38, "concurrency";r=99, "complexityMinute";r=6999000;t=45',
    }
    with gate(ledger).passing(ONE, is_write=True) as passage:
        passage.answered(headers, {"query": 1_000, "after": 6_999_000, "reset_in_x_seconds": 45}, None)
    (used,) = usage(ledger, [ACCOUNT])
    assert (used.writes.limit, used.calls.limit, used.places.limit) == (7_000_000, 2_500, 100)
    assert (used.writes.used, used.calls.used) == (1_000, 500)


def test_without_redis_calls_go_on_and_it_is_said_once() -> None:
    ledger = process(NOWHERE)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            call(ledger)
    assert [entry["event"] for entry in logs] == ["budgets_kept_alone"]
    assert written(ledger) == 300


def test_a_process_alone_takes_half_of_everything() -> None:
    ledger = process(NOWHERE)
    allow(ledger, points=100_000)
    call(ledger, cost=47_000, units={"dear": 1})
    with pytest.raises(BudgetSpentError), gate(ledger).passing(ONE, is_write=True):
        pass


def test_a_redis_that_was_wiped_learns_what_is_known(redis_url: str) -> None:
    ledger = process(redis_url)
    call(ledger, cost=5_000)
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
    call(ledger, cost=70)
    assert written(process(redis_url)) == 5_070


def test_what_was_spent_while_redis_was_away_is_told_when_it_is_back(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = process(redis_url)
    call(ledger, cost=10)
    monkeypatch.setattr("app.budgets.ledger.AWAY_SECONDS", 0.0)
    with monkeypatch.context() as away:
        away.setattr(ledger, "_connection", connect(NOWHERE))
        call(ledger, cost=500)
    call(ledger, cost=1)
    assert written(process(redis_url)) == 511


def test_what_stands_in_redis_and_can_not_be_read_is_begun_anew(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as connection:
        connection.set("budget:42", "from another version")
    ledger = process(redis_url)
    call(ledger)
    assert written(process(redis_url)) == 100


def test_a_day_is_the_clock_s_own() -> None:
    class Noon:
        def now(self) -> datetime:
            return datetime(2026, 11, 23, 12, tzinfo=UTC)

    ledger = Ledger(None, Noon())
    fault = Fault(FaultKind.DAILY_LIMIT, "DAILY_LIMIT_EXCEEDED", "No more today.")
    with gate(ledger).passing(ONE, is_write=True) as passage:
        passage.answered({}, None, fault)
    with pytest.raises(BudgetSpentError) as spent, gate(ledger).passing(ONE, is_write=True):
        pass
    assert spent.value.until - lease_time() == pytest.approx(12 * 3600, abs=5)


def test_an_account_that_was_never_called_has_used_nothing(redis_url: str) -> None:
    assert usage(process(redis_url), ["7"]) == []
