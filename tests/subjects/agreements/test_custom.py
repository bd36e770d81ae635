"""Custom terms as people write them, and what they are told of lines that can't be read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.custom import NAMES, read_custom
from app.agreements.rules.table import Capability, Level
from app.agreements.rules.terms import CONSULTING_PRICE, PRICE

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = 3600


@pytest.mark.parametrize(
    ("line", "subject", "seconds"),
    [
        ("guaranteed_response = 4 h", Capability.GUARANTEED_RESPONSE, 4 * HOUR),
        ("Guaranteed response: 1.5 hours", Capability.GUARANTEED_RESPONSE, 5400),
        ("  SVARSTID =  4   tim ", Capability.GUARANTEED_RESPONSE, 4 * HOUR),
        ("- svarstid = 1,5 timmar", Capability.GUARANTEED_RESPONSE, 5400),
        ("akut = 45 min", Capability.ACUTE, 2700),
        ("acute response = 20 minutes", Capability.ACUTE, 1200),
        ("acute = yes", Capability.ACUTE, 1800),
        ("svarstid = ingen", Capability.GUARANTEED_RESPONSE, None),
    ],
)
def test_a_response_is_read_in_both_languages(line: str, subject: str, seconds: int | None) -> None:
    (term,) = read_custom(line, at=NOW).terms
    assert term.cell is not None
    assert (term.subject, term.cell.business_seconds) == (subject, seconds)


@pytest.mark.parametrize(
    ("line", "subject", "level"),
    [
        ("webinars = yes", Capability.WEBINARS, Level.YES),
        ("Felsökning = ingår", Capability.TROUBLESHOOTING, Level.YES),
        ("månadsrapport = ingår inte", Capability.REPORTS, Level.NONE),
        ("vendor reporting = på begäran", Capability.VENDOR_REPORTING, Level.ON_REQUEST),
        ("rapportering till monday.com = proaktiv", Capability.VENDOR_REPORTING, Level.PROACTIVE),
    ],
)
def test_a_level_is_read_in_both_languages(line: str, subject: str, level: Level) -> None:
    (term,) = read_custom(line, at=NOW).terms
    assert term.cell is not None
    assert (term.subject, term.cell.level) == (subject, level)


def test_figures_are_read_as_swedes_write_them() -> None:
    told = read_custom("rabatt = 12,5 %\nmånadspris = 9 500 kr/mån\ntimpris = 1 300,50 kr", at=NOW)
    discount, price, hour = told.terms
    assert discount.cell is not None
    assert discount.cell.percent == Decimal("12.5")
    assert (price.subject, price.kronor) == (PRICE, Decimal(9500))
    assert (hour.subject, hour.kronor) == (CONSULTING_PRICE, Decimal("1300.50"))


@pytest.mark.parametrize(
    "dates",
    [
        "from 2026-10-01 to 2026-12-31",
        "från 2026-10-01 till 2026-12-31",
        "fr.o.m. 2026-10-01 t.o.m. 2026-12-31.",
    ],
)
def test_both_days_are_included_by_the_clock_in_stockholm(dates: str) -> None:
    (term,) = read_custom(f"video = no {dates}", at=NOW).terms
    assert term.since.isoformat() == "2026-10-01T00:00:00+02:00"
    assert term.until is not None
    assert term.until.isoformat() == "2027-01-01T00:00:00+01:00"


def test_a_line_without_dates_holds_from_when_it_is_written() -> None:
    (term,) = read_custom("video = no", at=NOW).terms
    assert (term.since, term.until) == (NOW, None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("they get a good price", "unreadable"),
        ("video =", "unreadable"),
        ("massage = yes", "unknown"),
        ("svarstid = -4 h", "negative"),
        ("svarstid = 4", "no_length"),
        ("svarstid = soon", "no_length"),
        ("svarstid = 0 h", "no_length"),
        ("svarstid = 99999 h", "no_length"),
        ("video = 4 h", "no_level"),
        ("video = proactive", "no_level"),
        ("vendor_reporting = yes", "no_level"),
        ("rabatt = 10", "no_percent"),
        ("rabatt = 110 %", "no_percent"),
        ("rabatt = -5 %", "negative"),
        ("pris = lågt", "no_price"),
        ("pris = 10 apples", "no_price"),
        ("pris = -10 kr", "negative"),
        ("video = no from 2026-12-31 to 2026-10-01", "backwards"),
        ("video = no from the summer", "no_level"),
        ("video = no from soon", "no_date"),
        ("video = no to 2026-02-30", "no_date"),
        ("video = no to 2026-11-01", "over"),
    ],
)
def test_a_line_that_says_nothing_sensible_is_complained_of(line: str, reason: str) -> None:
    told = read_custom(f"reports = no\n{line}", at=NOW)
    assert [(one.reason, one.line) for one in told.complaints] == [(reason, line)]
    assert [one.line for one in told.terms] == ["reports = no"]


@pytest.mark.parametrize(
    ("first", "second", "is_told"),
    [
        ("svarstid = 4 h", "svarstid = 2 h from 2027-01-01", True),
        ("svarstid = 4 h to 2026-12-31", "svarstid = 2 h from 2027-01-01", False),
        ("svarstid = 4 h to 2027-01-01", "response = 2 h from 2027-01-01", True),
        ("svarstid = 4 h", "akut = 2 h", False),
        ("svarstid = 4 h", "svarstid = 4 h", True),
    ],
)
def test_dates_of_one_term_must_not_overlap(first: str, second: str, is_told: bool) -> None:
    told = read_custom(f"{first}\n{second}", at=NOW)
    assert [one.reason for one in told.complaints] == (["overlap"] if is_told else [])


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["svarstid", "=", "4", "h", "from", "2026-10-01", "-", "%"])).map(" ".join)
)
def test_whatever_is_written_is_read_or_complained_of(text: str) -> None:
    told = read_custom(text, at=NOW)
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(told.terms) + len(told.complaints) <= len(lines)
    assert bool(told.terms or told.complaints) or not "".join(lines).strip("-*\u2022\u2013 \t")


@pytest.mark.parametrize("subject", [*Capability, PRICE, CONSULTING_PRICE])
def test_every_row_and_price_can_be_agreed_otherwise(subject: str) -> None:
    names = [subject, subject.replace("_", " "), *NAMES[subject]]
    told = read_custom("\n".join(f"{name} = ?" for name in names), at=NOW)
    assert {one.reason for one in told.complaints} <= {"no_length", "no_level", "no_percent", "no_price"}
