"""``synerity status``."""

import click

from app.accounts.service import READS_FILES
from app.budgets.usage import Usage, usage
from app.cli.surroundings import product_of_here
from app.clock import lease_time
from app.inbox import service as inbox
from app.mail.sending import NO_SERVER
from app.ops.service import read_figures
from app.outbox import service as outbox


@click.command()
def status() -> None:
    """Show accounts, what waits, what is parked, and what to do about it."""
    product = product_of_here()
    with product.database.reading() as session:
        figures = read_figures(session)
        parked_events = inbox.parked(session, limit=20)
        parked_changes = outbox.parked(session, limit=20)
    click.echo(f"Time: {product.clock.now():%Y-%m-%d %H:%M:%S} UTC")
    click.echo("\nAccounts")
    used = {one.account_id: one for one in usage(product.ledger, [a.account_id for a in figures.accounts])}
    for account in figures.accounts:
        note = f"  ({account.pause_reason})" if account.pause_reason else ""
        click.echo(f"  {account.slug:24} {account.role:9} {account.state}{note}")
        if READS_FILES not in account.scopes:
            again = f"{product.settings.base_url}/oauth/start?subdomain={account.slug}"
            click.echo(f"    its files stay where they are until it agrees to {READS_FILES}: {again}")
        if account.account_id in used:
            click.echo(f"    {_budget(used[account.account_id])}")
    if not figures.accounts:
        click.echo(f"  none yet; open {product.settings.base_url}/oauth/start to install the app")
    click.echo(f"\nEvents:  {_counts(figures.events)}")
    click.echo(f"Changes: {_counts(figures.changes)}")
    click.echo(f"Mail:    {_counts(figures.mails)}; came: {_counts(figures.incoming_mails)}")
    if product.settings.mail_server is None:
        click.echo(f"         {NO_SERVER}")
    click.echo(
        f"Waiting: {figures.waiting_lanes} lane(s), the oldest for {figures.oldest_wait_seconds:.0f} s"
    )
    next_timer = f", next at {figures.next_timer_at:%Y-%m-%d %H:%M:%S} UTC" if figures.next_timer_at else ""
    click.echo(f"Timers:  {figures.timers}{next_timer}")
    for event in parked_events:
        click.echo(f"\nParked event {event.id} ({event.source}, account {event.account_id}): {event.reason}")
    for change in parked_changes:
        click.echo(f"\nParked change {change.id} ({change.kind}): {change.reason}")
    if figures.mails.get("uncertain") or figures.incoming_mails.get("unsorted"):
        click.echo("\nSome mail needs a person to decide: `synerity mail --help` says how.")
    if parked_events or parked_changes:
        click.echo("\nMend the cause, then run `synerity replay --all` (or --event ID, --change ID).")


def _budget(used: Usage) -> str:
    told = (
        f"within a minute: {used.calls.used} of {used.calls.limit} calls, {used.reads.share:.0%} of what may "
        f"be read, {used.writes.share:.0%} of what may be written; today: {used.day.used} calls"
    )
    if used.day.limit is not None:
        told += f" of {used.day.limit}"
    for priority, until in sorted(used.waiting.items()):
        told += f"; {priority.name.lower()} work waits {max(0.0, until - lease_time()):.0f} s for room"
    return told


def _counts(counts: object) -> str:
    if not isinstance(counts, dict) or not counts:
        return "none"
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
