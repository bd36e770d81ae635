"""Ratings, votes, colours and tags. Pure."""

from collections.abc import Mapping
from typing import Any

from monday_sandbox.values.kind import (
    Content,
    Kind,
    Shown,
    Target,
    not_set,
    part,
    raw,
    whole_number,
    whole_numbers,
)

HIGHEST_RATING = 5


def _write_rating(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or "rating" not in given:
        raise target.refuse("expected a rating")
    if given["rating"] is None:
        return None
    rating = whole_number(given["rating"], target)
    if not 1 <= rating <= HIGHEST_RATING:
        raise target.refuse(f"expected a rating from 1 to {HIGHEST_RATING}")
    return {"rating": rating}


def _rating_text(shown: Shown) -> str:
    return str(shown.content["rating"]) if shown.content is not None else ""


def _voters(shown: Shown) -> list[int]:
    return shown.content["votersIds"] if shown.content is not None else []


def _color(shown: Shown) -> str | None:
    return shown.content["color"]["hex"] if shown.content is not None else None


def _write_tags(given: Any, target: Target) -> Content:
    ids = whole_numbers(given, "tag_ids", target)
    strangers = set(ids) - target.allowed.tags(ids)
    if strangers:
        raise target.refuse(f"tag {min(strangers)} does not exist, make it by create_or_get_tag")
    return {"tag_ids": ids} if ids else None


def _tag_ids(shown: Shown) -> list[int]:
    return shown.content["tag_ids"] if shown.content is not None else []


def _tags_text(shown: Shown) -> str:
    names = [shown.reader.tag_name(tag_id) for tag_id in _tag_ids(shown)]
    return ", ".join(name for name in names if name)


KINDS: Mapping[str, Kind] = {
    "rating": Kind(
        event_type="rating",
        type_name="RatingValue",
        id_prefix="rating",
        write=_write_rating,
        from_text=None,
        text=_rating_text,
        event=raw,
        fields={"rating": part("rating")},
        options=lambda content: [content["rating"]],
        number=lambda content: float(content["rating"]),
    ),
    "vote": Kind(
        event_type="votes",
        type_name="VoteValue",
        id_prefix="vote",
        write=not_set,
        from_text=None,
        text=lambda shown: str(len(_voters(shown))),
        event=raw,
        fields={"vote_count": lambda shown: len(_voters(shown)), "voter_ids": _voters},
        number=lambda content: float(len(content["votersIds"])),
    ),
    "color_picker": Kind(
        event_type="color-picker",
        type_name="ColorPickerValue",
        id_prefix="color_picker",
        write=not_set,
        from_text=None,
        text=lambda shown: _color(shown) or "",
        event=raw,
        fields={"color": _color},
    ),
    "tags": Kind(
        event_type="tag",
        type_name="TagsValue",
        id_prefix="tag",
        write=_write_tags,
        from_text=None,
        text=_tags_text,
        event=raw,
        fields={"tag_ids": _tag_ids},
        options=lambda content: list(content["tag_ids"]),
    ),
}
