"""What a raw mail says: from whom, about what, with which files. Pure, and made for mail as people send it.

Python's own policy for reading raises on some of what is really sent; so headers are taken as they stand and
decoded here, with a second choice wherever the first one does not work.
"""

import email
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parseaddr

from app.mail.rules import automatic, bounces, markup, quotes
from app.mail.rules.bounces import Report

#: A header longer than that is no header.
_LONGEST_HEADER = 10_000
#: Texts longer than that are cut: nobody reads them, and the raw mail has them.
LONGEST_TEXT = 200_000
#: The same of texts in HTML, before they are read.
_LONGEST_MARKUP = 1_000_000
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Names that some programs have for what Python knows by another.
_CHARSETS = {
    "cp-850": "cp850",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    # What calls itself Latin 1 or ASCII is Windows' own wherever they differ.
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
}
#: Python knows these by the same means; no mail is written in them, and some take very long.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_UNNAMED = "file"
_SUFFIXES = {"message/rfc822": ".eml", "message/delivery-status": ".txt", "text/rfc822-headers": ".txt"}
#: Blanks inside an encoded word, left by a program that broke a line there.
_BROKEN_WORD = re.compile(r"=\?[^?\s]+\?q\?[^?]*\?=", re.IGNORECASE)


@dataclass(frozen=True)
class AttachedFile:
    """A file in a mail; its content is read by its ``id`` (``content_of``)."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Parsed:
    """A mail, read."""

    message_id: str | None
    #: What it answers: In-Reply-To and References.
    references: tuple[str, ...]
    from_address: str
    from_name: str
    subject: str
    text: str
    full_text: str
    attachments: tuple[AttachedFile, ...]
    is_automatic: bool
    #: What it reports of the delivery of a mail, if it is a report.
    report: Report | None


def parse(raw: bytes, envelope_from: str) -> Parsed:
    """Read a mail; ``envelope_from`` is empty in bounces."""
    message = email.message_from_bytes(raw)
    parts = list(_parts(message))
    full_text = _body(parts)[:LONGEST_TEXT]
    name, address = _sender(message)
    subject = header(message, "Subject")
    report = bounces.read(message, _readable_text(message))
    if report is not None:
        report = replace(
            report, reason=_clean(report.reason), recipient=_clean(report.recipient or "") or None
        )
    told = {key: header(message, key) for key in automatic.HEADERS if key in message}
    return Parsed(
        message_id=next(iter(_ids(message, "Message-ID")), None),
        references=(*_ids(message, "In-Reply-To"), *_ids(message, "References")),
        from_address=address,
        from_name=name,
        subject=subject,
        text=quotes.cut(full_text),
        full_text=full_text,
        attachments=tuple(
            AttachedFile(place, _name(part), _media_type(part), len(_content(part)))
            for place, part in enumerate(part for part in parts if not _is_body(part))
        ),
        is_automatic=report is not None or automatic.is_automatic(told, envelope_from, address, subject),
        report=report,
    )


def content_of(raw: bytes, attachment_id: int) -> bytes:
    """The content of a file in a mail."""
    files = [part for part in _parts(email.message_from_bytes(raw)) if not _is_body(part)]
    return _content(files[attachment_id])


def header(message: Message, name: str) -> str:
    """A header's words, decoded, on one line; empty when there is none."""
    value: object = message.get(name)
    if value is None:
        return ""
    raw = str(value) if isinstance(value, str) else _of_unknown_bytes(value)
    return _clean(_decoded(_unescaped(raw[:_LONGEST_HEADER]))).strip()


def _parts(message: Message) -> Iterator[Message]:
    """The leaves of a mail; a mail inside it is a leaf."""
    if not message.is_multipart() or message.get_content_maintype() == "message":
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _is_body(part: Message) -> bool:
    if part.get_content_maintype() == "multipart":
        # It has no parts, whatever it says: what there is of it is its text.
        return True
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return is_text and _given_name(part) == "" and part.get_content_disposition() != "attachment"


def _body(parts: list[Message]) -> str:
    """The text of a mail: its plain parts, or else what those in HTML say."""
    bodies = [part for part in parts if _is_body(part)]
    plain = [_text(part) for part in bodies if part.get_content_type() != "text/html"]
    told = "\n\n".join(text.strip("\n") for text in plain if text.strip())
    if told:
        return told
    html = [
        markup.to_text(_text(part)[:_LONGEST_MARKUP])
        for part in bodies
        if part.get_content_type() == "text/html"
    ]
    return "\n\n".join(text for text in html if text)


