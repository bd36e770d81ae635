"""What every command works with: the product as it is set up here, accounts and customers by name."""

import os
import shlex
from pathlib import Path

import click

from app.accounts import service as accounts
from app.accounts.service import Account
from app.agreements import service as agreements
from app.agreements.models import Customer
from app.clock import lease_time
from app.factory import Product, build
from app.lanes import service as lanes
from app.settings import Settings


def product_of_here() -> Product:
    """The product with this terminal's settings."""
    return build(Settings.from_env(_environment()))


def accounts_of(product: Product, slug: str | None) -> list[Account]:
    """The active accounts, the partner's first; one of them where a slug is told.

    Raises:
        click.ClickException: no account has that slug.
    """
    with product.database.reading() as session:
        found = [a for a in accounts.list_accounts(session) if slug is None or a.slug == slug]
    if slug is not None and not found:
        raise click.ClickException(f"The account {slug!r} has not installed the app.")
    # The partner first: customers need its boards.
    return sorted((a for a in found if a.state == "active"), key=lambda a: a.role != "partner")


def customer_of(product: Product, name: str) -> Customer:
    """A customer by its account's slug or its name.

    Raises:
        click.ClickException: the customers board has none.
    """
    with product.database.reading() as session:
        found = agreements.find_by_item(session, name)
    if found is None:
        raise click.ClickException(f"There is no customer {name!r} on the customers board.")
    return found


def ring_what_waits(product: Product) -> None:
    """Tell the workers what a command has asked for."""
    with product.database.reading() as session:
        bells = lanes.waiting(session, now=lease_time())
    product.doorbell.ring(bells)


def _environment() -> dict[str, str]:
    """This terminal's variables; where they do not say what runs here, those that `make run` left behind."""
    left_behind = Path(os.environ.get("VAR_DIR") or "var") / "environment"
    if "APP_ENV" in os.environ or not left_behind.exists():
        return dict(os.environ)
    words = [word for word in shlex.split(left_behind.read_text()) if "=" in word]
    return dict(word.split("=", 1) for word in words) | dict(os.environ)
