"""The files for invoicing, read back by other programs."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.terms import Subscribed, Terms, midnight
from app.time_entries.files import Account, Statements, to_csv, to_xlsx
from app.time_entries.rules.charges import Entry, Invoicing, Per
from app.time_entries.rules.statement import Books, statement
from tests.subjects.agreements.sequences import agreed

RULES = Invoicing(15, Per.ENTRY, 7, 366)
MAY = date(2026, 5, 1)
ENTRIES = [
    Entry(1, date(2026, 5, 16), 50, ticket="SYN-1001", person="Åsa Öberg"),
    Entry(2, date(2026, 5, 18), 61, person="Åsa Öberg"),
]
TERMS = Terms([agreed("silver"), agreed("gold", "2026-05-17")])


def found(name: str = "Fjällbyn AB", slug: str = "fjallbyn", person: str | None = None) -> Statements:
    entries = [
        Entry(one.id, one.day, one.minutes, ticket=one.ticket, person=person or one.person) for one in ENTRIES
    ]
    return [(Account(name, slug), statement(Books(TERMS, entries), MAY, RULES))]


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_is_as_swedish_excel_opens_it() -> None:
    content = to_csv(found(), "sv")
    assert content.startswith(b"\xef\xbb\xbfM\xc3\xa5nad;")
    assert content.endswith(b"\r\n")
    headings, *rows = rows_of_csv(content)
    lines = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(one["Rad"], one["Belopp kr exkl. moms"]) for one in lines] == [
        ("Avtalsavgift, månad", "3870,97"),
        ("Avtalsavgift, månad", "7258,06"),
        ("Konsulttid, timme", "1305,00"),
        ("Konsulttid, timme", "1450,00"),
    ]
    assert (lines[0]["Avtal"], lines[0]["Från"], lines[0]["Till"]) == ("SILVER", "2026-05-01", "2026-05-16")
    assert (lines[2]["Ärende"], lines[2]["Tidspost"], lines[2]["Konsult"]) == ("SYN-1001", "T-1", "Åsa Öberg")
    assert (lines[3]["Arbetade minuter"], lines[3]["Debiterade minuter"]) == ("61", "75")
    assert {(one["Månad"], one["Läge"], one["Konto"]) for one in lines} == {
        ("2026-05", "Preliminär", "fjallbyn")
    }


def test_csv_in_english_has_the_same_figures() -> None:
    headings, *rows = rows_of_csv(to_csv(found(), "en"))
    assert headings[-1] == "Amount SEK excl. VAT"
    assert [row[-2:] for row in rows] == [row[-2:] for row in rows_of_csv(to_csv(found(), "sv"))[1:]]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_xlsx_holds_numbers_dates_and_sums(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(found(), language)))
    sums, lines = book.worksheets
    _, row, total = sums.iter_rows(values_only=True)
    assert row[4:] == total[4:] == (11129.03, 2755, 0, 13884.03)
    headings, *rows = lines.iter_rows(values_only=True)
    assert len(headings) == len(rows[0]) == 16
    assert [one[-1] for one in rows] == [3870.97, 7258.06, 1305, 1450]
    assert rows[0][6] == datetime(2026, 5, 1)  # noqa: DTZ001 # spreadsheets know no zones
    assert sum(Decimal(str(one[-1])) for one in rows) == Decimal(str(row[7]))


@pytest.mark.parametrize(
    "name",
    ["=HYPERLINK(0)", "+1", "-2", "@SUM(A1)", "\tx", "  =1+1", "\uff1d1", '=cmd|" /C calc"!A0', "\n=1"],
)
def test_what_people_wrote_is_never_a_formula(name: str) -> None:
    headings, *rows = rows_of_csv(to_csv(found(name), "sv"))
    assert {row[headings.index("Kund")] for row in rows} == {f"'{name}"}
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(found(name), "sv")))
    cells = [sheet.cell(2, 3) for sheet in book.worksheets]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", name)] * 2


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_any_name_comes_back_from_csv(name: str) -> None:
    headings, *rows = rows_of_csv(to_csv(found(name), "sv"))
    for row in rows:
        cell = row[headings.index("Kund")]
        assert cell in (name, f"'{name}")
        assert cell.lstrip(" ")[:1] not in ("=", "+", "-", "@")


def test_what_monday_takes_the_payment_for_is_said_so() -> None:
    bought = Terms(subscribed=[Subscribed(midnight(date(2026, 1, 1)), "gold")])
    content = to_csv([(Account("Fjällbyn AB", ""), statement(Books(bought, []), MAY, RULES))], "sv")
    (row,) = rows_of_csv(content)[1:]
    assert (row[4], row[8], row[-1]) == ("Avtal, betalas genom monday.com", "GOLD", "0,00")


def test_a_negative_amount_is_a_number() -> None:
    paid = statement(Books(TERMS, ENTRIES), MAY, RULES).lines
    corrected = statement(Books(TERMS, [ENTRIES[0]], {MAY: paid}, [MAY]), date(2026, 6, 1), RULES)
    content = to_csv([(Account("Fjällbyn AB", ""), corrected)], "sv")
    (row,) = [row for row in rows_of_csv(content) if row[4] == "Rättelse av konsulttid"]
    assert (row[5], row[10], row[12:]) == ("2026-05", "T-2", ["-61", "-75", "1160,00", "-1450,00"])
