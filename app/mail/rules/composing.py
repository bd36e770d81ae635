"""A mail of ours as it goes over the wire. Pure: made again from the same values it is the same mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.mail.rules.letters import Attachment

#: What mails are from, beside their address.
SENDER = "Synerity Support"
#: So many of the thread's earlier mails are named.
MOST_REFERENCES = 20
#: Seven bits: not every server on the way takes eight.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Outgoing:
    """All that a mail is made of."""

    message_id: str
    #: The address that it comes from.
    sender: str
    to: Sequence[str]
    subject: str
    body: str
    attachments: Sequence[Attachment]
    token: str
    is_notice: bool
    written_at: datetime
    #: Message-IDs of what was written before in the thread, oldest first.
    references: Sequence[str]


def answer_address(sender: str, token: str) -> str:
    """The address at which a thread's answers come in: ``support+<token>@example.com``."""
    name, _, domain = sender.partition("@")
    return f"{name}+{token}@{domain}"


def subject_tag(token: str) -> str:
    """What the subject ends with, for those whose mail loses the address that is to be answered."""
    return f"[SYN-{token}]"


def compose(outgoing: Outgoing) -> EmailMessage:
    """The mail."""
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = outgoing.message_id
    message["Date"] = outgoing.written_at
    message["From"] = Address(SENDER, addr_spec=outgoing.sender)
    message["To"] = [Address(addr_spec=address) for address in outgoing.to]
    message["Reply-To"] = Address(SENDER, addr_spec=answer_address(outgoing.sender, outgoing.token))
    message["Subject"] = f"{outgoing.subject} {subject_tag(outgoing.token)}"
    if outgoing.references:
        message["In-Reply-To"] = outgoing.references[-1]
        message["References"] = " ".join(outgoing.references[-MOST_REFERENCES:])
    if outgoing.is_notice:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(outgoing.body)
    for one in outgoing.attachments:
        _attach(message, one)
    return message


def _attach(message: EmailMessage, one: Attachment) -> None:
    kind, _, subtype = one.media_type.lower().partition("/")
    if kind in ("message", "multipart"):
        # These have rules of their own that the bytes may not keep.
        kind, subtype = "application", "octet-stream"
    message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
