"""Making an account's boards, and repairing them.

Provisioning may be killed anywhere and run again: a board that was made but whose id was
never stored is found by the marker in its description; columns and groups are compared
with what the board shows, before and after; and every mutation carries a key made from the
run that is stored before the first call, so that a repeated one is answered, not executed.
Two provisionings at once share that run, and so its keys.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.boards import templates
from app.boards.models import Board, BoardRun
from app.boards.rules import BoardSeen, ProvisioningPlan, Structure, plan_provisioning, read_board
from app.boards.site import MUTATIONS_PER_REQUEST, Context, PartlyRefusedError, Site
from app.boards.subscriptions import subscribe
from app.boards.templates import ColumnTemplate, Template
from app.clock import lease_time
from app.db import Base, Database
from app.errors import SupportError
from app.ids import new_key, stable_key
from app.logs import get_logger
from app.monday.batch import Operation
from app.monday.faults import Fault
from app.texts import DEFAULT_LANGUAGE

#: monday.com answers a repeated key for 30 minutes; five are left for clocks that differ.
RUN_LIFE_SECONDS = 25 * 60
BOARDS_PER_PAGE = 200

_DESCRIPTIONS = {
    "sv": "Den här tavlan sköts av Synerity Support. {marker}",
    "en": "This board is kept by Synerity Support. {marker}",
}

_log = get_logger("boards")


class BoardTakenError(SupportError):
    """The board is one of ours already."""

    code = "board_taken"
    permanent = True


class BoardMissingError(SupportError):
    """The account has no such board yet."""

    code = "board_missing"
    permanent = True


@dataclass(frozen=True)
class BoardOrder:
    """A board that an account is to have."""

    template: Template
    #: See ``Board.slot``.
    slot: str
    #: ``public`` | ``private`` | ``share``
    kind: str
    #: What a new one is called; None: as the template says.
    title: str | None = None

    @classmethod
    def own(cls, template: Template) -> "BoardOrder":
        """The board of a template that every account has."""
        return cls(template, template.key, template.kind)


@dataclass(frozen=True)
class BoardReport:
    """What a provisioning did to one board."""

    key: str
    board_id: str
    #: What was made: ``board``, columns by key, ``group …``, ``webhook …``; empty when all was there.
    made: tuple[str, ...]
    #: What can't be repaired: sentences for the operator.
    faults: tuple[str, ...]


@dataclass(frozen=True)
class ProvisioningReport:
    """What a provisioning did to an account."""

    account_id: str
    boards: tuple[BoardReport, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that can't be repaired, board by board."""
        return tuple(fault for board in self.boards for fault in board.faults)


def provision(
    context: Context, account_id: str, *, now: datetime, language: str = DEFAULT_LANGUAGE
) -> ProvisioningReport:
    """Make the account's boards, or put back what they lack; run again, it changes nothing.

    ``language`` is for boards that are new; one that exists keeps its own.

    Raises:
        NotInstalledError, InstallationPausedError: the account may not be called.
        MondayFaultError: monday.com refused, or asked to wait; ``fault`` says which.
        MondayUnreachableError, MondayUncertainError: run it again later.
    """
    with context.database.reading() as session:
        account = accounts.find_account(session, account_id)
    if account is None:
        raise accounts.NotInstalledError(f"Account {account_id} has not installed the app.")
    site = Site(context, account_id, now)
    orders = [BoardOrder.own(template) for template in templates.for_account(account.role)]
    orders += _further_orders(context.database, account_id, {order.slot for order in orders})
    return ProvisioningReport(account_id, tuple(_provision_board(site, order, language) for order in orders))


def provision_further(
    context: Context, account_id: str, order: BoardOrder, *, language: str, now: datetime
) -> BoardReport:
    """Make one more board of a template in an account, or put back what it lacks.

    Raises:
        As for ``provision``.
    """
    return _provision_board(Site(context, account_id, now), order, language)


def read_structure(context: Context, account_id: str, board_id: str, *, now: datetime) -> BoardSeen | None:
    """A board of an account as monday.com shows it; None when the app may not see it.

    Raises:
        As for ``provision``.
    """
    return _read_structure(Site(context, account_id, now), board_id)


