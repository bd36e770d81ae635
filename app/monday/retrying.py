"""What follows from a failure: one pure table, for what is read and for what is written.

A failure falls into a class, and the class with what was being done (``Work``) into a decision: when to try
again, whether that counts as a failed try, and what becomes of the request or of the one change. Whoever
failed asks here and does what it is told. Who calls rolls the dice and brings the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import SupportError
from app.monday import waits
from app.monday.errors import (
    BudgetSpentError,
    MondayFaultError,
    MondayUncertainError,
    MondayUnreachableError,
)
from app.monday.faults import Fault, FaultKind

#: After so many failures of an unknown kind what failed is parked, so that its lane goes on.
PATIENCE = 6
#: The same when monday.com itself stumbles: it is tried for more than a day, four times an hour in the end.
OUTAGE_PATIENCE = 120
#: The same of what goes to monday.com by itself, as a file: some hours, by the waits between.
ALONE_PATIENCE = 24


class Setback(StrEnum):
    """What can go wrong besides a refusal by monday.com."""

    #: The account's budget has no room now.
    NO_ROOM = "no_room"
    #: It was not sent.
    UNREACHABLE = "unreachable"
    #: It was sent, and nobody knows what became of it.
    UNCERTAIN = "uncertain"
    #: The account has no connection; connecting it again wakes its lanes.
    NOT_CONNECTED = "not_connected"
    #: Another account than the lane's has none; its return wakes none of this one's lanes.
    OTHER_NOT_CONNECTED = "other_not_connected"
    #: Somebody has to act first.
    HOPELESS = "hopeless"
    #: Not yet, or not understood.
    UNKNOWN = "unknown"


class RetryClass(StrEnum):
    """Failures that are answered alike."""

    #: Nobody's failure: there is room at a known moment.
    ROOM = "room"
    #: monday.com turned it away for now, or never heard of it; it had no effect.
    TURNED_AWAY = "turned_away"
    #: The very same request is under way, or may be.
    UNDER_WAY = "under_way"
    #: Nobody knows whether it had an effect.
    UNCLEAR = "unclear"
    #: The token is not accepted.
    TOKEN = "token"  # noqa: S105 - the name of a class
    #: The account's connection is paused, or never was.
    PAUSED = "paused"
    #: The same of another account's connection.
    ELSEWHERE = "elsewhere"
    #: The same again would be refused again.
    REFUSED = "refused"
    #: Unknown to us, or too early.
    UNKNOWN = "unknown"


CLASSES: Mapping[FaultKind | Setback, RetryClass] = {
    Setback.NO_ROOM: RetryClass.ROOM,
    FaultKind.RATE_LIMITED: RetryClass.TURNED_AWAY,
    FaultKind.DAILY_LIMIT: RetryClass.TURNED_AWAY,
    FaultKind.BOARD_LOCKED: RetryClass.TURNED_AWAY,
    Setback.UNREACHABLE: RetryClass.TURNED_AWAY,
    FaultKind.IN_PROGRESS: RetryClass.UNDER_WAY,
    FaultKind.SERVER_ERROR: RetryClass.UNCLEAR,
    Setback.UNCERTAIN: RetryClass.UNCLEAR,
    FaultKind.AUTHENTICATION: RetryClass.TOKEN,
    Setback.NOT_CONNECTED: RetryClass.PAUSED,
    Setback.OTHER_NOT_CONNECTED: RetryClass.ELSEWHERE,
    FaultKind.TOO_COMPLEX: RetryClass.REFUSED,
    FaultKind.FORBIDDEN: RetryClass.REFUSED,
    FaultKind.NOT_FOUND: RetryClass.REFUSED,
    FaultKind.INVALID: RetryClass.REFUSED,
    FaultKind.SCHEMA: RetryClass.REFUSED,
    Setback.HOPELESS: RetryClass.REFUSED,
    Setback.UNKNOWN: RetryClass.UNKNOWN,
}


class Work(StrEnum):
    """What was being done when it failed."""

    #: Events were handled: reading their item, and what follows from it.
    EVENTS = "events"
    #: Standing work of which nothing can be set aside: a sweep, a board's writing between two requests.
    STANDING = "standing"
    #: A request was sent for the first time, and failed whole.
    REQUEST = "request"
    #: A request was sent again under its key, and failed whole. What its first sending did is unknown.
    REPETITION = "repetition"
    #: One that no other change shares was sent, and failed: it is looked for before it is sent again.
    ALONE = "alone"
    #: One mutation of an answered request makes an item or an update: twice would show.
    CREATION = "creation"
    #: One mutation of an answered request sets what may as well be set twice.
    SETTING = "setting"


class Step(StrEnum):
    """What to do."""

    #: Try again after ``Decision.seconds``.
    RETRY = "retry"
    #: Try the one change again after ``Decision.seconds``; its neighbours go on meanwhile.
    PUT_OFF = "put_off"
    #: Get another token and try again at once; pause the account when there is none.
    RENEW = "renew"
    #: Leave the lane alone until its account is connected again.
    LEAVE_ALONE = "leave_alone"
    #: Set it aside with its reason; what was refused in company is tried alone first.
    PARK = "park"
    #: Look on the board for what it did before it is made again.
    LOOK_FIRST = "look_first"


@dataclass(frozen=True)
class Failure:
    """What went wrong, and for how many seconds we were told to wait, if we were."""

    kind: FaultKind | Setback
    told_seconds: float | None = None


@dataclass(frozen=True)
class Decision:
    """What to do about a failure."""

    step: Step
    #: How long to wait before another try.
    seconds: float = 0.0
    #: Whether it counts as a failed try of the lane.
    counts: bool = False
    #: Whether the request stays as it is, to be repeated under its key; else its changes are wanted anew.
    keeps_request: bool = False


def failure_of(error: Exception, *, now: float) -> Failure:
    """What kind of failure an error is; ``now`` is in real epoch seconds."""
    if isinstance(error, BudgetSpentError):
        return Failure(Setback.NO_ROOM, max(error.until - now, 0.0))
    if isinstance(error, MondayFaultError):
        return failure_of_fault(error.fault)
    if isinstance(error, MondayUnreachableError):
        return Failure(Setback.UNREACHABLE)
    if isinstance(error, MondayUncertainError):
        return Failure(Setback.UNCERTAIN)
    is_hopeless = isinstance(error, SupportError) and error.permanent
    return Failure(Setback.HOPELESS if is_hopeless else Setback.UNKNOWN)


def failure_of_fault(fault: Fault | None) -> Failure:
    """The same of one mutation's refusal; None when monday.com gave neither a result nor an error."""
    return Failure(Setback.UNCERTAIN) if fault is None else Failure(fault.kind, fault.retry_in_seconds)


