"""``/ops``: links, what is parked, tickets, adoption, and what operators did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import service as accounts
from app.agreements import service as agreements
from app.boards.site import Context
from app.budgets.usage import Shelf, usage
from app.clock import Clock, lease_time
from app.errors import SupportError
from app.links import overview
from app.mail import upkeep as mail
from app.onboarding import further
from app.onboarding import service as onboarding
from app.operators import audit
from app.ops import actions, promises
from app.ops.pages import listing
from app.ops.pages.cookies import Cookies
from app.ops.pages.door import Door, add_door, operator
from app.parked import service as parked
from app.parked.service import Sought, What
from app.sla import service as sla
from app.sla import words
from app.sweeps import report
from app.timeline import service as timelines


class MomentError(SupportError):
    """What was written is no moment."""

    code = "no_moment"
    permanent = True


@dataclass(frozen=True)
class Console:
    """What the pages need."""

    context: Context
    clock: Clock
    ledger: Shelf
    #: Tell the workers that something waits.
    ring: Callable[[], None]


def create_blueprint(console: Console) -> Blueprint:
    """The pages under ``/ops``."""
    blueprint = Blueprint(
        "operators", __name__, url_prefix="/ops", template_folder="templates", static_folder="static"
    )
    settings = console.context.settings
    cookies = Cookies(settings.secret_keys, settings.base_url)
    add_door(blueprint, Door(console.context.database, console.clock, cookies))
    _add_links(blueprint, console)
    _add_parked(blueprint, console)
    _add_tickets(blueprint, console)
    _add_adoption(blueprint, console)
    return blueprint


def _add_links(blueprint: Blueprint, console: Console) -> None:
    database, clock = console.context.database, console.clock

    @blueprint.get("/")
    def links() -> str:
        with database.reading() as session:
            every = overview.overview(session, now=clock.now(), lease_time=lease_time())
            waiting = parked.count(session)
            undecided = mail.count_undecided(session)
        view = listing.view_of(request.args)
        used = usage(console.ledger, sorted({link.account_id for link in every}))
        return render_template(
            "ops/links.html",
            **listing.shown(every, view),
            view=view,
            used={one.account_id: one for one in used},
            waiting=waiting,
            undecided=undecided,
            install=f"{console.context.settings.base_url}/oauth/start",
        )

    @blueprint.get("/links/<account_id>/<board_id>")
    def link(account_id: str, board_id: str) -> str:
        before = request.args.get("before", type=int)
        with database.reading() as session:
            state = overview.one(session, account_id, board_id, now=clock.now(), lease_time=lease_time())
            tickets = timelines.tickets_of(session, account_id, board_id, before=before, limit=_PAGE + 1)
            sought = Sought(account_id, board_id)
            changes = parked.look(session, "changes", sought, limit=10)
            deliveries = parked.look(session, "deliveries", sought, limit=10)
            swept = report.reports(session, account_id=account_id, board_id=board_id, limit=5)
            backfill = onboarding.backfill_of(session, account_id, board_id, now=clock.now())
        used = usage(console.ledger, [account_id])
        return render_template(
            "ops/link.html",
            link=state,
            tickets=tickets[:_PAGE],
            next_before=tickets[_PAGE - 1].number.rpartition("-")[2] if len(tickets) > _PAGE else None,
            parked_of=(("changes", changes), ("deliveries", deliveries)),
            used=used[0] if used else None,
            sweeps=swept,
            backfill=backfill,
        )

    @blueprint.post("/links/<account_id>/<board_id>/<action>")
    def act_on_link(account_id: str, board_id: str, action: str) -> AnyResponse:
        now, by = clock.now(), operator().name
        with database.transaction() as session:
            state = overview.one(session, account_id, board_id, now=now, lease_time=lease_time())
            if action == "pause":
                done = actions.pause(session, state, request.form.get("reason", ""), by=by, now=now)
                told = "paused" if done else "paused_already"
            elif action == "resume":
                told = "resumed" if actions.resume(session, state, by=by, now=now) else "not_paused"
            elif action == "sweep":
                actions.sweep(session, state, by=by, now=now)
                told = "swept"
            else:
                abort(404)
        console.ring()
        return redirect(
            url_for("operators.link", account_id=account_id, board_id=board_id, told=told), code=303
        )

    @blueprint.post("/sweeps/<int:run_id>/go-on")
    def let_sweep_go_on(run_id: int) -> AnyResponse:
        with database.transaction() as session:
            actions.go_on(session, run_id, by=operator().name, now=clock.now())
        console.ring()
        account_id, board_id = request.form.get("account", ""), request.form.get("board", "")
        address = url_for("operators.link", account_id=account_id, board_id=board_id, told="swept")
        return redirect(address, code=303)


def _add_parked(blueprint: Blueprint, console: Console) -> None:
    database, clock = console.context.database, console.clock

    @blueprint.get("/parked/<any(changes, deliveries):what>")
    def parked_things(what: What) -> str:
        with database.reading() as session:
            every = accounts.list_accounts(session)
            found = parked.look(session, what, _sought(), after=request.args.get("after", 0, type=int))
            totals: dict[What, int] = {
                kind: parked.look(session, kind, Sought(), limit=1).total
                for kind in ("changes", "deliveries")
            }
        return render_template(
            "ops/parked.html", what=what, page=found, sought=_sought(), totals=totals, accounts=every
        )

    @blueprint.post("/parked/<any(changes, deliveries):what>/replay")
    def replay(what: What) -> AnyResponse:
        ids, by, now = request.form.getlist("id", type=int), operator().name, clock.now()
        with database.transaction() as session:
            if ids:
                number = parked.replay(session, what, ids, by=by, now=now)
            elif request.form.get("all") == "1":
                number = parked.replay_sought(session, what, _sought(), by=by, now=now)
            else:
                abort(400)
        console.ring()
        return _back_to_parked(what, "replayed", number)

    @blueprint.post("/parked/<any(changes, deliveries):what>/drop")
    def drop(what: What) -> AnyResponse:
        reason, one = request.form.get("reason", ""), request.form.get("id", 0, type=int)
        with database.transaction() as session:
            number = parked.drop(session, what, one, reason, by=operator().name, now=clock.now())
        return _back_to_parked(what, "dropped", number)


def _back_to_parked(what: What, told: str, number: int) -> AnyResponse:
    sought = {name: request.values[name] for name in _FILTERS if request.values.get(name)}
    values: dict[str, Any] = {"what": what, "told": told, "n": number, **sought}
    address = url_for("operators.parked_things", **values)
    return redirect(address, code=303)


def _sought() -> Sought:
    """The filter, from the address or from the form's hidden fields."""
    account, board, reason = (request.values.get(name, "").strip() for name in _FILTERS)
    return Sought(account or None, board or None, reason)


