"""A mail server that takes what the product sends, unkind on demand, and one that brings it answers."""

import asyncio
import email
import smtplib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.factory import Product
from app.settings import MailServer
from tests.support.stage import Stage
from workers.mail_door import Door

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Taken:
    """A letter that the server has taken, with whom it was from and to on the envelope."""

    envelope_from: str
    envelope_to: tuple[str, ...]
    message: EmailMessage
    raw: bytes

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def answer_address(self) -> str:
        """Where its answers go."""
        return str(self.message["Reply-To"].addresses[0].addr_spec)

    @property
    def files(self) -> dict[str, bytes]:
        """Name → content of what goes with it."""
        found = {}
        for part in self.message.iter_attachments():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[part.get_filename() or ""] = content
        return found


@dataclass
class Post:
    """The server: what it took, and how it behaves."""

    port: int = 0
    letters: list[Taken] = field(default_factory=list)
    _refusals: dict[str, str] = field(default_factory=dict)
    _breaks: bool = False

    @property
    def url(self) -> str:
        """What SMTP_URL is to be."""
        return f"smtp://{HOST}:{self.port}"

    @property
    def server(self) -> MailServer:
        """The same, as the product's settings have it."""
        return MailServer(HOST, self.port, "none", None, None)

    def refuse(self, answer: str = "550 5.1.1 No such user", *, address: str = "", at: str = "RCPT") -> None:
        """From now on answer so, at ``MAIL``, ``RCPT`` (of one address, or of all) or ``DATA``."""
        self._refusals[f"{at}:{address}"] = answer

    def break_after_data(self) -> None:
        """Take letters, but hang up before saying so."""
        self._breaks = True

    def behave(self) -> None:
        """From now on take everything."""
        self._refusals.clear()
        self._breaks = False

    def forget(self) -> None:
        """Behave, with nothing taken so far."""
        self.behave()
        self.letters.clear()

    def letter(self, subject_has: str = "") -> Taken:
        """The one letter whose subject has that."""
        found = [one for one in self.letters if subject_has in str(one.message["Subject"])]
        assert len(found) == 1, [str(one.message["Subject"]) for one in self.letters]
        return found[0]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._refusals.get("MAIL:", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._refusals.get(f"RCPT:{address}") or self._refusals.get("RCPT:") or "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA:" in self._refusals:
            return self._refusals["DATA:"]
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, raw))
        if self._breaks:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            await asyncio.Event().wait()
        return "250 Taken"


@contextmanager
def running_post() -> Iterator[Post]:
    """A mail server on a free port."""
    post = Post()
    with serving_mail(post) as port:
        post.port = port
        yield post


def lead_to(stage: Stage, post: Post) -> None:
    """Let the product on a stage send its mail to a server."""
    stage.settings = replace(stage.settings, mail_server=post.server)
    stage.restart()


@contextmanager
def serving_mail(handler: object) -> Iterator[int]:
    """Let a handler of aiosmtpd's take mail; the port."""
    with serving(lambda: SMTP(handler, hostname="post.example")) as port:
        yield port


@dataclass
class DoorOfProduct:
    """The product's own door, in this process, and a mail server that brings mail to it."""

    port: int
    product: Product

    def bring(self, message: EmailMessage | bytes, *to: str, envelope_from: str = "") -> None:
        """Hand a mail over as a mail server does, to the addresses on its envelope.

        Raises:
            smtplib.SMTPException: the door does not take it.
        """
        raw = message if isinstance(message, bytes) else bytes(message)
        with smtplib.SMTP(HOST, self.port, local_hostname="theirs.example", timeout=20) as client:
            client.sendmail(envelope_from or "<>", to, raw)

    def answer(self, letter: Taken, text: str, **changes: Any) -> EmailMessage:
        """Answer a letter as a person's mail program does; return what was sent."""
        message = answer_to(letter, text, **changes)
        self.bring(message, letter.answer_address, envelope_from=str(message["From"]))
        return message


def answer_to(
    letter: Taken,
    text: str,
    *,
    sender: str = "",
    files: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str | None] | None = None,
) -> EmailMessage:
    """An answer as a person's mail program makes it; ``headers`` are added, replaced, or left out (None)."""
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    message = EmailMessage()
    # Made from what is answered, so that the same answer is the same mail.
    ident = abs(hash((letter.raw, text, sender)))
    told: dict[str, str | None] = {
        "From": sender or letter.envelope_to[0],
        "To": letter.answer_address,
        "Subject": f"Re: {letter.message['Subject']}",
        "Message-ID": f"<{ident}@theirs.example>",
        "In-Reply-To": str(letter.message["Message-ID"]),
        "References": str(letter.message["Message-ID"]),
        **(headers or {}),
    }
    for name, value in told.items():
        if value is not None:
            message[name] = value
    message.set_content(f"{text}\n\nOn Mon, 3 May 2027 at 10:00, Support <x@y.example> wrote:\n{quoted}\n")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def bounce_of(letter: Taken, *, status: str = "5.1.1", words: str = "550 5.1.1 No such user") -> EmailMessage:
    """What a mail server reports of a letter that it took and could not deliver (RFC 3464)."""
    report = (
        "Reporting-MTA: dns; post.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.envelope_to[0]}\r\n"
        f"Action: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n"
    )
    lines = [
        "From: MAILER-DAEMON@post.example",
        f"To: {letter.envelope_from}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"',
        "",
        "--edge",
        "Content-Type: text/plain",
        "",
        "It could not be delivered.",
        "--edge",
        "Content-Type: message/delivery-status",
        "",
        report,
        "--edge",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {letter.message['Message-ID']}",
        "--edge--",
        "",
    ]
    message = email.message_from_string("\r\n".join(lines), policy=default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def running_door(product: Product) -> Iterator[DoorOfProduct]:
    """The product's door on a free port."""
    door = Door(product)
    with serving(door.protocol) as port:
        yield DoorOfProduct(port, product)


@contextmanager
def serving(factory: Callable[[], SMTP]) -> Iterator[int]:
    """Serve on a thread of its own; the port."""
    loop = asyncio.new_event_loop()

    async def listen() -> asyncio.Server:
        return await loop.create_server(factory, HOST, 0)

    # All of it in a thread of its own: a browser that tests drive may have left a loop running in this one.
    thread = threading.Thread(target=loop.run_forever, name="post", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
