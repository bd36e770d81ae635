"""The ticket on which something is asked for, given or done: what subjects beside tickets need of it."""

from dataclasses import dataclass
from datetime import datetime

from app.refusals.service import Asked
from app.stories.on_story import OnStory


@dataclass(frozen=True, kw_only=True)
class OnTicket(OnStory):
    """A ticket with its customer and its items on both boards."""

    ticket_id: int
    is_solved: bool

    def asked(self, at: datetime, *, by_desk: bool = False) -> Asked:
        """That something is asked for on it, by the customer or by a technician on its behalf."""
        return Asked(self.customer, at, self.number, self.theirs[0], self.desk[0], by_desk=by_desk)
