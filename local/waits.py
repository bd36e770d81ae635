"""Waiting for a condition with a deadline: the only kind of waiting there is here."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")

PAUSE_SECONDS = 0.05


class LocalError(Exception):
    """Something a person at the terminal must hear, in a sentence that says what to do."""


class NotInTimeError(LocalError):
    """What was waited for did not come."""


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 30.0) -> T:
    """Look again and again until there is something, and give it.

    Args:
        look: Gives what is waited for, or None (or anything false) as long as it is not there.
        what: What is waited for, to end the sentence "… seconds were not enough for".
        seconds: The deadline.

    Raises:
        NotInTimeError: the deadline passed.
    """
    deadline = time.monotonic() + seconds
    pause = Event()
    while not (found := look()):
        if time.monotonic() > deadline:
            raise NotInTimeError(f"{seconds:g} seconds were not enough for {what}.")
        pause.wait(PAUSE_SECONDS)
    return found
