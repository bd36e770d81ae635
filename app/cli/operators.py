"""Operators: who may sign in to ``/ops``."""

import click

from app.cli.printing import AS_JSON, print_json, print_table, terminal_user
from app.cli.surroundings import product_of_here
from app.operators import service


@click.group("operator")
def operator_group() -> None:
    """People who may sign in to the operator's page, /ops."""


@operator_group.command("add")
@click.argument("name")
@click.option("--email", required=True, help="Where the operator can be reached.")
def add_operator(name: str, email: str) -> None:
    """Add an operator called NAME and print a password that is good for signing in once."""
    product = product_of_here()
    with product.database.transaction() as session:
        password = service.add(session, name, email, by=terminal_user(), now=product.clock.now())
    _tell(product.settings.base_url, name, password)


@operator_group.command("list")
@AS_JSON
def list_operators(*, as_json: bool) -> None:
    """Show who may sign in, and who no longer may."""
    product = product_of_here()
    with product.database.reading() as session:
        found = service.list_operators(session)
    if as_json:
        print_json(found)
    elif found:
        rows = [(one.name, one.state, one.email) for one in found]
        print_table(("NAME", "STATE", "E-MAIL"), rows)
    else:
        click.echo("There is none yet: `synerity operator add NAME --email ADDRESS`.")


@operator_group.command("disable")
@click.argument("name")
def disable_operator(name: str) -> None:
    """Let the operator NAME in no more, and sign them out everywhere."""
    product = product_of_here()
    with product.database.transaction() as session:
        service.disable(session, name, by=terminal_user(), now=product.clock.now())
    click.echo(f"{name} can't sign in any more. `synerity operator password {name}` lets them in again.")


@operator_group.command("password")
@click.argument("name")
def give_password(name: str) -> None:
    """Give the operator NAME a new password, and sign them out everywhere."""
    product = product_of_here()
    with product.database.transaction() as session:
        password = service.give_password(session, name, by=terminal_user(), now=product.clock.now())
    _tell(product.settings.base_url, name, password)


def _tell(base_url: str, name: str, password: str) -> None:
    click.echo(f"Address:  {base_url}/ops/")
    click.echo(f"Name:     {name}")
    click.echo(f"Password: {password}")
    click.echo("It is shown this once; the page asks for another one at the first sign-in.")
