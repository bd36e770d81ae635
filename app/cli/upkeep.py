"""The clock of a development product, the database's schema, the keys."""

import click
from cryptography.fernet import Fernet

from app import schema
from app.accounts import service as accounts
from app.cli.surroundings import product_of_here
from app.clock import DevelopmentClock
from app.lengths import parse_length


@click.group()
def clock() -> None:
    """The development clock. In production it can't be moved."""


@clock.command("show")
def show_clock() -> None:
    """Show what time the product thinks it is."""
    click.echo(f"{product_of_here().clock.now():%Y-%m-%d %H:%M:%S} UTC")


@clock.command()
@click.argument("length")
def advance(length: str) -> None:
    """Move the clock forward by LENGTH, like 90s, 15m, 3h, 2d or "1h 30m"."""
    product = product_of_here()
    if not isinstance(product.clock, DevelopmentClock):
        raise click.ClickException("The clock can't be moved in production.")
    click.echo(f"It is now {product.clock.advance(parse_length(length)):%Y-%m-%d %H:%M:%S} UTC.")


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest schema."""
    product = product_of_here()
    schema.upgrade(product.database)
    click.echo("The database has the newest schema.")


@click.group()
def keys() -> None:
    """The keys that encrypt tokens at rest (SECRET_KEYS, newest first)."""


@keys.command("new")
def new_key() -> None:
    """Print a new key. Put it first in SECRET_KEYS, then run `synerity keys rotate`."""
    click.echo(Fernet.generate_key().decode())


@keys.command("rotate")
def rotate_keys() -> None:
    """Encrypt every stored token under the newest key; older keys can then be removed."""
    product = product_of_here()
    with product.database.transaction() as session:
        count = accounts.rotate_tokens(session, product.settings)
    click.echo(f"{count} token(s) are now encrypted under the newest key.")
