"""What follows from a forum's answers. Pure.

The forum is a Discourse. What is said of it here was read in its own source (``posts_controller.rb``,
``topics_controller.rb``, ``topic.rb``, October 2026): a topic's external id is unique among all topics,
deleted ones included; a topic is found by it with a redirect to its own address; a post may be kept for
moderators (``"action": "enqueued"``), and then no external id is known until they let it through; who asks
too often is told how long to wait; errors are JSON with sentences for people, unless a server before
Discourse answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

#: Discourse's own bound (``max_topic_title_length``); forums may set it, and most keep it.
LONGEST_TITLE = 255
#: The first wait after a failure, and the longest, in real seconds.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30.0, 3600.0
#: Where the forum asks to wait and does not say how long.
USUAL_WAIT_SECONDS = 60.0
#: What was asked may still be under way in the forum; nothing is asked again before.
LOOK_SECONDS = 120.0
#: How often what its moderators have is looked for.
MODERATION_SECONDS = 6 * 3600.0
#: So many failures in a row, which is most of a day, and a person is told.
MOST_TRIES = 24
_LONGEST_REASON = 300
_TOPIC_PATH = re.compile(r"/t/(?:[^/]+/)?(\d+)(?:\.json)?/?")


class State(StrEnum):
    """How far a filing has come."""

    #: Nothing has been asked of the forum that could have had an effect; or the mail is on its way.
    WANTED = "wanted"
    #: The forum was asked to post it, and nobody knows yet what became of that.
    ASKED = "asked"
    #: The forum's moderators have it.
    QUEUED = "queued"
    #: The text is ready; a person files it and writes reference and link.
    BY_HAND = "by_hand"
    FILED = "filed"
    REFUSED = "refused"
    #: Nobody but a person can find out whether it was filed.
    UNCERTAIN = "uncertain"


#: What a worker has something to do about.
UNDER_WAY = frozenset({State.WANTED, State.ASKED, State.QUEUED})


@dataclass(frozen=True)
class Answer:
    """What the forum answered."""

    status: int
    #: The answer's JSON object; None when it was none, as an error page of a server before Discourse.
    content: Mapping[str, Any] | None = None
    #: ``Retry-After``, in seconds.
    retry_after: float | None = None
    #: Where a redirect leads.
    location: str | None = None


@dataclass(frozen=True)
class Silence:
    """The forum did not answer."""

    #: Whether the question may have reached it.
    was_sent: bool


Reply = Answer | Silence


@dataclass(frozen=True)
class Topic:
    """A topic that stands in the forum."""

    id: str
    #: Its path below the forum's address.
    path: str


@dataclass(frozen=True)
class Found:
    """It is filed: this is it."""

    topic: Topic


@dataclass(frozen=True)
class Absent:
    """It is not there."""


@dataclass(frozen=True)
class Queued:
    """It waits for the forum's moderators."""


@dataclass(frozen=True)
class Refused:
    """The forum will not have it like this, and has done nothing."""

    reason: str


@dataclass(frozen=True)
class Later:
    """Nothing happened; it may be tried again."""

    reason: str
    #: As the forum asks; None: as long as the failures so far suggest.
    seconds: float | None = None


@dataclass(frozen=True)
class Unknown:
    """It may have happened: look before anything else is done."""

    reason: str
    #: The forum itself says that it has such a topic.
    is_taken: bool = False


@dataclass(frozen=True)
class Hidden:
    """The forum does not let us look: only a person can."""

    reason: str


@dataclass(frozen=True)
class Pause:
    """What a filing waits for, and how long, in real seconds."""

    reason: str
    seconds: float
    #: As which it is kept meanwhile.
    state: State
    #: Whether it counts as a failure.
    counts: bool
    #: Whether the forum wants nothing of anybody so long.
    is_for_all: bool = False


Looked = Found | Absent | Refused | Later
Asked = Found | Queued | Refused | Later | Unknown
Waiting = Queued | Absent | Later | Hidden
#: What a round comes to.
Verdict = Asked | Hidden
#: What is recorded of it.
Outcome = Found | Queued | Refused | Hidden | Pause


def after_looking(reply: Reply, forum_url: str) -> Looked:
    """What follows from looking for a topic by its external id. Looking itself has no effect."""
    if isinstance(reply, Silence):
        return Later("The forum does not answer.")
    if reply.status in range(300, 400):
        topic = topic_at(reply.location, forum_url)
        return Refused(_moved(reply.location)) if topic is None else Found(topic)
    if reply.status == 200 and reply.content is not None and (shown := _shown(reply.content)) is not None:
        return Found(shown)
    if reply.status == 404 and reply.content is not None and reply.content.get("error_type") == "not_found":
        return Absent()
    return _turned_away(reply) or Later(f"The forum answers with {reply.status}.")


def after_asking(reply: Reply) -> Asked:
    """What follows from asking the forum to post a topic."""
    if isinstance(reply, Silence):
        told = Unknown("The forum did not say what became of the post.")
        return told if reply.was_sent else Later("The forum can't be reached.")
    if reply.status in range(300, 400):
        return Refused(_moved(reply.location))
    content = reply.content or {}
    if reply.status in (200, 201):
        return _posted(content)
    if reply.status == 422 and reply.content is not None:
        errors = _sentences(content)
        is_taken = any("external" in error.lower() for error in errors)
        told = Unknown("The forum says that it has this topic already.", is_taken=True)
        return told if is_taken else Refused(_say(errors, "The forum does not take the text as it is."))
    if reply.status >= 500 or reply.status in (408, 409, 422):
        return Unknown(f"The forum answered the post with {reply.status}.")
    return _turned_away(reply) or Refused(
        _say(_sentences(content), f"The forum answers with {reply.status}.")
    )


