"""Speaking SMTP: what surely was not sent is told from what nobody can know.

The content goes in two parts, all of it and then the dot that ends it. A server acts on nothing before it
has the dot: whatever breaks until then has sent nothing, and what breaks from then on is uncertain.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from app.errors import SupportError
from app.mail.rules.sending import Reply, Verdict
from app.settings import MailServer

#: How long one answer may take. Servers look through a mail before they take it.
ANSWER_SECONDS = 60.0
CONNECT_SECONDS = 15.0
#: Replies to MAIL that are about us, not about this mail: who we are has to be proven first.
_ABOUT_US = frozenset({530, 534, 535, 538})
_LINE_END = re.compile(rb"\r\n|\n|\r")
_TROUBLE = (OSError, smtplib.SMTPException)


class ServerAwayError(SupportError):
    """The mail server is not there, or does not let us in: nothing was sent, and no mail is to blame."""

    code = "mail_server_away"


class MailRefusedError(SupportError):
    """The server will not hear of this mail (now, or ever): nothing was sent."""

    code = "mail_refused"

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"The mail server answered {reply}.")
        self.reply = reply


class BrokenOffError(SupportError):
    """The connection broke after the content was sent, before the answer: nobody knows."""

    code = "mail_broken_off"


@contextmanager
def connection(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection on which mail can be offered.

    Raises:
        ServerAwayError: there is none.
    """
    try:
        client = _connect(server)
    except _TROUBLE as error:
        raise ServerAwayError(f"The mail server {server.host} can't be used: {_words(error)}.") from error
    try:
        yield client
    finally:
        # What was answered is known by now; how the server takes leave changes nothing.
        with suppress(*_TROUBLE):
            client.quit()
        client.close()


def offer(client: smtplib.SMTP, sender: str, recipients: Sequence[str]) -> dict[str, Reply]:
    """Ask whether the server takes a mail for each recipient; nothing is sent yet.

    Raises:
        MailRefusedError: it takes no such mail at all.
        ServerAwayError: the connection broke, or the server does not let us in.
    """
    try:
        reply = _reply(client.mail(sender))
        if reply.code in _ABOUT_US or reply.code == 421:
            raise ServerAwayError(f"The mail server does not let us in: it answered {reply}.")
        if reply.verdict is not Verdict.TAKEN:
            raise MailRefusedError(reply)
        return {address: _reply(client.rcpt(address)) for address in recipients}
    except _TROUBLE as error:
        raise ServerAwayError(f"The mail server went away: {_words(error)}.") from error


def send(client: smtplib.SMTP, content: bytes) -> Reply:
    """Send a mail's content to those who take it; the server's last word.

    Raises:
        ServerAwayError: the connection broke before the content had ended: nothing was sent.
        BrokenOffError: it broke after that.
    """
    lines = _LINE_END.sub(b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    try:
        begun = _reply(client.docmd("DATA"))
        if begun.code != 354:
            return begun
        client.send(re.sub(rb"(?m)^\.", b"..", lines))
    except _TROUBLE as error:
        raise ServerAwayError(f"The connection broke while a mail was sent: {_words(error)}.") from error
    try:
        client.send(b".\r\n")
        return _reply(client.getreply())
    except _TROUBLE as error:
        raise BrokenOffError(
            f"The connection broke after the mail was sent, before the server's answer: {_words(error)}."
        ) from error


def _connect(server: MailServer) -> smtplib.SMTP:
    # Certificates are verified, against the machine's authorities or those that SSL_CERT_FILE names.
    trust = ssl.create_default_context()
    place = (server.host, server.port)
    client = (
        smtplib.SMTP_SSL(*place, timeout=CONNECT_SECONDS, context=trust)
        if server.security == "tls"
        else smtplib.SMTP(*place, timeout=CONNECT_SECONDS)
    )
    try:
        if client.sock is not None:
            client.sock.settimeout(ANSWER_SECONDS)
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            client.starttls(context=trust)
            client.ehlo()
        if server.user is not None:
            client.login(server.user, server.password or "")
    except BaseException:
        client.close()
        raise
    return client


def _reply(answer: tuple[int, bytes]) -> Reply:
    code, words = answer
    if code == -1:
        raise smtplib.SMTPServerDisconnected("the connection was closed")
    return Reply(code, " ".join(words.decode("utf-8", "replace").split())[:300])


def _words(error: Exception) -> str:
    """What went wrong, without what was sent: it may hold a password."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it does not accept our name or password ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}"
    return str(error) or type(error).__name__
