"""Words that go to customers with what people wrote in them: line by line, as they wrote it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.access_grants.on_ticket import OnTicket
from app.conversation import service as conversation
from app.texts import text


def tell_customer(session: Session, on: OnTicket, key: str, *, now: datetime, **values: object) -> None:
    """Post a sentence on the customer's item, in its language; lines of the values stay lines."""
    sentence = text(on.customer.language, key, **values).replace("\n", "<br>")
    conversation.notify(session, on.theirs[0], sentence, now=now)
