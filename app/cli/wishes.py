"""Feature requests: what customers wish, how far each has come, who wishes the same."""

import click

from app.cli.printing import AS_JSON, print_json, print_table
from app.cli.surroundings import customer_of, product_of_here
from app.errors import SupportError
from app.feature_requests import service as feature_requests
from app.feature_requests.service import WishSeen
from app.ops.pages.words import moment


@click.group("wishes")
def wishes_group() -> None:
    """Look at feature requests: how far each has come, and which say the same."""


@wishes_group.command("list")
@click.option("--customer", help="Of one customer only: its account or its name.")
@AS_JSON
def list_wishes(customer: str | None, *, as_json: bool) -> None:
    """Show every request: its status, its customer, its reference at monday.com."""
    product = product_of_here()
    customer_id = None if customer is None else customer_of(product, customer).id
    with product.database.reading() as session:
        found = feature_requests.list_wishes(session, customer_id=customer_id)
    if as_json:
        print_json(found)
        return
    print_table(
        ("request", "status", "since", "customer", "same as", "reference", "title"),
        [
            (
                one.number,
                one.status,
                moment(one.status_at),
                one.customer,
                one.follows or "-",
                one.reference or one.link or "-",
                one.title,
            )
            for one in found
        ],
    )


@wishes_group.command("show")
@click.argument("number")
@AS_JSON
def show_wish(number: str, *, as_json: bool) -> None:
    """Show the request NUMBER, like W-12, and those that follow it."""
    product = product_of_here()
    with product.database.reading() as session:
        wish = feature_requests.find_wish(session, number)
        if wish is None:
            raise SupportError(f"There is no feature request {number!r}. `synerity wishes list` shows all.")
        same = [one for one in feature_requests.list_wishes(session) if one.follows == wish.number]
    if as_json:
        print_json([wish, *same])
        return
    click.echo(f"{wish.number}  {wish.customer}  {wish.status} since {moment(wish.status_at)} UTC")
    click.echo(f"  {wish.title}")
    for line in _facts(wish):
        click.echo(f"  {line}")
    for one in same:
        click.echo(f"  the same: {one.number}  {one.customer}  {one.title}")


def _facts(wish: WishSeen) -> list[str]:
    said = {
        "opened": f"{moment(wish.opened_at)} UTC, by {wish.channel}, for {wish.requester or '-'}",
        "from ticket": wish.ticket,
        "same as": wish.follows,
        "filing": wish.filing,
        "filed": None if wish.filed_at is None else f"{moment(wish.filed_at)} UTC",
        "reference": wish.reference,
        "link": wish.link,
        "release told": None if wish.released_at is None else f"{moment(wish.released_at)} UTC",
    }
    return [f"{name}: {value}" for name, value in said.items() if value]
