"""Links: how they are doing, leaving one alone, comparing its boards."""

import click
from sqlalchemy.orm import Session

from app.cli.printing import AS_JSON, print_json, print_table, terminal_user
from app.cli.surroundings import product_of_here, ring_what_waits
from app.clock import lease_time
from app.factory import Product
from app.links import overview
from app.links.overview import LinkState
from app.ops import actions
from app.ops.pages.words import length

_BOARD = click.argument("board_id")
_ACCOUNT = click.option(
    "--account", "slug", help="Slug of the board's account, where several have a board of that number."
)


@click.command("links")
@click.option(
    "--state",
    type=click.Choice(["running", "paused", "stopped"]),
    help="Only links that are so; stopped ones are those monday.com refuses.",
)
@AS_JSON
def list_links(state: str | None, *, as_json: bool) -> None:
    """Show every customer's board: is it followed, what waits, for how long, what is parked."""
    product = product_of_here()
    with product.database.reading() as session:
        found = overview.overview(session, now=product.clock.now(), lease_time=lease_time())
    found = [link for link in found if state in (None, link.state)]
    if as_json:
        print_json(found)
        return
    rows = [
        (
            link.customer,
            link.slug,
            link.board_id,
            link.state,
            length(link.lag_seconds) if link.lag_seconds else "-",
            f"{link.events} in, {link.changes} out",
            str(link.parked),
            _why(link),
        )
        for link in found
    ]
    print_table(("CUSTOMER", "ACCOUNT", "BOARD", "STATE", "LAG", "BACKLOG", "PARKED", "WHY"), rows)


@click.command("pause")
@_BOARD
@_ACCOUNT
@click.option("--reason", required=True, help="Why, in a sentence; everybody sees it until it is resumed.")
def pause_link(board_id: str, slug: str | None, reason: str) -> None:
    """Leave the customer's board BOARD_ID alone. Nothing is lost: everything waits."""
    product = product_of_here()
    with product.database.transaction() as session:
        link, now = _find(session, product, board_id, slug), product.clock.now()
        done = actions.pause(session, link, reason, by=terminal_user(), now=now)
    if done:
        click.echo(f"Paused {link.customer}: board {board_id}. `synerity link resume {board_id}` goes on.")
    else:
        click.echo(f"It was paused already: {link.reason}")


@click.command("resume")
@_BOARD
@_ACCOUNT
def resume_link(board_id: str, slug: str | None) -> None:
    """Follow the customer's board BOARD_ID again, and look for what was missed."""
    product = product_of_here()
    with product.database.transaction() as session:
        link = _find(session, product, board_id, slug)
        done = actions.resume(session, link, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Followed again: board {board_id} of {link.customer}." if done else "It was not paused.")


@click.command("sweep")
@_BOARD
@_ACCOUNT
def sweep_link(board_id: str, slug: str | None) -> None:
    """Compare the customer's board BOARD_ID with what is known, to find what was missed."""
    product = product_of_here()
    with product.database.transaction() as session:
        link = _find(session, product, board_id, slug)
        actions.sweep(session, link, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Asked for a sweep. `synerity links` shows when nothing waits for {link.customer}.")


def _find(session: Session, product: Product, board_id: str, slug: str | None) -> LinkState:
    return actions.find(session, board_id, slug, now=product.clock.now(), lease_time=lease_time())


def _why(link: LinkState) -> str:
    return (link.reason or "") + (f" (by {link.by})" if link.by else "")
