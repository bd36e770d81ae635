"""What shares no request with others: files that are added, and files that are taken out of a column.

monday.com takes files at another address, one in each call, and nobody says that it knows such a call
again by its key. So one that may have been sent before is looked for first. A single file can't be taken
out of a column: the others are read and written again, in one go.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.errors import SupportError
from app.monday.client import MondayClient
from app.monday.errors import MondayFaultError, MondayUncertainError
from app.monday.faults import Fault, FaultKind
from app.monday.transport import Upload
from app.outbox.rules import FILE_DOCUMENTS, Operation
from app.outbox.service import SettledChange

_ADDING = frozenset(FILE_DOCUMENTS.values())
_TAKING_OUT = "update_assets_on_item"


class FileMissingError(SupportError):
    """A file's content is not kept here (any more): it has to be fetched again."""

    code = "file_missing"


def goes_alone(operations: Sequence[Operation]) -> bool:
    """Whether a request is one that goes by itself."""
    return len(operations) == 1 and operations[0].document in _ADDING | {_TAKING_OUT}


def find_file(
    client: MondayClient, operation: Operation, change: SettledChange, taken: Collection[str]
) -> str | None:
    """The file that an earlier try has added, by its name and size; None when it has added none.

    ``taken``: files at that place of which is known where they come from.

    Raises:
        MondayFaultError: the item or the update is not there any more.
    """
    found = [file for file in _files_at(client, operation, change) if str(file["id"]) not in taken]
    same = [
        str(file["id"])
        for file in found
        if (file["name"], file["file_size"]) == (change.content["name"], change.content["size"])
    ]
    return max(same, key=int, default=None)


def add_file(client: MondayClient, operation: Operation, upload: Upload) -> str:
    """Send a file; return the id that monday.com gave it.

    Raises:
        As ``MondayClient.upload``.
    """
    answer = client.upload(operation.document, operation.variables, upload)
    return str(answer[operation.document]["id"])


def take_out(client: MondayClient, operation: Operation, asset_id: str) -> None:
    """Take a file out of its column; nothing happens when it is not there.

    Raises:
        MondayFaultError: the item is not there any more, or monday.com refuses.
    """
    variables = operation.variables
    item = _item(client, "column_files", variables["item_id"], columns=[variables["column_id"]])
    values = {value["id"]: value["value"] for value in item["column_values"] or ()}
    if variables["column_id"] not in values:
        raise _missing(f"The column {variables['column_id']!r} is not there any more.")
    entries = entries_of(values[variables["column_id"]])
    rest = [entry for entry in entries if str(entry.get("assetId")) != asset_id]
    if len(rest) == len(entries):
        return
    if rest:
        answer = client.execute(_TAKING_OUT, {**variables, "files": [_given(entry) for entry in rest]})
    else:
        # Of an empty list nothing is documented.
        cleared = json.dumps({variables["column_id"]: {"clear_all": True}})
        here = {"board_id": variables["board_id"], "item_id": variables["item_id"]}
        answer = client.execute("change_multiple_column_values", {**here, "column_values": cleared})
    if None in answer.values():
        raise MondayUncertainError("monday.com gave no result for a column of files and no error.")


def entries_of(value: str | None) -> list[dict[str, Any]]:
    """The entries of a cell of files, from its raw value."""
    raw = json.loads(value) if value else None
    files = raw.get("files") if isinstance(raw, Mapping) else None
    return [entry for entry in files or () if isinstance(entry, dict)]


def _files_at(client: MondayClient, operation: Operation, change: SettledChange) -> list[Mapping[str, Any]]:
    if operation.item_id is not None:
        item = _item(client, "column_files", operation.item_id, columns=[operation.variables["column_id"]])
        return list(item["assets"] or ())
    item = _item(client, "update_files", change.item_id or "")
    threads = item["updates"] or ()
    updates = [*threads, *(reply for top in threads for reply in top["replies"] or ())]
    for update in updates:
        if str(update["id"]) == operation.variables["update_id"]:
            return list(update["assets"] or ())
    raise _missing("The update that the file belongs to is not there any more.")


def _item(
    client: MondayClient, document: str, item_id: str, *, columns: Sequence[str] | None = None
) -> Mapping[str, Any]:
    asked: dict[str, Any] = {"ids": [item_id]}
    if columns is not None:
        asked["columns"] = list(columns)
    items = [item for item in client.execute(document, asked)["items"] or () if item is not None]
    if not items:
        raise _missing(f"Item {item_id} is not shown any more.")
    return dict(items[0])


def _given(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a cell as it is written back."""
    kind = str(entry.get("fileType") or "ASSET").lower()
    given = {"fileType": kind, "name": str(entry.get("name") or "")}
    for name in ("assetId", "linkToFile", "objectId"):
        if entry.get(name) is not None:
            given[name] = str(entry[name])
    return given


def _missing(message: str) -> MondayFaultError:
    return MondayFaultError(Fault(FaultKind.NOT_FOUND, "", message))
