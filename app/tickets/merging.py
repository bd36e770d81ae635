"""Two tickets of one customer about the same thing: one goes on, the other ends and says where."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.conversation import service as conversation
from app.mirror import service as mirror
from app.stories.presence import DESK_LANGUAGE, End
from app.texts import text
from app.tickets import numbers
from app.tickets.models import Ticket

COLUMN = "merged_into"


def follow(
    session: Session, ticket: Ticket, desk: End, theirs: End, language: str, value: Any, now: datetime
) -> bool:
    """A technician wrote which ticket this one goes into; whether it does, and is solved with that.

    What makes no sense is set back, with a sentence that says why.
    """
    if value is None:
        return False
    other = numbers.find(session, str(value))
    if other is None or other.id == ticket.id or other.customer_id != ticket.customer_id:
        mirror.want_back(session, *desk, COLUMN, None, now=now)
        words = text(DESK_LANGUAGE, "merged.not", written=str(value))
        conversation.notify(session, desk[0], words, now=now)
        return False
    conversation.notify(session, theirs[0], text(language, "merged.here", number=other.number), now=now)
    successor = mirror.side_of(session, other.story, "desk")
    if successor is not None:
        words = text(DESK_LANGUAGE, "merged.there", number=ticket.number)
        conversation.notify(session, successor, words, now=now)
    return True
