"""Letters that subjects want sent, and which of them nobody could send."""

import re
from dataclasses import dataclass

from app.errors import SupportError

#: RFC 5321 knows more; mail servers and people do not.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_STORY = re.compile(r"[a-z_]{1,16}:[A-Za-z0-9-]+")
#: What would end a header's line, or has no business in one.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class LetterError(SupportError):
    """This can't be a mail."""

    code = "letter"
    permanent = True


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail as a subject wants it."""

    #: Whose thread it belongs to: ``case:12``.
    story: str
    #: Unique: under the same key nothing is sent again.
    key: str
    to: tuple[str, ...]
    subject: str
    #: Plain text, in the reader's language.
    body: str
    attachments: tuple[Attachment, ...] = ()
    #: Sent without a person's doing: machines are told not to answer it (RFC 3834).
    is_notice: bool = False


def check(letter: Letter) -> None:
    """Make sure that a letter can be sent as it is.

    Raises:
        LetterError: it can't; the sentence says why.
    """
    if not _STORY.fullmatch(letter.story):
        raise LetterError(f"{letter.story!r} names no story that mail could belong to.")
    if not letter.key or len(letter.key) > 120:
        raise LetterError("A letter needs a key of 1 to 120 characters, so that it is sent once.")
    if not letter.to:
        raise LetterError(f"The letter {letter.key!r} has nobody to go to.")
    for address in letter.to:
        require_address(address)
    if not letter.subject.strip():
        raise LetterError(f"The letter {letter.key!r} has no subject.")
    if _CONTROL.search(letter.subject):
        raise LetterError(f"The subject of the letter {letter.key!r} must be a single line without controls.")
    for one in letter.attachments:
        _check_attachment(one)


def require_address(address: str) -> None:
    """Make sure that something is an address that mail can be sent to.

    Raises:
        LetterError: it is none.
    """
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise LetterError(
            f"{address!r} is no address that mail can be sent to; it must be like name@example.com."
        )


def _check_attachment(one: Attachment) -> None:
    if not one.name or _CONTROL.search(one.name):
        raise LetterError(f"{one.name!r} is no name for a file: it must be a single line without controls.")
    if not _MEDIA_TYPE.fullmatch(one.media_type) or len(one.media_type) > 255:
        raise LetterError(f"The file {one.name!r} has no media type: {one.media_type!r} is none.")
