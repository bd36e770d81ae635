"""The states of a feature request, and which step from one to another a technician may take. Pure.

What is filed can't be unfiled: before, a request is its customer's; after, it is also monday.com's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far a request has come; the values are labels' keys on both boards."""

    DRAFT = "draft"
    FOR_APPROVAL = "for_approval"
    FILED = "filed"
    UNDER_REVIEW = "under_review"
    PLANNED = "planned"
    RELEASED = "released"
    DECLINED = "declined"
    #: The customer's agreement has no feature requests: on the customer's board only.
    NOT_INCLUDED = "not_included"


class Filing(StrEnum):
    """How it stands with the filing of a request; the values are labels' keys."""

    #: Handed to the channel, which has not answered yet.
    ASKED = "asked"
    FILED = "filed"
    #: The text is ready; a technician files it and writes down the reference.
    BY_HAND = "by_hand"
    REFUSED = "refused"
    #: It may have been filed: a person looks, and says so.
    UNCERTAIN = "uncertain"


class Hindrance(StrEnum):
    """Why a step can't be taken; each is a sentence (``app.texts``: ``wish.step.…``)."""

    NO_SUCH_STEP = "no_such_step"
    FOLLOWS = "follows"
    IS_FILING = "is_filing"
    #: Nobody has filed it yet, as far as is known.
    NOT_FILED = "not_filed"
    NO_REFERENCE = "no_reference"
    NO_RELEASE_TEXT = "no_release_text"
    #: What every requester would be told names one of them.
    NAMES_IN_RELEASE = "names_in_release"


#: States in which monday.com has it.
AT_MONDAY = frozenset({Status.FILED, Status.UNDER_REVIEW, Status.PLANNED, Status.RELEASED, Status.DECLINED})
#: Those in which something may still come of it there: people are reminded to look.
REVIEWED = frozenset({Status.FILED, Status.UNDER_REVIEW, Status.PLANNED})
#: Columns that say what changed and how it is used, in each language: all are told at release.
RELEASE_TEXTS = ("released_what_sv", "released_how_sv", "released_what_en", "released_how_en")

_BEFORE = {
    Status.DRAFT: {Status.FOR_APPROVAL, Status.DECLINED},
    Status.FOR_APPROVAL: {Status.DRAFT, Status.DECLINED, Status.FILED},
    # Declined by us before anybody else has seen it.
    Status.DECLINED: {Status.DRAFT},
}
_AFTER = {
    Status.FILED: {Status.UNDER_REVIEW, Status.PLANNED, Status.RELEASED, Status.DECLINED},
    Status.UNDER_REVIEW: {Status.PLANNED, Status.RELEASED, Status.DECLINED},
    Status.PLANNED: {Status.UNDER_REVIEW, Status.RELEASED, Status.DECLINED},
    Status.RELEASED: {Status.UNDER_REVIEW, Status.PLANNED},
    Status.DECLINED: {Status.UNDER_REVIEW, Status.PLANNED, Status.RELEASED},
}
#: In which somebody can say by hand that it is filed: where and under which reference.
_BY_HAND = frozenset({Filing.BY_HAND, Filing.UNCERTAIN, Filing.REFUSED})


@dataclass(frozen=True)
class Standing:
    """What decides which steps are open."""

    status: Status
    filing: Filing | None
    #: Another request leads it.
    follows: bool


def steps(standing: Standing) -> Collection[Status]:
    """Where a technician may take a request from where it stands."""
    table = _AFTER if standing.filing is Filing.FILED else _BEFORE
    return table.get(standing.status, set())


def hindrance(standing: Standing, to: Status | None, values: Mapping[str, object]) -> Hindrance | None:
    """What keeps a technician from taking a request to ``to``; None: nothing.

    ``values``: what the columns of the request's item on the desk hold, by key.
    """
    if standing.follows:
        return Hindrance.FOLLOWS
    if to is None or to not in steps(standing):
        return Hindrance.NO_SUCH_STEP
    if standing.filing is Filing.ASKED:
        return Hindrance.IS_FILING
    if to is Status.FILED:
        if standing.filing not in _BY_HAND:
            return Hindrance.NOT_FILED
        if not (values.get("reference") or values.get("link")):
            return Hindrance.NO_REFERENCE
    elif standing.filing is Filing.UNCERTAIN or (standing.filing is Filing.BY_HAND and to is Status.DRAFT):
        # It may be public already, or somebody is about to file it as it is: first that is settled.
        return Hindrance.IS_FILING
    if to is Status.RELEASED and missing_of_release(values):
        return Hindrance.NO_RELEASE_TEXT
    return None


def missing_of_release(values: Mapping[str, object]) -> tuple[str, ...]:
    """Which of the texts that are told at release nobody has written yet."""
    return tuple(key for key in RELEASE_TEXTS if not str(values.get(key) or "").strip())


def status_of(value: object) -> Status | None:
    """The state that a status column holds; None where it is empty, or a label of people's own."""
    return Status(str(value)) if value in tuple(Status) else None
