"""What a case is at, what a technician's choice on its board does, what customers are told. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.vendor_cases.rules.clock import Kind, Mark


class State(StrEnum):
    """Where a case stands."""

    PREPARED = "prepared"
    #: Its mail is wanted; nobody knows yet whether monday.com has it.
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    ANSWERED = "answered"
    SOLVED = "solved"
    WONT_FIX = "wont_fix"


CLOSED = frozenset({State.SOLVED, State.WONT_FIX})
#: Those in which a technician may say that monday.com has, or had, the case.
_REPORTED = frozenset({State.SENT, State.WAITING, State.ANSWERED, *CLOSED})


class Choice(StrEnum):
    """Labels of the board's status that ask for something, beside those that only say where it stands."""

    SEND = "send"
    REMIND = "remind"


class Act(StrEnum):
    """What follows from a choice."""

    NOTHING = "nothing"
    SEND = "send"
    REMIND = "remind"
    #: It happened outside of our mail: by telephone, or in monday.com's own form.
    SENT_BY_HAND = "sent_by_hand"
    HANDED_OVER = "handed_over"
    ANSWERED_BY_HAND = "answered_by_hand"
    CLOSE = "close"
    #: It makes no sense now, and is set back.
    REFUSE = "refuse"


class News(StrEnum):
    """What customers are told."""

    PREPARED = "prepared"
    SENT = "sent"
    #: A receipt came.
    RECEIVED = "received"
    REMINDED = "reminded"
    #: We have answered what monday.com asked.
    REPLIED = "replied"
    ANSWERED = "answered"
    #: The report did not get through after all.
    BOUNCED = "bounced"
    #: Nothing has happened for a while.
    COURTESY = "courtesy"
    SOLVED = "solved"
    WONT_FIX = "wont_fix"
    #: It had ended, and goes on.
    REOPENED = "reopened"


#: What is told of a solved ticket, too: how it ended, and what monday.com says.
LASTING = frozenset({News.ANSWERED, News.SOLVED, News.WONT_FIX, News.REOPENED})


@dataclass(frozen=True)
class Ball:
    """Whether monday.com has had, and has, the ball."""

    is_there: bool
    was_answered: bool


def ball(marks: list[Mark]) -> Ball:
    """Where the ball is after all that is known."""
    order = list(Kind)
    latest = max(marks, key=lambda one: (one.at, order.index(one.kind)), default=None)
    return Ball(
        latest is not None and latest.kind is Kind.SENT,
        latest is not None and latest.kind is Kind.ANSWERED,
    )


def label(state: State) -> str:
    """The label of the case's own board."""
    return Choice.SEND.value if state is State.SENDING else state.value


def shown_label(state: State) -> str:
    """The label on tickets: what is on its way is prepared."""
    return State.PREPARED.value if state is State.SENDING else state.value


def settled(state: State, now: Ball) -> State:
    """Where a case stands once it is known where the ball is; a closed one stays closed."""
    if state in CLOSED:
        return state
    if now.is_there:
        return State.WAITING if state in (State.WAITING, State.ANSWERED) else State.SENT
    if now.was_answered:
        return State.ANSWERED
    return State.SENDING if state is State.SENDING else State.PREPARED


def decide(state: State, chosen: str | None) -> Act:
    """What a technician's choice does."""
    if chosen == label(state):
        return Act.NOTHING
    if state is State.SENDING or chosen is None:
        return Act.REFUSE
    acts = {
        Choice.SEND: Act.SEND if state is State.PREPARED else Act.REFUSE,
        Choice.REMIND: Act.REMIND if state in (State.SENT, State.WAITING) else Act.REFUSE,
        State.SENT: Act.SENT_BY_HAND if state is State.PREPARED else Act.REFUSE,
        State.WAITING: Act.HANDED_OVER if state in _REPORTED else Act.REFUSE,
        State.ANSWERED: Act.ANSWERED_BY_HAND if state in _REPORTED else Act.REFUSE,
        State.SOLVED: Act.CLOSE,
        State.WONT_FIX: Act.CLOSE,
    }
    return next((act for key, act in acts.items() if key.value == chosen), Act.REFUSE)
