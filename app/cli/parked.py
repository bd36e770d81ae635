"""What is parked: looking through it, trying it again, giving it up."""

from collections.abc import Sequence

import click

from app.accounts import service as accounts
from app.cli.printing import AS_JSON, print_json, terminal_user
from app.cli.surroundings import product_of_here, ring_what_waits
from app.factory import Product
from app.ops.pages.words import moment
from app.parked import service
from app.parked.service import Sought, What

_ACCOUNT = click.option("--account", "slug", help="Slug of one account; all when left out.")
_REASON = click.option("--reason-has", default="", help="Only what has this in its reason.")
_CHANGE = click.option(
    "--change", "changes", type=int, multiple=True, metavar="ID", help="A parked change; repeatable."
)
_EVENT = click.option(
    "--event", "events", type=int, multiple=True, metavar="ID", help="A parked event; repeatable."
)


@click.command("parked")
@_ACCOUNT
@_REASON
@click.option("--payload", is_flag=True, help="Also what was to be sent, or was received.")
@click.option("--limit", default=100, show_default=True, help="At most so many of each kind.")
@AS_JSON
def list_parked(slug: str | None, reason_has: str, limit: int, *, payload: bool, as_json: bool) -> None:
    """Show what could not be done and waits for you: each with its reason."""
    product = product_of_here()
    with product.database.reading() as session:
        sought = Sought(_account_id(product, slug), None, reason_has)
        pages = {what: service.look(session, what, sought, limit=limit) for what in _KINDS}
    if as_json:
        print_json([one for page in pages.values() for one in page.found])
        return
    for what, page in pages.items():
        for one in page.found:
            name = "change" if what == "changes" else "event"
            about = f"board {one.board_id}" if one.board_id else "no board"
            mark = "  INTERNAL" if one.is_internal else ""
            click.echo(f"{name} {one.id}  {moment(one.since)}  {one.slug}, {about}  {one.title}{mark}")
            click.echo(f"    {one.reason}")
            if payload:
                click.echo("    " + one.payload.replace("\n", "\n    "))
        if page.next_after is not None:
            click.echo(f"… and {page.total - len(page.found)} more {what}; --limit shows more.")
    if not any(page.total for page in pages.values()):
        click.echo("Nothing is parked.")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Everything parked that the filter lets through.")
@_EVENT
@_CHANGE
@_ACCOUNT
@_REASON
def replay(
    *, everything: bool, events: Sequence[int], changes: Sequence[int], slug: str | None, reason_has: str
) -> None:
    """Try parked events and changes again, after their cause was mended."""
    if not (everything or events or changes):
        raise click.UsageError("Say what to replay: --all, --event ID or --change ID.")
    product = product_of_here()
    by, now = terminal_user(), product.clock.now()
    with product.database.transaction() as session:
        if everything:
            sought = Sought(_account_id(product, slug), None, reason_has)
            counts = [service.replay_sought(session, what, sought, by=by, now=now) for what in _KINDS]
        else:
            chosen: dict[What, Sequence[int]] = {"changes": changes, "deliveries": events}
            counts = [service.replay(session, what, ids, by=by, now=now) for what, ids in chosen.items()]
    ring_what_waits(product)
    click.echo(f"Put back {counts[1]} event(s) and {counts[0]} change(s).")


@click.command()
@_EVENT
@_CHANGE
@click.option("--reason", required=True, help="Why, in a sentence; it is written down.")
def drop(*, events: Sequence[int], changes: Sequence[int], reason: str) -> None:
    """Give parked events and changes up for good. What waits for a dropped change goes with it."""
    if not (events or changes):
        raise click.UsageError("Say what to drop: --event ID or --change ID.")
    product = product_of_here()
    by, now, number = terminal_user(), product.clock.now(), 0
    with product.database.transaction() as session:
        chosen: dict[What, Sequence[int]] = {"changes": changes, "deliveries": events}
        for what, ids in chosen.items():
            for one in ids:
                number += service.drop(session, what, one, reason, by=by, now=now)
    click.echo(f"Dropped {number}, counting what waited for it.")


_KINDS: tuple[What, ...] = ("changes", "deliveries")


def _account_id(product: Product, slug: str | None) -> str | None:
    """The account of a slug, also of one that is paused: that is when most is parked."""
    if slug is None:
        return None
    with product.database.reading() as session:
        account = accounts.find_account_by_slug(session, slug)
    if account is None:
        raise click.ClickException(f"The account {slug!r} has not installed the app.")
    return account.account_id
