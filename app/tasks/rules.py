"""What a customer may read of the technicians' task list. Pure.

A task is internal unless its own name begins with the mark that makes an update public
(``app.conversation.rules``). Internal ones leave no trace in what is shown, not even a number.
"""

from collections.abc import Sequence

from app.conversation.rules import public_title
from app.mirror.seen import SubitemSeen
from app.texts import text

OPEN, DONE = "☐", "☑"
#: A long text column takes 2,000 characters; which ones count twice, nobody says: those beyond 16 bits here.
LONGEST_TEXT = 2_000
MOST_LINES = 30
#: A name is cut here.
LONGEST_NAME = 120


def shown_tasks(tasks: Sequence[SubitemSeen], language: str) -> str | None:
    """The text that shows a customer its tasks, a line each, in their order; None when there is none."""
    lines = [
        f"{DONE if task.is_done else OPEN} {name}"
        for task in tasks
        if (name := _readable(public_title(task.name))) is not None
    ]
    kept = lines[:MOST_LINES]
    while _units(shown := _joined(kept, len(lines) - len(kept), language)) > LONGEST_TEXT:
        kept.pop()
    return shown or None


def _joined(lines: Sequence[str], left_out: int, language: str) -> str:
    more = [text(language, "tasks.more", count=left_out)] if left_out else []
    return "\n".join([*lines, *more])


def _readable(name: str | None) -> str | None:
    """A name on one line, of a bearable length; None when nothing of it can be read."""
    if name is None:
        return None
    printable = "".join(character for character in name if character.isprintable())
    plain = " ".join(printable.split())
    if not plain:
        return None
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1].rstrip()}…"


def _units(shown: str) -> int:
    return len(shown.encode("utf-16-le")) // 2