def take_over(
    session: Session, account_id: str, board_id: str, order: BoardOrder, structure: Structure, language: str
) -> None:
    """Keep a board that people made as one of ours; ``provision_further`` then adds what it lacks.

    Raises:
        BoardTakenError: it is one of ours already.
    """
    if session.get(Board, (account_id, board_id)) is not None:
        raise BoardTakenError(f"Board {board_id} of account {account_id} is followed already.")
    session.add(_new_row(account_id, board_id, order, language, structure))


def ensure_group(
    context: Context, account_id: str, board_key: str, title: str, marker: str, *, now: datetime
) -> str:
    """The id of a group of our own on a board, made if it isn't there.

    ``marker`` names what the group is for (a customer's account id, say), whatever people
    call the group later.

    Raises:
        BoardMissingError: the account has no such board.
        MondayFaultError, MondayUnreachableError, MondayUncertainError: as for ``provision``.
    """
    site = Site(context, account_id, now)
    row = _find_row(context.database, account_id, board_key)
    if row is None:
        raise BoardMissingError(f"Account {account_id} has no {board_key} board. Run `synerity provision`.")
    known = Structure.from_json(row.structure).groups
    name = f"customer:{marker}"
    seen = _read_structure(site, row.board_id)
    if seen is None:
        raise BoardMissingError(_gone(board_key, row.board_id))
    if known.get(name) in seen.groups:
        return known[name]
    taken = set(known.values())
    group_id = next((id_ for id_, shown in seen.groups.items() if shown == title and id_ not in taken), None)
    if group_id is None:
        made = site.tell(
            "create_group",
            {"board_id": row.board_id, "group_name": title},
            key=stable_key("group", account_id, row.board_id, marker, known.get(name, "")),
        )
        group_id = str(made["create_group"]["id"])
    with context.database.transaction() as session:
        board = session.get_one(Board, (account_id, row.board_id), with_for_update=True)
        structure = Structure.from_json(board.structure)
        board.structure = Structure(structure.columns, {**structure.groups, name: group_id}).to_json()
    return group_id


def _further_orders(database: Database, account_id: str, own: set[str]) -> list[BoardOrder]:
    """The boards that an account has besides those that every account has."""
    with database.reading() as session:
        query = select(Board.key, Board.slot).where(Board.account_id == account_id).order_by(Board.slot)
        rows = session.execute(query).all()
    known = templates.load_all()
    return [BoardOrder(known[row.key], row.slot, known[row.key].kind) for row in rows if row.slot not in own]


def _provision_board(site: Site, order: BoardOrder, language: str) -> BoardReport:
    run_key = _begin_run(site.database, site.account_id, order.slot)
    try:
        report = _work_through(site, order, language, run_key)
    except PartlyRefusedError:
        # monday.com remembers that answer; a new run asks anew for what is still missing.
        with site.database.transaction() as session:
            _end_run(session, site.account_id, order.slot, run_key)
        raise
    _log.info(
        "provisioned",
        account_id=site.account_id,
        board_id=report.board_id,
        board=order.slot,
        made=len(report.made),
        faults=report.faults,
    )
    return report


def _work_through(site: Site, order: BoardOrder, language: str, run_key: str) -> BoardReport:
    template = order.template
    row, made = _find_or_create(site, order, language, run_key)
    seen = _read_structure(site, row.board_id)
    if seen is None or seen.state != "active":
        gone = _gone(template.key, row.board_id)
        _finish_board(site, row, run_key, paused_reason=gone)
        return BoardReport(template.key, row.board_id, (), (gone,))
    known = Structure.from_json(row.structure)
    plan = plan_provisioning(template, row.language, seen, known)
    faults: tuple[str, ...] = ()
    if not plan.is_complete:
        refusals = _make(site, row.board_id, plan, row.language, run_key)
        before, plan = plan, _plan_again(site, template, row, known)
        made += _difference(before, plan)
        faults = _still_missing(plan, seen.title, row.language, refusals)
    _store_structure(site, row.board_id, known, plan.structure)
    subscribed, refused = subscribe(site, row, run_key, has_subitems=seen.has_subitems)
    made += [f"webhook {event}" for event in subscribed]
    faults = (*plan.faults, *faults, *refused)
    lacks_columns = len(plan.structure.columns) < len(template.columns)
    paused_reason = " ".join(faults) if lacks_columns or refused else None
    _finish_board(site, row, run_key, paused_reason=paused_reason)
    return BoardReport(template.key, row.board_id, tuple(made), faults)


