"""Columns of files. Pure.

The raw value is ``{"files": [...]}``; by column values it can only be cleared. Files come by
uploads and by ``update_assets_on_item``.
"""

from collections.abc import Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, raw


def _write_file(given: Any, target: Target) -> Content:
    if isinstance(given, dict) and str(given.get("clear_all")).lower() == "true":
        return None
    raise target.refuse('files are uploaded, or all cleared by {"clear_all": true}')


def entries(content: Content) -> list[dict[str, Any]]:
    """The entries of a cell's content, in their order."""
    return list(content["files"]) if content is not None else []


def asset_ids(content: Content) -> list[int]:
    """The assets among a cell's files."""
    return [entry["assetId"] for entry in entries(content) if entry["fileType"] == "ASSET"]


def _text(shown: Shown) -> str:
    addresses = (
        shown.reader.asset_url(entry["assetId"], entry["name"])
        if entry["fileType"] == "ASSET"
        else entry.get("linkToFile") or ""
        for entry in entries(shown.content)
    )
    return ", ".join(addresses)


KINDS: Mapping[str, Kind] = {
    "file": Kind(
        event_type="file",
        type_name="FileValue",
        id_prefix="file",
        write=_write_file,
        from_text=None,
        text=_text,
        event=raw,
        # The files of the typed form stand with the assets.
        fields={},
    ),
}
