"""Boards: one writer each, carrying out what is wanted."""

from app.boards import service as boards
from app.clock import elapsed_time, lease_time
from app.crashpoints import reach
from app.dispatch import OutboxHooks
from app.factory import Product
from app.lanes import service as lanes
from app.lanes.service import SLICE_SECONDS, Claim
from app.outbox.drain import BoardWriter, drain_board
from workers import holding


def answer(product: Product, account_id: str, lane_key: str) -> None:
    """Carry out what is wanted for one board, for a slice of time."""
    finished, stop_at = True, elapsed_time() + SLICE_SECONDS
    while finished and elapsed_time() < stop_at:
        with product.database.transaction() as session:
            held = lanes.claim_one(
                session, lane_key, now=lease_time(), lease_seconds=product.settings.lane_lease_seconds
            )
        if held is None:
            break
        reach("outbox.claimed")
        board_id = lane_key.rsplit(":", 1)[-1]
        with product.database.reading() as session:
            is_paused = board_id in boards.held_boards(session, account_id)
        if is_paused:
            # Following the board again wakes its account's lanes.
            holding.nap(product, held, holding.PAUSED_SECONDS)
            break
        try:
            finished = drain_board(_writer(product, held), held, board_id)
        except Exception as error:  # noqa: BLE001 - recorded; the board waits, other boards go on
            holding.let_go(product, held, [], error)
            finished = False


def _writer(product: Product, held: Claim) -> BoardWriter:
    return BoardWriter(
        database=product.database,
        clock=product.clock,
        client=product.client(held.account_id, held.priority),
        hooks=OutboxHooks(product.file_terms),
        lease_seconds=product.settings.lane_lease_seconds,
    )
