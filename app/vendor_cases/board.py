"""The board of vendor cases: what technicians choose, write and say there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.conversation.copies import text_key
from app.conversation.rules import (
    is_public,
    message_from_technician,
    normalised_text,
    public_rendition,
)
from app.mirror import leaving
from app.mirror import service as mirror
from app.mirror.seen import ItemSeen, UpdateSeen
from app.mirror.told import Told
from app.texts import DESK_LANGUAGE, plain, text
from app.vendor_cases import item as items
from app.vendor_cases import pressing, telling
from app.vendor_cases import service as cases
from app.vendor_cases.item import STATUS, CaseItem
from app.vendor_cases.models import CaseWords, VendorCase
from app.vendor_cases.rules import steps
from app.vendor_cases.rules.clock import Kind
from app.vendor_cases.rules.steps import Act, News, State
from app.vendor_cases.rules.words import for_vendor

BOARD = items.BOARD
_RESOLUTIONS = {"sv": "resolution_sv", "en": "resolution_en"}


@dataclass(frozen=True)
class _Verdict:
    """What a choice does, or the sentence that says why it does nothing."""

    act: Act
    why: str | None = None


def on_item(
    session: Session, item: ItemSeen, board: BoardMap, *, told: Told, address: str | None, now: datetime
) -> str | None:
    """Follow an item on the board of cases; the reason when nothing follows from it.

    ``address`` is monday.com's support's; None where no mail can be sent.
    """
    side = mirror.find_side(session, item.key)
    if side is None:
        if mirror.is_unconfirmed(session, item.key, mirror.readable(item, board).get("sync_id")):
            return "Our own creation; it is read again when monday.com has confirmed it."
        return "Made by hand on the board of vendor cases; cases are made from tickets."
    if side.state in mirror.REPLACED:
        return "Another item has taken its place; nothing follows this one."
    case = session.get_one(VendorCase, int(side.story.removeprefix("case:")), with_for_update=True)
    was = leaving.follow(session, side, item, told.departure, now=now)
    if was == "moved" and item.state == "active":
        leaving.keep_what_moving_lost(session, side, item, board, now=now)
    if item.is_known and item.state == "active":
        _follow(session, CaseItem(case, side, board), item, told, address, now)
    return None


def _follow(
    session: Session, here: CaseItem, item: ItemSeen, told: Told, address: str | None, now: datetime
) -> None:
    shown = mirror.readable(item, here.board)
    values = {**mirror.shadows(session, here.side), **shown}
    is_chosen = STATUS in shown and shown[STATUS] != mirror.shadows(session, here.side).get(STATUS)
    verdict = _judge(session, here, values, address) if is_chosen else _Verdict(Act.NOTHING)
    outcome = mirror.apply(
        session,
        here.side,
        item,
        here.board,
        None,
        changed_at=told.changed_at,
        now=now,
        refused=(STATUS,) if verdict.act is Act.REFUSE else (),
    )
    if outcome.set_back:
        columns = ", ".join(here.board.columns[back.key].title for back in outcome.set_back)
        conversation.notify(
            session, here.side, text(DESK_LANGUAGE, "set_back.desk", columns=columns), now=now
        )
    if outcome.refused and verdict.why is not None:
        conversation.notify(session, here.side, verdict.why, now=now)
    if STATUS in outcome.accepted:
        _act(session, here, verdict.act, values, address, told.changed_at.get(STATUS, now), now)
    if item.updates is not None:
        _hear(session, here, item.updates, told.deleted_updates, address, now)
    if outcome.accepted:
        pressing.follow_time(session, here.case, now=now)


def _judge(session: Session, here: CaseItem, values: Mapping[str, Any], address: str | None) -> _Verdict:
    state, chosen = State(here.case.state), values.get(STATUS)
    act = steps.decide(state, chosen)
    if act is Act.REFUSE:
        sentence = "case.sending" if state is State.SENDING else "case.not_now"
        return _Verdict(act, text(DESK_LANGUAGE, sentence, number=here.case.number))
    if act in (Act.SEND, Act.SENT_BY_HAND):
        lacks = items.said_lacks(items.package_of(session, here.case, values).lacks)
        if lacks:
            return _Verdict(Act.REFUSE, text(DESK_LANGUAGE, "case.not_yet", lacks=lacks))
    if act in (Act.SEND, Act.REMIND) and not address:
        return _Verdict(Act.REFUSE, text(DESK_LANGUAGE, "case.no_address"))
    if act is Act.CLOSE:
        return _judge_end(session, here, values)
    return _Verdict(act)


def _judge_end(session: Session, here: CaseItem, values: Mapping[str, Any]) -> _Verdict:
    """A case ends with words for each of its customers, which name no other."""
    languages = cases.languages(session, here.case.id)
    written = {language: values.get(key) for language, key in _RESOLUTIONS.items()}
    missing = [language for language in languages if not (written[language] or "").strip()]
    if missing:
        lacks = ", ".join(plain(DESK_LANGUAGE, f"case.language.{one}") for one in missing)
        return _Verdict(Act.REFUSE, text(DESK_LANGUAGE, "case.no_resolution", lacks=lacks))
    found = telling.named_to(session, here.case, " ".join(words for words in written.values() if words))
    if found:
        who = "; ".join(f"{number}: {', '.join(names)}" for number, names in found.items())
        return _Verdict(Act.REFUSE, text(DESK_LANGUAGE, "case.resolution_names", who=who))
    return _Verdict(Act.CLOSE)


def _act(
    session: Session,
    here: CaseItem,
    act: Act,
    values: Mapping[str, Any],
    address: str | None,
    at: datetime,
    now: datetime,
) -> None:
    case = here.case
    key = f"{act.value}:{at.isoformat()}"
    if act is Act.SEND and address:
        pressing.send(session, here, address, now=now)
    elif act is Act.REMIND and address:
        pressing.remind(session, here, address, now=now)
    elif act is Act.SENT_BY_HAND:
        pressing.mark(session, case, key, Kind.SENT, at)
        case.state = State.SENT.value
        cases.add_news(session, case, News.SENT, now=now)
    elif act is Act.HANDED_OVER:
        pressing.mark(session, case, key, Kind.SENT, at)
        _go_on(session, case, State.WAITING, News.REPLIED, now)
    elif act is Act.ANSWERED_BY_HAND:
        pressing.mark(session, case, key, Kind.ANSWERED, at)
        _go_on(session, case, State.ANSWERED, News.ANSWERED, now)
    elif act is Act.CLOSE:
        pressing.mark(session, case, key, Kind.CLOSED, at)
        case.state = str(values[STATUS])
        case.resolution_sv, case.resolution_en = (values.get(one) for one in _RESOLUTIONS.values())
        cases.add_news(session, case, News(case.state), now=now)


def _go_on(session: Session, case: VendorCase, state: State, news: News, now: datetime) -> None:
    """A technician says where a case stands that monday.com has; one that had ended goes on with that."""
    before, case.state = State(case.state), state.value
    if before in steps.CLOSED:
        cases.add_news(session, case, News.REOPENED, now=now)
    elif before is not State.SENT or state is not State.WAITING:
        cases.add_news(session, case, news, now=now)


def _hear(
    session: Session,
    here: CaseItem,
    updates: Sequence[UpdateSeen],
    deleted: Collection[str],
    address: str | None,
    now: datetime,
) -> None:
    """Take in what technicians wrote: for customers, for monday.com, or for themselves."""
    written = conversation.written_by_people(session, here.side, updates)
    query = select(CaseWords).where(CaseWords.case_id == here.case.id, CaseWords.side_id == here.side.id)
    known = {row.update_id: row for row in session.execute(query).scalars()}
    internal = [normalised_text(one.body) for one in written if not is_public(one.body)]
    is_changed = False
    for update in written:
        row = known.get(update.id) or CaseWords(
            case_id=here.case.id,
            update_id=update.id,
            side_id=here.side.id,
            text_key="",
            body=None,
            said_at=update.created_at,
        )
        is_changed |= _take(session, here, row, update, internal, address, now)
    present = {update.id for update in updates}
    is_whole = sum(update.parent_id is None for update in updates) < conversation.UPDATES_READ
    for row in known.values():
        if row.body is not None and row.update_id not in present and (is_whole or row.update_id in deleted):
            row.body, is_changed = None, True
    if is_changed:
        session.flush()
        cases.ask_to_tell(session, here.case.id, now=now)


def _take(
    session: Session,
    here: CaseItem,
    row: CaseWords,
    update: UpdateSeen,
    internal: Sequence[str],
    address: str | None,
    now: datetime,
) -> bool:
    """Take in an update that is new or was edited; whether anything of it is, or was, for others."""
    for_them = for_vendor(update.body)
    is_for_others = for_them is not None or is_public(update.body)
    if row.text_key == text_key(update.body) or (row.id is None and not is_for_others):
        return False
    if for_them is not None:
        _write_to_vendor(session, here, update, for_them, address, now)
    was_public, row.body = row.body is not None, _for_customers(session, here, update, internal, now)
    row.text_key = text_key(update.body)
    if row.body is not None and not was_public:
        row.said_at = update.edited_at or update.created_at
        here.case.told_at = now
    session.add(row)
    session.flush()
    return True


def _for_customers(
    session: Session, here: CaseItem, update: UpdateSeen, internal: Sequence[str], now: datetime
) -> str | None:
    """What of an update goes to the case's customers, as HTML; None when nothing does, or no longer."""
    if not is_public(update.body):
        return None
    rendition = public_rendition(update.body, internal_texts=[words for words in internal if words])
    if not normalised_text(rendition.html):
        here.tell(session, "nothing_left" if rendition.left_out else "nothing_said", now=now)
        return None
    if rendition.left_out:
        here.tell(session, "left_out", now=now, count=rendition.left_out)
    body = message_from_technician(update.author_name, rendition)
    telling.tell_held(session, here, telling.named_to(session, here.case, normalised_text(body)), now=now)
    return body


def _write_to_vendor(
    session: Session, here: CaseItem, update: UpdateSeen, words: str, address: str | None, now: datetime
) -> None:
    """A technician writes to monday.com; once sent, an edit changes nothing any more."""
    if State(here.case.state) in (State.PREPARED, State.SENDING):
        sentence = "case.answer.too_early"
    elif not words:
        sentence = "case.answer.empty"
    elif not address:
        sentence = "case.no_address"
    else:
        pressing.answer(session, here, address, update.id, words, now=now)
        return
    here.tell(session, sentence, now=now)
