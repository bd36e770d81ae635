"""Cases at monday.com's support."""

import click

from app.cli.printing import AS_JSON, print_json, print_table
from app.cli.surroundings import product_of_here
from app.ops.pages.words import moment
from app.vendor_cases import service as cases
from app.vendor_cases.rules import clock
from app.vendor_cases.service import CaseSeen


@click.group("cases")
def cases_group() -> None:
    """Look at what is reported to monday.com."""


@cases_group.command("list")
@click.option("--open", "open_only", is_flag=True, help="Only those that have not ended.")
@AS_JSON
def list_cases(*, open_only: bool, as_json: bool) -> None:
    """List the vendor cases, the newest first."""
    product = product_of_here()
    with product.database.reading() as session:
        found = cases.list_cases(session, now=product.clock.now(), open_only=open_only)
    if as_json:
        print_json(found)
        return
    rows = [
        (one.number, one.state, _sent(one), _time(one), ", ".join(n for n, _ in one.tickets)) for one in found
    ]
    print_table(("case", "state", "sent (UTC)", "with monday.com", "tickets"), rows)


@cases_group.command("show")
@click.argument("number")
@AS_JSON
def show_case(number: str, *, as_json: bool) -> None:
    """Show the vendor case NUMBER, like V-12, with its tickets and monday.com's time."""
    product = product_of_here()
    with product.database.reading() as session:
        found = cases.seen(session, cases.require(session, number), now=product.clock.now())
    if as_json:
        print_json([found])
        return
    overdue = ", silent past the limit" if found.is_overdue else ""
    click.echo(f"{found.number}  {found.state}{overdue}")
    click.echo(
        f"made {moment(found.made_at)} UTC, sent {_sent(found) or 'not yet'}, {found.reminders} reminders"
    )
    click.echo(f"{_time(found)} of business time with monday.com")
    for ticket, customer in found.tickets:
        click.echo(f"  {ticket}  {customer}")


def _sent(one: CaseSeen) -> str:
    return "" if one.sent_at is None else moment(one.sent_at)


def _time(one: CaseSeen) -> str:
    return clock.said(one.vendor_time, clock.following().day)
