"""A story with its customer and its items on both boards: where things are shown, and people told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.conversation import service as conversation
from app.mirror import service as mirror
from app.outbox import service as outbox
from app.stories.presence import End
from app.texts import DESK_LANGUAGE, text

_PERSON = "person-"


@dataclass(frozen=True, kw_only=True)
class OnStory:
    """What subjects need of a story to show things on its boards and to tell people."""

    #: What people call it.
    number: str
    customer: Customer
    desk: End
    theirs: End

    def show(self, session: Session, key: str, value: object, *, now: datetime) -> None:
        """Let a column of that key hold a value on both boards."""
        for side, board in (self.desk, self.theirs):
            mirror.write(session, side, board, key, value, now=now)

    def tell_customer(self, session: Session, key: str, *, now: datetime, **values: object) -> str:
        """Post a sentence on the customer's item, in its language; give it."""
        sentence = text(self.customer.language, key, **values)
        conversation.notify(session, self.theirs[0], sentence, now=now)
        return sentence

    def tell_desk(self, session: Session, key: str, *, now: datetime, **values: object) -> None:
        """Post an internal note on the desk's item."""
        conversation.notify(session, self.desk[0], text(DESK_LANGUAGE, key, **values), now=now)

    def tell_manager(self, session: Session, key: str, *, now: datetime, **values: object) -> None:
        """Notify the customer's support manager in monday.com.

        Where there is none, or a team, which can't be notified, it is posted on the customer's item.
        """
        words = text(DESK_LANGUAGE, key, number=self.number, **values)
        people = [one.removeprefix(_PERSON) for one in self.customer.manager if one.startswith(_PERSON)]
        for user_id in people:
            outbox.want_notification(session, mirror.target(self.desk[0]), user_id, words, now=now)
        theirs = None if people else mirror.side_of(session, self.customer.story, "desk")
        if theirs is not None:
            conversation.notify(session, theirs, words, now=now)
