"""What mail servers report of a mail that they took: that it did not arrive, waits, or did arrive. Pure.

Reports have a form (RFC 3464); some servers write what they like, and are known by who writes and of what.
"""

import email
import re
from dataclasses import dataclass
from email.message import Message

_ID = re.compile(r"<[\x21-\x3b=\x3f-\x7e]{1,250}>")
_MESSAGE_ID = re.compile(rf"^message-id:\s*({_ID.pattern})", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>;]+@[^\s<>;]+")
_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b|\b55\d\b")
_DAEMON = re.compile(r"(mailer-daemon|postmaster)@", re.IGNORECASE)
_FAILED = re.compile(r"undeliver|returned to sender|failure notice|delivery.*(fail|fehl)", re.IGNORECASE)
#: What stands before a reason: ``smtp;``
_KIND = re.compile(r"^\s*[\w-]+;")
_ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
_LONGEST_REASON = 400


@dataclass(frozen=True)
class Report:
    """What became of a mail at one of its recipients."""

    #: ``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``
    action: str
    recipient: str | None
    reason: str
    #: Message-IDs of the mail that it is about, as far as it shows it.
    about: tuple[str, ...]

    @property
    def is_failure(self) -> bool:
        """Whether the mail did not arrive and nobody tries any more."""
        return self.action == "failed"


def read(message: Message, text: str) -> Report | None:
    """The worst of what a mail reports of another; None when it is no report. ``text`` is all it says."""
    about = _about(message, text)
    statuses = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    reports = [_of_recipient(block, about) for part in statuses for block in _blocks(part)]
    found = [report for report in reports if report is not None]
    if found:
        return min(found, key=lambda report: not report.is_failure)
    is_failure = (about and _STATUS.search(text)) or _FAILED.search(str(message.get("Subject", "")))
    if _is_from_daemon(message) and is_failure:
        recipient = message.get("X-Failed-Recipients")
        return Report("failed", _address(str(recipient)) if recipient else None, _first_status(text), about)
    return None


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)]
    content = part.get_payload(decode=True)
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return [email.message_from_string(block) for block in re.split(r"\r?\n\r?\n", text)]


def _of_recipient(block: Message, about: tuple[str, ...]) -> Report | None:
    action = str(block.get("Action", "")).strip().lower()
    if action not in _ACTIONS:
        return None
    said = str(block.get("Diagnostic-Code") or block.get("Status") or "no reason was told")
    recipient = block.get("Original-Recipient") or block.get("Final-Recipient")
    reason = " ".join(_KIND.sub("", said).split())[:_LONGEST_REASON]
    return Report(action, None if recipient is None else _address(str(recipient)), reason, about)


def _about(message: Message, text: str) -> tuple[str, ...]:
    """Message-IDs in the copies of other mails that a mail holds."""
    inner = [part for part in message.walk() if part is not message and part.get("Message-ID")]
    found = [one for part in inner for one in _ID.findall(str(part["Message-ID"]))]
    return tuple(dict.fromkeys([*found, *_MESSAGE_ID.findall(text)]))


def _is_from_daemon(message: Message) -> bool:
    address = _address(str(message.get("From", "")))
    return address is not None and bool(_DAEMON.match(address))


def _first_status(text: str) -> str:
    line = next((line for line in text.splitlines() if _STATUS.search(line)), "no reason was told")
    return " ".join(line.split())[:_LONGEST_REASON]


def _address(words: str) -> str | None:
    found = _ADDRESS.search(words)
    return None if found is None else found.group().lower()
