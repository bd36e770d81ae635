"""``synerity``: what an operator does from a terminal. Each command calls one service."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from cryptography.fernet import Fernet

from app import schema
from app.accounts import service as accounts
from app.accounts.service import Account
from app.agreements import service as agreements
from app.agreements.models import Customer
from app.boards.provisioning import BoardReport
from app.budgets.usage import Usage, usage
from app.clock import DevelopmentClock, lease_time
from app.errors import SupportError
from app.factory import Product, build
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.lengths import parse_length
from app.links.rules import ColumnProposal
from app.mirror import service as mirror
from app.onboarding import further
from app.onboarding import service as onboarding
from app.ops.service import read_figures
from app.outbox import service as outbox
from app.settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Look after Synerity Support for monday.com: its state, its boards, what is parked."""


@cli.command()
def status() -> None:
    """Show accounts, what waits, what is parked, and what to do about it."""
    product = _product()
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
        if account.account_id in used:
            click.echo(f"    {_budget(used[account.account_id])}")
    if not figures.accounts:
        click.echo(f"  none yet; open {product.settings.base_url}/oauth/start to install the app")
    click.echo(f"\nEvents:  {_counts(figures.events)}")
    click.echo(f"Changes: {_counts(figures.changes)}")
    click.echo(
        f"Waiting: {figures.waiting_lanes} lane(s), the oldest for {figures.oldest_wait_seconds:.0f} s"
    )
    next_timer = f", next at {figures.next_timer_at:%Y-%m-%d %H:%M:%S} UTC" if figures.next_timer_at else ""
    click.echo(f"Timers:  {figures.timers}{next_timer}")
    for event in parked_events:
        click.echo(f"\nParked event {event.id} ({event.source}, account {event.account_id}): {event.reason}")
    for change in parked_changes:
        click.echo(f"\nParked change {change.id} ({change.kind}): {change.reason}")
    if parked_events or parked_changes:
        click.echo("\nMend the cause, then run `synerity replay --all` (or --event ID, --change ID).")


@cli.command()
@click.option("--account", "slug", help="Slug of one account; all active ones when left out.")
def provision(slug: str | None) -> None:
    """Make the boards of installed accounts, or repair what they lack. Renames nothing."""
    product = _product()
    for account in _accounts(product, slug):
        report = onboarding.connect_account(product, account.account_id, now=product.clock.now()).report
        for board in report.boards:
            _tell_board(board, account.slug)
    _ring(product)


@cli.group("link")
def link_group() -> None:
    """Boards on which a customer follows its tickets, besides the one of each account."""


_CUSTOMER = click.option(
    "--customer", "customer_name", required=True, help="The customer's account slug, or its name."
)
_ACCOUNT = click.option("--account", "slug", required=True, help="Slug of the account the board is in.")


@link_group.command("add")
@_CUSTOMER
@_ACCOUNT
@click.argument("title")
def add_link(customer_name: str, slug: str, title: str) -> None:
    """Make one more tickets board, called TITLE, in an account."""
    product = _product()
    customer, (account,) = _customer(product, customer_name), _accounts(product, slug)
    report = further.add_board(product, customer.id, account.account_id, title=title, now=product.clock.now())
    _tell_board(report, slug)
    _ring(product)


@link_group.command("adopt")
@_CUSTOMER
@_ACCOUNT
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="KEY=ID",
    help="Which of the board's columns serves as ours, or KEY=new for a new one; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would serve as what.")
@click.argument("board_id")
def adopt_link(
    customer_name: str, slug: str, columns: Sequence[str], board_id: str, *, dry_run: bool
) -> None:
    """Follow a board that people made: BOARD_ID is the number at the end of its address."""
    answers = dict(column.split("=", 1) for column in columns if "=" in column)
    if len(answers) < len(columns):
        raise click.UsageError("Write --column as KEY=ID, for example --column description=long_text4.")
    product = _product()
    customer, (account,) = _customer(product, customer_name), _accounts(product, slug)
    now = product.clock.now()
    if dry_run:
        adoption = further.propose_adoption(product, account.account_id, board_id, now=now)
        for proposal in adoption.columns:
            click.echo(f"  {proposal.column.key:16} {_proposal(proposal)}")
        return
    report = further.adopt_board(product, customer.id, account.account_id, board_id, answers=answers, now=now)
    _tell_board(report, slug)
    _ring(product)


