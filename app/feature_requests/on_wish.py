"""A feature request with its customer and both its items: what everything that is done about it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.business_time import BusinessCalendar, calendar
from app.clock import lease_time
from app.feature_requests.models import Wish
from app.feature_requests.rules.joining import Candidate
from app.feature_requests.rules.steps import Filing, Standing, Status
from app.inbox import service as inbox
from app.lanes.service import LaneName
from app.mirror import service as mirror
from app.priority import set_share
from app.stories.on_story import OnStory
from app.stories.presence import end

KIND = "wish"
#: Reviews are due by the office's own days, whatever a customer's agreement counts in.
_CALENDAR = "support"


@dataclass(frozen=True, kw_only=True)
class OnWish(OnStory):
    """A request, its row held for the rest of the transaction."""

    wish: Wish

    @property
    def standing(self) -> Standing:
        """What decides which steps are open."""
        filing = None if self.wish.filing is None else Filing(self.wish.filing)
        return Standing(Status(self.wish.status), filing, follows=self.wish.lead_id is not None)

    @property
    def partner_account_id(self) -> str:
        """The account in whose lane the request's own events are handled."""
        return self.desk[0].account_id

    def on_desk(self, session: Session) -> dict[str, Any]:
        """Column key → what the desk's item holds once all that is on its way to it has come."""
        return mirror.coming(session, self.desk[0])


def held(session: Session, wish_id: int) -> Wish:
    """A request's row, held for the rest of the transaction."""
    return session.get_one(Wish, wish_id, with_for_update=True)


def on_wish(session: Session, wish: Wish) -> OnWish:
    """A request with its customer and both its items."""
    theirs = mirror.require_side(session, wish.story, "customer")
    set_share(session, f"{theirs.account_id}:{theirs.board_id}")
    return OnWish(
        number=wish.number,
        customer=session.get_one(Customer, wish.customer_id),
        desk=end(session, mirror.require_side(session, wish.story, "desk")),
        theirs=end(session, theirs),
        wish=wish,
    )


def candidate(wish: Wish) -> Candidate:
    """A request as it may lead or follow."""
    return Candidate(wish.id, wish.lead_id, is_filed=wish.is_handed_over)


def followers(session: Session, wish_id: int) -> Sequence[Wish]:
    """The requests that follow one, in order."""
    query = select(Wish).where(Wish.lead_id == wish_id).order_by(Wish.id)
    return session.execute(query).scalars().all()


def tell_story(
    session: Session, wish_id: int, partner_account_id: str, source: str, *, now: datetime
) -> None:
    """Let a request hear in its own lane that another has changed: each is handled while it alone is held."""
    lane = LaneName(f"{KIND}:{wish_id}", partner_account_id, KIND)
    inbox.put(session, lane, source, {}, now=now, lease_time=lease_time())


def office() -> BusinessCalendar:
    """The calendar of the people who look at requests."""
    return calendar(_CALENDAR)