def _add_tickets(blueprint: Blueprint, console: Console) -> None:
    database, clock = console.context.database, console.clock

    @blueprint.get("/tickets")
    def find_ticket() -> AnyResponse | str:
        number = request.args.get("number", "").strip()
        if not number:
            return render_template("ops/find_ticket.html")
        return redirect(url_for("operators.ticket", number=number))

    @blueprint.get("/tickets/<number>")
    def ticket(number: str) -> str:
        with database.reading() as session:
            found = timelines.timeline(session, number, page=request.args.get("page", 1, type=int))
            ticket_id = timelines.find(session, number).id
            explained = sla.explain(session, ticket_id, now=clock.now())
        kept = console.context.settings.kept_days
        return render_template(
            "ops/ticket.html", timeline=found, explained=explained, words=words, kept_days=kept
        )

    @blueprint.post("/tickets/<number>/excuse")
    def excuse(number: str) -> AnyResponse:
        with database.transaction() as session:
            found = timelines.find(session, number)
            actions.excuse(
                session,
                found,
                start=_moment(request.form.get("from", "")),
                end=_moment(request.form.get("to", "")),
                reason=request.form.get("reason", ""),
                by=operator().name,
                now=clock.now(),
            )
            name = found.number
        console.ring()
        return redirect(url_for("operators.ticket", number=name, told="excused"), code=303)

    @blueprint.get("/sla")
    def fare() -> str:
        with database.reading() as session:
            running = promises.running(session, now=clock.now())
            kept = promises.kept(session, now=clock.now())
            shares = promises.whose_time(session, now=clock.now())
        return render_template(
            "ops/sla.html", running=running, kept=kept, shares=shares, words=words, now=clock.now()
        )

    @blueprint.get("/actions")
    def done() -> str:
        with database.reading() as session:
            latest = audit.latest(session, before=request.args.get("before", type=int), limit=_PAGE + 1)
        return render_template(
            "ops/actions.html",
            actions=latest[:_PAGE],
            next_before=latest[_PAGE - 1].id if len(latest) > _PAGE else None,
        )


def _moment(text: str) -> datetime:
    """A moment in UTC as a form's field gives it."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise MomentError(f"{text!r} is no moment; write it like 2026-11-23T08:00, in UTC.") from error


def _add_adoption(blueprint: Blueprint, console: Console) -> None:
    context, clock = console.context, console.clock

    @blueprint.get("/adopt")
    def adopt() -> str:
        chosen = {name: request.args.get(name, "").strip() for name in _ADOPTION}
        proposal, fault = None, None
        if all(chosen.values()):
            try:
                proposal = further.propose_adoption(
                    context, chosen["account"], chosen["board"], now=clock.now()
                )
            except SupportError as error:
                fault = error.message
        return _adoption_page(chosen, proposal, fault)

    @blueprint.post("/adopt")
    def take_over() -> AnyResponse | tuple[str, int]:
        chosen = {name: request.form.get(name, "").strip() for name in _ADOPTION}
        answers = {
            name.removeprefix(_COLUMN): value
            for name, value in request.form.items()
            if name.startswith(_COLUMN) and value
        }
        try:
            made = actions.adopt(
                context,
                request.form.get("customer", 0, type=int),
                chosen["account"],
                chosen["board"],
                answers=answers,
                by=operator().name,
                now=clock.now(),
            )
        except SupportError as error:
            return _adoption_page(chosen, None, error.message), 400
        console.ring()
        address = url_for(
            "operators.link", account_id=chosen["account"], board_id=made.board_id, told="adopted"
        )
        return redirect(address, code=303)

    def _adoption_page(chosen: dict[str, str], proposal: Any, fault: str | None) -> str:
        with context.database.reading() as session:
            every = [one for one in accounts.list_accounts(session) if one.state == "active"]
            customers = agreements.list_customers(session)
        return render_template(
            "ops/adopt.html",
            chosen=chosen,
            adoption=proposal,
            fault=fault,
            accounts=every,
            customers=customers,
            prefix=_COLUMN,
        )


#: Rows a page where lists grow.
_PAGE = 50
_FILTERS = ("account", "board", "reason_part")
_ADOPTION = ("customer", "account", "board")
_COLUMN = "column-"
