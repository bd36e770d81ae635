"""What the answers of a mail server mean for a mail: who has got it, who never will, when to try again. Pure.

A mail may have several recipients, of whom each is answered for. Once the content is sent, one answer
counts for all to whom it went; and where that answer is missing, nobody knows (``lost``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

#: So often a server may put a mail off before it is given up: by the waits between, more than four days.
MOST_PUT_OFF = 100
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30.0, 3600.0


class State(StrEnum):
    """How far a mail of ours is."""

    #: It waits for its turn, or for another try.
    WANTED = "wanted"
    #: Its content is about to be sent, or is being sent.
    SENDING = "sending"
    SENT = "sent"
    #: Nobody has got it, and nobody will.
    REFUSED = "refused"
    #: The connection broke after its content was sent: who knows. A person says, or an answer to it.
    UNCERTAIN = "uncertain"


class Verdict(StrEnum):
    """What a reply code says."""

    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True)
class Reply:
    """What a mail server answered."""

    code: int
    words: str

    @property
    def verdict(self) -> Verdict:
        """What it says; an answer that is none of the protocol's is no refusal."""
        if 200 <= self.code < 300:
            return Verdict.TAKEN
        return Verdict.NEVER if 500 <= self.code < 600 else Verdict.LATER

    def __str__(self) -> str:
        """As it is shown to people."""
        return f"{self.code} {self.words}".strip()


@dataclass(frozen=True)
class Delivery:
    """How far a mail is with each of its recipients."""

    waiting: tuple[str, ...]
    under_way: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    refused: Mapping[str, str] | None = None
    put_off: int = 0
    #: The last word about those who wait.
    reason: str | None = None

    @property
    def state(self) -> State:
        """What is to happen with it now that nothing of it is under way."""
        if self.waiting:
            return State.WANTED
        return State.SENT if self.reached else State.REFUSED


def offered(delivery: Delivery, answers: Mapping[str, Reply]) -> Delivery:
    """After the server was asked whether it takes the mail for each who waits: who takes it is under way."""
    taken = tuple(one for one in delivery.waiting if answers[one].verdict is Verdict.TAKEN)
    asked = replace(delivery, waiting=tuple(one for one in delivery.waiting if one not in taken))
    return replace(_turned_away(asked, answers), under_way=taken)


def answered(delivery: Delivery, reply: Reply) -> Delivery:
    """After the server's last word on the content, for all to whom it was under way."""
    here = delivery.under_way
    if reply.verdict is Verdict.TAKEN:
        return replace(delivery, under_way=(), reached=(*delivery.reached, *here))
    back = replace(delivery, under_way=(), waiting=(*here, *delivery.waiting))
    return _turned_away(back, dict.fromkeys(here, reply))


def refused_whole(delivery: Delivery, reply: Reply) -> Delivery:
    """After a refusal before any recipient was named; a server that only puts it off says so too."""
    return _turned_away(delivery, dict.fromkeys(delivery.waiting, reply))


def bounced(delivery: Delivery, recipient: str | None, reason: str) -> Delivery:
    """After a report that what was sent did not arrive, at one of the recipients or at all of them."""
    gone = [one for one in (*delivery.reached, *delivery.under_way) if recipient in (None, one.lower())]
    if recipient is not None and not gone:
        # It was forwarded to an address that we never wrote to.
        return bounced(delivery, None, reason)
    return replace(
        delivery,
        under_way=tuple(one for one in delivery.under_way if one not in gone),
        reached=tuple(one for one in delivery.reached if one not in gone),
        refused={**(delivery.refused or {}), **dict.fromkeys(gone, reason)},
        reason=reason,
    )


def wait_seconds(attempts: int, roll: float) -> float:
    """How long to wait before another try, after so many; ``roll`` is a random number from 0 to 1."""
    wait: float = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempts, 20))
    return wait * (0.75 + roll / 2)


def refusal(delivery: Delivery) -> str | None:
    """Who did not take it, and why, in a sentence; None when all did."""
    told = [f"{address}: {why}" for address, why in (delivery.refused or {}).items()]
    return "; ".join(told) or None


def _turned_away(delivery: Delivery, answers: Mapping[str, Reply]) -> Delivery:
    """Those who wait and were turned away: for good, or for now as long as there is patience."""
    here = [one for one in delivery.waiting if one in answers]
    never = {one: str(answers[one]) for one in here if answers[one].verdict is Verdict.NEVER}
    later = [one for one in here if one not in never]
    put_off = delivery.put_off + (1 if later else 0)
    if put_off >= MOST_PUT_OFF:
        never |= {one: f"given up after {put_off} tries, the last answered {answers[one]}" for one in later}
    return replace(
        delivery,
        waiting=tuple(one for one in delivery.waiting if one not in never),
        refused={**(delivery.refused or {}), **never},
        put_off=put_off,
        reason=str(answers[later[0]]) if later else delivery.reason,
    )
