"""Files: their content is fetched from where people have put them, and kept until their copy is made."""

from collections.abc import Iterable

from app.boards import service as boards
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.errors import SupportError
from app.factory import Product
from app.files import fetching
from app.files import service as files
from app.files.fetching import FileGoneError
from app.files.service import FetchTask
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim
from app.logs import get_logger
from app.monday.transport import FileUnreadableError
from app.outbox import service as outbox
from app.priority import set_priority, set_share
from app.tickets import service as tickets
from workers import holding

#: So many files may wait here for their turn on one board; others are fetched when there is room.
MOST_KEPT = 10
#: How long one waits for that.
FULL_SECONDS = 1.0
#: So often a file that can't be read is asked for before a link is told in its place.
TRIES = 6

log = get_logger("workers")


def answer(product: Product, account_id: str) -> None:
    """Fetch an account's files for a slice of time."""
    stop_at = elapsed_time() + SLICE_SECONDS
    while elapsed_time() < stop_at:
        claims = holding.claim(product, account_id, "file", limit=1)
        if not claims:
            break
        try:
            _follow(product, claims[0])
        except Exception as error:  # noqa: BLE001 - recorded, and other files go on
            _failed(product, claims[0], error)


def _follow(product: Product, claim: Claim) -> None:
    with product.database.reading() as session:
        task = files.fetch_task(session, _file_id(claim))
        places = () if task is None else (task.source, task.target)
        is_held = any(board_id in boards.held_boards(session, account) for account, board_id in places)
        is_full = task is not None and outbox.count_files(session, *task.target) >= MOST_KEPT
    if task is None:
        with product.database.transaction() as session:
            lanes.finish(session, claim, now=lease_time())
    elif is_held:
        # Following the board again wakes its account's lanes.
        holding.nap(product, claim, holding.PAUSED_SECONDS)
    elif is_full:
        holding.nap(product, claim, FULL_SECONDS)
    else:
        _fetch(product, claim, task)


def _fetch(product: Product, claim: Claim, task: FetchTask) -> None:
    client = product.client(task.account_id, claim.priority)
    located = fetching.locate(client, product.file_hosts, task.asset_id)
    if located.size > product.file_terms.largest_bytes:
        _link_instead(product, claim)
        return
    timeout = product.settings.monday_timeout_seconds
    _keep(product, claim, fetching.pieces(located.url, located.size, timeout_seconds=timeout))
    with product.database.transaction() as session:
        set_priority(session, claim.priority)
        set_share(session, claim.share or ":".join(task.source))
        files.on_fetched(session, task.file_id, located.size, now=product.clock.now())
        lanes.finish(session, claim, now=lease_time())
        reach("file.before_commit")


def _keep(product: Product, claim: Claim, pieces: Iterable[bytes]) -> None:
    for place, piece in enumerate(pieces):
        with product.database.transaction() as session:
            lanes.renew(session, claim, now=lease_time(), lease_seconds=product.settings.lane_lease_seconds)
            files.keep_piece(session, _file_id(claim), place, piece)
        reach("file.piece_kept")


def _link_instead(product: Product, claim: Claim) -> None:
    with product.database.transaction() as session:
        set_priority(session, claim.priority)
        tickets.link_file(session, _file_id(claim), product.file_terms, now=product.clock.now())
        lanes.finish(session, claim, now=lease_time())


def _failed(product: Product, claim: Claim, error: Exception) -> None:
    """A file that can't be read after some tries is told with a link; an outage is waited for."""
    is_unreadable = isinstance(error, (FileGoneError, FileUnreadableError)) or (
        isinstance(error, SupportError) and error.permanent
    )
    if is_unreadable and claim.attempts + 1 >= TRIES:
        log.warning("file_linked", file_id=_file_id(claim), reason=str(error))
        _link_instead(product, claim)
    else:
        holding.let_go(product, claim, [], error)


def _file_id(claim: Claim) -> int:
    return int(claim.key.removeprefix("file:"))