def decide(failure: Failure, work: Work, attempts: int, roll: float) -> Decision:
    """What to do after a failure that ``attempts`` failed tries of the lane went before.

    ``roll`` is a random number from 0 to 1. Every way of failing has one of the decisions, and only what
    surely had no effect, or may have it twice, is wanted anew.
    """
    found = CLASSES[failure.kind]
    if found is RetryClass.ROOM:
        return Decision(Step.RETRY, failure.told_seconds or 0.0, keeps_request=work is Work.REPETITION)
    if found is RetryClass.TOKEN and work not in (Work.CREATION, Work.SETTING):
        return Decision(Step.RENEW, counts=True, keeps_request=work is Work.REPETITION)
    if found is RetryClass.PAUSED:
        return Decision(Step.LEAVE_ALONE)
    if work is Work.REPETITION and found is RetryClass.REFUSED:
        # This sending was not carried out; what the first one did is still to be found out.
        return Decision(Step.LOOK_FIRST)
    if work is Work.CREATION and found in (RetryClass.UNCLEAR, RetryClass.UNDER_WAY):
        return Decision(Step.LOOK_FIRST)
    if found in (RetryClass.REFUSED, RetryClass.TOKEN) and work is not Work.STANDING:
        return Decision(Step.PARK)
    if work is Work.EVENTS and attempts + 1 >= _patience(found):
        return Decision(Step.PARK)
    if work is Work.ALONE and found in (RetryClass.UNCLEAR, RetryClass.UNDER_WAY, RetryClass.UNKNOWN):
        if attempts + 1 >= ALONE_PATIENCE:
            return Decision(Step.PARK)
        return Decision(Step.PUT_OFF, waits.back_off(attempts, roll))
    return _later(failure, found, work, attempts, roll)


def _patience(found: RetryClass) -> float:
    """So many failures are borne; what another account's return will mend is waited for without end."""
    if found is RetryClass.ELSEWHERE:
        return float("inf")
    return PATIENCE if found is RetryClass.UNKNOWN else OUTAGE_PATIENCE


def _later(failure: Failure, found: RetryClass, work: Work, attempts: int, roll: float) -> Decision:
    told = failure.told_seconds
    if work in (Work.CREATION, Work.SETTING):
        seconds = waits.back_off(attempts, roll) if told is None else waits.as_told(told, roll)
        return Decision(Step.PUT_OFF, seconds)
    may_have_had_its_effect = work is Work.REQUEST and found is not RetryClass.TURNED_AWAY
    return Decision(
        Step.RETRY,
        waits.back_off(attempts, roll) if told is None else waits.as_told(told, roll),
        # To be told to wait is no failure of an event's. Of a board's writing it counts, so that what is
        # wanted meanwhile, and is more urgent, does not end the wait.
        counts=told is None or work not in (Work.EVENTS, Work.STANDING),
        keeps_request=work is Work.REPETITION or may_have_had_its_effect,
    )
