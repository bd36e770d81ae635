"""Who plays, and on which boards: the desk, a customer with two boards and one with one."""

from dataclasses import dataclass

from app.agreements import service as agreements
from app.onboarding import further
from local.people import Board, Person
from tests.support.acted import DESK, Side, Ticket
from tests.support.stage import PARTNER, Stage

GOLD, SILVER = "customer-gold", "customer-silver"
#: A column that people have added to each board.
OWN_COLUMN = "our_own"
CREATE_GROUP = """
mutation ($board: ID!) { create_group(board_id: $board, group_name: "Laid aside") { id } }
"""
CREATE_COLUMN = """
mutation ($board: ID!, $id: String!) {
  create_column(board_id: $board, id: $id, title: "Our own", column_type: text) { id }
}
"""


@dataclass(frozen=True)
class Front:
    """A board on which a customer asks."""

    slug: str
    board: Board
    #: A group that people have added to it.
    group: str


@dataclass(frozen=True)
class Cast:
    """The boards, and the people who act on them."""

    stage: Stage
    fronts: tuple[Front, ...]
    desk_board: Board
    #: A group that people have added to the desk.
    desk_group: str

    @property
    def desk(self) -> Person:
        """The technician."""
        return self.stage.people[PARTNER][1]

    def customer(self, front: int) -> Person:
        """Who asks on a front."""
        return self.stage.people[self.fronts[front].slug][-1]

    def person(self, ticket: Ticket, side: Side) -> Person:
        """Who acts for a side."""
        return self.desk if side == DESK else self.customer(ticket.front)

    def admin(self, ticket: Ticket, side: Side) -> Person:
        """Whoever else is there on a side."""
        return self.stage.people[self.slug(ticket, side)][0]

    def slug(self, ticket: Ticket, side: Side) -> str:
        """The account of a side."""
        return PARTNER if side == DESK else self.fronts[ticket.front].slug

    def board(self, ticket: Ticket, side: Side) -> Board:
        """The board of a side."""
        return self.desk_board if side == DESK else self.fronts[ticket.front].board

    def account(self, front: int) -> str:
        """The id of the account of a front."""
        return _account_id(self.stage, self.fronts[front].slug)

    def partner(self) -> str:
        """The id of the technicians' account."""
        return _account_id(self.stage, PARTNER)


def furnish(stage: Stage) -> Cast:
    """Give a stage on which both customers stand a further board, and all boards what people add to them."""
    desk_board, first = stage.board(PARTNER, "service_desk"), stage.board(GOLD, "tickets")
    boards = (
        (GOLD, first),
        (GOLD, _further(stage, first.language)),
        (SILVER, stage.board(SILVER, "tickets")),
    )
    fronts = tuple(Front(slug, board, _add_to(stage, slug, board)) for slug, board in boards)
    return Cast(stage, fronts, desk_board, _add_to(stage, PARTNER, desk_board))


def _add_to(stage: Stage, slug: str, board: Board) -> str:
    """Add a column and a group of people's own; the group's id."""
    admin = stage.people[slug][0]
    admin.ask(CREATE_COLUMN, {"board": board.id, "id": OWN_COLUMN})
    return str(admin.ask(CREATE_GROUP, {"board": board.id})["create_group"]["id"])


def _further(stage: Stage, language: str) -> Board:
    with stage.product.database.reading() as session:
        customer = agreements.find_by_item(session, GOLD)
    assert customer is not None
    now = stage.product.clock.now()
    report = further.add_board(stage.product, customer.id, _account_id(stage, GOLD), title="IT", now=now)
    return Board(report.board_id, "tickets", language)


def _account_id(stage: Stage, slug: str) -> str:
    return str(stage.rows(f"SELECT account_id FROM installations WHERE slug = '{slug}'")[0][0])
