"""When somebody has to be told that a promise is about to be broken, or is. Pure.

Moments are counted in the promise's own business time, so nobody is told at night of what can wait.
What is acute is told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.sla.rules.cycles import Cycle, Metric, Status, due
from app.sla.rules.history import History

#: An acute incident is told at once, whenever it is.
CLAIMED = "claimed"
#: Shares of the time after which somebody is told.
SHARES = (50, 75, 90)
#: After the breach somebody is told each business hour, for so many: a working day.
HOURS_AFTER = 9


class Role(StrEnum):
    """Who is told."""

    #: The ticket's technician; those on duty where it has none.
    TECHNICIAN = "technician"
    DUTY = "duty"
    MANAGER = "manager"


@dataclass(frozen=True)
class Step:
    """One moment at which somebody is told."""

    #: Like ``75``, ``breach`` or ``breach+2``; each is told once for a run of a clock.
    name: str
    at: datetime
    roles: Sequence[Role]


_ROLES = {50: (Role.TECHNICIAN,), 75: (Role.TECHNICIAN,), 90: (Role.TECHNICIAN, Role.DUTY)}
_ALL = (Role.TECHNICIAN, Role.DUTY, Role.MANAGER)


def steps(history: History, cycle: Cycle) -> list[Step]:
    """The moments of a clock that runs, in order; none of one that stopped, is paused or promises nothing."""
    if cycle.target is None or cycle.stopped_at is not None or cycle.status is Status.PAUSED:
        return []
    found = [Step(CLAIMED, cycle.started_at, _ALL)] if cycle.metric is Metric.ACUTE_RESPONSE else []
    for share in SHARES:
        at = due(history, cycle.target, cycle, share)
        if at is not None:
            found.append(Step(str(share), at, _ROLES[share]))
    if cycle.due_at is None:
        return found
    found.append(Step("breach", cycle.due_at, _ALL))
    for hours in range(1, HOURS_AFTER + 1):
        at = cycle.target.calendar.add(cycle.due_at, timedelta(hours=hours))
        found.append(Step(f"breach+{hours}", at, (Role.TECHNICIAN, Role.MANAGER)))
    return found


def reached(found: Sequence[Step], *, now: datetime) -> list[Step]:
    """The steps whose moment has come, in order."""
    return [step for step in found if step.at <= now]


def next_step(found: Sequence[Step], *, now: datetime) -> datetime | None:
    """When the next step comes; None after the last."""
    return next((step.at for step in found if step.at > now), None)
