"""Reading items whole, up to 100 in one request."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.mirror.seen import ItemSeen, files_from_answer, item_from_answer
from app.monday.client import MondayClient, MondayFaultError
from app.monday.errors import Path
from app.monday.faults import Fault

ITEMS_PER_READ = 100


def read_items(
    client: MondayClient,
    account_id: str,
    item_ids: Sequence[str],
    *,
    column_ids: Sequence[str],
    with_updates: bool,
    with_files: bool = False,
    with_subitems: bool = False,
) -> dict[str, ItemSeen]:
    """Read items by id, archived and deleted ones too.

    An item that is absent from the result is unknown, not gone: the user may not see it, monday.com kept
    its state back, or its whole board was archived or deleted, which says nothing about the item. So few
    requests at once may read subitems that these may be left out: they are unknown then, and the rest stands.

    Raises:
        ValueError: more items than monday.com gives in one answer.
        SupportError: monday.com did not answer, or answered with a fault.
    """
    if len(item_ids) > ITEMS_PER_READ:
        raise ValueError(f"{len(item_ids)} items were asked for; monday.com gives at most {ITEMS_PER_READ}.")
    variables = {
        "ids": list(item_ids),
        "columns": list(column_ids),
        "with_updates": with_updates,
        "with_files": with_files,
        "with_subitems": with_subitems,
    }
    answer, fault = _answer(client, variables)
    given = [item for item in answer["items"] or () if item is not None and _is_certain(item)]
    items = [item_from_answer(account_id, item, fault) for item in given]
    return {item.key.item_id: item for item in items}


def read_files_of_updates(
    client: MondayClient, item_ids: Sequence[str]
) -> dict[str, dict[str, Sequence[str]]]:
    """Item's id → update's or reply's id → the ids of its files.

    An item is absent where monday.com left something out. Of an item with 100 threads or more those that
    are older are not looked at.

    Raises:
        SupportError: monday.com did not answer, or answered with a fault.
    """
    found = {}
    for item in client.execute("update_files", {"ids": list(item_ids)})["items"] or ():
        files = None if item is None else _files_of_updates(item)
        if files is not None:
            found[str(item["id"])] = files
    return found


def _files_of_updates(item: Mapping[str, Any]) -> dict[str, Sequence[str]] | None:
    files: dict[str, Sequence[str]] = {}
    for top in item["updates"] or ():
        if top is None or top["replies"] is None:
            return None
        for update in (top, *top["replies"]):
            seen = None if update is None else files_from_answer(update["assets"])
            if seen is None:
                return None
            files[str(update["id"])] = tuple(seen)
    return files


def is_board_shown(client: MondayClient, board_id: str) -> bool:
    """Whether the app's user sees a board, and it is neither archived nor deleted.

    Raises:
        SupportError: monday.com did not answer, or answered with a fault.
    """
    answer = client.execute("board_state", {"board_id": board_id})
    return [board["state"] for board in answer["boards"] or () if board is not None] == ["active"]


def _answer(client: MondayClient, variables: Mapping[str, Any]) -> tuple[Mapping[str, Any], Fault | None]:
    """What monday.com gave, and why it left subitems out, if nothing but those is missing."""
    try:
        return client.execute("read_items", variables), None
    except MondayFaultError as error:
        if error.data is None or not error.fault.path or not all(map(_is_of_subitems, error.unknown)):
            raise
        return error.data, error.fault


def _is_of_subitems(path: Path) -> bool:
    return len(path) > 2 and path[2] == "subitems"


def _is_certain(item: Mapping[str, Any]) -> bool:
    board = item["board"]
    return item["state"] is not None and board is not None and board["state"] == "active"
