"""Agreements: who has which, what it gives and costs on a day, what was asked for beyond it."""

from datetime import datetime, timedelta
from typing import Any

import click

from app.agreements import service as agreements
from app.agreements.models import Customer
from app.agreements.rules.board import LONG_AGO
from app.agreements.rules.fees import monthly_fee
from app.agreements.rules.table import Capability
from app.agreements.rules.terms import (
    Entitlement,
    InForce,
    Source,
    Terms,
    day_of,
    entitlement,
    in_force,
    midnight,
    monthly_price,
)
from app.agreements.terms import terms_of
from app.cli.printing import AS_JSON, print_json, print_table
from app.cli.surroundings import customer_of, product_of_here
from app.ops.pages.words import moment
from app.refusals import service as refusals
from app.sla.words import clock

#: What held on a day is what held at its noon.
_NOON = timedelta(hours=12)
_SOURCES = {
    Source.NONE: "not agreed",
    Source.BOARD: "on the board",
    Source.MARKETPLACE: "through monday.com",
}


@click.group("agreements")
def agreements_group() -> None:
    """Look at agreements: who has which, what it gives, what was asked for beyond it."""


@agreements_group.command("list")
@AS_JSON
def list_agreements(*, as_json: bool) -> None:
    """Show every customer's agreement in force, until when, and what a month costs."""
    product = product_of_here()
    now = product.clock.now()
    with product.database.reading() as session:
        found = [(one, terms_of(session, one.id)) for one in agreements.list_customers(session)]
    rows = [(customer, terms, in_force(terms, now)) for customer, terms in found]
    if as_json:
        print_json([_as_json(customer, terms, holds, now) for customer, terms, holds in rows])
        return
    print_table(
        ("customer", "agreement", "agreed", "from", "until", "SEK a month"),
        [
            (
                customer.name,
                holds.tier.upper(),
                _SOURCES[holds.source],
                _day(holds.since),
                _day(holds.until),
                f"{monthly_price(terms, now):,.2f}",
            )
            for customer, terms, holds in rows
        ],
    )


@agreements_group.command("show")
@click.argument("customer")
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="What held on a day, like 2026-07-01.")
@AS_JSON
def show_agreement(customer: str, day: datetime | None, *, as_json: bool) -> None:
    """Show what the agreement of CUSTOMER (its account or its name) gives and costs, now or on a day."""
    product = product_of_here()
    at = product.clock.now() if day is None else midnight(day.date()) + _NOON
    found = customer_of(product, customer)
    with product.database.reading() as session:
        terms = terms_of(session, found.id)
    holds = in_force(terms, at)
    given = [entitlement(terms, capability, at) for capability in Capability]
    fee = monthly_fee(terms, day_of(at).year, day_of(at).month)
    if as_json:
        cells = {one.capability.value: _cell(one) for one in given}
        told = _as_json(found, terms, holds, at) | {"gives": cells, "sek_this_month": str(fee.amount)}
        print_json([told])
        return
    click.echo(f"{found.name}, on {day_of(at)}: {holds.tier.upper()}, {_SOURCES[holds.source]}")
    click.echo(f"  from {_day(holds.since) or '-'} until {_day(holds.until) or 'further notice'}")
    licences = "with" if holds.is_licence_customer else "without"
    click.echo(f"  {monthly_price(terms, at):,.2f} SEK a month, {licences} licences from us")
    if holds.overruled:
        click.echo(f"  It also pays for {holds.overruled.upper()} through monday.com, which gives way.")
    click.echo("")
    print_table(
        ("capability", "gives", "by"), [(one.capability.value, _cell(one), str(one.clause)) for one in given]
    )
    click.echo(f"\nThe fee of {day_of(at):%Y-%m}: {fee.amount:,.2f} SEK")
    for line in fee.lines:
        days = f"{line.first_on} to {line.last_on}, {line.days} days"
        click.echo(f"  {line.tier.upper():8} {days}  {line.amount:,.2f}")


@agreements_group.command("asks")
@click.option("--customer", help="Of one customer only: its account or its name.")
@AS_JSON
def list_asks(customer: str | None, *, as_json: bool) -> None:
    """Show what customers asked for that their agreements do not include, the newest first."""
    product = product_of_here()
    customer_id = None if customer is None else customer_of(product, customer).id
    with product.database.reading() as session:
        asks = refusals.list_asks(session, customer_id=customer_id)
    if as_json:
        print_json(asks)
        return
    print_table(
        ("asked", "customer", "agreement", "ticket", "for"),
        [
            (moment(one.asked_at), one.customer, one.tier.upper(), one.ticket or "-", one.capability)
            for one in asks
        ],
    )


def _cell(one: Entitlement) -> str:
    limits = one.limits
    if limits.business_seconds is not None:
        return f"{one.level.value}, {clock(timedelta(seconds=limits.business_seconds))}"
    if limits.percent is not None:
        return f"{one.level.value}, {limits.percent.normalize():f} %, {limits.price} SEK an hour"
    return one.level.value


def _day(at: datetime | None) -> str:
    return "" if at is None or at < LONG_AGO else day_of(at).isoformat()


def _as_json(customer: Customer, terms: Terms, holds: InForce, at: datetime) -> dict[str, Any]:
    return {
        "customer": customer.name,
        "account": customer.slug,
        "tier": holds.tier,
        "source": holds.source.value,
        "since": holds.since,
        "until": holds.until,
        "is_licence_customer": holds.is_licence_customer,
        "overruled": holds.overruled,
        "sek_a_month": str(monthly_price(terms, at)),
    }
