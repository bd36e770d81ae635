"""Who calls, as their token tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Whose token a request came with."""

    account_id: int
    user_id: int
    #: What the token may do; None is a personal token, which may do all that its user may.
    scopes: frozenset[str] | None
    #: Whether webhooks made with the token are signed: true of the app's own token.
    signed: bool
