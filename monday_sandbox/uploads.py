"""Requests that may bring files, at ``/v2`` and ``/v2/file``."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from monday_sandbox.asked import (
    Asked,
    MalformedRequestError,
    TooLargeRequestError,
    asked_by,
    read_json,
)
from monday_sandbox.door import Door
from monday_sandbox.files import multipart
from monday_sandbox.files.multipart import MalformedUploadError, TooLargeError
from monday_sandbox.files.storage import Files

#: Bytes that an upload may have beside its file.
LARGEST_FORM = 1_000_000


def answering(door: Door, files: Files, *, is_file_door: bool = False) -> Callable[[], Response]:
    """The view of an address that takes JSON and files alike.

    Args:
        door: Answers.
        files: Where files are kept.
        is_file_door: Whether it answers as ``/v2/file`` does.
    """

    def answer() -> Response:
        if request.mimetype != "multipart/form-data":
            return door.answer(read_json, is_file_door=is_file_door)
        with files.receiving() as folder:
            return door.answer(partial(_read_upload, files, folder), is_file_door=is_file_door)

    return answer


def _read_upload(files: Files, folder: Path) -> Asked:
    request.max_content_length = files.largest + LARGEST_FORM
    try:
        given = multipart.read(request.form, request.files, files, folder)
    except (RequestEntityTooLarge, TooLargeError) as error:
        raise TooLargeRequestError from error
    except MalformedUploadError as error:
        raise MalformedRequestError(str(error), "JsonParseException") from error
    # Whether an idempotency key holds for uploads is not written anywhere; here it does not.
    return asked_by(given, key=None)
