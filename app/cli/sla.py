"""Promises: how a ticket's clocks came to what they show, and what does not count."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.agreements.rules import table as agreements
from app.business_time import BusinessCalendar, CalendarError, calendar, read_calendars
from app.cli.printing import AS_JSON, print_json, print_table, terminal_user
from app.cli.surroundings import product_of_here, ring_what_waits
from app.ops import actions, preview, promises
from app.ops.pages.words import moment
from app.sla import service as sla
from app.sla import words
from app.sla.rules import ledger
from app.sla.rules.cycles import Cycle
from app.sla.rules.ledger import Line
from app.timeline import service as timelines

_READABLE = click.Path(exists=True, dir_okay=False)


@click.group("sla")
def sla_group() -> None:
    """Explain the clocks of tickets, and excuse time that is not to count."""


@sla_group.command("explain")
@click.argument("number")
@AS_JSON
def explain(number: str, *, as_json: bool) -> None:
    """Show every stretch of the clocks of ticket NUMBER, like SYN-1012, and why it counted or not."""
    product = product_of_here()
    with product.database.reading() as session:
        ticket = timelines.find(session, number)
        told = sla.explain(session, ticket.id, now=product.clock.now())
    if as_json:
        print_json([_as_json(cycle, lines) for cycle, lines in told.clocks])
        return
    click.echo(f"{ticket.number}  {ticket.status}  {ticket.tier}. Moments are UTC.")
    for cycle, lines in told.clocks:
        click.echo(f"\n{words.title(cycle)}: {words.STATUSES[cycle.status]}")
        if cycle.target is None:
            continue
        promised = words.clock(cycle.target.promised)
        click.echo(f"  promised {promised} of business time, due {moment(cycle.due_at)}")
        if cycle.breached_at is not None:
            click.echo(f"  breached {moment(cycle.breached_at)}")
        for line in lines:
            mark = "+" if line.counts else " "
            told_line = f"{moment(line.start)}  {moment(line.end)}  {mark}{words.clock(line.length):>9}"
            click.echo(f"  {told_line}  {words.why(line)}")
        click.echo(f"  {'counted':>42}  {words.clock(ledger.counted(lines)):>10}")
    click.echo("\nWhose time it was")
    for party, share in told.whose_time.items():
        click.echo(f"  {words.PARTIES[party]:14} {words.clock(share):>10}")
    for revision in told.revisions:
        click.echo(
            f"\n{moment(revision.at)}: {revision.metric.replace('_', ' ')} {revision.number + 1} read "
            f"{revision.was}, and {revision.became} since ({revision.because or 'read again'})."
        )


@sla_group.command("excuse")
@click.argument("number")
@click.option("--from", "start", required=True, help="From when, UTC, like 2026-11-23T08:00.")
@click.option("--to", "end", required=True, help="Until when, UTC.")
@click.option("--reason", required=True, help="Why; it stays visible on the ticket.")
def excuse(number: str, start: str, end: str, reason: str) -> None:
    """Decide that a stretch of time does not count for ticket NUMBER."""
    product = product_of_here()
    now = product.clock.now()
    with product.database.transaction() as session:
        ticket = timelines.find(session, number)
        actions.excuse(
            session,
            ticket,
            start=_moment(start),
            end=_moment(end),
            reason=reason,
            by=terminal_user(),
            now=now,
        )
    ring_what_waits(product)
    click.echo(
        f"That time does not count for {ticket.number}. `synerity sla explain {ticket.number}` shows it."
    )


@sla_group.command("preview")
@click.option("--tiers", type=_READABLE, help="Other agreements, in the form of app/agreements/tiers.yaml.")
@click.option("--calendars", type=_READABLE, help="Other calendars, as in app/business_time/calendars.yaml.")
def preview_change(tiers: str | None, calendars: str | None) -> None:
    """Show what other agreements or calendars would change, before they are saved."""
    if tiers is None and calendars is None:
        raise click.ClickException("Say what is to be another: --tiers FILE, --calendars FILE, or both.")
    known = agreements.table() if tiers is None else agreements.read_table(Path(tiers).read_text())
    calendar_of = calendar if calendars is None else _calendars(Path(calendars).read_text())
    product = product_of_here()
    with product.database.reading() as session:
        told = preview.preview(session, sla.promised_by(known, calendar_of), now=product.clock.now())
    rows = [
        (
            one.ticket,
            one.customer,
            words.METRICS[one.metric],
            moment(one.due_before),
            moment(one.due_after),
            "would be breached at once" if one.would_breach else "",
        )
        for one in told.moved
    ]
    if rows:
        print_table(("TICKET", "CUSTOMER", "CLOCK", "DUE (UTC)", "THEN", ""), rows)
    else:
        click.echo("No open ticket's clock would move.")
    span = f"{told.quarter_begins:%Y-%m-%d} to {told.quarter_ends:%Y-%m-%d}"
    click.echo(f"\nLast quarter, {span}")
    click.echo(f"  as it is  {told.before.met} met, {told.before.breached} breached")
    click.echo(f"  then      {told.after.met} met, {told.after.breached} breached")


def _calendars(described: str) -> Callable[[str], BusinessCalendar]:
    """The calendars of a file by name; one that it lacks is refused."""
    known = read_calendars(described)

    def named(name: str) -> BusinessCalendar:
        if name not in known:
            raise CalendarError(f"The file has no calendar {name!r}, which the agreements name.")
        return known[name]

    return named


@sla_group.command("open")
@AS_JSON
def list_open(*, as_json: bool) -> None:
    """Show the clocks that run, the most urgent first."""
    product = product_of_here()
    with product.database.reading() as session:
        running = promises.running(session, now=product.clock.now())
    if as_json:
        print_json(running)
        return
    rows = [
        (
            one.ticket,
            one.customer,
            one.tier,
            words.METRICS[one.metric],
            words.STATUSES[one.status],
            words.left(one.left_seconds),
            moment(one.due_at),
        )
        for one in running
    ]
    if rows:
        print_table(("TICKET", "CUSTOMER", "AGREEMENT", "CLOCK", "STATUS", "LEFT", "DUE (UTC)"), rows)
    else:
        click.echo("No clock runs.")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"{text!r} is no moment; write it like 2026-11-23T08:00.") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _as_json(cycle: Cycle, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "metric": cycle.metric.value,
        "number": cycle.number,
        "status": cycle.status.value,
        "started_at": cycle.started_at,
        "stopped_at": cycle.stopped_at,
        "due_at": cycle.due_at,
        "breached_at": cycle.breached_at,
        "counted_seconds": ledger.counted(lines).total_seconds(),
        "lines": [
            {"start": one.start, "end": one.end, "counts": one.counts, "why": words.why(one)} for one in lines
        ],
    }
