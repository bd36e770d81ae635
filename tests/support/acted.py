"""What people did, and what must therefore be told on both sides once all is at rest.

Pure: what was done goes in, what may be read comes out. Where people of both sides did something
at once, several outcomes are right; a value that neither side said last never is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["customer", "desk"]
DESK: Side = "desk"
CUSTOMER: Side = "customer"


@dataclass
class Shared:
    """A value that both sides may change."""

    #: What it was when all was last at rest.
    settled: str
    #: What each side said last, since then.
    said: dict[Side, str] = field(default_factory=dict)

    def say(self, side: Side, value: str) -> None:
        """A person of that side sets it."""
        self.said[side] = value

    def possible(self) -> set[str]:
        """What it may be at rest."""
        return set(self.said.values()) or {self.settled}

    def settle(self, value: str) -> None:
        """All is at rest, and this is what both boards show."""
        self.settled, self.said = value, {}


@dataclass
class Version:
    """A text that a message had for a while."""

    #: Words that stand nowhere else.
    words: str
    is_public: bool


@dataclass(eq=False)
class Message:
    """What somebody wrote on a ticket."""

    side: Side
    update_id: str
    versions: list[Version]
    answers: "Message | None" = None
    #: Its author deleted it, or what it answered.
    is_gone: bool = False
    #: People of the other side deleted what it answers there, and with it its copy; that stays away until
    #: the message changes.
    has_lost_its_copy: bool = False
    #: It stands on an item of the desk in whose place another stands now: nothing follows it any more.
    is_left_behind: bool = False

    @property
    def now(self) -> Version:
        """Its text as it is."""
        return self.versions[-1]

    @property
    def is_outside(self) -> bool:
        """Whether the customer may read it."""
        return not self.is_gone and self.now.is_public


@dataclass(eq=False)
class Hung:
    """A file that somebody has hung on a message, or put in the shared column."""

    side: Side
    asset_id: str
    #: It stands nowhere else.
    name: str
    #: None: it was put in the column.
    message: Message | None = None
    #: Who put it there has taken it out.
    is_gone: bool = False
    #: It was put on an item of the desk in whose place another stands now.
    is_left_behind: bool = False


@dataclass(eq=False)
class Task:
    """What a technician is to do for a ticket: a subitem of the desk's item."""

    subitem_id: str
    #: The board of the desk's subitems.
    board_id: str
    versions: list[Version]
    is_done: bool = False

    @property
    def line(self) -> str | None:
        """How the customer reads it; None when it is internal."""
        now = self.versions[-1]
        return f"{'☑' if self.is_done else '☐'} {now.words}" if now.is_public else None


@dataclass(eq=False)
class Ticket:
    """What people did to one ticket."""

    #: Which of the customers' boards it was asked on.
    front: int
    their_id: str
    name: Shared
    priority: Shared
    desk_id: str | None = None
    #: The desk's own columns.
    status: str = "new"
    #: The customer wrote since all was last at rest: a ticket that waited goes on then.
    may_go_on: bool = False
    technician: str = ""
    #: The customer's own column.
    description: str = ""
    #: Columns that people added to their board, by side.
    own: dict[Side, str] = field(default_factory=dict)
    #: The groups that people moved the item to, by side.
    group: dict[Side, str] = field(default_factory=dict)
    #: The items that people put away, by side.
    away: dict[Side, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    files: list[Hung] = field(default_factory=list)
    #: In the desk's order.
    tasks: list[Task] = field(default_factory=list)
    #: Tasks that were put away, or stand on an item of the desk in whose place another stands.
    past_tasks: list[Task] = field(default_factory=list)

    def shown_tasks(self) -> str:
        """What the customer reads of them."""
        return "\n".join(line for task in self.tasks if (line := task.line) is not None)

    def statuses(self) -> set[str]:
        """What the status may be at rest."""
        waits = self.status in ("waiting_customer", "solved")
        return {self.status} | ({"in_progress"} if waits and self.may_go_on else set())

    def moves_on(self, desk_id: str) -> None:
        """Another item of the desk has taken the place of the one that was put away there."""
        if self.desk_id is not None:
            for message in self.messages:
                message.is_left_behind |= message.side == DESK
            for file in self.files:
                file.is_left_behind |= file.side == DESK
            self.own.pop(DESK, None)
            self.group.pop(DESK, None)
            self.past_tasks += self.tasks
            self.tasks = []
        self.desk_id = desk_id

    def thread(self, message: Message) -> Iterator[Message]:
        """A message with what answers it."""
        yield message
        yield from (other for other in self.messages if other.answers is message)


def secrets(tickets: list[Ticket]) -> list[str]:
    """All words, and names of files, that were never meant for a customer."""
    inside = [
        file.name
        for ticket in tickets
        for file in ticket.files
        if file.message is not None and not any(version.is_public for version in file.message.versions)
    ]
    said = [
        versions
        for ticket in tickets
        for versions in (
            *(message.versions for message in ticket.messages),
            *(task.versions for task in (*ticket.tasks, *ticket.past_tasks)),
        )
    ]
    words = [version.words for versions in said for version in versions if not version.is_public]
    return inside + words
