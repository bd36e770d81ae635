"""A month from its first entry to its invoice, and what is corrected after that."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from app.agreements.rules.terms import day_of, midnight
from app.cli import cli
from app.errors import SupportError
from app.time_entries.rules.statement import month_of, next_month
from tests.journeys.test_time_entries import GOLD, SILVER, Times
from tests.support.stage import PARTNER, Stage, open_stage


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD, SILVER)) as standing:
        standing.stop_sweeps()
        yield standing


@pytest.fixture
def times(stage: Stage) -> Times:
    return Times(stage)


@pytest.fixture
def terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``synerity`` with these words, and what it said."""
    monkeypatch.setenv("APP_ENV", "development")
    monkeypatch.setenv("VAR_DIR", str(stage.settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", stage.settings.database_url)
    monkeypatch.setenv("SECRET_KEYS", stage.settings.secret_keys[0])

    def say(*words: str) -> str:
        answer = CliRunner().invoke(cli, list(words))
        if isinstance(answer.exception, SupportError):
            raise answer.exception
        assert answer.exit_code == 0, answer.output
        return answer.output

    return say


def comes(times: Times, day: date) -> None:
    """It is noon of a day in Stockholm."""
    noon = midnight(day) + timedelta(hours=12)
    times.stage.tick((noon - times.stage.product.clock.now()).total_seconds())
    times.settle()


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_month_with_an_upgrade_is_invoiced_closed_and_corrected(
    times: Times, terminal: Callable[..., str], tmp_path: Path
) -> None:
    month = next_month(month_of(day_of(times.stage.product.clock.now())))
    after = next_month(month)
    days = (after - month).days
    said = f"{month:%Y-%m}"
    times.agreement("silver")
    comes(times, month + timedelta(days=9))
    first = times.writes("Before the upgrade", minutes="50", person=times.person.id)
    times.agreement("gold")
    comes(times, month + timedelta(days=10))
    second = times.writes("After the upgrade", minutes="61")
    free = times.writes("A favour", billable="no")
    forgotten = times.writes("Forgotten", minutes="-1")
    assert [times.shown(one)[1:] for one in (first, second, free)] == [
        ("60", "1305", "1305"),
        ("75", "1160", "1450"),
        ("0", "1160", "0"),
    ]
    # Days at the agreement with which they began: ten of SILVER, the rest of GOLD.
    fee = round(7500 * 10 / days, 2) + round(15000 * (days - 10) / days, 2)
    shown = times.statement(times.customer_name())
    assert shown is not None
    assert float(shown.texts["fee"]) == pytest.approx(fee)
    assert (shown.texts["amount"], shown.texts["state"]) == ("2755", "Open")
    with pytest.raises(SupportError, match="has not ended yet"):
        terminal("invoicing", "close", "--month", said)

    comes(times, after + timedelta(days=1))
    out = tmp_path / "month.csv"
    told = terminal("invoicing", "export", "--month", said, "--customer", GOLD, "--out", str(out))
    assert "is open" in told
    assert (
        f"Left out, because they can't be read or lack something: {times.item(forgotten).texts['number']}."
        in told
    )
    rows = rows_of(out)
    assert [row["Belopp kr exkl. moms"] for row in rows[2:]] == ["1305,00", "1450,00", "0,00"]
    assert [row["Avtal"] for row in rows[:2]] == ["SILVER", "GOLD"]
    assert rows[2]["Konsult"] == times.person.name
    assert "upgrade" not in out.read_text(encoding="utf-8-sig")

    closed = terminal("invoicing", "close", "--month", said)
    assert times.customer_name() in closed
    times.settle()
    assert [times.shown(one)[0] for one in (first, second, free)] == ["Invoiced"] * 3
    frozen = times.item(shown.id).texts
    assert (frozen["state"], frozen["amount"]) == ("Invoiced", "2755")
    # Who has neither an agreement nor bought time has none.
    assert times.item_named(f"{times.customer_name(SILVER)} {said}") is None
    with pytest.raises(SupportError, match="is closed already"):
        terminal("invoicing", "close", "--month", said)

    times.changes(first, minutes="80")
    times.leaves(second, "delete")
    late = times.writes("Remembered later", date=(after - timedelta(days=1)).isoformat(), minutes="15")
    times.changes(forgotten, minutes="30", date=after.isoformat())
    assert times.item(shown.id).texts == frozen
    assert [times.shown(one)[0] for one in (first, late, forgotten)] == ["Corrected", "Counted", "Counted"]
    xlsx = tmp_path / "next.xlsx"
    arguments = ("--month", f"{after:%Y-%m}", "--customer", GOLD, "--format", "xlsx", "--language", "en")
    terminal("invoicing", "export", *arguments, "--out", str(xlsx))
    lines = list(openpyxl.load_workbook(xlsx).worksheets[1].iter_rows(values_only=True))[1:]
    corrections = {line[10]: line for line in lines if line[4] == "Correction of consulting"}
    numbers = {one: times.number(one) for one in (first, second, late)}
    assert {number: line[15] for number, line in corrections.items()} == {
        numbers[first]: 1305 * 30 / 60,
        numbers[second]: -1450,
        numbers[late]: 290,
    }
    assert {line[5] for line in corrections.values()} == {said}
    following = times.statement(times.customer_name())
    assert following is not None
    assert (following.texts["corrections"], following.texts["amount"]) == ("-507.5", "580")

    shows = terminal("time", "show", numbers[first])
    assert f"user {times.person.id}" in shows
    assert [word for word in ("minutes", "50", "80") if word not in shows] == []
    assert "gone" in terminal("time", "show", numbers[second])
    listed = terminal("time", "list", "--month", said, "--customer", GOLD)
    assert [listed.count(number) for number in numbers.values()] == [1, 1, 1]

    comes(times, next_month(after))
    terminal("invoicing", "close", "--month", f"{after:%Y-%m}")
    times.settle()
    assert [times.shown(one)[0] for one in (first, late, forgotten)] == ["Invoiced"] * 3
    out = tmp_path / "last.csv"
    terminal("invoicing", "export", "--month", f"{next_month(after):%Y-%m}", "--out", str(out))
    assert [row for row in rows_of(out) if row["Rad"].startswith("Rättelse")] == []


def test_statements_of_customers_without_entries_are_shown_when_asked(
    times: Times, terminal: Callable[..., str]
) -> None:
    times.agreement("gold", SILVER)
    comes(times, next_month(month_of(day_of(times.stage.product.clock.now()))))
    said = times.day()[:7]
    assert times.statement(times.customer_name(SILVER)) is None
    for _ in range(2):
        assert f"Statements of {said} on the time board: 1." in terminal(
            "invoicing", "publish", "--month", said
        )
        times.settle()
    shown = times.statement(times.customer_name(SILVER))
    assert shown is not None
    assert shown.texts["total"] == shown.texts["fee"] != ""
    board, manager = times.stage.board(PARTNER, "customers"), times.stage.people[PARTNER][0]
    item = next(item for item in manager.items(board) if item.texts["account"] == SILVER)
    assert (item.name, shown.texts["customer_found"]) == (times.customer_name(SILVER),) * 2


def test_a_month_that_is_none_is_explained(terminal: Callable[..., str], tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        cli, ["invoicing", "export", "--month", "november", "--out", str(tmp_path / "x.csv")]
    )
    assert answer.exit_code == 2
    assert "write it like 2026-11" in answer.output
    with pytest.raises(SupportError, match="no time entry"):
        terminal("time", "show", "T-77")
