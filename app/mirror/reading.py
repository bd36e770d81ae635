"""Reading items whole, up to 100 in one request."""

from collections.abc import Sequence

from app.mirror.seen import ItemSeen, item_from_answer
from app.monday.client import MondayClient

ITEMS_PER_READ = 100


def read_items(
    client: MondayClient,
    account_id: str,
    item_ids: Sequence[str],
    *,
    column_ids: Sequence[str],
    with_updates: bool,
) -> dict[str, ItemSeen]:
    """Read items by id, archived and deleted ones too.

    An item that is absent from the result is unknown (the user may not see it), not gone.

    Raises:
        ValueError: more items than monday.com gives in one answer.
        SupportError: monday.com did not answer, or answered with a fault.
    """
    if len(item_ids) > ITEMS_PER_READ:
        raise ValueError(f"{len(item_ids)} items were asked for; monday.com gives at most {ITEMS_PER_READ}.")
    answer = client.execute(
        "read_items", {"ids": list(item_ids), "columns": list(column_ids), "with_updates": with_updates}
    )
    items = [item_from_answer(account_id, item) for item in answer["items"] if item is not None]
    return {item.key.item_id: item for item in items}
