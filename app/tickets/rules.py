"""What a ticket's status becomes. Pure."""

from datetime import datetime

NEW = "new"
IN_PROGRESS = "in_progress"
WAITING_FOR_CUSTOMER = "waiting_customer"
SOLVED = "solved"
DEFAULT_PRIORITY = "normal"


def status_after_customer_wrote(status: str, *, wrote_at: datetime, status_at: datetime | None) -> str | None:
    """The status a ticket gets because its customer wrote, or None when it keeps its own.

    A solved ticket reopens and a waiting one goes on. What the customer wrote before the status
    was set (heard of late) changes nothing; in doubt it does: monday.com gives a message's
    moment in whole seconds.
    """
    if status not in (SOLVED, WAITING_FOR_CUSTOMER):
        return None
    is_later = status_at is None or wrote_at >= status_at.replace(microsecond=0)
    return IN_PROGRESS if is_later else None


def moment_text(at: datetime | None) -> str | None:
    """A moment as the canonical value of a date column: whole seconds, UTC."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
