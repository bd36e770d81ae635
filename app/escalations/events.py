"""An escalation's own events: its moments, its mail, its item made, its people known."""

from datetime import datetime
from html import escape

from sqlalchemy.orm import Session

from app.clock import lease_time
from app.conversation import service as conversation
from app.errors import ParkedError
from app.escalations import calling, items, roster
from app.escalations.board import Finder, held
from app.escalations.models import Escalation
from app.inbox import service as inbox
from app.inbox.service import StoredEvent
from app.lanes.service import LaneName
from app.mail import service as mail
from app.mail.files import post_attachments
from app.mirror import service as mirror
from app.mirror.models import Side
from app.outbox import service as outbox
from app.texts import DESK_LANGUAGE, text

#: The kind of its lane, and the first word of its story.
LANE = "escalation"
_MADE = "item.made"
_OF_TIME = (f"timer.{calling.TIMER}", _MADE, roster.KNOWN)
_OF_MAIL = ("mail.sent", "mail.refused", "mail.uncertain")


def on_event(
    session: Session, escalation_id: int, event: StoredEvent, find: Finder, *, now: datetime
) -> None:
    """Let an escalation follow an event of its own.

    Raises:
        ParkedError: this version of the product does not know the event.
    """
    row, on = held(session, escalation_id, find)
    if event.source in _OF_TIME:
        calling.follow(session, on, row, now=now)
    elif event.source in _OF_MAIL:
        calling.on_mail(session, row, int(event.content["mail_id"]), now=now)
    elif event.source == "mail.came":
        _on_mail_came(session, row, int(event.content["incoming_id"]), now)
    else:
        raise ParkedError(f"No escalation follows events of the kind {event.source!r}.")


def on_item_made(session: Session, side: Side, *, now: datetime) -> None:
    """monday.com has made an escalation's item: what waits for its address goes on."""
    here = LaneName(side.story, side.account_id, LANE)
    inbox.put(session, here, _MADE, {}, now=now, lease_time=lease_time())


def _on_mail_came(session: Session, row: Escalation, incoming_id: int, now: datetime) -> None:
    """An answer to a call stands on the item, inside; it acknowledges nothing: that is done on the board."""
    item = items.find(session, row)
    if item is None:
        return
    came = mail.incoming(session, incoming_id)
    key = "escalation.mail.automatic" if came.is_automatic else "escalation.mail.came"
    head = text(DESK_LANGUAGE, key, name=came.from_name or came.from_address, address=came.from_address)
    if came.in_doubt is not None:
        head += " " + text(DESK_LANGUAGE, "escalation.mail.in_doubt", reason=came.in_doubt)
    words = escape(came.text).replace("\n", "<br>")
    body = f"<p>{head}</p><p>{words}</p>"
    content = {"body": body, "match": conversation.normalised_text(body)}
    target = mirror.target(item[0])
    change_id = outbox.want_update(session, target, content=content, now=now)
    post_attachments(session, incoming_id, target, change_id, now=now)
