"""The use case: written from what the customer answered, in its language and, for monday.com, in English.

Nobody here translates. Where the customer does not speak English, the English text begins as its own words
under English headings, and a technician writes it anew.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.boards.service import BoardMap
from app.feature_requests.models import Wish
from app.feature_requests.on_wish import OnWish
from app.feature_requests.rules.anonymity import KINDS, Known, without_names
from app.feature_requests.rules.use_case import FIELDS, MOST_CHARACTERS, use_case
from app.mirror import service as mirror
from app.texts import plain

#: Columns. The English ones are a technician's to write, and first filled in from the customer's words.
USE_CASE, TITLE, BODY, ENGLISH = "use_case", "title_en", "use_case_en", "english"
TRANSLATE, CHECK, READY = "translate", "check", "ready"
#: monday.com keeps so many characters of an item's name; ours of a column of text as many.
_MOST_OF_TITLE = 255
_ENDS = " …"


def headings(language: str) -> dict[str, str]:
    """Guided field → its heading."""
    return {key: plain(language, f"wish.field.{key}") for key in FIELDS}


def fields(board: BoardMap, keys: Iterable[str]) -> str:
    """Guided fields as people find them on a board: by the titles that its columns have there."""
    return ", ".join(board.columns[key].title for key in keys if key in board.columns)


def written(wish: Wish, customer: Customer) -> str:
    """The use case in the customer's language, as a column can hold it."""
    return clipped(use_case(wish.title, wish.answers, headings(customer.language)), MOST_CHARACTERS)


def english(session: Session, wish: Wish, customer: Customer) -> dict[str, str | None]:
    """What the English columns are filled in with: the customer's words, in which nobody is named."""
    known = known_names(session, wish)
    instead = {kind: plain("en", f"wish.instead.{kind}") for kind in KINDS}
    title = without_names(wish.title, known, instead)
    answers = {key: without_names(answer, known, instead) for key, answer in wish.answers.items()}
    body = use_case(title, answers, headings("en"))
    is_english = customer.language == "en"
    return {
        TITLE: clipped(title, _MOST_OF_TITLE) if is_english else None,
        BODY: clipped(body, MOST_CHARACTERS),
        ENGLISH: CHECK if is_english else TRANSLATE,
    }


def write(session: Session, on: OnWish, *, now: datetime) -> None:
    """Bring what is written up to date with the answers, until it is filed.

    What a technician has written in English stays, to be looked at again.
    """
    if on.wish.is_handed_over:
        return
    on.show(session, USE_CASE, written(on.wish, on.customer), now=now)
    shown, new = on.on_desk(session), english(session, on.wish, on.customer)
    # An item that monday.com has not made yet has been seen by nobody.
    is_untouched = on.desk[0].item_id is None or all(
        shown.get(key) == on.wish.prefilled.get(key) for key in (TITLE, BODY)
    )
    if is_untouched:
        for key in (TITLE, BODY, ENGLISH):
            mirror.write(session, *on.desk, key, new[key], now=now)
        on.wish.prefilled = {key: new[key] for key in (TITLE, BODY)}
    elif new[BODY] != on.wish.prefilled.get(BODY):
        on.wish.prefilled = {**on.wish.prefilled, BODY: new[BODY]}
        mirror.write(session, *on.desk, ENGLISH, CHECK, now=now)
        on.tell_desk(session, "wish.english.outdated", now=now)


def known_names(session: Session, wish: Wish) -> Known:
    """Who must not be named in what is filed for a request and those that follow it."""
    query = select(Wish, Customer).join(Customer, Customer.id == Wish.customer_id)
    family = session.execute(query.where((Wish.id == wish.id) | (Wish.lead_id == wish.id))).all()
    ours = {row.Customer.id: row.Customer for row in family}
    people = select(Wish.requester).where(Wish.customer_id.in_(ours)).distinct()
    others = select(Customer.name).where(Customer.id.not_in(ours))
    return Known(
        customers=[one.name for one in ours.values()],
        accounts=[name for one in ours.values() for name in (one.slug, one.account_id) if name],
        people=[name for name in session.execute(people).scalars() if name],
        others=list(session.execute(others).scalars()),
    )


def clipped(text: str, most: int) -> str:
    """A text as a column can hold it."""
    return text if len(text) <= most else text[: most - len(_ENDS)] + _ENDS
