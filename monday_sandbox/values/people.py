"""People. Pure."""

from collections.abc import Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, raw, whole_number


def _write_people(given: Any, target: Target) -> Content:
    entries = given.get("personsAndTeams") if isinstance(given, dict) else None
    if not isinstance(entries, list):
        raise target.refuse("expected personsAndTeams")
    people: list[dict[str, Any]] = []
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kind", "person") != "person":
            raise target.refuse("expected people with an id and the kind person")
        user_id = whole_number(entry.get("id"), target)
        if user_id not in target.user_names:
            raise target.refuse(f"user {user_id} can not be assigned, invalidPersonAssignment")
        person = {"id": user_id, "kind": "person"}
        if person not in people:
            people.append(person)
    return {"personsAndTeams": people} if people else None


def _people_from_text(text: str) -> Any:
    return {"personsAndTeams": [{"id": part.strip(), "kind": "person"} for part in text.split(",")]}


def _people(shown: Shown) -> list[dict[str, Any]]:
    return shown.content["personsAndTeams"] if shown.content is not None else []


def _people_text(shown: Shown) -> str:
    names = shown.reader.user_names
    return ", ".join(names[person["id"]] for person in _people(shown) if person["id"] in names)


KINDS: Mapping[str, Kind] = {
    "people": Kind(
        event_type="multiple-person",
        type_name="PeopleValue",
        id_prefix="multiple_person",
        write=_write_people,
        from_text=_people_from_text,
        text=_people_text,
        event=raw,
        fields={"persons_and_teams": _people},
        empty_event={},
    ),
}