def _find_or_create(site: Site, order: BoardOrder, language: str, run_key: str) -> tuple[Board, list[str]]:
    """The stored board, else the one that bears the order's marker, else a new one."""
    row = _find_row(site.database, site.account_id, order.slot)
    if row is not None:
        return row, []
    made: list[str] = []
    board_id = _find_by_marker(site, order)
    if board_id is None:
        board_id = _create_board(site, order, language, run_key)
        made.append("board")
    return _store_board(site, order, language, board_id), made


def _begin_run(database: Database, account_id: str, slot: str) -> str:
    """The key of the run under way, or of a new one when there is none or its keys are forgotten."""
    name = (account_id, slot)
    with database.transaction() as session:
        run = session.get(BoardRun, name, with_for_update=True)
        if run is None:
            new = BoardRun(account_id=account_id, slot=slot, run_key=new_key(), started=lease_time())
            _add_unless_there(session, new)
            run = session.get_one(BoardRun, name, with_for_update=True)
        elif lease_time() - run.started > RUN_LIFE_SECONDS:
            run.run_key, run.started = new_key(), lease_time()
        return run.run_key


def _end_run(session: Session, account_id: str, slot: str, run_key: str) -> None:
    session.execute(
        delete(BoardRun).where(
            BoardRun.account_id == account_id, BoardRun.slot == slot, BoardRun.run_key == run_key
        )
    )


