"""When something is missed: sweeps, and what they found."""

import click

from app.cli.printing import terminal_user
from app.cli.surroundings import accounts_of, product_of_here, ring_what_waits
from app.onboarding import service as onboarding
from app.ops import actions
from app.sweeps import report
from app.sweeps.backfill import Backfill
from app.sweeps.report import SweepReport


@click.command()
@click.option("--account", "slug", help="Slug of one account; all active ones when left out.")
def reconcile(slug: str | None) -> None:
    """Ask for every board to be compared with what we know, so that missed events are healed."""
    product = product_of_here()
    found = accounts_of(product, slug)
    with product.database.transaction() as session:
        for account in found:
            actions.reconcile(session, account, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Asked for {len(found)} account(s) to be swept. `synerity status` shows when nothing waits.")


@click.group("sweeps")
def sweeps_group() -> None:
    """What sweeps found and put right, and those that wait for you."""


@sweeps_group.command("list")
@click.option("--account", "slug", help="Slug of one account; all when left out.")
@click.option("--all", "everything", is_flag=True, help="Also those that found nothing.")
def list_sweeps(slug: str | None, *, everything: bool) -> None:
    """Show the latest sweeps that found something or did not end well, newest first."""
    product = product_of_here()
    slugs = {account.account_id: account.slug for account in accounts_of(product, slug)}
    with product.database.reading() as session:
        found = [
            one
            for one in report.reports(session, eventful_only=not everything, limit=200)
            if slug is None or one.account_id in slugs
        ]
    for one in found:
        click.echo(_sweep(one, slugs.get(one.account_id, one.account_id)))
    if not found:
        click.echo("No sweep found anything. `--all` shows those, too.")


@sweeps_group.command("show")
@click.argument("run_id", type=int)
def show_sweep(run_id: int) -> None:
    """Show what the sweep RUN_ID put right: items and columns, never what anybody wrote."""
    product = product_of_here()
    with product.database.reading() as session:
        things = report.healed(session, run_id)
    for thing in things:
        what = thing.what if thing.column_key is None else f"{thing.what} {thing.column_key}"
        click.echo(f"{thing.at:%Y-%m-%d %H:%M:%S}  item {thing.item_id}  {what}  {_WHY[thing.why]}")
    if not things:
        click.echo(f"Sweep {run_id} put nothing right.")


@sweeps_group.command("backfill")
@click.option("--all", "everything", is_flag=True, help="Also boards whose items have all come.")
def show_backfills(*, everything: bool) -> None:
    """Show how far the items have come that stood on a board before it was connected."""
    product = product_of_here()
    slugs = {account.account_id: account.slug for account in accounts_of(product, None)}
    with product.database.reading() as session:
        found = onboarding.backfills(session, now=product.clock.now())
    for one in found:
        if everything or one.state != "done":
            click.echo(_backfill(one, slugs.get(one.account_id, one.account_id)))
    if not everything and all(one.state == "done" for one in found):
        click.echo("Nothing is on its way. `--all` shows what has come.")


@sweeps_group.command("go-on")
@click.argument("run_id", type=int)
def let_go_on(run_id: int) -> None:
    """Let the sweep RUN_ID go on, which waits because a board lacks many items at once."""
    product = product_of_here()
    with product.database.transaction() as session:
        count = actions.go_on(session, run_id, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"{count} missing item(s) are looked up one by one now.")


_STATE = {"under_way": "under way", "done": "done", "failed": "failed, the next sweep tries anew"}


def _backfill(one: Backfill, slug: str) -> str:
    told = f"{slug} board {one.board_id}: {one.done} of {one.total} item(s), {_STATE[one.state]}"
    if one.state == "under_way":
        told += f", {one.a_minute:.0f} a minute"
    if one.expected_end is not None:
        told += f", expected to end {one.expected_end:%Y-%m-%d %H:%M} UTC"
    return f"{told}; {one.parked} parked (`synerity status` says why)" if one.parked else told


_WHY = {"missed_event": "no webhook told of it", "lost_write": "what was written there was gone"}


def _sweep(one: SweepReport, slug: str) -> str:
    told = (
        f"{one.id:6}  {one.begun_at:%Y-%m-%d %H:%M:%S}  {slug} board {one.board_id}  {one.kind} "
        f"({one.cause})  {one.state}: {one.items} item(s) listed, {one.asked} read, "
        f"{one.healed} thing(s) put right"
    )
    return told if one.note is None else f"{told}\n        {one.note}"
