"""One ticket's story."""

import click

from app.cli.printing import AS_JSON, print_json
from app.cli.surroundings import product_of_here
from app.ops.pages.words import length, moment
from app.timeline import service as timelines
from app.timeline.service import Entry


@click.command("ticket")
@click.argument("number")
@click.option("--page", default=1, show_default=True, help="Earlier entries are on further pages.")
@click.option("--payload", is_flag=True, help="Also what was received and sent.")
@AS_JSON
def show_ticket(number: str, page: int, *, payload: bool, as_json: bool) -> None:
    """Show all that came in and went out for the ticket NUMBER, like SYN-1012, with each delay."""
    product = product_of_here()
    with product.database.reading() as session:
        story = timelines.timeline(session, number, page=page)
    if as_json:
        print_json(story.entries)
        return
    ticket = story.ticket
    click.echo(f"{ticket.number}  {ticket.customer}  {ticket.status}  {ticket.tier}")
    click.echo(f"opened {moment(ticket.opened_at)} UTC, by {ticket.channel}")
    for side in story.sides:
        item = f"item {side.item_id}" if side.item_id else "item not made yet"
        click.echo(f"  {side.role:8}  {side.slug}, board {side.board_id}, {item} ({side.state})")
    for entry in story.entries:
        click.echo(_line(entry))
        if payload and entry.payload:
            click.echo("    " + entry.payload.replace("\n", "\n    "))
    if story.next_page is not None:
        click.echo(f"… earlier: --page {story.next_page}")


def _line(entry: Entry) -> str:
    way = {"in": "in from", "out": "out to", "gone": "gone from"}[entry.direction]
    delay = "" if entry.delay_seconds is None else f" after {length(entry.delay_seconds)}"
    mark = "  INTERNAL" if entry.is_internal else ""
    why = f"\n    {entry.reason}" if entry.reason else ""
    told = f"{moment(entry.at)}  {way} {entry.role:8}  {entry.title}, by {entry.by}: {entry.state}{delay}"
    return told + mark + why
