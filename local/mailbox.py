"""A mailbox on this machine, in the vendor's place: takes what the product sends, and lets a person answer.

``python -m local.mailbox serve`` keeps each letter as a file that any mail program opens; ``make run`` does
that. ``python -m local.mailbox reply FILE "text"`` brings an answer to the product's own door.
"""

import argparse
import asyncio
import email
import functools
import logging
import mimetypes
import os
import shlex
import signal
import smtplib
import sys
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.settings import MailDoor, Settings
from local.waits import LocalError

HOST = "127.0.0.1"
#: Lines of what is answered that are quoted.
MOST_QUOTED = 200


class Mailbox:
    """Keeps letters in a folder, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep a letter."""
        del server, session
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=default)
        number = 1 + max((int(path.name.partition("-")[0]) for path in self._letters()), default=0)
        words = "".join(sign if sign.isalnum() else "-" for sign in str(message["Subject"] or ""))
        draft = self._folder / f".{number}"
        draft.write_bytes(raw)
        # Whoever looks into the folder sees whole letters only.
        draft.rename(self._folder / f"{number:03}-{words[:60].strip('-') or 'letter'}.eml")
        return "250 Kept"

    def _letters(self) -> list[Path]:
        return [path for path in self._folder.glob("*.eml") if path.name.partition("-")[0].isdecimal()]


def answer_to(letter: Path, text: str, files: list[Path]) -> EmailMessage:
    """An answer to a kept letter, as a mail program makes it.

    Raises:
        LocalError: there is no such letter, or no such file to go with the answer.
    """
    try:
        asked = email.message_from_bytes(letter.read_bytes(), policy=default)
        message = EmailMessage()
        message["From"] = asked["To"]
        message["To"] = asked["Reply-To"] or asked["From"]
        message["Subject"] = f"Re: {asked['Subject']}"
        message["Message-ID"] = make_msgid(domain="mailbox.example")
        message["In-Reply-To"] = asked["Message-ID"]
        message["References"] = " ".join(filter(None, (asked["References"], asked["Message-ID"])))
        message.set_content(f"{text}\n\nOn {asked['Date']}, {asked['From']} wrote:\n{_quoted(asked)}\n")
        for path in files:
            kind, _, subtype = (mimetypes.guess_type(path)[0] or "application/octet-stream").partition("/")
            message.add_attachment(path.read_bytes(), maintype=kind, subtype=subtype, filename=path.name)
    except OSError as error:
        raise LocalError(f"{error.filename} can't be read: {error.strerror}.") from error
    return message


def bring(message: EmailMessage, door: MailDoor) -> None:
    """Hand an answer over at the product's door.

    Raises:
        LocalError: nobody answers there, or it is not taken.
    """
    kind = smtplib.LMTP if door.protocol == "lmtp" else smtplib.SMTP
    sender, to = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    try:
        with kind(door.host, door.port) as client:
            client.sendmail(sender, [to], bytes(message))
    except OSError as error:
        raise LocalError(f"The product's door at port {door.port} did not take it: {error}") from error


def main() -> int:
    """Serve, or answer; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.mailbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="keep what comes")
    serve.add_argument("--port", type=int, required=True)
    serve.add_argument("--folder", type=Path, required=True)
    reply = commands.add_parser("reply", help="answer a letter as the one who got it")
    reply.add_argument("letter", type=Path, metavar="FILE", help="one of var/mailbox/*.eml")
    reply.add_argument("text")
    reply.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE", help="repeatable")
    arguments = parser.parse_args()
    if arguments.command == "serve":
        asyncio.run(_serve(arguments.port, arguments.folder))
        return 0
    try:
        bring(answer_to(arguments.letter, arguments.text, arguments.attach), _door())
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    print("The product has it.")
    return 0


async def _serve(port: int, folder: Path) -> None:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    factory = functools.partial(SMTP, Mailbox(folder), hostname="mailbox.example", loop=loop)
    server = await loop.create_server(factory, HOST, port)
    async with server:
        await stop.wait()


def _door() -> MailDoor:
    """The door of what runs here, as `make run` has left it behind."""
    left_behind = Path(os.environ.get("VAR_DIR") or "var") / "environment"
    told = dict(os.environ)
    if "MAIL_LISTEN" not in told and left_behind.exists():
        words = [word for word in shlex.split(left_behind.read_text()) if "=" in word]
        told = dict(word.split("=", 1) for word in words) | told
    return Settings.from_env(told).mail_door


def _quoted(asked: EmailMessage) -> str:
    body = asked.get_body(("plain",))
    lines = str(body.get_content()).splitlines() if body is not None else []
    return "\n".join(f"> {line}" for line in lines[:MOST_QUOTED])


if __name__ == "__main__":
    sys.exit(main())
