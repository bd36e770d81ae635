"""What the answers of a mail server mean for a mail. Pure."""

from enum import StrEnum


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
