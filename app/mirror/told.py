"""What monday.com's events say of an item, beside what it shows when it is read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.mirror.tombstones import Departure


@dataclass(frozen=True)
class Told:
    """What the events say that made an item be read."""

    #: Column key → the latest moment at which a person changed it.
    changed_at: Mapping[str, datetime]
    #: What is known about its leaving its board, should it have left.
    departure: Departure
    #: Its updates and replies that were deleted.
    deleted_updates: Collection[str]
    #: Column key → monday.com's id of who made that change.
    changed_by: Mapping[str, str] = field(default_factory=dict)