def after_asking_for_queue(reply: Reply, title: str, body: str) -> Waiting:
    """Whether what was asked for is among the posts that wait for the forum's moderators."""
    if isinstance(reply, Silence) or reply.content is None or reply.status >= 500:
        # What is no JSON comes from a server before the forum.
        return Later("The forum does not answer.")
    if reply.status == 429:
        return Later("The forum asks to wait.", _wait(reply) or USUAL_WAIT_SECONDS)
    posts = reply.content.get("pending_posts")
    if reply.status != 200 or not isinstance(posts, list):
        return Hidden("The forum does not show whether the post waits for its moderators.")
    rows = [post for post in posts if isinstance(post, Mapping)]
    is_there = any(post.get("title") == title or _same(post.get("raw_text"), body) for post in rows)
    return Queued() if is_there else Absent()


def after_not_found(waiting: Waiting, before: State) -> Waiting:
    """What follows where the forum was asked and no topic is found: do its moderators have the post?"""
    if isinstance(waiting, Absent) and before is State.QUEUED:
        return Hidden("The forum's moderators have it no more, and no topic has come of it.")
    if isinstance(waiting, Hidden) and before is State.WANTED:
        # A person has looked, and has let it be filed again.
        return Absent()
    return waiting


def outcome(verdict: Verdict, before: State, tries: int) -> Outcome:
    """What is recorded of a round.

    ``before`` is the state in which the round began: what surely had no effect leaves it as it was. ``tries``
    failures in a row went before; nobody waits for a forum for ever.
    """
    if not isinstance(verdict, Later | Unknown):
        return verdict
    is_asked = isinstance(verdict, Unknown)
    state = State.ASKED if is_asked else before
    told = None if isinstance(verdict, Unknown) else verdict.seconds
    if told is not None:
        return Pause(verdict.reason, told, state, counts=False, is_for_all=True)
    if tries + 1 >= MOST_TRIES:
        return Refused(verdict.reason) if state is State.WANTED else Hidden(verdict.reason)
    seconds = max(wait_after(tries), LOOK_SECONDS if is_asked else 0.0)
    return Pause(verdict.reason, seconds, state, counts=True)


def wait_after(tries: int) -> float:
    """How long to wait after so many failures in a row, in real seconds."""
    return min(FIRST_WAIT_SECONDS * 2.0 ** min(tries, 20), LONGEST_WAIT_SECONDS)


def topic_at(location: str | None, forum_url: str) -> Topic | None:
    """The topic that a redirect leads to; None where it leaves the forum or leads to no topic."""
    base, there = urlsplit(forum_url), urlsplit(location or "")
    if there.netloc and (there.scheme, there.netloc) != (base.scheme, base.netloc):
        return None
    path = there.path.removeprefix(base.path.rstrip("/"))
    match = _TOPIC_PATH.fullmatch(path)
    return None if match is None else Topic(match[1], path.removesuffix(".json"))


def fitting_title(title: str) -> str:
    """A title as the forum takes it: on one line and not too long."""
    line = " ".join(title.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def _posted(content: Mapping[str, Any]) -> Found | Queued | Unknown:
    if content.get("action") == "enqueued":
        return Queued()
    topic_id, slug = content.get("topic_id"), content.get("topic_slug")
    if isinstance(topic_id, int):
        return Found(_topic(topic_id, slug))
    return Unknown("The forum answered the post with something else than the post.")


def _shown(content: Mapping[str, Any]) -> Topic | None:
    topic_id = content.get("id")
    return _topic(topic_id, content.get("slug")) if isinstance(topic_id, int) else None


def _topic(topic_id: int, slug: object) -> Topic:
    is_plain = isinstance(slug, str) and re.fullmatch(r"[\w%-]+", slug) is not None
    return Topic(str(topic_id), f"/t/{slug}/{topic_id}" if is_plain else f"/t/{topic_id}")


def _turned_away(reply: Answer) -> Refused | Later | None:
    """What an answer means that is none to the question: nothing was done."""
    if reply.status == 429:
        return Later("The forum asks to wait.", _wait(reply) or USUAL_WAIT_SECONDS)
    if reply.status in (401, 403):
        if reply.content is None:
            # A guard before the forum; it may let us through later.
            return Later(f"A server before the forum answers with {reply.status}.")
        errors = _sentences(reply.content)
        return Refused(
            _say(errors, "The forum does not let this user or key do it: FORUM_API_USER, FORUM_API_KEY.")
        )
    if reply.status in (404, 405, 410):
        return Refused("There is no Discourse forum at FORUM_URL.")
    return None


def _wait(reply: Answer) -> float | None:
    """How long the forum asks to wait, at most a day."""
    extras = (reply.content or {}).get("extras")
    told = extras.get("wait_seconds") if isinstance(extras, Mapping) else None
    seconds = [one for one in (told, reply.retry_after) if isinstance(one, int | float) and one > 0]
    return min(max(seconds), 86_400.0) if seconds else None


def _sentences(content: Mapping[str, Any]) -> Sequence[str]:
    errors = content.get("errors")
    return [one for one in errors if isinstance(one, str)] if isinstance(errors, list) else []


def _say(errors: Sequence[str], otherwise: str) -> str:
    told = " ".join(" ".join(errors).split())[:_LONGEST_REASON]
    return f"The forum says: {told}" if told else otherwise


def _moved(location: str | None) -> str:
    host = urlsplit(location or "").netloc or "somewhere else"
    return f"The forum sends us to {host[:100]}, which is not followed; set FORUM_URL to where it is now."


def _same(raw: object, body: str) -> bool:
    return isinstance(raw, str) and raw.split() == body.split()
