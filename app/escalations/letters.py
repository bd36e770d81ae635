"""The mail that calls somebody to an escalation. Internal: it goes to people of the partner only."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.agreements.rules.terms import in_force
from app.agreements.terms import terms_of
from app.business_time import calendar
from app.escalations import items
from app.escalations.models import Escalation, EscalationCall
from app.mail.rules.letters import Letter
from app.mirror import service as mirror
from app.texts import DESK_LANGUAGE, plain


def call(session: Session, on: OnTicket, row: Escalation, call: EscalationCall, *, now: datetime) -> Letter:
    """All that somebody of a level needs to begin, in plain text; to the same person of a level, once."""
    title = " ".join(str(mirror.coming(session, on.desk[0]).get(mirror.NAME) or "").split())
    zone = calendar("support").zone
    by = "" if row.due_at is None else f"{row.due_at.astimezone(zone):%Y-%m-%d %H:%M}"
    values = {
        "number": row.number,
        "ticket": on.number,
        "title": title,
        "customer": " ".join(on.customer.name.split()),
        "tier": in_force(terms_of(session, on.customer.id), now).tier.upper(),
        "reason": row.reason,
        "so_far": items.so_far(session, on, now=now),
        "link": items.link(session, row),
        "by": by,
    }
    key = "escalation.mail.owner" if call.level == 0 else "escalation.mail.next"
    return Letter(
        story=row.story,
        key=f"{row.story}:{call.level}:{call.address}"[:120],
        to=(call.address,),
        subject=plain(DESK_LANGUAGE, f"{key}.subject", **values),
        body=plain(DESK_LANGUAGE, f"{key}.body", **values),
        is_notice=True,
    )