def _add_unless_there(session: Session, row: Base) -> None:
    """Add a row; when another process was first, its row stands."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        session.expunge_all()


def _find_by_marker(site: Site, order: BoardOrder) -> str | None:
    """A board that was made for this order and never stored; the oldest, should there be several."""
    found: list[str] = []
    page = 1
    while True:
        boards = site.ask("boards", {"limit": BOARDS_PER_PAGE, "page": page})["boards"]
        found.extend(str(b["id"]) for b in boards if _marker(order) in (b["description"] or ""))
        if len(boards) < BOARDS_PER_PAGE:
            return min(found, key=int, default=None)
        page += 1


def _create_board(site: Site, order: BoardOrder, language: str, run_key: str) -> str:
    answer = site.tell(
        "create_board",
        {
            "board_name": order.title or order.template.title.spoken(language),
            "board_kind": order.kind,
            "description": _DESCRIPTIONS[language].format(marker=_marker(order)),
        },
        key=stable_key(run_key, "create_board"),
    )
    return str(answer["create_board"]["id"])


def _marker(order: BoardOrder) -> str:
    return f"[synerity:{order.slot}]"


def _store_board(site: Site, order: BoardOrder, language: str, board_id: str) -> Board:
    with site.database.transaction() as session:
        new = _new_row(site.account_id, board_id, order, language, Structure())
        _add_unless_there(session, new)
        query = select(Board).where(Board.account_id == site.account_id, Board.slot == order.slot)
        return session.execute(query).scalar_one()


def _new_row(account_id: str, board_id: str, order: BoardOrder, language: str, structure: Structure) -> Board:
    return Board(
        account_id=account_id,
        board_id=board_id,
        key=order.template.key,
        slot=order.slot,
        language=language,
        state="provisioning",
        webhook_key=new_key(),
        structure=structure.to_json(),
        webhooks={},
    )


def _read_structure(site: Site, board_id: str) -> BoardSeen | None:
    boards = site.ask("board_structure", {"board_id": board_id})["boards"]
    return read_board(boards[0]) if boards and boards[0] is not None else None


def _plan_again(site: Site, template: Template, row: Board, known: Structure) -> ProvisioningPlan:
    """What is still missing after the board was worked on."""
    seen = _read_structure(site, row.board_id)
    if seen is None:
        raise BoardMissingError(_gone(template.key, row.board_id))
    return plan_provisioning(template, row.language, seen, known)


def _make(site: Site, board_id: str, plan: ProvisioningPlan, language: str, run_key: str) -> list[str]:
    """Make what a plan lists; what monday.com will not make comes back as its own words.

    Raises:
        MondayFaultError: something was put off, so it is worth to run again.
    """
    operations = [
        Operation(f"a{index}", document, {"board_id": board_id, **variables})
        for index, (document, variables) in enumerate(_pieces(plan, language))
    ]
    refusals: list[str] = []
    for start in range(0, len(operations), MUTATIONS_PER_REQUEST):
        chunk = operations[start : start + MUTATIONS_PER_REQUEST]
        key = stable_key(run_key, json.dumps(chunk, sort_keys=True, default=dict))
        refusals.extend(fault.message for fault in _tell_all(site, chunk, key).values())
    return refusals


def _pieces(plan: ProvisioningPlan, language: str) -> list[tuple[str, dict[str, Any]]]:
    pieces: list[tuple[str, dict[str, Any]]] = []
    if plan.first_group is not None:
        group, group_id = plan.first_group
        title = {"group_attribute": "title", "new_value": group.title.spoken(language)}
        pieces.append(("update_group", {"group_id": group_id, **title}))
    pieces.extend(
        ("create_group", {"group_name": group.title.spoken(language), "group_color": group.color})
        for group in plan.groups
    )
    pieces.extend(
        _column_piece(column, plan.column_ids.get(column.key, column.key), language)
        for column in plan.columns
    )
    pieces.extend(
        (
            "update_status_column",
            {
                "id": repair.column_id,
                "revision": repair.revision,
                "settings": {"labels": list(repair.labels)},
            },
        )
        for repair in plan.labels
    )
    return pieces


def _column_piece(column: ColumnTemplate, column_id: str, language: str) -> tuple[str, dict[str, Any]]:
    named = {"id": column_id, "title": column.title.spoken(language)}
    if column.type != "status":
        return "create_column", {**named, "column_type": column.type}
    labels = [
        {
            "label": label.texts.spoken(language),
            "color": label.color,
            "index": label.index,
            "is_done": label.is_done,
        }
        for label in column.labels
    ]
    return "create_status_column", {**named, "defaults": {"labels": labels}}


def _tell_all(site: Site, operations: Sequence[Operation], key: str) -> Mapping[str, Fault]:
    """Run a batch; return the lasting faults by alias.

    Raises:
        MondayFaultError: an operation was put off.
    """
    answer = site.tell_all(operations, key=key)
    for fault in answer.faults.values():
        if not fault.permanent:
            raise PartlyRefusedError(fault)
    return answer.faults


def _difference(before: ProvisioningPlan, after: ProvisioningPlan) -> list[str]:
    columns = [c.key for c in before.columns if c.key in after.structure.columns]
    groups = [f"group {key}" for key in after.structure.groups if key not in before.structure.groups]
    return columns + groups


def _still_missing(
    plan: ProvisioningPlan, title: str, language: str, refusals: Sequence[str]
) -> tuple[str, ...]:
    """A sentence for each piece that could not be made, and monday.com's reasons."""
    pieces = [f"the column “{column.title.spoken(language)}”" for column in plan.columns]
    pieces += [f"the group “{group.title.spoken(language)}”" for group in plan.groups]
    pieces += [f"labels of the column “{repair.column.title.spoken(language)}”" for repair in plan.labels]
    if not pieces:
        return ()
    reasons = " ".join(dict.fromkeys(refusals)) or "monday.com gave no reason."
    return (
        f"The board “{title}” still lacks {', '.join(pieces)}. {reasons} Run `synerity provision` again.",
    )


def _store_structure(site: Site, board_id: str, known: Structure, found: Structure) -> None:
    with site.database.transaction() as session:
        row = session.get_one(Board, (site.account_id, board_id), with_for_update=True)
        stored = Structure.from_json(row.structure)
        # Groups that another process has made meanwhile stay.
        added = {key: id_ for key, id_ in stored.groups.items() if key not in known.groups}
        row.structure = Structure(found.columns, {**added, **found.groups}).to_json()


def _finish_board(site: Site, row: Board, run_key: str, *, paused_reason: str | None) -> None:
    with site.database.transaction() as session:
        stored = session.get_one(Board, (site.account_id, row.board_id), with_for_update=True)
        stored.state = "active" if paused_reason is None else "paused"
        stored.paused_reason = paused_reason
        _end_run(session, site.account_id, row.slot, run_key)


def _gone(board_key: str, board_id: str) -> str:
    return (
        f"The {board_key} board ({board_id}) is archived, deleted, or hidden from the app. Restore it in "
        "monday.com, or have it forgotten here, then run `synerity provision` again."
    )


def _find_row(database: Database, account_id: str, slot: str) -> Board | None:
    with database.reading() as session:
        query = select(Board).where(Board.account_id == account_id, Board.slot == slot)
        return session.execute(query).scalar_one_or_none()
