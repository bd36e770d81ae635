"""Requests that bring files: every form in which monday.com's clients send them.

* ``query`` and a part named ``variables[file]``;
* ``query``, ``map`` and the parts that it names: ``{"image": "variables.file"}`` as the documentation
  has it, ``{"file": ["variables.file"]}`` or with ``variables`` beside it, as the clients of 2026 send;
* ``operations`` and ``map``, as the specification of GraphQL uploads has it.

Sources: documentation on files (September 2026), the clients themselves, recorded traffic of 2025.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from monday_sandbox.files.storage import Files, Upload, base_name, copy_limited

_VARIABLE = re.compile(r"variables\[(\w+)\]")


class MalformedUploadError(ValueError):
    """The parts do not make a request."""


class TooLargeError(ValueError):
    """A file is larger than monday.com takes."""


def read(
    fields: Mapping[str, str], parts: Mapping[str, FileStorage], files: Files, folder: Path
) -> dict[str, Any]:
    """The request that the parts make, as its JSON would be, with an ``Upload`` at each file's place.

    Args:
        fields: The parts that are text.
        parts: The parts that are files.
        files: Where they will be kept.
        folder: Where they are put for the time being.

    Raises:
        MalformedUploadError: a part is no JSON, or points nowhere.
        TooLargeError: a file is too large.
    """
    request = _operations(fields)
    uploads = {
        name: _receive(part, folder / str(place), files) for place, (name, part) in enumerate(parts.items())
    }
    for name, upload in uploads.items():
        direct = _VARIABLE.fullmatch(name)
        if direct:
            _put(request, f"variables.{direct[1]}", upload)
    for name, paths in _map(fields).items():
        for path in [paths] if isinstance(paths, str) else paths:
            if name in uploads:
                _put(request, path, uploads[name])
    return request


def _operations(fields: Mapping[str, str]) -> dict[str, Any]:
    if "operations" in fields:
        request = _json(fields, "operations", {})
    else:
        request = {"query": fields.get("query"), "variables": _json(fields, "variables", {})}
        if "operationName" in fields:
            request["operationName"] = fields["operationName"]
    for name, text in fields.items():
        direct = _VARIABLE.fullmatch(name)
        if direct:
            _put(request, f"variables.{direct[1]}", text)
    return request


def _map(fields: Mapping[str, str]) -> dict[str, Any]:
    given = _json(fields, "map", {})
    for paths in given.values():
        if not (
            isinstance(paths, str) or (isinstance(paths, list) and all(isinstance(p, str) for p in paths))
        ):
            raise MalformedUploadError("map must give each part the path of a variable, or several.")
    return given


def _json(fields: Mapping[str, str], name: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    if not fields.get(name):
        return otherwise
    try:
        read = json.loads(fields[name])
    except ValueError as error:
        raise MalformedUploadError(f"The part {name} is no JSON.") from error
    if not isinstance(read, dict):
        raise MalformedUploadError(f"The part {name} must be a JSON object.")
    return read


def _put(request: dict[str, Any], path: str, value: Any) -> None:
    """Set what a path like ``variables.files.0`` leads to."""
    *way, last = path.split(".")
    place: Any = request
    for step in way:
        if isinstance(place, dict) and place.get(step) is None:
            place[step] = {}
        place = _step(place, step)
    if isinstance(place, list) and last.isdigit() and int(last) < len(place):
        place[int(last)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise MalformedUploadError(f"The path {path} of map leads nowhere.")


def _step(place: Any, step: str) -> Any:
    if isinstance(place, dict):
        return place[step]
    if isinstance(place, list) and step.isdigit() and int(step) < len(place):
        return place[int(step)]
    raise MalformedUploadError(f"The step {step} of a path in map leads nowhere.")


def _receive(part: FileStorage, target: Path, files: Files) -> Upload:
    size = copy_limited(part.stream, target, files.largest)
    if size > files.largest:
        raise TooLargeError(part.filename or "")
    return Upload(base_name(part.filename or ""), target, size)
