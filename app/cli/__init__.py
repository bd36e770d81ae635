"""``synerity``: what an operator does from a terminal. Each command calls one service."""

import sys

import click

from app.cli.boards import link_group, provision
from app.cli.overview import status
from app.cli.trouble import reconcile, replay, sweeps_group
from app.cli.upkeep import clock, db, keys
from app.errors import SupportError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Look after Synerity Support for monday.com: its state, its boards, what is parked."""


for command in (status, provision, link_group, reconcile, sweeps_group, replay, clock, db, keys):
    cli.add_command(command)


def main() -> None:
    """The console script: errors that we understand are sentences, not tracebacks."""
    try:
        cli()
    except SupportError as error:
        click.echo(error.message, err=True)
        sys.exit(1)
