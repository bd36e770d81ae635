"""By which channel requests are filed, as the settings choose it."""

from dataclasses import dataclass
from enum import StrEnum

from app.settings import Settings


class ChannelKind(StrEnum):
    """The ways to monday.com."""

    MAIL = "mail"
    FORUM = "forum"
    HAND = "hand"


@dataclass(frozen=True)
class Channel:
    """The way that is taken by what is filed from now on. No secret is in it."""

    kind: ChannelKind
    #: Where mail goes; None with the other channels.
    address: str | None = None


def channel_of(settings: Settings) -> Channel:
    """The channel that the settings choose."""
    kind = ChannelKind(settings.feature_request_channel)
    return Channel(kind, settings.feature_request_address if kind is ChannelKind.MAIL else None)
