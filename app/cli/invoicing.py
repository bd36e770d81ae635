"""Time entries and statements: what stands on them, files for invoicing, closing a month."""

from datetime import date
from pathlib import Path

import click

from app.cli.printing import AS_JSON, print_json, print_table, terminal_user
from app.cli.surroundings import customer_of, product_of_here, ring_what_waits
from app.factory import Product
from app.ops.pages.words import moment
from app.time_entries import closing, files
from app.time_entries import service as time_entries
from app.time_entries.books import kronor
from app.time_entries.files import Account
from app.time_entries.service import EntrySeen

_FILES = {"csv": files.to_csv, "xlsx": files.to_xlsx}


def _month(_: click.Context, __: click.Parameter, written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError as error:
        raise click.BadParameter(f"{written!r} is no month; write it like 2026-11.") from error


MONTH = click.option("--month", required=True, callback=_month, help="Like 2026-11; months are Stockholm's.")
_CUSTOMER = click.option("--customer", help="Only this customer: its account's slug, or its name.")


@click.group("invoicing")
def invoicing_group() -> None:
    """Export what customers are to pay for a month, and close months. Amounts are without VAT."""


@invoicing_group.command("export")
@MONTH
@_CUSTOMER
@click.option(
    "--format",
    "kind",
    type=click.Choice(sorted(_FILES)),
    default="csv",
    show_default=True,
    help="CSV for Swedish Excel, or XLSX with sums.",
)
@click.option(
    "--language",
    type=click.Choice(["sv", "en"]),
    default="sv",
    show_default=True,
    help="Of headings and words.",
)
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The file to write.")
def export(month: date, customer: str | None, kind: str, language: str, out: str) -> None:
    """Write the statements of a month into a file: fees, entries, corrections of months before."""
    product = product_of_here()
    customer_id = None if customer is None else customer_of(product, customer).id
    with product.database.reading() as session:
        found = time_entries.statements(session, month, customer_id=customer_id)
    accounts = [(Account(one.name, one.slug or ""), statement) for one, statement in found]
    Path(out).write_bytes(_FILES[kind](accounts, language))
    total = sum(statement.total for _, statement in found)
    click.echo(f"{out}: statements of {month:%Y-%m}: {len(found)}, together {total:.2f} SEK without VAT.")
    if any(not statement.is_closed for _, statement in found):
        click.echo(f"{month:%Y-%m} is open: its figures may change until `synerity invoicing close`.")
    _warn(product, month)


@invoicing_group.command("publish")
@MONTH
def publish(month: date) -> None:
    """Show the statements of a month as items on the time board, also of customers without entries."""
    product = product_of_here()
    with product.database.transaction() as session:
        number = closing.publish_month(session, month, now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Statements of {month:%Y-%m} on the time board: {number}.")


@invoicing_group.command("close")
@MONTH
def close(month: date) -> None:
    """Close a month: its statements stay as they are, later corrections go into the next month's."""
    product = product_of_here()
    with product.database.transaction() as session:
        told = closing.close_month(session, month, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    rows = [
        (
            customer.name,
            f"{one.fee:.2f}",
            f"{one.consulting:.2f}",
            f"{one.corrections:.2f}",
            f"{one.total:.2f}",
        )
        for customer, one in told
    ]
    if rows:
        print_table(("CUSTOMER", "AGREEMENT", "CONSULTING", "CORRECTIONS", "TOTAL SEK WITHOUT VAT"), rows)
    click.echo(f"{month:%Y-%m} is closed.")
    _warn(product, month)


@click.group("time")
def time_group() -> None:
    """Look at time entries, and at what was corrected of them."""


@time_group.command("list")
@click.option("--month", callback=_month, help="Like 2026-11.")
@_CUSTOMER
@AS_JSON
def list_time(month: date | None, customer: str | None, *, as_json: bool) -> None:
    """List time entries with what they come to."""
    product = product_of_here()
    customer_id = None if customer is None else customer_of(product, customer).id
    with product.database.reading() as session:
        found = time_entries.list_entries(session, customer_id=customer_id, month=month)
    if as_json:
        print_json(found)
        return
    if found:
        heads = (
            "ENTRY",
            "DAY",
            "CUSTOMER",
            "TICKET",
            "CONSULTANT",
            "MINUTES",
            "CHARGED",
            "SEK",
            "STATE",
            "NOTE",
        )
        print_table(heads, [_cells(one) for one in found])
    else:
        click.echo("There is no such time entry.")


@time_group.command("show")
@click.argument("number")
@AS_JSON
def show_time(number: str, *, as_json: bool) -> None:
    """Show the entry NUMBER, like T-12, and every correction after it had counted: who, when, from, to."""
    product = product_of_here()
    with product.database.reading() as session:
        entry = time_entries.find(session, number)
        changes = time_entries.changes_of(session, number)
    if as_json:
        print_json(changes)
        return
    click.echo("  ".join(cell for cell in _cells(entry) if cell))
    rows = [
        (
            moment(one.at),
            f"user {one.by_user_id}" if one.by_user_id else "not told",
            one.what,
            one.was or "",
            one.became or "",
        )
        for one in changes
    ]
    if rows:
        print_table(("WHEN (UTC)", "WHO", "WHAT", "FROM", "TO"), rows)
    else:
        click.echo("Nothing was corrected.")


def _cells(one: EntrySeen) -> tuple[str, ...]:
    counts = one.state in ("counted", "corrected", "invoiced")
    return (
        one.number,
        "" if one.day is None else one.day.isoformat(),
        one.customer,
        one.ticket or "",
        one.person,
        "" if one.minutes is None else str(one.minutes),
        str(one.charged_minutes) if counts else "",
        f"{kronor(one.amount_ore):.2f}" if counts and one.amount_ore is not None else "",
        one.state,
        one.note,
    )


def _warn(product: Product, month: date) -> None:
    """Name what counts for nothing and may have been forgotten."""
    with product.database.reading() as session:
        found = time_entries.left_out(session, month)
    if found:
        numbers = ", ".join(one.number for one in found)
        click.echo(f"Left out, because they can't be read or lack something: {numbers}.")
