"""The webhooks of a board: what is subscribed to, put back when missing, cleared when nobody's."""

from collections.abc import Mapping, Sequence

from app.boards import templates
from app.boards.models import Board
from app.boards.site import MUTATIONS_PER_REQUEST, PartlyRefusedError, Site
from app.ids import stable_key
from app.logs import get_logger
from app.monday.batch import Operation
from app.monday.faults import Fault

#: What is subscribed to on every board.
EVENTS = (
    "create_item",
    "change_column_value",
    "change_name",
    "create_update",
    "edit_update",
    "delete_update",
    "item_archived",
    "item_deleted",
    "item_restored",
    "item_moved_to_any_group",
)
#: What is subscribed to besides on a board whose items' subitems are shown, once it has had one: monday.com
#: refuses it before.
SUBITEM_EVENTS = (
    "create_subitem",
    "change_subitem_column_value",
    "change_subitem_name",
    "move_subitem",
    "subitem_archived",
    "subitem_deleted",
)

_log = get_logger("boards")


def subscribe(
    site: Site, row: Board, run_key: str, *, has_subitems: bool
) -> tuple[list[str], tuple[str, ...]]:
    """Subscribe to what is not subscribed to; return the new events and what could not be.

    The addresses of existing webhooks can't be read back, so one of ours that we do not
    know is made anew under the key it was first made with, and deleted if it is another. That monday.com
    will not tell of subitems is no fault: there are none yet, or it is asked again with the next first one.
    """
    listed = {str(w["id"]) for w in site.ask("webhooks", {"board_id": row.board_id})["webhooks"] or ()}
    standing = {event: id_ for event, id_ in row.webhooks.items() if id_ in listed}
    wanted = EVENTS + (SUBITEM_EVENTS if has_subitems and templates.columns_of_subitems(row.key) else ())
    missing = [event for event in wanted if event not in standing]
    refusals: dict[str, Fault] = {}
    for start in range(0, len(missing), MUTATIONS_PER_REQUEST):
        made_now, refused_now = _create(site, row, missing[start : start + MUTATIONS_PER_REQUEST], run_key)
        standing |= made_now
        refusals |= refused_now
    _store_webhooks(site, row.board_id, standing)
    _delete_strays(site, row, listed - set(standing.values()))
    made = [event for event in missing if event in standing]
    put_off = next((fault for fault in refusals.values() if not fault.permanent), None)
    if put_off is not None:
        raise PartlyRefusedError(put_off)
    refused = [event for event in EVENTS if event not in standing]
    if not refused:
        return made, ()
    reasons = " ".join(dict.fromkeys(refusals[event].message for event in refused if event in refusals))
    sentence = (
        f"monday.com will not tell of {', '.join(refused)} on board {row.board_id}. {reasons} "
        "See that BASE_URL can be reached from the internet, then run `synerity provision` again."
    )
    return made, (sentence,)


def _create(
    site: Site, row: Board, events: Sequence[str], run_key: str
) -> tuple[dict[str, str], dict[str, Fault]]:
    """Ask for webhooks in one request: event → id of what was made, event → why it was not."""
    url = f"{site.settings.base_url}/monday/webhooks/{row.webhook_key}"
    operations = [
        Operation(f"a{index}", "create_webhook", {"board_id": row.board_id, "url": url, "event": event})
        for index, event in enumerate(events)
    ]
    answer = site.tell_all(operations, key=stable_key(run_key, "webhooks", *events))
    by_event = [(event, operation.alias) for operation, event in zip(operations, events, strict=True)]
    made = {
        event: str(data["id"]) for event, alias in by_event if (data := answer.results.get(alias)) is not None
    }
    return made, {event: answer.faults[alias] for event, alias in by_event if alias in answer.faults}


def _store_webhooks(site: Site, board_id: str, webhooks: Mapping[str, str]) -> None:
    with site.database.transaction() as session:
        session.get_one(Board, (site.account_id, board_id), with_for_update=True).webhooks = dict(webhooks)


def _delete_strays(site: Site, row: Board, strays: set[str]) -> None:
    """Delete webhooks of ours that nobody knows: they deliver everything twice, or to nowhere."""
    if not strays:
        return
    ids = sorted(strays)
    for start in range(0, len(ids), MUTATIONS_PER_REQUEST):
        chunk = ids[start : start + MUTATIONS_PER_REQUEST]
        operations = [
            Operation(f"a{index}", "delete_webhook", {"id": id_}) for index, id_ in enumerate(chunk)
        ]
        site.tell_all(operations, key=stable_key("delete_webhooks", row.webhook_key, *chunk))
    _log.warning("stray_webhooks_deleted", account_id=site.account_id, board_id=row.board_id, count=len(ids))
