"""Named places at which a test may kill the process, to prove that the rest survives it.

``CRASH_AT=outbox.before_call:2`` ends the process, as SIGKILL would, the second time it
reaches that place. Nothing else happens here: outside tests this does nothing.
"""

import os
import signal
from collections import Counter

#: Every place, with what has just been committed and what has not.
PLACES = {
    "inbox.claimed": "the lanes are held, nothing is read",
    "inbox.read": "the items are read, nothing is decided",
    "inbox.before_commit": "everything is decided, nothing is committed",
    "inbox.committed": "decisions, changes and timers are committed, no bell is rung",
    "outbox.claimed": "the board's lane is held, nothing is planned",
    "outbox.before_call": "the request is committed, monday.com has not heard of it",
    "outbox.after_call": "monday.com has answered, nothing is recorded",
    "outbox.before_commit": "the answer is recorded but not committed",
    "outbox.committed": "the answer is committed, the lane is still held",
    "timers.before_commit": "due timers are taken and handed on but not committed",
    "timers.committed": "due timers are handed on, no bell is rung",
    "file.piece_kept": "a piece of a file's content is kept, others are to come",
    "file.before_commit": "all of a file's content is kept, its copy is wanted but not committed",
    "sweep.before_call": "a page is to be asked for, monday.com has not heard of it",
    "sweep.before_commit": "a page's items are asked for but not committed",
    "provisioning.before_call": "a board's next piece is planned, monday.com has not heard of it",
    "provisioning.after_call": "monday.com has made the piece, nothing is recorded",
}
#: The same of mail, which goes and comes beside the boards.
MAIL_PLACES = {
    "mail.before_send": "that a mail's content goes out is committed, nothing of it has gone",
    "mail.sent_unrecorded": "the mail server has answered, nothing is recorded",
    "mail.before_commit": "the answer is recorded but not committed",
    "mail.before_store": "a mail has come, nothing of it is committed",
    "mail.stored": "a mail that came is committed, its sender has no answer",
    "mail.before_filing": "a mail that came is read and filed but not committed",
}
#: As those, with a forum on the other side.
FORUM_PLACES = {
    "forum.before_call": "a post is wanted and said to be asked for, the forum has not heard of it",
    "forum.after_call": "the forum has answered the post, nothing is recorded",
    "forum.before_commit": "the forum's answer is recorded but not committed",
}

_reached: Counter[str] = Counter()


def reach(place: str) -> None:
    """End the process here if ``CRASH_AT`` says so."""
    wanted = os.environ.get("CRASH_AT")
    if not wanted:
        return
    if not any(place in places for places in (PLACES, MAIL_PLACES, FORUM_PLACES)):
        raise ValueError(f"{place!r} is not listed as a crash point.")
    name, _, count = wanted.partition(":")
    if name != place:
        return
    _reached[place] += 1
    if _reached[place] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
