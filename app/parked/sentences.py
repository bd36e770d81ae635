"""Changes and events in few words for an operator. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime

from app.monday.events import EventKind, MalformedEventError, parse_delivery

_CHANGES = {
    "create_item": "Make an item",
    "move_item": "Move an item to another group",
    "set_column": "Write a value",
    "create_update": "Post an update",
    "edit_update": "Edit an update",
    "delete_update": "Remove an update",
    "notify": "Notify a user",
    "add_file": "Add a file",
    "remove_file": "Take a file out of a column",
}
#: Events of our own.
_OWN = {
    "look": "The item was looked at again",
    "timer.response": "A moment of the response clock came",
    "timer.access": "A moment of the access to the customer's environment came",
    "clock.changed": "Somebody decided about its clocks",
    "agreement.changed": "The agreement was changed",
    "timer.agreement": "A date of the agreement came",
    "subscription": "What the account pays for the app was changed",
    "account.connect": "The app was installed",
    "account.subitems": "An item got its first subitem before monday.com told of them",
    "account.share": "A shareable board was asked for",
    "account.sweep": "A sweep was due or asked for",
    "timer.escalation": "A moment of the escalation came",
    "item.made": "monday.com made its item",
    "people.known": "Who is called to escalations changed",
    "people.look": "Who is called to escalations was to be looked up",
}
_EVENTS = {
    EventKind.COLUMN_CHANGED: "A value was changed",
    EventKind.SUBITEM_COLUMN_CHANGED: "A subitem's value was changed",
    EventKind.ITEM_MOVED_TO_GROUP: "An item was moved to a group",
    EventKind.SUBITEMS_LINKED: "A subitem was linked",
    EventKind.UNKNOWN: "Something that is not known",
}


@dataclass(frozen=True)
class EventTold:
    """An event in few words, and what it is about as far as it can be told."""

    sentence: str
    board_id: str | None = None
    item_id: str | None = None
    #: monday.com's id of who did it.
    user_id: str | None = None
    #: When it happened, aware UTC.
    happened_at: datetime | None = None


def what_change(kind: str, column_id: str | None) -> str:
    """What a change is to do, for example “Write a value: status”."""
    sentence = _CHANGES.get(kind, kind.replace("_", " ").capitalize())
    return sentence if column_id is None else f"{sentence}: {column_id}"


def what_event(source: str, content: str) -> EventTold:
    """What happened, from an event as it is stored."""
    if source != "webhook":
        return EventTold(_OWN.get(source) or source.replace(".", ": ").replace("_", " ").capitalize())
    try:
        event = parse_delivery(json.loads(content))
    except (MalformedEventError, ValueError, AttributeError):
        return EventTold("A delivery that can't be read")
    what, _, done = event.kind.value.replace("_", " ").rpartition(" ")
    sentence = _EVENTS.get(event.kind) or f"{what.capitalize()} was {done}"
    if event.kind is EventKind.UNKNOWN:
        sentence = f"{sentence}: {event.type_name}"
    if event.column_id is not None:
        sentence = f"{sentence}: {event.column_id}"
    return EventTold(sentence, event.board_id, event.item_id, event.user_id, event.triggered_at)
