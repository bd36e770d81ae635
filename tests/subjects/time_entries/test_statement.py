"""A customer's month: fee, consulting, and corrections of what was invoiced."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.fees import monthly_fee
from app.agreements.rules.terms import Agreed, Terms
from app.time_entries.rules.charges import Entry, Invoicing, Per, charge
from app.time_entries.rules.statement import Books, Kind, Line, Statement, month_of, next_month, statement
from tests.subjects.agreements.sequences import agreed, sequences
from tests.subjects.time_entries.test_charges import entries, roundings

RULES = Invoicing(15, Per.ENTRY, 7, 366)
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
SILVER = Terms([agreed("silver")])


def closed(books: Books, month: date) -> Books:
    """The books after a month was closed."""
    lines = statement(books, month, RULES).lines
    return Books(books.terms, books.entries, {**books.invoiced, month: lines}, [*books.closed, month])


def later(books: Books, *some: Entry, terms: Terms | None = None) -> Books:
    """The books with other entries, or another agreement."""
    return Books(terms or books.terms, some, books.invoiced, books.closed)


def corrected(found: Statement) -> list[tuple[Kind, date, Decimal, int]]:
    return [
        (line.kind, line.about, line.amount, line.charged_minutes)
        for line in found.lines
        if line.is_correction
    ]


def test_an_upgrade_in_the_middle_of_a_month_is_right_on_both_sides() -> None:
    terms = Terms([agreed("silver"), agreed("gold", "2026-05-17")])
    some = [Entry(1, date(2026, 5, 16), 60), Entry(2, date(2026, 5, 17), 60), Entry(3, date(2026, 6, 1), 60)]
    found = statement(Books(terms, some), MAY, RULES)
    assert [line.amount for line in found.worked] == [1305, 1160]
    assert [(line.tier, line.amount) for line in found.lines if line.kind is Kind.FEE] == [
        ("silver", Decimal("3870.97")),
        ("gold", Decimal("7258.06")),
    ]
    assert [found.consulting, found.fee, found.corrections] == [2465, Decimal("11129.03"), 0]
    assert found.total == Decimal("13594.03")


def test_a_closed_month_stays_as_it_was_and_the_next_one_takes_the_difference() -> None:
    books = closed(Books(SILVER, [Entry(1, date(2026, 5, 4), 60), Entry(2, date(2026, 5, 5), 60)]), MAY)
    changed = later(books, Entry(1, date(2026, 5, 4), 90), Entry(2, date(2026, 5, 5), 60))
    assert statement(changed, MAY, RULES) == statement(books, MAY, RULES)
    assert statement(changed, MAY, RULES).is_closed
    found = statement(changed, JUNE, RULES)
    assert corrected(found) == [(Kind.CONSULTING, MAY, Decimal("652.50"), 30)]
    assert found.total == Decimal("8152.50")
    assert corrected(statement(changed, JULY, RULES)) == []


def test_a_correction_is_invoiced_once() -> None:
    books = closed(Books(SILVER, [Entry(1, date(2026, 5, 4), 60)]), MAY)
    books = closed(later(books, Entry(1, date(2026, 5, 4), 30)), JUNE)
    assert corrected(statement(books, JUNE, RULES)) == [(Kind.CONSULTING, MAY, Decimal("-652.50"), -30)]
    assert corrected(statement(books, JULY, RULES)) == []
    again = later(books, Entry(1, date(2026, 5, 4), 60))
    assert corrected(statement(again, JULY, RULES)) == [(Kind.CONSULTING, MAY, Decimal("652.50"), 30)]


def test_what_is_deleted_after_its_month_was_closed_is_given_back() -> None:
    books = later(closed(Books(SILVER, [Entry(1, date(2026, 5, 4), 60)]), MAY))
    assert corrected(statement(books, JUNE, RULES)) == [(Kind.CONSULTING, MAY, Decimal(-1305), -60)]


def test_what_is_written_after_its_month_was_closed_comes_with_the_next_one() -> None:
    books = closed(Books(SILVER, []), MAY)
    found = statement(later(books, Entry(1, date(2026, 5, 4), 60)), JUNE, RULES)
    assert corrected(found) == [(Kind.CONSULTING, MAY, Decimal(1305), 60)]


def test_a_day_that_moves_into_the_next_month_is_given_back_and_counted_there() -> None:
    books = closed(Books(SILVER, [Entry(1, date(2026, 5, 31), 60)]), MAY)
    found = statement(later(books, Entry(1, date(2026, 6, 1), 60)), JUNE, RULES)
    assert corrected(found) == [(Kind.CONSULTING, MAY, Decimal(-1305), -60)]
    assert [found.consulting, found.total] == [1305, 7500]


def test_an_agreement_that_is_dated_back_corrects_fee_and_consulting() -> None:
    books = closed(Books(SILVER, [Entry(1, date(2026, 5, 20), 60)]), MAY)
    terms = Terms([agreed("silver"), agreed("gold", "2026-05-17")])
    found = statement(later(books, Entry(1, date(2026, 5, 20), 60), terms=terms), JUNE, RULES)
    assert corrected(found) == [
        (Kind.CONSULTING, MAY, Decimal(-145), 0),
        (Kind.FEE, MAY, Decimal("3629.03"), 0),
    ]


def test_what_changes_nothing_of_what_is_charged_is_no_correction() -> None:
    books = closed(Books(SILVER, [Entry(1, date(2026, 5, 4), 50)]), MAY)
    assert corrected(statement(later(books, Entry(1, date(2026, 5, 4), 55)), JUNE, RULES)) == []


@given(sequences, entries, roundings, st.integers(0, 23))
def test_a_statement_is_the_fee_and_the_charges_of_its_month(
    terms: Terms, some: list[Entry], rules: Invoicing, count: int
) -> None:
    month = date(2026 + count // 12, count % 12 + 1, 1)
    found = statement(Books(terms, some), month, rules)
    charges = [one for one in charge(some, terms, rules) if month_of(one.entry.day) == month]
    assert found.fee == monthly_fee(terms, month.year, month.month).amount
    assert found.consulting == sum(one.amount for one in charges)
    assert found.total == found.fee + found.consulting + found.corrections


@given(sequences, sequences, entries, entries, roundings, st.integers(1, 5))
def test_all_that_is_invoiced_is_in_the_end_what_is_due(
    first: Terms, then: Terms, some: list[Entry], others: list[Entry], rules: Invoicing, months: int
) -> None:
    """Whatever is corrected between two closings, no öre is lost and none is asked for twice."""
    invoiced: dict[date, list[Line]] = {}
    month = date(2026, 1, 1)
    for count in range(months + 1):
        terms, known = (first, some) if count < months else (then, others)
        books = Books(terms, known, invoiced, sorted(invoiced))
        invoiced[month] = list(statement(books, month, rules).lines)
        month = next_month(month)
    due = Decimal(0)
    for past in invoiced:
        due += monthly_fee(then, past.year, past.month).amount
    due += sum(one.amount for one in charge(others, then, rules) if one.entry.day < month)
    assert sum(line.amount for lines in invoiced.values() for line in lines) == due


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_month_follows_the_other(day: date) -> None:
    first = month_of(day)
    assert next_month(first) - timedelta(days=1) >= day
    assert month_of(next_month(first)) == next_month(first)


def test_nobody_without_an_agreement_has_a_fee_but_may_buy_time() -> None:
    found = statement(Books(Terms(), [Entry(1, date(2026, 5, 4), 60)]), MAY, RULES)
    assert [found.fee, found.consulting] == [0, 1450]
    ended = Terms([agreed("gold"), Agreed(agreed("gold", "2026-05-01").since, None)])
    assert statement(Books(ended, []), MAY, RULES).lines == []
