"""What no single person does by hand: a mass of losses, or two sides that answer each other for ever.

Both are noticed before they are carried across, and the link is left alone until an operator has
looked. Resuming it is the operator's word that what had waited until then is meant.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.boards import service as boards
from app.errors import SupportError
from app.ids import ItemKey
from app.mirror.models import Loss, Side
from app.mirror.rules.masses import MOST_WRITES, WINDOW, is_mass
from app.outbox import service as outbox

#: Who holds a link that nobody held by hand.
GUARD = "guard"
#: Where a session keeps the stories of which something is written in its transaction, or was lost.
_WRITTEN, _LOST = "written_stories", "lost_stories"


@dataclass
class LinkHeldError(SupportError):
    """A customer's board has to be left alone until an operator has looked; nothing was applied."""

    account_id: str
    board_id: str
    reason: str

    code = "link_held"
    permanent = False

    def __post_init__(self) -> None:
        super().__init__(self.reason)


def note_loss(session: Session, side: Side, *, now: datetime) -> None:
    """Remember that something of a side's story was taken away."""
    theirs = _customer_side(session, side.story)
    if theirs is not None:
        loss = Loss(account_id=theirs.account_id, board_id=theirs.board_id, story=side.story, at=now)
        session.add(loss)
        session.info.setdefault(_LOST, set()).add(side.story)
        note_write(session, side)


def note_write(session: Session, side: Side) -> None:
    """Remember, for this transaction, that something a person did is carried across or set back."""
    session.info.setdefault(_WRITTEN, set()).add(side.story)


def require_few(session: Session, *, heard_at: datetime, is_meant: bool, now: datetime) -> None:
    """Let what this transaction has decided pass, unless it is one too many.

    ``heard_at``: when the latest event that led to it was received. What had waited when an operator
    resumed the link passes uncounted, and so does what ``is_meant``, as an operator has said.

    Raises:
        LinkHeldError: too much was taken away, or written, within a short time.
    """
    lost = session.info.get(_LOST, ())
    for story in sorted(session.info.get(_WRITTEN, ())):
        theirs = _customer_side(session, story)
        if theirs is None:
            continue
        resumed_at = boards.released_at(session, theirs.account_id, theirs.board_id)
        if is_meant or (resumed_at is not None and heard_at <= resumed_at):
            session.flush()
            session.execute(delete(Loss).where(Loss.story == story, Loss.at == now))
            continue
        since = now - WINDOW if resumed_at is None else max(now - WINDOW, resumed_at)
        reason = _too_many_losses(session, theirs, since) if story in lost else None
        reason = reason or _too_many_writes(session, story, since)
        if reason is not None:
            raise LinkHeldError(theirs.account_id, theirs.board_id, reason)


def forget_old(session: Session, *, now: datetime) -> None:
    """Drop what is too old to be counted."""
    session.execute(delete(Loss).where(Loss.at < now - WINDOW))


def _customer_side(session: Session, story: str) -> Side | None:
    query = select(Side).where(Side.story == story, Side.role == "customer").order_by(Side.id.desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def _too_many_losses(session: Session, theirs: Side, since: datetime) -> str | None:
    session.flush()
    here = (Loss.account_id == theirs.account_id, Loss.board_id == theirs.board_id, Loss.at > since)
    lost = session.execute(select(func.count(Loss.story.distinct())).where(*here)).scalar_one()
    if lost == 0:
        return None
    place = (Side.account_id == theirs.account_id, Side.board_id == theirs.board_id)
    known = session.execute(select(func.count(Side.id)).where(*place, Side.role == "customer")).scalar_one()
    if not is_mass(lost, known):
        return None
    return (
        f"{lost} of {known} tickets lost their item or a value within {WINDOW.seconds // 60} minutes. "
        "The rest waits: if that was meant, resume the link; if not, mend it on the boards first."
    )


def _too_many_writes(session: Session, story: str, since: datetime) -> str | None:
    sides = session.execute(select(Side).where(Side.story == story)).scalars()
    items = [ItemKey(side.account_id, side.board_id, side.item_id) for side in sides if side.item_id]
    for item in items:
        written = outbox.most_written(session, item, since=since)
        if written is not None and written.times > MOST_WRITES:
            return (
                f"Column {written.column_id} of item {item.item_id} on board {item.board_id} was written "
                f"{written.times} times within {WINDOW.seconds // 60} minutes: automations on the two boards "
                "probably answer each other. Switch one off, then resume the link."
            )
    return None
