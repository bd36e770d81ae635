"""Boards: making, repairing, following them."""

from collections.abc import Sequence

import click

from app.boards.provisioning import BoardReport
from app.cli.printing import terminal_user
from app.cli.surroundings import accounts_of, customer_of, product_of_here, ring_what_waits
from app.links.rules import ColumnProposal
from app.onboarding import further
from app.onboarding import service as onboarding
from app.ops import actions


@click.command()
@click.option("--account", "slug", help="Slug of one account; all active ones when left out.")
def provision(slug: str | None) -> None:
    """Make the boards of installed accounts, or repair what they lack. Renames nothing."""
    product = product_of_here()
    for account in accounts_of(product, slug):
        report = onboarding.connect_account(product, account.account_id, now=product.clock.now()).report
        for board in report.boards:
            _tell_board(board, account.slug)
    ring_what_waits(product)


@click.group("link")
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
    product = product_of_here()
    customer, (account,) = customer_of(product, customer_name), accounts_of(product, slug)
    by, now = terminal_user(), product.clock.now()
    report = actions.add_board(product, customer.id, account.account_id, title=title, by=by, now=now)
    _tell_board(report, slug)
    ring_what_waits(product)


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
    product = product_of_here()
    customer, (account,) = customer_of(product, customer_name), accounts_of(product, slug)
    now = product.clock.now()
    if dry_run:
        adoption = further.propose_adoption(product, account.account_id, board_id, now=now)
        for proposal in adoption.columns:
            click.echo(f"  {proposal.column.key:16} {_proposal(proposal)}")
        return
    report = actions.adopt(
        product, customer.id, account.account_id, board_id, answers=answers, by=terminal_user(), now=now
    )
    _tell_board(report, slug)
    ring_what_waits(product)


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
