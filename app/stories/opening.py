"""Opening a story from an item that a person made on the customer's board."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.mirror import service as mirror
from app.mirror.rules.merge import Owner
from app.stories.presence import End


def give_way(session: Session, theirs: End, known: Mapping[str, Any], *, now: datetime) -> None:
    """Let columns that are not the customer's hold what is so, whatever was put there with a new item.

    ``known``: column key → value; what is not in it becomes empty.
    """
    side, board = theirs
    coming = mirror.pending(session, side)
    for rule in mirror.column_rules(board, "customer"):
        if rule.owner in (Owner.THERE, Owner.APP) or rule.key in known:
            value = {**known, "sync_id": side.sync_id}.get(rule.key)
            mirror.write(session, side, board, rule.key, value, now=now, pending_there=coming)