def _readable_text(message: Message) -> str:
    """All that can be read of a mail and of those inside it: where reports leave what they know."""
    texts = [_text(part) for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(texts)[:LONGEST_TEXT]


def _text(part: Message) -> str:
    content = _content(part)
    declared = _charset(part.get_content_charset())
    if declared.startswith("iso-2022-"):
        # It is all in seven bits: read as anything else it would seem to be well, and be nonsense.
        return _clean(content.decode("iso2022_jp_ext" if "jp" in declared else "iso2022_kr", "replace"))
    for charset in (declared, "utf-8"):
        try:
            return _clean(content.decode(charset))
        except (LookupError, ValueError):
            continue
    return _clean(content.decode("cp1252", "replace"))


def _charset(declared: str | None) -> str:
    """The character set that is most likely meant."""
    name = (declared or "utf-8").lower()
    name = _CHARSETS.get(name, name)
    return "utf-8" if name in _NO_CHARSETS else name


def _content(part: Message) -> bytes:
    if part.get_content_maintype() == "message" and isinstance(part.get_payload(), list):
        return b"\n".join(_written(inner) for inner in part.get_payload() if isinstance(inner, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _written(message: Message) -> bytes:
    """A mail inside another, written out again; the raw mail has it as it came."""
    try:
        return bytes(message)
    except (LookupError, ValueError):
        # It says that it is what it can't be, with bytes that belong nowhere: its headers have to do.
        return "".join(f"{name}: {value}\n" for name, value in message.items()).encode("utf-8", "replace")


def _clean(text: str) -> str:
    """Without what no database or page takes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).encode("utf-8", "replace").decode("utf-8")


def _decoded(words: str) -> str:
    mended = _BROKEN_WORD.sub(lambda found: re.sub(r"\s+", "_", found.group()), words)
    try:
        pieces = decode_header(mended)
    except (HeaderParseError, ValueError):
        return words
    told = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            told.append(piece)
            continue
        try:
            told.append(piece.decode(_charset(charset)))
        except (LookupError, ValueError):
            told.append(piece.decode("cp1252", "replace"))
    return " ".join("".join(told).split())


def _unescaped(words: str) -> str:
    """Bytes beyond ASCII in a header, which should not be there, as what they most likely are."""
    raw = words.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except ValueError:
        return raw.decode("cp1252", "replace")


def _of_unknown_bytes(value: object) -> str:
    chunks = getattr(value, "_chunks", ())
    return "".join(str(text) for text, _ in chunks) if chunks else str(value)


def _sender(message: Message) -> tuple[str, str]:
    """Name and address of who wrote; what is broken is searched for an address."""
    raw: object = message.get("From")
    whole = "" if raw is None else _unescaped(str(raw) if isinstance(raw, str) else _of_unknown_bytes(raw))
    name, address = parseaddr(whole[:_LONGEST_HEADER])
    if not _ADDRESS.fullmatch(address):
        found = _ADDRESS.findall(_decoded(whole)) or _ADDRESS.findall(re.sub(r"[\s\"<>]", "", whole).lower())
        address, name = (found[-1], whole.replace(found[-1], "")) if found else ("", whole)
    return _clean(_decoded(name)).strip(" \"'<>,"), _clean(address)


def _ids(message: Message, name: str) -> tuple[str, ...]:
    told = " ".join(str(value) for value in message.get_all(name, ()))
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(_clean(told[:_LONGEST_HEADER]))))


def _given_name(part: Message) -> str:
    raw = part.get_filename()
    if raw is None:
        return ""
    return _clean(_decoded(_unescaped(collapse_rfc2231_value(raw)))).replace("\n", " ").strip()


def _media_type(part: Message) -> str:
    told = part.get_content_type()
    return told if _MEDIA_TYPE.fullmatch(told) else "application/octet-stream"


def _name(part: Message) -> str:
    """What a file is called; never a path."""
    given = re.split(r"[/\\]", _given_name(part))[-1].strip(". ")
    if given:
        return given[:200]
    suffix = (
        _SUFFIXES.get(part.get_content_type()) or mimetypes.guess_extension(part.get_content_type()) or ""
    )
    inner = part.get_payload()
    words = header(part, "Content-Description")
    if not words and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        words = header(inner[0], "Subject")
    words = re.sub(r"[/\\]", "-", words)[:150].strip(". ")
    return f"{words or _UNNAMED}{suffix}"
