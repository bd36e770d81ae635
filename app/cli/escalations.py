"""Escalations: how each stands, what happened to it, who is called."""

from collections.abc import Sequence

import click

from app.cli.printing import AS_JSON, print_json, print_table
from app.cli.surroundings import customer_of, product_of_here
from app.escalations import register
from app.escalations.register import EscalationSeen
from app.escalations.roster import Person
from app.ops.pages.words import moment


@click.group("escalations")
def escalations_group() -> None:
    """Look at escalations, at their logs, and at who was called to them."""


@escalations_group.command("list")
@click.option("--customer", help="Only this customer: its account's slug, or its name.")
@click.option("--all", "is_all", is_flag=True, help="Also those that have ended.")
@AS_JSON
def list_escalations(customer: str | None, *, is_all: bool, as_json: bool) -> None:
    """List escalations, the newest first: those that stand, or all."""
    product = product_of_here()
    customer_id = None if customer is None else customer_of(product, customer).id
    with product.database.reading() as session:
        found = register.list_escalations(session, customer_id=customer_id, is_standing=not is_all)
    if as_json:
        print_json(found)
    elif found:
        heads = (
            "NUMBER",
            "CUSTOMER",
            "TICKET",
            "STATE",
            "LEVEL",
            "ACKNOWLEDGE BY (UTC)",
            "IN TIME",
            "OUTCOME",
        )
        print_table(heads, [_cells(one) for one in found])
    else:
        click.echo("There is no such escalation.")


@escalations_group.command("show")
@click.argument("number")
@AS_JSON
def show_escalation(number: str, *, as_json: bool) -> None:
    """Show the escalation NUMBER, like E-7: how it stands, who was called, and its log."""
    product = product_of_here()
    with product.database.reading() as session:
        seen = register.find(session, number)
        entries = register.log_of(session, number)
        calls = register.called_to(session, number)
    if as_json:
        print_json(entries)
        return
    click.echo("  ".join(cell for cell in _cells(seen) if cell))
    click.echo(f"reason: {seen.reason or 'none yet'}")
    if seen.commitment:
        click.echo(f"monday.com commits to: {seen.commitment}")
    for call in calls:
        by = "not notified" if call.notified_at is None else f"notified {moment(call.notified_at)}"
        click.echo(f"  level {call.level}: {call.address}, {by}; mail {call.mail_state or 'not wanted yet'}")
    print_table(
        ("WHEN (UTC)", "WHAT", "WORDS"),
        [(moment(one.at), one.kind, " ".join(one.words.split())) for one in entries],
    )


def who_is_called(people: Sequence[Person], *, is_taken: bool) -> list[str]:
    """What ``synerity status`` says of who is called to escalations."""
    if not is_taken:
        return ["not taken over yet; a worker does that within half an hour of its start"]
    if not people:
        return ["nobody: set ESCALATION_LEVELS, else escalations are only shown on their board"]
    return [
        f"level {one.level + 1}: {one.address}" + (f" ({one.name})" if one.user_id else f", {_unknown(one)}")
        for one in people
    ]


def _unknown(one: Person) -> str:
    return "no user of the partner's account: mail only" if one.is_sought else "not looked up yet"


def _cells(one: EscalationSeen) -> tuple[str, ...]:
    in_time = {None: "", True: "yes", False: "no"}[one.is_in_time]
    return (
        one.number,
        one.customer,
        one.ticket,
        one.state,
        str(one.level) if one.opened_at is not None else "",
        "" if one.due_at is None else moment(one.due_at),
        in_time,
        one.outcome or "",
    )
