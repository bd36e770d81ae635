"""Statements as files for invoicing: CSV as Swedish Excel opens it, and XLSX.

No notes are in them: what consultants wrote of their work is internal, and these files are one step
from a customer. What people wrote is text, never a formula: in CSV what could be taken for one gets an
apostrophe before it, in XLSX the cell says that it is text. Pure.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import xlsxwriter

from app.time_entries.models import NUMBER_PREFIX
from app.time_entries.rules.statement import Kind, Line, Statement

Cell = str | int | Decimal | date | None

#: What spreadsheets take for the beginning of a formula, the full-width signs included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_HEADINGS = {
    "sv": "Månad;Läge;Kund;Konto;Rad;Avser månad;Från;Till;Avtal;Ärende;Tidspost;Konsult;Arbetade minuter;"
    "Debiterade minuter;Pris kr exkl. moms;Belopp kr exkl. moms",
    "en": "Month;State;Customer;Account;Line;About month;From;To;Agreement;Ticket;Entry;Consultant;"
    "Minutes worked;Minutes charged;Price SEK excl. VAT;Amount SEK excl. VAT",
}
_SUMS = {
    "sv": "Månad;Läge;Kund;Konto;Avtal kr exkl. moms;Konsulttid kr exkl. moms;Rättelser kr exkl. moms;"
    "Summa kr exkl. moms",
    "en": "Month;State;Customer;Account;Agreement SEK excl. VAT;Consulting SEK excl. VAT;"
    "Corrections SEK excl. VAT;Total SEK excl. VAT",
}
_WORDS = {
    "sv": {
        "open": "Preliminär",
        "closed": "Fakturerad",
        "sums": "Summor",
        "lines": "Rader",
        "total": "Summa",
        "fee": "Avtalsavgift, månad",
        "marketplace": "Avtal, betalas genom monday.com",
        "consulting": "Konsulttid, timme",
        "fee.correction": "Rättelse av avtalsavgift",
        "consulting.correction": "Rättelse av konsulttid",
    },
    "en": {
        "open": "Preliminary",
        "closed": "Invoiced",
        "sums": "Sums",
        "lines": "Lines",
        "total": "Total",
        "fee": "Agreement, a month",
        "marketplace": "Agreement, paid through monday.com",
        "consulting": "Consulting, an hour",
        "fee.correction": "Correction of agreement",
        "consulting.correction": "Correction of consulting",
    },
}


@dataclass(frozen=True)
class Account:
    """A customer as the files name it."""

    name: str
    slug: str


Statements = Sequence[tuple[Account, Statement]]


def to_csv(found: Statements, language: str) -> bytes:
    """All lines: semicolons, decimal commas, ISO dates, UTF-8 with the mark by which Excel knows it."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(_columns(_HEADINGS[language]))
    for row in _rows(found, language):
        writer.writerow([_as_text(cell) for cell in row])
    return written.getvalue().encode("utf-8-sig")


def to_xlsx(found: Statements, language: str) -> bytes:
    """A sheet of sums, one row a customer, and one of all lines."""
    written = io.BytesIO()
    words = _WORDS[language]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        formats = {
            "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "sum": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
        }
        sums = [_sums(account, one, language) for account, one in found]
        totals: list[Cell] = [words["total"], *[None] * 3]
        money = [one for _, one in found]
        totals += [
            _total([one.fee for one in money]),
            _total([one.consulting for one in money]),
            _total([one.corrections for one in money]),
            _total([one.total for one in money]),
        ]
        _fill(book.add_worksheet(words["sums"]), _columns(_SUMS[language]), sums, formats, last=totals)
        _fill(
            book.add_worksheet(words["lines"]),
            _columns(_HEADINGS[language]),
            list(_rows(found, language)),
            formats,
        )
    return written.getvalue()


def _columns(headings: str) -> Sequence[str]:
    return headings.split(";")


def _rows(found: Statements, language: str) -> Iterator[Sequence[Cell]]:
    for account, one in found:
        for line in one.lines:
            yield (
                f"{one.month:%Y-%m}",
                _state(one, language),
                account.name,
                account.slug,
                _title(line, language),
                f"{line.about:%Y-%m}",
                line.first_on,
                line.last_on,
                line.tier.upper(),
                line.ticket or "",
                "" if line.entry_id is None else f"{NUMBER_PREFIX}{line.entry_id}",
                line.person,
                line.minutes if line.kind is Kind.CONSULTING else None,
                line.charged_minutes if line.kind is Kind.CONSULTING else None,
                line.price,
                line.amount,
            )


def _sums(account: Account, one: Statement, language: str) -> Sequence[Cell]:
    return (
        f"{one.month:%Y-%m}",
        _state(one, language),
        account.name,
        account.slug,
        one.fee,
        one.consulting,
        one.corrections,
        one.total,
    )


def _state(one: Statement, language: str) -> str:
    return _WORDS[language]["closed" if one.is_closed else "open"]


def _title(line: Line, language: str) -> str:
    if line.is_marketplace and not line.is_correction:
        return _WORDS[language]["marketplace"]
    return _WORDS[language][f"{line.kind.value}.correction" if line.is_correction else line.kind.value]


def _total(amounts: Sequence[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, str):
        return _harmless(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _fill(
    sheet: "xlsxwriter.worksheet.Worksheet",
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    formats: "dict[str, xlsxwriter.format.Format]",
    *,
    last: Sequence[Cell] = (),
) -> None:
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, formats["heading"])
    for number, row in enumerate([*rows, *([last] if last else [])], start=1):
        style = formats["sum"] if number > len(rows) else None
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(number, column, float(cell), style or formats["money"])
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell, style)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, cell, style or formats["date"])
            elif cell is not None:
                sheet.write_string(number, column, cell, style)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