@cli.command()
@click.option("--account", "slug", help="Slug of one account; all active ones when left out.")
def reconcile(slug: str | None) -> None:
    """Ask for every board to be compared with what we know, so that missed events are healed."""
    product = _product()
    found = _accounts(product, slug)
    with product.database.transaction() as session:
        for account in found:
            onboarding.ask_to_sweep(session, account.account_id, now=product.clock.now())
    _ring(product)
    click.echo(f"Asked for {len(found)} account(s) to be swept. `synerity status` shows when nothing waits.")


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Everything that is parked.")
@click.option("--event", "events", type=int, multiple=True, metavar="ID", help="A parked event; repeatable.")
@click.option(
    "--change", "changes", type=int, multiple=True, metavar="ID", help="A parked change; repeatable."
)
def replay(*, everything: bool, events: Sequence[int], changes: Sequence[int]) -> None:
    """Try parked events and changes again, after their cause was mended."""
    if not (everything or events or changes):
        raise click.UsageError("Say what to replay: --all, --event ID or --change ID.")
    product = _product()
    with product.database.transaction() as session:
        event_count = inbox.replay(session, None if everything else events, lease_time=lease_time())
        wanted = None if everything else changes
        change_count = mirror.want_anew(session, wanted, now=product.clock.now())
        change_count += outbox.replay(session, wanted, now=product.clock.now())
    _ring(product)
    click.echo(f"Put back {event_count} event(s) and {change_count} change(s).")


@cli.group()
def clock() -> None:
    """The development clock. In production it can't be moved."""


@clock.command("show")
def show_clock() -> None:
    """Show what time the product thinks it is."""
    click.echo(f"{_product().clock.now():%Y-%m-%d %H:%M:%S} UTC")


@clock.command()
@click.argument("length")
def advance(length: str) -> None:
    """Move the clock forward by LENGTH, like 90s, 15m, 3h, 2d or "1h 30m"."""
    product = _product()
    if not isinstance(product.clock, DevelopmentClock):
        raise click.ClickException("The clock can't be moved in production.")
    click.echo(f"It is now {product.clock.advance(parse_length(length)):%Y-%m-%d %H:%M:%S} UTC.")


@cli.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest schema."""
    product = _product()
    schema.upgrade(product.database)
    click.echo("The database has the newest schema.")


@cli.group()
def keys() -> None:
    """The keys that encrypt tokens at rest (SECRET_KEYS, newest first)."""


@keys.command("new")
def new_key() -> None:
    """Print a new key. Put it first in SECRET_KEYS, then run `synerity keys rotate`."""
    click.echo(Fernet.generate_key().decode())


@keys.command("rotate")
def rotate_keys() -> None:
    """Encrypt every stored token under the newest key; older keys can then be removed."""
    product = _product()
    with product.database.transaction() as session:
        count = accounts.rotate_tokens(session, product.settings)
    click.echo(f"{count} token(s) are now encrypted under the newest key.")


def main() -> None:
    """The console script: errors that we understand are sentences, not tracebacks."""
    try:
        cli()
    except SupportError as error:
        click.echo(error.message, err=True)
        sys.exit(1)


def _product() -> Product:
    return build(Settings.from_env(_environment()))


def _environment() -> dict[str, str]:
    """This terminal's variables; where they do not say what runs here, those that `make run` left behind."""
    left_behind = Path(os.environ.get("VAR_DIR") or "var") / "environment"
    if "APP_ENV" in os.environ or not left_behind.exists():
        return dict(os.environ)
    words = [word for word in shlex.split(left_behind.read_text()) if "=" in word]
    return dict(word.split("=", 1) for word in words) | dict(os.environ)


def _accounts(product: Product, slug: str | None) -> list[Account]:
    with product.database.reading() as session:
        found = [a for a in accounts.list_accounts(session) if slug is None or a.slug == slug]
    if slug is not None and not found:
        raise click.ClickException(f"The account {slug!r} has not installed the app.")
    # The partner first: customers need its boards.
    return sorted((a for a in found if a.state == "active"), key=lambda a: a.role != "partner")


def _customer(product: Product, name: str) -> Customer:
    with product.database.reading() as session:
        found = agreements.find_by_item(session, name)
    if found is None:
        raise click.ClickException(f"There is no customer {name!r} on the customers board.")
    return found


def _proposal(proposal: ColumnProposal) -> str:
    if proposal.found is not None:
        return f"{proposal.found.id} (“{proposal.found.title}”)"
    if not proposal.is_open:
        return "a new column"
    choices = ", ".join(f"{column.id} (“{column.title}”)" for column in proposal.candidates)
    return f"asked: {choices}, or new"


def _tell_board(report: BoardReport, slug: str) -> None:
    made = ", ".join(report.made) if report.made else "nothing was missing"
    click.echo(f"{slug}: {report.key} (board {report.board_id}): {made}")
    for fault in report.faults:
        click.echo(f"{slug}: can't be repaired: {fault}", err=True)


def _ring(product: Product) -> None:
    with product.database.reading() as session:
        bells = lanes.waiting(session, now=lease_time())
    product.doorbell.ring(bells)


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


if __name__ == "__main__":
    main()
