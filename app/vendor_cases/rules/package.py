"""The case package: what monday.com's support has to know, as one text in English; what it still lacks. Pure.

It holds what technicians wrote into the case's own fields, and numbers. Notes on tickets, other customers'
names and anything else never come near it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: What a long text column takes.
LONGEST_TEXT = 2_000
#: Columns of the board, in the order of the text, with their headings; those without which nothing is sent.
FIELDS: Mapping[str, str] = {
    "summary": "Summary",
    "steps": "Steps to reproduce",
    "expected": "Expected result",
    "actual": "Actual result",
    "place": "Where (board, item and automation ids, links)",
    "happened": "When (UTC)",
    "environment": "Browser or app",
    "recording": "HAR or recording",
    "impact": "Business impact",
}
REQUIRED = ("summary", "steps", "expected", "actual", "place", "happened", "impact")
#: monday.com's receipts name their number: "Request #1234567", "[Ticket 1234567]", "(Case ID: 1234567)".
_REFERENCE = re.compile(
    r"\b(?:request|ticket|case|conversation)\b(?:\s+(?:id|number|no\.?))?\s*[:#]?\s*#?(\d{4,12})\b|#(\d{4,12})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SameFault:
    """How many meet the fault."""

    tickets: int
    customers: int


@dataclass(frozen=True)
class Package:
    """What is sent."""

    number: str
    account_id: str | None
    slug: str | None
    #: Column key → what technicians wrote there.
    fields: Mapping[str, str | None]
    same_fault: SameFault

    @property
    def lacks(self) -> list[str]:
        """The keys of what has to be there and is not; ``account`` when no account is known."""
        account = [] if self.account_id or self.slug else ["account"]
        return [key for key in REQUIRED if not (self.fields.get(key) or "").strip()] + account


def subject(package: Package) -> str:
    """The mail's subject: one line."""
    words = " ".join(
        "".join(c if c.isprintable() else " " for c in package.fields.get("summary") or "").split()
    )
    return f"{package.number}: {words[:120].rstrip()}"


def compose(package: Package) -> str:
    """The mail's text.

    Raises:
        ValueError: something has to be there and is not.
    """
    if package.lacks:
        raise ValueError(f"The package of {package.number} lacks {', '.join(package.lacks)}.")
    account = ", ".join(
        part
        for part in (
            f"id {package.account_id}" if package.account_id else "",
            f"{package.slug}.monday.com" if package.slug else "",
        )
        if part
    )
    parts = ["Hello monday.com support,", f"we report a fault. Our number is {package.number}."]
    parts += _section("Account", account)
    for key, heading in FIELDS.items():
        parts += _section(heading, package.fields.get(key))
    parts += _section("Reports of the same fault", said_same_fault(package.same_fault))
    parts += ["Please keep the subject when you answer.", "Kind regards\nSynerity support"]
    return "\n\n".join(parts) + "\n"


def _section(heading: str, words: str | None) -> list[str]:
    said = (words or "").strip()
    return [f"{heading}\n{said}"] if said else []


def reminder(number: str, sent_at: datetime, days: int, reference: str | None) -> str:
    """The text that reminds monday.com of a case that it has been silent about for so many business days."""
    yours = f" (your reference {reference})" if reference else ""
    return (
        f"Hello,\n\nwe have had no answer about {number}{yours} since we wrote to you on {moment(sent_at)}, "
        f"{days} business days ago. Our customers still meet the fault. "
        "Please tell us where it stands and when we can expect an answer.\n\nKind regards\nSynerity support"
    )


def said_same_fault(count: SameFault) -> str:
    """How many meet the fault, in words."""
    tickets = "1 ticket" if count.tickets == 1 else f"{count.tickets} tickets"
    return f"{tickets} of {'1 customer' if count.customers == 1 else f'{count.customers} customers'}"


def moment(at: datetime) -> str:
    """A moment for monday.com, which thinks in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def reference(subject_line: str, words: str) -> str | None:
    """monday.com's own number, out of what it wrote; None where it names none."""
    for said in (subject_line, words):
        found = _REFERENCE.search(said)
        if found is not None:
            return found.group(1) or found.group(2)
    return None


def prefilled(
    *, title: str, description: str | None, opened_at: datetime, priority: str | None, files: Sequence[str]
) -> dict[str, Any]:
    """What a new case begins with, from its ticket. Technicians write the rest, and correct this."""
    values: dict[str, Any] = {
        "summary": shortened(title),
        "actual": shortened(description or "") or None,
        "happened": f"Reported {moment(opened_at)}",
    }
    if priority in ("high", "urgent"):
        values["impact"] = f"Priority of the customer's ticket: {priority}."
    if files:
        values["recording"] = shortened(f"Sent on request, on the customer's ticket: {', '.join(files)}")
    return values


def shortened(words: str) -> str:
    """Words that a long text column takes; characters beyond 16 bits may count twice there."""
    kept = words.strip()
    while len(kept.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        kept = f"{kept[: len(kept) - max(1, len(kept) // 20) - 1]}…"
    return kept
