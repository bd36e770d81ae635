"""Notices of our own on items: what was set back, left out, put away."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.conversation.rules import normalised_text
from app.mirror import service as mirror
from app.mirror.models import Side
from app.outbox import service as outbox
from app.outbox.service import Target


def notify(session: Session, side: Side, sentence: str, *, now: datetime) -> None:
    """Post a notice of our own on a side's item."""
    notify_on(session, mirror.target(side), sentence, now=now)


def notify_on(session: Session, target: Target, sentence: str, *, now: datetime) -> None:
    """Post a notice of our own on an item, whatever has become of it."""
    content = {"body": f"<p>{sentence}</p>", "match": normalised_text(sentence)}
    outbox.want_update(session, target, content=content, now=now)
