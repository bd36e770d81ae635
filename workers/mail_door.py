"""``python -m workers.mail_door``: takes mail from other servers, at ``MAIL_LISTEN``.

A mail is committed as it came before it is answered for, so that no answer promises more than was kept. Who
is no recipient of ours is refused: nothing is ever passed on.
"""

import asyncio
import functools
import logging
import signal
import sys
from asyncio import AbstractEventLoop

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

from app.crashpoints import reach
from app.errors import SettingsError
from app.factory import Product, build
from app.lanes.service import Bell
from app.logs import get_logger
from app.mail import receiving
from app.mail import service as mail
from app.mail.receiving import Delivered
from app.mail.rules.receiving import is_for_us
from app.settings import Settings
from workers.embedded_redis import EmbeddedRedisError, redis_url

#: Larger mails are refused; in bytes.
LARGEST_MAIL = 40_000_000
#: Lines are to be shorter than 1 000 bytes; of a mail that does not keep to that nothing is lost either.
LONGEST_LINE = 1_000_000
MOST_RECIPIENTS = 50
IDLE_SECONDS = 120.0

log = get_logger("mail")
# It tells of addresses.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Door:
    """What is answered to a server that brings mail."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._is_lmtp = product.settings.mail_door.protocol == "lmtp"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient who is ours."""
        del server, session, options
        if not is_for_us(address, self._product.settings.mail_from):
            return "550 5.1.1 There is no such address here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail, then say so."""
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        delivered = Delivered(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(None, functools.partial(self.keep, delivered))
        # By LMTP each recipient is answered for.
        return "\r\n".join([answer] * (len(envelope.rcpt_tos) if self._is_lmtp else 1))

    def keep(self, delivered: Delivered) -> str:
        """Commit a mail; what to answer."""
        reach("mail.before_store")
        try:
            with self._product.database.transaction() as session:
                receiving.store(session, delivered, now=self._product.clock.now())
        except (SQLAlchemyError, OSError) as error:
            log.error("mail_not_kept", error=type(error).__name__)  # noqa: TRY400 - it may hold addresses
            return "451 4.3.0 It can't be kept just now, try again"
        reach("mail.stored")
        self._product.doorbell.ring_soon([Bell(mail.ACCOUNT, mail.READING)])
        return "250 2.0.0 Kept"

    def protocol(self, loop: AbstractEventLoop | None = None) -> SMTP:
        """What speaks with one server."""
        kind = _Lmtp if self._is_lmtp else _Smtp
        return kind(
            self,
            data_size_limit=LARGEST_MAIL,
            hostname=self._product.settings.mail_from.partition("@")[2],
            ident="ready",
            timeout=IDLE_SECONDS,
            loop=loop,
        )


class _Smtp(SMTP):
    line_length_limit = LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = LONGEST_LINE


def main() -> int:
    """Take mail until stopped; 2 when the settings do not allow it."""
    try:
        settings = Settings.from_env()
        url = redis_url(settings)
    except (SettingsError, EmbeddedRedisError) as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    try:
        asyncio.run(_serve(build(settings, redis_url=url)))
    except OSError as error:
        sys.stderr.write(f"Mail can't be taken at MAIL_LISTEN: {error.strerror}.\n")
        return 2
    return 0


async def _serve(product: Product) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    door, place = Door(product), product.settings.mail_door
    server = await loop.create_server(functools.partial(door.protocol, loop), place.host, place.port)
    async with server:
        log.info("mail_door_open", protocol=place.protocol, port=place.port)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
