"""``synerity``: what an operator does from a terminal. Each command calls one service."""

import sys

import click

from app.cli.agreements import agreements_group
from app.cli.boards import link_group, provision
from app.cli.invoicing import invoicing_group, time_group
from app.cli.links import list_links, pause_link, resume_link, sweep_link
from app.cli.mail import mail_group
from app.cli.operators import operator_group
from app.cli.overview import status
from app.cli.parked import drop, list_parked, replay
from app.cli.sla import sla_group
from app.cli.tickets import show_ticket
from app.cli.trouble import reconcile, sweeps_group
from app.cli.upkeep import clock, db, keys
from app.cli.wishes import wishes_group
from app.errors import SupportError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Look after Synerity Support for monday.com: its state, its boards, what is parked."""


for command in (pause_link, resume_link):
    link_group.add_command(command)
for command in (
    *(status, list_links, list_parked, show_ticket, sweep_link, replay, drop),
    *(provision, link_group, reconcile, sweeps_group, sla_group, agreements_group, mail_group),
    *(wishes_group, time_group, invoicing_group, operator_group, clock, db, keys),
):
    cli.add_command(command)


def main() -> None:
    """The console script: errors that we understand are sentences, not tracebacks."""
    try:
        cli()
    except SupportError as error:
        click.echo(error.message, err=True)
        sys.exit(1)
