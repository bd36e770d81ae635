"""What is new in an answer: without what it quotes of earlier mails, and without its signature. Pure.

Careful rather than thorough: what is left in too much is read once more, what is cut out wrongly is missed.
A text of nothing but quotes stays whole. Time is linear in the text: mails are as long as people like.
"""

import re

#: ``On Monday 3 May 2027 at 10:00, Anna <a@x.se> wrote:`` and its like, in a line of at most this length.
_LONGEST = 400
_WROTE = re.compile(
    r"\b(wrote|writes|skrev|skriver|schrieb|écrit|escribió|schreef|ha scritto|kirjoitti)\b", re.IGNORECASE
)
_WHEN_OR_WHO = re.compile(r"\d{1,2}[:.]\d{2}|\d{4}|@")
_DIVIDER = re.compile(
    r"\s*-{2,}\s*(original message|originalmeddelande|ursprungligt meddelande|ursprüngliche nachricht|"
    r"original-nachricht|oprindelig meddelelse|message d'origine|forwarded message|vidarebefordrat "
    r"meddelande)\s*-{2,}\s*",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"[*\s]{0,4}(from|sent|to|cc|subject|date|från|skickat|till|kopia|ämne|datum|von|gesendet|an|betreff)[*\s]{0,4}:",
    re.IGNORECASE,
)
_FROM = re.compile(r"[*\s]{0,4}(from|från|von)[*\s]{0,4}:", re.IGNORECASE)


def cut(text: str) -> str:
    """What is new in a text; all of it when nothing seems to be."""
    lines = text.splitlines()
    kept: list[str] = []
    place = 0
    while place < len(lines):
        if lines[place].rstrip("\r") == "-- " or _begins_copy(lines, place):
            break
        length = _attribution(lines, place)
        if length:
            if not _is_quoted_next(lines, place + length):
                break
            place += length
            continue
        if not lines[place].startswith(">"):
            kept.append(lines[place])
        place += 1
    return "\n".join(kept).strip() or text.strip()


def _begins_copy(lines: list[str], place: int) -> bool:
    """Whether the rest is a copy of another mail with its headers, as Outlook leaves it."""
    line = lines[place]
    if len(line) <= _LONGEST and _DIVIDER.fullmatch(line):
        return True
    if not _FROM.match(line):
        return False
    return sum(bool(_HEADER.match(one)) for one in lines[place : place + 6]) >= 3


def _attribution(lines: list[str], place: int) -> int:
    """Over how many lines it is said who wrote what follows; 0 when it is not."""
    told = ""
    for length, line in enumerate(lines[place : place + 3], start=1):
        if line.startswith(">") or not line.strip():
            return 0
        told = f"{told} {line.strip()}"
        if len(told) > _LONGEST:
            return 0
        if told.endswith(":"):
            return length if _WROTE.search(told) and _WHEN_OR_WHO.search(told) else 0
    return 0


def _is_quoted_next(lines: list[str], place: int) -> bool:
    rest = (line for line in lines[place : place + 3] if line.strip())
    return next(rest, "").startswith(">")
