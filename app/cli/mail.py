"""``synerity mail``: what went out and came in, and what only a person can decide about it."""

import click

from app.cli.printing import AS_JSON, print_json, print_table, terminal_user
from app.cli.surroundings import product_of_here, ring_what_waits
from app.mail import upkeep
from app.mail.rules.sending import State
from app.mail.sending import NO_SERVER
from app.mail.service import IncomingSeen
from app.mail.upkeep import OutgoingSeen
from app.ops.pages.words import moment

_STATE = click.Choice([state.value for state in State])
_MAIL_ID = click.argument("mail_id", type=int, metavar="ID")
_INCOMING_ID = click.argument("incoming_id", type=int, metavar="ID")


@click.group("mail")
def mail_group() -> None:
    r"""Mail that was sent and that came.

    \b
    Two things wait for you:
      uncertain  the connection broke after a mail was sent: ask whether it
                 arrived, then `settle` it, or `resend` it. It is never sent
                 again by itself; an answer to it settles it.
      unsorted   a mail came that names no thread of ours, or several: `file`
                 it to the story it belongs to, or `dismiss` it.
    """


@mail_group.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=_STATE,
    help="Only these; repeatable.",
)
@click.option("--story", help="Only of this story, like case:12.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@AS_JSON
def list_mails(states: tuple[str, ...], story: str | None, limit: int, *, as_json: bool) -> None:
    """Show what is to be sent, was sent, or was not, the latest first."""
    product = product_of_here()
    with product.database.reading() as session:
        found = upkeep.latest(session, states=states, story=story, limit=limit)
    if as_json:
        print_json(found)
        return
    if product.settings.mail_server is None:
        click.echo(NO_SERVER)
    if not found:
        click.echo("No mail.")
        return
    rows = [
        (
            str(one.id),
            moment(one.wanted_at),
            one.state,
            one.story,
            ", ".join(one.to),
            one.reason or one.subject,
        )
        for one in found
    ]
    print_table(("id", "wanted", "state", "story", "to", "why, or about what"), rows)


@mail_group.command()
@_MAIL_ID
@click.option("--incoming", is_flag=True, help="A mail that came, by the number that `unsorted` shows.")
@click.option("--raw", is_flag=True, help="One that came, as it came.")
@AS_JSON
def show(mail_id: int, *, incoming: bool, raw: bool, as_json: bool) -> None:
    """Show one mail whole."""
    product = product_of_here()
    with product.database.reading() as session:
        if raw:
            click.echo(upkeep.raw(session, mail_id), nl=False)
        elif incoming:
            came = upkeep.incoming(session, mail_id)
            if as_json:
                print_json([came])
            else:
                _print_incoming(came)
        else:
            sent = upkeep.outgoing(session, mail_id)
            if as_json:
                print_json([sent])
            else:
                _print_outgoing(sent)


def _print_outgoing(one: OutgoingSeen) -> None:
    click.echo(f"{one.mail.id}  {one.mail.state}  {one.mail.story}")
    _print_heads(
        ("to", ", ".join(one.mail.to)),
        ("subject", one.mail.subject),
        ("wanted", f"{moment(one.mail.wanted_at)} UTC"),
        ("sent", f"{moment(one.mail.sent_at)} UTC" if one.mail.sent_at else None),
        ("message id", one.mail.message_id),
        ("why", one.mail.reason),
        ("files", ", ".join(one.files)),
    )
    click.echo(f"\n{one.body or 'What it said is not kept any more.'}")


def _print_incoming(one: IncomingSeen) -> None:
    click.echo(f"{one.id}  {one.state}  {one.story or 'of no story'}")
    sizes = ", ".join(f"{file.name} ({file.size:,} bytes)" for file in one.attachments)
    _print_heads(
        ("from", f"{one.from_name} <{one.from_address}>" if one.from_name else one.from_address),
        ("subject", one.subject),
        ("came", f"{moment(one.received_at)} UTC"),
        ("written by", "a machine" if one.is_automatic else None),
        ("why", one.reason),
        ("files", sizes),
    )
    click.echo(f"\n{one.full_text or 'What it said is not kept any more, or it said nothing.'}")


def _print_heads(*heads: tuple[str, str | None]) -> None:
    for name, value in heads:
        if value:
            click.echo(f"{name + ':':12}{value}")


@mail_group.command()
@_MAIL_ID
def resend(mail_id: int) -> None:
    """Send an uncertain or refused mail again, to those who may not have it."""
    product = product_of_here()
    with product.database.transaction() as session:
        upkeep.resend(session, mail_id, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Mail {mail_id} is sent again.")


@mail_group.command()
@_MAIL_ID
def settle(mail_id: int) -> None:
    """Note that an uncertain mail has arrived."""
    product = product_of_here()
    with product.database.transaction() as session:
        upkeep.settle(session, mail_id, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Mail {mail_id} counts as sent.")


@mail_group.command("unsorted")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@AS_JSON
def list_unsorted(limit: int, *, as_json: bool) -> None:
    """Show what came and belongs to no thread, or seems to belong to several."""
    product = product_of_here()
    with product.database.reading() as session:
        found = upkeep.unsorted(session, limit=limit)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("Nothing is unsorted.")
        return
    for one in found:
        click.echo(f"{one.id}  {moment(one.received_at)}  {one.from_address or 'nobody'}  {one.subject}")
        click.echo(f"    {one.reason}")


@mail_group.command()
@_INCOMING_ID
@click.argument("story")
def file(incoming_id: int, story: str) -> None:
    """Say to which STORY, like case:12, an unsorted mail belongs."""
    product = product_of_here()
    with product.database.transaction() as session:
        upkeep.file(session, incoming_id, story, by=terminal_user(), now=product.clock.now())
    ring_what_waits(product)
    click.echo(f"Mail {incoming_id} belongs to {story}.")


@mail_group.command()
@_INCOMING_ID
@click.option("--reason", required=True, help="Why, in a sentence; it is written down.")
def dismiss(incoming_id: int, reason: str) -> None:
    """Say that nothing follows from an unsorted mail."""
    product = product_of_here()
    with product.database.transaction() as session:
        upkeep.dismiss(session, incoming_id, reason, by=terminal_user(), now=product.clock.now())
    click.echo(f"Mail {incoming_id} is dismissed.")
