"""People and teams. Pure."""

from collections.abc import Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, raw, whole_number


def _write_people(given: Any, target: Target) -> Content:
    entries = given.get("personsAndTeams") if isinstance(given, dict) else None
    if not isinstance(entries, list):
        raise target.refuse("expected personsAndTeams")
    wanted: list[tuple[str, int]] = []
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kind", "person") not in ("person", "team"):
            raise target.refuse("expected people and teams with an id and a kind")
        wanted.append((entry.get("kind", "person"), whole_number(entry.get("id"), target)))
    _check_assignable(wanted, target)
    people = [{"id": number, "kind": kind} for kind, number in dict.fromkeys(wanted)]
    return {"personsAndTeams": people} if people else None


def _check_assignable(wanted: list[tuple[str, int]], target: Target) -> None:
    for kind, may_be in (("person", target.allowed.users), ("team", target.allowed.teams)):
        ids = [number for wanted_kind, number in wanted if wanted_kind == kind]
        strangers = set(ids) - may_be(ids)
        if strangers:
            raise target.refuse(f"{kind} {min(strangers)} can not be assigned, invalidPersonAssignment")


def _people_from_text(text: str) -> Any:
    return {"personsAndTeams": [{"id": part.strip(), "kind": "person"} for part in text.split(",")]}


def _people(shown: Shown) -> list[dict[str, Any]]:
    return shown.content["personsAndTeams"] if shown.content is not None else []


def _people_text(shown: Shown) -> str:
    reader = shown.reader
    names = [
        reader.team_name(entry["id"]) if entry["kind"] == "team" else reader.user_names.get(entry["id"])
        for entry in _people(shown)
    ]
    return ", ".join(name for name in names if name)


def _write_team(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or "team_id" not in given:
        raise target.refuse("expected team_id")
    if given["team_id"] is None:
        return None
    number = whole_number(given["team_id"], target)
    _check_assignable([("team", number)], target)
    return {"team_id": number}


def _team_text(shown: Shown) -> str:
    return shown.reader.team_name(shown.content["team_id"]) or "" if shown.content is not None else ""


def _person_text(shown: Shown) -> str:
    return shown.reader.user_names.get(shown.content["id"], "") if shown.content is not None else ""


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
    "team": Kind(
        event_type="team",
        type_name="TeamValue",
        id_prefix="team",
        write=_write_team,
        from_text=None,
        text=_team_text,
        event=raw,
        fields={"team_id": part("team_id")},
    ),
    # The person column of before 2018: none are made any more.
    "person": Kind(
        event_type="person",
        type_name="PersonValue",
        id_prefix="person",
        write=None,
        from_text=None,
        text=_person_text,
        event=raw,
        fields={"person_id": part("id")},
        can_be_created=False,
    ),
}
